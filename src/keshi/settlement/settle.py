"""case → findings, class hours, amounts, steps and a receipt. The same case always gives the same result."""

import difflib
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, cast

import msgspec

from keshi.case import Award, Case, Trainee
from keshi.expression import Node, Table, Value, needs
from keshi.money import round_half_up
from keshi.problems import BadInput, Problem
from keshi.scheme import NamedFormula, Scheme, parameter_value, read_table
from keshi.scheme.model import Exclusion
from keshi.scheme.model import Sequence as SequenceRule
from keshi.settlement.credit import credited
from keshi.settlement.derive import derived_facts, wanting
from keshi.settlement.limits import after_limit, matching, relevant, ungrouped
from keshi.settlement.plan import BoundRule, Plan, make_plan
from keshi.settlement.receipt import ENGINE, receipt_of
from keshi.settlement.result import Finding, Outcome, Result, Step, TraineeResult
from keshi.vocabulary import Label, vocabulary

Values = list[Any]


def settle(case: Case, scheme: Scheme, plan: Plan | None = None) -> Result:
    """Settle a case under a scheme; `plan` is that of `plan_for`, for callers that settle many like cases.

    Raises BadInput when the case lacks a fact that the item's rules name, judges a rule that is not judged by
    people, brings a table that the scheme does not know, or runs into a division by zero, an unpublished
    calendar year or tied table rows.
    """
    plan = plan or plan_for(case, scheme)
    case = credited(case)
    refuse_missing(case, plan)
    refuse_judgements(case, plan)
    run = _Run(case, plan)
    findings = run.class_findings()
    blocked = any(finding.outcome in ("failed", "unknown") for finding in findings)
    trainees = tuple(run.trainee(trainee, blocked) for trainee in case.trainees)
    result = Result(
        scheme=scheme.id,
        scheme_digest=scheme.digest,
        engine=ENGINE,
        item=case.item,
        as_of=case.as_of.isoformat(),
        findings=findings,
        trainees=trainees,
        receipt="",
    )
    return msgspec.structs.replace(result, receipt=receipt_of(case, result))


def plan_for(case: Case, scheme: Scheme) -> Plan:
    """The plan of the case's item with the case's own tables.

    Raises BadInput on a table whose name is a misspelt one of the scheme, and on rows that cannot be read.
    """
    tables: dict[str, Table] = {}
    problems = []
    for name, rows in case.tables.items():
        spec = scheme.file.tables.get(name)
        if spec is None:
            near = difflib.get_close_matches(name, scheme.file.tables, n=1)
            if near:
                where = case.place(f"tables.{name}")
                problems.append(Problem("case-table-unknown", where, name, {"near": near[0]}))
            continue
        placed = [(case.place(f"tables.{name}[{index}]"), row) for index, row in enumerate(rows)]
        try:
            tables[name] = read_table(name, spec, placed)
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return make_plan(scheme, case.item, tables)


def unused_tables(case: Case, scheme: Scheme) -> list[Problem]:
    """A note for every table that the case brings and the scheme does not use."""
    return [
        Problem("case-table-unused", case.place(f"tables.{name}"), name, {"scheme": scheme.id})
        for name in case.tables
        if name not in scheme.file.tables
    ]


def refuse_missing(case: Case, plan: Plan) -> None:
    """Raise BadInput for every fact that the item's rules name and the case does not bring."""
    facts = vocabulary()
    past = any(trainee.history for trainee in case.trainees)
    problems = []
    for name in sorted(plan.needed):
        fact = facts[name]
        if fact.optional or (name == "class.project" and not past):
            continue
        params = {"label": fact.label.zh, "label_en": fact.label.en}
        if fact.room == "trainee":
            problems += [
                Problem(
                    "fact-missing", case.place(f"{trainee.path}{name.removeprefix('trainee')}"), params=params
                )
                for trainee in case.trainees
                if name not in trainee.facts
            ]
        elif name not in case.facts:
            problems.append(Problem("fact-missing", case.place(name), params=params))
    if problems:
        raise BadInput(problems)


