"""Sample people as the sign-in page of a demonstration offers them: by city, then by role."""

from dataclasses import dataclass, field

from keshi_web.accounts.models import Assignment
from keshi_web.accounts.queries import running
from keshi_web.accounts.roles import Role
from keshi_web.accounts.sample import city_key
from keshi_web.regions.models import Level, Region


@dataclass(frozen=True)
class Sample:
    """One person to sign in as."""

    username: str
    name: str
    role: str
    place: str


@dataclass
class Group:
    """The sample people of a city, or of the whole service where there is none."""

    title: str
    people: list[Sample] = field(default_factory=list)


def sample_accounts() -> list[Group]:
    """All sample people who can sign in today, a group for each city in the order they were made, then the others."""
    held = list(
        Assignment.objects.filter(running(), user__is_sample=True, user__is_active=True)
        .select_related("user", "office", "organisation__region")
        .order_by("pk")
    )
    order: dict[str, None] = dict.fromkeys(key for one in held if (key := _city_key(one)))
    ranks = {role: place for place, role in enumerate(Role)}
    held.sort(key=lambda one: (_path(one).count("/") if one.office_id else 99, ranks[Role(one.role)]))
    cities = {city.key: city for city in Region.objects.filter(level=Level.CITY, key__in=order)}
    groups = {key: Group(str(cities[key])) for key in order if key in cities}
    others = Group("")
    for one in held:
        group = groups.get(_city_key(one), others)
        place = str(one.office or one.organisation or "")
        group.people.append(Sample(one.user.username, one.user.name, str(Role(one.role).label), place))
    return [group for group in (*groups.values(), others) if group.people]


def _path(held: Assignment) -> str:
    place = held.office or (held.organisation.region if held.organisation else None)
    return place.path if place else ""


def _city_key(held: Assignment) -> str:
    """Key of the city that the place is or lies in, for a trainee of the city named by the account; else empty."""
    above = _path(held).strip("/").split("/")[1:2]
    return above[0] if above else city_key(held.user.username) if held.role == Role.TRAINEE else ""
