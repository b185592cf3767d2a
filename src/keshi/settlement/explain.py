"""One person's outcome in full: every clause and figure, and what would change it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from keshi.case import Case, Trainee
from keshi.expression import Value
from keshi.expression.substitute import substitute
from keshi.money import fen_to_yuan
from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme
from keshi.settlement.credit import credited
from keshi.settlement.limits import matching
from keshi.settlement.plan import BoundLimit, Plan
from keshi.settlement.render import value_text
from keshi.settlement.result import Result, Step, TraineeResult
from keshi.settlement.settle import class_values, plan_for, settle
from keshi.vocabulary import Fact, Label, vocabulary

FARTHEST_DAYS = 400
FARTHEST_NUMBER = 100_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A parameter in force for the class."""

    name: str
    label: Label | None
    value: str
    unit: str
    clause: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with its formula as written and with figures in place of names."""

    step: Step
    figures: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """One fact changed alone, and what the person would then get; amounts in fen."""

    fact: Fact
    before: Value
    after: Value
    eligible: bool
    amount: int


@dataclass(frozen=True, slots=True)
class Explanation:
    result: Result
    person: TraineeResult
    facts: tuple[tuple[Fact, Value], ...]
    figures: tuple[Figure, ...]
    steps: tuple[ShownStep, ...]
    alternatives: tuple[Alternative, ...]


def find_person(case: Case, wanted: str) -> Trainee:
    """The trainee with this ID number, name, or number in the list (from 1).

    Raises BadInput when nobody or more than one person fits.
    """
    fits = [t for t in case.trainees if wanted in (t.id_number, t.facts.get("trainee.name"))]
    if not fits and wanted.isdigit() and 1 <= int(wanted) <= len(case.trainees):
        fits = [case.trainees[int(wanted) - 1]]
    if len(fits) != 1:
        code = "explain-nobody" if not fits else "explain-several"
        raise BadInput(Problem(code, params={"count": len(case.trainees)}))
    return fits[0]


def explain(case: Case, scheme: Scheme, person: Trainee) -> Explanation:
    """Explain one person's outcome. Raises what `settle` raises."""
    alone = replace(credited(replace(case, trainees=[person])), notes=[])
    plan = plan_for(alone, scheme)
    result = settle(alone, scheme, plan)
    (outcome,) = result.trainees
    facts = vocabulary()
    own = alone.trainees[0].facts
    named = [
        (facts[name], own.get(name) if name.startswith("trainee.") else alone.facts.get(name))
        for name in facts
        if name in plan.needed
    ]
    return Explanation(
        result=result,
        person=outcome,
        facts=tuple(named),
        figures=tuple(_figures(plan, alone)),
        steps=tuple(_shown_steps(plan, alone, outcome)),
        alternatives=tuple(_alternatives(alone, scheme, plan, outcome)),
    )


def _figures(plan: Plan, case: Case) -> Iterator[Figure]:
    values = class_values(plan, case)
    used = {
        name
        for formula in plan.rules.formulas()
        for name in plan.scheme.file.parameters
        if name in formula.text
    }
    for name, parameter in plan.scheme.file.parameters.items():
        if name in used:
            unit = "" if parameter.day or parameter.regions else parameter.unit
            shown = value_text(values[plan.slot(name)], unit) or "–"
            yield Figure(name, parameter.text, shown, "" if unit == "1" else unit, parameter.clause)


def _shown_steps(plan: Plan, case: Case, outcome: TraineeResult) -> Iterator[ShownStep]:
    slots = class_values(plan, case)
    values = {name: slots[slot] for name, slot in plan.environment.slots.items() if slot}
    values |= {**case.trainees[0].facts, **{step.kind.name: step.value for step in outcome.steps}}
    formulas = {
        q.name: q.formula for q in (*plan.rules.quantities, plan.rules.class_hours, plan.rules.amount)
    }
    limits = {limit.checked.rule.id: limit for limit in plan.limits}
    amount: Value = None
    for step in outcome.steps:
        if step.kind.name in limits:
            yield ShownStep(step, _limit_figures(limits[step.kind.name], plan, case, slots, amount))
        else:
            formula = formulas[step.kind.name]
            yield ShownStep(
                step, substitute(formula.source, formula.node, values, lambda v: value_text(v) or "?")
            )
        if step.kind.name == "amount" or step.kind.name in limits:
            amount = step.value


