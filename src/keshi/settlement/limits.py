"""Limits over what a person already had: per person, year, project, occupation and level."""

from collections.abc import Sequence
from typing import Any

from keshi.case import Award
from keshi.expression.evaluate import Values
from keshi.scheme.model import Limit
from keshi.settlement.plan import BoundLimit, Plan


def relevant(rule_counts: str, award: Award, plan: Plan) -> bool:
    """Whether a past subsidy is of the item, the scheme, or counts anyway."""
    if rule_counts == "all":
        return True
    if award.scheme != plan.scheme.id:
        return False
    return rule_counts == "scheme" or award.item == plan.rules.item.id


def matching(limit: Limit, history: Sequence[Award], values: Values, plan: Plan) -> list[Award] | None:
    """The past subsidies in the same group as the class; None when the class's own end or project is not known.

    Occupation and level are compared only where both sides have them. Another part of the same training is
    not a second subsidy, so it is left out where subsidies are counted.
    """
    rows = [award for award in history if relevant(limit.counts, award, plan)]
    if limit.count_at_most is not None and plan.relatives:
        rows = [a for a in rows if not (a.scheme == plan.scheme.id and a.item in plan.relatives)]
    if "year" in limit.per and rows:
        ends_on = values[plan.slot("class.ends_on")]
        if ends_on is None:
            return None
        rows = [award for award in rows if award.ended_on.year == ends_on.year]
    if "occupation-level" in limit.per:
        pair = (values[plan.slot("class.occupation")], values[plan.slot("class.level")])
        rows = [] if None in pair else [award for award in rows if (award.occupation, award.level) == pair]
    if "project" in limit.per:
        project = values[plan.slot("class.project")]
        rows = [award for award in rows if award.project is not None]
        if project is None and rows:
            return None
        rows = [award for award in rows if award.project == project]
    return rows


def ungrouped(limit: Limit, values: Values, plan: Plan) -> tuple[str, ...]:
    """The facts of the class without which the limit's group is not known."""
    facts = {"year": "class.ends_on", "project": "class.project"}
    return tuple(fact for per, fact in facts.items() if per in limit.per and values[plan.slot(fact)] is None)


def after_limit(limit: BoundLimit, amount: int, ceiling: Any, rows: Sequence[Award]) -> int:
    """The amount in fen that a limit leaves. `ceiling` is yuan for a sum and a number for a count."""
    if limit.checked.rule.amount_at_most is not None:
        left = ceiling * 100 - sum(award.amount for award in rows)
        return int(max(0, min(amount, left)))
    return amount if len(rows) + 1 <= ceiling else 0
