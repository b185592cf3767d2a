"""Standing in for a colleague: who, when, and what it does not allow."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from keshi_web.accounts.actor import actor_of, delegations_to
from keshi_web.accounts.models import Assignment, Delegation, SecurityEvent, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import holding
from keshi_web.accounts.services.delegations import delegate, revoke
from keshi_web.common.errors import Invalid, NotAllowed

TODAY = date(2020, 3, 10)
FRIDAY = date(2020, 3, 13)


@pytest.fixture
def leader(actor):
    return actor(Role.SECTION_LEADER, "210804")


@pytest.fixture
def colleague(person):
    return person(Role.CLERK, "210804")


def lend(leader, colleague, since=TODAY, until=FRIDAY, reason="出差"):
    return delegate(colleague.pk, valid_from=since, valid_until=until, reason=reason, actor=leader)


def test_a_delegate_acts_in_the_role_lent_under_their_own_name(leader, colleague):
    lend(leader, colleague)
    actor = actor_of(colleague, leader.assignment_id)
    assert (actor.user_id, actor.role, actor.standing_in_for) == (
        colleague.pk,
        Role.SECTION_LEADER,
        leader.user_id,
    )
    own = actor_of(colleague)
    assert (own.role, own.standing_in_for) == (Role.CLERK, None)


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (date(2020, 3, 10), False),
        (date(2020, 3, 11), True),
        (date(2020, 3, 13), True),
        (date(2020, 3, 14), False),
    ],
)
def test_a_delegation_holds_on_its_days_only_the_first_and_last_included(
    leader, colleague, clock, day, valid
):
    lend(leader, colleague, since=date(2020, 3, 11))
    clock(day)
    assert delegations_to(colleague).exists() is valid
    assert (actor_of(colleague, leader.assignment_id).standing_in_for is not None) is valid


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        (date(2020, 3, 9), FRIDAY, "过去"),
        (FRIDAY, TODAY, "早于"),
    ],
)
def test_days_must_make_sense(leader, colleague, since, until, why):
    with pytest.raises(Invalid, match=why):
        lend(leader, colleague, since, until)


def test_a_delegation_does_not_outlive_the_assignment(leader, colleague):
    Assignment.objects.filter(pk=leader.assignment_id).update(valid_until=date(2020, 3, 12))
    with pytest.raises(Invalid, match="2020-03-12"):
        lend(leader, colleague)


def test_an_assignment_is_lent_to_one_person_at_a_time(leader, colleague, person):
    other = person(Role.CLERK, "210804")
    lend(leader, colleague)
    with pytest.raises(Invalid, match="已委托"):
        lend(leader, other, since=FRIDAY, until=date(2020, 3, 20))
    lend(leader, other, since=date(2020, 3, 14), until=date(2020, 3, 20))
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(
            assignment_id=leader.assignment_id, to=other, valid_from=TODAY, valid_until=TODAY, reason="x",
            made_by_id=leader.user_id,
        )  # fmt: skip


def test_a_revoked_delegation_makes_room_and_ends_at_once(leader, colleague):
    made = lend(leader, colleague)
    revoke(made.pk, actor=leader)
    assert actor_of(colleague, leader.assignment_id).standing_in_for is None
    with pytest.raises(NotAllowed):
        revoke(made.pk, actor=leader)
    lend(leader, colleague)


def test_nobody_delegates_to_themselves_or_to_another_office(leader, person):
    with pytest.raises(NotAllowed, match="自己"):
        lend(leader, User.objects.get(pk=leader.user_id))
    for stranger in (person(Role.CLERK, "210802"), person(Role.CLERK, "210800"), person()):
        with pytest.raises(NotAllowed, match="同一机构"):
            lend(leader, stranger)


def test_what_is_lent_is_not_lent_on(leader, colleague, person):
    lend(leader, colleague)
    standing_in = actor_of(colleague, leader.assignment_id)
    with pytest.raises(NotAllowed, match="受托"):
        lend(standing_in, person(Role.CLERK, "210804"))


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_auditing_is_neither_lent_nor_mixed_with_business(actor, person, leader, role):
    with pytest.raises(NotAllowed):
        lend(actor(role, "210804"), person(Role.CLERK, "210804"))
    with pytest.raises(NotAllowed, match="审计"):
        lend(leader, person(role, "210804"))


def test_who_makes_payments_does_not_stand_in_for_who_checks_them(actor, person):
    with pytest.raises(NotAllowed, match="同一人"):
        lend(actor(Role.FINANCE_CHECKER, "210800"), person(Role.FINANCE_MAKER, "210800"))


def test_a_delegation_ends_with_the_assignment_or_the_account(leader, colleague):
    lend(leader, colleague)
    holding.release(Assignment.objects.get(pk=leader.assignment_id), by=None)
    assert not delegations_to(colleague).exists()


def test_a_closed_account_lends_nothing(leader, colleague):
    lend(leader, colleague)
    User.objects.filter(pk=leader.user_id).update(is_active=False)
    assert not delegations_to(colleague).exists()


def test_others_of_the_office_see_it_strangers_do_not(leader, colleague, actor):
    made = lend(leader, colleague)
    with pytest.raises(NotAllowed):
        revoke(made.pk, actor=actor(Role.CLERK, "210804"))
    with pytest.raises(Delegation.DoesNotExist):
        revoke(made.pk, actor=actor(Role.SECTION_LEADER, "210802"))
    revoke(made.pk, actor=actor(Role.SECTION_LEADER, "210804"))


def test_through_the_pages_from_lending_to_switching_to_revoking(client, leader, colleague):
    client.force_login(User.objects.get(pk=leader.user_id))
    page = reverse("accounts:delegations")
    form = {"to": colleague.pk, "valid_from": TODAY, "valid_until": FRIDAY, "reason": "休假"}
    assert client.post(page, {**form, "valid_until": TODAY - timedelta(days=1)}).status_code == 200
    assert client.post(page, form).status_code == 302
    assert "休假" in client.get(page).content.decode()
    assert "已委托" in client.post(page, form).content.decode(), "sent twice"
    assert Delegation.objects.count() == 1
    client.force_login(colleague)
    switch = reverse("accounts:act-as")
    assert client.post(switch, {"assignment": leader.assignment_id, "next": page})["Location"] == page
    assert "不能再委托" in client.get(page).content.decode()
    assert SecurityEvent.objects.get(kind="role-chosen").details["standing_in_for"] == leader.user_id
    assert (
        client.post(reverse("accounts:revoke-delegation", args=[Delegation.objects.get().pk])).status_code
        == 302
    )
    assert client.post(switch, {"assignment": leader.assignment_id}).status_code == 404


@pytest.mark.parametrize("wanted", ["", "x", "0", "-1", "99999999999999999999", "²"])
def test_no_other_assignment_can_be_chosen(client, colleague, wanted):
    client.force_login(colleague)
    assert client.post(reverse("accounts:act-as"), {"assignment": wanted}).status_code == 404


def test_the_assignment_of_a_stranger_does_not_exist(client, colleague, leader):
    client.force_login(colleague)
    assert client.post(reverse("accounts:act-as"), {"assignment": leader.assignment_id}).status_code == 404
