"""Carrying a process forward: may this person do it, do it once, write it down, move the clocks, tell the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi import identity
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.regions.models import Region
from keshi_web.workflow import notify
from keshi_web.workflow.models import ClockEvent, ClockRun, Entry, Process
from keshi_web.workflow.numbers import next_number
from keshi_web.workflow.table import YES, Guard, Side, Transition, Verdict, Workflow, no


@dataclass(frozen=True)
class Choice:
    """A transition as it stands for one person: shown enabled, or disabled with the reason."""

    transition: Transition
    verdict: Verdict


def open_process(
    workflow: Workflow,
    *,
    prefix: str,
    title: str,
    chain: list[Region],
    organisation_id: int | None,
    by: Actor | None,
) -> Process:
    """A new process in the start state. `chain`: the offices it passes, the lowest first."""
    process = Process.objects.create(
        kind=workflow.name,
        number=next_number(prefix, clock.today().year),
        title=title,
        state=workflow.start,
        turn=workflow.by_state[workflow.start].waits_for,
        organisation_id=organisation_id,
        office=chain[0],
        chain=[office.pk for office in chain],
        path=chain[0].path,
    )
    _write(process, "open", "", by, {})
    return process


def choices(process: Process, subject: Any, actor: Actor) -> list[Choice]:
    """What the actor's role and place let them do with the process now, each with its verdict."""
    found = []
    for transition in process.workflow.from_state(process.state):
        if transition.at == "system" or not standing(transition, process, actor).allowed:
            continue
        found.append(Choice(transition, _guarded(transition, subject, actor)))
    return found


def standing(transition: Transition, process: Process, actor: Actor) -> Verdict:
    """Whether role and place are right for a transition, before any guard is asked."""
    if actor.role not in transition.by:
        return no(_("您的角色不能办理此步骤。"))
    if actor.role in ORGANISATION_ROLES:
        own = transition.at == "provider" and actor.organisation_id == process.organisation_id
        return YES if own else no(_("此件不属于您所在的单位。"))
    if actor.role in OFFICE_ROLES and actor.office is not None:
        if transition.at == "office" and actor.office.id == process.office_id:
            return YES
        if transition.at == "above" and process.office.path.startswith(actor.office.path):
            return YES
        return no(_("此件现由%(office)s办理。") % {"office": process.office.name})
    return no(_("您的角色不能办理此步骤。"))


def _guarded(transition: Transition, subject: Any, actor: Actor) -> Verdict:
    for guard in transition.guards:
        verdict = guard(subject, actor)
        if not verdict.allowed:
            return verdict
    return YES


