"""What the catalogue says about a platform, courses and tariffs, as facts of a case."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value

from keshi_web.catalogue.models import Course, Listing, Platform, TariffTable


def _listed(scheme: str, path: str, day: date) -> QuerySet[Listing]:
    """Listings under a scheme that hold at a place on a day; those of regions above hold there too."""
    return (
        Listing.objects.alias(place=Value(path, output_field=TextField()))
        .filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            Q(delisted_on__isnull=True) | Q(delisted_on__gt=day),
            scheme=scheme,
            place__startswith=F("region__path"),
            valid_from__lte=day,
        )
        .order_by("valid_from")
    )


def platform_facts(platform: Platform | None, scheme: str, path: str, day: date) -> dict[str, Any]:
    """`recommended` and `evaluated_on` of a platform for classes at a place, judged on a day.

    A registration where the notice asks for one stands on top of the recommendation and changes neither.
    """
    if platform is None:
        return {"recommended": None, "evaluated_on": None}
    rows = list(_listed(scheme, path, day).filter(platform=platform))
    evaluated = [row.valid_from for row in rows if row.ground == Listing.Ground.EVALUATED]
    return {
        "recommended": any(row.ground == Listing.Ground.RECOMMENDED for row in rows),
        "evaluated_on": min(evaluated) if evaluated else None,
    }


def course_evaluated_on(courses: Iterable[Course], scheme: str, path: str, day: date) -> date | None:
    """The day by which every one of the courses had passed its evaluation; None when one has not."""
    wanted = {course.pk for course in courses}
    if not wanted:
        return None
    first: dict[int, date] = {}
    for row in _listed(scheme, path, day).filter(course_id__in=wanted):
        assert row.course_id is not None
        first.setdefault(row.course_id, row.valid_from)
    return max(first.values()) if first.keys() == wanted else None


def tariffs_for(scheme: str, path: str, day: date) -> Mapping[str, list[Mapping[str, Any]]]:
    """A region's own rows by table name, in force on a day; the nearest region's table wins as a whole."""
    rows = (
        TariffTable.objects.alias(place=Value(path, output_field=TextField()))
        .filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            place__startswith=F("region__path"),
            scheme=scheme,
            valid_from__lte=day,
            approved_by__isnull=False,
        )
        .select_related("region")
    )
    nearest = sorted(rows, key=lambda row: (len(row.region.path), row.valid_from, row.pk))
    return {row.table: row.rows for row in nearest}
