"""A province with a city and a district, people of its bureaus, and the invented city of Linjiang."""

import shutil
from pathlib import Path

import pytest

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.regions.models import Region
from keshi_web.schemes import services

ROOT = Path(__file__).resolve().parents[3]
LINJIANG = ROOT / "docs" / "examples" / "linjiang-2021"


@pytest.fixture
def regions(db) -> dict[str, Region]:
    """999900 Linjiang with its district 999901 in province 990000; 440200 Shaoguan elsewhere."""
    found: dict[str, Region] = {}
    for code, name, level, above in (
        ("990000", "临省", "province", None),
        ("999900", "临江市", "city", "990000"),
        ("999901", "临江区", "district", "999900"),
        ("440000", "广东省", "province", None),
        ("440200", "韶关市", "city", "440000"),
    ):
        parent = found.get(above or "")
        found[code] = Region.objects.create(
            key=code,
            code=code,
            name=name,
            name_en=code,
            level=level,
            parent=parent,
            path=f"{parent.path if parent else '/'}{code}/",
        )
    return found


@pytest.fixture
def person(regions):
    """`person("clerk", Role.CLERK, "999900")`: the actor of a new user with that role there."""

    def make(username: str, role: Role, region: str) -> Actor:
        user = User.objects.create_user(username, f"测试{username}")
        held = Assignment.objects.create(user=user, role=role, office=regions[region])
        actor = actor_of(user, held.pk)
        assert actor is not None
        return actor

    return make


@pytest.fixture
def clerk(person) -> Actor:
    return person("jingban", Role.CLERK, "999900")


@pytest.fixture
def leader(person) -> Actor:
    return person("fuzeren", Role.BUREAU_LEADER, "999900")


@pytest.fixture
def linjiang(tmp_path) -> Path:
    """A copy of Linjiang's folder to amend."""
    return Path(shutil.copytree(LINJIANG, tmp_path / "linjiang"))


@pytest.fixture
def amended(linjiang):
    """`amended(version=2, **{"value = 20": "value = 25"})`: the folder with texts of scheme.toml replaced."""

    def amend(version: int, changes: dict[str, str]) -> Path:
        file = linjiang / "scheme.toml"
        text = (LINJIANG / "scheme.toml").read_text(encoding="utf-8")
        for before, after in {
            'id = "linjiang-2021"\n': f'id = "linjiang-2021"\nversion = {version}\n',
            **changes,
        }.items():
            assert before in text, before
            text = text.replace(before, after, 1)
        file.write_text(text, encoding="utf-8")
        return linjiang

    return amend


@pytest.fixture
def published(clerk, leader):
    """`published(folder)`: imported, checked, approved and published by two people."""

    def publish(folder: Path = LINJIANG, replacing: bool = False):
        version = services.import_folder(folder, actor=clerk)
        services.check(version.pk, actor=clerk)
        services.approve(version.pk, actor=leader)
        return services.publish(version.pk, actor=leader, replacing=replacing)

    return publish
