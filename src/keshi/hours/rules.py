"""What a scheme may decide about crediting, as one frozen value with a version that every row repeats."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from keshi.problems import BadInput, Problem

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters of crediting. Durations are integer milliseconds.

    `no_skip`: only what carries on from the covered beginning of a lesson earns (first study).
    `daily_cap_ms`: most that may be credited to a person in one local day, None for no cap.
    `challenges`: False only where the scheme asks for no check of presence; credit is then confirmed at once.
    `challenge_after_ms`: least and most credited time before a check, both included.
    `on_failed`: what a failed check makes of unconfirmed credit: it is void, or it waits for the next check.
    `utc_offset_ms`: where local midnights lie. China has had one offset and no summer time since 1992.

    Raises:
        BadInput: naming every parameter that makes no sense.
    """

    version: str = "hours-1"
    max_gap_ms: int = 60 * SECOND_MS
    no_skip: bool = True
    hole_ms: int = 500
    daily_cap_ms: int | None = None
    challenges: bool = True
    challenge_after_ms: tuple[int, int] = (8 * MINUTE_MS, 15 * MINUTE_MS)
    challenge_deadline_ms: int = 60 * SECOND_MS
    on_failed: Literal["void", "wait"] = "void"
    utc_offset_ms: int = 8 * HOUR_MS

    def __post_init__(self) -> None:
        least, most = self.challenge_after_ms
        sound = {
            "version": self.version != "",
            "max_gap_ms": self.max_gap_ms > 0,
            "hole_ms": self.hole_ms >= 0,
            "daily_cap_ms": self.daily_cap_ms is None or self.daily_cap_ms >= 0,
            "challenge_after_ms": 0 < least <= most,
            "challenge_deadline_ms": self.challenge_deadline_ms > 0,
            "on_failed": self.on_failed in ("void", "wait"),
            "utc_offset_ms": -DAY_MS < self.utc_offset_ms < DAY_MS,
        }
        wrong = [name for name, good in sound.items() if not good]
        if wrong:
            raise BadInput(Problem("hours-rule-unsound", f"rules.{n}", str(getattr(self, n))) for n in wrong)

    def day_of(self, at_ms: int) -> int:
        """The local day of a moment, as a number that grows by one at each local midnight."""
        return (at_ms + self.utc_offset_ms) // DAY_MS

    def date_of(self, at_ms: int) -> date:
        """The local calendar date of a moment."""
        return date.fromordinal(_EPOCH_DAY + self.day_of(at_ms))

    def by_day(self, start_ms: int, end_ms: int) -> Iterator[tuple[int, int, int]]:
        """`[start, end)` split at local midnights: `(day, start, end)` of each part."""
        while start_ms < end_ms:
            day = self.day_of(start_ms)
            midnight = (day + 1) * DAY_MS - self.utc_offset_ms
            yield day, start_ms, min(end_ms, midnight)
            start_ms = midnight


DEFAULT = Rules()
