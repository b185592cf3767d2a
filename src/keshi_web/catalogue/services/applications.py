"""What the applicant does for an evaluation: apply, fill in the form, hand in papers."""

from collections.abc import Mapping
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from keshi.scheme.model import Evaluation as EvaluationRule
from keshi_web.accounts.actor import Actor
from keshi_web.catalogue import checklist
from keshi_web.catalogue.facts import listings_at, occupation_entry
from keshi_web.catalogue.models import Course, Evaluation, EvaluationMaterial, Listing, Occupation, Platform
from keshi_web.catalogue.workflow import EVALUATION
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.language import lang
from keshi_web.common.row_security import beyond_scope
from keshi_web.files.services import store as store_file
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.queries import blacklisting_on
from keshi_web.organisations.services import still_open
from keshi_web.organisations.words import State as OrganisationState
from keshi_web.regions.models import Region
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State
from keshi_web.workflow.engine import open_process, record
from keshi_web.workflow.models import Process
from keshi_web.workflow.numbers_in_text import refuse_numbers

PREFIX = "PG"
"""评估: the prefix of evaluation numbers."""
LEVELS = {"district": "district", "city": "city", "evaluation-centre": "city", "province": "province"}
"""At which level of the region tree each level of an evaluation has its office."""
MOST_TEXT = 1000
MOST_ROWS = 60

Subject = Platform | Course | Occupation | str


def chain_for(rule: EvaluationRule, place: Region) -> list[Region]:
    """The offices that give their opinion, from the lowest, then the one that is told of the result.

    An applicant registered directly at a city or an office without districts begins there.
    """
    ancestors = {place.level: place}
    region = place
    while region.parent is not None:
        region = region.parent
        ancestors.setdefault(region.level, region)
    order = ("district", "city", "province")
    chain = []
    for level in (*rule.levels, *([rule.files_with] if rule.files_with else [])):
        wanted = LEVELS[level]
        found = next((ancestors[one] for one in order[order.index(wanted) :] if one in ancestors), None)
        if found is None:
            raise Invalid(_("“%(place)s”没有负责此项评估的机构。") % {"place": place.name})
        chain.append(found)
    return chain


# ---------------------------------------------------------------------------------------------------------
# Applying


@transaction.atomic
def apply_for_evaluation(
    version: SchemeVersion, rule_id: str, subject: Subject, *, applicant: Organisation, by: Actor
) -> Evaluation:
    """Open an evaluation as a draft of the applicant's. `subject` is the name of an occupation that is in no edition.

    Raises:
        NotAllowed: another organisation's.
        Invalid: the applicant is not verified or barred, the notice knows no such evaluation or does not govern here,
            the subject is exempt, passed already, or is being evaluated.
    """
    if not by.of_organisation or by.organisation_id != applicant.pk:
        raise NotAllowed(_("只能为本单位申请评估。"))
    if applicant.state != OrganisationState.VERIFIED:
        raise Invalid(_("单位信息经人社部门核实后才能申请评估。"))
    if barred := blacklisting_on(applicant.pk, clock.today()):
        raise Invalid(
            _("本单位自%(day)s起被列入黑名单（%(document)s），不能申请评估。")
            % {"day": barred.valid_from.isoformat(), "document": barred.document_number}
        )
    rule = next((one for one in get(version).file.evaluations if one.id == rule_id), None)
    kind = "occupation" if isinstance(subject, str) else type(subject).__name__.lower()
    if rule is None or rule.subject != kind:
        raise Invalid(_("本政策没有此类评估。"))
    _governs(version, rule, applicant)
    if isinstance(subject, Course) and subject.owner_id != applicant.pk:
        raise Invalid(_("只能为本单位自主开发的课程申请评估。"))
    if isinstance(subject, str):
        subject = subject.strip()[:80]
        refuse_numbers({"note": subject})
        if not subject:
            raise Invalid(_("请填写新职业名称。"))
    else:
        # Two people who apply at once wait for one another here; the organisation first, as everywhere.
        still_open(applicant.pk)
        type(subject)._default_manager.select_for_update().get(pk=subject.pk)
    if reason := exemption(version, rule, subject, applicant):
        raise Invalid(reason)
    column = {"proposed": subject} if isinstance(subject, str) else {kind: subject}
    busy = Evaluation.objects.filter(
        scheme_version__scheme=version.scheme, process__closed_at__isnull=True, **column
    ).select_related("process")
    with beyond_scope("another provider may have applied for the same"):
        existing = busy.first()
    if existing:
        if existing.applicant_id != applicant.pk:
            raise Invalid(_("其他单位已就“%(name)s”申请评估，正在办理。") % {"name": subject})
        raise Invalid(_("已有一项评估在办理中（%(number)s）。") % {"number": existing.process.number})
    process = open_process(
        EVALUATION,
        prefix=PREFIX,
        title=str(subject)[:200],
        chain=chain_for(rule, applicant.region),
        organisation_id=applicant.pk,
        by=by,
    )
    return Evaluation.objects.create(
        process=process, scheme_version=version, rule=rule_id, applicant=applicant, **column
    )


