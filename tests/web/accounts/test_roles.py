"""Roles: granting and ending them, what does not go together, history, the log, who opens which page."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from keshi_web.accounts import urls
from keshi_web.accounts.actor import actor_of
from keshi_web.accounts.models import Assignment, SecurityEvent, User
from keshi_web.accounts.queries import security_events_for
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES, Role
from keshi_web.accounts.services import staff
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common.errors import Invalid, NotAllowed


@pytest.fixture
def admin(actor):
    return actor(Role.SYSADMIN)


def grant(user, role, admin, office=None, **more):
    return staff.grant(user.pk, role, actor=admin, office_id=office and office.pk, **more)


def test_a_role_is_held_from_today_until_it_ends(admin, person, city, clock):
    user = person()
    held = grant(user, Role.CLERK, admin, city["210804"])
    assert actor_of(user).office.key == "210804"
    staff.end_assignment(held.pk, actor=admin)
    assert actor_of(user) is None, "ended on the day it was granted: at once"
    with pytest.raises(NotAllowed):
        staff.end_assignment(held.pk, actor=admin)


def test_a_role_may_end_on_a_later_day(admin, person, city, clock):
    user = person(Role.CLERK, "210804")
    staff.end_assignment(user.assignments.get().pk, actor=admin, last_day=date(2020, 3, 12))
    clock(date(2020, 3, 12))
    assert actor_of(user)
    clock(date(2020, 3, 13))
    assert actor_of(user) is None


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"valid_from": date(2020, 3, 9)}, "过去"),
        ({"valid_from": date(2020, 3, 12), "valid_until": date(2020, 3, 11)}, "早于"),
    ],
)
def test_days_of_a_role_make_sense(admin, person, city, days, why):
    with pytest.raises(Invalid, match=why):
        grant(person(), Role.CLERK, admin, city["210804"], **days)


def test_a_role_needs_the_place_it_is_for(admin, person, city, organisation):
    with pytest.raises(Invalid):
        grant(person(), Role.CLERK, admin)
    with pytest.raises(Invalid):
        grant(person(), Role.SYSADMIN, admin, city["210804"])
    with pytest.raises(Invalid):
        staff.grant(person().pk, Role.CLERK, organisation_id=organisation().pk, actor=admin)


@pytest.mark.parametrize(
    ("held", "new"),
    [
        (Role.CLERK, Role.AUDITOR),
        (Role.AUDITOR, Role.CLERK),
        (Role.CLERK, Role.SYSADMIN),
        (Role.FINANCE_MAKER, Role.FINANCE_CHECKER),
        (Role.FINANCE_CHECKER, Role.FINANCE_MAKER),
        (Role.CLERK, Role.CLERK),
    ],
)
def test_roles_that_do_not_go_together_are_refused(admin, person, city, held, new):
    user = person(held, "210804")
    with pytest.raises(NotAllowed):
        grant(user, new, admin, city["210804"] if new in OFFICE_ROLES else None)


def test_a_system_administrator_gives_nothing_to_themselves(admin, city):
    own = Assignment.objects.get(pk=admin.assignment_id)
    for act in (
        lambda: grant(own.user, Role.CLERK, admin, city["210804"]),
        lambda: staff.end_assignment(own.pk, actor=admin),
        lambda: staff.deactivate(own.user_id, actor=admin),
        lambda: staff.make_reset_link(own.user_id, actor=admin),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_closing_an_account_ends_its_sessions_and_it_can_be_opened_again(client, admin, person, enter):
    user = person()
    enter(user)
    staff.deactivate(user.pk, actor=admin)
    assert client.get("/accounts/profile/").status_code == 302
    assert enter(user).status_code == 200
    staff.reactivate(user.pk, actor=admin)
    assert enter(user).status_code == 302
    with pytest.raises(NotAllowed):
        staff.reactivate(user.pk, actor=admin)


def test_every_change_of_an_assignment_stays_in_its_history(person):
    held = person(Role.CLERK, "210804").assignments.get()
    Assignment.objects.filter(pk=held.pk).update(role=Role.SECTION_LEADER)
    assert list(held.events.order_by("pgh_id").values_list("role", flat=True)) == ["clerk", "section-leader"]
    with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
        held.events.update(role="auditor")


def test_the_security_log_is_not_edited(person):
    event = record(Kind.SIGNED_IN, user=person())
    with pytest.raises(IntegrityError), transaction.atomic():
        SecurityEvent.objects.filter(pk=event.pk).update(kind="locked")
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()


def test_an_auditor_reads_the_log_of_their_part_only(actor, person, organisation):
    here, there = person(Role.CLERK, "210804"), person(Role.CLERK, "440200")
    firm = person(Role.PROVIDER_ADMIN, organisation=organisation())
    for user in (here, there, firm):
        record(Kind.SIGNED_IN, user=user)
    seen = {event.user_id for event in security_events_for(actor(Role.AUDITOR, "210800"))}
    assert seen == {here.pk, firm.pk}
    assert security_events_for(actor(Role.SYSADMIN)).count() == 3
    assert not security_events_for(actor(Role.BUREAU_LEADER, "210800")).exists()


# -------------------------------------------------------------------------------------------------------------
# Who opens which page: every role against every page that is read without an id

EVERYBODY = frozenset(Role)
PAGES = {
    "profile": EVERYBODY,
    "change-password": EVERYBODY,
    "sessions": EVERYBODY,
    "confirm": EVERYBODY,
    "delegations": OFFICE_ROLES,
    "members": {Role.PROVIDER_ADMIN},
    "invite-member": {Role.PROVIDER_ADMIN},
    "users": {Role.SYSADMIN},
    "create-user": {Role.SYSADMIN},
    "security-log": {Role.SYSADMIN, Role.AUDITOR},
}


@pytest.fixture
def somebody(person, organisation):
    def make(role):
        if role in ORGANISATION_ROLES:
            return person(role, organisation=organisation())
        return person(role, "210804" if role in OFFICE_ROLES else "")

    return make


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_to_its_roles_and_to_no_other(role, somebody):
    client = Client()
    client.force_login(somebody(role))
    got = {name: client.get(reverse(f"accounts:{name}")).status_code for name in PAGES}
    assert got == {name: 200 if role in roles else 403 for name, roles in PAGES.items()}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSADMIN}))
def test_an_account_s_page_and_acts_are_a_system_administrator_s_alone(role, somebody, person):
    client = Client()
    client.force_login(somebody(role))
    user = person(Role.CLERK, "210804")
    assert client.get(reverse("accounts:user", args=[user.pk])).status_code == 403
    for name in ("grant-role", "deactivate-user", "reactivate-user", "user-link", "reset-second-factor"):
        assert client.post(reverse(f"accounts:{name}", args=[user.pk])).status_code == 403


def test_every_view_says_who_may_open_it():
    for pattern in urls.urlpatterns:
        assert hasattr(pattern.callback, "allowed_roles"), pattern.name
    assert get_resolver()


def test_somebody_without_any_role_sees_their_own_account_and_a_reason_elsewhere(client, person):
    client.force_login(person())
    assert client.get(reverse("accounts:profile")).status_code == 200
    response = client.get(reverse("accounts:users"))
    assert response.status_code == 403
    assert "没有任何角色" in response.content.decode()


def test_an_administrator_s_day_through_the_pages(client, admin, city, organisation):
    client.force_login(User.objects.get(pk=admin.user_id))
    page = client.post(
        reverse("accounts:create-user"), {"username": "zhang.san", "name": "测试张"}
    ).content.decode()
    assert "/accounts/set-password/" in page
    user = User.objects.get(username="zhang.san")
    detail = reverse("accounts:user", args=[user.pk])
    assert client.get(detail).status_code == 200
    form = {"role": "clerk", "office": "", "valid_from": "2020-03-10"}
    url = reverse("accounts:grant-role", args=[user.pk])
    assert "请填写机构" in client.post(url, form).content.decode()
    assert "找不到" in client.post(url, {**form, "office": "999999"}).content.decode()
    assert client.post(url, {**form, "office": "210804"}).status_code == 302
    held = user.assignments.get()
    assert "区210804" in client.get(detail).content.decode()
    assert "zhang.san" in client.get(reverse("accounts:users") + "?role=clerk&q=zhang").content.decode()
    assert "zhang.san" not in client.get(reverse("accounts:users") + "?is_active=0").content.decode()
    assert client.post(reverse("accounts:end-role", args=[user.pk, held.pk])).status_code == 302
    firm = organisation()
    form = {"role": "provider-admin", "organisation": firm.uscc, "valid_from": "2020-03-10"}
    assert client.post(url, form).status_code == 302
    assert client.post(url, {**form, "organisation": "X"}).status_code == 200
    assert client.post(reverse("accounts:deactivate-user", args=[user.pk])).status_code == 302
    assert client.post(reverse("accounts:reactivate-user", args=[user.pk])).status_code == 302
    assert "已授予" not in client.get(detail).content.decode()
    log = client.get(reverse("accounts:security-log") + "?kind=role-granted").content.decode()
    assert "zhang.san" in log
    assert client.post(reverse("accounts:end-role", args=[admin.user_id, held.pk])).status_code == 404


def test_members_are_invited_and_removed_through_the_pages(client, person, organisation):
    firm = organisation()
    admin = person(Role.PROVIDER_ADMIN, organisation=firm)
    client.force_login(admin)
    form = {"username": "li.si", "name": "测试李", "role": "training-admin"}
    assert "/accounts/set-password/" in client.post(reverse("accounts:invite-member"), form).content.decode()
    assert "已被使用" in client.post(reverse("accounts:invite-member"), form).content.decode()
    assert "clerk" not in client.get(reverse("accounts:invite-member")).content.decode()
    member = User.objects.get(username="li.si")
    assert "li.si" in client.get(reverse("accounts:members")).content.decode()
    assert "set-password" in client.post(reverse("accounts:member-link", args=[member.pk])).content.decode()
    assert client.post(reverse("accounts:deactivate-member", args=[member.pk])).status_code == 302
    member.refresh_from_db()
    assert not member.is_active
    stranger = person(Role.TRAINING_ADMIN, organisation=organisation())
    for name in ("deactivate-member", "member-link"):
        assert client.post(reverse(f"accounts:{name}", args=[stranger.pk])).status_code == 404


def test_a_list_of_users_costs_the_same_for_many_as_for_few(
    client, admin, person, django_assert_max_num_queries
):
    for _number in range(30):
        person(Role.CLERK, "210804")
    client.force_login(User.objects.get(pk=admin.user_id))
    with django_assert_max_num_queries(14):
        client.get(reverse("accounts:users"))
