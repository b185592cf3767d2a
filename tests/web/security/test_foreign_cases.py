"""Whoever knows the address of somebody else's case does not get there: it does not exist for them, nothing changes."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.common import clock

from .walk import Address, addresses, ask, digest

pytestmark = pytest.mark.usefixtures("sample_database")

FOREIGNERS = (
    "yingkou-yi", "yingkou-yi-training", "yingkou-wu-operator", "yingkou-210804-clerk", "yingkou-210804-section",
    "jinan-jia", "jinan-jia-training", "jinan-370102-clerk", "jinan-370102-section", "jinan-clerk", "jinan-section",
    "jinan-leader", "jinan-evaluator", "jinan-finance", "jinan-finance-check", "jinan-auditor", "jinan-province",
)  # fmt: skip
"""Another firm of the city; its platform; the office next door; everybody of another city; another province."""
OF_THE_CITY = {"schemes:fact-document", "schemes:fact-approve", "schemes:fact-refuse"}
"""A city's facts hold in all its districts, so their offices see them; only the city decides on them."""
OWN = {"accounts:set-password", "organisations:change-contact", "workflow:bulk"}
"""Not addressed by somebody else's object: a link's own place, one's own firm, a list of cases in the form."""
SYSADMINS = "accounts"


def of_others(found: list[Address], username: str) -> list[Address]:
    """Addresses with an object of Yingkou 甲 in them that the person should not find."""
    district = username.startswith("yingkou-2108")
    return [
        one
        for one in found
        if one.of_object and one.name not in OWN and not (district and one.name in OF_THE_CITY)
    ]


