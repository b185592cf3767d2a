"""Changes after the decision: asked for, looked at again, applied as a whole or not at all."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from keshi.identity import mask_id_number
from keshi_web.classes import sample as cities
from keshi_web.classes.models import Amendment, Filing
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import changes, daily, joining
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.documents.models import Document
from keshi_web.documents.services import content_of
from keshi_web.people.writing import id_number_index

from .conftest import Desk
from .rosters import pasted, rows

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


def joiners(*people: tuple[str, ...]) -> list[Row]:
    return joining.read(pasted(people))


def test_people_join_before_the_first_day_once_the_office_agrees(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    new = joiners(*rows(3))
    made = changes.ask_for_amendment(people.pk, {}, "新招三人", by=people.provider, joining=new)
    assert made.changes["after"] == {"join": 3}
    assert people.filing.head_count == cities.PEOPLE
    assert not people.filing.enrolments.filter(person__id_number_index=id_number_index(new[0].id_number))
    changes.act(made.process, "accept", by=people.clerk)
    assert people.filing.head_count == cities.PEOPLE + 3
    assert people.filing.enrolments.get(number=cities.PEOPLE + 1).estimate is not None
    made.refresh_from_db()
    assert made.sealed_joining is None
    assert "增加3名培训人员" in letters(people)[0]


def test_who_would_have_joined_is_forgotten_when_the_office_does_not_agree(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    made = changes.ask_for_amendment(people.pk, {}, "新招", by=people.provider, joining=joiners(*rows(1)))
    changes.act(made.process, "refuse", by=people.clerk, given={"reason": "人数已满"})
    made.refresh_from_db()
    assert made.sealed_joining is None
    assert people.filing.head_count == cities.PEOPLE


def test_everything_wrong_with_who_joins_is_told_at_once(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "approved"))
    (name, number, *rest), other = rows(2)
    wrong = [(name, number[:-1] + ("0" if number[-1] != "0" else "1"), *rest), ("", *other[1:])]
    with pytest.raises(Invalid) as told:
        changes.ask_for_amendment(people.pk, {}, "新招", by=people.provider, joining=joiners(*wrong))
    assert len(str(told.value).splitlines()) == 2
    assert number not in str(told.value)
    made = changes.ask_for_amendment(people.pk, {}, "新招", by=people.provider, joining=joiners(*rows(1)))
    changes.act(made.process, "accept", by=people.clerk)
    with pytest.raises(Invalid, match="已在本班名册中"):
        changes.ask_for_amendment(people.pk, {}, "再招", by=people.provider, joining=joiners(*rows(1)))


def test_nobody_joins_a_class_that_has_begun(file: Make, desk: At, clock: Callable[[date], None]) -> None:
    people = desk(file("shaoguan", "approved"))
    late = changes.ask_for_amendment(people.pk, {}, "新招", by=people.provider, joining=joiners(*rows(1)))
    clock(cities.STARTS_ON)
    daily.run()
    with pytest.raises(Invalid, match="增加人员"):
        changes.act(late.process, "accept", by=people.clerk)
    changes.act(late.process, "withdraw", by=people.provider)
    with pytest.raises(Invalid, match="名册已锁定"):
        changes.ask_for_amendment(people.pk, {}, "新招", by=people.provider, joining=joiners(*rows(1)))


def test_the_page_asks_and_the_office_sees_masks_of_who_joins_and_leaves(
    file: Make, desk: At, sign_in: Callable[..., Client]
) -> None:
    people = desk(file("shaoguan", "approved"))
    number = people.filing.process.number
    browser = sign_in("shaoguan-jia")
    page = browser.get(f"/classes/{number}/amend/")
    given = {name: field.value() or "" for name, field in ((one.name, one) for one in page.context["form"])}
    new = rows(2)
    answer = browser.post(
        f"/classes/{number}/amend/", {**given, "leave": "1", "join": pasted(new), "reason": "两进一出"}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    made = people.filing.amendments.get()
    assert set(made.changes["after"]) == {"leave", "join"}
    shown = sign_in("shaoguan-440203-clerk").get(answer.url).content.decode()
    assert "增加2名培训人员" in shown
    assert new[0][1] not in shown
    assert mask_id_number(new[0][1]) in shown


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
