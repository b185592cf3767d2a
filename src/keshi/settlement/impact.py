"""What a change of a scheme means for real cases: who gains, who loses."""

from collections.abc import Iterable
from dataclasses import dataclass

from keshi.case import Case
from keshi.scheme import Scheme
from keshi.settlement.result import TraineeResult
from keshi.settlement.settle import settle


@dataclass(frozen=True, slots=True)
class Change:
    """One person's outcome under both versions; amounts in fen."""

    source: str
    before: TraineeResult
    after: TraineeResult

    @property
    def difference(self) -> int:
        """What the person gains (negative: loses), in fen."""
        return self.after.amount - self.before.amount


@dataclass(frozen=True, slots=True)
class Impact:
    """All people whose outcome differs, and the totals of both versions in fen."""

    changes: tuple[Change, ...]
    people: int
    before: int
    after: int


def impact(cases: Iterable[tuple[str, Case]], old: Scheme, new: Scheme) -> Impact:
    """Settle every (source, case) under both versions. Raises what `settle` raises."""
    changes: list[Change] = []
    people = before = after = 0
    for source, case in cases:
        first, second = settle(case, old), settle(case, new)
        people += len(first.trainees)
        before += first.amount
        after += second.amount
        changes += [
            Change(source, a, b)
            for a, b in zip(first.trainees, second.trainees, strict=True)
            if _differs(a, b)
        ]
    return Impact(tuple(changes), people, before, after)


def _differs(a: TraineeResult, b: TraineeResult) -> bool:
    return (a.eligible, a.amount, a.class_hours) != (b.eligible, b.amount, b.class_hours)
