"""What the catalogue says about platforms, courses, occupations and tariffs, as facts of a case."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value

from keshi.scheme.model import Platform as NamedPlatform
from keshi_web.catalogue.models import (
    CatalogueEntry,
    Course,
    Listing,
    Occupation,
    Platform,
    Registration,
    TariffTable,
)
from keshi_web.organisations.queries import in_force
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion


def listings_at(
    path: str, day: date, scheme: str | None = None, *, known_on: date | None = None
) -> QuerySet[Listing]:
    """Listings that hold at a place on a day, the oldest first; those of regions above hold there too.

    `known_on`: delistings until that day count too, although they came after the day judged.
    """
    rows = (
        Listing.objects.alias(place=Value(path, output_field=TextField()))
        .filter(in_force(day), place__startswith=F("region__path"))
        .filter(Q(delisted_on__isnull=True) | Q(delisted_on__gt=known_on or day))
        .order_by("valid_from", "pk")
    )
    return rows.filter(scheme=scheme) if scheme else rows


def platform_facts(
    platform: Platform | None, scheme: str, path: str, day: date, *, known_on: date | None = None
) -> dict[str, Any]:
    """`recommended` and `evaluated_on` of a platform for classes at a place, judged on a day (see `listings_at`).

    A registration where the notice asks for one (`registration_asked`) stands on top and changes neither.
    """
    if platform is None:
        return {"recommended": None, "evaluated_on": None}
    rows = list(listings_at(path, day, scheme, known_on=known_on).filter(platform=platform))
    evaluated = [row.valid_from for row in rows if row.ground == Listing.Ground.EVALUATED]
    return {
        "recommended": any(row.ground == Listing.Ground.RECOMMENDED for row in rows),
        "evaluated_on": min(evaluated) if evaluated else None,
    }


def registration_asked(version: SchemeVersion, platform: Platform | None) -> NamedPlatform | None:
    """The notice's word on a platform that it lets be used only after a registration; None where it asks for none."""
    if platform is None or platform.operator_id is not None:
        return None
    named = get(version).file.platforms
    return next((one for one in named if one.name == platform.name and one.registration), None)


def registered(version: SchemeVersion, platform: Platform, organisation_id: int, day: date) -> bool:
    """Whether an organisation was registered for a platform under the notice by a day."""
    return Registration.objects.filter(
        scheme=version.scheme, platform=platform, organisation_id=organisation_id, registered_on__lte=day
    ).exists()


def course_evaluated_on(
    courses: Iterable[Course], scheme: str, path: str, day: date, *, known_on: date | None = None
) -> date | None:
    """The day by which every one of the courses had passed its evaluation; None when one has not."""
    wanted = {course.pk for course in courses}
    if not wanted:
        return None
    first: dict[int, date] = {}
    rows = listings_at(path, day, scheme, known_on=known_on).filter(
        course_id__in=wanted, ground=Listing.Ground.EVALUATED
    )
    for course_id, since in rows.values_list("course_id", "valid_from"):
        assert course_id is not None
        first.setdefault(course_id, since)
    return max(first.values()) if first.keys() == wanted else None


def tables_in_force(scheme: str, path: str, day: date) -> dict[str, TariffTable]:
    """The table that applies at a place on a day, by its name: the nearest region's."""
    rows = (
        TariffTable.objects.alias(place=Value(path, output_field=TextField()))
        .filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            valid_from__lte=day,
            place__startswith=F("region__path"),
            scheme=scheme,
            decision=TariffTable.Decision.APPROVED,
        )
        .select_related("region")
    )
    return {row.table: row for row in sorted(rows, key=lambda row: len(row.region.path))}


def tariffs_for(scheme: str, path: str, day: date) -> Mapping[str, list[Mapping[str, Any]]]:
    """A region's own rows by table name, in force on a day; the nearest region's table wins as a whole."""
    return {name: table.rows for name, table in tables_in_force(scheme, path, day).items()}


def occupation_entry(occupation: Occupation, path: str, day: date) -> CatalogueEntry | None:
    """The entry by which an occupation stands in the catalogue of a place on a day.

    Editions of the classification keep code and name of most occupations: an entry of another edition counts.
    """
    return (
        CatalogueEntry.objects.alias(place=Value(path, output_field=TextField()))
        .filter(
            in_force(day),
            place__startswith=F("region__path"),
            occupation__code=occupation.code,
            occupation__name=occupation.name,
        )
        .select_related("region")
        .order_by("-region__path")
        .first()
    )
