"""People in the vault, and those who look at them."""

from datetime import date

import pytest

from keshi.identity import make_id_number, make_uscc
from keshi_web.accounts.actor import Actor, Office
from keshi_web.accounts.models import User
from keshi_web.accounts.roles import Role
from keshi_web.organisations.models import Organisation
from keshi_web.people.models import Person
from keshi_web.people.services import NewPerson, enrol_people, record_employment
from keshi_web.regions.loading import load_divisions
from keshi_web.regions.models import Region

ADULT = date(1985, 5, 17)
PHONE = "139" + "0000" + "0001"
ACCOUNT = "6222" + "0" * 13 + "12"
"""Sound by its Luhn digit, and nobody's."""


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.VAULT_KEYS = tmp_path / "keys.json"


@pytest.fixture
def regions(db):
    load_divisions(("44",))


def row(number: int, name: str = "测试甲", **more: str) -> NewPerson:
    """A synthetic person by a running number (0 to 999)."""
    return NewPerson(name, make_id_number("440203", ADULT, number), **more)


def organisation(serial: str, region: str = "440203") -> Organisation:
    """A synthetic enterprise."""
    return Organisation.objects.create(
        uscc=make_uscc(region, serial),
        name=f"测试单位{serial}",
        name_key=serial,
        pinyin=serial,
        legal_form="company",
        legal_person=True,
        region=Region.objects.get(key=region),
        address="测试路1号",
        industry="工业",
    )


def actor(role: Role, *, region: str = "", at: Organisation | None = None) -> Actor:
    """Somebody with an account in a role."""
    user = User.objects.create_user(f"{role}-{User.objects.count()}", f"测试{role.label}")
    office = Region.objects.get(key=region) if region else None
    return Actor(
        user.pk,
        user.name,
        role,
        assignment_id=0,
        office=Office(office.pk, office.key, office.name, office.level, office.path) if office else None,
        organisation_id=at.pk if at else None,
        organisation_name=at.name if at else "",
    )


@pytest.fixture
def firm(regions) -> Organisation:
    return organisation("MA000001")


@pytest.fixture
def provider(firm) -> Actor:
    return actor(Role.PROVIDER_ADMIN, at=firm)


@pytest.fixture
def clerk(regions) -> Actor:
    return actor(Role.CLERK, region="440203")


@pytest.fixture
def leader(regions) -> Actor:
    return actor(Role.SECTION_LEADER, region="440200")


@pytest.fixture
def person(firm, provider) -> Person:
    """测试甲, employed by the firm, with a phone."""
    [found] = enrol_people([row(1, phone=PHONE)])
    record_employment(found, firm.pk, "contract", date(2019, 1, 1), actor=provider)
    return found
