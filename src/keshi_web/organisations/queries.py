"""What a person may see of organisations."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from keshi_web.accounts.actor import Actor
from keshi_web.common import clock
from keshi_web.organisations.models import (
    Blacklisting,
    DispatchAgreement,
    Kind,
    Organisation,
    SizeDeclaration,
)
from keshi_web.organisations.names import name_key
from keshi_web.organisations.words import OPEN_STATES


def organisations_for(actor: Actor | None) -> QuerySet[Organisation]:
    """Organisations in the actor's jurisdiction, or their own; none for anybody else."""
    if actor is not None and actor.office is not None:
        return Organisation.objects.filter(region__path__startswith=actor.office.path)
    if actor is not None and actor.organisation_id is not None:
        return Organisation.objects.filter(pk=actor.organisation_id)
    return Organisation.objects.none()


def in_force(day: date, prefix: str = "") -> Q:
    """Dated rows that hold on a day."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gte": day})
    )


def listed(actor: Actor | None) -> QuerySet[Organisation]:
    """As `organisations_for`, with region, present size and whether barred: what a list shows, in one query."""
    day = clock.today()
    latest = SizeDeclaration.objects.filter(organisation=OuterRef("pk"), declared_on__lte=day)
    return (
        organisations_for(actor)
        .select_related("region")
        .annotate(
            size=Coalesce(Subquery(latest.order_by("-declared_on", "-id").values("size")[:1]), Value("")),
            barred=Exists(Blacklisting.objects.filter(barring(day), organisation=OuterRef("pk"))),
        )
    )


def of_kind(kind: str, day: date) -> QuerySet[Kind]:
    """For `filter(Exists(…))`: the outer organisation acts as this kind on a day."""
    return Kind.objects.filter(in_force(day), organisation=OuterRef("pk"), kind=kind)


def barring(day: date) -> Q:
    """Blacklistings that bar on a day."""
    return in_force(day) & Q(lifted_at__isnull=True)


def blacklisting_on(organisation_id: int, day: date) -> Blacklisting | None:
    """The decision that bars an organisation on a day."""
    return Blacklisting.objects.filter(barring(day), organisation_id=organisation_id).first()


def kinds_on(organisation: Organisation, day: date) -> list[str]:
    """The kinds an organisation acts as on a day."""
    return list(organisation.kinds.filter(in_force(day)).values_list("kind", flat=True).order_by("kind"))


def size_on(organisation: Organisation, day: date) -> SizeDeclaration | None:
    """The declaration that counts on a day: the last one made by then."""
    return organisation.size_declarations.filter(declared_on__lte=day).order_by("-declared_on", "-id").first()


def agreements_of(organisation: Organisation) -> QuerySet[DispatchAgreement]:
    """Dispatch agreements on either side."""
    return DispatchAgreement.objects.filter(
        Q(agency=organisation) | Q(user_enterprise=organisation)
    ).select_related("agency", "user_enterprise", "document")


def alike(organisation: Organisation) -> QuerySet[Organisation]:
    """Possible duplicates: the same name, but for form and punctuation, registered in the same region."""
    return Organisation.objects.filter(
        region_id=organisation.region_id, name_key=name_key(organisation.name), state__in=OPEN_STATES
    ).exclude(pk=organisation.pk)
