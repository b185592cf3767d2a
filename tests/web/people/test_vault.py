"""A dump of the database tells nothing about anybody, and whoever reads leaves a trace that stays."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from keshi.identity import check_bank_card, check_id_number, check_mobile
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.common.crypto import Broken
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.sealed import column
from keshi_web.people.models import AccessLog, BankAccount, Person
from keshi_web.people.queries import reads_of, visible_to
from keshi_web.people.services import (
    READABLE,
    change_account,
    change_phone,
    correct_name,
    enrol_people,
    find_by_id_number,
    find_by_name,
    link_user,
    record_category,
    record_employment,
    reveal,
    unseal_people,
)
from keshi_web.people.words import Act, Field, Proof, Purpose

from .conftest import ACCOUNT, PHONE, actor, organisation, row

CASE = {"purpose": Purpose.FILING, "case": "filing:7"}


def everything_stored() -> str:
    """Every row of every table as text, with bytes also as the text they may hold."""
    with connection.cursor() as cursor:
        cursor.execute("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"select t::text from {table} t")
            found += [text for (text,) in cursor.fetchall()]
    text = "\n".join(found)
    raw = [bytes.fromhex(one) for one in re.findall(r"\\x((?:[0-9a-f]{2})+)", text)]
    return text + "\n".join(one.decode("latin-1") for one in raw)


def test_a_dump_holds_no_number_phone_account_or_name(person, provider, clerk):
    people = enrol_people(
        [row(number, f"测验{chr(0x4E00 + number)}", phone=PHONE) for number in range(2, 60)]
    )
    change_account(person, ACCOUNT, "测试银行", actor=provider, ground="本人提供")
    record_category(person, "veteran", date(2019, 1, 1), actor=provider, proof="退役证")
    reveal(person, ["id_number", "name", "phone"], actor=clerk, **CASE)
    dump = everything_stored()
    for digits in re.findall(r"(?<![0-9a-f])[0-9]{17}[0-9X](?![0-9a-f])", dump):
        assert check_id_number(digits)
    for digits in re.findall(r"(?<![0-9a-f])1[3-9][0-9]{9}(?![0-9a-f])", dump):
        assert check_mobile(digits)
    for digits in re.findall(r"(?<![0-9a-f])[0-9]{16,19}(?![0-9a-f])", dump):
        assert check_bank_card(digits)
    opened = unseal_people([person, *people], list(Field))
    secrets = [text for values in opened.values() for text in values.values() if text]
    assert len(secrets) >= 59 * 3
    assert not [text for text in secrets if text in dump]


def test_a_row_copied_over_another_does_not_open(person):
    [other] = enrol_people([row(2, "测试乙")])
    other.name = person.name
    with pytest.raises(Broken):
        column(Person, "name").get(other)


def test_reading_leaves_a_row_with_who_whose_what_why_when(person, clerk):
    opened = reveal(person, ["phone", "name"], actor=clerk, ip="127.0.0.1", **CASE)
    assert opened == {"name": "测试甲", "phone": PHONE}
    [entry] = reads_of(person)
    assert (entry.user_id, entry.role, entry.place, entry.fields) == (
        clerk.user_id,
        Role.CLERK,
        "武江区",
        ["name", "phone"],
    )
    assert (entry.purpose, entry.case, entry.ip) == ("filing", "filing:7", "127.0.0.1")
    assert entry.field_labels == "姓名、手机号码"


def test_what_was_not_logged_was_not_read(person, clerk, monkeypatch):
    monkeypatch.setattr(AccessLog.objects, "create", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        reveal(person, ["name"], actor=clerk, **CASE)


def test_the_log_cannot_be_changed_or_emptied(person, clerk):
    reveal(person, ["name"], actor=clerk, **CASE)
    connection.check_constraints()
    for act in (
        lambda: AccessLog.objects.update(purpose="audit"),
        lambda: AccessLog.objects.all().delete(),
        lambda: connection.cursor().execute("truncate people_accesslog"),
    ):
        with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ([], {}),
        (["id_number", "birthday"], {}),
        (["name"], {"purpose": "curiosity"}),
        (["name"], {"purpose": "own"}),
        (["name"], {"case": ""}),
        (["name"], {"case": "测试甲的班级"}),
    ],
)
def test_a_read_without_purpose_case_or_field_is_refused(person, clerk, fields, how):
    with pytest.raises(Invalid):
        reveal(person, fields, actor=clerk, **{**CASE, **how})
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_only_its_fields(person, role, firm):
    region = "440200" if role not in {Role.TRAINEE, Role.SYSADMIN} else ""
    at = firm if role in {Role.PROVIDER_ADMIN, Role.TRAINING_ADMIN} else None
    who = actor(role, region="" if at else region, at=at)
    if role == Role.TRAINEE:
        Person.objects.filter(pk=person.pk).update(user=who.user_id)
    why = {**CASE, "purpose": Purpose.OWN if role == Role.TRAINEE else Purpose.REVIEW}
    for field in Field:
        if field in READABLE.get(role, ()):
            assert reveal(person, [field], actor=who, **why).keys() == {field}
        else:
            with pytest.raises(NotAllowed):
                reveal(person, [field], actor=who, **why)


def test_accounts_are_for_finance_and_the_auditor_only():
    assert {role for role, fields in READABLE.items() if Field.ACCOUNT in fields} == {
        Role.FINANCE_MAKER,
        Role.FINANCE_CHECKER,
        Role.AUDITOR,
        Role.TRAINEE,
    }
    assert Role.SYSADMIN not in READABLE


def test_another_district_and_another_provider_see_nobody(person):
    for stranger in (
        actor(Role.CLERK, region="440204"),
        actor(Role.PROVIDER_ADMIN, at=organisation("MA000002")),
        actor(Role.TRAINEE),
        actor(Role.SYSADMIN),
    ):
        assert not visible_to(stranger).exists()
        with pytest.raises(Person.DoesNotExist):
            reveal(
                person,
                ["name"],
                actor=actor(Role.CLERK, region="440204"),
                **CASE,
            )


def test_the_city_sees_the_district_and_an_agency_whom_it_dispatches(person, leader, provider, firm):
    agency = organisation("MA000003")
    [sent] = enrol_people([row(5, "测试戊")])
    record_employment(
        sent, firm.pk, "none", date(2019, 1, 1), actor=provider, agency_id=agency.pk, contract_months=24
    )
    assert set(visible_to(leader)) == {person, sent}
    assert list(visible_to(actor(Role.TRAINING_ADMIN, at=agency))) == [sent]


def test_a_number_finds_its_person_in_scope_and_the_search_is_logged(person, clerk):
    number = row(1).id_number
    assert find_by_id_number(f" {number[:6]}　{number[6:]}", actor=clerk) == person
    assert find_by_id_number(row(9).id_number, actor=clerk) is None
    assert find_by_id_number(number, actor=actor(Role.CLERK, region="440204")) is None
    assert [entry.person for entry in AccessLog.objects.order_by("id")] == [person, None, None]


def test_a_wrong_number_is_explained_and_not_searched(clerk):
    number = row(1).id_number
    with pytest.raises(Invalid) as refusal:
        find_by_id_number(number[:-1] + ("0" if number[-1] != "0" else "1"), actor=clerk)
    assert refusal.value.problems[0].code == "identity-id-check"
    assert number not in str(refusal.value.problems)
    assert not AccessLog.objects.exists()


def test_a_name_is_found_exactly_whatever_its_spaces(person, clerk):
    enrol_people([row(2, "测试乙")])
    assert find_by_name("测　试 甲", actor=clerk) == [person]
    assert find_by_name("测试", actor=clerk) == []
    # Whoever was looked for can see it; a search that found nobody is there too.
    assert [(one.person, one.act) for one in AccessLog.objects.order_by("id")] == [
        (person, Act.SEARCH),
        (None, Act.SEARCH),
    ]


@pytest.mark.parametrize(
    ("role", "purpose"),
    [(Role.AUDITOR, Purpose.AUDIT), (Role.FINANCE_MAKER, Purpose.PAYMENT), (Role.CLERK, Purpose.FILING)],
)
def test_a_search_says_what_the_role_looks_for(person, role, purpose):
    find_by_id_number(row(1).id_number, actor=actor(role, region="440203"))
    assert AccessLog.objects.get().purpose == purpose


def test_names_of_peoples_keep_their_dot(provider):
    [one, other] = enrol_people([row(2, "阿布都•测试"), row(2, "阿布都·测试")])
    assert one == other
    assert other.named_alike


def test_masks_show_no_more_than_the_one_rule(person):
    assert str(person) == "测** 4402************" + row(1).id_number[-2:]
    with pytest.raises(IntegrityError, match="person_number_is_masked"), transaction.atomic():
        Person.objects.update(id_number_masked=row(1).id_number)


@pytest.mark.parametrize(
    ("beginning", "proof"),
    [
        ("440203", Proof.RESIDENT),
        ("810000", Proof.HONG_KONG),
        ("820000", Proof.MACAU),
        ("830000", Proof.TAIWAN),
        ("944156", Proof.FOREIGN),
    ],
)
def test_the_proof_is_told_by_the_number(beginning, proof):
    assert Proof.of(beginning + "198505170015") == proof


def test_an_account_stands_in_one_name_only(person, provider, firm, clerk):
    first = change_account(person, ACCOUNT, "测试银行", actor=provider, ground="本人提供")
    [other] = enrol_people([row(2, "测试乙")])
    record_employment(other, firm.pk, "contract", date(2019, 1, 1), actor=provider)
    with pytest.raises(Invalid, match="另一人名下"):
        change_account(other, ACCOUNT, "测试银行", actor=provider, ground="本人提供")
    with pytest.raises(NotAllowed, match="已登记收款账户"):
        change_account(person, ACCOUNT, "测试银行", actor=provider, ground="换卡")
    second = change_account(person, ACCOUNT, "测试银行", actor=clerk, ground="换卡")
    assert list(BankAccount.objects.filter(until=None)) == [second]
    first.refresh_from_db()
    assert first.until is not None
    with pytest.raises(Invalid, match="银行账号有误"):
        change_account(person, ACCOUNT[:-1] + "0", "测试银行", actor=clerk, ground="本人提供")


def test_phone_and_name_change_by_those_who_may(person, provider, clerk):
    other_phone = PHONE[:-1] + "2"
    change_phone(person, other_phone, actor=provider, ground="本人提供")
    with pytest.raises(NotAllowed):
        correct_name(person, "测试己", actor=provider, ground="身份证")
    correct_name(person, "测试己", actor=clerk, ground="身份证")
    person.refresh_from_db()
    assert unseal_people([person], ["name", "phone"])[person.pk] == {"name": "测试己", "phone": other_phone}
    assert [event.turn for event in person.events.order_by("id")] == ["work", "phone", "name"]
    assert find_by_name("测试己", actor=clerk) == [person]
    with pytest.raises(NotAllowed):
        change_phone(person, PHONE, actor=actor(Role.AUDITOR, region="440203"), ground="x")


def test_the_key_can_be_turned_under_everything(person, provider, capsys):
    from django.core.management import call_command

    from keshi_web.common.crypto import key_id_of

    change_account(person, ACCOUNT, "测试银行", actor=provider, ground="本人提供")
    call_command("rotate_keys", "--cipher", "sm4", "--retire")
    person.refresh_from_db()
    assert key_id_of(person.name) == key_id_of(person.accounts.get().number) == "sm4-2"
    assert unseal_people([person], list(Field))[person.pk] == {
        "name": "测试甲",
        "id_number": row(1).id_number,
        "phone": PHONE,
        "bank_account": ACCOUNT,
    }
    assert "4 项" in capsys.readouterr().out


def test_a_trainee_is_linked_by_the_bureau_and_to_one_person_only(person, clerk, provider):
    trainee = actor(Role.TRAINEE)
    Assignment.objects.create(user_id=trainee.user_id, role=Role.TRAINEE)
    username = User.objects.get(pk=trainee.user_id).username
    with pytest.raises(NotAllowed):
        link_user(person, username, actor=provider, ground="身份证")
    with pytest.raises(Invalid):
        link_user(person, User.objects.get(pk=clerk.user_id).username, actor=clerk, ground="身份证")
    link_user(person, username, actor=clerk, ground="现场核验身份证")
    assert list(visible_to(trainee)) == [person]
    own = reveal(person, ["phone"], actor=trainee, purpose=Purpose.OWN, case="own:1")
    assert own == {"phone": PHONE}
    [other] = enrol_people([row(2, "测试乙")])
    record_employment(other, provider.organisation_id, "contract", date(2019, 1, 1), actor=provider)
    with pytest.raises(Invalid, match="另一人"):
        link_user(other, username, actor=clerk, ground="身份证")
