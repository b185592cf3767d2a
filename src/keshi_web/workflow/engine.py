"""Carrying a process forward: may this person do it, do it once, write it down, move the clocks, tell the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES, Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.organisations.services import still_open
from keshi_web.regions.models import Region
from keshi_web.workflow import notify
from keshi_web.workflow.inputs import label_of
from keshi_web.workflow.models import Entry, Process
from keshi_web.workflow.numbers import next_number
from keshi_web.workflow.numbers_in_text import refuse_numbers
from keshi_web.workflow.table import YES, Guard, Side, Transition, Verdict, Workflow, no
from keshi_web.workflow.timing import refresh_due, running, start_clock, turn_clocks

__all__ = [
    "Choice",
    "act",
    "choices",
    "fire",
    "not_the_same_person",
    "open_process",
    "record",
    "refresh_due",
    "running",
    "standing",
    "start_clock",
]


@dataclass(frozen=True)
class Choice:
    """A transition as it stands for one person: shown enabled, or disabled with the reason."""

    transition: Transition
    verdict: Verdict


@transaction.atomic
def open_process(
    workflow: Workflow,
    *,
    prefix: str,
    title: str,
    chain: Sequence[Region],
    organisation_id: int | None,
    by: Actor | None,
) -> Process:
    """A new process in the start state. `chain`: the offices it passes, the lowest first.

    One that an office opens (an application on paper) is the office's to see from the start; a provider's own
    becomes so with the first transition that makes it an office's turn.
    """
    if organisation_id is not None:
        still_open(organisation_id)
    start = workflow.by_state[workflow.start]
    received = start.waits_for == Side.OFFICE or (by is not None and by.of_bureau)
    process = Process.objects.create(
        kind=workflow.name,
        number=next_number(prefix, clock.today().year),
        title=title,
        state=workflow.start,
        turn=start.waits_for,
        organisation_id=organisation_id,
        office=chain[0],
        chain=[office.pk for office in chain],
        path=chain[0].path,
        received_at=clock.now() if received else None,
    )
    _write(process, "open", "", by, {}, version=0)
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
    if actor.reads_only:
        return no(_("本单位已注销或已并入其他单位，不能再办理。"))
    if actor.role in ORGANISATION_ROLES:
        own = transition.at == "provider" and actor.organisation_id == process.organisation_id
        return YES if own else no(_("此件不属于您所在的单位。"))
    if actor.role in OFFICE_ROLES and actor.office is not None:
        if transition.at in ("office", "above") and actor.office.id == process.office_id:
            return YES
        if transition.at == "above" and process.office.path.startswith(actor.office.path):
            return YES
        return no(_("此件现由%(office)s办理。") % {"office": process.office})
    return no(_("您的角色不能办理此步骤。"))


def _guarded(transition: Transition, subject: Any, actor: Actor) -> Verdict:
    for guard in transition.guards:
        verdict = guard(subject, actor)
        if not verdict.allowed:
            return verdict
    return YES


def act(
    process: Process,
    event: str,
    *,
    by: Actor,
    version: int | None,
    given: Mapping[str, Any],
) -> Entry:
    """Make a transition by the domain's own service where the workflow names one, else by the engine alone.

    Raises what `fire` raises.
    """
    handler = process.workflow.act
    if handler is None:
        return fire(process, event, by=by, version=version, given=given)
    with transaction.atomic():
        entry: Entry = handler(process, event, by, version, given)
    return entry


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
        Invalid: an input is missing, or a text holds a personal number.
    """
    given = dict(given or {})
    process_id = process if isinstance(process, int) else process.pk
    locked = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    if version is not None and version != locked.version:
        return _already_made(locked, event, by, version, given)
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
        for check in (lambda: standing(transition, locked, by), lambda: _guarded(transition, subject, by)):
            verdict = check()
            if not verdict.allowed:
                raise NotAllowed(str(verdict.reason))
    _check_inputs(transition, given)
    entry = _move(locked, transition, by, given)
    turn_clocks(locked, transition, subject, entry)
    refresh_due(locked)
    notify.transition_made(locked, transition, entry)
    if isinstance(process, Process):
        process.refresh_from_db()
    return entry


def _already_made(
    process: Process, event: str, by: Actor | None, version: int, given: Mapping[str, Any]
) -> Entry:
    """The entry a second click asks for again; anything else came too late."""
    steps = process.entries.filter(version__isnull=False).select_related("by")
    made = steps.filter(version=version + 1).first()
    if made and by and (made.event, made.by_id) == (event, by.user_id) and _same(made, given):
        return made
    last = steps.order_by("-version").first()
    raise Stale(
        _("此件已由%(who)s办理（%(state)s），您看到的页面不是最新的。请刷新后再办理。")
        % {"who": last.by.name if last and last.by else _("系统"), "state": process.state_shown.label}
    )


