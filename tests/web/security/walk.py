"""All addresses of the service filled with what exists, and a digest that shows whether anything was changed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from keshi_web.accounts.roles import Role

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NO_SESSION = re.compile(r"^(api|health|static|ui)/")
"""Answered without a session of a person: they have tests of their own."""
PUBLISHED = frozenset({"catalogue"})
"""Apps whose objects are there for everybody, but for those that are named."""
NOT_BUSINESS = frozenset(
    {
        "accounts_throttle", "accounts_sessionrecord", "accounts_securityevent", "django_session", "people_accesslog",
        "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "pghistory_context", "auth_permission",
        "django_content_type",
    }
)  # fmt: skip
"""Tables that say who did or read what; all others are business."""


@dataclass(frozen=True)
class Address:
    """A view with one of the addresses that lead to it."""

    name: str
    path: str
    roles: frozenset[Role] | None
    of_object: bool

    def allows(self, role: Role) -> bool:
        """Whether a role may open it at all."""
        return self.roles is None or role in self.roles


def patterns(found: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Route, app and view of every address."""
    for one in (found or get_resolver()).url_patterns:
        here = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, here)
        elif not NO_SESSION.match(here):
            module = one.callback.__module__
            yield here, module.split(".")[1] if module.startswith("keshi_web.") else module, one


def addresses(values: Mapping[str, Iterable[Any]]) -> list[Address]:
    """Every address; parameters are filled with `values["app:name:parameter"]`, else `values["app:parameter"]`.

    A whole group of parameters that belong together is one value: a mapping under the key "app:name".
    """
    made = []
    for route, app, pattern in patterns():
        found = PARAMETER.findall(route)
        name = f"{app}:{pattern.name}"
        roles = getattr(pattern.callback, "allowed_roles", None)
        if not found:
            made.append(Address(name, "/" + route, roles, False))
            continue
        for given in filled(name, app, [parameter for _kind, parameter in found], values):
            path = PARAMETER.sub(lambda match, given=given: str(given[match[2]]), route)
            made.append(Address(name, "/" + path, roles, True))
    return made


def filled(
    name: str, app: str, parameters: list[str], values: Mapping[str, Iterable[Any]]
) -> Iterator[dict[str, Any]]:
    """Values for the parameters of one address, in every combination that was named."""
    if name in values:
        yield from values[name]
        return
    row: dict[str, Any] = {}
    for parameter in parameters:
        key = f"{name}:{parameter}" if f"{name}:{parameter}" in values else f"{app}:{parameter}"
        if key not in values and app not in PUBLISHED:
            raise AssertionError(f"{name}: say in the tests of security which {parameter} to try")
        candidates = list(values.get(key, ()))
        if not candidates:
            return
        row[parameter] = candidates[0]
    yield row


def digest() -> dict[str, str]:
    """A digest of the rows of every business table."""
    tables = sorted(
        {model._meta.db_table for model in apps.get_models() if model._meta.managed}
        - NOT_BUSINESS
        - {name for name in connection.introspection.table_names() if name.startswith("procrastinate")}
    )
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        found = {}
        for table in (name for name in tables if name in known):
            cursor.execute(
                f"select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def signed_in(username: str) -> Client:
    """The browser of a sample person."""
    client = Client(raise_request_exception=False)
    client.post(reverse("accounts:sign-in-as-sample"), {"username": username})
    assert "_auth_user_id" in client.session, username
    return client


FORM = {"decision": "approve", "purpose": "核对", "then": "next", "version": "3", "accepted": "yes"}


def ask(client: Client, method: str, path: str) -> int:
    """The status of an answer; a POST brings a little of everything."""
    answer = client.get(path) if method == "get" else client.post(path, FORM)
    if answer.streaming:
        b"".join(answer)  # not `close()`, which would end the test's own transaction
    return answer.status_code
