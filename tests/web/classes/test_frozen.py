"""What the first day of a class settles, also against somebody who acts at that very moment or past the service."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from keshi_web.classes import sample as cities
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import changes, daily, decisions, review, roster
from keshi_web.common.errors import Invalid, NotAllowed, Refusal

from .conftest import Desk
from .rosters import rows

Make = Callable[..., Filing]
Today = Callable[[date], None]


def row(number: int) -> Row:
    """Somebody who is on no roster of the sample."""
    name, id_number, *_facts = rows(30)[number]
    return Row(name, id_number, facts={"category": "employee", "relation": "contract"})


@pytest.fixture
def begun(file: Make, clock: Today) -> Desk:
    """A class on its first day."""
    people = Desk(file("shaoguan", "approved"))
    clock(cities.STARTS_ON)
    daily.run()
    return people


def test_the_database_takes_nobody_onto_the_roster_of_a_class_that_has_begun(begun: Desk) -> None:
    elsewhere = Enrolment.objects.exclude(filing=begun.pk).exclude(
        person__in=begun.filing.enrolments.values("person")
    )
    person = elsewhere[0].person_id
    with pytest.raises(IntegrityError, match="名册已锁定"), transaction.atomic():
        Enrolment.objects.create(filing_id=begun.pk, person_id=person, number=99)
    with pytest.raises(IntegrityError, match="名册已锁定"), transaction.atomic():
        begun.filing.enrolments.all().delete()


@pytest.mark.parametrize("values", [{"number": 77}, {"category": "other"}, {"facts": {}}])
def test_the_database_changes_nobody_on_it(begun: Desk, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="名册已锁定"), transaction.atomic():
        begun.filing.enrolments.filter(number=1).update(**values)


def test_who_leaves_and_what_a_check_finds_is_still_written(begun: Desk) -> None:
    begun.filing.enrolments.filter(number=1).update(
        left_on=cities.STARTS_ON, left_reason="离职", eligible=True
    )
    assert begun.filing.enrolments.get(number=1).left_reason == "离职"


@pytest.mark.parametrize("values", [{"starts_on": date(2020, 5, 20)}, {"frozen_at": None}, {"item": "other"}])
def test_the_database_keeps_what_began(begun: Desk, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="班级已开班"), transaction.atomic():
        Filing.objects.filter(pk=begun.pk).update(**values)


def test_an_amendment_of_the_first_day_comes_too_late_once_the_class_has_begun(
    file: Make, clock: Today
) -> None:
    people = Desk(file("shaoguan", "approved"))
    later = changes.ask_for_amendment(people.pk, {"starts_on": "2020-05-18"}, "延期", by=people.provider)
    clock(cities.STARTS_ON)
    daily.run()
    with pytest.raises(Invalid, match="不能再改开班日期"):
        changes.act(later.process, "accept", by=people.clerk)
    assert people.filing.starts_on == cities.STARTS_ON
    changes.act(later.process, "refuse", by=people.clerk, given={"reason": "班级已开班"})


def test_a_first_day_that_passed_while_the_amendment_waited_is_refused(file: Make, clock: Today) -> None:
    people = Desk(file("shaoguan", "approved"))
    earlier = changes.ask_for_amendment(people.pk, {"starts_on": "2020-05-06"}, "提前", by=people.provider)
    clock(date(2020, 5, 7))
    with pytest.raises(Invalid, match="2020-05-06 已过"):
        changes.act(earlier.process, "accept", by=people.clerk)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """The first act is halfway when the second begins; the outcomes of both."""
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '60s'")  # a deadlock fails the test instead of stopping it
            outcomes[place] = acts[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def halfway(
    first: Callable[[], Any], reached: threading.Event, waiting: Callable[[], bool]
) -> Callable[[], Any]:
    """An act whose transaction stays open until the other one waits for it, in the database."""

    def run() -> Any:
        with transaction.atomic():
            done = first()
            reached.set()
            for _round in range(2000):
                if waiting():
                    break
            return done

    return run


def somebody_waits() -> bool:
    """Whether a session of this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # within a transaction the first look would stay
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def after(reached: threading.Event, act: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        reached.wait(timeout=30)
        return act()

    return run


@pytest.mark.django_db(transaction=True)
def test_nobody_joins_while_the_filing_is_being_handed_in(ready: Make) -> None:
    people = Desk(ready("shaoguan"))
    process, by, reached = people.filing.process_id, people.provider, threading.Event()
    handed_in, added = together(
        halfway(lambda: decisions.act(process, "submit", by=by), reached, somebody_waits),
        after(reached, lambda: roster.add(people.pk, row(3), by=by)),
    )
    assert not isinstance(handed_in, Exception)
    assert isinstance(added, NotAllowed)
    assert people.filing.enrolments.count() == people.filing.snapshots.get().head_count == cities.PEOPLE


@pytest.mark.django_db(transaction=True)
def test_a_roster_being_stored_is_waited_for_and_handed_in_whole(ready: Make) -> None:
    people = Desk(ready("shaoguan"))
    process, by, reached = people.filing.process_id, people.provider, threading.Event()
    _added, handed_in = together(
        halfway(lambda: roster.add(people.pk, row(3), by=by), reached, somebody_waits),
        after(reached, lambda: decisions.act(process, "submit", by=by)),
    )
    assert not isinstance(handed_in, Exception)
    assert people.filing.snapshots.get().head_count == cities.PEOPLE + 1


@pytest.mark.django_db(transaction=True)
def test_nobody_judges_a_check_while_the_leader_decides_on_it(file: Make) -> None:
    people = Desk(file("shaoguan", "endorsed"))
    task = people.filing.tasks.first()
    assert task is not None
    process, reached = people.filing.process_id, threading.Event()
    approved, judged = together(
        halfway(lambda: decisions.act(process, "approve", by=people.leader), reached, somebody_waits),
        after(reached, lambda: review.judge(task.pk, False, by=people.clerk, note="有误")),
    )
    assert not isinstance(approved, Exception)
    assert isinstance(judged, Refusal)
    task.refresh_from_db()
    assert task.judgement is not False


@pytest.mark.django_db(transaction=True)
def test_an_amendment_accepted_while_the_class_begins_is_told(file: Make, clock: Today) -> None:
    people = Desk(file("shaoguan", "approved"))
    made = changes.ask_for_amendment(people.pk, {"starts_on": "2020-05-18"}, "延期", by=people.provider)
    clock(cities.STARTS_ON)
    process, reached = people.filing.process_id, threading.Event()
    started, accepted = together(
        halfway(lambda: decisions.act(process, "start", by=None), reached, somebody_waits),
        after(reached, lambda: changes.act(made.process_id, "accept", by=people.clerk)),
    )
    assert not isinstance(started, Exception)
    assert isinstance(accepted, Invalid)
    assert people.filing.starts_on == cities.STARTS_ON
