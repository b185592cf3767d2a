"""A city with two districts, its people, and a way to sign in as they do."""

import base64
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from keshi.identity import make_uscc
from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, SecondFactor, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import second_factor
from keshi_web.common import clock as service_clock
from keshi_web.organisations.models import Organisation
from keshi_web.regions.models import Region

PASSWORD = "correct-horse-battery-staple"
HASHED = make_password(PASSWORD)
_numbers = count(1)


@pytest.fixture
def city(db: None) -> dict[str, Region]:
    """营口 with two districts, and 韶关 elsewhere."""
    made: dict[str, Region] = {}
    for key, parent, level in (
        ("210000", "", "province"),
        ("210800", "210000", "city"),
        ("210802", "210800", "district"),
        ("210804", "210800", "district"),
        ("440000", "", "province"),
        ("440200", "440000", "city"),
    ):
        above = made.get(parent)
        made[key] = Region.objects.create(
            key=key, code=key, name=f"区{key}", name_en=key, level=level, parent=above,
            path=f"{above.path if above else '/'}{key}/",
        )  # fmt: skip
    return made


@pytest.fixture
def person(city: dict[str, Region]) -> Callable[..., User]:
    """`person(Role.CLERK, "210804")`: somebody who holds this role since the beginning of the year."""

    def make(
        role: Role | None = None, office: str = "", organisation: Organisation | None = None, **more: Any
    ) -> User:
        number = next(_numbers)
        user = User.objects.create(username=f"user{number}", name=f"测试{number}", password=HASHED, **more)
        if role:
            Assignment.objects.create(
                user=user,
                role=role,
                office=city[office] if office else None,
                organisation=organisation,
                valid_from=date(2020, 1, 1),
            )
        return user

    return make


@pytest.fixture
def actor(person: Callable[..., User]) -> Callable[..., Actor]:
    """`actor(Role.CLERK, "210804")`: the same, as services know them."""

    def make(*args: Any, **more: Any) -> Actor:
        found = actor_of(person(*args, **more))
        assert found is not None
        return found

    return make


@pytest.fixture
def organisation(city: dict[str, Region]) -> Callable[[], Organisation]:
    """An organisation of 营口."""

    def make() -> Organisation:
        number = next(_numbers)
        return Organisation.objects.create(
            uscc=make_uscc("210804", f"MA{number:06d}"), name=f"测试{number}有限公司", name_key=f"测试{number}",
            pinyin=f"ceshi{number}", legal_form="company", legal_person=True, region=city["210804"],
            address="测试路1号", industry="工业",
        )  # fmt: skip

    return make


class Authenticator:
    """The app on somebody's phone."""

    def __init__(self, factor: SecondFactor) -> None:
        self.key = base64.b32decode(second_factor.secret_of(factor))

    @classmethod
    def of(cls, user: User) -> "Authenticator":
        """One that is enrolled already."""
        factor = second_factor.begin(user)
        SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=service_clock.now())
        return cls(factor)

    def code(self, steps: int = 0) -> str:
        """The code shown now, or some steps of 30 seconds later or earlier."""
        clockwork = TOTP(self.key)
        clockwork.time = service_clock.machine_now().timestamp() + 30 * steps
        return f"{clockwork.token():06d}"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`time(minutes=20)`: so much passes on the machine's own clock; it stands still otherwise."""
    begun = [service_clock.machine_now().replace(second=10, microsecond=0)]
    monkeypatch.setattr(service_clock, "machine_now", lambda: begun[0])

    def passes(**amount: float) -> None:
        begun[0] += timedelta(**amount)

    return passes


@pytest.fixture
def enter(client: Client) -> Callable[..., Any]:
    """`enter(user)`: the sign-in form sent as a person does."""

    def send(user: User | str, password: str = PASSWORD, client: Client = client, **more: str) -> Any:
        name = user if isinstance(user, str) else user.username
        return client.post(reverse("accounts:sign-in"), {"username": name, "password": password, **more})

    return send
