"""Logs in a few words: every builder takes ms after nine in the morning of 10 March 2020 in China."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
NINE = datetime(2020, 3, 10, 9, tzinfo=CHINA)
NINE_MS = 1_583_802_000_000
MIDNIGHT = 15 * 3_600_000
"""The midnight after, counted from nine."""
LENGTH = 3_000_000

Entry = dict[str, Any]


def iso(ms: int) -> str:
    return (NINE + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Step:
    """One entry of a log, what it must earn and the reason it must give."""

    entry: Entry
    earns: int = 0
    why: str | None = None


def entry(ms: int, kind: str, **fields: Any) -> Entry:
    return {"at": iso(ms), "type": kind, **fields}


def step(ms: int, kind: str, why: str | None = None, **fields: Any) -> Step:
    return Step(entry(ms, kind, **fields), 0, why)


def lesson(ms: int = 0, enrolment: str = "E1", name: str = "L1", length: int = LENGTH, **more: Any) -> Step:
    why = more.pop("why", None)
    return step(ms, "lesson", why, enrolment=enrolment, lesson=name, length_ms=length, **more)


def sign_in(ms: int = 0, **more: Any) -> Step:
    return step(ms, "sign-in", **more)


def start(
    ms: int, session: str = "s1", enrolment: str = "E1", name: str = "L1", why: str | None = None
) -> Step:
    return step(ms, "start", why, session=session, enrolment=enrolment, lesson=name)


def beat(
    ms: int,
    seq: int,
    *segments: tuple[int, int],
    earns: int = 0,
    why: str | None = None,
    session: str = "s1",
    playing: bool = True,
    visible: bool = True,
    **more: Any,
) -> Step:
    fields = {"session": session, "seq": seq, "segments": [list(s) for s in segments]}
    return Step(entry(ms, "beat", **fields, playing=playing, visible=visible, **more), earns, why)


def answer(ms: int, correct: bool = True, why: str | None = None) -> Step:
    return step(ms, "answer", why, correct=correct)


def ready(ms: int = 0) -> list[Step]:
    """A lesson of 50 minutes, signed in, session s1 started."""
    return [lesson(ms), sign_in(ms), start(ms)]


def watched(first_seq: int, count: int, ms: int = 0, media: int = 0, session: str = "s1") -> list[Step]:
    """Honest beats of 20 s, each earning all of it; `ms` and `media` are where the first begins."""
    return [
        beat(ms + n * 20_000 + 20_000, first_seq + n, (media + n * 20_000, media + n * 20_000 + 20_000),
             earns=20_000, session=session)
        for n in range(count)
    ]  # fmt: skip
