"""Acts on the catalogue: evaluations and what follows from them, listings, recommended platforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi.scheme.model import Evaluation as EvaluationRule
from keshi_web.accounts.actor import Actor
from keshi_web.catalogue.checklist import current_level, rule_of
from keshi_web.catalogue.facts import platform_facts
from keshi_web.catalogue.models import (
    CatalogueEntry,
    CheckResult,
    Course,
    Evaluation,
    Listing,
    Occupation,
    Platform,
)
from keshi_web.catalogue.workflow import EVALUATION
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.documents.services import issue_letter
from keshi_web.organisations.models import Organisation
from keshi_web.regions.models import Region
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.workflow.engine import fire, open_process, record
from keshi_web.workflow.models import Entry, Process
from keshi_web.workflow.numbers_in_text import refuse_numbers

PREFIX = "PG"
"""评估: the prefix of evaluation numbers."""
LEVELS = {"district": "district", "city": "city", "evaluation-centre": "city", "province": "province"}
"""At which level of the region tree each level of an evaluation has its office."""


def chain_for(rule: EvaluationRule, place: Region) -> list[Region]:
    """The offices that give their opinion, from the lowest.

    An applicant registered directly at a city or an office without districts begins there.
    """
    ancestors = {place.level: place}
    region = place
    while region.parent is not None:
        region = region.parent
        ancestors.setdefault(region.level, region)
    order = ("district", "city", "province")
    chain = []
    for level in rule.levels:
        wanted = LEVELS[level]
        found = next((ancestors[one] for one in order[order.index(wanted) :] if one in ancestors), None)
        if found is None:
            raise Invalid(_("“%(place)s”没有负责此项评估的机构。") % {"place": place.name})
        chain.append(found)
    return chain


@transaction.atomic
def apply_for_evaluation(
    version: SchemeVersion,
    rule_id: str,
    subject: Platform | Course | Occupation,
    *,
    applicant: Organisation,
    by: Actor,
) -> Evaluation:
    """Open an evaluation as a draft of the applicant's.

    Raises:
        NotAllowed: another organisation's.
        Invalid: the notice knows no such evaluation, it is of another kind, the platform is exempt, or one is open.
    """
    if not by.of_organisation or by.organisation_id != applicant.pk:
        raise NotAllowed(_("只能为本单位申请评估。"))
    rule = next((one for one in get(version).file.evaluations if one.id == rule_id), None)
    kind = type(subject).__name__.lower()
    if rule is None or rule.subject != kind:
        raise Invalid(_("本政策没有此类评估。"))
    if isinstance(subject, Platform):
        facts = platform_facts(subject, version.scheme, applicant.region.path, clock.today())
        if facts["recommended"]:
            raise Invalid(_("“%(name)s”是推荐平台，无需评估。") % {"name": subject.name})
    busy = Evaluation.objects.filter(
        scheme_version__scheme=version.scheme, process__closed_at__isnull=True, **{kind: subject}
    ).select_related("process")
    if existing := busy.first():
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
        process=process, scheme_version=version, rule=rule_id, applicant=applicant, **{kind: subject}
    )


@transaction.atomic
def save_form(evaluation_id: int, values: Mapping[str, Any], *, by: Actor) -> Evaluation:
    """Save the application form while it is the applicant's turn."""
    refuse_numbers({"note": list(values.values())})
    evaluation = (
        Evaluation.objects.select_for_update(of=("self",)).select_related("process").get(pk=evaluation_id)
    )
    if not by.of_organisation or by.organisation_id != evaluation.applicant_id:
        raise NotAllowed(_("只有申请单位可以填写申请表。"))
    if evaluation.process.state not in ("draft", "returned"):
        raise NotAllowed(_("申请已提交，不能修改。"))
    evaluation.form = {**evaluation.form, **values}
    evaluation.save(update_fields=["form"])
    return evaluation


@transaction.atomic
def judge(evaluation_id: int, check_id: str, passed: bool, *, by: Actor, note: str = "") -> CheckResult:
    """Judge one line of the check list at the level where the evaluation is; a failure needs a reason.

    Raises:
        NotAllowed: not a person of the office it is at, or not under review.
        Invalid: no such line, or no reason.
    """
    evaluation = (
        Evaluation.objects.select_for_update(of=("self",)).select_related("process").get(pk=evaluation_id)
    )
    process = evaluation.process
    if by.office is None or by.office.id != process.office_id or not by.of_bureau:
        raise NotAllowed(_("此件现由%(office)s办理。") % {"office": process.office.name})
    if not any(one.event in ("review", "pass") and by.role in one.by for one in EVALUATION.transitions):
        raise NotAllowed(_("您的角色不能作出评估结论。"))
    if process.state not in ("submitted", "reviewed"):
        raise NotAllowed(_("此件当前不在评估中。"))
    if check_id not in {check.id for check in rule_of(evaluation).checks}:
        raise Invalid(_("评估内容清单中没有此项。"))
    if not passed and not note.strip():
        raise Invalid(_("不合格的须写明理由。"))
    result, _made = CheckResult.objects.update_or_create(
        evaluation=evaluation,
        check_id=check_id,
        level=current_level(evaluation),
        defaults={"passed": passed, "note": note.strip(), "by_id": by.user_id, "at": clock.now()},
    )
    return result


