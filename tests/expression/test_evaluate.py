"""Worked figures of the formula language, what is not known, and what it takes to know it."""

from datetime import date
from fractions import Fraction

import pytest

from expression.formulas import FACTS, checked, environment, listed, run
from keshi.calendar import STATE_COUNCIL
from keshi.case import Award
from keshi.expression import Environment, Row, compile_formula, needs
from keshi.problems import BadInput

NOBODY = dict.fromkeys(FACTS)
KNOWN = NOBODY | {
    "n.a": 5,
    "n.b": Fraction(5, 2),
    "trainee.minutes": 1830,
    "m.b": 45,
    "y.a": 1000,
    "y.b": Fraction(1, 3),
    "class.total_hours": 60,
    "h.b": 7,
    "r.a": 30,
    "b.a": True,
    "b.b": False,
    "b.c": True,
    "class.starts_on": date(2020, 3, 10),
    "class.ends_on": date(2020, 3, 31),
    "c.a": "red",
    "c.b": "blue",
    "t.a": "x",
    "organisation.region": "440203",
    "scheme.region": "440200",
}


def award(**changes):
    base = {"scheme": "a", "item": "i", "project": "p", "started_on": None, "ended_on": date(2020, 2, 20),
            "occupation": None, "level": None, "amount": 87_000}  # fmt: skip
    return Award(**{**base, **changes})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("floor(trainee.minutes / m.b)", 40),
        ("trainee.minutes / m.b", Fraction(122, 3)),
        ("trainee.minutes // m.b", 40),
        ("trainee.minutes % m.b", 30),
        ("-trainee.minutes // m.b", -41),
        ("-trainee.minutes % m.b", 15),
        ("n.b * 2", 5),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("7.5 * class.total_hours", 450),
        ("y.b * 3", 1),
        ("y.b + y.b + y.b - 0", 1),
        ("n.a - n.b", Fraction(5, 2)),
        ("n.a / n.b", 2),
        ("60 / 7", Fraction(60, 7)),
        ("n.b % 1", Fraction(1, 2)),
        ("7.5 % 2.5", 0),
        ("ceil(trainee.minutes / m.b)", 41),
        ("ceil(-0.5)", 0),
        ("floor(-0.5)", -1),
        ("round_half_up(2.5)", 3),
        ("round_half_up(-2.5)", -2),
        ("round_half_up(2.4999999999999999999999)", 2),
        ("round_half_up(7)", 7),
        ("min(n.a, n.b, 3)", Fraction(5, 2)),
        ("max(n.a, n.b, 3)", 5),
        ("min(class.ends_on, class.starts_on)", date(2020, 3, 10)),
        ("months_after(class.ends_on, 3)", date(2020, 6, 30)),
        ("days_between(class.starts_on, class.ends_on)", 21),
        ("workdays_between(class.starts_on, class.ends_on)", 15),
        ("years_between(class.starts_on, class.ends_on)", 0),
        ("organisation.region in scheme.region", True),
        ("organisation.region not in scheme.region", False),
        ("organisation.region in ['610900', '440203']", True),
        ("organisation.region in ['610900', '440300']", False),
        ("organisation.region not in ['610900', '440300']", True),
        ("scheme.region in [organisation.region]", False),
        ("c.a in ['red', 'green']", True),
        ("c.a not in ['red', 'green']", False),
        ("1 < n.a <= 5 < 6", True),
        ("1 < n.a <= 4", False),
        ("c.a if b.b else c.b", "blue"),
        ("n.a is None", False),
        ("None", None),
        ("'x' == t.a", True),
        ("lookup(tariff, level=5, colour='red')", 800),
    ],
)  # fmt: skip
def test_figures(text, value):
    found = run(text, KNOWN, tariff=[Row(("red", None), 800)])
    assert found == value
    assert type(found) is type(value)


