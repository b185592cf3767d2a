"""What tests of the service share: settings for tests, a database per process, the day it is.

`from support.service import *` in a conftest.py; the tests of the library never import this and need neither Django
nor a database.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

os.environ["DJANGO_SETTINGS_MODULE"] = "keshi_web.config.settings"
os.environ["KESHI_TESTING"] = "1"
os.environ.pop("KESHI_DEMO", None)
os.environ.setdefault("KESHI_HOME", str(ROOT / ".keshi" / "test"))
os.environ["KESHI_TODAY"] = "2020-03-10"

import django  # noqa: E402

subprocess.run([sys.executable, ROOT / "scripts/translations.py", "--compile"], check=True)
django.setup()

import psutil  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import OperationalError, ProgrammingError, connection, connections  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from django.utils import translation  # noqa: E402
from pytest_django import DjangoDbBlocker  # noqa: E402

from keshi_web.common import clock as service_clock  # noqa: E402
from keshi_web.common.row_security import run_as_system  # noqa: E402

__all__ = ["clock", "database_url", "django_db_setup", "settings_day"]

run_as_system()  # what a test itself reads and writes is nobody's request

TEMPLATE = "keshi_template_"
COPY = "keshi_test_"
TEMPLATES_KEPT = 4


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database of this process's own, copied from one that holds the migrations of now."""
    name = f"{COPY}{os.getpid()}"
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        with _alone():
            _clear_up()
            template = _template()
            _copy(template, name)
        _turn_to(name)

    def fresh_copy(_case: TransactionTestCase) -> None:
        """After a test that committed: what it wrote cannot be removed, for many tables refuse that."""
        connections.close_all()
        _copy(template, name)

    TransactionTestCase._fixture_teardown = fresh_copy
    yield
    with django_db_blocker.unblock():
        _turn_to(before)
        with _maintenance() as cursor:
            drop(cursor, name)


@pytest.fixture(scope="session")
def database_url(django_db_setup: None) -> str:
    """DATABASE_URL of this process's test database, for programs that a test starts."""
    given = connection.settings_dict
    who = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    if given["HOST"].startswith("/"):  # the folder of a socket stands in the path
        return f"postgres://{who}@:{given['PORT']}/{given['HOST']}/{given['NAME']}"
    return f"postgres://{who}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.fixture(autouse=True)
def settings_day() -> Iterator[None]:
    """Every test begins on Tuesday, 10 March 2020."""
    service_clock.stand_on(date(2020, 3, 10))
    yield
    service_clock.stand_on(date(2020, 3, 10))
    translation.deactivate()  # a request leaves its reader's language behind


@pytest.fixture
def clock() -> Callable[[date], None]:
    """`clock(date(2020, 3, 12))`: from here on the service believes it is that day."""
    return service_clock.stand_on


def _template() -> str:
    """A database with every migration applied, made when a migration or a package has changed."""
    digest = hashlib.sha256((ROOT / "requirements/web.txt").read_bytes())
    for path in sorted((ROOT / "src/keshi_web").glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    name = TEMPLATE + digest.hexdigest()[:16]
    with _maintenance() as cursor:
        cursor.execute("select datname from pg_database where datname ^@ %s order by oid desc", [TEMPLATE])
        there = [row[0] for row in cursor.fetchall()]
        if name in there:
            return name
        for old in there[TEMPLATES_KEPT:]:
            drop(cursor, old)
        drop(cursor, "keshi_making")
        cursor.execute("create database keshi_making")
    _turn_to("keshi_making")
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    with _maintenance() as cursor:
        cursor.execute(f"alter database keshi_making rename to {name}")
    return name


def drop(cursor: CursorWrapper, name: str) -> None:
    """Drop a database, whoever is still connected to it.

    A worker of PostgreSQL's own (autovacuum) may be in it, which only ends when asked without force.
    """
    for attempt in range(10):
        force = " with (force)" if attempt % 2 else ""
        try:
            cursor.execute(f"drop database if exists {name}{force}")
        except (OperationalError, ProgrammingError):
            if attempt == 9:
                raise
            time.sleep(0.2)
        else:
            return


def _copy(template: str, name: str) -> None:
    with _maintenance() as cursor:
        drop(cursor, name)
        cursor.execute(f"create database {name} template {template}")


def _clear_up() -> None:
    """Remove the databases of test runs that were killed."""
    with _maintenance() as cursor:
        cursor.execute("select datname from pg_database where datname ^@ %s", [COPY])
        for (name,) in cursor.fetchall():
            if not psutil.pid_exists(int(name.removeprefix(COPY))):
                drop(cursor, name)


def _turn_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextlib.contextmanager
def _maintenance() -> Iterator[CursorWrapper]:
    """A cursor outside the test databases, for making and dropping them."""
    with connection._nodb_cursor() as cursor:
        yield cursor


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes the template; the others wait and copy it."""
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
