"""Days, clocks, money, masks and states as they read on screen."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from keshi.identity import make_id_number
from keshi_web.ui import dates, states


def shown(template: str, **context: object) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


def test_a_day_names_its_weekday_in_both_languages() -> None:
    day = date(2020, 3, 12)
    assert shown("{{ d|day }} {{ d|day_short }}", d=day) == "2020-03-12 周四 2020-03-12"
    with translation.override("en"):
        assert shown("{{ d|day }}, {{ d|day_short }}", d=day) == "Thu 12 Mar 2020, 12 Mar 2020"


def test_a_moment_is_told_in_chinas_time() -> None:
    moment = datetime(2020, 3, 11, 18, 30, tzinfo=UTC)
    assert shown("{{ m|moment }} {{ m|day }}", m=moment) == "2020-03-12 02:30 2020-03-12 周四"
    assert shown("{{ m|moment }}{{ m|day }}{{ m|iso }}", m=None) == ""


@pytest.mark.parametrize(
    ("due", "kind", "text"),
    [
        (date(2020, 3, 20), "calm", "剩 8 个工作日"),
        (date(2020, 3, 13), "calm", "剩 3 个工作日"),
        (date(2020, 3, 12), "soon", "剩 2 个工作日"),
        (date(2020, 3, 10), "over", "今日到期"),
        (date(2020, 3, 9), "over", "已超期 1 个工作日"),
        (date(2020, 3, 2), "over", "已超期 6 个工作日"),
        (date(2050, 1, 1), "calm", ""),
        (None, "calm", "无期限"),
    ],
)
def test_a_clock_counts_workdays_and_changes_colour(due: date | None, kind: str, text: str) -> None:
    face = dates.face(due)
    assert (face.kind, face.text) == (kind, text)


def test_a_due_day_passed_over_a_weekend_is_overdue(clock: Callable[[date], None]) -> None:
    clock(date(2020, 3, 14))  # a Saturday
    assert dates.face(date(2020, 3, 13)).text == "已超期"
    assert dates.face(date(2020, 3, 15)).text == "已无工作日"


def test_a_stopped_or_decided_clock_no_longer_runs() -> None:
    past, today = date(2020, 3, 2), date(2020, 3, 10)
    assert dates.face(past, paused=True).kind == "paused"
    assert dates.face(past, done=past).kind == "done"
    assert dates.face(past, done=today).text == "逾期办结"


def test_the_bureaus_own_calendar_wins() -> None:
    assert dates.face(date(2020, 3, 20), left=1).kind == "soon"
    assert dates.face(date(2020, 3, 20), left=0).kind == "over"


@pytest.mark.parametrize(
    ("fen", "yuan"),
    [(0, "0.00"), (5, "0.05"), (123_450, "1,234.50"), (-100_000_001, "-1,000,000.01"), (-5, "-0.05")],
)
def test_money_has_separators_and_two_decimals(fen: int, yuan: str) -> None:
    assert shown("{{ x|money_fen }}", x=fen) == yuan
    assert shown("{{ x|money_yuan }}", x=Decimal(fen) / 100) == yuan


def test_no_amount_is_no_text() -> None:
    assert shown("{{ x|money_fen }}{{ x|money_yuan }}", x=None) == ""


def test_an_id_number_is_masked() -> None:
    number = make_id_number("110101", date(1990, 3, 7), 1)
    assert shown("{{ n|masked }}", n=number) == number[:4] + "*" * 12 + number[-2:]


def test_a_state_has_its_colour_and_its_label_is_text() -> None:
    assert 'class="badge ks-badge ks-green"' in shown("{% state_badge 'approved' '准予开班' %}")
    assert "&lt;b&gt;" in shown("{% state_badge 'odd' label %}", label="<b>")
    assert states.kind_of("never-heard-of") == "neutral"
    with pytest.raises(ValueError, match="pink"):
        states.colour(odd="pink")


def test_a_link_of_the_list_changes_only_what_it_names() -> None:
    request = RequestFactory().get("/?q=焊工&page=3&sort=name")
    assert (
        shown("{% querystring_with sort='-name' %}", request=request)
        == "?q=%E7%84%8A%E5%B7%A5&amp;sort=-name"
    )
    assert shown("{% querystring_with q=None sort='' %}", request=request) == "?"
