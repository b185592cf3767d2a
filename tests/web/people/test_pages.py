"""Pages of people: nothing in an address, masks until somebody says why, and the reader's name for the trainee."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.people.models import AccessLog, Person
from keshi_web.people.services import ask_export, reveal
from keshi_web.people.words import Purpose

from .conftest import PHONE, actor, row


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
    assert "尚未" in browser.get(reverse("people:my-reads")).content.decode()
    Person.objects.filter(pk=person.pk).update(user=trainee.user_id)
    text = browser.get(reverse("people:my-reads")).content.decode()
    for part in (clerk.name, "武江区", "手机号码", "抽查回访", "check:9"):
        assert part in text
    assert browser.get(reverse("people:find")).status_code == 403


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
