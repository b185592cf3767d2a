"""Reads: which notices govern a place on a day, which versions a person sees, which facts hold."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value

from keshi.vocabulary import Fact, vocabulary
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.regions.models import Region
from keshi_web.schemes.models import RegionalFact, SchemeVersion
from keshi_web.schemes.states import Decision, State

MOST_REGIONS = 200
ROOM = "facts."
"""The facts of the vocabulary that a bureau declares."""


def governing(day: date) -> QuerySet[SchemeVersion]:
    """Published versions that judge a class starting on the day."""
    return SchemeVersion.objects.filter(
        Q(governs_from__isnull=True) | Q(governs_from__lte=day),
        Q(governs_until__isnull=True) | Q(governs_until__gte=day),
        state=State.PUBLISHED,
    ).select_related("region")


def in_force(scheme: str, day: date) -> SchemeVersion | None:
    """The one version of a scheme that judges a class starting on the day, or None."""
    return governing(day).filter(scheme=scheme).first()


def for_place(region_path: str, day: date) -> list[SchemeVersion]:
    """The versions whose region covers a place in the tree on a day, the nearest region first."""
    found = governing(day).alias(place=Value(region_path, output_field=TextField()))
    covering = found.filter(place__startswith=F("region__path")).order_by("scheme")
    return sorted(covering, key=lambda version: (-len(version.region.path), version.scheme))


def public() -> QuerySet[SchemeVersion]:
    """Every version that was ever published: whoever was judged by it may read it for good."""
    return SchemeVersion.objects.filter(published_at__isnull=False).select_related("region")


def seen_by(actor: Actor | None) -> QuerySet[SchemeVersion]:
    """Public versions, and for the bureau's people also those being prepared in their part of the tree."""
    found = SchemeVersion.objects.select_related("region", "imported_by", "approved_by")
    mine = Q(published_at__isnull=False)
    if actor is not None and actor.office is not None:
        mine |= Q(region__path__startswith=actor.office.path)
    return found.filter(mine)


def find(
    actor: Actor | None,
    *,
    region_path: str = "",
    text: str = "",
    states: tuple[str, ...] = (),
    day: date | None = None,
) -> QuerySet[SchemeVersion]:
    """Versions the actor sees: of a place (its own and those above it), by words, state, or class day."""
    found = seen_by(actor)
    if region_path:
        found = found.alias(place=Value(region_path, output_field=TextField())).filter(
            Q(place__startswith=F("region__path")) | Q(region__path__startswith=region_path)
        )
    if text:
        words = Q()
        for name in ("title_zh", "title_en", "notice", "scheme", "region__name", "region__name_en"):
            words |= Q(**{f"{name}__icontains": text})
        found = found.filter(words)
    if states:
        found = found.filter(state__in=states)
    if day:
        found = found.filter(pk__in=governing(day).values("pk"))
    return found.order_by("region__path", "scheme", "-number", "-id")


def of_region(found: QuerySet[SchemeVersion], text: str) -> QuerySet[SchemeVersion]:
    """Those of a region by its code or a part of its name, those of the regions above it included."""
    named = Region.objects.filter(Q(code=text) | Q(name__contains=text) | Q(name_en__icontains=text))
    paths = list(named.order_by("path").values_list("path", flat=True)[:MOST_REGIONS])
    keys = {key for path in paths for key in path.strip("/").split("/")}
    return found.filter(Q(region__in=named) | Q(region__key__in=keys))


def versions_of(version: SchemeVersion, actor: Actor | None) -> QuerySet[SchemeVersion]:
    """The other versions of the same scheme that the actor sees, the newest first."""
    return seen_by(actor).filter(scheme=version.scheme).exclude(pk=version.pk).order_by("-number", "-id")


def overlapping(version: SchemeVersion) -> list[SchemeVersion]:
    """Published versions of the same scheme that judge a day which this one would judge too."""
    found = SchemeVersion.objects.filter(scheme=version.scheme, state=State.PUBLISHED).exclude(pk=version.pk)
    begins, ends = version.governs_from or date.min, version.governs_until or date.max
    return [
        other
        for other in found.order_by("number")
        if (other.governs_from or date.min) <= ends and begins <= (other.governs_until or date.max)
    ]


# Who may do what -----------------------------------------------------------------------------------------


def may_prepare(actor: Actor | None, region: Region) -> bool:
    """A clerk of the office whose notice it is imports, checks and declares."""
    return (
        actor is not None
        and actor.role == Role.CLERK
        and actor.office is not None
        and actor.office.path == region.path
    )


def may_decide(actor: Actor | None, region: Region) -> bool:
    """A leader of the same office or of one above it approves, publishes and withdraws."""
    return actor is not None and actor.leads and actor.covers(region.path)


# Facts ----------------------------------------------------------------------------------------------------


def declarable() -> Mapping[str, Fact]:
    """The facts that a bureau declares for its region, by name without the room."""
    return {
        name.removeprefix(ROOM): fact
        for name, fact in vocabulary().items()
        if name.startswith(ROOM) and not fact.derived
    }


def facts_for(region_path: str, at: date | None = None) -> dict[str, Any]:
    """What is declared for a place as known at the end of a day (None: now), by name without the room.

    A region inherits from those above it; its own declaration comes first. A fact that nobody declared, or
    whose declaration was taken back, is absent: the library reports it as unknown where a rule needs it.
    """
    rows = (
        RegionalFact.objects.filter(decision=Decision.APPROVED)
        .alias(place=Value(region_path, output_field=TextField()))
        .filter(place__startswith=F("region__path"))
        .select_related("region")
        .order_by("decided_at", "id")
    )
    if at is not None:
        rows = rows.filter(decided_at__lt=datetime.combine(at + timedelta(1), time.min, clock.ZONE))
    latest = {(row.region.path, row.name): row for row in rows}
    known = declarable()
    found: dict[str, Any] = {}
    for (_path, name), row in sorted(latest.items(), key=lambda pair: len(pair[0][0])):
        if row.value is not None and name in known:
            found[name] = read_value(known[name], row.value)
    return found


def read_value(fact: Fact, stored: Any) -> Any:
    """A stored value as the library takes it."""
    match fact.type:
        case "date":
            return date.fromisoformat(stored)
        case "number":
            exact = Fraction(str(stored))
            return exact.numerator if exact.denominator == 1 else exact
        case _:
            return stored


def facts_seen_by(actor: Actor) -> QuerySet[RegionalFact]:
    """Declarations of the actor's part of the tree and of the regions above it, which it inherits."""
    path = actor.office.path if actor.office else ""
    return (
        RegionalFact.objects.alias(place=Value(path, output_field=TextField()))
        .filter(Q(region__path__startswith=path) | Q(place__startswith=F("region__path")))
        .select_related("region", "declared_by", "decided_by", "document")
    )
