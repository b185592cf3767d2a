"""Whoever steals the database and the logs finds no number of anybody in them."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from keshi.identity import check_bank_card, check_id_number, check_mobile, make_id_number
from keshi_web.classes import sample as cities
from keshi_web.classes.models import Enrolment, Filing, RosterImport
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import roster
from keshi_web.common.sealed import column
from keshi_web.organisations.models import BankAccount as OrganisationAccount
from keshi_web.organisations.models import Contact
from keshi_web.people.models import BankAccount, Person
from keshi_web.people.services import change_account

pytestmark = [pytest.mark.usefixtures("sample_database"), pytest.mark.django_db]
DIGITS = re.compile(r"(?<![0-9A-Za-z])\d{11,19}[0-9Xx]?(?![0-9A-Za-z])")
"""A number as people write it; within a word of hexadecimal digits chance makes some that look sound."""
PHONE, CARD = "13900000001", "6222000000000000012"


def numbers_in(text: str) -> Iterator[str]:
    """Sound identity numbers, mobile numbers and card numbers in a text."""
    for found in DIGITS.findall(text):
        if (
            not check_id_number(found)
            or not check_mobile(found)
            or (len(found) >= 16 and not check_bank_card(found))
        ):
            yield found


def rows() -> Iterator[tuple[str, str]]:
    """Every row of every table, jobs and sessions too, as text; and how the objects of the database are written."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')
            for (row,) in cursor.fetchall():
                yield table, row
        for objects, text in (
            ("functions", "select prosrc from pg_proc where pronamespace = 'public'::regnamespace"),
            ("comments", "select description from pg_description where objoid >= 16384"),
            (
                "statistics",
                "select concat(most_common_vals::text, histogram_bounds::text) from pg_stats",
            ),
        ):
            cursor.execute(text)
            for (row,) in cursor.fetchall():
                yield objects, row


def test_a_dump_of_every_table_and_the_logs_holds_no_persons_number(caplog, capfd) -> None:
    entered = journey()
    text = list(rows())
    assert {table for table, _row in text} >= {
        "people_person",
        "workflow_entry",
        "django_session",
    }
    found = {table: number for table, row in text for number in numbers_in(row)}
    assert found == {}
    everything = "\n".join(row for _table, row in text)
    logs = caplog.text + "".join(capfd.readouterr()) + _server_log()
    for secret in entered:
        assert secret not in everything
        assert secret not in logs
    assert not list(numbers_in(logs))


def test_the_search_would_find_a_number_that_leaked() -> None:
    planted = make_id_number("210802", date(1985, 5, 17), 321)
    filing = Filing.objects.all()[0]
    for leak in (planted, PHONE, CARD):
        Filing.objects.filter(pk=filing.pk).update(answers={"note": f"电话或证件 {leak}，请核对"})
        assert leak in {number for _table, row in rows() for number in numbers_in(row)}


def test_everything_that_names_a_person_is_sealed() -> None:
    assert Person.objects.exists()
    assert OrganisationAccount.objects.exists()
    assert Contact.objects.exists()
    opened = {column(Person, "id_number").get(person) for person in Person.objects.all()}
    assert all(number and not check_id_number(number) for number in opened)


def journey() -> list[str]:
    """A provider enters people by form, paste and search; the bureau looks somebody up. What was typed."""
    provider = Client()
    provider.post(reverse("accounts:sign-in-as-sample"), {"username": "yingkou-jia"})
    own = cities.actor("yingkou-jia")
    draft = Filing.objects.filter(process__state="draft", organisation_id=own.organisation_id)[0]
    first, second, third = (make_id_number("210802", date(1984, 2, 3), number) for number in (511, 512, 513))
    usual = {"category": "employee", "relation": "contract", "front_line": True, "insured": True}
    roster.add(draft.pk, Row("赵测试", first, PHONE, facts=usual), by=own)
    number = draft.process.number
    pasted = f"姓名\t身份证号码\t手机号码\n钱测试\t{second}\t{PHONE}\n孙测试\t{third[:-1]}0\t{PHONE}"
    assert provider.post(reverse("classes:paste", args=[number]), {"text": pasted}).status_code in (200, 302)
    assert RosterImport.objects.filter(filing=draft).exists()
    assert provider.post(reverse("people:find"), {"id_number": first}).status_code == 302
    assert provider.post(reverse("people:find"), {"id_number": third}).status_code == 200
    provider.get(reverse("classes:people", args=[number]))
    person = Enrolment.objects.filter(filing=draft)[0].person
    change_account(person, CARD, "测试银行", actor=own, ground="本人申请")
    assert BankAccount.objects.filter(person=person).exists()
    clerk = Client()
    clerk.post(reverse("accounts:sign-in-as-sample"), {"username": "yingkou-210802-clerk"})
    clerk.post(reverse("people:find"), {"id_number": second})
    clerk.get(reverse("classes:filings"), {"q": first})
    return [first, second, third, PHONE, CARD, "赵测试", "钱测试"]


def _server_log() -> str:
    """What the embedded server wrote."""
    logs = sorted(Path(settings.HOME, "postgres", "log").glob("*.log"))
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)
