"""A trainee who tries everything: tabs, replays, altered beats, skips, speed, silence, midnights, checks.

Rules are shrunk to some sixty milliseconds where they say seconds, so that each millisecond can be looked at.
"""

from random import Random
from typing import Any

from .kit import MIDNIGHT, NINE_MS, Entry, entry, iso
from .slow import Slow, threshold

SMALL: dict[str, Any] = {
    "max_gap_ms": 60, "hole_ms": 3, "challenge_after_ms": (90, 160), "challenge_deadline_ms": 60,
}  # fmt: skip
VARIANTS: tuple[dict[str, Any], ...] = (
    SMALL,
    {**SMALL, "daily_cap_ms": 150},
    {**SMALL, "no_skip": False},
    {**SMALL, "on_failed": "wait", "daily_cap_ms": 300},
    {**SMALL, "challenges": False, "daily_cap_ms": 120, "no_skip": False},
)
SEED = b"a seed for tests"
LESSONS = (("E1", "L1", 900), ("E1", "L2", 90), ("E2", "L1", 700), ("E2", "live", 1500))


def slow_for(rules: Any, seed: bytes = SEED, person: str = "p") -> Slow:
    return Slow(rules, lambda n: threshold(seed, person, n, *rules.challenge_after_ms))


def script(rng: Random, rules: Any, steps: int) -> tuple[list[Entry], list[int], Slow]:
    """A log of about `steps` entries, what each earns by the slow rules, and the slow machine at its end."""
    return _Adversary(rng, rules).run(steps)


class _Adversary:
    def __init__(self, rng: Random, rules: Any) -> None:
        self.rng = rng
        self.slow = slow_for(rules)
        self.now = rng.choice([0, MIDNIGHT - rng.randrange(30, 600)])
        self.log: list[Entry] = []
        self.earned: list[int] = []
        self.names = 0
        self.last_beat: Entry | None = None

    def run(self, steps: int) -> tuple[list[Entry], list[int], Slow]:
        for enrolment, lesson, length in LESSONS:
            more = {"live_from": iso(self.now - 40)} if lesson == "live" else {}
            self.say("lesson", enrolment=enrolment, lesson=lesson, length_ms=length, **more)
        self.say("sign-in")
        self.start()
        while len(self.log) < steps:
            self.act()
        return self.log, self.earned, self.slow

    def say(self, kind: str, **fields: Any) -> None:
        self.put(entry(self.now, kind, **fields))

    def put(self, made: Entry) -> None:
        self.log.append(made)
        self.earned.append(self.slow.feed(made))

    def act(self) -> None:
        rng = self.rng
        if self.slow.check is not None and rng.random() < 0.5:
            self.now += rng.choice([1, 5, 20, 59, 60, 61])
            self.say("answer", correct=rng.random() < 0.8)
        elif self.slow.lease is None and rng.random() < 0.6:
            if self.slow.check is not None or rng.random() < 0.2:
                self.now += 61
            if self.slow.signed != self.slow.day(NINE_MS + self.now):
                self.say("sign-in")
            self.start()
        elif rng.random() < 0.75:
            self.beat()
        else:
            self.oddity()

    def start(self) -> None:
        self.names += 1
        enrolment, lesson, _ = self.rng.choice(LESSONS)
        self.say("start", session=f"s{self.names}", enrolment=enrolment, lesson=lesson)
        if lesson == "live":
            self.say("live-play", session=f"s{self.names}")

    def beat(self) -> None:
        """Mostly an honest beat of the session that may earn; the lies are mixed in one at a time."""
        rng, slow = self.rng, self.slow
        name = slow.lease or f"s{rng.randrange(1, self.names + 2)}"
        if rng.random() < 0.1:
            name = f"s{rng.randrange(1, self.names + 2)}"
        dt = rng.choice([1, 5, 10, 20, 20, 20, 20, 30, 59, 60, 61, 0])
        self.now += dt
        session = slow.sessions.get(name)
        if session is None:
            self.say("beat", session=name, seq=1, segments=[[0, 20]], playing=True, visible=True)
            return
        if session["study"]["live"] is not None:
            place = NINE_MS + self.now - dt - session["study"]["live"]
        else:
            place = slow.frontier(session["of"])
        place += rng.choice([0] * 9 + [1, 3, 4, -7, 50])
        speed = rng.choice([1, 1, 1, 1, 1, 2, 4])
        played = [[place, place + dt * speed]]
        if rng.random() < 0.15:
            hole = rng.choice([1, 3, 4])
            middle = place + dt * speed // 2
            played = [[middle + hole, place + dt * speed + 5], [place, middle], [middle, middle - 2]]
        seq = session["top"] + rng.choice([*[1] * 22, 2, 0, -1])
        made = entry(self.now, "beat", session=name, seq=max(0, seq), segments=played,
                     playing=rng.random() < 0.97, visible=rng.random() < 0.97)  # fmt: skip
        self.put(made)
        if rng.random() < 0.1:
            self.put({**made, "at": iso(self.now + rng.choice([0, 0, 15]))})

    def oddity(self) -> None:
        rng = self.rng
        session = f"s{rng.randrange(1, self.names + 1)}"
        enrolment, lesson, length = rng.choice(LESSONS)
        match rng.randrange(14):
            case 0 | 1 | 2:
                self.start()
            case 3:
                self.say("end", session=session)
            case 4:
                self.say("answer", correct=True)
            case 5:
                self.now += rng.choice([30, 61, 100])
            case 6:
                self.now -= rng.choice([1, 10, 70])
            case 7:
                self.say("sign-in", verified=rng.random() < 0.5)
            case 8:
                self.say("finish", **({"enrolment": enrolment} if rng.random() < 0.7 else {}))
            case 9:
                self.say("enrolment", enrolment=enrolment, active=rng.random() < 0.8)
            case 10 if lesson != "live":
                self.say("lesson", enrolment=enrolment, lesson=lesson, length_ms=length, version="2")
            case 11:
                self.say("enrolment", enrolment=enrolment, active=True)
            case _:
                self.say(rng.choice(["live-stop", "live-play"]), session=self.slow.lease or session)