@transaction.atomic
def act(
    process: Process | int,
    event: str,
    *,
    by: Actor | None,
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Entry:
    """Make a transition of an evaluation; a positive end puts its subject into the catalogue.

    Raises:
        Stale, NotAllowed, Invalid: as `workflow.engine.fire`.
    """
    process_id = process if isinstance(process, int) else process.pk
    locked = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    before = locked.version
    entry = fire(locked, event, by=by, version=version, given=given)
    if locked.version == before:
        return entry
    evaluation = EVALUATION.subject_of(locked)
    if event in ("pass", "fail"):
        _decided(evaluation, passed=event == "pass")
    letter = EVALUATION.event(event).letter
    if letter:
        issue_letter(
            letter,
            subject=f"catalogue.evaluation:{evaluation.pk}",
            office_name=locked.office.bureau_name,
            office_key=locked.office.key,
            addressee=evaluation.applicant.name if evaluation.applicant else "",
            facts=letter_facts(evaluation, entry),
            actor=by,
        )
    return entry


def letter_facts(evaluation: Evaluation, entry: Entry) -> dict[str, Any]:
    """What letters say about an evaluation."""
    scheme = evaluation.scheme.file
    checks = {check.id: check.text.zh for check in rule_of(evaluation).checks}
    words = {True: "合格", False: "不合格"}
    return {
        "project": str(evaluation.subject),
        "evaluated": str(evaluation.subject),
        "case_number": evaluation.process.number,
        "received_on": clock.day_of(evaluation.process.opened_at),
        "notice_title": scheme.title.zh,
        "notice": scheme.notice,
        "result": words.get(bool(evaluation.passed)),
        "checks": [
            {
                "label": checks.get(row.check_id, row.check_id),
                "value": words[row.passed] + (f"（{row.note}）" if row.note else ""),
            }
            for row in evaluation.checks.filter(level=current_level(evaluation)).order_by("id")
        ],
        "opinion": entry.details.get("reason") or entry.note,
        "valid_until": evaluation.valid_until,
        "negative": not evaluation.passed,
        "defects": [{"what": text} for text in entry.details.get("defects") or []],
    }


def _decided(evaluation: Evaluation, *, passed: bool) -> None:
    today = clock.today()
    rule = rule_of(evaluation)
    evaluation.decided_on, evaluation.passed, evaluation.valid_until = today, passed, rule.valid_until
    evaluation.save(update_fields=["decided_on", "passed", "valid_until"])
    if not passed:
        return
    region = evaluation.scheme_version.region
    if evaluation.occupation is not None:
        CatalogueEntry.objects.create(
            occupation=evaluation.occupation,
            region=region,
            valid_from=today,
            valid_until=rule.valid_until,
            document=evaluation.process.number,
            evaluation=evaluation,
        )
        return
    Listing.objects.create(
        platform=evaluation.platform,
        course=evaluation.course,
        scheme=evaluation.scheme_version.scheme,
        region=region,
        ground=Listing.Ground.EVALUATED,
        clause=rule.clause,
        evaluation=evaluation,
        valid_from=today,
        valid_until=rule.valid_until,
    )


@transaction.atomic
def list_platform(
    platform: Platform,
    version: SchemeVersion,
    ground: str,
    *,
    by: Actor,
    valid_from: date,
    valid_until: date | None = None,
    clause: str = "",
) -> Listing:
    """Put a platform into the directory of a notice without an evaluation: recommended, or registered.

    Raises:
        NotAllowed: only a leader whose jurisdiction covers the notice's region.
    """
    if not by.leads or not by.covers(version.region.path):
        raise NotAllowed(_("只有发布政策的机构的负责人可以列入目录。"))
    if ground == Listing.Ground.EVALUATED:
        raise Invalid(_("评估合格的平台由评估结论列入目录。"))
    return Listing.objects.create(
        platform=platform,
        scheme=version.scheme,
        region=version.region,
        ground=ground,
        clause=clause,
        valid_from=valid_from,
        valid_until=valid_until,
    )


@transaction.atomic
def delist(listing_id: int, reason: str, *, by: Actor) -> Listing:
    """Take a platform or course out of the directory; classes approved before keep their approval.

    Raises:
        NotAllowed: only a leader whose jurisdiction covers the listing's region.
        Invalid: no reason, or it is out already.
    """
    listing = (
        Listing.objects.select_for_update(of=("self",))
        .select_related("region", "evaluation__process")
        .get(pk=listing_id)
    )
    if not by.leads or not by.covers(listing.region.path):
        raise NotAllowed(_("只有本地区的负责人可以移出目录。"))
    if not reason.strip():
        raise Invalid(_("请写明移出目录的原因。"))
    if listing.delisted_on is not None:
        raise Invalid(_("已移出目录。"))
    listing.delisted_on, listing.delisted_reason = clock.today(), reason.strip()
    listing.save(update_fields=["delisted_on", "delisted_reason"])
    if listing.evaluation is not None:
        record(listing.evaluation.process, "delisted", by=by, reason=reason.strip())
    return listing


@transaction.atomic
def take_over_recommended(version: SchemeVersion) -> int:
    """List the platforms that a published notice recommends, from the day of the notice. Returns how many are new."""
    added = 0
    for named in get(version).file.platforms:
        platform, _made = Platform.objects.get_or_create(
            name=named.name, defaults={"url": named.url, "kind": Platform.Kind.THIRD_PARTY}
        )
        _listing, made = Listing.objects.get_or_create(
            platform=platform,
            scheme=version.scheme,
            region=version.region,
            ground=Listing.Ground.RECOMMENDED,
            defaults={"clause": named.clause, "valid_from": version.issued_on},
        )
        added += made
    return added
