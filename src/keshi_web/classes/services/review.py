"""The review's task list: what the system found, what people must judge, and their judgements."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.classes.case import needed
from keshi_web.classes.completeness import form_of, materials_of, not_needed
from keshi_web.classes.models import Enrolment, Filing, Task
from keshi_web.classes.precheck import Precheck, plain
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.organisations.queries import blacklisting_on
from keshi_web.organisations.words import State
from keshi_web.people.queries import categories_on
from keshi_web.people.words import BY_WORK
from keshi_web.workflow.engine import record
from keshi_web.workflow.models import Process

LIVE = (
    "submitted",
    "endorsed",
    "returned",
    "provisional",
    "supplemented",
    "approved",
    "running",
    "interrupted",
    "resuming",
)
"""States in which a class takes its people's time."""


def build_tasks(filing: Filing, check: Precheck, *, promised: date | None = None) -> None:
    """Write the task list anew. A favourable judgement stays where its evidence is the same as when it was made.

    `promised`: the day by which the provider hands in the rest; what is missing until then is no defect.
    """
    made = {task.key: task for task in filing.tasks.all()}
    wanted = {key: (outcome, evidence) for key, outcome, evidence in _tasks(filing, check, promised)}
    for key, task in made.items():
        if key not in wanted:
            task.delete()
    for key, (outcome, evidence) in wanted.items():
        task = made.get(key) or Task(filing=filing, key=key)
        if task.pk and task.judgement is not False and (task.outcome, task.evidence) == (outcome, evidence):
            continue
        task.outcome, task.evidence = outcome, evidence
        task.judgement, task.judged_by_id, task.judged_at, task.note = None, None, None, ""
        task.save()


def _tasks(
    filing: Filing, check: Precheck, promised: date | None
) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for finding in check.findings:
        yield f"rule:{finding.rule}", finding.outcome, plain(finding)
    yield from _people_tasks(filing, check)
    documents = {material.material: material for material in filing.materials.filter(removed_at=None)}
    scheme = filing.scheme
    spared = not_needed(filing, scheme)
    for rule in materials_of(filing, scheme):
        found = documents.get(rule.id)
        evidence = {"text": {"zh": rule.text.zh, "en": rule.text.en}, "clause": rule.clause}
        if found is None and (when := spared.get(rule.id)):
            yield f"material:{rule.id}", "passed", {**evidence, "not_needed": {"zh": when.zh, "en": when.en}}
        elif found is None:
            generated = form_of(scheme, rule.form) is not None
            later = promised.isoformat() if promised and not generated else ""
            yield (
                f"material:{rule.id}",
                "passed" if generated or later else "failed",
                {**evidence, "generated": generated, "promised": later},
            )
        else:
            yield (
                f"material:{rule.id}",
                "manual",
                {**evidence, "not_applicable": found.not_applicable, "id": found.pk},
            )
    organisation = filing.organisation
    yield (
        "system:organisation",
        "passed" if organisation.state == State.VERIFIED else "failed",
        {"state": organisation.state},
    )
    if filing.late:
        yield "system:late", "manual", {"reason": filing.late_reason}
    barred = blacklisting_on(organisation.pk, clock.today())
    yield "system:blacklist", "failed" if barred else "passed", {}


def _people_tasks(filing: Filing, check: Precheck) -> Iterable[tuple[str, str, dict[str, Any]]]:
    wrong = [person.enrolment.number for person in check.people if not person.eligible]
    yield (
        "system:roster",
        "manual" if wrong else "passed",
        {"people": len(check.people), "numbers": wrong[:200]},
    )
    unlike = list(filing.enrolments.filter(left_on=None, named_alike=False).values_list("number", flat=True))
    yield "system:names", "manual" if unlike else "passed", {"numbers": unlike[:200]}
    if "trainee.category" in needed(filing, filing.scheme):
        unlike, unproven = compared_categories(filing)
        yield "system:categories", "manual" if unlike else "passed", {"numbers": unlike[:200]}
        yield "system:unproven", "manual" if unproven else "passed", {"numbers": unproven[:200]}
    twice = enrolled_elsewhere(filing)
    yield (
        "system:elsewhere",
        "manual" if twice else "passed",
        {"numbers": [row["number"] for row in twice][:200]},
    )


def compared_categories(filing: Filing) -> tuple[list[int], list[int]]:
    """Roster numbers whose category is not the recorded one, and those with none recorded though it takes a proof.

    A person's category is judged at the training's time: what counts is what was recorded for the first day.
    """
    rows = list(filing.enrolments.filter(left_on=None).select_related("person").order_by("number"))
    known = categories_on([row.person for row in rows], filing.starts_on or clock.today())
    unlike, unproven = [], []
    for row in rows:
        recorded = set(known[row.person_id])
        if (
            row.category in BY_WORK
        ):  # who works may be a veteran as well; two ways of working exclude each other
            recorded &= BY_WORK
        elif not recorded:
            unproven.append(row.number)
        if recorded and row.category not in recorded:
            unlike.append(row.number)
    return unlike, unproven


def enrolled_elsewhere(filing: Filing) -> list[dict[str, Any]]:
    """People of this roster who are in another live class of the same dates, or of the same project."""
    if not filing.starts_on or not filing.ends_on:
        return []
    people = filing.enrolments.filter(left_on=None).values("person_id")
    others = (
        Enrolment.objects.filter(
            Q(filing__starts_on__lte=filing.ends_on, filing__ends_on__gte=filing.starts_on)
            | Q(filing__project=filing.project, filing__organisation=filing.organisation_id),
            person_id__in=people,
            left_on=None,
            filing__process__state__in=LIVE,
        )
        .exclude(filing=filing)
        .values("person_id", "filing__process__number")
    )
    elsewhere = {row["person_id"]: row["filing__process__number"] for row in others}
    mine = filing.enrolments.filter(left_on=None, person_id__in=elsewhere).order_by("number")
    return [{"number": row.number, "other": elsewhere[row.person_id]} for row in mine]


@transaction.atomic
def judge(task_id: int, holds: bool, *, by: Actor, note: str = "") -> Task:
    """Judge a check. What the system found wrong can only be accepted with a reason.

    Raises:
        NotAllowed: not a reviewer of the office the filing is at, or the filing is not under review.
        Invalid: a reason is missing.
    """
    # The process first, as every step locks it: nobody judges what is being decided at this moment.
    process = Process.objects.select_for_update(of=("self",)).get(filing__tasks=task_id)
    task = Task.objects.select_for_update(of=("self",)).select_related("filing").get(pk=task_id)
    if not by.reviews or by.office is None or by.office.id != process.office_id:
        raise NotAllowed(_("只有受理机构的审核人员可以作出结论。"))
    if process.state not in ("submitted", "endorsed", "supplemented"):
        raise NotAllowed(_("备案当前为“%(state)s”，不在审核中。") % {"state": process.state_shown.label})
    against = (task.outcome == Task.Outcome.FAILED and holds) or (
        task.outcome == Task.Outcome.PASSED and not holds
    )
    if (against or not holds) and not note.strip():
        raise Invalid(_("结论与系统核验不一致或为不符合时，须写明理由。"))
    task.judgement, task.note = holds, note.strip()
    task.judged_by_id, task.judged_at = by.user_id, clock.now()
    task.save()
    record(process, "judged", by=by, task=task.key, holds=holds, remark=note.strip())
    return task
