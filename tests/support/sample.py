"""A database with the sample cities in it, made once for all test processes and copied."""

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import count

import psutil
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from support import service

SAMPLE = "keshi_template_sample_"
BESIDE = "keshi_sample_"
MAKING = "keshi_making_sample"
DAY = date(2020, 4, 20)
"""On which all five notices are in force; the demonstration stands on it."""


@cache
def sample_template() -> str:
    """The name of a database with the sample in it, made when a source has changed; nobody works in it."""
    name = f"{SAMPLE}{_digest()}"
    with service._alone():
        with service._maintenance() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            if cursor.fetchone():
                return name
            cursor.execute("select datname from pg_database where datname ^@ %s order by oid desc", [SAMPLE])
            for (old,) in cursor.fetchall()[service.TEMPLATES_KEPT :]:
                service.drop(cursor, old)
        before = connection.settings_dict["NAME"]
        service._copy(service._template(), MAKING)
        service._turn_to(MAKING)
        try:
            service.service_clock.stand_on(DAY)
            call_command("sample", verbosity=0)
        finally:
            connections.close_all()
            service._turn_to(before)
        with service._maintenance() as cursor:
            cursor.execute(f"alter database {MAKING} rename to {name}")
    return name


def _sample_copy() -> str:
    """A copy of the sample for this process alone; copies of processes that were killed go first."""
    template = sample_template()
    with service._maintenance() as cursor:
        cursor.execute("select datname from pg_database where datname ^@ %s", [BESIDE])
        for (left,) in cursor.fetchall():
            if not psutil.pid_exists(int(left.removeprefix(BESIDE).split("_")[0])):
                service.drop(cursor, left)
    name = f"{BESIDE}{os.getpid()}_{next(_copies)}"
    service._copy(template, name)
    return name


_copies = count()


@pytest.fixture(scope="module")
def sample_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For the tests of one module the service works in a database with the sample cities."""
    with django_db_blocker.unblock():
        name = _sample_copy()
        before = connection.settings_dict["NAME"]
        connections.close_all()
        service._turn_to(name)
    usual = TransactionTestCase._fixture_teardown

    def fresh_copy(_case: TransactionTestCase) -> None:
        """After a test that committed: the sample as it was."""
        connections.close_all()
        service._copy(sample_template(), name)

    TransactionTestCase._fixture_teardown = fresh_copy
    yield
    TransactionTestCase._fixture_teardown = usual
    with django_db_blocker.unblock():
        connections.close_all()
        service._turn_to(before)
        with service._maintenance() as cursor:
            service.drop(cursor, name)


@pytest.fixture(scope="session")
def sample_beside(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of a database with the sample, beside this process's own, which stays as it is."""
    with django_db_blocker.unblock():
        name = _sample_copy()
    yield name
    with django_db_blocker.unblock(), service._maintenance() as cursor:
        service.drop(cursor, name)


@pytest.fixture
def on_sample(sample_beside: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For one test the service works in `sample_beside`; ask for it before `db`, which undoes what is written."""
    before = connection.settings_dict["NAME"]
    service._turn_to(sample_beside)
    yield
    with django_db_blocker.unblock():
        service._turn_to(before)


def _digest() -> str:
    """Over everything that the sample is made from."""
    digest = hashlib.sha256()
    for path in sorted((service.ROOT / "src").glob("**/*")):
        if path.suffix in (".py", ".toml", ".csv") and path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(autouse=True)
def settings_day() -> Iterator[None]:
    """Tests with the sample begin on the day of the demonstration."""
    service.service_clock.stand_on(DAY)
    yield
    service.service_clock.stand_on(date(2020, 3, 10))
    translation.deactivate()
