"""Due dates: against a reference that walks day by day, and properties a clerk would name."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keshi.calendar import STATE_COUNCIL, Workdays, days_between, months_after
from keshi_web.workflow.clocks import Due, Pause, due, workdays_left

FIRST, LAST = date(2019, 1, 1), date(2026, 6, 30)
days = st.dates(FIRST, LAST)
spans = st.integers(1, 40)


@st.composite
def pauses(draw, start: date) -> list[Pause]:
    """Up to three suspensions after a day, in order, some of them begun and ended on one day."""
    found, day = [], start
    for _ in range(draw(st.integers(0, 3))):
        since = day + timedelta(draw(st.integers(0, 20)))
        day = since + timedelta(draw(st.integers(0, 30)))
        found.append(Pause(since, day))
    return found


@st.composite
def clocks(draw) -> tuple[date, int, list[Pause]]:
    start = draw(days)
    return start, draw(spans), draw(pauses(start))


def walked(start: date, span: int, stops: list[Pause]) -> date:
    """The reference: a clerk with a calendar on the wall who ticks off one day after the other.

    Days on which the clock stands are skipped: the day it stopped still counts, the day it ran again does not.
    """
    left, day = span, start
    for stop in stops:
        while left and day < stop.since:
            day += timedelta(1)
            left -= STATE_COUNCIL.is_workday(day)
        if day < stop.since or stop.until == stop.since:
            # used up before the case was sent back, or sent back and forth within a day
            if not left and day < stop.since:
                return day
            continue
        if not left and not STATE_COUNCIL.is_workday(day):
            return day
        day, left = stop.until, max(left, 1)
    while left:
        day += timedelta(1)
        left -= STATE_COUNCIL.is_workday(day)
    return day


@given(clocks())
def test_the_due_date_is_what_ticking_off_days_gives(clock):
    start, span, stops = clock
    assert due(start, workdays=span, pauses=stops, calendar=STATE_COUNCIL) == Due(walked(start, span, stops))


@given(clocks(), st.integers(0, 10))
def test_who_starts_later_is_never_due_earlier(clock, later):
    start, span, stops = clock
    begun = start + timedelta(later)
    assume(not stops or begun <= stops[0].since)
    one, other = (due(day, workdays=span, pauses=stops, calendar=STATE_COUNCIL).day for day in (start, begun))
    assert one <= other


@given(clocks(), st.integers(0, 10))
def test_a_longer_limit_is_never_due_earlier(clock, more):
    start, span, stops = clock
    one, other = (
        due(start, workdays=length, pauses=stops, calendar=STATE_COUNCIL).day
        for length in (span, span + more)
    )
    assert one <= other


@given(clocks(), st.sampled_from(["workdays", "days"]))
def test_a_suspension_never_shortens_what_is_left(clock, unit):
    start, span, stops = clock
    for count in range(len(stops)):
        before = due(start, **{unit: span}, pauses=stops[:count], calendar=STATE_COUNCIL).day
        after = due(start, **{unit: span}, pauses=stops[: count + 1], calendar=STATE_COUNCIL).day
        stop = stops[count]
        assert after >= before
        if before >= stop.since:
            between = STATE_COUNCIL.between if unit == "workdays" else days_between
            assert between(stop.until, after) >= between(stop.since, before)


@given(clocks(), st.sampled_from(["workdays", "days", "months"]))
def test_a_clock_that_runs_again_leaves_a_day_unless_it_was_late(clock, unit):
    start, span, stops = clock
    assume(stops and stops[-1].until > stops[-1].since)
    before = due(start, **{unit: span}, pauses=stops[:-1], calendar=STATE_COUNCIL).day
    after = due(start, **{unit: span}, pauses=stops, calendar=STATE_COUNCIL).day
    if before < stops[-1].since:
        assert after == before
    else:
        assert after > stops[-1].until


@given(days, spans)
def test_the_day_of_the_event_is_not_counted(start, span):
    day = due(start, workdays=span, calendar=STATE_COUNCIL).day
    worked = [start + timedelta(n) for n in range(1, days_between(start, day) + 1)]
    assert sum(map(STATE_COUNCIL.is_workday, worked)) == span
    assert STATE_COUNCIL.is_workday(day)


@given(clocks())
def test_while_it_stands_there_is_no_due_date_but_what_is_left(clock):
    start, span, stops = clock
    since = (stops[-1].until if stops else start) + timedelta(1)
    before = due(start, workdays=span, pauses=stops, calendar=STATE_COUNCIL).day
    found = due(start, workdays=span, pauses=[*stops, Pause(since, None)], calendar=STATE_COUNCIL)
    if before < since:
        assert found == Due(before)
    else:
        left = max(STATE_COUNCIL.between(since, before), 1)
        assert found == Due(None, suspended=True, left=left)


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        (date(2020, 1, 21), 3, date(2020, 2, 3)),  # the Spring Festival of 2020 ran to 2 February
        (date(2020, 4, 24), 1, date(2020, 4, 26)),  # a Sunday worked before the May holiday
        (date(2020, 4, 30), 3, date(2020, 5, 8)),  # 1 to 5 May off; 6, 7, 8 worked
        (date(2020, 5, 8), 1, date(2020, 5, 9)),  # a Saturday worked after it
        (date(2020, 3, 12), 3, date(2020, 3, 17)),
    ],
)
def test_make_up_days_of_the_state_council_count(start, span, expected):
    assert due(start, workdays=span, calendar=STATE_COUNCIL).day == expected


def test_a_year_without_a_published_calendar_is_a_problem_not_a_guess():
    found = due(date(2027, 12, 30), workdays=10, calendar=STATE_COUNCIL)
    assert found.day is None
    assert not found.suspended
    assert found.problem.code == "calendar-year-unknown"
    assert workdays_left(date(2030, 1, 4), date(2027, 12, 30), STATE_COUNCIL) is None
    # Days and months need no holidays.
    assert due(date(2027, 12, 30), days=10, calendar=STATE_COUNCIL).day == date(2028, 1, 9)


def test_days_a_bureau_closed_do_not_count():
    closed = Workdays(closed=frozenset({date(2020, 3, 11)}))
    assert due(date(2020, 3, 10), workdays=1, calendar=closed).day == date(2020, 3, 12)


def test_months_end_on_the_months_last_day():
    assert due(date(2020, 1, 31), months=1, calendar=STATE_COUNCIL).day == date(2020, 2, 29)
    assert due(date(2020, 8, 31), months=6, calendar=STATE_COUNCIL).day == months_after(date(2020, 8, 31), 6)


def test_a_fixed_last_day_stays_whatever_happens():
    last = date(2020, 6, 30)
    standing = [Pause(date(2020, 3, 1), None)]
    assert due(date(2020, 2, 18), last_day=last, pauses=standing, calendar=STATE_COUNCIL) == Due(last)


def test_sending_back_what_is_overdue_does_not_cure_it():
    late = [Pause(date(2020, 3, 20), date(2020, 3, 25))]
    assert due(date(2020, 3, 10), workdays=3, pauses=late, calendar=STATE_COUNCIL).day == date(2020, 3, 13)


def test_sent_back_and_in_again_on_one_day_moves_nothing():
    same = [Pause(date(2020, 3, 11), date(2020, 3, 11))]
    assert due(date(2020, 3, 10), workdays=3, pauses=same, calendar=STATE_COUNCIL).day == date(2020, 3, 13)
