"""What a checked item is: its formulas with their types, levels and places."""

from dataclasses import dataclass
from typing import Literal

from keshi.expression import Node, Source, Type
from keshi.scheme.model import Advance, Exclusion, Item, Limit, Material, Requirement, Sequence
from keshi.vocabulary import Label

Level = Literal["class", "trainee"]
"""Whether a formula is the same for the whole class or differs by trainee."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula; `level` says whether it must be evaluated for every trainee."""

    source: Source
    node: Node
    type: Type
    level: Level

    @property
    def text(self) -> str:
        return self.source.text


@dataclass(frozen=True, slots=True)
class NamedFormula:
    """A quantity: its name, formula, label and clause."""

    name: str
    formula: Formula
    label: Label
    clause: str


@dataclass(frozen=True, slots=True)
class CheckedLimit:
    rule: Limit
    ceiling: Formula


@dataclass(frozen=True, slots=True)
class CheckedAdvance:
    rule: Advance
    each: Formula
    who: Formula
    when: Formula


@dataclass(frozen=True, slots=True)
class ItemRules:
    """Everything that settling one item needs, checked; `quantities` so that each can be computed in turn."""

    item: Item
    quantities: tuple[NamedFormula, ...]
    class_hours: NamedFormula
    amount: NamedFormula
    requirements: tuple[tuple[Requirement, Formula | None], ...]
    exclusions: tuple[Exclusion, ...]
    sequences: tuple[Sequence, ...]
    limits: tuple[CheckedLimit, ...]
    advance: CheckedAdvance | None
    materials: tuple[tuple[Material, Formula | None], ...] = ()
    """The documents that concern the item, with the formula that says when each is asked for."""

    def formulas(self) -> list[Formula]:
        """Every formula of the item."""
        named = [*self.quantities, self.class_hours, self.amount]
        found = [quantity.formula for quantity in named]
        found += [formula for _, formula in self.requirements if formula is not None]
        found += [limit.ceiling for limit in self.limits]
        if self.advance:
            found += [self.advance.each, self.advance.who, self.advance.when]
        return found