def _governs(version: SchemeVersion, rule: EvaluationRule, applicant: Organisation) -> None:
    today = clock.today()
    over = version.governs_until is not None and version.governs_until < today
    if version.state != State.PUBLISHED or over or not applicant.region.path.startswith(version.region.path):
        raise Invalid(_("本政策现在不适用于本单位所在地区。"))
    if rule.valid_until is not None and rule.valid_until < today:
        raise Invalid(
            _("本政策的评估执行至%(day)s，已不再受理（%(clause)s）。")
            % {"day": rule.valid_until.isoformat(), "clause": rule.clause}
        )


def exemption(version: SchemeVersion, rule: EvaluationRule, subject: Subject, applicant: Organisation) -> str:
    """Why no evaluation is needed, with its clause: recommended, in the catalogue, or passed; else empty."""
    day, path = clock.today(), applicant.region.path
    if isinstance(subject, str):
        return ""
    name = {"name": str(subject)}
    if isinstance(subject, Occupation):
        entry = occupation_entry(subject, path, day)
        return (
            _("“%(name)s”已在%(region)s培训职业目录内，无需专家评估。") % {**name, "region": entry.region}
            if entry
            else ""
        )
    rows = listings_at(path, day, version.scheme)
    rows = rows.filter(platform=subject) if isinstance(subject, Platform) else rows.filter(course=subject)
    for row in rows:
        if row.ground == Listing.Ground.RECOMMENDED:
            said = getattr(rule.exempt, lang()) if rule.exempt else ""
            sentence = _("“%(name)s”是推荐平台，无需评估。") % name
            clauses = "、".join(dict.fromkeys(filter(None, (row.clause, rule.clause))))
            return f"{sentence}{said}（{clauses}）" if clauses else f"{sentence}{said}"
        if row.ground == Listing.Ground.EVALUATED and not _longer(rule, row):
            until = row.valid_until.isoformat() if row.valid_until else _("长期")
            return _("“%(name)s”已评估合格，有效期至：%(until)s，无需再次评估。") % {**name, "until": until}
    return ""


def _longer(rule: EvaluationRule, row: Listing) -> bool:
    """Whether passing again would hold longer than the listing does."""
    return row.valid_until is not None and (rule.valid_until is None or rule.valid_until > row.valid_until)


# ---------------------------------------------------------------------------------------------------------
# Filling in