def refuse_judgements(case: Case, plan: Plan) -> None:
    """Raise BadInput for a judgement on a rule that decides from facts alone, or that does not exist."""
    judged = {rule.id for rule, _ in plan.rules.requirements if rule.manual or rule.waivable}
    unknown = sorted(case.judgements.keys() - judged)
    if unknown:
        known = ", ".join(sorted(judged))
        raise BadInput(
            Problem(
                "case-judgement-unknown",
                case.place(f"judgements.{rule}"),
                params={"rule": rule, "known": known},
            )
            for rule in unknown
        )


def class_values(plan: Plan, case: Case) -> Values:
    """Facts, parameters and class quantities of a case by slot, as its formulas see them."""
    return _Run(case, plan).values


class _Run:
    """One case being settled: the values of the class, then those of each trainee on a copy of them."""

    def __init__(self, case: Case, plan: Plan) -> None:
        self.case = case
        self.plan = plan
        self.values: Values = [None] * plan.width
        self.values[0] = ()
        slots = plan.environment.slots
        for name, value in (
            *case.facts.items(),
            *derived_facts(case.facts, case.as_of, plan.scheme.file.region).items(),
        ):
            self.values[slots[name]] = value
        starts_on = cast("date | None", case.facts.get("class.starts_on"))
        for name, parameter in plan.scheme.file.parameters.items():
            self.values[slots[name]] = parameter_value(parameter, starts_on)
        for quantity in plan.class_quantities:
            self.values[quantity.slot] = quantity.function(self.values)
        self.class_steps = {q.kind.name: Step(q.kind, self.values[q.slot]) for q in plan.class_quantities}
        self.ceilings = [limit.ceiling(self.values) for limit in plan.limits]
        self.advance_due = plan.advance is not None and plan.advance[2](self.values) is True

    def class_findings(self) -> tuple[Finding, ...]:
        found = [self.finding(rule, self.values) for rule in self.plan.class_requirements]
        item = self.plan.rules.item
        if item.training_types:
            training_type = self.case.facts.get("class.training_type")
            outcome: Outcome = "passed" if training_type in item.training_types else "failed"
            missing = ("class.training_type",) if training_type is None else ()
            outcome = "unknown" if missing else outcome
            found.insert(0, Finding("training-type", "class", outcome, item.clause, _TRAINING_TYPE, missing))
        return tuple(found)

    def finding(self, bound: BoundRule, values: Values) -> Finding:
        rule = bound.rule
        if bound.function is None or bound.formula is None:
            judged = self.case.judgements.get(rule.id)
            return bound.findings["manual" if judged is None else "passed" if judged else "failed"]
        holds = bound.function(values)
        if holds is None:
            missing = self.missing(bound.formula.node, values)
            return Finding(rule.id, rule.of, "unknown", rule.clause, rule.text, missing, rule.remedy)
        if not holds and rule.waivable and rule.id in self.case.judgements:
            holds = self.case.judgements[rule.id]
        return bound.findings["passed" if holds else "failed"]

    def missing(self, node: Node, values: Values) -> tuple[str, ...]:
        """What a case has to bring so that a formula can be decided: facts that people declare, or tables."""
        found: dict[str, None] = {}
        facts, parameters = vocabulary(), self.plan.scheme.file.parameters
        for name in needs(node, values, self.plan.environment):
            if name in facts and facts[name].derived:
                found |= dict.fromkeys(wanting(name, self.case.facts))
            elif name in parameters and self.case.facts.get("class.starts_on") is None:
                found["class.starts_on"] = None
            else:
                found[name] = None
        return tuple(found)

    def trainee(self, trainee: Trainee, blocked: bool) -> TraineeResult:
        plan = self.plan
        values = self.values.copy()
        values[0] = trainee.history
        facts = trainee.facts
        for name, slot in plan.trainee_slots:
            values[slot] = facts.get(name)
        steps = dict(self.class_steps)
        for quantity in plan.trainee_quantities:
            value = values[quantity.slot] = quantity.function(values)
            steps[quantity.kind.name] = Step(quantity.kind, value)
        findings = [self.finding(rule, values) for rule in plan.trainee_requirements]
        findings += [_excluded(rule, facts["trainee.other_subsidies"]) for rule in plan.rules.exclusions]
        findings += [self.sequenced(rule, trainee.history) for rule in plan.rules.sequences]
        exact = values[plan.slot("amount")]
        hours = values[plan.slot("class_hours")]
        advance = self.advance(values, findings)
        amount = 0
        if exact is None:
            findings.append(self.unknown_amount(values))
        else:
            amount = round_half_up(exact * 100)
            steps["amount"] = Step(steps.pop("amount").kind, _yuan(amount))  # after what it was made from
            amount = self.limited(amount, trainee.history, values, steps, findings)
        eligible = not blocked and all(finding.outcome in ("passed", "manual") for finding in findings)
        return TraineeResult(
            id_number=trainee.id_number,
            name=str(facts.get("trainee.name") or ""),
            eligible=eligible,
            class_hours=None if hours is None else int(hours),
            amount=amount if eligible else 0,
            advance=advance,
            findings=tuple(findings),
            steps=tuple(steps.values()),
        )

    def unknown_amount(self, values: Values) -> Finding:
        amount: NamedFormula = self.plan.rules.amount
        missing = self.missing(amount.formula.node, values)
        return Finding("amount-known", "trainee", "unknown", amount.clause, _AMOUNT_KNOWN, missing)

    def advance(self, values: Values, findings: list[Finding]) -> int:
        if not self.advance_due or self.plan.advance is None or self.plan.rules.advance is None:
            return 0
        each, who, _ = self.plan.advance
        if who(values) is not True:
            return 0
        amount = each(values)
        if amount is None:
            rule = self.plan.rules.advance
            missing = self.missing(rule.each.node, values)
            findings.append(
                Finding("advance-known", "trainee", "unknown", rule.rule.clause, _ADVANCE_KNOWN, missing)
            )
            return 0
        return round_half_up(cast(int, amount) * 100)

    def sequenced(self, rule: SequenceRule, history: Sequence[Award]) -> Finding:
        starts_on = self.values[self.plan.slot("class.starts_on")]
        ends_on = self.values[self.plan.slot("class.ends_on")]
        rows = [award for award in history if relevant(rule.counts, award, self.plan)]
        missing: tuple[str, ...] = ()
        if rows and starts_on is None:
            missing = ("class.starts_on",)
        clear = not missing and all(
            award.ended_on < starts_on or (award.started_on and ends_on and award.started_on > ends_on)
            for award in rows
        )
        outcome: Outcome = "unknown" if missing else "passed" if clear else "failed"
        return Finding(rule.id, "trainee", outcome, rule.clause, rule.text, missing)

    def limited(
        self,
        amount: int,
        history: Sequence[Award],
        values: Values,
        steps: dict[str, Step],
        findings: list[Finding],
    ) -> int:
        """The amount after every limit, in their order; each leaves a step."""
        for limit, ceiling in zip(self.plan.limits, self.ceilings, strict=True):
            rule = limit.checked.rule
            rows = matching(rule, history, values, self.plan) if history else []
            if rows is None or ceiling is None:
                node = limit.checked.ceiling.node
                missing = (
                    self.missing(node, values) if ceiling is None else ungrouped(rule, values, self.plan)
                )
                findings.append(Finding(rule.id, "trainee", "unknown", rule.clause, rule.text, missing))
                continue
            amount = after_limit(limit, amount, ceiling, rows)
            steps[rule.id] = Step(limit.kind, _yuan(amount))
        return amount


def _excluded(rule: Exclusion, received: Value) -> Finding:
    outcome: Outcome = "failed" if rule.subsidy in cast("tuple[str, ...]", received or ()) else "passed"
    missing = () if received is not None else ("trainee.other_subsidies",)
    return Finding(
        rule.id, "trainee", "unknown" if missing else outcome, rule.clause, rule.text, missing, rule.remedy
    )


def _yuan(fen: int) -> Value:
    value = Fraction(fen, 100)
    return value.numerator if value.denominator == 1 else value


_TRAINING_TYPE = Label(zh="培训类型属于补贴范围", en="the training type is one that the item pays for")
_AMOUNT_KNOWN = Label(zh="补贴金额可以计算", en="the amount can be computed")
_ADVANCE_KNOWN = Label(zh="预拨金额可以计算", en="the advance can be computed")
