"""What the bureau does with an evaluation: judge line by line, hear experts, decide, and what follows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.catalogue import checklist
from keshi_web.catalogue.facts import listings_at
from keshi_web.catalogue.models import (
    CatalogueEntry,
    CheckResult,
    Evaluation,
    ExpertOpinion,
    Listing,
    Occupation,
)
from keshi_web.catalogue.models.occupations import Edition
from keshi_web.catalogue.workflow import EVALUATION, may_judge
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.saving import save
from keshi_web.documents.services import issue_letter
from keshi_web.workflow.engine import fire, record
from keshi_web.workflow.models import Entry, Process
from keshi_web.workflow.numbers_in_text import refuse_numbers

# ---------------------------------------------------------------------------------------------------------
# Judging


def _judging(evaluation_id: int, by: Actor) -> Evaluation:
    """The evaluation, locked, for whoever may judge it now. Raises NotAllowed."""
    process_id = Evaluation.objects.values_list("process_id", flat=True).get(pk=evaluation_id)
    process = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    evaluation: Evaluation = EVALUATION.subject_of(process)
    if not (verdict := may_judge(evaluation, by)).allowed:
        raise NotAllowed(str(verdict.reason))
    return evaluation


@transaction.atomic
def judge(
    evaluation_id: int,
    check_id: str,
    passed: bool | None,
    *,
    by: Actor,
    note: str = "",
    seen: int | None = None,
) -> CheckResult:
    """Judge one line of the check list at the level where the evaluation is; None says it does not concern the case.

    A failure or a line that does not concern the case needs a reason. A line judged again gets a new row; a
    judgement that says what the row there is says adds none, so it stays that of whoever made it. `seen` is the
    row that the page showed (0: none): a judgement that somebody changed meanwhile is not overwritten unread.

    Raises:
        NotAllowed: not a person of the office it is at, or not under review.
        Invalid: no such line, or no reason.
        Stale: somebody judged the line otherwise since.
    """
    evaluation = _judging(evaluation_id, by)
    if check_id not in {check.id for check in checklist.rule_of(evaluation).checks}:
        raise Invalid(_("评估内容清单中没有此项。"))
    note = note.strip()
    if not passed and not note:
        raise Invalid(_("不合格或不适用的须写明理由。"))
    refuse_numbers({"note": note})
    level = checklist.current_level(evaluation)
    held = checklist.results(evaluation).get(level, {}).get(check_id)
    still = check_id not in {check.id for check in checklist.unjudged(evaluation)}
    if held and still and (held.passed, held.note) == (passed, note):
        return held
    if held and seen is not None and held.pk != seen:
        raise Stale(
            _("%(who)s已于%(when)s作出另一结论，未覆盖。请核对后再保存。")
            % {"who": held.by.name, "when": held.at.astimezone(clock.ZONE).strftime("%H:%M")}
        )
    row = CheckResult(
        evaluation=evaluation, check_id=check_id, level=level, passed=passed, note=note, by_id=by.user_id
    )
    save(row)
    return row


@transaction.atomic
def add_expert(evaluation_id: int, expert: str, agrees: bool, opinion: str, *, by: Actor) -> ExpertOpinion:
    """Record what an expert engaged by the bureau said; said again, the later word counts. Raises as `judge`."""
    evaluation = _judging(evaluation_id, by)
    if evaluation.process.state != "submitted":
        raise NotAllowed(_("专家意见在初评时登记。"))
    if not checklist.needs_experts(evaluation):
        raise Invalid(_("此项评估不聘请专家。"))
    if not expert.strip() or not opinion.strip():
        raise Invalid(_("请填写专家姓名和意见。"))
    refuse_numbers({"note": [expert, opinion]})
    row = ExpertOpinion(
        evaluation=evaluation, expert=expert.strip(), agrees=agrees, opinion=opinion.strip(), by_id=by.user_id
    )
    save(row)
    record(evaluation.process, "expert", by=by)
    return row


# ---------------------------------------------------------------------------------------------------------
# Deciding


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
    before, office = locked.version, locked.office
    entry = fire(locked, event, by=by, version=version, given=given)
    if locked.version == before:
        return entry
    evaluation: Evaluation = EVALUATION.subject_of(locked)
    if event in ("pass", "determine", "fail"):
        _decided(evaluation, passed=event != "fail")
    letter = EVALUATION.event(event).letter
    if letter:
        issue_letter(
            letter,
            subject=subject_key(evaluation),
            office_name=office.bureau_name,
            office_key=office.key,
            addressee=evaluation.applicant.name,
            facts=letter_facts(evaluation, entry),
            actor=by,
        )
    return entry


def subject_key(evaluation: Evaluation) -> str:
    """Under which key its papers are kept."""
    return f"catalogue.evaluation:{evaluation.pk}"


def letter_facts(evaluation: Evaluation, entry: Entry) -> dict[str, Any]:
    """What letters say about an evaluation, in Chinese."""
    scheme = evaluation.scheme.file
    words = {True: "合格", False: "不合格", None: "不适用"}
    judged = checklist.results(evaluation).get(checklist.current_level(evaluation), {})
    submitted = evaluation.process.entries.filter(event="submit").first()
    return {
        "project": str(evaluation.subject),
        "evaluated": str(evaluation.subject),
        "case_number": evaluation.process.number,
        "received_on": clock.day_of(submitted.at if submitted else evaluation.process.opened_at),
        "notice_title": scheme.title.zh,
        "notice": scheme.notice,
        "result": words.get(bool(evaluation.passed)),
        "checks": [
            {
                "label": check.text.zh,
                "value": words[judged[check.id].passed]
                + (f"（{judged[check.id].note}）" if judged[check.id].note else ""),
            }
            for check in checklist.rule_of(evaluation).checks
            if check.id in judged
        ],
        "opinion": entry.details.get("reason") or entry.note,
        "valid_until": evaluation.valid_until,
        "negative": not evaluation.passed,
        "defects": [{"what": text} for text in entry.details.get("defects") or []],
    }


def _decided(evaluation: Evaluation, *, passed: bool) -> None:
    today = clock.today()
    rule = checklist.rule_of(evaluation)
    evaluation.decided_on, evaluation.passed = today, passed
    evaluation.valid_until = rule.valid_until if passed else None
    if passed and evaluation.proposed and evaluation.occupation is None:
        evaluation.occupation = Occupation.objects.create(
            edition=Edition.OUTSIDE, code=f"0-{evaluation.process.number}", name=evaluation.proposed
        )
    evaluation.save(update_fields=["decided_on", "passed", "valid_until", "occupation"])
    if not passed:
        return
    if rule.valid_until is not None and rule.valid_until < today:
        raise Invalid(_("本政策的评估有效期至%(day)s，现已届满，不能评为合格。") % {"day": rule.valid_until})
    region = evaluation.scheme_version.region
    if evaluation.occupation is not None:
        save(
            CatalogueEntry(
                occupation=evaluation.occupation,
                region=region,
                valid_from=today,
                valid_until=rule.valid_until,
                document=evaluation.process.number,
                evaluation=evaluation,
            )
        )
        return
    held = (
        listings_at(region.path, today, evaluation.scheme_version.scheme)
        .filter(platform=evaluation.platform, course=evaluation.course, ground=Listing.Ground.EVALUATED)
        .last()
    )
    # What passes again before it ran out goes on from the day after.
    since = held.valid_until + timedelta(days=1) if held and held.valid_until else today
    save(
        Listing(
            platform=evaluation.platform,
            course=evaluation.course,
            scheme=evaluation.scheme_version.scheme,
            region=region,
            ground=Listing.Ground.EVALUATED,
            clause=rule.clause,
            evaluation=evaluation,
            valid_from=since,
            valid_until=rule.valid_until,
        )
    )
