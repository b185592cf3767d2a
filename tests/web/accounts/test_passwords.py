"""Changing, resetting and confirming passwords."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from keshi_web.accounts.models import PasswordLink, SecurityEvent
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import members, passwords, staff
from keshi_web.accounts.services.staff import create_user, make_reset_link, reset_second_factor
from keshi_web.common.errors import Invalid, NotAllowed

from .conftest import PASSWORD, Authenticator

CHANGE = reverse("accounts:change-password")
CONFIRM = reverse("accounts:confirm")
NEW = "a-quite-different-phrase"


def inside(client):
    return client.get("/accounts/profile/").status_code == 200


def changed(client, password, again=None):
    return client.post(CHANGE, {"password": password, "again": again or password})


def test_a_new_password_ends_other_sessions_and_keeps_this_one(client, person, enter):
    user = person()
    other = Client()
    enter(user, client=other)
    enter(user)
    assert changed(client, NEW).status_code == 302
    assert inside(client)
    assert not inside(other)
    assert enter(user, client=other).status_code == 200
    assert enter(user, NEW, client=other).status_code == 302


@pytest.mark.parametrize(
    ("password", "why"),
    [("short-one", "12"), ("123456789012345", "数字"), ("password123456", ""), (PASSWORD, "相同")],
)
def test_weak_and_unchanged_passwords_are_refused_with_the_reason(client, person, enter, password, why):
    user = person()
    enter(user)
    response = changed(client, password)
    assert response.status_code == 200
    assert why in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_two_entries_that_differ_are_refused(client, person, enter):
    enter(person())
    assert "不一致" in changed(client, NEW, NEW + "x").content.decode()


def test_a_sensitive_change_asks_for_the_password_again_after_ten_minutes(client, person, enter, time):
    user = person()
    enter(user)
    time(minutes=11)
    response = client.get(CHANGE)
    assert response["Location"] == f"{CONFIRM}?next={CHANGE}"
    response = changed(client, NEW)
    assert response["Location"].startswith(CONFIRM)
    user.refresh_from_db()
    assert user.check_password(PASSWORD), "what was sent without confirmation is not done"
    assert client.post(CONFIRM, {"secret": "wrong", "next": CHANGE}).status_code == 200
    assert client.post(CONFIRM, {"secret": PASSWORD, "next": CHANGE})["Location"] == CHANGE
    assert changed(client, NEW).status_code == 302
    assert SecurityEvent.objects.filter(kind="confirm-failed").count() == 1


def test_a_code_confirms_too_but_not_twice(client, person, enter, time):
    user = person(Role.CLERK, "210804")
    phone = Authenticator.of(user)
    client.force_login(user)
    time(minutes=11)
    code = phone.code()
    assert client.post(CONFIRM, {"secret": code, "next": CHANGE}).status_code == 302
    time(seconds=11)
    assert client.post(CONFIRM, {"secret": code, "next": CHANGE}).status_code == 200


def test_guessing_at_the_confirmation_has_to_wait(client, person, enter):
    enter(person())
    for _attempt in range(5):
        client.post(CONFIRM, {"secret": "wrong"})
    assert "15 分钟" in client.post(CONFIRM, {"secret": PASSWORD}).content.decode()


def test_a_demonstration_click_confirms_sample_people_only(client, person, enter):
    enter(person())
    assert client.post(CONFIRM, {"as_sample": "1"}).status_code == 200


def test_somebody_who_must_change_the_password_does_so_before_anything_else(client, person, enter):
    user = person(must_change_password=True)
    page = reverse("accounts:new-password")
    assert enter(user)["Location"] == page
    assert not inside(client)
    assert "相同" in client.post(page, {"password": PASSWORD, "again": PASSWORD}).content.decode()
    assert client.post(page, {"password": NEW, "again": NEW}).status_code == 302
    assert inside(client)


def link(token):
    return reverse("accounts:set-password", args=[token])


def test_an_administrator_makes_a_link_that_sets_a_password_once(client, person, actor, enter):
    user = person()
    elsewhere = Client()
    enter(user, client=elsewhere)
    token = make_reset_link(user.pk, actor=actor(Role.SYSADMIN))
    response = client.get(link(token))
    assert response["Location"] == link("now"), "the token leaves the address"
    assert user.username in client.get(link("now")).content.decode()
    assert client.post(link("now"), {"password": "short", "again": "short"}).status_code == 200
    assert client.post(link("now"), {"password": NEW, "again": NEW})["Location"] == reverse(
        "accounts:sign-in"
    )
    assert not inside(elsewhere)
    assert enter(user, NEW).status_code == 302
    assert Client().get(link(token), follow=True).status_code == 410
    with pytest.raises(NotAllowed):
        passwords.use_link(token, NEW + "x")


def test_a_link_expires_and_a_newer_one_voids_it(client, person, actor, clock):
    user, admin = person(), actor(Role.SYSADMIN)
    first = make_reset_link(user.pk, actor=admin)
    second = make_reset_link(user.pk, actor=admin)
    assert client.get(link(first), follow=True).status_code == 410
    assert client.get(link(second), follow=True).status_code == 200
    clock(date(2020, 3, 12))
    assert client.get(link(second), follow=True).status_code == 410


def test_the_table_of_links_opens_nothing(person, actor):
    token = make_reset_link(person().pk, actor=actor(Role.SYSADMIN))
    assert token not in repr(vars(PasswordLink.objects.get()))
    assert token not in repr(list(SecurityEvent.objects.values()))


def test_guessing_links_has_to_wait(client, person, actor):
    token = make_reset_link(person().pk, actor=actor(Role.SYSADMIN))
    for number in range(20):
        client.get(link(f"guess{number}"), follow=True)
    assert client.get(link(token), follow=True).status_code == 410


def test_one_administrator_does_not_reset_both_password_and_second_factor(person, actor, clock):
    user, admin, other = person(Role.CLERK, "210804"), actor(Role.SYSADMIN), actor(Role.SYSADMIN)
    Authenticator.of(user)
    make_reset_link(user.pk, actor=admin)
    with pytest.raises(NotAllowed, match="两名管理员"):
        reset_second_factor(user.pk, actor=admin)
    reset_second_factor(user.pk, actor=other)
    with pytest.raises(NotAllowed, match="两名管理员"):
        make_reset_link(user.pk, actor=other)
    clock(date(2020, 3, 12))
    make_reset_link(user.pk, actor=other)


def test_a_new_account_is_opened_by_its_invitation(actor):
    user, token = create_user("new.clerk", "测试新", actor=actor(Role.SYSADMIN))
    assert not user.has_usable_password()
    assert passwords.use_link(token, NEW) == user


def test_a_name_that_is_taken_is_refused(actor, person):
    user = person()
    with pytest.raises(Invalid):
        create_user(user.username, "测试", actor=actor(Role.SYSADMIN))


def test_an_organisation_invites_and_removes_its_own_people(actor, organisation, person):
    mine, other = organisation(), organisation()
    admin = actor(Role.PROVIDER_ADMIN, organisation=mine)
    invited = members.invite(mine.pk, "new.member", "测试新", Role.TRAINING_ADMIN, actor=admin)
    passwords.use_link(invited.token, NEW)
    members.member_link(invited.user.pk, actor=admin)
    members.deactivate_member(invited.user.pk, actor=admin)
    invited.user.refresh_from_db()
    assert not invited.user.is_active
    assert not invited.user.assignments.filter(valid_until__isnull=True).exists()
    with pytest.raises(NotAllowed):
        members.invite(other.pk, "spy", "测试", Role.TRAINING_ADMIN, actor=admin)
    with pytest.raises(NotAllowed):
        members.invite(
            mine.pk, "x", "测试", Role.TRAINING_ADMIN, actor=actor(Role.TRAINING_ADMIN, organisation=mine)
        )
    with pytest.raises(Invalid):
        members.invite(mine.pk, "clerk", "测试", Role.CLERK, actor=admin)
    theirs = person(Role.TRAINING_ADMIN, organisation=other)
    for act in (members.deactivate_member, members.member_link):
        with pytest.raises(type(theirs).DoesNotExist):
            act(theirs.pk, actor=admin)
        with pytest.raises(NotAllowed):
            act(admin.user_id, actor=admin)


def test_a_link_for_somebody_with_another_place_is_not_an_organisation_s_to_make(
    actor, organisation, person, city
):
    mine = organisation()
    admin = actor(Role.PROVIDER_ADMIN, organisation=mine)
    both = person(Role.TRAINING_ADMIN, organisation=mine)
    both.assignments.create(role=Role.CLERK, office=city["210804"])
    with pytest.raises(NotAllowed, match="其他机构"):
        members.member_link(both.pk, actor=admin)
    members.deactivate_member(both.pk, actor=admin)
    both.refresh_from_db()
    assert both.is_active, "the other role stays"


def test_nobody_but_a_system_administrator_manages_accounts(actor, person):
    clerk, user = actor(Role.BUREAU_LEADER, "210800"), person()
    for act in (
        lambda: staff.create_user("x.y", "测试", actor=clerk),
        lambda: staff.grant(user.pk, Role.SYSADMIN, actor=clerk),
        lambda: staff.deactivate(user.pk, actor=clerk),
        lambda: staff.reactivate(user.pk, actor=clerk),
        lambda: staff.make_reset_link(user.pk, actor=clerk),
        lambda: staff.reset_second_factor(user.pk, actor=clerk),
    ):
        with pytest.raises(NotAllowed):
            act()
