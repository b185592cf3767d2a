"""The formulas of one item: parsed, checked and put in order, each still knowing its rule and its place."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal, TypeVar

from keshi.expression import (
    BOOLEAN,
    DATE,
    REGION,
    TEXT,
    Node,
    Scope,
    Source,
    Symbol,
    Type,
    Unit,
    check,
    choice,
    list_of,
    names_in,
    number,
    parse,
)
from keshi.expression.nodes import Call, walk
from keshi.expression.types import NULL
from keshi.problems import BadInput, Problem
from keshi.scheme.model import Advance, Exclusion, Item, Limit, Quantity, Requirement, SchemeFile, Sequence
from keshi.vocabulary import Fact, Label, vocabulary

Shared = TypeVar("Shared", Requirement, Limit, Sequence, Exclusion)
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

    def formulas(self) -> list[Formula]:
        """Every formula of the item."""
        named = [*self.quantities, self.class_hours, self.amount]
        found = [quantity.formula for quantity in named]
        found += [formula for _, formula in self.requirements if formula is not None]
        found += [limit.ceiling for limit in self.limits]
        if self.advance:
            found += [self.advance.each, self.advance.who, self.advance.when]
        return found


_FIGURE = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)\s*(%?)", re.ASCII)


def parameter_number(text: int | str) -> int | Fraction:
    """The exact value of a figure as written: 30, "7.5", "20%". Raises ValueError."""
    written = _FIGURE.fullmatch(str(text).strip())
    if written is None:
        raise ValueError(text)
    value = Fraction(written[1]) / (100 if written[2] else 1)
    return value.numerator if value.denominator == 1 else value


@cache
def fact_symbols() -> Mapping[str, Symbol]:
    """The symbols of all facts that formulas may name (those of `history` are read by the limits only)."""
    return {
        name: Symbol(_fact_type(fact), "fact")
        for name, fact in vocabulary().items()
        if fact.room != "history"
    }


def _fact_type(fact: Fact) -> Type:
    match fact.type:
        case "number":
            return number(fact.unit)
        case "boolean":
            return BOOLEAN
        case "date":
            return DATE
        case "region":
            return REGION
        case "choice":
            return choice(fact.values or {})
        case "texts":
            return list_of(choice(fact.values or {}))
    return TEXT


class Checker:
    """Checks the formulas of a scheme file and gathers every problem found."""

    def __init__(self, file: SchemeFile, name: str, positions: Mapping[str, tuple[int, int]]) -> None:
        self.file = file
        self.name = name
        self.positions = positions
        self.problems: list[Problem] = []

    def source(self, text: str, path: str) -> Source:
        line, column = self.positions.get(path, (0, 1))
        return Source(text, self.name if line else f"{self.name}: {path}", line, column)

    def place(self, path: str) -> str:
        """The file, line and column of a key, or its path where the position is not known."""
        line, column = self.positions.get(path, (0, 0))
        return f"{self.name}:{line}:{column}" if line else f"{self.name}: {path}"

    def refuse(self, code: str, path: str, **params: object) -> None:
        self.problems.append(Problem(code, self.place(path), params=params))

    def symbols(self) -> dict[str, Symbol]:
        """Facts, parameters and tables of the scheme. Parameters and tables must not hide each other."""
        scope = dict(fact_symbols())
        for name, parameter in self.file.parameters.items():
            path = f"parameters.{name}"
            if name in scope:
                self.refuse("scheme-name-twice", path, name=name)
            given = [
                parameter.value is not None,
                bool(parameter.dated),
                parameter.day is not None,
                bool(parameter.regions),
            ]
            if sum(given) != 1:
                self.refuse("scheme-parameter-one-value", path, name=name)
                continue
            if parameter.day is not None:
                scope[name] = Symbol(DATE, "parameter")
            elif parameter.regions:
                scope[name] = Symbol(list_of(REGION), "parameter")
            else:
                scope[name] = Symbol(number(self.unit(parameter.unit, f"{path}.unit")), "parameter")
                for figure in [parameter.value, *(period.value for period in parameter.dated)]:
                    self.figure(figure, path)
        for name, table in self.file.tables.items():
            if name in scope:
                self.refuse("scheme-name-twice", f"tables.{name}", name=name)
            keys = {key: self.key_type(key) for key in table.keys}
            scope[name] = Symbol(number(self.unit(table.unit, f"tables.{name}.unit")), "table", keys)
        return scope

    def figure(self, figure: int | str | None, path: str) -> None:
        if figure is None:
            return
        try:
            parameter_number(figure)
        except ValueError:
            self.refuse("scheme-figure", path, value=figure)

    def unit(self, text: str, path: str) -> Unit:
        try:
            return Unit.parse(text)
        except ValueError as error:
            self.refuse("scheme-unit", path, unit=str(error))
            return Unit()

    def key_type(self, key: str) -> Type:
        """A key column that is named as a class or trainee fact has its type; any other is a text."""
        if key == "level":
            return number()
        return TEXT

    def item(self, index: int, item: Item, common: Iterable[Limit]) -> ItemRules | None:
        """The checked rules of one item, None when something in them is wrong (see `problems`)."""
        before = len(self.problems)
        path = f"items[{index}]"
        scope = self.symbols() if index == 0 else self.quiet_symbols()
        sources = self.quantities(item, path)
        for name in sources.keys() & scope.keys():
            self.refuse("scheme-name-twice", sources[name][1], name=name)
        ordered, cyclic = self.order(sources)
        levels: dict[str, Level] = {}
        formulas: dict[str, NamedFormula] = {}
        for name in cyclic:
            scope[name] = Symbol(NULL, "quantity")
        for name in ordered:
            quantity, at = sources[name]
            formula = self.formula(quantity.formula, at, scope, levels)
            if formula is None:
                scope[name] = Symbol(
                    NULL, "quantity"
                )  # its own problem is told; those that use it are not blamed
                continue
            if quantity.unit is not None and formula.type.kind != "null":
                declared = self.unit(quantity.unit, at)
                if formula.type.kind != "number":
                    found = str(formula.type)
                    self.refuse("scheme-quantity-unit", at, name=name, found=found, declared=str(declared))
                elif declared != formula.type.unit and not formula.type.zero:
                    found = str(formula.type.unit)
                    self.refuse("scheme-quantity-unit", at, name=name, found=found, declared=str(declared))
            scope[name] = Symbol(formula.type, "quantity")
            levels[name] = formula.level
            formulas[name] = NamedFormula(name, formula, quantity.text, quantity.clause)
        rules = self.rules(index, item, common, scope, levels, formulas, ordered)
        return rules if rules is not None and len(self.problems) == before else None

    def quiet_symbols(self) -> dict[str, Symbol]:
        """The symbols again, without repeating their problems for every item."""
        kept = list(self.problems)
        scope = self.symbols()
        self.problems = kept
        return scope

    def quantities(self, item: Item, path: str) -> dict[str, tuple[Quantity, str]]:
        """The quantities of scheme and item with their formulas' paths; class hours and amount are two."""
        found = {
            name: (quantity, f"quantities.{name}.formula") for name, quantity in self.file.quantities.items()
        }
        for name, quantity in item.quantities.items():
            at = f"{path}.quantities.{name}.formula"
            if name in found:
                self.refuse("scheme-name-twice", at, name=name)
            found[name] = (quantity, at)
        hours = self.file.hours
        found["class_hours"] = (
            Quantity(formula=item.class_hours, unit="class_hour", clause=hours.clause, text=_CLASS_HOURS),
            f"{path}.class_hours",
        )
        found["amount"] = (
            Quantity(formula=item.amount, unit="yuan", clause=item.clause, text=_AMOUNT),
            f"{path}.amount",
        )
        return found

    def order(self, sources: Mapping[str, tuple[Quantity, str]]) -> tuple[list[str], set[str]]:
        """The names so that each stands after those it uses, and those in a cycle, which is a problem."""
        uses: dict[str, set[str]] = {}
        for name, (quantity, at) in sources.items():
            try:
                uses[name] = names_in(parse(self.source(quantity.formula, at))) & sources.keys()
            except BadInput:
                uses[name] = set()  # reported by `formula`
        done: dict[str, None] = {}
        cyclic: set[str] = set()
        trail: list[str] = []

        def visit(name: str) -> None:
            if name in trail:
                cycle = [*trail[trail.index(name) :], name]
                if not cyclic.issuperset(cycle):
                    self.refuse("scheme-cycle", sources[name][1], names=" → ".join(cycle))
                cyclic.update(cycle)
            elif name not in done:
                trail.append(name)
                for used in sorted(uses[name]):
                    visit(used)
                trail.pop()
                done.setdefault(name)

        for name in sources:
            visit(name)
        return [name for name in done if name not in cyclic], cyclic

    def formula(
        self,
        text: str,
        path: str,
        scope: Scope,
        levels: Mapping[str, Level],
        expected: Type | None = None,
        only_class: bool = False,
    ) -> Formula | None:
        source = self.source(text, path)
        try:
            node = parse(source)
            found = check(node, scope, source, expected)
        except BadInput as error:
            self.problems += error.problems
            return None
        level = _level(node, levels)
        if only_class and level == "trainee":
            self.problems.append(source.problem("scheme-class-rule-names-trainee", 0, len(text)))
            return None
        return Formula(source, node, found, level)

    def rules(
        self,
        index: int,
        item: Item,
        common: Iterable[Limit],
        scope: Scope,
        levels: Mapping[str, Level],
        formulas: Mapping[str, NamedFormula],
        ordered: list[str],
    ) -> ItemRules | None:
        path = f"items[{index}]"

        def formula(
            text: str, at: str, expected: Type | None = None, only_class: bool = False
        ) -> Formula | None:
            return self.formula(text, at, scope, levels, expected, only_class)

        used = _needed(formulas)
        requirements = []
        for rule, at in self.shared("requirements", path, item.requirements, self.file.requirements, item):
            if rule.manual == (rule.holds is not None):
                self.refuse("scheme-holds-or-manual", at, rule=rule.id)
                continue
            holds = formula(rule.holds, f"{at}.holds", BOOLEAN, rule.of != "trainee") if rule.holds else None
            requirements.append((rule, holds))
        limits = []
        common_limits = [
            (limit, f"common {limit.id}") for limit in common if limit.id not in self.file.without_common
        ]
        for limit, at in [*self.shared("limits", path, item.limits, self.file.limits, item), *common_limits]:
            if (limit.amount_at_most is None) == (limit.count_at_most is None):
                self.refuse("scheme-limit-one-ceiling", at, rule=limit.id)
                continue
            if limit.amount_at_most is not None:
                ceiling = formula(limit.amount_at_most, f"{at}.amount_at_most", number("yuan"), True)
            else:
                ceiling = formula(limit.count_at_most or "", f"{at}.count_at_most", None, True)
                if ceiling and (
                    ceiling.type.kind != "number" or ceiling.type.unit not in (Unit(), Unit.parse("time"))
                ):
                    self.refuse(
                        "formula-wrong-result",
                        f"{at}.count_at_most",
                        expected="number",
                        found=str(ceiling.type),
                    )
            if ceiling:
                limits.append(CheckedLimit(limit, ceiling))
        advance = None
        if item.advance:
            at = f"{path}.advance"
            each = formula(item.advance.each, f"{at}.each", number("yuan"))
            who = formula(item.advance.who, f"{at}.who", BOOLEAN)
            when = formula(item.advance.when, f"{at}.when", BOOLEAN, True)
            if each and who and when:
                advance = CheckedAdvance(item.advance, each, who, when)
                used |= _needed(formulas, names_in(each.node) | names_in(who.node) | names_in(when.node))
        for _, holds in requirements:
            used |= _needed(formulas, names_in(holds.node)) if holds else set()
        self.repeated(path, [rule.id for rule, _ in requirements], [limit.rule.id for limit in limits])
        if not formulas.keys() >= {"class_hours", "amount"}:
            return None
        return ItemRules(
            item=item,
            quantities=tuple(
                formulas[name] for name in ordered if name in used and name not in ("class_hours", "amount")
            ),
            class_hours=formulas["class_hours"],
            amount=formulas["amount"],
            requirements=tuple(requirements),
            exclusions=tuple(
                e for e, _ in self.shared("exclusions", path, item.exclusions, self.file.exclusions, item)
            ),
            sequences=tuple(
                s for s, _ in self.shared("sequences", path, item.sequences, self.file.sequences, item)
            ),
            limits=tuple(limits),
            advance=advance,
        )

    def shared(
        self, key: str, path: str, own: list[Shared], all_items: list[Shared], item: Item
    ) -> list[tuple[Shared, str]]:
        """The scheme's rules that concern the item, then the item's own, with their paths."""
        pairs: list[tuple[Shared, str]] = []
        for index, rule in enumerate(all_items):
            if not rule.items or item.id in rule.items:
                pairs.append((rule, f"{key}[{index}]"))
        for index, rule in enumerate(own):
            pairs.append((rule, f"{path}.{key}[{index}]"))
        return pairs

    def repeated(self, path: str, *lists: list[str]) -> None:
        for ids in lists:
            for rule in sorted({rule for rule in ids if ids.count(rule) > 1}):
                self.refuse("scheme-id-twice", path, rule=rule)


def _level(node: Node, levels: Mapping[str, Level]) -> Level:
    for part in walk(node):
        if isinstance(part, Call) and part.function in ("sum_paid", "count_paid"):
            return "trainee"
    for name in names_in(node):
        if name.startswith("trainee.") or levels.get(name) == "trainee":
            return "trainee"
    return "class"


def _needed(
    formulas: Mapping[str, NamedFormula], names: Iterable[str] = ("class_hours", "amount")
) -> set[str]:
    """The quantities that the named ones use, directly or not, and themselves."""
    found: set[str] = set()
    open_names = [name for name in names if name in formulas]
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += [used for used in names_in(formulas[name].formula.node) if used in formulas]
    return found


_CLASS_HOURS = Label(zh="课时", en="class hours")
_AMOUNT = Label(zh="补贴金额", en="amount")
