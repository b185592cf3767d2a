"""What a person was on a day, who is the same person, and when they are forgotten."""

import threading
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from keshi_web.accounts.roles import Role
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.files import storage
from keshi_web.files.services import content_of
from keshi_web.people.models import AccessLog, Employment, Person, PersonExport
from keshi_web.people.queries import category_on, employment_on, known_as, reads_of
from keshi_web.people.retention import period, periods
from keshi_web.people.services import (
    NewPerson,
    apply_retention,
    ask_export,
    change_account,
    decide_export,
    enrol_people,
    erase,
    find_by_id_number,
    merge,
    record_category,
    record_employment,
    reveal,
    take_export,
)
from keshi_web.people.words import Purpose
from web.files.specimens import pdf

from .conftest import ACCOUNT, PHONE, actor, organisation, row


def test_a_category_is_judged_on_the_day(person, provider):
    record_category(
        person, "laid-off", date(2019, 6, 1), date(2020, 2, 29), actor=provider, proof="失业登记证"
    )
    record_category(person, "veteran", date(2018, 1, 1), actor=provider, proof="退役证")
    record_category(person, "laid-off", date(2020, 6, 1), actor=provider, proof="失业登记证")
    assert category_on(person, date(2017, 1, 1)) == []
    assert category_on(person, date(2020, 2, 29)) == ["laid-off", "veteran"]
    assert category_on(person, date(2020, 3, 1)) == ["veteran"]


def test_the_same_category_twice_at_a_time_is_refused_in_words(person, provider):
    record_category(person, "veteran", date(2018, 1, 1), date(2020, 1, 1), actor=provider, proof="退役证")
    with pytest.raises(Invalid, match="同一类别"):
        record_category(person, "veteran", date(2020, 1, 1), actor=provider, proof="退役证")
    with pytest.raises(Invalid, match="不得早于"):
        record_category(
            person, "disabled", date(2020, 1, 2), date(2020, 1, 1), actor=provider, proof="退役证"
        )
    with pytest.raises(Invalid):
        record_category(person, "millionaire", date(2020, 1, 2), actor=provider, proof="退役证")
    [other] = enrol_people([row(2, "测试乙")])
    record_employment(other, provider.organisation_id, "contract", date(2019, 1, 1), actor=provider)
    record_category(other, "veteran", date(2018, 1, 1), actor=provider, proof="退役证")


def test_employment_has_its_days_and_its_organisation(person, provider, firm, leader):
    assert employment_on(person, firm.pk, date(2018, 12, 31)) is None
    assert employment_on(person, firm.pk, date(2020, 1, 1)).relation == "contract"
    with pytest.raises(Invalid, match="已登记在该单位"):
        record_employment(person, firm.pk, "contract", date(2020, 1, 1), actor=provider)
    with pytest.raises(Invalid, match="同一单位"):
        record_employment(
            person,
            firm.pk,
            "none",
            date(2010, 1, 1),
            actor=provider,
            valid_until=date(2010, 2, 1),
            agency_id=firm.pk,
        )
    with pytest.raises(NotAllowed, match="本单位"):
        record_employment(person, firm.pk + 1, "contract", date(2020, 1, 1), actor=provider)


def test_a_roster_comes_in_by_few_queries(regions, django_assert_max_num_queries):
    rows = [row(number, "测试丙", phone=PHONE) for number in range(900)]
    with django_assert_max_num_queries(8):
        first = enrol_people(rows)
    with django_assert_max_num_queries(8):
        again = enrol_people(list(reversed(rows)))
    assert [person.pk for person in again] == [person.pk for person in reversed(first)]
    assert Person.objects.count() == 900


def test_one_fault_keeps_all_out_and_names_its_place(regions):
    sound = row(1)
    broken = NewPerson("测试乙", sound.id_number[:-1] + "?", where="Sheet1!C7")
    with pytest.raises(Invalid) as refusal:
        enrol_people([sound, broken, NewPerson("测试丙", row(3).id_number, "12345", "Sheet1!D8")])
    assert [problem.where for problem in refusal.value.problems] == ["Sheet1!C7", "Sheet1!D8"]
    assert sound.id_number[:-1] not in str(refusal.value.problems)
    with pytest.raises(Invalid, match="姓名"):
        enrol_people([NewPerson("　", sound.id_number)])
    assert not Person.objects.exists()


