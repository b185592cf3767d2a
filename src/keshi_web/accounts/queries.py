"""What an actor may read about accounts."""

from django.db.models import Q, QuerySet

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, Delegation, SecurityEvent, User
from keshi_web.accounts.roles import Role
from keshi_web.common import clock


def running(prefix: str = "") -> Q:
    """Assignments in force today, seen through a relation named by the prefix."""
    day = clock.today()
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gte": day})
    )


def users_for(actor: Actor) -> QuerySet[User]:
    """Accounts the actor manages: all of them for a system administrator, nobody's otherwise."""
    return User.objects.all() if actor.role == Role.SYSADMIN else User.objects.none()


def members_of(actor: Actor) -> QuerySet[User]:
    """People who hold, or held, a role at the actor's organisation."""
    if actor.organisation_id is None or actor.role != Role.PROVIDER_ADMIN:
        return User.objects.none()
    held = Assignment.objects.filter(organisation_id=actor.organisation_id)
    return User.objects.filter(pk__in=held.values("user_id"))


def colleagues_of(actor: Actor) -> QuerySet[User]:
    """Others who hold a role at the actor's office today."""
    if actor.office is None:
        return User.objects.none()
    held = Assignment.objects.filter(running(), office_id=actor.office.id)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).exclude(pk=actor.user_id)


def delegations_visible_to(actor: Actor) -> QuerySet[Delegation]:
    """Delegations of the actor's office, and those to or from the actor anywhere, the latest first."""
    mine = Q(to_id=actor.user_id) | Q(assignment__user_id=actor.user_id)
    if actor.office is not None:
        mine |= Q(assignment__office_id=actor.office.id)
    return (
        Delegation.objects.filter(mine)
        .select_related("assignment__user", "assignment__office", "assignment__organisation", "to")
        .order_by("-valid_from", "-id")
    )


def security_events_for(actor: Actor) -> QuerySet[SecurityEvent]:
    """The security log: all of it for a system administrator; for an auditor, of accounts in their jurisdiction."""
    events = SecurityEvent.objects.select_related("user", "by")
    if actor.role == Role.SYSADMIN:
        return events
    if actor.role != Role.AUDITOR or actor.office is None:
        return events.none()
    here = Assignment.objects.filter(
        Q(office__path__startswith=actor.office.path)
        | Q(organisation__region__path__startswith=actor.office.path)
    )
    return events.filter(user_id__in=here.values("user_id"))
