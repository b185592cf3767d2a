"""When something is due: a pure function of a clock's start, its suspensions and the workday calendar.

The day of an event is not counted and the due date is the last day, inclusive. Time between a return for
correction and the resubmission is not counted; a clock that runs again leaves at least one workday (one day).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from keshi.calendar import Workdays, months_after
from keshi.problems import BadInput, Problem


@dataclass(frozen=True)
class Pause:
    """From the day the clock stood still to the day it ran again; `until` is None while it stands."""

    since: date
    until: date | None


@dataclass(frozen=True)
class Due:
    """The last day, or None with the reason: it stands still, or the calendar is not published."""

    day: date | None
    suspended: bool = False
    problem: Problem | None = None


def due(
    started_on: date,
    *,
    workdays: int | None = None,
    days: int | None = None,
    months: int | None = None,
    last_day: date | None = None,
    pauses: Sequence[Pause] = (),
    calendar: Workdays,
) -> Due:
    """The last day of a clock. Pauses are in order and do not overlap; a fixed last day is not moved by them."""
    if pauses and pauses[-1].until is None:
        return Due(None, suspended=True)
    try:
        if last_day is not None:
            return Due(last_day)
        if workdays is not None:
            return Due(_workdays(started_on, workdays, pauses, calendar))
        end = months_after(started_on, months) if months is not None else started_on + timedelta(days or 0)
        for pause in pauses:
            assert pause.until is not None
            end = max(end + (pause.until - pause.since), _least(pause, pause.until + timedelta(1)))
        return Due(end)
    except BadInput as error:
        return Due(None, problem=error.problems[0])


def _workdays(started_on: date, span: int, pauses: Sequence[Pause], calendar: Workdays) -> date:
    start, left = started_on, span
    for pause in pauses:
        assert pause.until is not None
        left -= max(0, calendar.between(start, pause.since))
        left = max(left, 1 if pause.until > pause.since else 0)
        start = pause.until
    return calendar.add(start, left)


def _least(pause: Pause, day: date) -> date:
    return day if pause.until != pause.since else date.min


def workdays_left(day: date, today: date, calendar: Workdays) -> int | None:
    """Workdays from today until a due day: 0 on the day itself, negative afterwards, None past the calendar."""
    try:
        return calendar.between(today, day)
    except BadInput:
        return None
