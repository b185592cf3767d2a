"""People come onto a roster: previewed, mended, left out, replaced, pasted, by the thousand; bad files do not."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from keshi.identity import make_id_number
from keshi_web.classes.models import Filing, RosterImport
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import decisions, enrolling, roster, storing
from keshi_web.classes.services.review import enrolled_elsewhere
from keshi_web.common import crypto, sealed
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.people.queries import visible_to
from keshi_web.people.retention import people_past_retention
from web.files import specimens

from .conftest import Desk
from .rosters import USUAL, numbers, pasted, rows, workbook

Make = Callable[..., Filing]
SignIn = Callable[..., Client]
PREVIEW, FAILED = RosterImport.State.PREVIEW, RosterImport.State.FAILED


@pytest.fixture
def people(file: Make) -> Desk:
    """A draft in 韶关 without anybody."""
    return Desk(file("shaoguan", "draft"))


def paste(people: Desk, text: str, **more: Any) -> RosterImport:
    return roster.paste(people.pk, text, by=people.provider, **more)


def upload(people: Desk, content: bytes, name: str) -> RosterImport:
    return roster.upload(people.pk, ContentFile(content, name=name), by=people.provider)


def test_a_pasted_roster_is_previewed_and_stored(people: Desk) -> None:
    made = paste(people, pasted(rows(3)))
    assert (made.state, made.rows_total, made.faulty) == (PREVIEW, 3, 0)
    assert not people.filing.enrolments.exists()
    assert storing.store_import(made.pk, by=people.provider).rows_stored == 3
    assert people.filing.head_count == 3
    assert [row.category for row in people.filing.enrolments.all()] == ["employee"] * 3
    made.refresh_from_db()
    assert made.state == RosterImport.State.STORED
    assert made.sealed_rows is None
    again = storing.store_import(made.pk, by=people.provider)
    assert (again.state, again.rows_stored) == (RosterImport.State.STORED, 3)
    assert people.filing.process.entries.filter(event="roster-imported").count() == 1


def test_a_small_workbook_is_read_at_once(people: Desk) -> None:
    assert upload(people, workbook(rows(4)), "名册.xlsx").rows_total == 4


def test_faults_are_mended_or_left_out_one_by_one(people: Desk) -> None:
    good, other = numbers(2)
    wrong_number = good[:-1] + ("0" if good[-1] != "0" else "1")
    made = paste(
        people,
        pasted(
            [("测试甲", wrong_number, *USUAL), ("测试乙", other, "在职职工", "亲戚"), ("测试丙", "", *USUAL)]
        ),
    )
    assert made.faulty == 3
    with pytest.raises(Invalid, match="还有 3 行有误"):
        storing.store_import(made.pk, by=people.provider)
    # Rows with a cell that could not be read come first.
    assert [row.name for row in roster.rows_of(made).rows] == ["测试乙", "测试丙", "测试甲"]
    roster.mend(made.pk, 2, {"id_number": f" {good} "}, by=people.provider)
    roster.mend(made.pk, 0, {"fact:relation": "contract"}, by=people.provider)
    made = roster.leave_out(made.pk, 1, by=people.provider)
    assert (made.rows_total, made.faulty) == (2, 0)
    assert storing.store_import(made.pk, by=people.provider).rows_stored == 2
    with pytest.raises(NotAllowed):
        roster.mend(made.pk, 0, {"name": "测试丁"}, by=people.provider)


def test_the_same_person_twice_is_told_by_row_and_never_by_number(people: Desk) -> None:
    (number,) = numbers(1)
    made = paste(people, pasted([("测试甲", number, *USUAL), ("测试乙", number, *USUAL)]))
    first, second = roster.rows_of(made).rows
    assert not first.faults
    (fault,) = second.faults
    assert fault.code == "case-duplicate-person"
    assert number not in fault.text("zh")


def test_a_second_roster_adds_or_replaces(people: Desk) -> None:
    everybody = rows(5)
    storing.store_import(paste(people, pasted(everybody[:3])).pk, by=people.provider)
    storing.store_import(paste(people, pasted(everybody[2:])).pk, by=people.provider)
    assert people.filing.head_count == 5
    storing.store_import(paste(people, pasted(everybody[:2]), replace=True).pk, by=people.provider)
    assert people.filing.head_count == 2


def test_one_person_is_added_and_removed(people: Desk) -> None:
    facts = {"category": "employee", "relation": "contract"}
    (number,) = numbers(1)
    with pytest.raises(Invalid):
        roster.add(people.pk, Row("测试甲", number[:-1]), by=people.provider)
    added = roster.add(people.pk, Row("测试甲", number, facts=facts), by=people.provider)
    assert added.number == 1
    roster.remove(added.pk, by=people.provider)
    assert people.filing.head_count == 0


def test_a_name_that_differs_from_the_record_is_marked_for_the_review(file: Make, people: Desk) -> None:
    (number,) = numbers(1)
    facts = {"category": "employee", "relation": "contract"}
    roster.add(people.pk, Row("测试甲", number, facts=facts), by=people.provider)
    second = Desk(file("shaoguan", "draft", "另一个班"))
    added = roster.add(second.pk, Row("测试乙", number, facts=facts), by=second.provider)
    assert not added.named_alike


def test_somebody_in_another_class_of_those_days_is_found(ready: Make) -> None:
    first, second = Desk(ready("shaoguan")), Desk(ready("shaoguan", "焊工在岗培训"))
    first.does("provider", "submit")
    (number,) = numbers(1)
    facts = {"category": "employee", "relation": "contract"}
    for one in (first, second):
        if one.state == "submitted":
            one.does("clerk", "return", defects=["补人"])
        roster.add(one.pk, Row("测试甲", number, facts=facts), by=one.provider)
    second.does("provider", "submit")
    task = second.filing.tasks.get(key="system:elsewhere")
    assert task.outcome == "manual"
    (found,) = enrolled_elsewhere(second.filing)
    assert found["other"] == first.filing.process.number
    assert task.evidence["numbers"] == [found["number"]]


def test_a_large_file_is_read_by_a_worker_that_tells_how_far_it_is(
    people: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "AT_ONCE", 1_000)
    made = upload(people, workbook(rows(1_200)), "大名册.xlsx")
    assert made.state == RosterImport.State.READING
    assert ProcrastinateJob.objects.filter(task_name="classes.read_roster").exists()
    seen: list[int] = []
    update = type(RosterImport.objects.all()).update

    def watch(queryset: Any, **values: Any) -> int:
        seen.extend([values["rows_read"]] if "rows_read" in values else [])
        return update(queryset, **values)

    monkeypatch.setattr(type(RosterImport.objects.all()), "update", watch)
    roster.read(str(made.pk))
    made.refresh_from_db()
    assert seen == [0, 500, 1_000]
    assert (made.state, made.rows_read, made.rows_total) == (PREVIEW, 1_200, 1_200)


def test_a_file_given_up_while_it_is_read_stays_given_up(
    people: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "AT_ONCE", 0)
    made = upload(people, workbook(rows(3)), "名册.xlsx")
    roster.drop_import(made.pk, by=people.provider)
    roster.read(str(made.pk))
    made.refresh_from_db()
    assert made.state == RosterImport.State.DROPPED
    assert made.sealed_rows is None


def test_five_thousand_rows_are_stored_with_a_handful_of_queries(people: Desk) -> None:
    made = paste(people, pasted(rows(5_000)))
    assert made.faulty == 0
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert storing.store_import(made.pk, by=people.provider).state == RosterImport.State.STORING
    assert len(counted) <= 30
    with CaptureQueriesContext(connection) as counted:
        storing.go_on(made.pk)
    assert len(counted) <= 25 * (5_000 // storing.PORTION + 1)
    assert people.filing.head_count == 5_000


@pytest.fixture
def large(people: Desk, monkeypatch: pytest.MonkeyPatch) -> RosterImport:
    """A roster of seven whose rows go in by portions of three, by a worker."""
    monkeypatch.setattr(storing, "PORTION", 3)
    made = storing.store_import(paste(people, pasted(rows(7))).pk, by=people.provider)
    assert made.state == RosterImport.State.STORING
    assert ProcrastinateJob.objects.filter(
        task_name="classes.store_roster", args__import_id=str(made.pk)
    ).exists()
    return made


def killed_after(portions: int, monkeypatch: pytest.MonkeyPatch, made: RosterImport) -> None:
    """A worker stores so many portions and dies in the middle of the next."""
    done: list[int] = []

    def enrol(*given: Any) -> int:
        count = enrolling.enrol(*given)
        if len(done) == portions:
            raise SystemExit
        done.append(count)
        return count

    with monkeypatch.context() as patched:
        patched.setattr(storing, "enrol", enrol)
        with pytest.raises(SystemExit):
            storing.go_on(made.pk)


def test_a_large_roster_is_stored_by_a_worker_and_whoever_is_killed_stores_nobody_twice(
    people: Desk, large: RosterImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    for portions, stored in ((1, 3), (1, 6)):
        killed_after(portions, monkeypatch, large)
        large.refresh_from_db()
        assert (large.state, large.rows_stored) == (RosterImport.State.STORING, stored)
        assert people.filing.head_count == stored
    storing.go_on(large.pk)
    storing.go_on(large.pk)  # the job of a worker that was only slow
    large.refresh_from_db()
    assert (large.state, large.rows_stored, large.sealed_rows) == (RosterImport.State.STORED, 7, None)
    assert list(people.filing.enrolments.values_list("number", flat=True)) == [*range(1, 8)]
    assert people.filing.process.entries.filter(event="roster-imported").count() == 1


def test_while_a_roster_is_stored_nothing_else_happens_to_it(
    people: Desk, large: RosterImport, sign_in: SignIn
) -> None:
    with pytest.raises(NotAllowed, match="正在入册"):
        people.does("provider", "submit")
    other = paste(people, pasted(rows(2)))
    with pytest.raises(Invalid, match="另一份名册正在入册"):
        storing.store_import(other.pk, by=people.provider)
    with pytest.raises(NotAllowed, match="已经处理"):
        roster.drop_import(large.pk, by=people.provider)
    assert storing.store_import(large.pk, by=people.provider).state == RosterImport.State.STORING
    assert ProcrastinateJob.objects.filter(task_name="classes.store_roster").count() == 1


def test_the_page_tells_how_far_it_is_and_goes_on_to_the_roster(
    people: Desk, large: RosterImport, sign_in: SignIn
) -> None:
    client, number = sign_in("shaoguan-jia"), people.filing.process.number
    page = reverse("classes:preview", args=[number, large.pk])
    RosterImport.objects.filter(pk=large.pk).update(rows_stored=3)
    shown = client.get(page).content.decode()
    assert "3 / 7" in shown
    assert client.post(reverse("classes:store-import", args=[number, large.pk]))["Location"] == page
    RosterImport.objects.filter(pk=large.pk).update(rows_stored=0)
    storing.go_on(large.pk)
    answer = client.get(page, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("classes:roster", args=[number])
    assert "7 人已录入名册" in client.get(answer["HX-Redirect"]).content.decode()


def test_a_filing_withdrawn_meanwhile_gets_no_further_people(people: Desk, large: RosterImport) -> None:
    decisions.act(people.filing.process_id, "withdraw", by=people.provider)
    storing.go_on(large.pk)
    large.refresh_from_db()
    assert (large.state, large.sealed_rows) == (RosterImport.State.DROPPED, None)
    assert not people.filing.enrolments.exists()


def test_more_people_than_one_class_may_have_are_refused(people: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(roster, "MOST_ROWS", 5)
    made = paste(people, pasted(rows(6)))
    assert made.state == FAILED
    assert "超过5行" in roster.rows_of(made).faults[0].text("zh")
    assert "more than 5 rows" in roster.rows_of(made).faults[0].text("en")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + b"\0" * 200, "名册.xlsx"),
        (specimens.picture(), "名册.xlsx"),
        (specimens.pdf(b"<< /Type /Catalog >>"), "名册.pdf"),
        (b"PK\x03\x04broken", "名册.xlsx"),
        (b"\xff\xfe\x00\x01\x02", "名册.csv"),
    ],
    ids=["program", "picture", "pdf", "broken workbook", "bytes"],
)  # fmt: skip
def test_what_is_no_roster_is_refused_or_named_as_such(people: Desk, content: bytes, name: str) -> None:
    said = ""
    try:
        made = upload(people, content, name)
    except Invalid as refusal:
        said = str(refusal)
    else:
        assert made.state == FAILED
        said = roster.rows_of(made).faults[0].text("zh")
    assert said
    assert not people.filing.enrolments.exists()


def test_a_roster_without_people_or_headings_is_named_as_such(people: Desk) -> None:
    for text in ("随便写的文字", "姓名\t身份证号码\n"):
        made = paste(people, text)
        assert made.state == FAILED
        assert roster.rows_of(made).faults, text
    with pytest.raises(Invalid, match="请粘贴"):
        paste(people, "  \n")


def test_formulas_stay_text(people: Desk) -> None:
    (number,) = numbers(1)
    made = paste(people, pasted([("=cmd|'/c calc'!A0", number, *USUAL)]))
    assert made.rows_total == 1


def test_no_number_stands_in_the_database_and_rotated_keys_open_the_preview(people: Desk) -> None:
    (number,) = numbers(1)
    made = paste(people, pasted([("测试甲", number, *USUAL)]))
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(t)::text from classes_rosterimport t")
        assert all(number not in row for (row,) in cursor.fetchall())
    assert "sealed_rows" in {column.name for column in sealed.sealed_columns()}
    made.refresh_from_db()
    assert crypto.key_id_of(made.sealed_rows)
    assert roster.rows_of(made).rows[0].id_number == number


def test_the_bureau_sees_the_people_of_classes_in_its_region_and_a_provider_its_own(
    file: Make, actor: Any
) -> None:
    filing = file("shaoguan", "submitted")
    keys = set(filing.enrolments.values_list("person_id", flat=True))

    def seen(username: str) -> set[Any]:
        return keys & set(visible_to(actor(username)).values_list("pk", flat=True))

    for username in ("shaoguan-jia", "shaoguan-440203-clerk", "shaoguan-leader", "shaoguan-auditor"):
        assert seen(username) == keys, username
    for username in ("shaoguan-yi", "yingkou-210802-clerk", "yingkou-leader", "sysadmin"):
        assert not seen(username), username


def test_a_draft_is_not_the_bureaus_to_see(people: Desk, actor: Any) -> None:
    facts = {"category": "employee", "relation": "contract"}
    number = make_id_number("440203", date(1991, 3, 4), 444)
    added = roster.add(people.pk, Row("测试甲", number, facts=facts), by=people.provider)
    assert visible_to(people.provider).filter(pk=added.person_id).exists()
    assert not visible_to(people.clerk).filter(pk=added.person_id).exists()


def test_people_are_kept_as_long_as_their_class_asks(
    file: Make, clock: Callable[[date], None], settings: Any
) -> None:
    settings.RETENTION = {"identity": 365}
    filing = file("shaoguan", "submitted")
    keys = filing.enrolments.values("person_id")
    clock(date(2030, 1, 1))
    assert not people_past_retention().filter(pk__in=keys).exists()  # nobody has decided yet
    people = Desk(filing)
    clock(date(2020, 4, 21))
    people.does("provider", "withdraw")
    clock(date(2021, 4, 1))
    assert not people_past_retention().filter(pk__in=keys).exists()
    clock(date(2021, 4, 23))
    assert people_past_retention().filter(pk__in=keys).count() == filing.head_count
