"""A city with two districts, its people, and organisations made through the real acts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from keshi.identity import make_uscc
from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.organisations import services
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.sample import bank_code, licence_picture
from keshi_web.organisations.words import CHECKS, KindOf, LegalForm
from keshi_web.regions.models import Region

Register = Callable[..., tuple[Organisation, Actor]]
_numbers = count(1)


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def regions(db: None) -> dict[str, Region]:
    """营口 (a city) with 站前 and 西市 (districts), and 韶关 elsewhere."""
    made: dict[str, Region] = {}
    for key, parent, name, level in (
        ("210000", None, "辽宁", "province"),
        ("210800", "210000", "营口", "city"),
        ("210802", "210800", "站前", "district"),
        ("210803", "210800", "西市", "district"),
        ("440000", None, "广东", "province"),
        ("440200", "440000", "韶关", "city"),
    ):
        above = made.get(parent or "")
        made[key] = Region.objects.create(
            key=key,
            code=key,
            name=name,
            name_en=name,
            level=level,
            parent=above,
            path=f"{above.path if above else '/'}{key}/",
        )
    return made


@pytest.fixture
def staff(regions: dict[str, Region]) -> Callable[[Role, str], Actor]:
    """`staff(Role.CLERK, "210802")`: a new person with this role at this office."""

    def make(role: Role, key: str) -> Actor:
        user = User.objects.create_user(f"staff-{next(_numbers)}", "测试经办")
        Assignment.objects.create(user=user, role=role, office=regions[key])
        actor = actor_of(user)
        assert actor is not None
        return actor

    return make


@pytest.fixture
def details(regions: dict[str, Region]) -> services.Details:
    return services.Details(
        uscc=make_uscc("210802", f"MA{next(_numbers):06d}"),
        name="营口测试甲机械有限公司",
        legal_form=LegalForm.COMPANY,
        legal_person=True,
        region=regions["210802"],
        address="测试路1号",
        industry="工业",
    )


@pytest.fixture
def register(details: services.Details) -> Register:
    """`register(name=…, kinds=…)`: a new organisation and its administrator."""

    def make(kinds: tuple[KindOf, ...] = (KindOf.ENTERPRISE,), **more: Any) -> tuple[Organisation, Actor]:
        number = next(_numbers)
        given = {"uscc": make_uscc("210802", f"MB{number:06d}"), **more}
        organisation, invitation = services.register(
            replace(details, **given),
            kinds=kinds,
            representative=services.Person("测试甲"),
            contact=services.Person("测试乙", "13800000001"),
            licence=ContentFile(licence_picture("SAMPLE"), name="执照.png"),
            administrator=services.Administrator(f"admin-{number}", "测试管理员"),
        )
        actor = actor_of(invitation.user)
        assert actor is not None
        return organisation, actor

    return make


@pytest.fixture
def complete() -> Callable[[Organisation, Actor], None]:
    """Everything that is needed for submission."""

    def make(organisation: Organisation, admin: Actor) -> None:
        enter_account(organisation, admin)
        services.declare_size(
            organisation.pk, by=admin, year=2019, employees=120, revenue_wan=1860, assets_wan=None
        )
        services.submit_for_verification(organisation.pk, by=admin)

    return make


@pytest.fixture
def verified(
    register: Register, complete: Callable[[Organisation, Actor], None], staff: Callable[[Role, str], Actor]
) -> Register:
    """As `register`, submitted and verified by a clerk of the district."""

    def make(*args: Any, **more: Any) -> tuple[Organisation, Actor]:
        organisation, admin = register(*args, **more)
        complete(organisation, admin)
        services.verify(organisation.pk, by=staff(Role.CLERK, "210802"), checks=CHECKS.keys())
        organisation.refresh_from_db()
        return organisation, admin

    return make


def enter_account(organisation: Organisation, admin: Actor, number: str = "2108020000001") -> Any:
    return services.add_bank_account(
        organisation.pk,
        by=admin,
        holder=organisation.name,
        bank="测试银行",
        branch_code=bank_code("10200000001"),
        account=number,
    )