def test_a_denominator_of_zero_is_said_and_not_reached_where_it_does_not_matter():
    nothing = KNOWN | {"n.a": 0}
    for text in ("n.b / n.a", "n.b // n.a", "n.b % n.a", "1 / (n.a * 3)"):
        with pytest.raises(BadInput) as refusal:
            run(text, nothing)
        assert [p.code for p in refusal.value.problems] == ["division-by-zero"]
        assert refusal.value.problems[0].line("zh")
    assert run("n.a != 0 and n.b / n.a > 1", nothing) is False
    assert run("n.a == 0 or n.b / n.a > 1", nothing) is True
    assert run("n.b if n.a == 0 else n.b / n.a", nothing) == Fraction(5, 2)


@pytest.mark.parametrize("operator", ["/", "//", "%"])
def test_nothing_is_divided_by_what_is_not_known(operator):
    assert run(f"n.a {operator} n.b", KNOWN | {"n.b": None}) is None


def test_parts_of_months_are_refused():
    with pytest.raises(BadInput) as refusal:
        run("months_after(class.starts_on, 1.5)", KNOWN)
    (found,) = refusal.value.problems
    assert (found.code, found.value) == ("formula-whole-months", "3/2")
    assert run("months_after(class.starts_on, 3 / 3)", KNOWN) == date(2020, 4, 10)
    assert run("months_after(class.starts_on, 3)", NOBODY) is None


def test_dates_beyond_the_calendar_are_refused():
    with pytest.raises(BadInput) as refusal:
        run("workdays_between(class.starts_on, class.ends_on)", KNOWN | {"class.ends_on": date(2040, 1, 1)})
    assert refusal.value.problems[0].code == "calendar-year-unknown"


TRUTH = {"True": "b.a", "False": "b.b", "None": "b.c"}
OPEN = KNOWN | {"b.c": None}


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_and_and_or_with_what_is_not_known(a, b, both, either):
    for left, right in ((a, b), (b, a)):
        left, right = TRUTH[str(left)], TRUTH[str(right)]
        assert run(f"{left} and {right}", OPEN) is both
        assert run(f"{left} or {right}", OPEN) is either


def test_not_keeps_what_is_not_known():
    assert run("not b.a", OPEN) is False
    assert run("not b.b", OPEN) is True
    assert run("not b.c", OPEN) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("c.a == 'red'", None),
        ("c.a in ['red']", None),
        ("c.b in [c.a, 'blue']", True),
        ("c.b in [c.a, 'red']", None),
        ("c.b not in [c.a, 'blue']", False),
        ("c.b not in [c.a, 'red']", None),
        ("organisation.region in [scheme.region, '440203']", True),
        ("organisation.region in [scheme.region, '610900']", None),
        ("organisation.region not in [scheme.region, '610900']", None),
        ("organisation.region not in [scheme.region, '440200']", False),
        ("organisation.region in scheme.region", None),
        ("n.a + n.b", None),
        ("n.b - n.a", None),
        ("-n.a", None),
        ("floor(n.a)", None),
        ("max(n.b, n.a)", None),
        ("n.a < n.b", None),
        ("n.a is None", True),
        ("n.a is not None", False),
        ("c.b if b.c else c.b", None),
        ("days_between(class.starts_on, class.ends_on)", None),
        ("sum_paid(level=n.a)", None),
        ("count_paid(project=t.a, level=n.a)", None),
    ],
)
def test_what_is_not_known_stays_visible(text, value):
    missing = {"c.a", "n.a", "b.c", "scheme.region", "class.ends_on"}
    assert run(text, {name: None if name in missing else v for name, v in KNOWN.items()}) is value


