"""The worker does what requests leave behind, once the request has committed, and what a killed worker began."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from keshi_web.common import clock
from keshi_web.config import tasks

WORKER = [sys.executable, "manage.py", "worker"]
ROOT = Path(__file__).resolve().parents[3]


def worker(url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*WORKER, *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": url},
    )  # fmt: skip


def states() -> dict[str, int]:
    """How many jobs to forget there are in each state; periodic ones come by themselves."""
    found: dict[str, int] = {}
    for status in ProcrastinateJob.objects.filter(task_name="config.forget").values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


@pytest.mark.django_db(transaction=True)
def test_a_job_is_done_and_one_of_an_undone_request_is_not(database_url: str) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=clock.now())
    with transaction.atomic():
        tasks.forget.defer(timestamp=1)
        transaction.set_rollback(True)
    assert states() == {}
    with transaction.atomic():
        tasks.forget.defer(timestamp=1)
    assert states() == {"todo": 1}
    process = worker(database_url, "--until-empty")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert "todo" not in states()
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_killed_worker_are_given_to_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
        )
        (dead,) = cursor.fetchone()
        tasks.forget.defer(timestamp=1)
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s, attempts = 0", [dead])
    asyncio.run(tasks.retry_stalled.func(1))
    assert states() == {"todo": 1}


@pytest.mark.django_db(transaction=True)
def test_the_worker_ends_when_asked(database_url: str) -> None:
    process = worker(database_url)
    try:
        patience = time.monotonic() + 300
        while time.monotonic() < patience and process.poll() is None:
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from procrastinate_workers")
                if cursor.fetchone() == (1,):
                    break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
    finally:
        process.kill()
        process.wait()


def test_every_periodic_job_names_a_known_task() -> None:
    assert settings.INSTALLED_APPS[-1] == "keshi_web.config"
    assert {"config.forget", "config.retry_stalled"} <= set(app.tasks)
