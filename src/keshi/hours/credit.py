"""What crediting gives back: rows for the books, an answer for the learner."""

from typing import Literal

from msgspec import Struct

from keshi.hours.rules import SECOND_MS
from keshi.messages import Lang, message

Status = Literal["provisional", "confirmed", "void"]
Command = Literal["kicked", "challenge"]


class Row(Struct, frozen=True, gc=False):
    """One credit: as many media as wall milliseconds, both half-open, within one local day.

    `number` counts the rows of a person from 1. Only the status of a row ever changes.
    """

    number: int
    person: str
    enrolment: str
    lesson: str
    lesson_version: str
    session: str
    seq: int
    media_start_ms: int
    media_end_ms: int
    wall_start_ms: int
    wall_end_ms: int
    status: Status
    rule_version: str

    @property
    def ms(self) -> int:
        """Milliseconds credited by this row."""
        return self.media_end_ms - self.media_start_ms


class Challenge(Struct, frozen=True):
    """An open check of presence. `threshold_ms` stays on the server; it is None for a last check.

    `finishes` names the enrolments that end when it is passed.
    """

    opened_ms: int
    deadline_ms: int
    threshold_ms: int | None
    finishes: tuple[str, ...] = ()


class Answer(Struct, frozen=True, gc=False):
    """What the learner is told after an input; times in ms, sums over all courses of the person.

    `reason` is why nothing was earned or allowed, None where something was; its sentence is `hours-<reason>`.
    `resume_ms` is where in the lesson playing earns next, None where that cannot be said.
    """

    credited_ms: int
    today_ms: int
    confirmed_ms: int
    waiting_ms: int
    reason: str | None = None
    gap_ms: int = 0
    resume_ms: int | None = None
    command: Command | None = None
    deadline_ms: int | None = None

    def why(self, lang: Lang = "zh") -> str:
        """The reason as a sentence, empty where there is none."""
        return "" if self.reason is None else sentence(self.reason, lang, self.gap_ms)

    def text(self, lang: Lang = "zh") -> str:
        """The sums in minutes and seconds, and the reason if there is one."""
        sums = message(
            "hours-sums",
            lang,
            today=clock(self.today_ms),
            confirmed=clock(self.confirmed_ms),
            waiting=clock(self.waiting_ms),
        )
        return f"{sums}{self.why(lang)}"


class Outcome(Struct, frozen=True):
    """All an input did: the answer, rows added, rows whose status changed (as they are now), a check opened.

    `flag` marks what a person should look into; `repeated` says the answer is a stored one, given again.
    """

    answer: Answer
    rows: tuple[Row, ...] = ()
    settled: tuple[Row, ...] = ()
    opened: Challenge | None = None
    flag: str | None = None
    repeated: bool = False


def sentence(reason: str, lang: Lang, gap_ms: int) -> str:
    """A reason in words; only `gap` uses the length of the gap."""
    return message(f"hours-{reason}", lang, seconds=gap_ms // SECOND_MS)


def clock(ms: int) -> str:
    """Milliseconds as minutes and seconds, rounded down: 61 999 is `1:01`."""
    minutes, seconds = divmod(ms // SECOND_MS, 60)
    return f"{minutes}:{seconds:02}"
