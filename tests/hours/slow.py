"""The crediting rules once more, slowly: every millisecond is an element of a set, nothing is an interval.

Written from the rules alone, sharing no code with the library: a mistake would have to be made twice.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ms_of(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def threshold(seed: bytes, person: str, number: int, least: int, most: int) -> int:
    drawn = int(hmac.new(seed, f"{number}:{person}".encode(), hashlib.sha256).hexdigest(), 16)
    return least + drawn % (most + 1 - least)


class Slow:
    """`credits` holds per ms [enrolment, lesson, version, session, seq, media ms, wall ms, status]."""

    def __init__(self, rules: Any, draw: Callable[[int], int]) -> None:
        self.rules = rules
        self.draw = draw
        self.credits: list[list[Any]] = []
        self.lessons: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.active: dict[str, bool] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.lease: str | None = None
        self.mark = self.now = -(10**18)
        self.signed: int | None = None
        self.verified = False
        self.check: dict[str, Any] | None = None
        self.since = self.draws = 0
        self.threshold: int | None = None
        self.open_spans: list[tuple[int, int]] = []

    def day(self, ms: int) -> int:
        return (ms + self.rules.utc_offset_ms) // 86_400_000

    def feed(self, e: dict[str, Any]) -> int:
        """Take one entry; returns the milliseconds it earned."""
        at = ms_of(e["at"])
        self.now = max(self.now, at)
        expired = self.check is not None and self.now > self.check["until"]
        if expired:
            self.end_check(False)
        kind = e["type"]
        if kind == "beat":
            return self.beat(at, e)
        if kind == "answer":
            if self.check is not None:
                self.end_check(e["correct"])
        elif kind == "lesson":
            self.active.setdefault(e["enrolment"], True)
            versions = self.lessons.setdefault((e["enrolment"], e["lesson"]), [])
            if e.get("version", "1") not in [v["version"] for v in versions]:
                live = ms_of(e["live_from"]) if "live_from" in e else None
                versions.append({"version": e.get("version", "1"), "length": e["length_ms"], "live": live})
        elif kind == "enrolment":
            self.active[e["enrolment"]] = e["active"]
            if not e["active"]:
                self.close(e["enrolment"])
        elif kind == "sign-in":
            self.signed, self.verified = self.day(self.now), e.get("verified", True)
        elif kind == "start":
            self.start(at, e)
        elif kind == "end":
            self.end(e["session"])
        elif kind == "live-play":
            s = self.sessions.get(e["session"])
            if s is not None and s["since"] is None:
                s["since"] = at
        elif kind == "live-stop":
            s = self.sessions.get(e["session"])
            if s is not None and s["since"] is not None:
                s["plays"].append((s["since"], at))
                s["since"] = None
        elif kind == "finish":
            self.finish(e)
        return 0

    def start(self, at: int, e: dict[str, Any]) -> None:
        allowed = (
            self.active.get(e["enrolment"], False)
            and (e["enrolment"], e["lesson"]) in self.lessons
            and self.verified
            and self.signed == self.day(self.now)
            and self.check is None
            and e["session"] not in self.sessions
        )
        if allowed:
            study = self.lessons[e["enrolment"], e["lesson"]][-1]
            self.lease = e["session"]
            self.sessions[e["session"]] = {
                "of": (e["enrolment"], e["lesson"], study["version"]),
                "study": study,
                "last": at,
                "top": -1,
                "seen": set(),
                "ended": False,
                "plays": [],
                "since": None,
            }

    def end(self, name: str) -> None:
        if name in self.sessions:
            self.sessions[name]["ended"] = True
            if self.lease == name:
                self.lease = None

    def close(self, enrolment: str) -> None:
        for name, s in self.sessions.items():
            if s["of"][0] == enrolment:
                self.end(name)

    def finish(self, e: dict[str, Any]) -> None:
        named = [e["enrolment"]] if e.get("enrolment") is not None else list(self.active)
        for enrolment in named:
            if not self.active.get(enrolment):
                continue
            if not any(c[0] == enrolment and c[7] == "provisional" for c in self.credits):
                self.active[enrolment] = False
                self.close(enrolment)
            else:
                if self.check is None:
                    self.open_check(None)
                assert self.check is not None
                self.check["finishes"].append(enrolment)

    def open_check(self, reached: int | None) -> None:
        until = self.now + self.rules.challenge_deadline_ms
        self.check = {"at": self.now, "until": until, "reached": reached, "finishes": []}

    def end_check(self, right: bool) -> None:
        assert self.check is not None
        check, self.check = self.check, None
        self.open_spans.append((check["at"], self.now))
        self.mark = self.now
        self.since = 0
        if check["reached"] is not None:
            self.threshold = None
        status = "confirmed" if right else "void"
        if right or self.rules.on_failed == "void":
            for c in self.credits:
                if c[7] == "provisional":
                    c[7] = status
        if right:
            for enrolment in check["finishes"]:
                self.active[enrolment] = False
                self.close(enrolment)
            if self.lease is not None:
                self.sessions[self.lease]["last"] = self.now
        else:
            self.lease = None

    def covered(self, of: tuple[str, str, str]) -> set[int]:
        return {c[5] for c in self.credits if (c[0], c[1], c[2]) == of and c[7] != "void"}

    def frontier(self, of: tuple[str, str, str]) -> int:
        covered, place = self.covered(of), 0
        while True:
            near = [m for m in range(place, place + self.rules.hole_ms + 1) if m in covered]
            if not near:
                return place
            place = near[0] + 1

    def beat(self, at: int, e: dict[str, Any]) -> int:
        rules, s = self.rules, self.sessions.get(e["session"])
        if s is None or s["ended"] or e["seq"] in s["seen"]:
            return 0
        s["seen"].add(e["seq"])
        if e["seq"] < s["top"]:
            return 0
        s["top"] = e["seq"]
        if self.lease != e["session"]:
            return 0
        gap, low = at - s["last"], max(s["last"], self.mark)
        s["last"], self.mark = max(s["last"], at), max(self.mark, at)
        if self.check is not None or gap > rules.max_gap_ms or not e["playing"] or not e["visible"]:
            return 0
        study, length = s["study"], s["study"]["length"]
        media = {m for a, b in e["segments"] for m in range(max(a, 0), min(b, length))} - self.covered(
            s["of"]
        )
        wall = list(range(low, at))
        if study["live"] is not None:
            media = {m for m in media if m < at - study["live"]}
            plays = [*s["plays"], *([] if s["since"] is None else [(s["since"], at)])]
            wall = [t for t in wall if any(a <= t < b for a, b in plays)]
        elif rules.no_skip:
            place = self.frontier(s["of"])
            carried = set()
            for m in sorted(m for m in media if m >= place):
                if m > place + rules.hole_ms:
                    break
                carried.add(m)
                place = m + 1
            media = carried
        return self.credit(e, s, sorted(media), wall)

    def credit(self, e: dict[str, Any], s: dict[str, Any], media: list[int], wall: list[int]) -> int:
        earned = 0
        status = "provisional" if self.rules.challenges else "confirmed"
        for t in wall:
            cap = self.rules.daily_cap_ms
            if cap is not None:
                today = sum(c[7] != "void" and self.day(c[6]) == self.day(t) for c in self.credits)
                if today >= cap:
                    continue
            if earned == len(media):
                break
            self.credits.append([*s["of"], e["session"], e["seq"], media[earned], t, status])
            earned += 1
        if earned and self.rules.challenges:
            self.since += earned
            if self.threshold is None:
                self.threshold = self.draw(self.draws)
                self.draws += 1
            if self.since >= self.threshold:
                self.open_check(self.threshold)
        return earned
