"""The formulas of one item: parsed, checked and put in order, each still knowing its rule and its place."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from keshi.expression import BOOLEAN, Node, Symbol, Type, Unit, check, names_in, number, parse
from keshi.expression.nodes import Call, walk
from keshi.expression.types import NULL
from keshi.problems import BadInput
from keshi.scheme.model import Exclusion, Item, Limit, Material, Quantity, Requirement, Sequence
from keshi.scheme.rules import CheckedAdvance, CheckedLimit, Formula, ItemRules, Level, NamedFormula
from keshi.scheme.symbols import Report, fact_symbols
from keshi.vocabulary import Label

Shared = TypeVar("Shared", Requirement, Limit, Sequence, Exclusion)
_CLASS_HOURS = Label(zh="课时", en="class hours")
_AMOUNT = Label(zh="补贴金额", en="amount")
_COUNTS = (Unit(), Unit.parse("time"))


def check_item(
    report: Report, scope: Mapping[str, Symbol], index: int, item: Item, common: Iterable[Limit]
) -> ItemRules | None:
    """The checked rules of one item, None when something in them is wrong (the report says what)."""
    before = len(report.problems)
    checker = _ItemChecker(report, scope, index, item)
    checker.define_quantities()
    rules = checker.rules(common)
    return rules if len(report.problems) == before else None


class _ItemChecker:
    def __init__(self, report: Report, scope: Mapping[str, Symbol], index: int, item: Item) -> None:
        self.report = report
        self.scope = dict(scope)
        self.item = item
        self.path = f"items[{index}]"
        self.levels: dict[str, Level] = {}
        self.formulas: dict[str, NamedFormula] = {}

    def formula(
        self,
        text: str,
        path: str,
        expected: Type | None = None,
        *,
        only_class: bool = False,
        scope: Mapping[str, Symbol] | None = None,
    ) -> Formula | None:
        """A parsed and checked formula, None when it has problems."""
        source = self.report.source(text, path)
        try:
            node = parse(source)
            found = check(node, self.scope if scope is None else scope, source, expected)
        except BadInput as error:
            self.report.problems += error.problems
            return None
        level = _level(node, self.levels)
        if only_class and level == "trainee":
            self.report.problems.append(source.problem("scheme-class-rule-names-trainee", 0, len(text)))
            return None
        return Formula(source, node, found, level)

    def define_quantities(self) -> None:
        """Check the quantities in an order in which each can be computed, and name them in the scope."""
        sources = self.quantities()
        for name in sources.keys() & self.scope.keys():
            self.report.refuse("scheme-name-twice", sources[name][1], name=name)
        ordered, cyclic = self.order(sources)
        for name in cyclic:
            self.scope[name] = Symbol(NULL, "quantity")
        for name in ordered:
            quantity, at = sources[name]
            formula = self.formula(quantity.formula, at)
            if formula is None:
                self.scope[name] = Symbol(
                    NULL, "quantity"
                )  # its own problem is told; its users are not blamed
                continue
            if formula.type.kind != "null" or not names_in(formula.node):
                self.compare_unit(name, quantity, formula.type, at)
            self.scope[name] = Symbol(formula.type, "quantity")
            self.levels[name] = formula.level
            self.formulas[name] = NamedFormula(name, formula, quantity.text, quantity.clause)

    def compare_unit(self, name: str, quantity: Quantity, found: Type, at: str) -> None:
        """The declared unit of a quantity must be the one that its formula gives."""
        if quantity.unit is None or found.zero:
            return
        before = len(self.report.problems)
        declared = self.report.unit(quantity.unit, at)
        if len(self.report.problems) > before:
            return
        if found.kind != "number" or declared != found.unit:
            shown = str(found.unit if found.kind == "number" else found)
            self.report.refuse("scheme-quantity-unit", at, name=name, found=shown, declared=str(declared))

    def quantities(self) -> dict[str, tuple[Quantity, str]]:
        """The quantities of scheme and item with the paths of their formulas; class hours and amount are two."""
        file, item = self.report.file, self.item
        found = {name: (quantity, f"quantities.{name}.formula") for name, quantity in file.quantities.items()}
        for name, quantity in item.quantities.items():
            at = f"{self.path}.quantities.{name}.formula"
            if name in found:
                self.report.refuse("scheme-name-twice", at, name=name)
            found[name] = (quantity, at)
        for name in ("class_hours", "amount"):
            if name in found:  # each item has its own
                self.report.refuse("scheme-name-twice", found[name][1], name=name)
        hours = Quantity(
            formula=item.class_hours, unit="class_hour", clause=file.hours.clause, text=_CLASS_HOURS
        )
        amount = Quantity(formula=item.amount, unit="yuan", clause=item.clause, text=_AMOUNT)
        found["class_hours"] = (hours, f"{self.path}.class_hours")
        found["amount"] = (amount, f"{self.path}.amount")
        return found

    def order(self, sources: Mapping[str, tuple[Quantity, str]]) -> tuple[list[str], set[str]]:
        """The names so that each stands after those it uses, and those in a cycle, which is a problem."""
        uses: dict[str, set[str]] = {}
        for name, (quantity, at) in sources.items():
            try:
                uses[name] = names_in(parse(self.report.source(quantity.formula, at))) & sources.keys()
            except BadInput:
                uses[name] = set()  # reported by `formula`
        done: dict[str, None] = {}
        cyclic: set[str] = set()
        trail: list[str] = []

        def visit(name: str) -> None:
            if name in trail:
                cycle = [*trail[trail.index(name) :], name]
                if not cyclic.issuperset(cycle):
                    self.report.refuse("scheme-cycle", sources[name][1], names=" → ".join(cycle))
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

    def rules(self, common: Iterable[Limit]) -> ItemRules | None:
        """Everything of the item, None when class hours or amount could not be checked."""
        file, item = self.report.file, self.item
        requirements = self.requirements()
        limits = self.limits(common)
        advance = self.advance()
        names = {"class_hours", "amount"}
        names = names.union(*(names_in(holds.node) for _, holds in requirements if holds))
        names = names.union(*(names_in(limit.ceiling.node) for limit in limits))
        if advance:
            names = names.union(*(names_in(f.node) for f in (advance.each, advance.who, advance.when)))
        self.repeated([rule.id for rule, _ in requirements])
        self.repeated([limit.rule.id for limit in limits])
        if not self.formulas.keys() >= {"class_hours", "amount"}:
            return None
        used = _used(self.formulas, names) - {"class_hours", "amount"}
        return ItemRules(
            item=item,
            quantities=tuple(formula for name, formula in self.formulas.items() if name in used),
            class_hours=self.formulas["class_hours"],
            amount=self.formulas["amount"],
            requirements=tuple(requirements),
            exclusions=tuple(rule for rule, _ in self.shared("exclusions", item.exclusions, file.exclusions)),
            sequences=tuple(rule for rule, _ in self.shared("sequences", item.sequences, file.sequences)),
            limits=tuple(limits),
            advance=advance,
            materials=tuple(self.materials()),
        )

    def requirements(self) -> list[tuple[Requirement, Formula | None]]:
        """The requirements that concern the item; those that people judge have no formula."""
        found = []
        for rule, at in self.shared("requirements", self.item.requirements, self.report.file.requirements):
            if rule.manual == (rule.holds is not None):
                self.report.refuse("scheme-holds-or-manual", at, rule=rule.id)
                continue
            only_class = rule.of != "trainee"
            holds = (
                self.formula(rule.holds, f"{at}.holds", BOOLEAN, only_class=only_class)
                if rule.holds
                else None
            )
            found.append((rule, holds))
        return found

    def materials(self) -> list[tuple[Material, Formula | None]]:
        """The documents that concern the item. Their conditions name facts alone: they are asked first."""
        found = []
        for index, rule in enumerate(self.report.file.materials):
            if rule.items and self.item.id not in rule.items:
                continue
            path = f"materials[{index}].only_if"
            asked = rule.only_if and self.formula(
                rule.only_if, path, BOOLEAN, only_class=True, scope=fact_symbols()
            )
            if rule.only_if and rule.when is None:
                self.report.refuse("scheme-material-says-when", path, material=rule.id)
            found.append((rule, asked or None))
        return found

    def limits(self, common: Iterable[Limit]) -> list[CheckedLimit]:
        """The limits of the item, then those above all notices that the region has not switched off."""
        file = self.report.file
        above = [(limit, f"common {limit.id}") for limit in common if limit.id not in file.without_common]
        found = []
        for limit, at in [*self.shared("limits", self.item.limits, file.limits), *above]:
            if (limit.amount_at_most is None) == (limit.count_at_most is None):
                self.report.refuse("scheme-limit-one-ceiling", at, rule=limit.id)
                continue
            ceiling = self.ceiling(limit, at)
            if ceiling:
                found.append(CheckedLimit(limit, ceiling))
        return found

    def ceiling(self, limit: Limit, at: str) -> Formula | None:
        """The ceiling of a limit: yuan for a sum, a bare number or times for a count."""
        if limit.amount_at_most is not None:
            return self.formula(limit.amount_at_most, f"{at}.amount_at_most", number("yuan"), only_class=True)
        path = f"{at}.count_at_most"
        ceiling = self.formula(limit.count_at_most or "", path, only_class=True)
        if ceiling and (ceiling.type.kind != "number" or ceiling.type.unit not in _COUNTS):
            self.report.refuse("formula-wrong-result", path, expected="number", found=str(ceiling.type))
        return ceiling

    def advance(self) -> CheckedAdvance | None:
        """The advance of the item, if it has one."""
        rule = self.item.advance
        if rule is None:
            return None
        at = f"{self.path}.advance"
        each = self.formula(rule.each, f"{at}.each", number("yuan"))
        who = self.formula(rule.who, f"{at}.who", BOOLEAN)
        when = self.formula(rule.when, f"{at}.when", BOOLEAN, only_class=True)
        return CheckedAdvance(rule, each, who, when) if each and who and when else None

    def shared(self, key: str, own: list[Shared], all_items: list[Shared]) -> list[tuple[Shared, str]]:
        """The scheme's rules that concern the item, then the item's own, with their paths."""
        pairs: list[tuple[Shared, str]] = []
        for index, rule in enumerate(all_items):
            if not rule.items or self.item.id in rule.items:
                pairs.append((rule, f"{key}[{index}]"))
        for index, rule in enumerate(own):
            pairs.append((rule, f"{self.path}.{key}[{index}]"))
        return pairs

    def repeated(self, ids: list[str]) -> None:
        """Refuse ids that stand twice."""
        for rule in sorted({rule for rule in ids if ids.count(rule) > 1}):
            self.report.refuse("scheme-id-twice", self.path, rule=rule)


def _level(node: Node, levels: Mapping[str, Level]) -> Level:
    for part in walk(node):
        if isinstance(part, Call) and part.function in ("sum_paid", "count_paid"):
            return "trainee"
    for name in names_in(node):
        if name.startswith("trainee.") or levels.get(name) == "trainee":
            return "trainee"
    return "class"


def _used(formulas: Mapping[str, NamedFormula], names: Iterable[str]) -> set[str]:
    """The quantities that the named ones use, directly or not, and themselves."""
    found: set[str] = set()
    waiting = [name for name in names if name in formulas]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [used for used in names_in(formulas[name].formula.node) if used in formulas]
    return found
