"""Signing in and out, locks, sessions."""

import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from keshi_web.accounts import attempts
from keshi_web.accounts.models import SecurityEvent, SessionRecord
from keshi_web.accounts.origin import mask_address
from keshi_web.accounts.roles import Role
from keshi_web.common import clock

from .conftest import PASSWORD, Authenticator

Kind = SecurityEvent.Kind
PROFILE = "/accounts/profile/"


def signed_in(client):
    return client.get(PROFILE).status_code == 200


def kinds():
    return list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_provider_signs_in_and_lands_where_they_were_going(client, person, organisation, enter):
    user = person(Role.PROVIDER_ADMIN, organisation=organisation())
    response = client.get(PROFILE)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/sign-in/?next={PROFILE}"
    response = enter(user, next=PROFILE)
    assert (response.status_code, response["Location"]) == (302, PROFILE)
    assert signed_in(client)
    assert kinds() == [Kind.SIGNED_IN]
    assert SessionRecord.objects.get().second_factor is False
    user.refresh_from_db()
    assert user.last_login.astimezone(clock.ZONE).date() == clock.today()


def test_names_are_read_without_regard_to_case_or_spaces(client, person, enter):
    user = person()
    assert enter(f" {user.username.upper()} ")["Location"] == "/"
    assert signed_in(client)


def test_wrong_name_and_wrong_password_read_alike(client, person, enter):
    user = person()

    def text(response):
        return re.sub(
            r'(csrfmiddlewaretoken" value="[^"]+"|value="(user\d+|nobody)")', "", response.content.decode()
        )

    assert text(enter(user, "wrong")) == text(enter("nobody", "wrong"))
    assert not signed_in(client)


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(client, person, enter, evil):
    assert enter(person(), next=evil)["Location"] == "/"


def test_a_closed_account_does_not_sign_in(client, person, enter):
    assert enter(person(is_active=False)).status_code == 200
    assert not signed_in(client)


def test_five_failures_lock_the_account_for_the_address_and_the_page_says_until_when(client, person, enter):
    user = person()
    for _attempt in range(4):
        assert enter(user, "wrong").status_code == 200
    response = enter(user, "wrong")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 15 * 60
    assert "约 15 分钟后" in response.content.decode()
    assert enter(user).status_code == 429, "the right password does not open a lock"
    assert kinds() == [Kind.SIGN_IN_FAILED] * 5 + [Kind.LOCKED] + [Kind.SIGN_IN_FAILED]
    AccessAttempt.objects.all().delete()  # the cool-off has passed
    assert enter(user).status_code == 302


def test_trying_during_a_lock_does_not_make_it_longer(client, person, enter):
    user = person()
    for _attempt in range(5):
        enter(user, "wrong")
    before = AccessAttempt.objects.get().attempt_time
    enter(user, "wrong")
    assert AccessAttempt.objects.get().attempt_time == before


def test_what_was_typed_into_the_name_is_kept_nowhere(client, person, enter):
    typed = "11010519491231002X"
    enter(typed, "wrong")
    row = AccessAttempt.objects.get()
    assert typed not in repr(vars(row))
    assert "wrong" not in repr(vars(row))
    event = SecurityEvent.objects.get()
    assert event.user is None
    assert typed not in repr(vars(event))


def test_one_device_that_tries_many_accounts_has_to_wait(client, db, enter, time):
    client.get(reverse("accounts:sign-in"))
    for number in range(attempts.DEVICE.failures):
        assert enter(f"nobody{number}", "wrong").status_code == 200
    assert enter("nobody", "wrong").status_code == 429
    time(minutes=16)
    assert enter("nobody", "wrong").status_code == 200


def test_one_address_that_tries_many_accounts_has_to_wait(client, person, enter):
    user = person()
    for _number in range(attempts.ADDRESS.failures):
        attempts.count_failure(attempts.ADDRESS, "127.0.0.1")
    assert enter(user).status_code == 429
    assert (
        Client(REMOTE_ADDR="192.0.2.7")
        .post(reverse("accounts:sign-in"), {"username": user.username, "password": PASSWORD})
        .status_code
        == 302
    )


def test_an_account_attacked_from_everywhere_stays_open_to_its_owner_on_a_known_device(client, person, enter):
    user = person()
    client.get(reverse("accounts:sign-in"))
    enter(user)
    client.post(reverse("accounts:sign-out"))
    name = attempts.username_digest(None, {"username": user.username})
    for _number in range(attempts.ACCOUNT.failures):
        attempts.count_failure(attempts.ACCOUNT, name)
    assert enter(user, client=Client()).status_code == 429, "an unknown device waits"
    assert enter(user).status_code == 302, "the owner's does not"


def test_counting_failures_starts_anew_after_the_window(db, time):
    for _number in range(attempts.LINK.failures - 1):
        assert not attempts.count_failure(attempts.LINK, "x")
    assert attempts.count_failure(attempts.LINK, "x")
    assert attempts.blocked_until(attempts.LINK, "x")
    time(minutes=15)
    assert not attempts.blocked_until(attempts.LINK, "x")
    assert not attempts.count_failure(attempts.LINK, "x")
    time(hours=2)
    assert attempts.remove_old() == 1


