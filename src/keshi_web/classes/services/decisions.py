"""Carrying a filing through its process: what each act writes besides its line on the timeline."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.classes.letters import issue
from keshi_web.classes.models import Filing, Module, PlanSnapshot, RosterImport
from keshi_web.classes.official import forms_of
from keshi_web.classes.precheck import precheck, store
from keshi_web.classes.services.review import build_tasks
from keshi_web.common import clock
from keshi_web.common.errors import Invalid
from keshi_web.documents.services import pin_form
from keshi_web.workflow.engine import fire
from keshi_web.workflow.models import Entry, Process

Effect = Callable[[Filing, Actor | None, Mapping[str, Any]], None]
HANDED_IN = ("submit", "register", "resubmit", "reregister", "supplement")


@transaction.atomic
def act(
    process: Process | int,
    event: str,
    *,
    by: Actor | None,
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Entry:
    """Make a transition of a filing with everything that belongs to it, or nothing at all.

    Raises:
        Stale, NotAllowed, Invalid: as `workflow.engine.fire`.
    """
    given = dict(given or {})
    process_id = process if isinstance(process, int) else process.pk
    locked = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    filing = _load(locked)
    current = version is None or version == locked.version
    if current and event in _BEFORE:
        _BEFORE[event](filing, by, given)
    before = locked.version
    entry = fire(locked, event, by=by, version=version, given=_plain(given))
    if locked.version == before:  # a double click: everything was written the first time
        return entry
    filing = _load(locked)
    if event in HANDED_IN:
        _handed_in(filing, event)
    if event in _AFTER:
        _AFTER[event](filing, by, given)
    issue(filing, locked.workflow.event(event).letter, entry, by)
    return entry


def _load(process: Process) -> Filing:
    filing = Filing.objects.select_related(
        "organisation__region", "scheme_version", "platform", "delegate"
    ).get(process=process)
    filing.process = process
    return filing


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def _received(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    """The day of filing is the day it came in; a late entry keeps its real one."""
    if not (filing.late and filing.filed_on):
        filing.filed_on = filing.received_on or clock.today()
        filing.save(update_fields=["filed_on"])


def _return(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.correction_due_on = given.get("due_on") or None
    filing.save(update_fields=["correction_due_on"])


def _endorsed(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.endorsed_by_id = by.user_id if by else None
    filing.decided_by = None
    filing.save(update_fields=["endorsed_by", "decided_by"])


def _sent_back(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.endorsed_by = None
    filing.save(update_fields=["endorsed_by"])


def _approved(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.decided_by_id = by.user_id if by else None
    real_day = filing.answers.get("late", {}).get("approved_on") if filing.late else None
    filing.approved_on = date.fromisoformat(real_day) if real_day else clock.today()
    filing.save(update_fields=["decided_by", "approved_on"])


def _confirmed(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.completion_due_on = None
    filing.save(update_fields=["completion_due_on"])
    if filing.frozen_at:  # it began on the promise
        fire(filing.process, "go-on", by=None)


def _refused(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.decided_by_id = by.user_id if by else None
    filing.save(update_fields=["decided_by"])


def _promise(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.completion_due_on = given.get("due_on") or filing.completion_due_on
    filing.save(update_fields=["completion_due_on"])


def _with_people(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    """A roster frozen empty could never be filled: a class on a promise waits for its people."""
    storing = filing.imports.filter(state=RosterImport.State.STORING).exists()
    if storing or not filing.enrolments.filter(left_on=None).exists():
        raise Invalid(_("名册还是空的或正在入册，人员录入后才能开班。"))


def _started(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    filing.frozen_at = clock.now()
    filing.save(update_fields=["frozen_at"])
    _snapshot(filing, "start")


def _interrupted(filing: Filing, by: Actor | None, given: Mapping[str, Any]) -> None:
    told = given.get("interrupted_on")
    filing.interrupted_on = date.fromisoformat(told) if isinstance(told, str) else told or clock.today()
    if not (filing.starts_on and filing.starts_on <= filing.interrupted_on <= clock.today()):
        raise Invalid(_("中断日期应在开班日期与今天之间。"))
    filing.save(update_fields=["interrupted_on"])


_BEFORE: dict[str, Effect] = {
    "submit": _received,
    "register": _received,
    "return": _return,
    "return-supplement": _promise,
    "approve-provisionally": _promise,
    "start": _with_people,
}
_AFTER: dict[str, Effect] = {
    "endorse": _endorsed,
    "propose-refusal": _endorsed,
    "send-back": _sent_back,
    "approve": _approved,
    "approve-provisionally": _approved,
    "confirm": _confirmed,
    "refuse": _refused,
    "start": _started,
    "interrupt": _interrupted,
}


def _handed_in(filing: Filing, event: str) -> None:
    """What was handed in is checked, laid out as tasks and kept as it was."""
    check = precheck(filing)
    store(filing, check)
    build_tasks(filing, check, promised=filing.completion_due_on if event != "supplement" else None)
    scheme = filing.scheme
    filing.form_versions.set(pin_form(scheme, form) for form in forms_of(filing, scheme))
    _snapshot(filing, event)


def _snapshot(filing: Filing, event: str) -> PlanSnapshot:
    rows = filing.enrolments.filter(left_on=None).order_by("person_id").values_list("person_id", flat=True)
    people = [str(person) for person in rows]
    return PlanSnapshot.objects.create(
        filing=filing,
        event=event,
        plan=plan_structure(filing),
        roster_digest=f"sha256:{hashlib.sha256(chr(10).join(people).encode()).hexdigest()}",
        head_count=len(people),
        scheme_digest=filing.scheme_version.digest,
    )


def plan_structure(filing: Filing) -> dict[str, Any]:
    """The plan as plain data: what a decision is made on, and what an amendment is compared with."""

    def module(row: Module) -> dict[str, Any]:
        return {
            "kind": row.kind, "name": row.name, "content": row.content, "goal": row.goal,
            "delivery": row.delivery, "hours": row.hours, "online": row.online,
            "theory": row.theory, "course": row.course_id, "teacher": row.teacher_id,
        }  # fmt: skip

    return {
        "item": filing.item,
        "project": filing.project,
        "training_type": filing.training_type,
        "occupation": filing.occupation.code if filing.occupation else None,
        "level": filing.level,
        "starts_on": filing.starts_on.isoformat() if filing.starts_on else None,
        "ends_on": filing.ends_on.isoformat() if filing.ends_on else None,
        "platform": filing.platform_id,
        "delegate": filing.delegate_id and str(filing.delegate_id),
        "payee": filing.payee,
        "planned_certificate": filing.planned_certificate,
        "facts": filing.facts,
        "modules": [module(row) for row in filing.modules.all()],
    }
