"""One case: an organisation's class under one item of one scheme, with its trainees and their history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from keshi.expression.types import Value
from keshi.problems import Problem

Place = Callable[[str], str]
"""From a JSON path (`trainees[3].minutes`) to the place as the user knows it (file and path, or sheet and cell)."""


@dataclass(frozen=True, slots=True)
class Award:
    """A subsidy that a person already had; `amount` in fen."""

    scheme: str
    item: str
    project: str | None
    started_on: date | None
    ended_on: date
    occupation: str | None
    level: int | None
    amount: int


@dataclass(slots=True)
class Trainee:
    """One person of the class: facts by full name (`trainee.minutes`), past subsidies, learning events if given.

    A key that is absent was not given; None was given as not known, not reached or not there.
    """

    facts: dict[str, Value]
    history: tuple[Award, ...] = ()
    events: Sequence[Mapping[str, Any]] | None = None
    path: str = ""

    @property
    def id_number(self) -> str:
        return str(self.facts["trainee.id_number"])


@dataclass(slots=True)
class Case:
    """A validated case. `facts` holds everything that is not a trainee's, by full name."""

    scheme: str
    item: str
    as_of: date
    facts: dict[str, Value]
    trainees: list[Trainee]
    tables: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    judgements: dict[str, bool] = field(default_factory=dict)
    place: Place = str
    notes: list[Problem] = field(default_factory=list)
    """Things worth saying that do not stop the settlement (digits normalised, a region code unknown)."""

    @property
    def starts_on(self) -> date | None:
        """The day the class starts, which decides the version of the scheme; None when it is not given."""
        found = self.facts.get("class.starts_on")
        return found if isinstance(found, date) else None