PAST = (
    award(amount=87_000, level=5),
    award(scheme="b", ended_on=date(2019, 12, 31), amount=10_050, occupation="6-31"),
    award(item="j", project=None, ended_on=date(2020, 1, 1), amount=1),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum_paid()", Fraction(97_051, 100)),
        ("count_paid()", 3),
        ("sum_paid(scheme='a')", Fraction(87_001, 100)),
        ("sum_paid(item='i', scheme='a')", 870),
        ("sum_paid(year=2020)", Fraction(87_001, 100)),
        ("sum_paid(year=2019)", Fraction(201, 2)),
        ("sum_paid(year=2018)", 0),
        ("count_paid(project='p')", 2),
        ("count_paid(occupation='6-31')", 1),
        ("count_paid(level=5)", 1),
        ("count_paid(level=4)", 0),
    ],
)
def test_past_subsidies_are_summed_and_counted_by_their_keys(text, value):
    found = run(text, KNOWN, PAST)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "missing", "named"),
    [
        ("b.a and b.b", "b.a b.b", "b.a b.b"),
        ("b.a and b.b", "b.b", "b.b"),
        ("b.a and b.c", "b.a", "b.a"),
        ("b.b and b.c", "b.c", ""),
        ("b.a or b.c", "b.c", ""),
        ("b.b or b.c", "b.c", "b.c"),
        ("n.a + n.b * n.a", "n.b", "n.b"),
        ("n.a < n.b", "n.a n.b", "n.a n.b"),
        ("y.a if b.a else y.b", "b.a y.a y.b", "b.a"),
        ("y.a if b.a else y.b", "y.a y.b", "y.a"),
        ("y.a if b.b else y.b", "y.a y.b", "y.b"),
        ("min(n.a, n.b, 3)", "n.b", "n.b"),
        ("floor(trainee.minutes / m.b)", "trainee.minutes m.b", "trainee.minutes m.b"),
        ("not (n.a > 1)", "n.a", "n.a"),
        ("-n.a", "n.a", "n.a"),
        ("n.a is None", "n.a", ""),
        ("c.b in [c.a, 'red']", "c.a", "c.a"),
        ("c.b in [c.a, 'blue']", "c.a", ""),
        ("c.b in [c.a, 'red']", "c.a c.b", "c.b c.a"),
        ("organisation.region in scheme.region", "scheme.region", "scheme.region"),
        ("sum_paid(level=n.a)", "n.a n.b", "n.a"),
        ("1 < n.a < n.b", "n.b", "n.b"),
        ("lookup(tariff, colour=c.a, level=n.a)", "n.a", "n.a"),
        ("lookup(tariff, colour=c.a, level=n.a) + y.a", "y.a", "y.a"),
        ("lookup(tariff, colour=c.b, level=n.a)", "", "tables.tariff"),
        ("lookup(tariff, colour=c.b, level=n.a)", "n.a", "tables.tariff"),
        ("lookup(tariff, colour=c.a, level=n.a)", "c.a", "c.a"),
        ("lookup(tariff, colour=c.a, level=n.a)", "c.a n.a", "c.a n.a"),
        ("lookup(tariff, colour=c.a, level=n.a + n.b)", "n.b", "n.b"),
        ("lookup(tariff, colour='green', level=n.a)", "n.a", ""),
        ("lookup(tariff, colour=c.a, level=n.a)", "class.starts_on", "class.starts_on"),
        ("lookup(tariff, colour=c.a, level=n.a)", "class.starts_on n.a", "class.starts_on"),
    ],
)
def test_exactly_the_missing_facts_that_matter_are_named(text, missing, named):
    tariff = [Row(("red", 5), 800, valid_from=date(2020, 1, 1)), Row(("green", None), 300)]
    node, _ = checked(text)
    values = {name: None if name in missing.split() else value for name, value in KNOWN.items()}
    assert needs(node, listed(values, ()), environment(tariff)) == named.split()


def test_needs_looks_through_quantities_to_the_facts():
    half, _ = checked("y.a / n.a")
    whole, _ = checked("y.a + y.b")
    place = environment()
    slots = {**place.slots, "y.b": len(place.slots)}
    place = Environment(slots, {}, STATE_COUNCIL, {"y.b": half})
    values = [*listed(KNOWN | {"n.a": None}), None]
    assert compile_formula(whole, place)(values) is None
    assert needs(whole, values, place) == ["n.a"]


def test_a_fact_is_named_once_however_often_it_stands():
    node, _ = checked("n.a + n.a * n.a > n.b")
    assert needs(node, listed(NOBODY, ()), environment()) == ["n.a", "n.b"]


def test_a_part_of_a_formula_is_compiled_once():
    node, _ = checked("n.a + n.b")
    place = environment()
    assert place.function(node) is place.function(node)
    assert place.function(node) is not place.function(node.left)
