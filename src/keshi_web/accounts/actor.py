"""Who acts, in which role, for which office or organisation: the one thing services ask about a person."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from keshi_web.accounts.models import Assignment, Delegation, User
from keshi_web.accounts.roles import LEADERS, OFFICE_ROLES, ORGANISATION_ROLES, PROVIDERS, REVIEWERS, Role
from keshi_web.common import clock, row_security
from keshi_web.common.language import lang


@dataclass(frozen=True)
class Office:
    """An office of the bureau: its place in the region tree is its jurisdiction."""

    id: int
    key: str
    name: str
    level: str
    path: str
    name_en: str = ""


@dataclass(frozen=True)
class Actor:
    """A signed-in person in one of their roles. `standing_in_for` names whose assignment a delegate uses."""

    user_id: int
    name: str
    role: Role
    assignment_id: int
    office: Office | None = None
    organisation_id: int | None = None
    organisation_name: str = ""
    standing_in_for: int | None = None
    reads_only: bool = False
    """Of an organisation that was closed or merged: what it has done stays in sight, nothing new is done."""

    @property
    def of_bureau(self) -> bool:
        """Works at an office."""
        return self.role in OFFICE_ROLES

    @property
    def of_organisation(self) -> bool:
        """Works at a provider or platform."""
        return self.role in ORGANISATION_ROLES

    @property
    def of_provider(self) -> bool:
        """May file classes for an organisation."""
        return self.role in PROVIDERS

    @property
    def reviews(self) -> bool:
        """Reviews cases at an office."""
        return self.role in REVIEWERS

    @property
    def leads(self) -> bool:
        """Decides cases at an office."""
        return self.role in LEADERS

    @property
    def place(self) -> str:
        """Name of the office or organisation, for the page header and the timeline."""
        return self.office.name if self.office else self.organisation_name

    @property
    def place_shown(self) -> str:
        """The place in the reader's language."""
        return self.office.name_en if self.office and self.office.name_en and lang() == "en" else self.place

    def covers(self, path: str) -> bool:
        """Whether a place in the region tree lies in the actor's jurisdiction."""
        return self.office is not None and path.startswith(self.office.path)


def assignments_of(user: User) -> QuerySet[Assignment]:
    """What the user holds today, most recent first."""
    day = clock.today()
    return (
        user.assignments.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)
        .select_related("office", "organisation")
        .order_by("-valid_from", "-id")
    )


def delegations_ahead(user: User) -> QuerySet[Delegation]:
    """Delegations to the user that run today or will, as long as the user works at the same office."""
    day = clock.today()
    colleague = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        user=OuterRef("to"),
        office=OuterRef("assignment__office"),
    )
    return Delegation.objects.filter(
        Exists(colleague),
        Q(assignment__valid_until__isnull=True) | Q(assignment__valid_until__gte=day),
        to=user,
        revoked_at__isnull=True,
        valid_until__gte=day,
        assignment__user__is_active=True,
    )


def delegations_to(user: User) -> QuerySet[Delegation]:
    """Assignments of others that the user may use today."""
    day = clock.today()
    return (
        delegations_ahead(user)
        .filter(valid_from__lte=day, assignment__valid_from__lte=day)
        .select_related("assignment__office", "assignment__organisation", "assignment__user")
    )


def actor_of(user: User, assignment_id: int | None = None) -> Actor | None:
    """The user in the assignment asked for, or in their first one; None when they hold none."""
    held = list(assignments_of(user))
    chosen = next((one for one in held if one.pk == assignment_id), None)
    if chosen is None and assignment_id is not None:
        lent = delegations_to(user).filter(assignment_id=assignment_id).first()
        if lent:
            return _actor(user, lent.assignment, standing_in_for=lent.assignment.user_id)
    if chosen is None and held:
        chosen = held[0]
    return _actor(user, chosen) if chosen else None


def scope_of(actor: Actor | None) -> row_security.Scope:
    """What the database shows while this actor is served."""
    if actor is None:
        return row_security.NOBODY
    if actor.office is not None:
        return row_security.of_office(actor.office.path, actor.user_id)
    if actor.organisation_id is not None:
        return row_security.of_organisation(actor.organisation_id, actor.user_id)
    return row_security.of_user(actor.user_id)


def _actor(user: User, held: Assignment, standing_in_for: int | None = None) -> Actor:
    office = held.office
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=Role(held.role),
        assignment_id=held.pk,
        office=Office(office.pk, office.key, office.name, office.level, office.path, office.name_en)
        if office
        else None,
        organisation_id=held.organisation_id,
        organisation_name=held.organisation.name if held.organisation else "",
        standing_in_for=standing_in_for,
        reads_only=held.organisation is not None and not held.organisation.is_open,
    )
