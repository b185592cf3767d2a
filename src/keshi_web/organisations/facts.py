"""What a case says about an organisation, as of a day, in the library's vocabulary."""

from datetime import date
from typing import Any

from keshi_web.organisations.models import Organisation
from keshi_web.organisations.queries import in_force, kinds_on, size_on
from keshi_web.organisations.words import FACT_KINDS, KindOf


def organisation_facts(organisation: Organisation, day: date, *, kind: str | None = None) -> dict[str, Any]:
    """The facts `organisation.*` by name, as a case file holds them; what is not known is left out.

    `kind` says in which capacity an organisation of several kinds acts (a value of the fact
    `organisation.kind`). Without it the kind is given only when there is one to give: a platform that is also
    an enterprise has to say what it files as, and the case shows the missing fact as a to-do.

    Name, code, region and form are the present ones: they are those of the licence, which does not run back.
    """
    facts: dict[str, Any] = {
        "organisation.name": organisation.name,
        "organisation.uscc": organisation.uscc,
        "organisation.legal_person": organisation.legal_person,
        "organisation.industry": organisation.industry,
        "organisation.in_catalogue": organisation.catalogue_entries.filter(in_force(day)).exists(),
    }
    if code := _code(organisation):
        facts["organisation.region"] = code
    acts_as = {FACT_KINDS[KindOf(held)] for held in kinds_on(organisation, day)}
    if kind in acts_as:
        facts["organisation.kind"] = kind
    elif kind is None and len(acts_as) == 1:
        (facts["organisation.kind"],) = acts_as
    if declared := size_on(organisation, day):
        facts["organisation.industry"] = declared.industry
        facts["organisation.employees"] = declared.employees
        if declared.revenue_wan is not None:
            facts["organisation.revenue_wan"] = declared.revenue_wan
        if declared.assets_wan is not None:
            facts["organisation.assets_wan"] = declared.assets_wan
    epidemic = organisation.epidemic_declarations.filter(since__lte=day).order_by("-since", "-id").first()
    if epidemic is not None:
        facts["organisation.affected_by_epidemic"] = epidemic.affected
    return facts


def _code(organisation: Organisation) -> str:
    """The code of the region; an office without one lies in the region above it."""
    region = organisation.region
    while not region.code and region.parent is not None:
        region = region.parent
    return region.code
