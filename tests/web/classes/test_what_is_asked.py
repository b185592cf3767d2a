"""What a class is asked for: papers by its case, categories by what was recorded for its first day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from keshi_web.classes.completeness import not_needed, open_points, why_not_needed
from keshi_web.classes.models import Filing, Material
from keshi_web.classes.precheck import precheck
from keshi_web.classes.services import drafts, review
from keshi_web.common.errors import Invalid
from keshi_web.common.language import lang
from keshi_web.people.models import CategoryPeriod

from .conftest import Desk

Make = Callable[..., Filing]
pytestmark = pytest.mark.django_db
OPINION, AGREEMENT = "platform-opinion", "cooperation-agreement"


def asked(filing: Filing) -> set[str]:
    """The papers that still keep the filing from being handed in."""
    texts = {rule.text.zh: rule.id for rule in filing.scheme.file.materials if rule.stage == "filing"}
    points = [str(point) for point in open_points(filing) if point.step == "materials"]
    return {key for text, key in texts.items() if any(text in point for point in points)}


@pytest.fixture
def bare(ready: Make) -> Filing:
    """A class of Shaoguan on a recommended platform, trained by the enterprise itself, without any paper."""
    filing = ready("shaoguan")
    filing.materials.all().delete()
    return filing


def test_the_centres_opinion_is_not_asked_for_a_recommended_platform(bare: Filing) -> None:
    assert set(not_needed(bare, bare.scheme)) == {OPINION, AGREEMENT}
    assert not asked(bare) & {OPINION, AGREEMENT}
    review.build_tasks(bare, precheck(bare))
    task = bare.tasks.get(key=f"material:{OPINION}")
    assert (task.outcome, task.evidence["not_needed"]["zh"]) == ("passed", "使用推荐平台以外的平台")


def test_it_is_asked_where_the_platform_is_another_one(bare: Filing) -> None:
    another = bare.platform
    another.pk, another.name, another.url = None, "测试自建平台", "https://zijian.example.cn/"
    another.save()
    bare.platform = another
    bare.delegate = type(bare.organisation).objects.exclude(pk=bare.organisation_id)[0]
    bare.save()
    assert not not_needed(bare, bare.scheme)
    assert asked(bare) >= {OPINION, AGREEMENT}
    review.build_tasks(bare, precheck(bare))
    assert bare.tasks.get(key=f"material:{OPINION}").outcome == "failed"


def test_the_page_says_what_is_not_needed_and_why(bare: Filing, sign_in: Callable[..., Client]) -> None:
    page = sign_in("shaoguan-jia").get(reverse("classes:materials", args=[bare.process.number]))
    assert "不需要提交：本班不属于“使用推荐平台以外的平台”的情形。" in page.content.decode()
    with translation.override("en"):
        case = getattr(not_needed(bare, bare.scheme)[OPINION], lang())
        assert (
            why_not_needed(case)
            == "Not needed, this class is another case: “when the platform is not a recommended one”."
        )


def test_a_material_is_there_or_does_not_apply(ready: Make, desk: Callable[[Filing], Desk]) -> None:
    people = desk(ready("yingkou"))
    row: Any = people.filing.materials.filter(removed_at=None).exclude(not_applicable="")[0]
    with pytest.raises(IntegrityError, match="material_there_or_not_applicable"), transaction.atomic():
        Material.objects.filter(pk=row.pk).update(on_paper=True)
    with pytest.raises(Invalid, match="既已提交又写明不适用"):
        drafts.hand_in(
            people.pk, row.material, by=people.provider, attachment=people.filing.organisation.licence,
            not_applicable="原件已交",
        )  # fmt: skip


def compared(filing: Filing) -> dict[str, tuple[str, list[int]]]:
    """Outcome and roster numbers of the two comparisons, as a review that begins now finds them."""
    review.build_tasks(filing, precheck(filing))
    tasks = filing.tasks.filter(key__in=["system:categories", "system:unproven"])
    return {task.key.removeprefix("system:"): (task.outcome, task.evidence["numbers"]) for task in tasks}


def test_categories_are_compared_with_what_was_recorded_for_the_first_day(ready: Make) -> None:
    filing = ready("ankang")
    first, second, third, *_rest = filing.enrolments.select_related("person").order_by("number")
    assert compared(filing) == {"categories": ("passed", []), "unproven": ("passed", [])}
    for row, category in ((first, "laid-off"), (second, "veteran"), (third, "employee")):
        filing.enrolments.filter(pk=row.pk).update(category=category)
    begins: date = filing.starts_on
    day = timedelta(days=1)

    def record(row: Any, category: str, since: date, until: date | None = None) -> None:
        CategoryPeriod.objects.create(
            person=row.person, category=category, valid_from=since, valid_until=until, proof="测试证明 1号"
        )

    record(first, "laid-off", begins - 90 * day, begins - day)  # over the day before
    record(second, "disabled", begins)  # another one
    record(third, "veteran", begins - 90 * day)  # who works may be a veteran
    assert compared(filing) == {
        "categories": ("manual", [second.number]),
        "unproven": ("manual", [first.number]),
    }
    record(first, "laid-off", begins, begins)
    record(second, "veteran", begins)
    assert compared(filing) == {"categories": ("passed", []), "unproven": ("passed", [])}
    record(third, "dispatched", begins)
    assert compared(filing)["categories"] == ("manual", [third.number])
