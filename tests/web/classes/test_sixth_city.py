"""A city that nobody wrote code for: its notice is published, and its classes are filed."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.catalogue.models import Platform
from keshi_web.classes.models import Filing
from keshi_web.classes.precheck import precheck
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import decisions, drafts, review, roster
from keshi_web.documents.models import Document
from keshi_web.organisations.models import Organisation
from keshi_web.regions.models import Region
from keshi_web.schemes import services as schemes

from .rosters import numbers

LINJIANG = Path(__file__).resolve().parents[3] / "docs" / "examples" / "linjiang-2021"
PLACES = (("990000", "临省", "province"), ("999900", "临江市", "city"), ("999901", "临江区", "district"))


@pytest.fixture
def region(db: None) -> Region:
    """The invented district of Linjiang with its city and province."""
    above: Region | None = None
    for code, name, level in PLACES:
        path = f"{above.path if above else '/'}{code}/"
        above = Region.objects.create(
            key=code, code=code, name=name, name_en=code, level=level, parent=above, path=path
        )
    assert above is not None
    return above


@pytest.fixture
def person(region: Region) -> Callable[..., Actor]:
    """`person("clerk", Role.CLERK, "999901")`."""

    def make(username: str, role: Role, place: str | Organisation) -> Actor:
        where = (
            {"organisation": place}
            if isinstance(place, Organisation)
            else {"office": Region.objects.get(key=place)}
        )
        user = User.objects.create_user(f"linjiang-{username}", f"测试{username}")
        held = Assignment.objects.create(user=user, role=role, valid_from=date(2021, 1, 1), **where)
        found = actor_of(user, held.pk)
        assert found is not None
        return found

    return make


def test_a_sixth_city_files_and_approves_a_class_with_data_only(
    region: Region, person: Callable[..., Actor], clock: Callable[[date], None], tmp_path: Path
) -> None:
    clock(date(2021, 4, 1))
    city_clerk = person("city", Role.CLERK, "999900")
    leader = person("leader", Role.BUREAU_LEADER, "999900")
    clerk = person("clerk", Role.CLERK, "999901")
    folder = Path(shutil.copytree(LINJIANG, tmp_path / "linjiang"))
    version = schemes.import_folder(folder, actor=city_clerk)
    schemes.check(version.pk, actor=city_clerk)
    schemes.approve(version.pk, actor=leader)
    version = schemes.publish(version.pk, actor=leader)

    model = Organisation.objects.get(name="韶关测试甲机械有限公司")
    Organisation.objects.filter(pk=model.pk).update(region=region)  # moved here, with all it declared
    organisation = Organisation.objects.get(pk=model.pk)
    provider = person("provider", Role.PROVIDER_ADMIN, organisation)
    filing = drafts.create_draft(organisation, version, "online", by=provider)
    starts = date(2021, 4, 12)
    plan = {
        "project": "数控车工线上培训", "training_type": "in-post", "starts_on": starts,
        "ends_on": starts + timedelta(days=20), "platform": Platform.objects.first(),
        "administrator": User.objects.get(pk=provider.user_id),
    }  # fmt: skip
    drafts.save_plan(filing.pk, plan, facts={"class.cost_per_person": 1500}, answers={}, by=provider)
    drafts.save_syllabus(filing.pk, [{"name": "数控基础", "hours": 40}], by=provider)
    for place, number in enumerate(numbers(3)):
        roster.add(filing.pk, Row(f"测试{place}号", number), by=provider)
    drafts.commit(filing.pk, by=provider)
    decisions.act(filing.process, "submit", by=provider)
    fresh = Filing.objects.get(pk=filing.pk)
    # 20 x 20 + 20 x 27.5 = 950 yuan each, as the notice's own worked case has it
    assert [one.amount for one in precheck(fresh).people] == [95_000] * 3
    for task in fresh.tasks.filter(judgement=None):
        if not task.settled:
            review.judge(task.pk, True, by=clerk, note="已核对")
    decisions.act(filing.process, "endorse", by=clerk)
    decisions.act(filing.process, "approve", by=leader)
    assert Filing.objects.get(pk=filing.pk).process.state == "approved"
    assert Document.objects.filter(letter="approval", subject=f"classes.filing:{filing.pk}").count() == 1
