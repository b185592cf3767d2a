"""Facts that the library computes from others."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import cast

from keshi.expression.types import Value
from keshi.sme import Classification, classify
from keshi.vocabulary import vocabulary


def derived_facts(facts: dict[str, Value], as_of: date, region: str) -> dict[str, Value]:
    """The derived facts of a case by name; None where what they come from is missing."""
    occupation = facts.get("class.occupation")
    major = str(occupation)[:1] if occupation else ""
    claimed = facts.get("class.claimed_on")
    return {
        "as_of": as_of,
        "scheme.region": region,
        "organisation.size": _size(facts),
        "class.major_group": int(major) if major.isascii() and major.isdigit() else None,
        "class.claim_date": claimed if claimed is not None else as_of,
    }


def wanting(name: str, facts: Mapping[str, Value]) -> list[str]:
    """The facts to bring so that a derived one becomes known: the first it comes from.

    An enterprise's size, once its industry is known, lacks the figures that count in that industry.
    """
    if name == "organisation.size":
        found = _classified(facts)
        if found and found.missing:
            return [f"organisation.{figure}" for figure in found.missing]
    return vocabulary()[name].sources[:1]


def _size(facts: Mapping[str, Value]) -> str | None:
    found = _classified(facts)
    return None if found is None else found.size


def _classified(facts: Mapping[str, Value]) -> Classification | None:
    industry = facts.get("organisation.industry")
    if not isinstance(industry, str):
        return None
    employees, revenue, assets = (
        cast("Fraction | None", facts.get(f"organisation.{name}"))
        for name in ("employees", "revenue_wan", "assets_wan")
    )
    return classify(industry, cast("int | None", employees), revenue, assets)