def test_a_known_number_under_another_name_is_said_and_changes_nothing(person):
    [found] = enrol_people([row(1, "测试丁", phone=PHONE[:-1] + "9")])
    assert found == person
    assert not found.named_alike
    [again] = enrol_people([row(1, "测试甲")])
    assert again.named_alike


def test_a_phone_is_added_where_none_was(regions):
    [bare] = enrol_people([row(1)])
    assert bare.phone is None
    enrol_people([row(1, phone=PHONE)])
    bare.refresh_from_db()
    assert bare.phone_index is not None


def test_a_row_with_another_name_adds_no_phone(regions):
    [bare] = enrol_people([row(1)])
    [unlike] = enrol_people([row(1, "测试丁", phone=PHONE)])
    bare.refresh_from_db()
    assert not unlike.named_alike
    assert (bare.phone, bare.phone_index) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_two_rosters_at_once_make_nobody_twice():
    rows = [row(number, "测试丙") for number in range(200)]
    found: list[list[Person]] = []

    def enrol(order: list[NewPerson]) -> None:
        try:
            found.append(enrol_people(order))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=enrol, args=(order,)) for order in (rows, rows[::-1], rows[50:], rows[:150])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert Person.objects.count() == 200
    assert len({person.pk for roster in found for person in roster}) == 200


def test_merging_leads_from_the_old_number_to_the_survivor(person, provider, leader, firm, clerk):
    [typo] = enrol_people([row(2, "测试甲")])
    record_employment(typo, firm.pk, "contract", date(2019, 5, 1), actor=provider)
    record_category(typo, "veteran", date(2018, 1, 1), actor=provider, proof="退役证")
    change_account(typo, ACCOUNT, "测试银行", actor=provider, ground="本人提供")
    reveal(typo, ["name"], actor=clerk, purpose=Purpose.FILING, case="filing:7")
    with pytest.raises(NotAllowed):
        merge(typo, person, actor=clerk, ground="身份证")
    assert merge(typo, person, actor=leader, ground="身份证号录入有误") == person
    assert find_by_id_number(row(2).id_number, actor=clerk) == person
    assert category_on(person, date(2020, 1, 1)) == ["veteran"]
    assert person.accounts.count() == 1
    assert set(known_as(person)) == {person.pk, typo.pk}
    assert len(reads_of(person)) == 2
    with pytest.raises(Stale):
        merge(typo, person, actor=leader, ground="再次")
    assert (
        Employment.objects.filter(person=typo).count() == 1
    )  # the survivor worked there at that time already


def test_whom_the_service_still_needs_is_not_erased(person):
    boss = actor(Role.BUREAU_LEADER, region="440200")
    with pytest.raises(NotAllowed, match="保存期限"):
        erase(person, actor=boss, ground="本人申请")


def test_after_the_period_everything_that_names_the_person_goes_and_the_proofs_stay(
    person, provider, clerk, clock, capsys
):
    from django.core.management import call_command

    change_account(person, ACCOUNT, "测试银行", actor=provider, ground="本人提供")
    reveal(person, ["name"], actor=clerk, purpose=Purpose.FILING, case="filing:7")
    Employment.objects.update(valid_until=date(2020, 6, 30))
    clock(date(2030, 6, 1))
    assert apply_retention(do=False) == (0, 0)
    clock(date(2030, 7, 30))
    call_command("apply_retention")
    assert Person.objects.get().name is not None
    call_command("apply_retention", "--do")
    gone = Person.objects.get()
    assert (gone.name, gone.id_number, gone.phone, gone.id_number_index, str(gone)) == (
        None,
        None,
        None,
        None,
        "",
    )
    assert gone.accounts.get().number is None
    assert gone.reads.count() == 1
    assert gone.events.filter(turn="erased").count() == 1
    assert find_by_id_number(row(1).id_number, actor=clerk) is None
    assert "1" in capsys.readouterr().out


@pytest.fixture
def export(person, clerk):
    return ask_export(
        [person.pk], ["id_number", "name"], actor=clerk, purpose=Purpose.PAYMENT, case="batch:3"
    )


