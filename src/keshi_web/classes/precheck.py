"""The check before a filing is handed in: every rule of the filing stage with clause and remedy, and the estimate."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from keshi.messages import Lang
from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme
from keshi.settlement import Finding, Result, settle
from keshi.vocabulary import vocabulary
from keshi_web.classes.case import ASSUMED, Planned, planned_case
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.common import clock
from keshi_web.common.language import lang

STAGES = frozenset({"evaluation", "filing"})
"""The stages whose rules can be judged before the training."""


@dataclass(frozen=True)
class PersonCheck:
    """One person's outcome at the filing stage; `amount` in fen if the plan is carried out, None if unknown."""

    enrolment: Enrolment
    eligible: bool
    amount: int | None
    findings: list[Finding]


@dataclass(frozen=True)
class Precheck:
    """What the library says about a filing today. `problems` are figures it could not work with at all."""

    findings: list[Finding] = field(default_factory=list)
    people: list[PersonCheck] = field(default_factory=list)
    amount: int | None = None
    advance: int = 0
    receipt: str = ""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    """Rules of later stages that fail, or stay open, even if the plan is carried out: hours too few, no tariff."""

    @property
    def eligible(self) -> int:
        """How many people fulfil what can be judged now."""
        return sum(person.eligible for person in self.people)


def precheck(filing: Filing) -> Precheck:
    """Check a filing under its notice. Writes nothing (see `store`)."""
    planned = planned_case(filing)
    try:
        result = settle(planned.case, planned.scheme)
    except BadInput as error:
        return Precheck(problems=list(error.problems))
    stages = rule_stages(planned.scheme, filing.item)
    people = _people(planned, result, stages)
    amounts = [person.amount for person in people if person.amount is not None]
    return Precheck(
        findings=[finding for finding in result.findings if _judgeable(finding, stages)],
        people=people,
        amount=sum(amounts) if len(amounts) == len(people) else None,
        warnings=_warnings(result, stages),
        advance=result.advance,
        receipt=result.receipt,
    )


def _people(planned: Planned, result: Result, stages: dict[str, str]) -> list[PersonCheck]:
    rows = []
    for enrolment, trainee in zip(planned.enrolments, result.trainees, strict=True):
        findings = [finding for finding in trainee.findings if _judgeable(finding, stages)]
        eligible = all(finding.outcome in ("passed", "manual") for finding in findings)
        known = not any(one.rule in UNCOMPUTED and one.outcome == "unknown" for one in trainee.findings)
        rows.append(PersonCheck(enrolment, eligible, trainee.amount if known else None, findings))
    return rows


UNCOMPUTED = frozenset({"amount-known", "advance-known"})
"""Findings by which the library says that it cannot compute."""


def _warnings(result: Result, stages: dict[str, str]) -> list[Finding]:
    found: dict[tuple[str, str], Finding] = {}
    everybody = [finding for trainee in result.trainees for finding in trainee.findings]
    for finding in (*result.findings, *everybody):
        wanting = finding.outcome == "failed" or (
            finding.outcome == "unknown" and not set(finding.needs) <= ASSUMED
        )
        if wanting and (finding.rule in UNCOMPUTED or not _judgeable(finding, stages)):
            found.setdefault((finding.rule, finding.outcome), finding)
    return list(found.values())


def rule_stages(scheme: Scheme, item: str) -> dict[str, str]:
    """By rule id, the stage at which it is judged."""
    return {rule.id: rule.stage for rule, _ in scheme.item(item).requirements}


def _judgeable(finding: Finding, stages: dict[str, str]) -> bool:
    """Whether a finding can be judged before the training: by its stage, and not for want of an assumed fact."""
    if set(finding.needs) & ASSUMED:
        return False
    if finding.rule in UNCOMPUTED:
        return False
    return stages.get(finding.rule, "filing") in STAGES


def store(filing: Filing, check: Precheck) -> None:
    """Keep the outcome with the filing and its rows, for lists, the review and the forms."""
    filing.findings = [plain(finding) for finding in check.findings]
    filing.estimate = check.amount
    filing.receipt = check.receipt
    filing.checked_at = clock.now()
    filing.head_count = len(check.people)
    filing.save(update_fields=["findings", "estimate", "receipt", "checked_at", "head_count"])
    for person in check.people:
        person.enrolment.eligible = person.eligible
        person.enrolment.estimate = person.amount
        person.enrolment.findings = [plain(one) for one in person.findings if one.outcome != "passed"]
    Enrolment.objects.bulk_update(
        [person.enrolment for person in check.people], ["eligible", "estimate", "findings"], batch_size=1000
    )


def plain(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored: both languages, no person."""
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "outcome": finding.outcome,
        "clause": finding.clause,
        "text": {"zh": finding.text.zh, "en": finding.text.en},
        "needs": list(finding.needs),
        "remedy": {"zh": finding.remedy.zh, "en": finding.remedy.en} if finding.remedy else None,
    }


def shown(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored finding in the reader's language."""
    speaks = lang()
    remedy = stored.get("remedy")
    return {
        **stored,
        "text": stored["text"][speaks],
        "remedy": remedy[speaks] if remedy else "",
        "needs": needs_said(stored["needs"], speaks),
    }


def needs_said(needs: tuple[str, ...] | list[str], lang: Lang) -> str:
    """The facts that a finding still needs, by their labels."""
    facts = vocabulary()
    table = _("本职业、等级和证书的补贴标准（由人社部门录入）")
    said = (
        getattr(facts[name].label, lang) if name in facts else table if name.startswith("tables.") else name
        for name in needs
    )
    return "、".join(said)
