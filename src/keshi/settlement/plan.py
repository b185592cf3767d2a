"""One item of a scheme, bound to slots and compiled: made once, used for every case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keshi.expression import Environment, Function, Table, compile_formula, names_in
from keshi.expression.evaluate import HISTORY
from keshi.scheme import CheckedLimit, Formula, ItemRules, NamedFormula, Scheme
from keshi.scheme.model import Requirement
from keshi.settlement.result import Finding, Outcome, StepKind, Subject
from keshi.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class BoundQuantity:
    """A quantity and the slot its value goes to; `kind` is its step."""

    slot: int
    function: Function
    kind: StepKind


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A requirement with its function (None when people judge) and its ready-made findings."""

    rule: Requirement
    formula: Formula | None
    function: Function | None
    findings: Mapping[Outcome, Finding]


@dataclass(frozen=True, slots=True)
class BoundLimit:
    checked: CheckedLimit
    ceiling: Function
    kind: StepKind


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything of an item ready to run. The order of the slots: history, facts, parameters, quantities."""

    scheme: Scheme
    rules: ItemRules
    environment: Environment
    width: int
    trainee_slots: tuple[tuple[str, int], ...]
    class_quantities: tuple[BoundQuantity, ...]
    trainee_quantities: tuple[BoundQuantity, ...]
    class_requirements: tuple[BoundRule, ...]
    trainee_requirements: tuple[BoundRule, ...]
    limits: tuple[BoundLimit, ...]
    advance: tuple[Function, Function, Function] | None
    relatives: frozenset[str]
    needed: frozenset[str]
    """The facts that the item's rules and formulas name; a case must bring those that are not optional."""

    def slot(self, name: str) -> int:
        return self.environment.slots[name]


def make_plan(scheme: Scheme, item: str, tables: Mapping[str, Table] | None = None) -> Plan:
    """The plan of an item; `tables` replace the scheme's of the same name. Raises BadInput on an unknown item."""
    rules = scheme.item(item)
    quantities = [*rules.quantities, rules.class_hours, rules.amount]
    facts = [name for name in vocabulary() if not name.startswith("history.")]
    names = [HISTORY, *facts, *scheme.file.parameters, *_ordered(quantities)]
    slots = {name: index for index, name in enumerate(names)}
    formulas = {quantity.name: quantity.formula.node for quantity in quantities}
    environment = Environment(slots, {**scheme.tables, **(tables or {})}, scheme.workdays, formulas)
    bound = [_quantity(quantity, environment) for quantity in _in_order(rules)]
    requirements = [_requirement(rule, formula, environment) for rule, formula in rules.requirements]
    levels = {quantity.name: quantity.formula.level for quantity in quantities}
    return Plan(
        scheme=scheme,
        rules=rules,
        environment=environment,
        width=len(names),
        trainee_slots=tuple((name, slots[name]) for name in facts if name.startswith("trainee.")),
        class_quantities=tuple(q for q in bound if levels[q.kind.name] == "class"),
        trainee_quantities=tuple(q for q in bound if levels[q.kind.name] == "trainee"),
        class_requirements=tuple(r for r in requirements if r.rule.of != "trainee"),
        trainee_requirements=tuple(r for r in requirements if r.rule.of == "trainee"),
        limits=tuple(_limit(limit, environment) for limit in rules.limits),
        advance=_advance(rules, environment),
        relatives=_relatives(scheme, item),
        needed=_needed(rules),
    )


def _in_order(rules: ItemRules) -> list[NamedFormula]:
    """Quantities in computing order. Class hours may be used by other quantities, so each goes where it can."""
    waiting = [*rules.quantities, rules.class_hours, rules.amount]
    names = {quantity.name for quantity in waiting}
    done: dict[str, NamedFormula] = {}
    while waiting:
        for quantity in waiting:
            if names_in(quantity.formula.node) & names <= done.keys():
                done[quantity.name] = quantity
                waiting.remove(quantity)
                break
    return list(done.values())


def _ordered(quantities: list[NamedFormula]) -> list[str]:
    return [quantity.name for quantity in quantities]


def _quantity(quantity: NamedFormula, environment: Environment) -> BoundQuantity:
    formula = quantity.formula
    unit = str(formula.type.unit) if formula.type.kind == "number" and formula.type.unit.powers else ""
    kind = StepKind(quantity.name, quantity.label, formula.text, unit, quantity.clause)
    return BoundQuantity(environment.slots[quantity.name], compile_formula(formula.node, environment), kind)


def _requirement(rule: Requirement, formula: Formula | None, environment: Environment) -> BoundRule:
    outcomes: tuple[Outcome, ...] = ("passed", "failed", "manual")
    subject: Subject = rule.of
    findings = {
        outcome: Finding(rule.id, subject, outcome, rule.clause, rule.text, (), rule.remedy)
        for outcome in outcomes
    }
    function = compile_formula(formula.node, environment) if formula else None
    return BoundRule(rule, formula, function, findings)


def _limit(limit: CheckedLimit, environment: Environment) -> BoundLimit:
    rule = limit.rule
    if rule.amount_at_most is not None:
        formula = f"max(0, min(amount, {rule.amount_at_most} - paid))"
    else:
        formula = f"amount if count + 1 <= {rule.count_at_most} else 0"
    kind = StepKind(rule.id, rule.text, formula, "yuan", rule.clause)
    return BoundLimit(limit, compile_formula(limit.ceiling.node, environment), kind)


def _advance(rules: ItemRules, environment: Environment) -> tuple[Function, Function, Function] | None:
    if rules.advance is None:
        return None
    each, who, when = rules.advance.each, rules.advance.who, rules.advance.when
    return (
        compile_formula(each.node, environment),
        compile_formula(who.node, environment),
        compile_formula(when.node, environment),
    )


def _relatives(scheme: Scheme, item: str) -> frozenset[str]:
    """Items that pay another part of the same training, in either direction."""
    parts = set(scheme.item(item).item.part_of)
    wholes = {other.id for other in scheme.file.items if item in other.part_of}
    return frozenset(parts | wholes)


def needed_facts(rules: Iterable[ItemRules]) -> list[str]:
    """The facts that any of the items names, in the order of the vocabulary."""
    named = frozenset[str]().union(*(_needed(each) for each in rules))
    return [name for name in vocabulary() if name in named]


def _needed(rules: ItemRules) -> frozenset[str]:
    facts = vocabulary()
    names = {name for formula in rules.formulas() for name in names_in(formula.node) if name in facts}
    names.add("class.starts_on")  # the figures and tariffs in force are those of the first day
    if rules.item.training_types:
        names.add("class.training_type")
    if rules.exclusions:
        names.add("trainee.other_subsidies")
    if rules.sequences:
        names.add("class.ends_on")
    for limit in rules.limits:
        names |= {"class.ends_on"} if "year" in limit.rule.per else set()
        names |= {"class.project"} if "project" in limit.rule.per else set()
    for name in list(names):
        names |= set(facts[name].sources)
    return frozenset(name for name in names if not facts[name].derived) - {"as_of"}
