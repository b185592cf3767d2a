"""The sample cities without their classes, in a database of their own, and systems that call the interface."""

import io
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psutil
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client, TransactionTestCase

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import User
from keshi_web.api import tokens
from keshi_web.api.models import ApiToken
from keshi_web.api.scopes import Scope
from keshi_web.common import clock as service_clock
from keshi_web.portal.management.commands import sample
from support import service

SAMPLED = "keshi_sampled_"


@pytest.fixture(scope="session")
def sampled_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database with the sample cities, made once."""
    name = f"{SAMPLED}{os.getpid()}"
    with django_db_blocker.unblock():
        with service._maintenance() as cursor:
            cursor.execute("select datname from pg_database where datname ^@ %s", [SAMPLED])
            for (left,) in cursor.fetchall():
                if not psutil.pid_exists(int(left.removeprefix(SAMPLED))):
                    service.drop(cursor, left)
        apps, sample.APPS = sample.APPS, tuple(app for app in sample.APPS if app != "classes")
        with service_clock.standing_on(date(2020, 3, 10)):
            call_command("sample", verbosity=0, stdout=io.StringIO())
        sample.APPS = apps
        own = connection.settings_dict["NAME"]
        connections.close_all()
        service._copy(own, name)
        service._copy(service._template(), own)
    yield name
    with django_db_blocker.unblock(), service._maintenance() as cursor:
        service.drop(cursor, name)


@pytest.fixture(scope="package", autouse=True)
def cities(sampled_database: str, django_db_blocker: Any) -> Iterator[None]:
    """Tests of this folder see the sample cities; those of others do not."""
    own = connection.settings_dict["NAME"]
    usual = TransactionTestCase._fixture_teardown

    def turn(name: str) -> None:
        with django_db_blocker.unblock():
            connections.close_all()
            service._copy(name or service._template(), own)

    turn(sampled_database)
    TransactionTestCase._fixture_teardown = lambda _case: turn(sampled_database)
    yield
    TransactionTestCase._fixture_teardown = usual
    turn("")


def actor(username: str) -> Actor:
    """A sample person in their first role."""
    found = actor_of(User.objects.get(username=username))
    assert found is not None
    return found


def token_of(username: str, *scopes: str, until: date = date(2020, 9, 1)) -> tuple[ApiToken, str]:
    """A token of a sample administrator, with every scope where none is named."""
    return tokens.make("测试系统", scopes or Scope.values, until, by=actor(username))


@dataclass
class System:
    """A provider's own system: sends JSON with its token, a new key for every operation."""

    text: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    language: str = "zh-CN"

    def send(
        self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
    ) -> HttpResponse:
        """The answer to a request; `headers` with underscores for hyphens."""
        given = {"Authorization": f"Bearer {self.text}", "Accept-Language": self.language}
        if method in ("POST", "PUT", "PATCH"):
            given["Idempotency-Key"] = key or uuid.uuid4().hex
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = json.dumps(body) if body is not None else ""
        kind = "application/json" if body is not None else "application/octet-stream"
        return self.client.generic(method, f"/api/v1{path}", data, content_type=kind, headers=given)

    def upload(self, path: str, name: str, content: bytes, *, key: str = "") -> HttpResponse:
        """A file as a form sends it."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        headers = {"Authorization": f"Bearer {self.text}", "Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(
            f"/api/v1{path}", {"file": SimpleUploadedFile(name, content)}, headers=headers
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The body of an answer that is expected to succeed."""
        response = self.send(method, path, body, **headers)
        assert response.status_code < 300, response.content.decode()
        return response.json() if response.content else None


@pytest.fixture
def system(db: None) -> System:
    """The system of a provider in 韶关 with every scope."""
    return System(token_of("shaoguan-jia")[1])


@pytest.fixture
def draft(system: System) -> str:
    """The number of a draft made by that system."""
    return str(system.ok("POST", "/filings", {"scheme": "shaoguan-2020", "item": "on-the-job"})["number"])


@pytest.fixture
def with_scopes(db: None) -> Callable[..., System]:
    """A system of the same provider with some scopes only."""
    return lambda *scopes: System(token_of("shaoguan-jia", *scopes)[1])
