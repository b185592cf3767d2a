"""Literals of the portable SQL subset, and what a compiled part of a formula is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any


def literal(value: Any) -> str:
    """A Python value as SQL. Integers only; a fraction has no literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value >= 0 else f"({value})"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column name of a file, which may be a word of SQL."""
    return '"' + name.replace('"', '""') + '"'


def all_of(parts: list[str]) -> str:
    """The parts joined by `and`; `true` for none."""
    return " and ".join(f"({part})" for part in parts) or "true"


def any_of(parts: list[str]) -> str:
    """The parts joined by `or`; `false` for none."""
    return " or ".join(f"({part})" for part in parts) or "false"


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer in SQL with its bounds; `wide` when its SQL type has more than 63 bits, `constant` for a literal."""

    sql: str
    low: int
    high: int
    wide: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """The exact number `scale × top ÷ bottom`; `bottom` is positive, None for one."""

    top: Whole
    scale: Fraction = Fraction(1)
    bottom: Whole | None = None

    @property
    def fixed(self) -> Fraction | None:
        """The value when it is the same for every row."""
        return self.scale if self.top.constant and self.bottom is None else None


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the row engine would raise: the message's key, and a condition that is never NULL."""

    code: str
    when: str


@dataclass(frozen=True, slots=True)
class Members:
    """A list, known by what it answers: whether it holds the text or number of another compiled value."""

    holds: Callable[["Compiled"], str]
    """SQL that is true or false where the list and the value are known, unless `unsure`."""
    contains: Callable[["Compiled"], str] | None = None
    """The same for a region and a list of codes that it may lie in."""
    unsure: bool = False
    """Whether the answer may be NULL though list and value are known, because a part of the list is not."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A part of a formula in SQL.

    `sql` is its text, choice, region, date or truth value; numbers and lists have their own fields. `null` says
    when it is unknown (None: never). `days` bounds a date, as ordinals. `faults` raise only where the row engine
    would have evaluated this part.
    """

    sql: str = ""
    null: str | None = None
    number: Number | None = None
    members: Members | None = None
    days: tuple[int, int] | None = None
    faults: tuple[Fault, ...] = ()
    fixed: Any = None
    """The Python value of a constant text or date."""

    def within(self, guard: str) -> tuple[Fault, ...]:
        """Its faults, where the guard (never NULL) holds."""
        if guard == "true":
            return self.faults
        return tuple(Fault(fault.code, f"({guard}) and ({fault.when})") for fault in self.faults)

    def failing(self, *faults: Fault) -> "Compiled":
        """The same with other faults."""
        return replace(self, faults=faults)

    @property
    def is_null(self) -> str:
        return "false" if self.null is None else self.null


ONE = Whole("1", 1, 1, constant=True)


def constant(value: int | Fraction) -> Number:
    """A number that is the same for every row."""
    return Number(ONE, Fraction(value))


UNKNOWN = Number(Whole("cast(null as bigint)", 1, 1))


def of(part: Compiled) -> Number:
    """The number of a part; an unknown without a type (`None`) counts as an unknown number."""
    return part.number or UNKNOWN


def constant_part(value: int | Fraction | str | bool | None) -> Compiled:
    """A constant of a formula."""
    if value is None:
        return Compiled(sql="null", null="true")
    if isinstance(value, bool):
        return Compiled(sql=literal(value))
    if isinstance(value, str):
        return Compiled(sql=literal(value), fixed=value)
    return Compiled(number=constant(value))


def fixed_date(day: date) -> Compiled:
    """A date that is the same for every row."""
    return Compiled(sql=literal(day), days=(day.toordinal(), day.toordinal()), fixed=day)


def choose(condition: str, then: str, otherwise: str, unknown: str | None = None) -> str:
    """One or the other; `unknown` (NULL when left out) where the condition is."""
    if condition in ("true", "false"):
        return then if condition == "true" else otherwise
    last = f" else {unknown}" if unknown else ""
    return f"(case when {condition} then {then} when not {condition} then {otherwise}{last} end)"


def known_only(null: str | None, sql: str) -> str:
    """NULL where a condition (never NULL) says so."""
    return sql if null is None else f"(case when {null} then null else {sql} end)"
