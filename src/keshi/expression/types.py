"""Types and units of formula values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Number = int | Fraction
Value = int | Fraction | str | bool | date | tuple[str, ...] | None
"""What a formula yields; None is "not known"."""

BASES = frozenset(
    {"yuan", "wan_yuan", "minute", "class_hour", "person", "workday", "day", "month", "year", "time"}
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of base units, as sorted (base, exponent) pairs without zero exponents: yuan/class_hour."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Unit":
        """Read `yuan/class_hour`, `minute`, `1`. Raises ValueError naming an unknown base."""
        powers: dict[str, int] = {}
        for index, side in enumerate(text.split("/")):
            for base in (part.strip() for part in side.split("*")):
                if base == "1":
                    continue
                if base not in BASES:
                    raise ValueError(base)
                powers[base] = powers.get(base, 0) + (1 if index == 0 else -1)
        return cls._of(powers.items())

    @classmethod
    def _of(cls, powers: Iterable[tuple[str, int]]) -> "Unit":
        return cls(tuple(sorted((base, power) for base, power in powers if power)))

    def __mul__(self, other: "Unit") -> "Unit":
        powers = dict(self.powers)
        for base, power in other.powers:
            powers[base] = powers.get(base, 0) + power
        return Unit._of(powers.items())

    def __truediv__(self, other: "Unit") -> "Unit":
        return self * Unit(tuple((base, -power) for base, power in other.powers))

    def __str__(self) -> str:
        above = [base for base, power in self.powers for _ in range(power)]
        below = [base for base, power in self.powers for _ in range(-power)]
        return "/".join(["*".join(above) or "1", *below])


Kind = Literal["number", "boolean", "text", "choice", "date", "region", "list", "null"]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a formula: its kind, the unit of a number, the values of a choice, the element of a list.

    `literal` marks a bare number, which may be compared with any unit; `zero` marks the literal 0, which has
    every unit.
    """

    kind: Kind
    unit: Unit = Unit()
    values: frozenset[str] = frozenset()
    element: "Type | None" = None
    literal: bool = False
    zero: bool = False

    def __str__(self) -> str:
        if self.kind == "number":
            return f"number [{self.unit}]" if self.unit.powers else "number"
        if self.kind == "list":
            return f"list of {self.element}"
        return self.kind


BOOLEAN = Type("boolean")
TEXT = Type("text")
DATE = Type("date")
REGION = Type("region")
NULL = Type("null")


def number(unit: str | Unit = "1") -> Type:
    """The type of a number in a unit. Raises ValueError on an unknown unit."""
    return Type("number", Unit.parse(unit) if isinstance(unit, str) else unit)


def choice(values: Iterable[str]) -> Type:
    """The type of a text that is one of the given values."""
    return Type("choice", values=frozenset(values))


def list_of(element: Type) -> Type:
    """The type of a list."""
    return Type("list", element=element)
