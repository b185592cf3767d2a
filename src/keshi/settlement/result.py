"""What settling a case returns: findings, steps, amounts. Amounts are integer fen; texts keep both languages."""

from typing import Literal

import msgspec

from keshi.expression.types import Value
from keshi.vocabulary import Label

Outcome = Literal["passed", "failed", "unknown", "manual"]
Subject = Literal["organisation", "class", "trainee"]


class Finding(msgspec.Struct, frozen=True):
    """The outcome of one rule. `needs`: the facts (or `tables.<name>`) without which it cannot be decided."""

    rule: str
    subject: Subject
    outcome: Outcome
    clause: str
    text: Label
    needs: tuple[str, ...] = ()
    remedy: Label | None = None


class StepKind(msgspec.Struct, frozen=True):
    """What is the same about a step for every trainee."""

    name: str
    label: Label
    formula: str
    unit: str
    clause: str


class Step(msgspec.Struct, frozen=True):
    """One computed quantity; money values are yuan, limits' values too."""

    kind: StepKind
    value: Value


class TraineeResult(msgspec.Struct, frozen=True):
    """One person's outcome. `amount` and `advance` in fen; `class_hours` None when it cannot be computed."""

    id_number: str
    name: str
    eligible: bool
    class_hours: int | None
    amount: int
    advance: int
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]


class Result(msgspec.Struct, frozen=True):
    """The settlement of a case."""

    scheme: str
    scheme_digest: str
    engine: str
    item: str
    as_of: str
    findings: tuple[Finding, ...]
    trainees: tuple[TraineeResult, ...]
    receipt: str

    @property
    def amount(self) -> int:
        """Sum of the rounded amounts, in fen."""
        return sum(trainee.amount for trainee in self.trainees)

    @property
    def advance(self) -> int:
        """Money paid ahead for the class, in fen."""
        return sum(trainee.advance for trainee in self.trainees)

    @property
    def payable(self) -> int:
        """Amount less advance, in fen; negative is to be recovered."""
        return self.amount - self.advance
