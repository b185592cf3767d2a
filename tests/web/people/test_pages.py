"""Pages of people: nothing in an address, masks until somebody says why, and the reader's name for the trainee."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.organisations.sample import licence_picture
from keshi_web.people.models import AccessLog, Person
from keshi_web.people.services import ask_export, enrol_people, record_employment, reveal
from keshi_web.people.words import Purpose

from .conftest import PHONE, actor, organisation, row


@pytest.fixture
def pages():
    """`pages(actor)`: a browser in which this person is signed in."""

    def browser(who: Actor) -> Client:
        user = User.objects.get(pk=who.user_id)
        Assignment.objects.create(
            user=user,
            role=who.role,
            office_id=who.office.id if who.office else None,
            organisation_id=who.organisation_id,
            valid_from=date(2020, 1, 1),
        )
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


def clear(answer) -> bool:
    """Whether the page shows anything of the person in clear."""
    text = answer.content.decode()
    return row(1).id_number in text or PHONE in text or "测试甲" in text


def test_a_number_leads_to_the_masked_page(person, clerk, pages):
    browser = pages(clerk)
    answer = browser.post(reverse("people:find"), {"id_number": row(1).id_number})
    assert answer.url == reverse("people:person", args=[person.pk])
    assert row(1).id_number not in answer.url
    page = browser.get(answer.url)
    assert page.status_code == 200
    assert not clear(page)
    assert str(person).split()[1] in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_number_in_the_address_is_not_looked_up(person, clerk, pages):
    answer = pages(clerk).get(reverse("people:find"), {"id_number": row(1).id_number})
    assert answer.status_code == 200
    assert not AccessLog.objects.exists()


def test_a_wrong_number_and_an_empty_form_are_explained(person, clerk, pages):
    browser = pages(clerk)
    wrong = browser.post(reverse("people:find"), {"id_number": row(1).id_number[:-1]})
    assert "18" in wrong.content.decode()
    assert "请填写证件号码或姓名" in browser.post(reverse("people:find"), {}).content.decode()
    nobody = browser.post(reverse("people:find"), {"id_number": row(77).id_number})
    assert "没有找到" in nobody.content.decode()


def test_a_name_lists_masks(person, clerk, pages):
    answer = pages(clerk).post(reverse("people:find"), {"name": "测试甲"})
    assert reverse("people:person", args=[person.pk]) in answer.content.decode()
    assert row(1).id_number not in answer.content.decode()


@pytest.mark.parametrize("htmx", [False, True])
def test_reading_takes_a_purpose_and_a_case(person, clerk, pages, htmx):
    browser, address = pages(clerk), reverse("people:reveal", args=[person.pk])
    headers = {"HX-Request": "true"} if htmx else {}
    refused = browser.post(address, {"fields_wanted": ["phone"], "case": "filing:1"}, headers=headers)
    assert not clear(refused)
    assert not AccessLog.objects.exists()
    asked = {"fields_wanted": ["id_number", "phone"], "purpose": "filing", "case": "filing:1"}
    page = browser.post(address, asked, headers=headers)
    assert row(1).id_number in page.content.decode()
    assert PHONE in page.content.decode()
    assert ("<html" in page.content.decode()) != htmx
    assert "no-store" in page["Cache-Control"]
    assert AccessLog.objects.get().ip == "127.0.0.1"
    assert browser.get(address).status_code == 405


def test_a_field_beyond_the_role_is_not_offered_and_not_given(person, clerk, pages):
    asked = {"fields_wanted": ["bank_account"], "purpose": "filing", "case": "filing:1"}
    answer = pages(clerk).post(reverse("people:reveal", args=[person.pk]), asked)
    assert 'value="bank_account"' not in answer.content.decode()
    assert not AccessLog.objects.exists()


def test_a_foreign_person_is_not_there(person, pages):
    browser = pages(actor(Role.CLERK, region="440204"))
    assert browser.get(reverse("people:person", args=[person.pk])).status_code == 404
    asked = {"fields_wanted": ["name"], "purpose": "filing", "case": "filing:1"}
    assert browser.post(reverse("people:reveal", args=[person.pk]), asked).status_code == 404


@pytest.mark.parametrize(("role", "shown"), [(Role.CLERK, False), (Role.AUDITOR, True)])
def test_the_log_is_for_auditors_and_leaders(person, clerk, pages, role, shown):
    reveal(person, ["name"], actor=clerk, purpose=Purpose.REVIEW, case="claim:4711")
    page = pages(actor(role, region="440203")).get(reverse("people:person", args=[person.pk]))
    assert ("claim:4711" in page.content.decode()) == shown


def test_a_trainee_sees_who_read_their_data(person, clerk, pages):
    reveal(person, ["phone"], actor=clerk, purpose=Purpose.CHECK, case="check:9")
    trainee = actor(Role.TRAINEE)
    browser = pages(trainee)
    assert "尚未" in browser.get(reverse("people:my-data")).content.decode()
    Person.objects.filter(pk=person.pk).update(user=trainee.user_id)
    text = browser.get(reverse("people:my-data")).content.decode()
    for part in (clerk.name, "武江区", "手机号码", "抽查回访", "check:9", "测试单位MA000001"):
        assert part in text
    assert browser.get(reverse("people:find")).status_code == 403


def test_a_trainee_reads_their_own_data_and_that_is_recorded_too(person, pages):
    trainee = actor(Role.TRAINEE)
    Person.objects.filter(pk=person.pk).update(user=trainee.user_id)
    browser = pages(trainee)
    assert not clear(browser.get(reverse("people:my-data")))
    page = browser.post(reverse("people:my-data-in-clear"))
    assert row(1).id_number in page.content.decode()
    assert PHONE in page.content.decode()
    assert AccessLog.objects.get(person=person).purpose == Purpose.OWN
    other = browser.post(reverse("people:change-phone", args=[person.pk]), {"phone": "13900000009"})
    assert other.url == reverse("people:my-data")
    assert person.events.get(turn="phone").ground == "本人办理"
    category = {"category": "veteran", "valid_from": "2020-01-01", "proof": "x"}
    assert browser.post(reverse("people:record-category", args=[person.pk]), category).status_code == 403


def test_a_category_is_recorded_with_its_proof_and_ended(person, clerk, provider, pages, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    browser, address = pages(clerk), reverse("people:record-category", args=[person.pk])
    given = {"category": "laid-off", "valid_from": "2020-01-01"}
    assert "证明材料" in browser.post(address, given).content.decode()
    paper = SimpleUploadedFile("失业证.png", licence_picture("PROOF"))
    assert browser.post(address, {**given, "attachment": paper}).status_code == 302
    [one] = person.categories.all()
    assert one.attachment.sealed
    shown = pages(provider).get(reverse("people:proof", args=[person.pk, one.pk]))
    assert shown["Content-Type"] == "image/png"
    assert AccessLog.objects.get(person=person).act == "paper"
    stranger = pages(actor(Role.CLERK, region="440204"))
    assert stranger.get(reverse("people:proof", args=[person.pk, one.pk])).status_code == 404
    end = reverse("people:end-category", args=[person.pk, one.pk])
    assert "不得早于" in browser.post(end, {"last_day": "2019-12-31"}).content.decode()
    browser.post(end, {"last_day": "2020-02-01"})
    assert "已经终止" in browser.post(end, {"last_day": "2020-03-01"}).content.decode()
    assert [event.turn for event in person.events.all()[:2]] == ["category", "category"]


def test_an_employment_is_recorded_by_its_own_organisation(person, provider, firm, pages):
    agency = organisation("MA000077")
    browser, address = pages(provider), reverse("people:record-employment", args=[person.pk])
    assert firm.uscc in browser.get(address).content.decode()
    given = {"user_uscc": agency.uscc, "relation": "contract", "valid_from": "2021-01-01"}
    assert "本单位" in browser.post(address, given).content.decode()
    assert "没有此统一" in browser.post(address, {**given, "user_uscc": "9" * 18}).content.decode()
    browser.post(address, {**given, "agency_uscc": firm.uscc, "contract_months": "24"})
    made = person.employments.get(organisation=agency)
    assert (made.agency, made.contract_months) == (firm, 24)
    end = reverse("people:end-employment", args=[person.pk, made.pk])
    assert browser.post(end, {"last_day": "2021-06-30"}).status_code == 302
    assert person.employments.get(pk=made.pk).valid_until == date(2021, 6, 30)


def test_the_bureau_corrects_links_and_merges(person, clerk, leader, provider, pages):
    trainee = actor(Role.TRAINEE)
    pages(trainee)
    browser = pages(clerk)
    name = reverse("people:correct-name", args=[person.pk])
    assert browser.post(name, {"name": "测试庚", "ground": "核对身份证原件"}).status_code == 302
    username = User.objects.get(pk=trainee.user_id).username
    link = reverse("people:link-user", args=[person.pk])
    assert "不是学员账号" in browser.post(link, {"username": "nobody", "ground": "x"}).content.decode()
    browser.post(link, {"username": username, "ground": "核对身份证原件"})
    person.refresh_from_db()
    assert (person.name_masked, person.user_id) == ("测**", trainee.user_id)
    [other] = enrol_people([row(2)])
    record_employment(other, provider.organisation_id, "contract", date(2019, 1, 1), actor=provider)
    merge = reverse("people:merge", args=[other.pk])
    assert browser.get(merge).status_code == 403
    leads = pages(leader)
    assert (
        "没有此证件号码" in leads.post(merge, {"id_number": row(9).id_number, "ground": "x"}).content.decode()
    )
    leads.post(merge, {"id_number": row(1).id_number, "ground": "同一人"})
    other.refresh_from_db()
    assert other.survivor == person


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.EVALUATOR, Role.PLATFORM_OPERATOR])
def test_who_reads_nobody_finds_nobody(firm, pages, role):
    at = firm if role == Role.PLATFORM_OPERATOR else None
    who = actor(role, region="440203" if role == Role.EVALUATOR else "", at=at)
    assert pages(who).get(reverse("people:find")).status_code == 403


def test_an_export_from_wish_to_file(person, clerk, leader, pages):
    export = ask_export(
        [person.pk], ["name", "id_number"], actor=clerk, purpose=Purpose.PAYMENT, case="batch:3"
    )
    asks, decides = pages(clerk), pages(leader)
    take = reverse("people:take-export", args=[export.pk])
    assert asks.post(take).status_code == 302
    assert (
        asks.post(reverse("people:decide-export", args=[export.pk]), {"decision": "approve"}).status_code
        == 403
    )
    assert "批准" in decides.get(reverse("people:exports")).content.decode()
    decides.post(reverse("people:decide-export", args=[export.pk]), {"decision": "approve"})
    answer = asks.post(take)
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[:2] == [["姓名", "证件号码"], ["测试甲", row(1).id_number]]
    assert str(export.pk) in rows[-1][0]
    assert asks.post(take).status_code == 302
    assert AccessLog.objects.filter(person=person, act="export").count() == 1
    assert decides.post(take).status_code == 404
