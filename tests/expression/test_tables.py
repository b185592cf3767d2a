"""Tariff tables: the most specific row in force wins, ties are an error."""

from datetime import date

import pytest

from keshi.expression import Row, Table
from keshi.problems import BadInput

DAY = date(2020, 3, 10)


def table(*rows):
    return Table("standard", ("occupation", "level"), list(rows))


def row(occupation, level, value, since=None, until=None, where=""):
    return Row((occupation, level), value, since, until, where)


def test_the_most_specific_row_wins_wherever_it_stands():
    rows = [row(None, None, 1), row("a", 5, 4), row("a", None, 2), row(None, 5, 3)]
    for turn in range(4):
        assert table(*rows[turn:], *rows[:turn]).lookup(("a", 5)) == 4
    assert table(*rows).lookup(("a", 4)) == 2
    assert table(*rows).lookup(("b", 5)) == 3
    assert table(*rows).lookup(("b", 4)) == 1


def test_no_row_gives_nothing():
    assert table(row("a", 5, 1)).lookup(("a", 4)) is None
    assert table().lookup(("a", 4)) is None


def test_a_key_that_is_not_there_fits_only_an_open_column():
    rows = [row("a", 5, 1), row("a", None, 2)]
    assert table(*rows).lookup(("a", None)) == 2
    assert table(rows[0]).lookup(("a", None)) is None
    assert table(row(None, None, 3)).lookup((None, None)) == 3


def test_a_tie_is_an_error_that_names_both_rows():
    found = table(row("a", None, 1, where="t.csv:2"), row(None, 5, 2, where="t.csv:3"), row(None, None, 9))
    with pytest.raises(BadInput) as refusal:
        found.lookup(("a", 5))
    (problem,) = refusal.value.problems
    assert (problem.code, problem.where) == ("table-tie", "t.csv:2")
    assert problem.params == {
        "table": "standard",
        "first": "t.csv:2",
        "second": "t.csv:3",
        "keys": "occupation=a, level=5",
    }
    assert "t.csv:3" in problem.line("zh")
    assert found.lookup(("a", 4)) == 1


def test_a_tie_between_general_rows_does_not_matter_where_a_special_one_fits():
    assert table(row("a", None, 1), row(None, 5, 2), row("a", 5, 3)).lookup(("a", 5)) == 3


@pytest.mark.parametrize(
    ("since", "until", "day", "found"),
    [
        (None, None, DAY, 7),
        (None, None, None, 7),
        (DAY, None, DAY, 7),
        (None, DAY, DAY, 7),
        (DAY, DAY, DAY, 7),
        (date(2020, 3, 11), None, DAY, None),
        (None, date(2020, 3, 9), DAY, None),
        (DAY, None, None, None),
        (None, DAY, None, None),
    ],
)
def test_a_row_is_in_force_from_its_first_to_its_last_day(since, until, day, found):
    assert table(row("a", 5, 7, since, until)).lookup(("a", 5), day) == found


def test_what_was_looked_up_is_kept_for_each_day_and_key():
    found = table(row("a", 5, 1, until=date(2019, 12, 31)), row("a", 5, 2, since=date(2020, 1, 1)))
    assert [found.lookup(("a", 5), day) for day in (date(2019, 6, 1), DAY, date(2019, 6, 1))] == [1, 2, 1]
    assert found.lookup(("b", 5), DAY) is None
    found.rows = []
    assert found.lookup(("a", 5), DAY) == 2
    assert found.lookup(("b", 5), DAY) is None
    assert found.lookup(("a", 5), date(2020, 3, 11)) is None


def test_rows_that_always_tie_are_found_beforehand():
    first, second = row("a", 5, 1, until=DAY), row("a", 5, 2, since=DAY)
    assert table(first, second).ties() == [(first, second)]
    assert table(first, row("a", 5, 2, since=date(2020, 3, 11))).ties() == []
    assert table(row("a", 5, 2, since=date(2020, 3, 11)), first).ties() == []
    assert table(first, row("a", 4, 2), row(None, 5, 3)).ties() == []
    three = [row("a", None, n) for n in range(3)]
    assert table(*three).ties() == [(three[0], three[1]), (three[0], three[2]), (three[1], three[2])]