def _same(made: Entry, given: Mapping[str, Any]) -> bool:
    return made.note == str(given.get("note") or "") and made.remark == str(given.get("remark") or "")


def _move(process: Process, transition: Transition, by: Actor | None, given: Mapping[str, Any]) -> Entry:
    source = process.state
    target = process.workflow.by_state[transition.target]
    process.state = target.key
    process.turn = Side.NOBODY if target.final else target.waits_for
    if transition.moves:
        position = process.position + transition.moves
        if not 0 <= position < len(process.chain):
            raise NotAllowed(_("此件没有更高或更低一级的经办机构。"))
        process.position = position
        process.office_id = process.chain[position]
        process.assignee = None
    elif process.assignee_id and process.turn == Side.OFFICE and not _may_go_on(process):
        process.assignee = None
    process.version += 1
    process.changed_at = clock.now()
    process.closed_at = clock.now() if target.final else None
    if process.turn == Side.OFFICE and process.received_at is None:
        process.received_at = clock.now()
    process.save()
    return _write(
        process,
        transition.event,
        source,
        by,
        given,
        version=process.version,
        checks=_checked(process, transition),
    )


def _may_go_on(process: Process) -> bool:
    """Whether the clerk or leader in charge has a role that acts in the new state."""
    roles = roles_waited_for(process)
    held = Assignment.objects.filter(user_id=process.assignee_id, office_id=process.office_id, role__in=roles)
    return held.exists()


def _checked(process: Process, transition: Transition) -> Entry | None:
    """The entry whose maker may not make this transition, for the database to compare."""
    events = [event for guard in transition.guards for event in getattr(guard, "checks", ())]
    return _latest(process, events) if events else None


def _latest(process: Process, events: Sequence[str]) -> Entry | None:
    return process.entries.filter(event__in=events, version__isnull=False).order_by("-id").first()


def _write(
    process: Process,
    event: str,
    source: str,
    by: Actor | None,
    given: Mapping[str, Any],
    *,
    version: int | None = None,
    checks: Entry | None = None,
) -> Entry:
    details = {key: value for key, value in given.items() if key not in ("note", "remark")}
    return Entry.objects.create(
        process=process,
        version=version,
        event=event,
        source=source,
        target=process.state,
        by_id=by.user_id if by else None,
        standing_in_for_id=by.standing_in_for if by else None,
        checks_id=checks.by_id if checks else None,
        checks_stand_in_id=checks.standing_in_for_id if checks else None,
        role=by.role if by else "",
        place=by.place if by else "",
        note=str(given.get("note") or ""),
        remark=str(given.get("remark") or ""),
        details=details,
    )


def record(process: Process, event: str, *, by: Actor | None, **given: Any) -> Entry:
    """Write a line on the timeline that changes no state (an assignment, a material added, a check made)."""
    refuse_numbers(given)
    return _write(process, event, process.state, by, given)


def _check_inputs(transition: Transition, given: Mapping[str, Any]) -> None:
    for name in transition.needs:
        value = given.get(name)
        if (
            value is None
            or value is False
            or (isinstance(value, str) and not value.strip())
            or value in ([], ())
        ):
            raise Invalid(
                _("办理“%(act)s”须填写：%(field)s。") % {"act": transition.label, "field": label_of(name)}
            )
    day = given.get("due_on")
    if isinstance(day, date) and not isinstance(day, datetime) and day < clock.today():
        raise Invalid(_("“%(field)s”不得早于今天。") % {"field": label_of("due_on")})
    happened = given.get(transition.happened) if transition.happened else None
    if happened and (date.fromisoformat(happened) if isinstance(happened, str) else happened) > clock.today():
        raise Invalid(_("“%(field)s”不能在今天之后。") % {"field": label_of(transition.happened)})
    refuse_numbers(given)


def not_the_same_person(*events: str) -> Guard:
    """Guard: whoever made the latest of these events may not make this one; nor may their stand-in.

    The engine writes the maker beside the new entry, so that the database refuses it too.
    """

    def guard(subject: Any, actor: Actor) -> Verdict:
        """Another person than made the step before, stand-ins included."""
        made = _latest(subject.process, events)
        if made is None:
            return YES
        earlier = {made.by_id, made.standing_in_for_id} - {None}
        if earlier & {actor.user_id, actor.standing_in_for}:
            return no(_("上一步由您本人办理，须由另一人复核。"))
        return YES

    guard.checks = events  # type: ignore[attr-defined]
    return guard


def roles_waited_for(process: Process) -> set[Role]:
    """Whose roles act in the process's state."""
    return process.workflow.roles_in(process.state)
