"""What the queue, the inbox and the timeline show, always for one actor."""

from datetime import datetime, time, timedelta

from django.db.models import Count, F, Prefetch, Q, QuerySet

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.workflow.engine import roles_waited_for
from keshi_web.workflow.models import ClockRun, Delivery, Entry, Message, Process, ProcessQuerySet
from keshi_web.workflow.table import Transition, states_for, workflow_of

__all__ = ["bulk_transitions", "colleagues", "counts", "open_here", "states_for", "worked_on"]


def shown(processes: ProcessQuerySet) -> ProcessQuerySet:
    """With everything joined that a line of the queue shows."""
    running = ClockRun.objects.filter(stopped=False).only(
        "process_id", "name", "due_on", "closed_days", "opened_days"
    )
    return processes.select_related("organisation", "office", "assignee").prefetch_related(
        Prefetch("clocks", queryset=running, to_attr="running_clocks")
    )


def open_here(actor: Actor, *, below: bool = False) -> ProcessQuerySet:
    """Cases under way at the actor's office (with `below`, at all offices under it too) or of their organisation."""
    found = Process.objects.visible_to(actor).filter(closed_at__isnull=True)
    if actor.office is not None and not below:
        found = found.filter(office_id=actor.office.id)
    return found


def worked_on(actor: Actor) -> ProcessQuerySet:
    """Cases that the actor moved forward."""
    steps = Entry.objects.filter(by_id=actor.user_id, version__isnull=False)
    return Process.objects.visible_to(actor).filter(pk__in=steps.values("process_id"))


def counts(actor: Actor) -> dict[str, int]:
    """The figures above the queue, in two queries: to do, due by today, in correction, closed this week."""
    today = clock.today()
    waiting = Process.objects.waiting_for(actor).aggregate(
        mine=Count("id"), due=Count("id", filter=Q(due_on__lte=today))
    )
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), clock.ZONE)
    here = Process.objects.visible_to(actor)
    if actor.office is not None:
        # What is with the provider again, and what was decided, counts for every office the case passes.
        figures = {
            "correcting": here.filter(closed_at__isnull=True, suspended=True, office_id=actor.office.id),
            "decided": here.filter(closed_at__gte=monday),
        }
    else:
        figures = {
            "correcting": here.filter(closed_at__isnull=True, suspended=True),
            "decided": here.filter(closed_at__gte=monday),
        }
    return {**waiting, **{name: rows.count() for name, rows in figures.items()}}


def colleagues(process: Process, actor: Actor) -> QuerySet[User]:
    """Who at the actor's office could be in charge of a case: those whose role acts in its state."""
    day = clock.today()
    held = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        valid_from__lte=day,
        office_id=actor.office.id if actor.office else None,
        role__in=roles_waited_for(process),
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("name", "pk")


def bulk_transitions(kind: str, role: Role) -> list[Transition]:
    """Transitions of a workflow that a role may make on many cases at once; each event once."""
    found: dict[str, Transition] = {}
    for one in workflow_of(kind).transitions:
        if one.bulk and role in one.by:
            found.setdefault(one.event, one)
    return list(found.values())


def inbox(actor: Actor) -> QuerySet[Message]:
    """The actor's messages, unread ones first, then the newest."""
    return (
        Message.objects.filter(user_id=actor.user_id)
        .select_related("process")
        .order_by(F("read_at").desc(nulls_first=True), "-created_at", "-id")
    )


def unread(user_id: int) -> int:
    """How many messages a user has not read; counted to 100."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True)[:100].count()


def open_deliveries() -> QuerySet[Delivery]:
    """What could not be sent, and what waits after a failed attempt. Receivers by their sign-in name."""
    return (
        Delivery.objects.exclude(state=Delivery.State.SENT)
        .filter(attempts__gt=0)
        .select_related("message__user")
        .order_by("-id")
    )