@transaction.atomic
def fire(
    process: Process | int,
    event: str,
    *,
    by: Actor | None,
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Entry:
    """Make a transition. `version`: that of the page the person saw; `given`: note, remark and other inputs.

    The process row is locked, so of two people one acts and the other is told so. The same person asking the
    same again (a double click) gets the entry already written. With `by` None the system acts.

    Raises:
        Stale: somebody acted since the page was shown.
        NotAllowed: by role, place, state or guard; the reason says which.
        Invalid: an input is missing, or a note holds an identity number.
    """
    given = dict(given or {})
    process_id = process if isinstance(process, int) else process.pk
    locked = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    if version is not None and version != locked.version:
        last = locked.entries.select_related("by").order_by("-id").first()
        if last and by and last.event == event and last.by_id == by.user_id and version == locked.version - 1:
            return last
        raise Stale(
            _("此件已由%(who)s办理（%(state)s），您看到的页面不是最新的。请刷新后再办理。")
            % {"who": last.by.name if last and last.by else _("系统"), "state": locked.state_shown.label}
        )
    transition = locked.workflow.find(event, locked.state)
    if transition is None:
        raise NotAllowed(
            _("此件当前为“%(state)s”，不能办理“%(act)s”。")
            % {"state": locked.state_shown.label, "act": locked.workflow.event(event).label}
        )
    subject = locked.workflow.subject_of(locked)
    if by is None:
        if transition.at != "system":
            raise NotAllowed(_("此步骤须由人办理。"))
    else:
        for verdict in (standing(transition, locked, by), _guarded(transition, subject, by)):
            if not verdict.allowed:
                raise NotAllowed(str(verdict.reason))
    _check_inputs(transition, given)
    entry = _move(locked, transition, by, given)
    _turn_clocks(locked, transition, subject, entry)
    refresh_due(locked)
    notify.transition_made(locked, transition, entry)
    if isinstance(process, Process):
        process.refresh_from_db()
    return entry


def _move(process: Process, transition: Transition, by: Actor | None, given: Mapping[str, Any]) -> Entry:
    source = process.state
    target = process.workflow.by_state[transition.target]
    process.state = target.key
    process.turn = target.waits_for
    if transition.moves:
        process.position += transition.moves
        process.office_id = process.chain[process.position]
        process.assignee = None
    process.version += 1
    process.changed_at = clock.now()
    process.closed_at = clock.now() if target.final else None
    process.save()
    return _write(process, transition.event, source, by, given)


def _write(process: Process, event: str, source: str, by: Actor | None, given: Mapping[str, Any]) -> Entry:
    details = {key: value for key, value in given.items() if key not in ("note", "remark")}
    return Entry.objects.create(
        process=process,
        event=event,
        source=source,
        target=process.state,
        by_id=by.user_id if by else None,
        standing_in_for_id=by.standing_in_for if by else None,
        role=by.role if by else "",
        place=by.place if by else "",
        note=str(given.get("note") or ""),
        remark=str(given.get("remark") or ""),
        details=details,
    )


def record(process: Process, event: str, *, by: Actor | None, **given: Any) -> Entry:
    """Write a line on the timeline that changes no state (an assignment, a material added, a check made)."""
    _refuse_numbers(given)
    return _write(process, event, process.state, by, given)


def _check_inputs(transition: Transition, given: Mapping[str, Any]) -> None:
    for name in transition.needs:
        if not given.get(name):
            raise Invalid(
                _("办理“%(act)s”须填写：%(field)s。") % {"act": transition.label, "field": input_label(name)}
            )
    _refuse_numbers(given)


def input_label(name: str) -> str:
    """The words for an input of a transition."""
    labels = {
        "note": _("办理意见"),
        "reason": _("理由"),
        "remedy": _("救济途径"),
        "defects": _("需补正的问题"),
        "due_on": _("补报期限"),
    }
    return labels.get(name, name)


_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


def _refuse_numbers(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        for found in _DIGITS.findall(str(value)):
            if identity.check_id_number(found.upper()) is None:
                raise Invalid(
                    _("“%(field)s”里有身份证号码。办理意见会长期保存并被多人看到，请改写为花名册中的序号。")
                    % {"field": input_label(name)}
                )


def _turn_clocks(process: Process, transition: Transition, subject: Any, entry: Entry) -> None:
    day = clock.today()
    for name in transition.starts:
        spec = process.workflow.clock(subject, name)
        if spec is not None:
            start_clock(process, spec, day, subject)
    for names, kind in (
        (transition.suspends, ClockEvent.Kind.SUSPENDED),
        (transition.resumes, ClockEvent.Kind.RESUMED),
        (transition.stops, ClockEvent.Kind.STOPPED),
    ):
        if names:
            for run in running(process):
                if "*" in names or run.name in names:
                    ClockEvent.objects.create(run=run, kind=kind, on=day, entry=entry)


def start_clock(process: Process, spec: Any, day: date, subject: Any = None) -> ClockRun:
    """Start a clock for a process on a day; the notice's own closed and opened days travel with it."""
    workdays = getattr(getattr(subject, "scheme", None), "workdays", None)
    return ClockRun.objects.create(
        process=process,
        name=spec.name,
        text_zh=spec.text_zh,
        text_en=spec.text_en,
        clause=spec.clause,
        duty_of=spec.duty_of,
        started_on=day,
        workdays=spec.workdays,
        days=spec.days,
        months=spec.months,
        last_day=spec.last_day,
        closed_days=sorted(workdays.closed) if workdays else [],
        opened_days=sorted(workdays.opened) if workdays else [],
    )


def running(process: Process) -> list[ClockRun]:
    """Clocks of a process whose duty is not done."""
    runs = process.clocks.prefetch_related("events").order_by("id")
    return [run for run in runs if run.stopped_on() is None]


def refresh_due(process: Process) -> None:
    """Write the queue's copy of the earliest due date of whoever's turn it is."""
    best: tuple[date, str] | None = None
    suspended = False
    for run in running(process):
        found = run.due()
        suspended = suspended or found.suspended
        if found.day and run.duty_of == process.turn and (best is None or found.day < best[0]):
            best = (found.day, run.name)
    process.due_on, process.due_clock = best or (None, "")
    process.suspended = suspended
    process.save(update_fields=["due_on", "due_clock", "suspended"])


def not_the_same_person(*events: str) -> Guard:
    """Guard: whoever made the latest of these events may not make this one; nor may their stand-in."""

    def guard(subject: Any, actor: Actor) -> Verdict:
        made = subject.process.entries.filter(event__in=events).order_by("-id").first()
        if made is None:
            return YES
        earlier = {made.by_id, made.standing_in_for_id} - {None}
        if earlier & {actor.user_id, actor.standing_in_for}:
            return no(_("上一步由您本人办理，须由另一人复核。"))
        return YES

    return guard