@pytest.mark.parametrize("username", FOREIGNERS)
def test_a_foreign_object_does_not_exist(
    username: str, yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    client = enter_as(username)
    role = Role(Assignment.objects.get(user__username=username).role)
    before = digest()
    wrong = []
    for one in of_others(addresses(yingkou.values), username):
        for method in ("get", "post"):
            status = ask(client, method, one.path)
            expected = (404, 405) if one.allows(role) else (403, 405)
            if status not in expected:
                wrong.append((one.name, method, status))
    assert not wrong
    assert digest() == before


def test_the_attack_is_real_those_who_may_do_get_there(
    yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    """The same addresses open for the firm, its office and its city: the tests above try what is there."""
    found = {one for one in addresses(yingkou.values) if one.of_object and one.name not in OWN}
    reached = set()
    for username in (
        "yingkou-jia",
        "yingkou-jia-training",
        "yingkou-210802-clerk",
        "yingkou-clerk",
        "yingkou-leader",
        "sysadmin",
    ):
        for one in found:
            if ask(enter_as(username), "get", one.path) not in (403, 404):
                reached.add(one.name)
    missed = {one.name for one in found} - reached
    assert missed <= {"classes:amendment", "schemes:public", "schemes:public-files"}, (
        "no such objects in the sample"
    )


def test_an_id_of_one_case_does_not_open_it_through_another(
    yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    """The firm's own second filing in the address, and a paper, row or person of the first: not found."""
    client = enter_as("yingkou-jia")
    other = yingkou.filing.organisation.filings.exclude(pk=yingkou.filing.pk).get(process__state="returned")
    wrong = []
    before = digest()
    for one in addresses(yingkou.values):
        number = yingkou.filing.process.number
        if not one.name.startswith("classes:") or one.path.count("/") < 4 or number not in one.path:
            continue
        path = one.path.replace(number, other.process.number)
        nested = any(character.isdigit() for character in path.split("/", 3)[3])
        if nested and one.name not in ("classes:form",):
            wrong += [(one.name, method, status) for method in ("get", "post")
                      if (status := ask(client, method, path)) not in (403, 404, 405)]  # fmt: skip
    assert not wrong
    assert digest() == before


def test_a_contact_or_account_does_not_open_through_another_firm(
    yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    firm, client = yingkou.firm, enter_as("yingkou-210802-clerk")
    office = yingkou.filing.process.office
    other = type(firm).objects.filter(region__path__startswith=office.path).exclude(pk=firm.pk).first()
    assert other is not None, "two firms at one office"
    before = digest()
    wrong = []
    for one in addresses(yingkou.values):
        nested = one.name.startswith("organisations:") and one.path.strip("/").count("/") > 2
        if nested and f"/{firm.pk}/" in one.path and one.name != "organisations:dispatch-document":
            path = one.path.replace(f"/{firm.pk}/", f"/{other.pk}/", 1)
            for method in ("get", "post"):
                status = ask(client, method, path)
                if status not in (302, 403, 404, 405):
                    wrong.append((path, method, status))
    assert not wrong
    assert digest() == before


READS_BY_POST = {"people:find", "people:reveal", "people:take-export"}
"""A search, a look, a download of what others approved: recorded reads, which are an auditor's work."""
OWN_ACCOUNT = {
    "accounts:sign-out", "accounts:language", "accounts:act-as", "accounts:confirm", "accounts:profile",
    "accounts:change-password", "accounts:enable-second-factor", "accounts:recovery-codes", "accounts:end-session",
    "accounts:end-other-sessions", "accounts:sessions", "workflow:preferences", "workflow:message",
    "workflow:read-all", "workflow:inbox", "accounts:sign-in-as-sample",
}  # fmt: skip
"""What everybody does about their own account and messages."""


@pytest.mark.parametrize("username", ["yingkou-auditor", "sysadmin"])
def test_auditors_and_system_administrators_change_no_business(
    username: str, yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    client = enter_as(username)
    role = Role(Assignment.objects.get(user__username=username).role)
    before = digest()
    wrong = []
    for one in addresses(yingkou.values):
        if (
            one.roles is None
            or one.name in OWN_ACCOUNT
            or (role == Role.SYSADMIN and one.name.startswith("accounts:"))
        ):
            continue
        status = ask(client, "post", one.path)
        told = (403, 404, 405) if one.name not in READS_BY_POST else (200, 302, 403, 404, 422)
        # A page with a form answers 403 to who may not send it; one without a form ignores what is sent.
        if status not in told and digest() != before:
            wrong.append((one.name, status))
    assert not wrong
    assert digest() == before


def test_a_system_administrator_sees_no_business(
    yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    client = enter_as("sysadmin")
    opened = [
        one.name
        for one in addresses(yingkou.values)
        if one.roles is not None
        and not one.name.startswith(("accounts:", "workflow:inbox", "workflow:message", "workflow:read-all",
                                     "workflow:preferences", "workflow:deliveries", "workflow:send-again"))
        and ask(client, "get", one.path) not in (403, 404, 405)
    ]  # fmt: skip
    assert opened == []


OWN_PAGES = ("people:my-data", "people:my-data-in-clear", "workflow:queue")
"""Open to every trainee, and empty for one without a class."""


def test_a_trainee_without_a_class_reaches_nothing(yingkou: SimpleNamespace) -> None:
    user = User.objects.create_user("lonely-trainee", "测试学员", is_sample=True)
    Assignment.objects.create(user=user, role=Role.TRAINEE, valid_from=clock.today())
    from .walk import signed_in

    client = signed_in("lonely-trainee")
    before = digest()
    wrong = []
    for one in addresses(yingkou.values):
        if one.roles is None or one.name in OWN_ACCOUNT or one.name in OWN_PAGES:
            continue
        for method in ("get", "post"):
            if (status := ask(client, method, one.path)) not in (403, 404, 405):
                wrong.append((one.name, method, status))
    assert not wrong
    assert digest() == before


@pytest.mark.parametrize(
    "username", ["yingkou-leader", "yingkou-province", "yingkou-evaluator", "yingkou-finance"]
)
def test_higher_offices_and_other_desks_write_no_application(
    username: str, yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    """Seeing a case of one's region is no leave to fill it in or to act as the office it is at."""
    client = enter_as(username)
    before = digest()
    wrong = []
    for one in addresses(yingkou.values):
        if one.name.startswith("classes:") and one.name not in ("classes:form", "classes:register"):
            status = ask(client, "post", one.path)
            if status not in (302, 403, 404, 405, 409, 422):
                wrong.append((one.name, status))
    assert not wrong
    assert digest() == before
