"""Changes after the decision: asked for, looked at again, applied as a whole or not at all."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from keshi_web.classes import sample as cities
from keshi_web.classes.models import Amendment, Filing
from keshi_web.classes.services import changes, daily
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.documents.models import Document
from keshi_web.documents.services import content_of

from .conftest import Desk

Make = Callable[..., Filing]
At = Callable[[Filing], Desk]


def ask(people: Desk, wanted: dict[str, object], reason: str = "企业排产调整") -> Amendment:
    return changes.ask_for_amendment(people.pk, wanted, reason, by=people.provider)


def letters(people: Desk) -> list[str]:
    found = Document.objects.filter(letter="amendment", subject=f"classes.filing:{people.pk}")
    return ["\n".join(map(str, content_of(one).paragraphs)) for one in found]


def test_accepted_it_changes_the_class_and_the_letter_says_what(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    made = ask(people, {"ends_on": "2020-06-30", "project": people.filing.project})
    assert made.changes == {"before": {"ends_on": "2020-06-25"}, "after": {"ends_on": "2020-06-30"}}
    assert people.filing.ends_on == date(2020, 6, 25)
    changes.act(made.process, "accept", by=people.clerk)
    assert people.filing.ends_on == date(2020, 6, 30)
    assert people.state == "approved"
    (letter,) = letters(people)
    assert "2020年6月25日" in letter
    assert "2020年6月30日" in letter


def test_refused_it_changes_nothing(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    made = ask(people, {"ends_on": "2020-06-30"})
    with pytest.raises(Invalid, match="理由"):
        changes.act(made.process, "refuse", by=people.clerk)
    changes.act(made.process, "refuse", by=people.clerk, given={"reason": "超出政策期限"})
    assert people.filing.ends_on == date(2020, 6, 25)
    assert "超出政策期限" in letters(people)[0]
    assert ask(people, {"ends_on": "2020-06-28"}).open


def test_one_that_breaks_a_rule_is_refused_with_the_clause_before_anybody_reads_it(
    file: Make, desk: At
) -> None:
    people = desk(file("shaoguan", "approved"))
    with pytest.raises(Invalid, match=r"变更后不符合.*附件1 二\(一\)"):
        ask(people, {"starts_on": "2020-04-22"})
    with pytest.raises(Invalid, match="结束日期不得早于开班日期"):
        ask(people, {"ends_on": "2020-05-01"})
    assert people.filing.ends_on == date(2020, 6, 25)
    assert not people.filing.amendments.exists()


def test_who_leaves_is_marked_with_day_and_reason_and_may_leave_a_running_class(
    file: Make, desk: At, clock: Callable[[date], None]
) -> None:
    people = desk(file("shaoguan", "approved"))
    clock(cities.STARTS_ON)
    daily.run()
    leaving = people.filing.enrolments.order_by("number")[:2]
    made = ask(people, {"leave": [row.pk for row in leaving]}, "两人离职")
    changes.act(made.process, "accept", by=people.clerk)
    left = people.filing.enrolments.exclude(left_on=None)
    assert {row.left_reason for row in left} == {"两人离职"}
    assert people.filing.head_count == cities.PEOPLE - 2
    with pytest.raises(Invalid, match="不能变更"):
        ask(people, {"starts_on": "2020-05-20"})


def test_a_new_syllabus_replaces_the_old_one(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    course = people.filing.modules.exclude(course=None).first()
    assert course is not None
    rows = [
        {"kind": "common", "name": "安全与防疫", "hours": 8, "epidemic_prevention": True},
        {"kind": "vocational", "name": "岗位操作", "hours": 24, "course_id": course.course_id},
    ]
    made = ask(people, {"modules": rows})
    changes.act(made.process, "accept", by=people.clerk)
    assert [row.hours for row in people.filing.modules.all()] == [8, 24]


def test_one_at_a_time_and_only_something(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    with pytest.raises(Invalid, match="没有任何变更"):
        ask(people, {"project": people.filing.project})
    with pytest.raises(Invalid, match="不能变更：item"):
        ask(people, {"item": "other"})
    with pytest.raises(Invalid, match="理由"):
        ask(people, {"project": "新名称"}, " ")
    made = ask(people, {"project": "新名称"})
    with pytest.raises(Invalid, match="已有一项变更"):
        ask(people, {"project": "更新的名称"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(
            filing_id=people.pk, process=people.filing.process, changes={}, reason="再来"
        )
    changes.act(made.process, "withdraw", by=people.provider)
    assert ask(people, {"project": "更新的名称"}).open


def test_only_the_provider_asks_and_only_while_the_class_can_change(file: Make, desk: At) -> None:
    early = desk(file("shaoguan", "submitted"))
    with pytest.raises(NotAllowed, match="尚未结束的班级"):
        ask(early, {"project": "新名称"})
    people = desk(file("shaoguan", "approved"))
    with pytest.raises(NotAllowed, match="由申报单位申请"):
        changes.ask_for_amendment(people.pk, {"project": "新名称"}, "更名", by=people.clerk)
    made = ask(people, {"project": "新名称"})
    people.does("leader", "revoke", reason="名册不实", remedy="可申请复议。")
    with pytest.raises(NotAllowed):
        changes.act(made.process, "accept", by=people.clerk)
