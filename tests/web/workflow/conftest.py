"""A province, a city and two districts, people of their bureaus and of two organisations, and the sample workflow."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, Delegation, User
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation
from keshi_web.regions.models import Region
from keshi_web.workflow import engine, table
from keshi_web.workflow.models import Process

from . import sample

TREE = (
    ("990000", "临省", "Lin", "province", None),
    ("999900", "临江市", "Linjiang", "city", "990000"),
    ("999901", "临江区", "Linjiang District", "district", "999900"),
    ("999902", "临海区", "Linhai District", "district", "999900"),
)
USCCS = ("91990000MA00000011", "91990000MA0000002X")


def build() -> SimpleNamespace:
    """The world of the tests, written to the database."""
    regions: dict[str, Region] = {}
    for code, name, english, level, above in TREE:
        parent = regions.get(above or "")
        regions[code] = Region.objects.create(
            key=code, code=code, name=name, name_en=english, level=level, parent=parent,
            path=f"{parent.path if parent else '/'}{code}/",
        )  # fmt: skip
    organisations = [
        Organisation.objects.create(
            uscc=uscc, name=name, name_key=name, pinyin=name, legal_form="company", legal_person=True,
            region=regions["999901"], address="样例路1号", industry="工业",
        )
        for uscc, name in zip(USCCS, ("临江样例制造有限公司", "临江样例培训学校有限公司"), strict=True)
    ]  # fmt: skip
    world = SimpleNamespace(regions=regions, organisations=organisations, users={})

    def person(username: str, role: Role, place: str | Organisation | None) -> Actor:
        user = User.objects.create_user(username, f"测试{username}", email=f"{username}@example.test")
        where = {"organisation": place} if isinstance(place, Organisation) else {}
        if isinstance(place, str):
            where = {"office": regions[place]}
        held = Assignment.objects.create(user=user, role=role, valid_from=clock.today(), **where)
        world.users[user.pk] = user
        actor = actor_of(user, held.pk)
        assert actor is not None
        return actor

    world.person = person
    world.provider = person("danwei", Role.PROVIDER_ADMIN, organisations[0])
    world.rival = person("jingzheng", Role.PROVIDER_ADMIN, organisations[1])
    world.clerk = person("jingban", Role.CLERK, "999901")
    world.colleague = person("tongshi", Role.CLERK, "999901")
    world.leader = person("kezhang", Role.SECTION_LEADER, "999901")
    world.neighbour = person("linqu", Role.CLERK, "999902")
    world.city_clerk = person("shijing", Role.CLERK, "999900")
    world.city_leader = person("shizhang", Role.BUREAU_LEADER, "999900")
    world.auditor = person("shenji", Role.AUDITOR, "999900")
    world.sysadmin = person("xitong", Role.SYSADMIN, None)
    return world


@pytest.fixture(autouse=True)
def static_root(settings, tmp_path) -> None:
    """Where the server looks for collected files; it warns when there is no such folder."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def sample_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service knows the sample workflow, for these tests only."""
    monkeypatch.setitem(table._registered, sample.SAMPLE.name, sample.SAMPLE)


@pytest.fixture
def world(db) -> SimpleNamespace:
    return build()


@pytest.fixture
def opened(world) -> Callable[..., Process]:
    """`opened()`: a draft of the first organisation; with events, carried that far by the right people."""

    def make(*events: str, title: str = "样例申请一") -> Process:
        return carry(world, title, *events)

    return make


def carry(world: SimpleNamespace, title: str, *events: str) -> Process:
    """A new process carried through events by whoever may make them."""
    process = engine.open_process(
        sample.SAMPLE,
        prefix="YL",
        title=title,
        chain=[world.regions["999901"], world.regions["999900"]],
        organisation_id=world.organisations[0].pk,
        by=world.provider,
    )
    for event in events:
        who = {
            "submit": world.provider, "resubmit": world.provider, "withdraw": world.provider,
            "return": world.clerk, "endorse": world.clerk, "pass-up": world.leader, "approve": world.city_leader,
            "refuse": world.city_leader, "expire": None,
        }[event]  # fmt: skip
        engine.fire(process, event, by=who, given=GIVEN.get(event))
    return process


GIVEN = {
    "return": {"defects": ["花名册缺少培训工种", "缺少合作协议"]},
    "refuse": {"reason": "不符合第二条", "remedy": "可申请行政复议"},
}


@pytest.fixture
def signed_in(world) -> Callable[[Actor], Client]:
    def make(actor: Actor) -> Client:
        client = Client()
        client.force_login(world.users[actor.user_id], backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["assignment"] = actor.assignment_id
        session.save()
        return client

    return make


@pytest.fixture
def stand_in(world) -> Callable[[Actor, Actor], Actor]:
    """`stand_in(clerk, leader)`: the clerk acting in place of the leader."""

    def make(who: Actor, holder: Actor) -> Actor:
        today = clock.today()
        Delegation.objects.create(
            assignment_id=holder.assignment_id, to_id=who.user_id, valid_from=today, valid_until=today,
            reason="出差", made_by_id=holder.user_id,
        )  # fmt: skip
        actor = actor_of(world.users[who.user_id], holder.assignment_id)
        assert actor is not None
        assert actor.standing_in_for == holder.user_id
        return actor

    return make