def _limit_figures(limit: BoundLimit, plan: Plan, case: Case, slots: list[Any], amount: Value) -> str:
    """The limit's formula with the amount before it, its ceiling and what was already had."""
    rule = limit.checked.rule
    ceiling = value_text(limit.ceiling(slots)) or "?"
    rows = matching(rule, case.trainees[0].history, slots, plan) or []
    before = value_text(amount, "yuan")
    if rule.amount_at_most is not None:
        return f"max(0, min({before}, {ceiling} - {fen_to_yuan(sum(award.amount for award in rows))}))"
    return f"{before} if {len(rows)} + 1 <= {ceiling} else 0"


def _alternatives(case: Case, scheme: Scheme, plan: Plan, outcome: TraineeResult) -> list[Alternative]:
    """For every fact that the rules name: the nearest other value that alone changes eligibility or amount."""
    found = []
    for name in sorted(plan.needed):
        fact = vocabulary()[name]
        own = name.startswith("trainee.")
        before = case.trainees[0].facts.get(name) if own else case.facts.get(name)

        def outcome_with(value: Value, name: str = name, own: bool = own) -> tuple[bool, int] | None:
            return _outcome_with(case, scheme, plan, name, own, value)

        for value in _other_values(fact, before, outcome_with, (outcome.eligible, outcome.amount)):
            changed = outcome_with(value)
            if changed is not None and changed != (outcome.eligible, outcome.amount):
                found.append(Alternative(fact, before, value, *changed))
    return sorted(found, key=lambda a: (-a.amount, a.fact.name, str(a.after)))


def _outcome_with(
    case: Case, scheme: Scheme, plan: Plan, name: str, own: bool, value: Value
) -> tuple[bool, int] | None:
    trainee = case.trainees[0]
    if own:
        changed = replace(case, trainees=[replace(trainee, facts={**trainee.facts, name: value})])
    else:
        changed = replace(case, facts={**case.facts, name: value})
    if not _possible(changed):
        return None
    try:
        (person,) = settle(changed, scheme, plan).trainees
    except BadInput:
        return None
    return person.eligible, person.amount


def _possible(case: Case) -> bool:
    """Whether dates and hours are in an order that a case may have."""
    pairs = (
        ("class.starts_on", "class.ends_on"),
        ("class.theory_online_hours", "class.online_hours"),
        ("class.online_hours", "class.total_hours"),
    )
    return all(
        a is None or b is None or a <= b  # type: ignore[operator]
        for a, b in ((case.facts.get(less), case.facts.get(more)) for less, more in pairs)
    )


Outcome = Callable[[Value], tuple[bool, int] | None]


def _other_values(fact: Fact, before: Value, outcome: Outcome, now: tuple[bool, int]) -> list[Value]:
    match fact.type:
        case "boolean":
            return [not before] if before is not None else [True, False]
        case "choice":
            return [value for value in fact.values or {} if value != before]
        case "texts":
            held = before if isinstance(before, tuple) else ()
            return [tuple(v for v in held if v != value) for value in held]
        case "number" if isinstance(before, int | Fraction):
            least, most = fact.least or 0, fact.most if fact.most is not None else FARTHEST_NUMBER
            whole = int(before)
            up = _nearest(lambda n: outcome(whole + n), now, max(0, most - whole))
            down = _nearest(lambda n: outcome(whole - n), now, max(0, whole - least))
            return [*([whole + up] if up else []), *([whole - down] if down else [])]
        case "date" if isinstance(before, date):
            start = before
            later = _nearest(lambda n: outcome(start + timedelta(days=n)), now, FARTHEST_DAYS)
            sooner = _nearest(lambda n: outcome(start - timedelta(days=n)), now, FARTHEST_DAYS)
            found = [start + timedelta(days=later)] if later else []
            return [*found, *([start - timedelta(days=sooner)] if sooner else [])]
    return []


def _nearest(outcome: Callable[[int], tuple[bool, int] | None], now: tuple[bool, int], most: int) -> int:
    """The least distance found at which the outcome differs, by doubling and halving; 0 when there is none."""
    same, step = 0, 1
    while step <= most and outcome(step) in (now, None):
        same, step = step, step * 2
    if step > most:
        if most == 0 or outcome(most) in (now, None):
            return 0
        step = most
    while step - same > 1:
        middle = (same + step) // 2
        if outcome(middle) in (now, None):
            same = middle
        else:
            step = middle
    return step
