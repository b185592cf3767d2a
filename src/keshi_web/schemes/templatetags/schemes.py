"""`{% load schemes %}`: links to clauses, periods in words."""

from django import template

from keshi_web.schemes import anchors, services
from keshi_web.schemes.models import SchemeVersion

register = template.Library()


@register.filter
def clause_url(version: SchemeVersion, clause: str) -> str:
    """`{{ version|clause_url:finding.clause }}`: where a clause stands."""
    return anchors.clause_url(version, clause)


@register.filter
def page_url(version: SchemeVersion) -> str:
    """The version's page."""
    return anchors.page_url(version)


@register.filter
def period(version: SchemeVersion) -> str:
    """The days it governs, in words."""
    return services.period_text(version)
