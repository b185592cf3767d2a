"""When something is due: a pure function of a clock's start, its suspensions and the workday calendar.

The day of an event is not counted and the due date is the last day, inclusive. Time between a return for
correction and the resubmission is not counted; a clock that runs again leaves at least one workday (one day). A
suspension after the due date changes nothing: lateness is not cured by sending a case back.
docs/decisions/0006-clocks.md says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from keshi.calendar import Workdays, days_between, months_after
from keshi.problems import BadInput, Problem


@dataclass(frozen=True)
class Pause:
    """From the day the clock stood still to the day it ran again; `until` is None while it stands."""

    since: date
    until: date | None


@dataclass(frozen=True)
class Due:
    """The last day, or None with the reason: it stands still, or the calendar is not published.

    `left` says, of a clock that stands still, how much it has left: workdays, or days where it counts days.
    """

    day: date | None
    suspended: bool = False
    problem: Problem | None = None
    left: int | None = None


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
    if last_day is not None:
        return Due(last_day)
    over = [pause for pause in pauses if pause.until is not None]
    standing = len(over) < len(pauses)
    try:
        if workdays is not None:
            day = _in_workdays(started_on, workdays, over, calendar)
        else:
            end = (
                months_after(started_on, months) if months is not None else started_on + timedelta(days or 0)
            )
            day = _in_days(end, over)
        if not standing:
            return Due(day)
        since = pauses[-1].since
        if day < since:
            return Due(day)
        left = calendar.between(since, day) if workdays is not None else days_between(since, day)
        return Due(None, suspended=True, left=max(left, 1))
    except BadInput as error:
        return Due(None, suspended=standing, problem=error.problems[0])


def _in_workdays(started_on: date, span: int, pauses: Sequence[Pause], calendar: Workdays) -> date:
    day = calendar.add(started_on, span)
    for pause in pauses:
        assert pause.until is not None
        if day >= pause.since and pause.until > pause.since:
            day = calendar.add(pause.until, max(calendar.between(pause.since, day), 1))
    return day


def _in_days(day: date, pauses: Sequence[Pause]) -> date:
    for pause in pauses:
        assert pause.until is not None
        if day >= pause.since and pause.until > pause.since:
            day = pause.until + timedelta(max(days_between(pause.since, day), 1))
    return day


def workdays_left(day: date, today: date, calendar: Workdays) -> int | None:
    """Workdays from today until a due day: 0 on the day itself, negative afterwards, None past the calendar."""
    try:
        return calendar.between(today, day)
    except BadInput:
        return None
