"""A database with the sample cities in it, made once for all test processes and copied."""

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from support import service

SAMPLE = "keshi_template_sample_"
DAY = date(2020, 4, 20)
"""On which all five notices are in force; the demonstration stands on it."""


@pytest.fixture(scope="session")
def sample_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process's database with the sample cities in it, made once for all processes and copied."""
    own = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        with service._alone():
            template = f"{SAMPLE}{_digest()}"
            with service._maintenance() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", [template])
                there = cursor.fetchone() is not None
                if not there:
                    cursor.execute("select datname from pg_database where datname ^@ %s", [SAMPLE])
                    for (old,) in cursor.fetchall():
                        cursor.execute(f"drop database {old} with (force)")
            if not there:
                service.service_clock.stand_on(DAY)
                call_command("sample", verbosity=0)
                connections.close_all()
                service._copy(own, template)
            else:
                connections.close_all()
                service._copy(template, own)
        yield


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
