"""Sample people of demonstrations and tests: the bureaus of the five cities, their province, a system administrator.

Names are made up by pattern; usernames say city, place and role: yingkou-210804-clerk, jinan-leader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.regions.models import Region

PASSWORD = "keshi-demonstration-2020"
"""Of every sample person; good for nothing where people work, as they cannot sign in there."""
SINCE = date(2020, 1, 1)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class City:
    """A city of the sample: where its people work."""

    slug: str
    key: str
    district: str
    offices: tuple[str, ...] = ()


CITIES = (
    City("yingkou", "210800", "210804", ("210802",)),
    City("jinan", "370100", "370102", ("370100-gaoxin",)),
    City("ankang", "610900", "610902", ("610900-gaoxin",)),
    City("wuhai", "150300", "150302"),
    City("shaoguan", "440200", "440203"),
)
_AT_DISTRICT = (("clerk", Role.CLERK), ("section", Role.SECTION_LEADER))
_AT_CITY = (
    ("clerk", Role.CLERK),
    ("section", Role.SECTION_LEADER),
    ("leader", Role.BUREAU_LEADER),
    ("evaluator", Role.EVALUATOR),
    ("finance", Role.FINANCE_MAKER),
    ("finance-check", Role.FINANCE_CHECKER),
    ("auditor", Role.AUDITOR),
)


@transaction.atomic
def load_sample() -> int:
    """Make the sample staff, once; how many people there are. Regions come first.

    Raises RuntimeError where people work: sample people have a password everybody knows.
    """
    _only_local()
    offices = {office.key: office for office in Region.objects.filter(key__in=_office_keys())}
    names = _names()
    hashed = _hashed()
    made = 0
    for username, role, key in _staff():
        _person(username, next(names), role, hashed, office=offices[key] if key else None)
        made += 1
    return made + sum(provider_accounts(organisation) for organisation in _organisations())


@transaction.atomic
def provider_accounts(organisation: Any) -> int:
    """Let the administrator of a sample organisation be signed in as, and add its other people; how many there are.

    The sample of organisations calls this for each one it registers; `load_sample` does for those it finds.
    Usernames go on from the administrator's: yingkou-jia, yingkou-jia-training, yingkou-wu-operator.
    """
    _only_local()
    hashed = _hashed()
    held = (
        Assignment.objects.filter(organisation=organisation, role=Role.PROVIDER_ADMIN).order_by("pk").first()
    )
    base = held.user.username if held else f"p-{organisation.uscc[-8:].lower()}"
    people = [(base, "管理员", Role.PROVIDER_ADMIN), (f"{base}-training", "培训", Role.TRAINING_ADMIN)]
    if organisation.kinds.filter(kind="platform").exists():
        people.append((f"{base}-operator", "运营", Role.PLATFORM_OPERATOR))
    for username, title, role in people:
        _person(username, f"{organisation.name[:6]}{title}", role, hashed, organisation=organisation)
    User.objects.filter(username=base).update(is_sample=True, password=hashed)
    return len(people)


@transaction.atomic
def trainee_account(username: str, name: str) -> None:
    """A sample trainee's account under a masked name, once; whoever calls links it to the person's record."""
    _only_local()
    _person(username, name, Role.TRAINEE, _hashed())


def city_key(username: str) -> str:
    """Key of the city that a sample person's sign-in name begins with; empty for none."""
    return {city.slug: city.key for city in CITIES}.get(username.partition("-")[0], "")


def _staff() -> Iterator[tuple[str, Role, str]]:
    for city in CITIES:
        for place in (city.district, *city.offices):
            for suffix, role in _AT_DISTRICT:
                yield f"{city.slug}-{place.removeprefix(f'{city.key}-')}-{suffix}", role, place
        for suffix, role in _AT_CITY:
            yield f"{city.slug}-{suffix}", role, city.key
    for city in CITIES:
        yield f"{city.slug}-province", Role.BUREAU_LEADER, _province(city)
    yield "sysadmin", Role.SYSADMIN, ""
    yield "sysadmin2", Role.SYSADMIN, ""


def _office_keys() -> set[str]:
    return {key for _username, _role, key in _staff() if key}


def _province(city: City) -> str:
    return f"{city.key[:2]}0000"


def _names() -> Iterator[str]:
    """赵测甲, 钱测甲 …: names of nobody in particular."""
    for place in count():
        turn, surname = divmod(place, len(_SURNAMES))
        yield f"{_SURNAMES[surname]}测{_GIVEN[turn % len(_GIVEN)]}"


def _person(
    username: str,
    name: str,
    role: Role,
    hashed: str,
    *,
    office: Region | None = None,
    organisation: Any = None,
) -> None:
    user, _made = User.objects.get_or_create(
        username=username, defaults={"name": name, "password": hashed, "is_sample": True}
    )
    Assignment.objects.get_or_create(
        user=user, role=role, office=office, organisation=organisation, defaults={"valid_from": SINCE}
    )


def _organisations() -> Iterator[Any]:
    """Sample organisations that are there already, known by their administrator's sign-in name."""
    slugs = "|".join(city.slug for city in CITIES)
    held = Assignment.objects.filter(
        role=Role.PROVIDER_ADMIN, organisation__isnull=False, user__username__regex=rf"^({slugs})-[a-z]+$"
    )
    for one in held.select_related("organisation"):
        yield one.organisation


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def _only_local() -> None:
    if not settings.LOCAL:
        raise RuntimeError("sample people are made in demonstrations and tests only")