def test_signing_out_ends_the_session_on_record_too(client, person, enter):
    enter(person())
    cookie = client.cookies["sessionid"].value
    client.post(reverse("accounts:sign-out"))
    assert SessionRecord.objects.get().end == "signed-out"
    client.cookies["sessionid"] = cookie
    assert not signed_in(client)
    assert kinds() == [Kind.SIGNED_IN, Kind.SIGNED_OUT]


def test_an_idle_session_ends_and_its_page_is_found_again(client, person, enter, time):
    user = person()
    enter(user)
    time(minutes=29)
    assert signed_in(client)
    time(minutes=31)
    response = client.get(f"{PROFILE}sessions/?a=1", follow=True)
    assert response.redirect_chain == [("/accounts/sign-in/?next=/accounts/profile/sessions/%3Fa%3D1", 302)]
    assert "您长时间未操作" in response.content.decode()
    assert SessionRecord.objects.get().end == "idle"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client, person, enter, time):
    user = person()
    enter(user)
    time(minutes=31)
    page = "http://testserver/accounts/profile/?tab=1"
    response = client.post(
        "/accounts/profile/password/", {"password": "x"}, headers={"Referer": page}, follow=True
    )
    assert response.redirect_chain == [("/accounts/sign-in/?next=/accounts/profile/%3Ftab%3D1", 302)]
    assert "刚才的内容没有提交" in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_form_of_another_site_does_not_choose_where_people_go(client, db):
    response = client.post(PROFILE, {}, headers={"Referer": "https://evil.example/x"})
    assert response["Location"] == "/accounts/sign-in/?next=/"


def test_htmx_moves_the_whole_page_to_the_sign_in(client, db):
    response = client.get(
        PROFILE, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/users/"}
    )
    assert response["HX-Redirect"] == "/accounts/sign-in/?next=/accounts/users/"


def test_people_see_their_sessions_and_end_them(client, person, enter):
    user = person()
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/125.0")
    enter(user, client=other)
    enter(user)
    page = client.get(reverse("accounts:sessions")).content.decode()
    assert "Firefox · Windows" in page
    assert "127.0.0.*" in page
    assert "127.0.0.1" not in page
    theirs = SessionRecord.objects.get(device="Firefox · Windows")
    assert client.post(reverse("accounts:end-session", args=[theirs.pk])).status_code == 302
    assert not signed_in(other)
    assert signed_in(client)


def test_a_session_of_somebody_else_does_not_exist(client, person, enter):
    other = Client()
    enter(person(), client=other)
    enter(person())
    theirs = SessionRecord.objects.order_by("id").first()
    assert client.post(reverse("accounts:end-session", args=[theirs.pk])).status_code == 404
    assert signed_in(other)


def test_all_other_sessions_end_at_once(client, person, enter):
    user = person()
    others = [Client(), Client()]
    for other in others:
        enter(user, client=other)
    enter(user)
    client.post(reverse("accounts:end-other-sessions"))
    assert [signed_in(other) for other in others] == [False, False]
    assert signed_in(client)


def test_the_table_of_sessions_opens_no_session(client, person, enter):
    enter(person())
    assert client.cookies["sessionid"].value not in repr(vars(SessionRecord.objects.get()))


def test_two_tabs_that_sign_in_end_in_one_session(client, person):
    user = person()
    strict = Client(enforce_csrf_checks=True)
    strict.get(reverse("accounts:sign-in"))
    token = strict.cookies["csrftoken"].value
    form = {"username": user.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert strict.post(reverse("accounts:sign-in"), form).status_code == 302
    response = strict.post(reverse("accounts:sign-in"), form)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert SessionRecord.objects.filter(ended_at__isnull=True).count() == 1


def test_a_new_person_in_the_same_browser_ends_the_session_of_the_one_before(client, person, enter):
    enter(person())
    enter(person())
    assert list(SessionRecord.objects.order_by("id").values_list("end", flat=True)) == ["signed-out", ""]


def test_the_session_key_changes_at_sign_in(client, person, enter):
    staff, colleague = person(Role.CLERK, "210804"), person()
    enter(staff)
    before = client.cookies["sessionid"].value
    enter(colleague)
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(
    ("address", "masked"),
    [("192.0.2.17", "192.0.2.*"), ("2001:db8:1:2::7", "2001:db8:1::*"), (None, "")],
)
def test_addresses_are_masked_to_their_network(address, masked):
    assert mask_address(address) == masked


def test_the_language_is_kept_with_the_account_and_in_a_cookie(client, person, enter):
    user = person()
    response = client.post(reverse("accounts:language"), {"language": "en", "next": "/accounts/sign-in/"})
    assert client.cookies["keshi_language"].value == "en"
    assert "Sign in" in client.get(response["Location"]).content.decode()
    enter(user)
    client.post(reverse("accounts:language"), {"language": "en", "next": PROFILE})
    user.refresh_from_db()
    assert user.language == "en"
    client.post(reverse("accounts:language"), {"language": "tlh", "next": PROFILE})
    user.refresh_from_db()
    assert user.language == "en"


def test_staff_with_a_phone_still_need_the_code(client, person, enter):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    response = enter(user, next=PROFILE)
    assert response["Location"] == reverse("accounts:second-factor")
    assert not signed_in(client)
    response = client.post(reverse("accounts:second-factor"), {"code": phone.code()})
    assert response["Location"] == PROFILE
    assert signed_in(client)
    assert SessionRecord.objects.get().second_factor is True
