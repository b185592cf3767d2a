"""What an evaluation asks for and how it stands: blanks and papers of the applicant, lines judged at each level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from keshi.scheme import Scheme
from keshi.scheme.model import Check, Form, FormField
from keshi.scheme.model import Evaluation as EvaluationRule
from keshi_web.catalogue.models import (
    CheckResult,
    Course,
    Evaluation,
    EvaluationMaterial,
    ExpertOpinion,
    Occupation,
)
from keshi_web.common.language import lang
from keshi_web.organisations.papers import CONTACTS

BY_APPLICANT = frozenset({"text", "number", "choice", "table"})
"""Kinds of blanks that an applicant has to fill in; signatures, seals and opinions come later or on paper."""
FILLED_IN = frozenset(
    {
        "platform", "platform-name", "platform-name-and-address", "site-address", "icp", "platform-type",
        "applicant-date", "enterprise-date",
    }
)  # fmt: skip
"""Blanks that the service fills in from platform, course and timeline, by their id (`official.KNOWN`)."""
BY_OFFICE = frozenset({"experts"})
"""Tables that the bureau fills."""


@dataclass(frozen=True)
class Slot:
    """A place for papers. `required`: a paper, or the reason why there is none."""

    key: str
    text: str
    clause: str = ""
    required: bool = False
    form: str = ""
    """The form that is printed for this place, to be signed and scanned."""


def rule_of(evaluation: Evaluation) -> EvaluationRule:
    """The evaluation's rule in its notice."""
    return next(rule for rule in evaluation.scheme.file.evaluations if rule.id == evaluation.rule)


def form_of(scheme: Scheme, rule: EvaluationRule) -> Form | None:
    """The form on which the applicant applies."""
    return next((form for form in scheme.file.forms if form.id == rule.form), None)


def forms_of(evaluation: Evaluation) -> list[Form]:
    """The application form, the forms of its papers and, once it passed, the report to the office above, each once."""
    scheme, rule = evaluation.scheme, rule_of(evaluation)
    wanted = [rule.form, *(form.id for form in _paper_forms(scheme))]
    if evaluation.passed:
        wanted.append(rule.filing_form)
    by_id = {form.id: form for form in scheme.file.forms}
    return [by_id[one] for one in dict.fromkeys(wanted) if one in by_id]


def _paper_forms(scheme: Scheme) -> list[Form]:
    """Forms of the evaluation's materials that are no application: lists of papers such as 附表5-2."""
    applications = {rule.form for rule in scheme.file.evaluations}
    listed = {one.form for one in scheme.file.materials if one.stage == "evaluation"} - applications
    return [form for form in scheme.file.forms if form.id in listed]


def current_level(evaluation: Evaluation) -> str:
    """The level (district, city, evaluation-centre …) at which the evaluation is."""
    levels = rule_of(evaluation).levels
    return levels[min(evaluation.process.position, len(levels) - 1)]


def decides_here(evaluation: Evaluation) -> bool:
    """Whether the level at which the evaluation is decides, so that no opinion of an office above follows."""
    return evaluation.process.position >= len(rule_of(evaluation).levels) - 1


# ---------------------------------------------------------------------------------------------------------
# What the applicant brings


def asked(evaluation: Evaluation) -> list[FormField]:
    """Blanks of the application form that only the applicant knows, check boxes included."""
    form = form_of(evaluation.scheme, rule_of(evaluation))
    if form is None:
        return []
    return [
        field
        for field in form.fields
        if (field.kind in BY_APPLICANT or field.kind == "checkbox")
        and field.id not in FILLED_IN
        and field.id not in CONTACTS
        and field.id not in BY_OFFICE
        and not _recorded(evaluation, field)
    ]


def _recorded(evaluation: Evaluation, field: FormField) -> bool:
    """Whether the record answers a blank: the organisation, a decision, the course or occupation itself."""
    fact = field.fact or ""
    if fact.startswith("organisation.") or fact.endswith("evaluated_on"):
        return True
    subject = evaluation.subject
    if fact == "class.video_minutes":
        return isinstance(subject, Course)
    if fact == "class.occupation" and isinstance(subject, Course):
        return subject.occupation_id is not None
    return field.id == "occupation" and isinstance(subject, Occupation | str)


def slots(evaluation: Evaluation) -> list[Slot]:
    """The places for papers: the signed form, every kind of paper that the notice lists, else every line to check."""
    scheme, rule = evaluation.scheme, rule_of(evaluation)
    found = [
        Slot(material.id, _("%(form)s（签字盖章件）") % {"form": getattr(material.text, lang())}, material.clause,
             form=rule.form or "")
        for material in scheme.file.materials
        if material.stage == "evaluation" and material.form == rule.form
    ]  # fmt: skip
    listed = [
        Slot(f"{form.id}.{field.id}", getattr(field.label, lang()), form.clause, required=True)
        for form in _paper_forms(scheme)
        for field in form.fields
        if field.kind == "checkbox"
    ]
    lines = [Slot(f"check:{check.id}", getattr(check.text, lang()), check.clause) for check in rule.checks]
    return found + (listed or lines)


def papers(evaluation: Evaluation) -> Mapping[str, list[EvaluationMaterial]]:
    """What was handed in, by slot."""
    found: dict[str, list[EvaluationMaterial]] = {}
    rows = evaluation.materials.filter(removed_at=None).select_related("attachment").order_by("id")
    for row in rows:
        found.setdefault(row.slot, []).append(row)
    return found


def open_points(evaluation: Evaluation) -> list[str]:
    """What the applicant still has to fill in or hand in, in words; check boxes may stay empty."""
    blanks = [
        getattr(field.label, lang())
        for field in asked(evaluation)
        if field.kind in BY_APPLICANT and evaluation.form.get(field.id) in (None, "", [])
    ]
    required = [slot for slot in slots(evaluation) if slot.required]
    given = papers(evaluation) if required else {}
    return blanks + [slot.text for slot in required if slot.key not in given]


# ---------------------------------------------------------------------------------------------------------
# How it was judged


def results(evaluation: Evaluation) -> dict[str, dict[str, CheckResult]]:
    """The latest judgement of every line, by level and line."""
    found: dict[str, dict[str, CheckResult]] = {}
    for row in evaluation.checks.select_related("by").order_by("id"):
        found.setdefault(row.level, {})[row.check_id] = row
    return found


def unjudged(evaluation: Evaluation) -> list[Check]:
    """Lines that nobody judged yet at the current level; what failed before a correction is open again."""
    done = results(evaluation).get(current_level(evaluation), {})
    mended = evaluation.process.entries.filter(event="resubmit").order_by("-id").first()
    return [
        check
        for check in rule_of(evaluation).checks
        if check.id not in done
        or (mended and done[check.id].passed is False and done[check.id].at < mended.at)
    ]


def failed(evaluation: Evaluation) -> Sequence[CheckResult]:
    """Lines that are judged to fail at the current level."""
    rows = results(evaluation).get(current_level(evaluation), {}).values()
    return [row for row in rows if row.passed is False]


def needs_experts(evaluation: Evaluation) -> bool:
    """Whether experts are asked: an occupation outside the catalogue."""
    return rule_of(evaluation).subject == "occupation"


def opinions(evaluation: Evaluation) -> list[ExpertOpinion]:
    """What the experts say: of each the latest opinion, in the order of the first."""
    latest: dict[str, ExpertOpinion] = {}
    for row in evaluation.experts.select_related("by").order_by("id"):
        latest[row.expert] = row
    return list(latest.values())
