"""Facts that the library computes from others."""

from datetime import date
from fractions import Fraction
from typing import cast

from keshi.expression.types import Value
from keshi.sme import classify


def derived_facts(facts: dict[str, Value], as_of: date, region: str) -> dict[str, Value]:
    """The derived facts of a case by name; None where what they come from is missing."""
    occupation = facts.get("class.occupation")
    major = str(occupation)[:1] if occupation else ""
    claimed = facts.get("class.claimed_on")
    return {
        "as_of": as_of,
        "scheme.region": region,
        "organisation.size": _size(facts),
        "class.major_group": int(major) if major.isdigit() else None,
        "class.claim_date": claimed if claimed is not None else as_of,
    }


def _size(facts: dict[str, Value]) -> str | None:
    industry = facts.get("organisation.industry")
    if not isinstance(industry, str):
        return None
    employees, revenue, assets = (
        cast("Fraction | None", facts.get(f"organisation.{name}"))
        for name in ("employees", "revenue_wan", "assets_wan")
    )
    return classify(industry, cast("int | None", employees), revenue, assets).size
