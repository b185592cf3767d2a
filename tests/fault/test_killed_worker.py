"""A worker is killed in the middle of its job: another does it, and what can be done only once is done once."""

import contextlib
import re
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from fault.installation import Installation, kill, until
from keshi.identity import make_id_number
from keshi_web.accounts.models import User
from keshi_web.classes.models import Filing, PlanSnapshot, RosterImport
from keshi_web.classes.sample import actor
from keshi_web.classes.services import roster, storing
from keshi_web.classes.tasks import run_daily
from keshi_web.config import tasks
from keshi_web.workflow import notify
from keshi_web.workflow.models import Delivery, Entry, Message, Preference, Wish
from support.invariants import broken_rules


def bury() -> None:
    """Time passes: a worker that is dead has not reported for long, and its jobs are given to others."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    with contextlib.suppress(AlreadyEnqueued):  # the clock of a worker may just have asked for it
        tasks.retry_stalled.defer(timestamp=1)


def table(people: int) -> bytes:
    """A roster as text, larger than what is read while somebody waits."""
    rows = ["姓名,身份证号码,手机号码,人员类别,用工关系,是否一线员工"]
    for number in range(people):
        born = date(1980, 1, 1) + timedelta(days=number % 9000)
        rows.append(f"测试甲,{make_id_number('210802', born, number // 9000 + 1)},,在职职工,劳动合同,是")
    found = "\n".join(rows).encode()
    assert len(found) > roster.AT_ONCE
    return found


def test_a_roster_whose_reader_is_killed_is_read_once(installation: Installation) -> None:
    provider = actor("yingkou-jia")
    filing = Filing.objects.get(organisation=provider.organisation_id, process__state="draft")
    made = roster.upload(filing.pk, ContentFile(table(1800), "名册.csv"), by=provider)
    assert made.state == RosterImport.State.READING
    assert broken_rules() == []
    with installation.holding(f"select from classes_rosterimport where id = '{made.pk}' for update"):
        worker = installation.worker()
        installation.wait_for_lock()
        kill(worker)
    installation.wait_for_end()
    made.refresh_from_db()
    assert (made.state, made.sealed_rows) == (RosterImport.State.READING, None)
    assert broken_rules() == []

    bury()
    installation.worker()
    until(lambda: RosterImport.objects.get(pk=made.pk).state != RosterImport.State.READING)
    made.refresh_from_db()
    assert made.state == RosterImport.State.PREVIEW
    assert (made.rows_total, made.faulty) == (1800, 0)
    assert filing.imports.count() == 1
    assert broken_rules() == []
    before = bytes(made.sealed_rows)
    roster.read(made.pk)  # the job of a worker that was only slow, not dead
    made.refresh_from_db()
    assert bytes(made.sealed_rows) == before


def test_a_roster_whose_storing_worker_is_killed_is_stored_once(installation: Installation) -> None:
    provider = actor("yingkou-jia")
    filing = Filing.objects.get(organisation=provider.organisation_id, process__state="draft")
    there = filing.head_count
    made = roster.paste(filing.pk, table(1800).decode(), by=provider)
    storing.store_import(made.pk, by=provider)
    assert broken_rules() == []
    with installation.holding(f"select from classes_rosterimport where id = '{made.pk}' for update"):
        worker = installation.worker()
        installation.wait_for_lock()
        kill(worker)
    installation.wait_for_end()
    assert RosterImport.objects.get(pk=made.pk).state == RosterImport.State.STORING
    assert broken_rules() == []
    bury()
    installation.worker()
    until(lambda: RosterImport.objects.get(pk=made.pk).state == RosterImport.State.STORED)
    filing.refresh_from_db()
    assert filing.head_count == there + 1800
    assert filing.process.entries.filter(event="roster-imported").count() == 1
    assert broken_rules() == []


def test_classes_start_once_whoever_is_killed_in_between(installation: Installation) -> None:
    first_day = date(2020, 5, 11)
    due = Filing.objects.filter(process__state="approved", starts_on__lte=first_day).order_by("id")
    waiting = list(due.values_list("process_id", flat=True))
    assert len(waiting) == 5
    run_daily.defer(timestamp=1)
    with installation.holding(f"select from workflow_process where id = {waiting[2]} for update"):
        worker = installation.worker(day=first_day)
        installation.wait_for_lock()
        kill(worker)
    installation.wait_for_end()
    assert Entry.objects.filter(event="start").count() == 2
    assert broken_rules() == []
    bury()
    other = installation.worker(day=first_day)
    until(lambda: not ProcrastinateJob.objects.filter(task_name=run_daily.name).exists())
    kill(other)
    run_daily.defer(timestamp=2)
    assert installation.worker("--until-empty", day=first_day).wait(timeout=180) == 0
    for process in waiting:
        assert Entry.objects.filter(process_id=process, event="start").count() == 1
        assert PlanSnapshot.objects.filter(filing__process_id=process, event="start").count() == 1
    assert broken_rules() == []


def test_a_message_whose_sender_is_killed_is_sent_and_written_once(installation: Installation) -> None:
    """Outwards at least once; inside the service exactly once, however often the job runs."""
    user = actor("yingkou-jia").user_id
    User.objects.filter(pk=user).update(email="jia@example.cn")
    Preference.objects.update_or_create(user_id=user, defaults={"email": Wish.ALL})
    process = Filing.objects.filter(process__state="submitted").first().process
    params = {"workflow": "filing", "event": "return", "number": process.number, "title": process.title}
    before = Message.objects.count()
    for _run in range(2):
        notify.tell([user], "transition", params, process=None, key="once")
    assert Message.objects.count() == before + 1
    delivery = Delivery.objects.latest("id")
    with installation.holding(f"select from workflow_delivery where id = {delivery.pk} for update"):
        # The sender before is gone, but the database still holds its lock: whoever comes now must come back.
        assert installation.worker("--until-empty").wait(timeout=180) == 0
        delivery.refresh_from_db()
        assert delivery.state == Delivery.State.WAITING
        assert broken_rules() == [], "a job still waits for it"
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    for _run in range(2):
        assert installation.worker("--until-empty").wait(timeout=180) == 0
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    sent = re.findall(r"^To: jia@example.cn", (installation.folder / "worker.log").read_text(), re.M)
    assert len(sent) == 1
    assert broken_rules() == []
