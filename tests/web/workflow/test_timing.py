"""Clocks of a case: what transitions do to them, the copies for the queue, and reminders before they run out."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from keshi_web.accounts.models import Assignment
from keshi_web.accounts.roles import Role
from keshi_web.workflow import engine, escalation
from keshi_web.workflow.clocks import Due
from keshi_web.workflow.models import ClockRun, Message
from keshi_web.workflow.table import ClockSpec, Side
from keshi_web.workflow.timing import refresh_due, start_clock

from .conftest import GIVEN


def test_a_return_for_correction_moves_the_due_date(world, opened, clock):
    process = opened("submit")  # Tuesday 10 March 2020
    assert process.due_on == date(2020, 3, 13)
    clock(date(2020, 3, 12))
    engine.fire(process, "return", by=world.clerk, given=GIVEN["return"])
    assert process.suspended
    assert (process.due_on, process.due_clock) == (date(2020, 3, 19), "correction")
    clock(date(2020, 3, 18))
    engine.fire(process, "resubmit", by=world.provider)
    # Two of the three workdays were used by the 12th: one is left from the day of resubmission.
    assert (process.due_on, process.due_clock, process.suspended) == (date(2020, 3, 19), "review", False)


def test_going_up_a_level_stops_one_clock_and_starts_the_next(world, opened, clock):
    process = opened("submit", "endorse")
    clock(date(2020, 3, 12))
    engine.fire(process, "pass-up", by=world.leader)
    runs = list(process.clocks.order_by("id"))
    assert [(run.stopped_on(), run.started_on) for run in runs] == [
        (date(2020, 3, 12), date(2020, 3, 10)),
        (None, date(2020, 3, 12)),
    ]
    assert (process.office_id, process.due_on) == (world.regions["999900"].pk, date(2020, 3, 17))


def test_a_final_state_stops_every_clock(world, opened):
    process = opened("submit", "return")
    engine.fire(process, "withdraw", by=world.provider)
    assert not process.clocks.filter(stopped=False).exists()
    assert all(run.stopped_on() for run in process.clocks.all())
    assert process.due_on is None


def test_a_clock_keeps_its_terms(opened):
    run = opened("submit").clocks.get()
    for change in ({"workdays": 30}, {"started_on": date(2020, 3, 20)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClockRun.objects.filter(pk=run.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        run.delete()


def test_a_year_unknown_leaves_the_date_open_until_it_is_published(opened, clock, monkeypatch):
    clock(date(2027, 12, 30))
    process = opened("submit")
    assert process.due_on is None
    refresh_due(process)
    (run,) = process.clocks.all()
    assert run.due().problem.code == "calendar-year-unknown"
    out = StringIO()
    call_command("recompute_due", stdout=out)
    assert "1 beyond" in out.getvalue()
    # The year's arrangement is published: here, that the clock's length no longer needs it.
    monkeypatch.setattr(ClockRun, "due", lambda self: Due(date(2028, 1, 4)))
    out = StringIO()
    call_command("recompute_due", stdout=out)
    assert "1 due date(s) moved, 0 beyond" in out.getvalue()
    process.refresh_from_db()
    assert process.due_on == date(2028, 1, 4)


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_reminders_climb_as_time_runs_out_each_only_once(world, opened, clock):
    opened("submit")
    assert escalation.remind() == 0
    clock(date(2020, 3, 12))  # one workday left
    assert escalation.remind() == 2
    assert told("clock-soon") == ["jingban", "tongshi"]
    assert escalation.remind() == 0
    clock(date(2020, 3, 13))  # the last day
    assert escalation.remind() == 3
    assert told("clock-last-day") == ["jingban", "kezhang", "tongshi"]
    clock(date(2020, 3, 14))  # a Saturday: nothing goes out
    assert escalation.remind() == 0
    clock(date(2020, 3, 16))
    assert escalation.remind() == 4
    assert told("clock-overdue") == ["jingban", "kezhang", "shizhang", "tongshi"]
    clock(date(2020, 3, 17))
    assert escalation.remind() == 0


def test_who_is_in_charge_is_reminded_alone(world, opened, clock):
    from keshi_web.workflow import services

    process = opened("submit")
    services.assign(process.pk, world.colleague.user_id, by=world.leader)
    clock(date(2020, 3, 12))
    escalation.remind()
    assert told("clock-soon") == ["tongshi"]


def test_a_provider_is_reminded_of_its_own_duty(world, opened, clock):
    opened("submit", "return")
    clock(date(2020, 3, 16))
    escalation.remind()
    assert told("clock-soon") == ["danwei"]
    clock(date(2020, 3, 18))
    escalation.remind()
    # The office is told that the provider has missed it: everybody who works on such cases.
    assert told("clock-overdue") == ["danwei", "jingban", "kezhang", "tongshi"]


def test_what_stays_overdue_is_told_of_every_week_up_to_the_province(world, opened, clock):
    opened("submit")
    clock(date(2020, 3, 16))
    escalation.remind()
    before = len(told("clock-overdue"))
    clock(date(2020, 3, 20))
    assert escalation.remind() == 0
    clock(date(2020, 3, 23))  # the sixth workday after the due date
    assert escalation.remind() == before
    assert escalation.remind() == 0
    clock(date(2020, 3, 30))
    assert escalation.remind() == before


def test_the_office_is_not_reminded_of_what_lies_with_the_provider(world, opened, clock):
    process = opened("submit", "return")
    fixed = ClockSpec(
        "before-start", "开班前", "before the start", "", Side.OFFICE, last_day=date(2020, 3, 12)
    )
    start_clock(process, fixed, date(2020, 3, 9))
    refresh_due(process)
    clock(date(2020, 3, 12))
    escalation.remind()
    assert not Message.objects.filter(params__clock="before-start").exists()


def test_a_due_date_that_moved_is_reminded_of_anew(world, opened, clock):
    process = opened("submit")
    clock(date(2020, 3, 12))
    escalation.remind()
    engine.fire(process, "return", by=world.clerk, given=GIVEN["return"])
    clock(date(2020, 3, 18))
    engine.fire(process, "resubmit", by=world.provider)
    assert escalation.remind() == 2
    assert told("clock-soon") == ["jingban", "jingban", "tongshi", "tongshi"]


def test_stand_ins_are_reminded_too(world, opened, clock, stand_in):
    clock(date(2020, 3, 12))
    Assignment.objects.create(  # a stand-in works at the same office
        user_id=world.city_clerk.user_id, role=Role.EVALUATOR, office_id=world.clerk.office.id
    )
    stand_in(world.city_clerk, world.clerk)
    clock(date(2020, 3, 9))
    opened("submit")
    clock(date(2020, 3, 12))
    call_command("escalate", stdout=StringIO())
    assert "shijing" in told("clock-last-day")
