"""The check before a class is handed in: findings with clause and remedy, the estimate that `keshi settle` gives."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keshi.case import Case
from keshi.cli.group import keshi
from keshi_web.classes.case import planned_case
from keshi_web.classes.completeness import open_points
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.classes.precheck import precheck, rule_stages
from keshi_web.classes.services import drafts

from .conftest import CITIES, Desk

Make = Callable[..., Filing]


def test_everything_that_is_missing_is_said_at_once_in_the_order_of_the_pages(file: Make) -> None:
    points = open_points(file("shaoguan", "draft"))
    assert [point.step for point in points][:3] == ["syllabus", "roster", "materials"]
    assert all(str(point) for point in points)
    order = ["plan", "syllabus", "roster", "materials", "check"]
    steps = [order.index(point.step) for point in points if point.step != "check"]
    assert steps == sorted(steps)


@pytest.mark.parametrize("slug", CITIES)
def test_a_complete_class_has_nothing_open_and_an_estimate(ready: Make, slug: str) -> None:
    filing = ready(slug)
    check = precheck(filing)
    assert not open_points(filing, check=check)
    assert not check.problems
    assert check.eligible == len(check.people) == filing.head_count
    assert check.findings


@pytest.mark.parametrize("slug", CITIES)
def test_every_finding_has_its_clause_and_what_fails_a_remedy(ready: Make, slug: str) -> None:
    filing = ready(slug)
    filing.starts_on = filing.ends_on = date(2020, 4, 20)
    filing.facts = {}
    filing.platform = None
    Enrolment.objects.filter(filing=filing).update(category="other", facts={})
    check = precheck(filing)
    everything = [
        *check.findings,
        *check.warnings,
        *(one for person in check.people for one in person.findings),
    ]
    assert any(one.outcome == "failed" for one in everything)
    stages = rule_stages(filing.scheme, filing.item)
    for one in everything:
        if one.rule in stages:
            assert one.clause, one.rule
            assert one.text.zh
            assert one.text.en
            if one.outcome == "failed":
                assert one.remedy, one.rule
                assert one.remedy.zh


def test_somebody_who_does_not_fit_is_named_with_the_reason_and_does_not_stop_the_others(
    ready: Make,
) -> None:
    filing = ready("shaoguan")
    Enrolment.objects.filter(filing=filing, number=1).update(category="other")
    check = precheck(filing)
    (wrong,) = [person for person in check.people if not person.eligible]
    assert wrong.enrolment.number == 1
    assert [one.rule for one in wrong.findings if one.outcome == "failed"] == ["trainee-category"]
    assert check.eligible == filing.head_count - 1
    assert not open_points(filing, check=check)


def test_when_nobody_fits_the_class_cannot_be_handed_in(ready: Make) -> None:
    filing = ready("shaoguan")
    Enrolment.objects.filter(filing=filing).update(category="other")
    assert [point.step for point in open_points(filing)] == ["roster"]


def test_a_delegate_needs_an_agreement_with_all_five_contents(ready: Make) -> None:
    filing = ready("shaoguan")
    from keshi_web.organisations.models import Organisation

    school = Organisation.objects.get(name="韶关测试丁职业培训学校")
    agreement = {"method": "线上", "content": "岗位操作", "term": "", "fee": "每人300元", "duties": ""}
    drafts.save_plan(
        filing.pk, {"delegate": school}, facts={}, answers={"agreement": agreement}, by=Desk(filing).provider
    )
    filing.refresh_from_db()
    points = [str(point) for point in open_points(filing)]
    assert [point for point in points if "培训期限、双方责任" in point]
    assert [point for point in points if "协议" in point and "培训期限" not in point], (
        "the paper itself is missing too"
    )


def as_file(case: Case) -> dict[str, Any]:
    """A case as its author would write it."""
    found: dict[str, Any] = {"scheme": case.scheme, "item": case.item, "as_of": str(case.as_of)}

    def put(into: dict[str, Any], name: str, value: Any) -> None:
        *rooms, last = name.split(".")
        for room in rooms:
            into = into.setdefault(room, {})
        into[last] = (
            list(value)
            if isinstance(value, tuple)
            else value
            if isinstance(value, bool | int)
            else str(value)
        )

    for name, value in case.facts.items():
        if value is not None:
            put(found, name, value)
    found["trainees"] = []
    for place, trainee in enumerate(case.trainees):
        row: dict[str, Any] = {}
        for name, value in trainee.facts.items():
            if value is not None and name not in ("trainee.id_number", "trainee.name"):
                put(row, name.removeprefix("trainee."), value)
        found["trainees"].append({**row, "name": f"测试{place}", "id_number": NUMBERS[place]})
    return found


NUMBERS: list[str] = []


@pytest.mark.parametrize("slug", CITIES)
def test_the_estimate_is_what_keshi_settle_says(ready: Make, slug: str, tmp_path: Path) -> None:
    from .rosters import numbers

    NUMBERS[:] = numbers(12)
    filing = ready(slug)
    check = precheck(filing)
    path = tmp_path / "class.json"
    path.write_text(json.dumps(as_file(planned_case(filing).case), ensure_ascii=False), encoding="utf-8")
    answer = CliRunner().invoke(keshi, ["settle", str(path), "--format", "json"], standalone_mode=False)
    assert answer.exception is None, answer.output
    result = json.loads(answer.stdout)
    amounts = [trainee["amount"] for trainee in result["trainees"]]
    assert [
        f"{person.amount / 100:.2f}" if person.amount is not None else None for person in check.people
    ] == [
        amount if person.amount is not None else None
        for person, amount in zip(check.people, amounts, strict=True)
    ]
    assert check.amount is None or check.amount > 0
