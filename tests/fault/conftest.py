"""A whole installation that a test may kill: its own PostgreSQL, web process and worker, with the sample cities."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from fault.installation import Installation
from keshi_web.config import postgres
from support.sample import sample_template, settings_day
from support.service import django_db_setup

__all__ = ["django_db_setup", "settings_day"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`make soak` kills everything many times over (KESHI_ROUNDS)."""
    rounds = int(os.environ.get("KESHI_ROUNDS") or 1)
    if rounds > 1:
        metafunc.fixturenames.append("round_of_soak")
        metafunc.parametrize("round_of_soak", range(rounds))


@pytest.fixture(scope="session")
def cluster(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """The folder of a PostgreSQL of this process's own, which writes to the disk as in production."""
    above = Path(tempfile.mkdtemp(prefix="keshi-"))
    above.chmod(0o755)
    folder = above / "postgres"
    with django_db_blocker.unblock():
        template = sample_template()
        given = connection.settings_dict
        running = postgres.ensure_running(folder)
        with running.connect() as own:
            own.execute("create database sample")
        programs = postgres.binaries()
        dump = subprocess.run(
            [programs / "pg_dump", "-Fc", "-h", given["HOST"], "-p", given["PORT"], "-U", postgres.OWNER, template],
            env={**os.environ, "PGPASSWORD": given["PASSWORD"] or ""}, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        subprocess.run(
            [programs / "pg_restore", "-h", running.host, "-p", str(running.port), "-U", postgres.OWNER,
             "-d", "sample", "--exit-on-error"],
            env={**os.environ, "PGPASSWORD": running.password}, check=True, input=dump.stdout,
        )  # fmt: skip
    yield folder
    postgres.stop(folder)
    shutil.rmtree(above)


@pytest.fixture
def installation(cluster: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    """The installation with a fresh copy of the sample; the test's own queries go to it too."""
    own = connection.settings_dict
    before, media = {**own}, settings.MEDIA_ROOT
    with django_db_blocker.unblock():
        running = postgres.ensure_running(cluster)
        with running.connect(name="postgres") as maintenance:
            maintenance.execute("drop database if exists work with (force)")
            maintenance.execute("create database work template sample")
        connections.close_all()
        there = {**running.django_settings(), "NAME": "work"}
        own.update(there)
        settings.MEDIA_ROOT = tmp_path / "uploads"
        shutil.copytree(media / "kept", settings.MEDIA_ROOT / "kept") if (media / "kept").is_dir() else None
        made = Installation(cluster, settings.MEDIA_ROOT, tmp_path)
        try:
            yield made
        finally:
            made.close()
            connections.close_all()
            own.update(before)
            settings.MEDIA_ROOT = media