def test_an_export_needs_a_second_person_and_goes_out_once(export, person, clerk, leader):
    with pytest.raises(NotAllowed, match="未获批准"):
        take_export(export.pk, actor=clerk)
    with pytest.raises(NotAllowed, match="另一人"):
        decide_export(export.pk, by=clerk, approve=True)
    decide_export(export.pk, by=leader, approve=True)
    with pytest.raises(Stale):
        decide_export(export.pk, by=leader, approve=False)
    out = take_export(export.pk, actor=clerk, ip="127.0.0.1")
    assert out.headings == ["姓名", "证件号码"]
    assert out.rows == [["测试甲", row(1).id_number]]
    assert clerk.name in out.mark
    assert str(export.pk) in out.mark
    [entry] = reads_of(person)
    assert (entry.act, entry.export_id) == ("export", export.pk)
    with pytest.raises(NotAllowed, match="次数"):
        take_export(export.pk, actor=clerk)


def test_an_export_expires(export, clerk, leader, clock):
    decide_export(export.pk, by=leader, approve=True)
    clock(date(2020, 3, 10) + timedelta(days=8))
    with pytest.raises(NotAllowed, match="失效"):
        take_export(export.pk, actor=clerk)
    assert not AccessLog.objects.exists()


def test_an_export_is_decided_by_those_in_charge_only(export, clerk, provider):
    for stranger in (provider, actor(Role.SECTION_LEADER, region="440204")):
        with pytest.raises(PersonExport.DoesNotExist):
            decide_export(export.pk, by=stranger, approve=True)
    with pytest.raises(PersonExport.DoesNotExist):
        take_export(export.pk, actor=actor(Role.CLERK, region="440203"))


def test_nobody_asks_for_people_or_fields_beyond_their_reach(person, clerk):
    [stranger] = enrol_people([row(2, "测试乙")])
    with pytest.raises(NotAllowed, match="1 人"):
        ask_export([person.pk, stranger.pk], ["name"], actor=clerk, purpose=Purpose.REVIEW, case="filing:7")
    with pytest.raises(NotAllowed, match="银行账号"):
        ask_export([person.pk], ["bank_account"], actor=clerk, purpose=Purpose.REVIEW, case="filing:7")
    with pytest.raises(Invalid):
        ask_export([], ["name"], actor=clerk, purpose=Purpose.REVIEW, case="filing:7")


def test_a_bureau_may_keep_longer_or_shorter(settings):
    assert period("export-file") == 7
    settings.RETENTION = {"export-file": 3}
    assert period("export-file") == 3
    assert all(kind["text"].keys() == {"zh", "en"} for kind in periods().values())


@pytest.mark.django_db(transaction=True)
def test_two_downloads_at_once_are_one(regions):
    """The count is kept under a lock, so a double click takes one file."""
    firm = organisation("MA000001")
    boss, asks = actor(Role.PROVIDER_ADMIN, at=firm), actor(Role.TRAINING_ADMIN, at=firm)
    [one] = enrol_people([row(1)])
    record_employment(one, firm.pk, "contract", date(2019, 1, 1), actor=boss)
    export = ask_export([one.pk], ["name"], actor=asks, purpose=Purpose.FILING, case="filing:7")
    decide_export(export.pk, by=boss, approve=True)
    outcomes: list[str] = []

    def take() -> None:
        try:
            take_export(export.pk, actor=asks)
            outcomes.append("taken")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "taken"]
    assert AccessLog.objects.filter(act="export").count() == 1


def test_who_is_erased_leaves_no_readable_proof_and_a_record_of_it(
    person, firm, provider, clock, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    [colleague] = enrol_people([row(2, "测试乙")])
    record_employment(colleague, firm.pk, "contract", date(2019, 1, 1), actor=provider)
    gone, stays = (
        record_category(
            one, "veteran", date(2018, 1, 1), actor=provider, proof="退役证 测第1号",
            attachment=SimpleUploadedFile("测试甲退役证.pdf", pdf()),
        ).attachment
        for one in (person, colleague)
    )  # fmt: skip
    place = storage.kept() / gone.stored_as
    assert place.is_file()
    assert "测试甲" not in gone.name
    assert gone.name.endswith(".pdf")
    person.employments.update(valid_until=date(2020, 1, 1))
    clock(date(2040, 7, 30))
    with django_capture_on_commit_callbacks() as after:
        erase(person, actor=None, ground="保存期限届满")
    with pytest.raises(storage.Destroyed, match="已于 2040-07-30 销毁"):
        content_of(gone)  # at once, even where the process is killed before the file goes
    for callback in after:
        callback()
    assert not place.exists()
    assert gone.removal.ground == "保存期限届满"
    assert "证明材料 1 件" in person.events.get(turn="erased").ground
    assert "测第1号" not in person.categories.get().proof
    assert content_of(stays) == pdf()
    assert person.categories.get().category == "veteran"
