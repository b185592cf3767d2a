"""What a person may see of the catalogue. Listings are public; what is not listed only its own side sees."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value

from keshi_web.accounts.actor import Actor
from keshi_web.catalogue.models import (
    CatalogueEntry,
    Course,
    Evaluation,
    Listing,
    Platform,
    Registration,
    TariffTable,
    Teacher,
)
from keshi_web.organisations.queries import in_force
from keshi_web.schemes.models import SchemeVersion
from keshi_web.workflow.models import Process


def platforms_for(actor: Actor) -> QuerySet[Platform]:
    """Platforms that are or were listed, recommended ones, and those of the actor's own or jurisdiction."""
    seen = Q(pk__in=Listing.objects.exclude(platform=None).values("platform")) | Q(operator=None)
    return Platform.objects.filter(seen | _owned_by(actor, "operator")).select_related("operator")


def courses_for(actor: Actor) -> QuerySet[Course]:
    """Courses that are or were listed, and those of the actor's own or jurisdiction."""
    listed = Q(pk__in=Listing.objects.exclude(course=None).values("course"))
    return Course.objects.filter(listed | _owned_by(actor, "owner")).select_related(
        "owner", "platform", "occupation"
    )


def teachers_for(actor: Actor) -> QuerySet[Teacher]:
    """The organisation's own; for the bureau those of its jurisdiction who have an honour."""
    rows = Teacher.objects.filter(_owned_by(actor, "organisation")).select_related("organisation")
    return rows.exclude(honours=[]) if actor.of_bureau else rows


def _owned_by(actor: Actor, owner: str) -> Q:
    if actor.office is not None:
        return Q(**{f"{owner}__region__path__startswith": actor.office.path})
    return Q(**{owner: actor.organisation_id}) if actor.organisation_id else Q(pk=None)


def public_teachers(day: date) -> QuerySet[Teacher]:
    """Teachers with honours who agreed to be named and teach on a day."""
    return (
        Teacher.objects.filter(
            Q(until__isnull=True) | Q(until__gte=day), consented_on__lte=day, since__lte=day
        )
        .exclude(honours=[])
        .select_related("organisation__region")
    )


def evaluations_for(actor: Actor) -> QuerySet[Evaluation]:
    """Evaluations of the actor's jurisdiction or organisation."""
    return Evaluation.objects.filter(
        process__in=Process.objects.filter(kind="evaluation").visible_to(actor)
    ).select_related("process__office", "applicant", "platform", "course", "occupation", "scheme_version")


def evaluation_of(actor: Actor, number: str) -> Evaluation | None:
    """One of them by its number, with everything its page shows."""
    return (
        evaluations_for(actor)
        .select_related(
            "applicant__region", "scheme_version__region", "course__occupation", "course__platform"
        )
        .filter(process__number=number)
        .first()
    )


def registrations_for(actor: Actor) -> QuerySet[Registration]:
    """Registrations for platforms of the actor's jurisdiction or organisation."""
    seen = Process.objects.filter(kind="platform-registration").visible_to(actor)
    return Registration.objects.filter(process__in=seen).select_related(
        "process__office", "platform", "organisation"
    )


def tariffs_for_reader(actor: Actor) -> QuerySet[TariffTable]:
    """Tables of the actor's part of the tree and of the regions above it."""
    path = place_of(actor)
    rows = TariffTable.objects.alias(place=Value(path, output_field=TextField())).select_related(
        "region", "entered_by", "approved_by"
    )
    mine = Q(place__startswith=F("region__path"))
    if actor.of_bureau:
        return rows.filter(mine | Q(region__path__startswith=path))
    return rows.filter(mine, decision=TariffTable.Decision.APPROVED)


def place_of(actor: Actor) -> str:
    """Where a person stands in the region tree: the office, or the organisation's region."""
    if actor.office is not None:
        return actor.office.path
    from keshi_web.organisations.models import Organisation

    found = Organisation.objects.select_related("region").filter(pk=actor.organisation_id).first()
    return found.region.path if found else "/"


def listings_of(thing: Platform | Course) -> QuerySet[Listing]:
    """Every listing of a platform or course, the latest first."""
    return thing.listings.select_related("region").order_by("-valid_from", "-pk")


def directory(day: date) -> QuerySet[Listing]:
    """Everything that was ever listed by a day, for everybody."""
    return Listing.objects.filter(valid_from__lte=day).select_related(
        "platform__operator", "course__owner", "course__platform", "region"
    )


def by_standing(rows: QuerySet[Listing], standing: str, day: date) -> QuerySet[Listing]:
    """Narrow listings to those in force, expired or delisted on a day."""
    out = Q(delisted_on__lte=day)
    match standing:
        case "listed":
            return rows.filter(in_force(day)).exclude(out)
        case "expired":
            return rows.filter(valid_until__lt=day).exclude(out)
        case "delisted":
            return rows.filter(out)
        case _:
            return rows


def entries_for(actor: Actor) -> QuerySet[CatalogueEntry]:
    """Entries of the catalogues that hold where the actor stands, past and present."""
    path = place_of(actor)
    rows = CatalogueEntry.objects.alias(place=Value(path, output_field=TextField()))
    return rows.filter(
        Q(place__startswith=F("region__path")) | Q(region__path__startswith=path)
    ).select_related("region", "occupation")


def scheme_titles(schemes: Iterable[str]) -> dict[str, Any]:
    """The latest published version of each scheme, for its title and notice."""
    rows = SchemeVersion.objects.filter(scheme__in=set(schemes), published_at__isnull=False)
    return {row.scheme: row for row in rows.order_by("number")}


def may_edit(actor: Actor, owner_id: int | None) -> bool:
    """Whether a platform or course is the actor's own to maintain."""
    return actor.of_organisation and owner_id is not None and owner_id == actor.organisation_id


def may_list(actor: Actor) -> bool:
    """Whether the actor may put platforms into the directory."""
    return actor.leads
