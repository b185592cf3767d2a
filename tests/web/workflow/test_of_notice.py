"""The clocks of a process are those that the notice sets, and no others."""

from datetime import date

from keshi.scheme import find_scheme
from keshi_web.workflow.of_notice import clock_of
from keshi_web.workflow.table import Side


def test_a_clock_takes_span_clause_and_words_from_the_notice():
    found = clock_of(find_scheme("shaoguan-2020"), Side.OFFICE, id="evaluation-opinion")
    assert (found.name, found.workdays, found.days, found.months) == ("evaluation-opinion", 3, None, None)
    assert found.clause
    assert found.duty_of is Side.OFFICE


def test_a_notice_without_such_a_limit_starts_no_clock():
    wuhai = find_scheme("wuhai-2020")
    assert clock_of(wuhai, Side.OFFICE, id="evaluation-opinion") is None
    assert clock_of(wuhai, Side.OFFICE, stage="filing", event="application-received") is None


def test_a_promised_day_runs_until_that_day():
    day = date(2020, 5, 8)
    found = clock_of(find_scheme("ankang-2020"), Side.PROVIDER, event="promised-date", last_day=day)
    assert (found.name, found.last_day, found.workdays) == ("file-completion", day, None)
