"""Clocks of a process: started, suspended, resumed, stopped by its transitions; their due dates copied for queues."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from keshi_web.common import clock
from keshi_web.workflow.models import ClockEvent, ClockRun, Entry, Process
from keshi_web.workflow.table import ClockSpec, Transition


def turn_clocks(process: Process, transition: Transition, subject: Any, entry: Entry) -> None:
    """What a transition does to clocks: stop, suspend, resume, then start. A final state stops every clock."""
    day = _day_of(transition, entry)
    runs = running(process)
    final = process.workflow.by_state[process.state].final
    for run in runs:
        if final or _named(run, transition.stops):
            _happened(run, ClockEvent.Kind.STOPPED, day, entry)
        elif _named(run, transition.suspends):
            _happened(run, ClockEvent.Kind.SUSPENDED, day, entry)
        elif _named(run, transition.resumes):
            _happened(run, ClockEvent.Kind.RESUMED, day, entry)
    still = {run.name: run for run in running(process)} if transition.starts else {}
    for name in transition.starts:
        spec = process.workflow.clock(subject, name)
        if spec is None:
            continue
        run = still.get(spec.name)
        if run is not None and spec.last_day not in (None, run.last_day):
            _happened(run, ClockEvent.Kind.STOPPED, day, entry)  # the day it ends on was moved
        elif run is not None:
            continue  # a clock that runs already keeps its first day: asking twice must not give more time
        start_clock(process, spec, spec.started_on or day, subject)


def _day_of(transition: Transition, entry: Entry) -> date:
    """Today, or the day on which the event happened where it is written down later."""
    told = entry.details.get(transition.happened) if transition.happened else None
    return date.fromisoformat(told) if isinstance(told, str) else told or clock.today()


def _named(run: ClockRun, names: tuple[str, ...]) -> bool:
    return "*" in names or run.name in names


def _happened(run: ClockRun, kind: ClockEvent.Kind, day: date, entry: Entry | None) -> None:
    ClockEvent.objects.create(run=run, kind=kind, on=day, entry=entry)
    if kind == ClockEvent.Kind.STOPPED:
        # At once, not only in the copy that follows: the name is free for a new start in the same transition.
        ClockRun.objects.filter(pk=run.pk).update(stopped=True)


def start_clock(process: Process, spec: ClockSpec, day: date, subject: Any = None) -> ClockRun:
    """Start a clock for a process on a day; the notice's own closed and opened days travel with it."""
    workdays = getattr(getattr(subject, "scheme", None), "workdays", None)
    return ClockRun.objects.create(
        process=process,
        name=spec.name,
        text_zh=spec.text_zh,
        text_en=spec.text_en,
        clause=spec.clause,
        duty_of=spec.duty_of,
        started_on=day,
        workdays=spec.workdays,
        days=spec.days,
        months=spec.months,
        last_day=spec.last_day,
        closed_days=sorted(workdays.closed) if workdays else [],
        opened_days=sorted(workdays.opened) if workdays else [],
    )


def running(process: Process) -> list[ClockRun]:
    """Clocks of a process whose duty is not done, in the order they were started."""
    return list(process.clocks.filter(stopped=False).prefetch_related("events").order_by("id"))


def refresh_due(process: Process, runs: Iterable[ClockRun] | None = None) -> None:
    """Write the copies: each clock's due date, and the process's earliest one of whoever's turn it is."""
    best: tuple[date, str] | None = None
    suspended = False
    changed = []
    for run in running(process) if runs is None else runs:
        found = run.due()
        suspended = suspended or found.suspended
        if (run.due_on, run.paused) != (found.day, found.suspended):
            run.due_on, run.paused = found.day, found.suspended
            changed.append(run)
        if found.day and run.duty_of == process.turn and (best is None or found.day < best[0]):
            best = (found.day, run.name)
    if changed:
        ClockRun.objects.bulk_update(changed, ["due_on", "paused"])
    copied = (*(best or (None, "")), suspended)
    if copied != (process.due_on, process.due_clock, process.suspended):
        process.due_on, process.due_clock, process.suspended = copied
        process.save(update_fields=["due_on", "due_clock", "suspended"])
