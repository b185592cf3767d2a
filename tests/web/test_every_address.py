"""Every address asked as every role: who may not open it is told so, nobody ever gets an error of the server."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from keshi_web.accounts.models import Assignment
from keshi_web.accounts.roles import Role
from support.sample import sample_database, settings_day

__all__ = ["sample_database", "settings_day"]

OPEN_BY_DESIGN = re.compile(r"^(health/|ui/|static/|api/)")
"""Addresses with a guard of their own: health, the style guide of demonstrations, the interface for programs."""


def patterns(found: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the service with its view."""
    for one in (found or get_resolver()).url_patterns:
        here = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, here)
        else:
            yield here, one


ADDRESSES = [(route, one) for route, one in patterns() if not OPEN_BY_DESIGN.match(route)]


@pytest.mark.parametrize(("route", "pattern"), ADDRESSES, ids=[route for route, _one in ADDRESSES])
def test_every_view_says_who_may_open_it(route: str, pattern: URLPattern) -> None:
    assert hasattr(pattern.callback, "allowed_roles"), f"{route}: neither @allowed nor @public"


def path_of(route: str) -> str:
    """The route with values: what exists in nobody's scope, so that a permitted role gets a 404 at worst."""
    values = {
        "int": "999999999",
        "str": "KB2020999999",
        "slug": "nothing",
        "uuid": "00000000-0000-4000-8000-000000000000",
    }

    def value(found: re.Match[str]) -> str:
        return values.get(found.group(1) or "str", "x")

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", value, route).replace("\\Z", "").lstrip("^")


@pytest.fixture(scope="module")
def people(sample_database: None, django_db_blocker: DjangoDbBlocker) -> dict[Role, Client]:
    """A signed-in client for every role that the sample has."""
    clients: dict[Role, Client] = {}
    with django_db_blocker.unblock():
        for held in Assignment.objects.filter(user__is_sample=True).select_related("user").order_by("id"):
            role = Role(held.role)
            if role in clients:
                continue
            client = Client()
            client.post(reverse("accounts:sign-in-as-sample"), {"username": held.user.username})
            assert "_auth_user_id" in client.session, held.user.username
            clients[role] = client
    return clients


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRAINEE])
def test_no_address_fails_and_the_wrong_role_is_told(
    role: Role, people: dict[Role, Client], django_db_blocker: DjangoDbBlocker
) -> None:
    client = people[role]
    wrong: list[Any] = []
    with django_db_blocker.unblock():
        for route, pattern in ADDRESSES:
            if "sign-out" in route:
                continue
            answer = client.get(path_of(route))
            roles = getattr(pattern.callback, "allowed_roles", None)
            forbidden = roles is not None and role not in roles
            if answer.status_code >= 500 or (forbidden and answer.status_code not in (403, 404, 405)):
                wrong.append((route, answer.status_code))
            answer.close()
    assert not wrong


def test_signed_out_people_are_asked_to_sign_in(
    sample_database: None, django_db_blocker: DjangoDbBlocker
) -> None:
    wrong: list[Any] = []
    client = Client()
    sign_in = reverse(settings.LOGIN_URL)
    with django_db_blocker.unblock():
        for route, pattern in ADDRESSES:
            answer = client.get(path_of(route))
            public = getattr(pattern.callback, "allowed_roles", None) is None
            asked = answer.status_code == 405 or answer.get("Location", "").startswith(sign_in)
            if answer.status_code >= 500 or not (public or asked or answer.status_code == 404):
                wrong.append((route, answer.status_code))
            answer.close()
    assert not wrong