def _writing(evaluation_id: int, by: Actor) -> Evaluation:
    """The evaluation, locked, where it is the applicant's turn. Raises NotAllowed."""
    evaluation = (
        Evaluation.objects.select_for_update(of=("self",))
        .select_related("process", "scheme_version", "platform", "course", "occupation")
        .get(pk=evaluation_id)
    )
    # The process row too: nothing changes while it is being submitted.
    evaluation.process = Process.objects.select_for_update(of=("self",)).get(pk=evaluation.process_id)
    if not by.of_organisation or by.organisation_id != evaluation.applicant_id:
        raise NotAllowed(_("只有申请单位可以填写申请表。"))
    if evaluation.process.state not in ("draft", "returned"):
        raise NotAllowed(_("申请已提交，不能修改。"))
    return evaluation


@transaction.atomic
def save_form(evaluation_id: int, values: Mapping[str, Any], *, by: Actor) -> Evaluation:
    """Save the application form while it is the applicant's turn: the blanks that are asked, nothing else.

    Raises:
        NotAllowed: another organisation's, or handed in.
        Invalid: an identity number, phone or account in a text; too long a text; a value that is no choice.
    """
    evaluation = _writing(evaluation_id, by)
    fields = {field.id: field for field in checklist.asked(evaluation)}
    kept = {name: _cleaned(fields[name], value) for name, value in values.items() if name in fields}
    refuse_numbers({"note": kept})
    evaluation.form = {**evaluation.form, **kept}
    evaluation.save(update_fields=["form"])
    return evaluation


def _cleaned(field: Any, value: Any) -> Any:
    label = getattr(field.label, lang())
    if field.kind == "checkbox":
        return value is True
    if field.kind == "table":
        width = len(field.columns)
        rows = [[str(cell or "").strip() for cell in row] for row in value or [] if len(row) == width]
        rows = [row for row in rows if any(row)]
        if len(rows) > MOST_ROWS or any(len(cell) > MOST_TEXT for row in rows for cell in row):
            raise Invalid(_("“%(field)s”的内容过长。") % {"field": label})
        return rows
    text = "" if value is None else str(value).strip()
    if len(text) > MOST_TEXT:
        raise Invalid(_("“%(field)s”的内容过长。") % {"field": label})
    if field.kind == "choice" and text and text not in {choice.zh for choice in field.choices}:
        raise Invalid(_("“%(field)s”的选项不在表中。") % {"field": label})
    return text


@transaction.atomic
def hand_in(
    evaluation_id: int, slot: str, *, by: Actor, upload: File | None = None, not_applicable: str = ""
) -> EvaluationMaterial:
    """Add a paper to a place of the evaluation, or say why there is none.

    Raises:
        NotAllowed: another organisation's, or handed in.
        Invalid: no such place, neither file nor reason or both, a file that is not taken.
    """
    evaluation = _writing(evaluation_id, by)
    known = {one.key: one for one in checklist.slots(evaluation)}
    if slot not in known:
        raise Invalid(_("此项评估没有这项材料。"))
    reason = not_applicable.strip()[:200]
    if (upload is None) == (not reason):
        raise Invalid(_("请上传材料，或写明不适用的理由，二者选一。"))
    refuse_numbers({"note": reason})
    attachment = store_file(upload, actor_id=by.user_id, purpose="evaluation") if upload else None
    made = EvaluationMaterial.objects.create(
        evaluation=evaluation,
        slot=slot,
        attachment=attachment,
        not_applicable=reason,
        by_id=by.user_id,
    )
    if evaluation.process.received_at is not None:
        record(evaluation.process, "material", by=by, note=known[slot].text)
    return made


@transaction.atomic
def take_back(material_id: int, *, by: Actor) -> EvaluationMaterial:
    """Remove a paper while it is the applicant's turn; the row stays with the day it was removed."""
    material = EvaluationMaterial.objects.get(pk=material_id)
    evaluation = _writing(material.evaluation_id, by)
    if material.removed_at is None:
        material.removed_at = clock.now()
        material.save(update_fields=["removed_at"])
        if evaluation.process.received_at is not None:
            known = {one.key: one.text for one in checklist.slots(evaluation)}
            record(
                evaluation.process, "material-removed", by=by, note=known.get(material.slot, material.slot)
            )
    return material
