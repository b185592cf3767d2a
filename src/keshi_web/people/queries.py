"""Reads of the vault, always within the actor's scope, and never a sealed value."""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.people.models import AccessLog, CategoryPeriod, Employment, Person, PersonExport

Scope = Callable[[Actor], Q | None]
"""Which people a part of the service shows to an actor: a condition on Person, or None for nobody.

Write it with `Exists` on `OuterRef("pk")`, so that it does not multiply rows and is cheap for one person.
"""
_scopes: list[Scope] = []


def register_scope(scope: Scope) -> Scope:
    """Let an app add to whom its actors may see, as a bureau those with a filing in its region."""
    _scopes.append(scope)
    return scope


def visible_to(actor: Actor) -> QuerySet[Person]:
    """The people an actor may know of; nobody when no scope says otherwise."""
    seen = Q(pk__in=[])
    for scope in _scopes:
        condition = scope(actor)
        if condition is not None:
            seen |= condition
    return Person.objects.filter(seen)


Cases = Callable[[Person, Actor], Iterable[tuple[str, str]]]
"""Of a person: the cases an actor sees them in, each as its key (`filing:KB2020000001`) and what it is called."""
_cases: list[Cases] = []


def register_cases(cases: Cases) -> Cases:
    """Let an app name the cases a person is part of, so that whoever reads chooses one instead of typing its key."""
    _cases.append(cases)
    return cases


def cases_of(person: Person, actor: Actor) -> list[tuple[str, str]]:
    """The person's cases that the actor sees, as the apps name them."""
    return [one for cases in _cases for one in cases(person, actor)]


@register_scope
def _self(actor: Actor) -> Q | None:
    return Q(user_id=actor.user_id) if actor.role == Role.TRAINEE else None


@register_scope
def _employed(actor: Actor) -> Q | None:
    """A provider's own people, those it dispatches included; for a bureau those employed in its region."""
    employments = Employment.objects.filter(person=OuterRef("pk"))
    if actor.of_provider:
        own = Q(organisation_id=actor.organisation_id) | Q(agency_id=actor.organisation_id)
        return Q(Exists(employments.filter(own)))
    if actor.of_bureau and actor.office:
        return Q(Exists(employments.filter(organisation__region__path__startswith=actor.office.path)))
    return None


def person_for(actor: Actor, pk: UUID) -> Person:
    """One person in scope. Raises Person.DoesNotExist, which a view answers with 404."""
    return visible_to(actor).get(pk=pk)


def known_as(person: Person) -> list[UUID]:
    """Keys of this record and of all that were merged into it."""
    keys, found = [person.pk], [person.pk]
    while found := list(Person.objects.filter(survivor__in=found).values_list("pk", flat=True)):
        keys += found
    return keys


def category_on(person: Person, day: date) -> list[str]:
    """The categories a person belonged to on a day, those that began last first; empty when none is recorded."""
    return categories_on([person], day)[person.pk]


def categories_on(people: Iterable[Person], day: date) -> dict[UUID, list[str]]:
    """`category_on` of many people in one query."""
    found: dict[UUID, list[str]] = {person.pk: [] for person in people}
    rows = CategoryPeriod.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day), person__in=list(found), valid_from__lte=day
    ).order_by("-valid_from", "category")
    for key, category in rows.values_list("person_id", "category"):
        found[key].append(category)
    return found


def employment_on(person: Person, organisation_id: int, day: date) -> Employment | None:
    """How a person worked for an organisation on a day."""
    return (
        person.employments.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            organisation_id=organisation_id,
            valid_from__lte=day,
        )
        .order_by("-valid_from")
        .first()
    )


def reads_of(person: Person) -> QuerySet[AccessLog]:
    """Who read this person's data, newest first, with what a page shows of it."""
    return AccessLog.objects.filter(person__in=known_as(person)).select_related(
        "user", "office", "organisation"
    )


def exports_for(actor: Actor) -> QuerySet[PersonExport]:
    """Exports an actor asked for, or may decide on."""
    shown = Q(user_id=actor.user_id)
    if actor.office and (actor.leads or actor.role == Role.AUDITOR):
        shown |= Q(office__path__startswith=actor.office.path)
    elif actor.role == Role.PROVIDER_ADMIN:
        shown |= Q(organisation_id=actor.organisation_id)
    return PersonExport.objects.filter(shown).select_related("user", "decided_by", "office", "organisation")
