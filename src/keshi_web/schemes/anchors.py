"""Where on a scheme's page a clause stands, for links from findings, receipts and letters."""

import re

from django.urls import reverse

from keshi_web.schemes.models import SchemeVersion


def clause_anchor(clause: str) -> str:
    """`附件1 一(四)` → `clause-附件1-一-四`; the same clause always gives the same anchor."""
    return "clause-" + re.sub(r"\W+", "-", clause).strip("-")


def rule_anchor(rule: str) -> str:
    """The anchor of a rule by its id."""
    return f"rule-{rule}"


def page_url(version: SchemeVersion) -> str:
    """The page of a version that whoever may read it can open."""
    if version.is_public:
        return reverse("schemes:public", args=[version.scheme, version.number])
    return reverse("schemes:detail", args=[version.pk])


def clause_url(version: SchemeVersion, clause: str) -> str:
    """The place of a clause on the version's page."""
    return f"{page_url(version)}#{clause_anchor(clause)}"
