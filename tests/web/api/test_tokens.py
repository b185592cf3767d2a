"""Tokens: who makes them, what they are worth, and when they stop being worth anything."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from keshi_web.accounts.models import Assignment, SecurityEvent, User
from keshi_web.accounts.sample import PASSWORD
from keshi_web.accounts.services.holding import release
from keshi_web.api import tokens
from keshi_web.api.models import ApiToken
from keshi_web.api.scopes import Scope
from keshi_web.common.errors import Invalid, NotAllowed

from .conftest import System, actor, token_of

pytestmark = pytest.mark.django_db


def works(system: System) -> bool:
    response = system.get("/organisation")
    assert response.status_code in (200, 401)
    return response.status_code == 200


def test_a_token_is_kept_as_a_digest_only(system: System) -> None:
    [kept] = ApiToken.objects.all()
    assert works(system)
    assert system.text not in str(ApiToken.objects.values().get())
    assert kept.prefix == system.text[:12]
    assert kept.digest != system.text


def test_making_and_revoking_stand_in_the_security_log(db: None) -> None:
    token, _text = token_of("shaoguan-jia", Scope.FILINGS_READ)
    tokens.revoke(token.pk, by=actor("shaoguan-jia"))
    made, revoked = SecurityEvent.objects.filter(kind__startswith="token-").order_by("id")
    assert (made.kind, made.details["scopes"]) == ("token-made", ["filings:read"])
    assert (revoked.kind, revoked.details["token"]) == ("token-revoked", token.pk)


@pytest.mark.parametrize("username", ["shaoguan-jia-training", "shaoguan-440203-clerk", "shaoguan-leader"])
def test_only_an_organisations_administrator_makes_tokens(db: None, username: str) -> None:
    with pytest.raises(NotAllowed):
        token_of(username)


@pytest.mark.parametrize("last", [date(2020, 3, 9), date(2021, 3, 12)])
def test_a_token_lasts_a_year_at_most_and_not_into_the_past(db: None, last: date) -> None:
    with pytest.raises(Invalid):
        token_of("shaoguan-jia", until=last)


def test_an_unknown_scope_is_refused(db: None) -> None:
    with pytest.raises(Invalid):
        token_of("shaoguan-jia", "everything")


def test_an_expired_token_opens_nothing(system: System, clock) -> None:
    clock(date(2020, 9, 1))
    assert works(system)
    clock(date(2020, 9, 2))
    assert not works(system)


def test_a_revoked_token_opens_nothing(system: System) -> None:
    tokens.revoke(ApiToken.objects.get().pk, by=actor("shaoguan-jia"))
    assert not works(system)
    with pytest.raises(NotAllowed):
        tokens.revoke(ApiToken.objects.get().pk, by=actor("shaoguan-jia"))


def test_a_token_dies_with_the_role_of_whoever_made_it(system: System) -> None:
    held = Assignment.objects.get(user__username="shaoguan-jia")
    release(held, by=None)
    assert not works(system)


def test_a_token_dies_with_the_account_of_whoever_made_it(system: System) -> None:
    User.objects.filter(username="shaoguan-jia").update(is_active=False)
    assert not works(system)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer keshi_nobody", "Basic a2VzaGk6", "Bearer \u00e9"]
)
def test_without_a_token_there_is_only_401(db: None, header: str) -> None:
    response = Client().get("/api/v1/filings", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_a_signed_in_browser_is_no_token(db: None) -> None:
    client = Client()
    client.post(reverse("accounts:sign-in"), {"username": "shaoguan-jia", "password": PASSWORD})
    assert client.get("/api/v1/filings").status_code == 401


NEEDED = [
    ("GET", "/organisation", Scope.ORGANISATION_READ),
    ("GET", "/schemes", Scope.CATALOGUE_READ),
    ("GET", "/filings", Scope.FILINGS_READ),
    ("POST", "/filings", Scope.FILINGS_WRITE),
    ("POST", "/filings/KB2020000001/roster", Scope.ROSTER_WRITE),
    ("GET", "/messages", Scope.MESSAGES_READ),
]


@pytest.mark.parametrize(("method", "path", "scope"), NEEDED)
def test_each_scope_opens_its_part_and_no_other(with_scopes, method: str, path: str, scope: Scope) -> None:
    others = with_scopes(*(one for one in Scope if one != scope))
    refused = others.send(method, path, {} if method == "POST" else None)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    assert scope.value in refused.json()["detail"]
    assert with_scopes(scope).send(method, path, {} if method == "POST" else None).status_code in (200, 422)


def test_a_token_that_asks_too_often_waits(system: System, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    answers = [system.get("/organisation") for _time in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0", "0"]
    assert answers[-1].json()["code"] == "too-many-requests"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    other = System(token_of("yingkou-jia")[1])
    assert works(other)


# ---------------------------------------------------------------------------------------------------------
# Pages


@pytest.fixture
def signed_in(db: None) -> Client:
    client = Client()
    client.post(reverse("accounts:sign-in"), {"username": "shaoguan-jia", "password": PASSWORD})
    return client


def test_an_administrator_makes_a_token_and_sees_it_once(signed_in: Client) -> None:
    given = {"name": "培训系统", "scopes": ["filings:read", "organisation:read"], "expires_on": "2020-06-30"}
    shown = signed_in.post(reverse("api:new-token"), given)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    text = shown.context["text"]
    assert text in shown.content.decode()
    assert works(System(text))
    listed = signed_in.get(reverse("api:tokens")).content.decode()
    assert text not in listed
    assert text[:12] in listed


def test_a_form_with_faults_says_so(signed_in: Client) -> None:
    shown = signed_in.post(reverse("api:new-token"), {"name": "", "expires_on": "2030-01-01"})
    assert shown.status_code == 422
    assert not ApiToken.objects.exists()
    shown = signed_in.post(
        reverse("api:new-token"), {"name": "系统", "scopes": ["filings:read"], "expires_on": "2030-01-01"}
    )
    assert "一年之内" in shown.content.decode()


def test_an_administrator_revokes_own_tokens_only(signed_in: Client) -> None:
    mine, _text = token_of("shaoguan-jia")
    foreign, _text = token_of("yingkou-jia")
    assert signed_in.post(reverse("api:revoke-token", args=[foreign.pk])).status_code == 404
    for _click in range(2):
        assert signed_in.post(reverse("api:revoke-token", args=[mine.pk])).status_code == 302
    mine.refresh_from_db()
    assert mine.revoked_at is not None


def test_a_new_token_needs_a_fresh_proof_of_identity(signed_in: Client) -> None:
    session = signed_in.session
    session["confirmed_at"] = 0
    session.save()
    response = signed_in.get(reverse("api:new-token"))
    assert response.status_code == 302
    assert reverse("accounts:confirm") in response["Location"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_documentation_lists_every_operation(db: None, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    described = client.get(reverse("api:openapi")).json()
    page = client.get(reverse("api:docs"))
    assert page.status_code == 200
    text = page.content.decode()
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in text
    assert "<script" not in text.split("<main")[1].split("</main")[0]
