"""Workdays of the State Council calendar, and plain days, months and years.

Units: a day is a `datetime.date`; counts are whole days, workdays, months or years. The day of an event is
never counted, and a due date is the last day on which the thing may still be done. Only years whose holiday
arrangement (国务院办公厅关于部分节假日安排的通知) is published are known; any other year is refused by
name, because nobody can know its make-up Saturdays in advance. The library reads no clock.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache, cached_property
from itertools import accumulate
from typing import NamedTuple

from keshi.problems import BadInput, Problem


class _Published(NamedTuple):
    """The State Council calendar: the first known day and, for every known day, whether it is worked."""

    first: date
    worked: tuple[bool, ...]


class _Counted(NamedTuple):
    """A calendar made countable: lookups instead of walks, since it is asked for every row of a roster."""

    first: int
    """Ordinal of the first known day."""
    passed: list[int]
    """For every known day, how many workdays there are up to and including it."""
    workdays: list[int]
    """Ordinals of all workdays, in order."""


@cache
def _published() -> _Published:
    # Imported when first needed: half of the commands never ask for a workday.
    from chinese_calendar.constants import holidays, workdays

    first = date(min(holidays).year, 1, 1)
    days = days_between(first, date(max(holidays).year, 12, 31)) + 1
    known = (first + timedelta(days=day) for day in range(days))
    # The published lists name only what differs from the plain week.
    return _Published(
        first, tuple(day in workdays or (day.weekday() < 5 and day not in holidays) for day in known)
    )


def known_years() -> tuple[int, int]:
    """First and last year whose holiday arrangement is published."""
    published = _published()
    return published.first.year, (published.first + timedelta(days=len(published.worked) - 1)).year


def _unknown_year(year: int) -> BadInput:
    first, last = known_years()
    return BadInput(
        Problem("calendar-year-unknown", value=str(year), params={"year": year, "first": first, "last": last})
    )


@dataclass(frozen=True)
class Workdays:
    """The workday calendar, with a bureau's own closures and openings laid over it.

    `closed` are days not worked although the State Council calendar works them, `opened` the reverse; days
    outside the known years may be listed but do not make their year known.

    Raises:
        BadInput: on construction, when a day is both closed and opened; from every method, when a day it
            was given or would have to answer lies in a year without a published arrangement.
    """

    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        both = sorted(self.closed & self.opened)
        if both:
            raise BadInput([Problem("calendar-closed-and-opened", value=day.isoformat()) for day in both])

    @cached_property
    def _table(self) -> _Counted:
        published = _published()
        first = published.first.toordinal()
        worked = list(published.worked)
        for days, is_worked in ((self.closed, False), (self.opened, True)):
            for day in days:
                if 0 <= day.toordinal() - first < len(worked):
                    worked[day.toordinal() - first] = is_worked
        workdays = [first + place for place, is_worked in enumerate(worked) if is_worked]
        return _Counted(first, list(accumulate(worked)), workdays)

    def _passed(self, d: date) -> int:
        """Workdays up to and including `d`, counted from the first known day."""
        table = self._table
        place = d.toordinal() - table.first
        if place < 0 or place >= len(table.passed):
            raise _unknown_year(d.year)
        return table.passed[place]

    def is_workday(self, d: date) -> bool:
        """Whether `d` is worked."""
        passed = self._passed(d)
        return passed > 0 and self._table.workdays[passed - 1] == d.toordinal()

    def add(self, d: date, n: int) -> date:
        """The `n`-th workday after `d`: the due date of something that has `n` workdays from `d`.

        `d` itself is not counted, whether worked or not; with `n` = 0 the answer is `d`.

        Raises:
            BadInput: also when `n` is negative (`before` counts backwards).
        """
        _refuse_negative(n)
        passed = self._passed(d)
        if n == 0:
            return d
        workdays = self._table.workdays
        if passed + n > len(workdays):
            raise _unknown_year(known_years()[1] + 1)
        return date.fromordinal(workdays[passed + n - 1])

    def before(self, d: date, n: int) -> date:
        """The last day on which something done is still at least `n` workdays before `d`.

        That is the latest day x, never after `d`, with `between(x, d) >= n`. It need not be a workday: what
        must be filed one workday before a Monday may be filed on the Sunday. With `n` = 0 the answer is `d`.

        Raises:
            BadInput: also when `n` is negative.
        """
        _refuse_negative(n)
        passed = self._passed(d)
        if n == 0:
            return d
        table = self._table
        if n > passed or table.workdays[passed - n] == table.first:
            raise _unknown_year(known_years()[0] - 1)
        return date.fromordinal(table.workdays[passed - n] - 1)

    def between(self, a: date, b: date) -> int:
        """Workdays after `a` up to and including `b`; `-between(b, a)` when `b` is earlier."""
        return self._passed(b) - self._passed(a)


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise BadInput(Problem("calendar-count-negative", value=str(n)))


STATE_COUNCIL = Workdays()
"""The national calendar without local closures."""


def days_between(a: date, b: date) -> int:
    """Calendar days from `a` to `b`, the day `a` not counted; negative when `b` is earlier."""
    return b.toordinal() - a.toordinal()


def months_after(d: date, n: int) -> date:
    """The day `n` months after `d` (before it when negative): same day number, or the month's last day.

    Raises:
        BadInput: the answer lies outside the years a date can hold.
    """
    year, month = divmod(d.year * 12 + d.month - 1 + n, 12)
    if year < MINYEAR or year > MAXYEAR:
        raise BadInput(Problem("calendar-out-of-range", value=str(year)))
    return date(year, month + 1, min(d.day, monthrange(year, month + 1)[1]))


def years_between(a: date, b: date) -> int:
    """Full years elapsed from `a` to `b`; `-years_between(b, a)` when `b` is earlier.

    A year is full on the same day number, or on the month's last day where there is none, as for months:
    somebody born on 29 February is a year older on 28 February of a common year.
    """
    if b < a:
        return -years_between(b, a)
    years = b.year - a.year
    return years if months_after(a, 12 * years) <= b else years - 1
