"""Codes of the authenticator app, recovery codes, enrolment."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from keshi_web.accounts.models import RecoveryCode, SecondFactor, SecurityEvent, SessionRecord
from keshi_web.accounts.roles import SECOND_FACTOR, Role
from keshi_web.accounts.services import holding, second_factor

from .conftest import Authenticator

CODE = reverse("accounts:second-factor")
ENROL = reverse("accounts:enrol")


def inside(client):
    return client.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_staff_enrol_before_anything_else(client, person, enter, role):
    user = person(role, "" if role is Role.SYSADMIN else "210804")
    assert enter(user)["Location"] == ENROL
    assert not inside(client)
    assert client.get(ENROL).status_code == 200


def test_enrolment_shows_a_code_to_scan_and_hands_out_recovery_codes_once(client, person, enter, time):
    user = person(Role.CLERK, "210804")
    enter(user)
    page = client.get(ENROL).content.decode()
    assert "<svg" in page
    assert client.get(ENROL).content.decode().count("<svg") >= 1, "a reload keeps the secret"
    factor = SecondFactor.objects.get()
    assert factor.confirmed_at is None
    assert re.search(second_factor.secret_of(factor)[:4], page)
    phone = Authenticator(factor)
    assert "不正确" in client.post(ENROL, {"code": "000000"}).content.decode()
    page = client.post(ENROL, {"code": phone.code()}).content.decode()
    codes = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", page)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert not inside(client)
    assert client.post(reverse("accounts:go-on"))["Location"] == "/"
    assert inside(client)
    client.post(reverse("accounts:sign-out"))
    enter(user)
    assert client.post(CODE, {"code": codes[0].lower()}).status_code == 302
    assert inside(client)
    client.post(reverse("accounts:sign-out"))
    enter(user)
    assert client.post(CODE, {"code": codes[0]}).status_code == 200, "each serves once"


def test_neither_secret_nor_recovery_codes_are_readable_in_the_database(person):
    user = person(Role.CLERK, "210804")
    factor = second_factor.begin(user)
    secret = second_factor.secret_of(factor)
    codes = second_factor._new_recovery_codes(user)
    with connection.cursor() as cursor:
        cursor.execute("select * from accounts_secondfactor")
        dump = repr([bytes(part) if isinstance(part, memoryview) else part for part in cursor.fetchone()])
    assert secret not in dump
    stored = b"".join(bytes(digest) for digest in RecoveryCode.objects.values_list("digest", flat=True))
    assert all(code.replace("-", "").encode() not in stored for code in codes)


def test_a_secret_that_another_browser_saw_is_not_confirmed(client, person, enter, time):
    user = person(Role.CLERK, "210804")
    thief = Client()
    enter(user, client=thief)
    thief.get(ENROL)
    seen = SecondFactor.objects.get()
    enter(user)
    client.get(ENROL)
    assert SecondFactor.objects.get().pk != seen.pk
    assert "已失效" in thief.post(ENROL, {"code": "123456"}).content.decode()


def test_a_code_is_accepted_once(client, person, enter, time):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    enter(user)
    assert client.post(CODE, {"code": phone.code()}).status_code == 302
    other = Client()
    enter(user, client=other)
    assert "已用过" in other.post(CODE, {"code": phone.code()}).content.decode()
    assert not inside(other)
    time(seconds=30)
    assert other.post(CODE, {"code": phone.code()}).status_code == 302


def test_an_older_code_is_not_accepted_after_a_newer_one(person, time):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    second_factor.verify(user, phone.code())
    with pytest.raises(second_factor.Wrong):
        second_factor.verify(user, phone.code(-1))


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(person, time, steps, accepted):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    if accepted:
        second_factor.verify(user, phone.code(steps))
    else:
        with pytest.raises(second_factor.Wrong):
            second_factor.verify(user, phone.code(steps))


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12 34 5", "١٢٣٤٥٦", "abcdef", "-12345", "１２３４５６"]
)
def test_what_is_no_code_is_refused(person, code):
    user = person(Role.CLERK, "210804")
    Authenticator.of(user)
    with pytest.raises(second_factor.Wrong):
        second_factor.verify(user, code)


def test_five_wrong_codes_have_to_wait_even_with_the_right_one(person, time):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    for _attempt in range(5):
        with pytest.raises(second_factor.Wrong):
            second_factor.verify(user, "000000")
    with pytest.raises(second_factor.Wrong, match="15 分钟"):
        second_factor.verify(user, phone.code())
    time(minutes=16)
    second_factor.verify(user, phone.code())


@pytest.mark.django_db(transaction=True)
def test_two_tabs_use_a_recovery_code_once(person):
    user = person(Role.CLERK, "210804")
    Authenticator.of(user)
    code = second_factor._new_recovery_codes(user)[0]

    def use(_tab: int) -> bool:
        try:
            second_factor.verify(user, code)
        except second_factor.Wrong:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as tabs:
        assert sorted(tabs.map(use, range(2))) == [False, True]


def test_the_password_step_is_forgotten_after_ten_minutes(client, person, enter, time):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    enter(user)
    time(minutes=11)
    assert client.post(CODE, {"code": phone.code()})["Location"] == reverse("accounts:sign-in")
    assert not inside(client)


def test_the_code_page_alone_opens_nothing(client, person):
    assert client.get(CODE)["Location"] == reverse("accounts:sign-in")
    assert client.post(reverse("accounts:go-on"))["Location"] == reverse("accounts:sign-in")


def test_a_role_that_needs_a_second_factor_ends_sessions_without_one(client, person, enter, city):
    user = person()
    enter(user)
    assert inside(client)
    holding.hold(user, Role.CLERK, office_id=city["210804"].pk, by=None)
    assert not inside(client)
    assert SessionRecord.objects.get().end == "role"
    assert enter(user)["Location"] == ENROL


def test_somebody_who_need_not_may_enable_it_and_is_then_asked(client, person, enter, organisation):
    user = person(Role.PROVIDER_ADMIN, organisation=organisation())
    enter(user)
    page = reverse("accounts:enable-second-factor")
    assert "<svg" in client.get(page).content.decode()
    phone = Authenticator(SecondFactor.objects.get())
    assert "备用码" in client.post(page, {"code": phone.code()}).content.decode()
    client.post(reverse("accounts:sign-out"))
    assert enter(user)["Location"] == CODE
    assert SecurityEvent.objects.filter(kind="factor-enrolled", user=user).exists()


def test_a_second_factor_in_force_is_not_replaced_in_passing(client, person):
    user = person(Role.CLERK, "210804")
    Authenticator.of(user)
    client.force_login(user)
    assert client.get(reverse("accounts:enable-second-factor"))["Location"] == reverse("accounts:profile")
