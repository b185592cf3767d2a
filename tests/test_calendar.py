"""Workdays, months and years: the printed arrangements, and a slow walk beside the fast tables."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keshi.calendar import (
    STATE_COUNCIL,
    Workdays,
    days_between,
    known_years,
    months_after,
    years_between,
)
from keshi.problems import BadInput

FIRST_DAY = date(known_years()[0], 1, 1)
LAST_DAY = date(known_years()[1], 12, 31)
ONE_DAY = timedelta(days=1)

known_days = st.dates(FIRST_DAY, LAST_DAY)
all_days = st.dates(date(1904, 1, 1), date(2096, 12, 31))
local_days = st.frozensets(st.dates(date(2020, 1, 1), date(2020, 3, 31)), max_size=12)


def the_problem(refusal: pytest.ExceptionInfo[BadInput]) -> tuple[str, str | None]:
    (problem,) = refusal.value.problems
    return problem.code, problem.value


def slow_between(a: date, b: date, calendar: Workdays = STATE_COUNCIL) -> int:
    if b < a:
        return -slow_between(b, a, calendar)
    count = 0
    while a < b:
        a += ONE_DAY
        worked = (chinese_calendar.is_workday(a) or a in calendar.opened) and a not in calendar.closed
        count += worked
    return count


# Workdays ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "workdays", "due"),
    [
        ("2020-01-23", 5, "2020-02-07"),  # over the lengthened Spring Festival
        ("2020-04-24", 5, "2020-04-30"),  # Sunday 04-26 is made up
        ("2020-04-30", 5, "2020-05-11"),  # over five days of May, Saturday 05-09 is made up
        ("2020-06-18", 5, "2020-06-28"),  # ends on a Sunday that is worked
        ("2020-09-30", 5, "2020-10-14"),
        ("2020-01-23", 1, "2020-02-03"),
        ("2020-02-01", 1, "2020-02-03"),  # an event on a holiday
        ("2020-02-02", 2, "2020-02-04"),
        ("2020-03-06", 1, "2020-03-09"),
        ("2020-03-07", 0, "2020-03-07"),  # no workdays: the day itself, worked or not
    ],
)
def test_due_date_is_the_last_of_n_workdays_after_the_event(event: str, workdays: int, due: str) -> None:
    assert STATE_COUNCIL.add(date.fromisoformat(event), workdays) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2020-01-19", True),  # a Sunday made up for the Spring Festival
        ("2020-01-23", True),
        ("2020-01-24", False),
        ("2020-01-31", False),  # a Friday, by the extension of 2020-01-27
        ("2020-02-02", False),
        ("2020-02-03", True),
        ("2020-02-08", False),
        ("2004-01-01", False),
        ("2004-01-02", True),
        ("2026-01-04", True),
        ("2026-12-31", True),
    ],
)
def test_single_days(day: str, worked: bool) -> None:
    assert STATE_COUNCIL.is_workday(date.fromisoformat(day)) is worked


def test_every_known_day_is_as_published() -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    assert len(days) > 8_000
    assert [STATE_COUNCIL.is_workday(day) for day in days] == [
        chinese_calendar.is_workday(day) for day in days
    ]


@pytest.mark.parametrize(
    ("day", "workdays", "latest"),
    [
        ("2020-03-09", 0, "2020-03-09"),
        ("2020-03-08", 0, "2020-03-08"),
        ("2020-03-09", 1, "2020-03-08"),  # Sunday before a Monday: the Monday is one workday later
        ("2020-03-08", 1, "2020-03-05"),  # before a Sunday the last workday is the Friday, itself not counted
        ("2020-02-10", 5, "2020-02-03"),
        ("2020-02-07", 5, "2020-02-02"),
        ("2020-02-06", 5, "2020-01-22"),
        ("2004-01-02", 1, "2004-01-01"),  # the first workday that is known
    ],
)
def test_latest_day_that_is_n_workdays_before(day: str, workdays: int, latest: str) -> None:
    assert STATE_COUNCIL.before(date.fromisoformat(day), workdays) == date.fromisoformat(latest)


def test_workdays_of_2020() -> None:
    assert STATE_COUNCIL.between(date(2019, 12, 31), date(2020, 12, 31)) == 249
    assert STATE_COUNCIL.between(date(2020, 12, 31), date(2019, 12, 31)) == -249
    assert STATE_COUNCIL.between(date(2020, 2, 2), date(2020, 2, 3)) == 1
    assert STATE_COUNCIL.between(date(2020, 2, 3), date(2020, 2, 3)) == 0


@given(a=known_days, span=st.integers(-500, 500))
@example(a=FIRST_DAY, span=1)
@example(a=LAST_DAY, span=-1)
def test_counting_agrees_with_walking(a: date, span: int) -> None:
    b = a + timedelta(days=span)
    assume(FIRST_DAY <= b <= LAST_DAY)
    assert STATE_COUNCIL.between(a, b) == slow_between(a, b)


@given(a=known_days, n=st.integers(0, 400))
def test_a_due_date_is_the_first_day_with_n_workdays_passed(a: date, n: int) -> None:
    assume(STATE_COUNCIL.between(a, LAST_DAY) >= n)
    due = STATE_COUNCIL.add(a, n)
    assert STATE_COUNCIL.between(a, due) == n
    if n:
        assert STATE_COUNCIL.between(a, due - ONE_DAY) == n - 1
        assert STATE_COUNCIL.is_workday(due)


@given(b=known_days, n=st.integers(1, 400))
def test_the_latest_day_before_is_the_latest(b: date, n: int) -> None:
    assume(STATE_COUNCIL.between(FIRST_DAY, b) >= n)
    latest = STATE_COUNCIL.before(b, n)
    assert STATE_COUNCIL.between(latest, b) == n
    assert STATE_COUNCIL.between(latest + ONE_DAY, b) == n - 1


@given(a=known_days, b=known_days, c=known_days)
def test_counts_add_up_and_a_later_event_is_never_due_earlier(a: date, b: date, c: date) -> None:
    assert STATE_COUNCIL.between(a, b) + STATE_COUNCIL.between(b, c) == STATE_COUNCIL.between(a, c)
    assert STATE_COUNCIL.between(a, b) == -STATE_COUNCIL.between(b, a)
    early, late = sorted((a, b))
    assume(STATE_COUNCIL.between(late, LAST_DAY) >= 5)
    assert STATE_COUNCIL.add(early, 5) <= STATE_COUNCIL.add(late, 5)


# A bureau's own days -------------------------------------------------------------------------------------


def test_a_bureau_closes_and_opens_days() -> None:
    local = Workdays(
        closed=frozenset({date(2020, 2, 3), date(2020, 2, 4)}), opened=frozenset({date(2020, 2, 8)})
    )
    assert not local.is_workday(date(2020, 2, 3))
    assert local.is_workday(date(2020, 2, 5))
    assert local.is_workday(date(2020, 2, 8))
    assert local.add(date(2020, 1, 23), 4) == date(2020, 2, 8)
    assert STATE_COUNCIL.is_workday(date(2020, 2, 3))


def test_the_edges_of_the_known_calendar_can_be_overridden_too() -> None:
    local = Workdays(closed=frozenset({LAST_DAY}), opened=frozenset({FIRST_DAY}))
    assert STATE_COUNCIL.is_workday(LAST_DAY)
    assert not local.is_workday(LAST_DAY)
    assert local.is_workday(FIRST_DAY)
    assert local.between(FIRST_DAY, FIRST_DAY) == 0
    with pytest.raises(BadInput) as refusal:
        local.before(FIRST_DAY, 1)
    assert the_problem(refusal) == ("calendar-year-unknown", str(FIRST_DAY.year - 1))


def test_a_local_day_does_not_make_its_year_known() -> None:
    far, long_ago = LAST_DAY + ONE_DAY, FIRST_DAY - ONE_DAY
    local = Workdays(closed=frozenset({long_ago}), opened=frozenset({far}))
    for day in (far, long_ago):
        with pytest.raises(BadInput) as refusal:
            local.is_workday(day)
        assert the_problem(refusal) == ("calendar-year-unknown", str(day.year))
    assert local.between(FIRST_DAY, LAST_DAY) == STATE_COUNCIL.between(FIRST_DAY, LAST_DAY)
    assert local.is_workday(LAST_DAY) == STATE_COUNCIL.is_workday(LAST_DAY)
    assert local.is_workday(FIRST_DAY) == STATE_COUNCIL.is_workday(FIRST_DAY)


def test_a_day_cannot_be_both_closed_and_opened() -> None:
    days = frozenset({date(2020, 2, 4), date(2020, 2, 3)})
    with pytest.raises(BadInput) as refusal:
        Workdays(closed=days, opened=days | {date(2020, 2, 8)})
    assert [(p.code, p.value) for p in refusal.value.problems] == [
        ("calendar-closed-and-opened", "2020-02-03"),
        ("calendar-closed-and-opened", "2020-02-04"),
    ]


def test_calendars_with_the_same_days_are_the_same() -> None:
    day = frozenset({date(2020, 2, 3)})
    assert Workdays() == STATE_COUNCIL
    assert Workdays(closed=day) == Workdays(closed=day)
    assert Workdays(closed=day) != Workdays(opened=day)


@given(
    closed=local_days,
    opened=local_days,
    start=st.dates(date(2019, 12, 1), date(2020, 4, 30)),
    n=st.integers(0, 60),
)
def test_local_days_change_exactly_their_own_days(
    closed: frozenset[date], opened: frozenset[date], start: date, n: int
) -> None:
    local = Workdays(closed=closed, opened=opened - closed)
    end = local.add(start, n)
    assert local.between(start, end) == slow_between(start, end, local) == n


# Years that nobody knows ---------------------------------------------------------------------------------


def test_the_known_years_begin_in_2004_and_hold_the_years_of_the_notices() -> None:
    first, last = known_years()
    assert first == 2004
    assert last == max(chinese_calendar.constants.holidays).year >= 2026
    assert chinese_calendar.is_workday(LAST_DAY) == STATE_COUNCIL.is_workday(LAST_DAY)


def test_an_unknown_year_is_refused_by_name_in_both_languages() -> None:
    with pytest.raises(BadInput) as refusal:
        STATE_COUNCIL.is_workday(LAST_DAY + ONE_DAY)
    (problem,) = refusal.value.problems
    assert problem.value == str(LAST_DAY.year + 1)
    assert problem.text("zh").startswith(f"{LAST_DAY.year + 1} 年的放假安排尚未公布")
    assert f"已知 2004–{LAST_DAY.year} 年" in problem.text("zh")
    assert f"known: 2004–{LAST_DAY.year}" in problem.text("en")


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (LAST_DAY + ONE_DAY, LAST_DAY.year + 1),
        (date(2100, 5, 1), 2100),
        (FIRST_DAY - ONE_DAY, 2003),
        (date(1, 1, 1), 1),
    ],
)
def test_every_question_about_an_unknown_day_is_refused(day: date, year: int) -> None:
    questions = (
        lambda: STATE_COUNCIL.is_workday(day),
        lambda: STATE_COUNCIL.add(day, 0),
        lambda: STATE_COUNCIL.before(day, 0),
        lambda: STATE_COUNCIL.between(day, date(2020, 1, 1)),
        lambda: STATE_COUNCIL.between(date(2020, 1, 1), day),
    )
    for question in questions:
        with pytest.raises(BadInput) as refusal:
            question()
        assert the_problem(refusal) == ("calendar-year-unknown", str(year))


def test_a_count_that_runs_out_of_the_known_years_is_refused() -> None:
    total = STATE_COUNCIL.between(FIRST_DAY, LAST_DAY)
    last_workday = (
        LAST_DAY if STATE_COUNCIL.is_workday(LAST_DAY) else STATE_COUNCIL.before(LAST_DAY, 1) + ONE_DAY
    )
    assert STATE_COUNCIL.add(FIRST_DAY, total) == last_workday
    assert STATE_COUNCIL.before(LAST_DAY, total) == date(2004, 1, 1)
    with pytest.raises(BadInput) as refusal:
        STATE_COUNCIL.add(FIRST_DAY, total + 1)
    assert the_problem(refusal) == ("calendar-year-unknown", str(LAST_DAY.year + 1))
    with pytest.raises(BadInput) as refusal:
        STATE_COUNCIL.before(LAST_DAY, total + 1)
    assert the_problem(refusal) == ("calendar-year-unknown", "2003")


def test_a_negative_count_is_refused_not_turned_around() -> None:
    for question in (STATE_COUNCIL.add, STATE_COUNCIL.before):
        with pytest.raises(BadInput) as refusal:
            question(date(2020, 3, 9), -1)
        assert the_problem(refusal) == ("calendar-count-negative", "-1")


# Days, months, years -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "answer"),
    [
        ("2020-01-31", 1, "2020-02-29"),
        ("2019-01-31", 1, "2019-02-28"),
        ("2020-03-31", -1, "2020-02-29"),
        ("2020-05-31", 6, "2020-11-30"),
        ("2020-11-30", 3, "2021-02-28"),
        ("2020-12-15", 1, "2021-01-15"),
        ("2020-01-15", -1, "2019-12-15"),
        ("2020-11-15", 1, "2020-12-15"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2020-06-30", 0, "2020-06-30"),
        ("2020-06-30", 3, "2020-09-30"),
        ("0001-02-01", -1, "0001-01-01"),
        ("9999-11-01", 1, "9999-12-01"),
    ],
)
def test_months_end_on_the_same_day_number_or_the_months_last(day: str, months: int, answer: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(answer)


@given(day=all_days, n=st.integers(-600, 600))
def test_n_months_later_is_n_months_on(day: date, n: int) -> None:
    later = months_after(day, n)
    assert (later.year - day.year) * 12 + later.month - day.month == n
    assert later.day == day.day or (later.day < day.day and (later + ONE_DAY).day == 1)


@pytest.mark.parametrize(("day", "months", "year"), [("9999-12-01", 1, "10000"), ("0001-01-31", -1, "0")])
def test_months_beyond_every_date_are_refused(day: str, months: int, year: str) -> None:
    with pytest.raises(BadInput) as refusal:
        months_after(date.fromisoformat(day), months)
    assert the_problem(refusal) == ("calendar-out-of-range", year)


@pytest.mark.parametrize(
    ("a", "b", "years"),
    [
        ("2000-05-10", "2020-05-09", 19),
        ("2000-05-10", "2020-05-10", 20),
        ("2000-05-10", "2000-05-10", 0),
        ("2000-12-31", "2001-01-01", 0),
        ("2000-02-29", "2001-02-27", 0),
        ("2000-02-29", "2001-02-28", 1),
        ("2000-02-29", "2004-02-28", 3),
        ("2000-02-29", "2004-02-29", 4),
        ("2020-05-10", "2000-05-10", -20),
        ("2020-05-09", "2000-05-10", -19),
    ],
)
def test_a_year_is_full_on_its_day(a: str, b: str, years: int) -> None:
    assert years_between(date.fromisoformat(a), date.fromisoformat(b)) == years


@given(a=all_days, b=all_days)
def test_full_years_are_the_most_that_fit(a: date, b: date) -> None:
    early, late = sorted((a, b))
    years = years_between(early, late)
    assert months_after(early, 12 * years) <= late < months_after(early, 12 * (years + 1))
    assert years_between(late, early) == -years


@given(a=all_days, n=st.integers(-5_000, 5_000))
def test_days_between_counts_the_later_day_only(a: date, n: int) -> None:
    assert days_between(a, a + timedelta(days=n)) == n
