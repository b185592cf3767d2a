"""Where exactness could be lost: wide numbers, quotients past a double, faults, history that depends on itself."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.batch.kit import Class, Set, assert_same, by_batch, by_rows, person
from tests.batch.schemes import HEAD, TARIFF, TEXT, load, quoted

from keshi.problems import BadInput
from keshi.scheme import Scheme
from keshi.settlement.batch.arithmetic import EXACT_DOUBLE, LARGEST, Arithmetic
from keshi.settlement.batch.engine import TooLarge
from keshi.settlement.batch.sql import Number, Whole, constant

BIG = st.integers(-(2**62), 2**62) | st.sampled_from(
    [0, 1, -1, LARGEST, -LARGEST, EXACT_DOUBLE, EXACT_DOUBLE + 1]
)
DIVISORS = st.integers(1, 2**40) | st.sampled_from([1, 2, 3, LARGEST])


def evaluate(sql: str, **columns: int) -> Any:
    listed = ", ".join(f"cast({value} as bigint) as {name}" for name, value in columns.items())
    with duckdb.connect(config={"threads": 1}) as db:
        return db.execute(f"select {sql} from (select {listed})").fetchone()[0]


@given(a=BIG, b=DIVISORS, loose=st.integers(0, 2**60))
def test_quotients_are_floors_at_every_size(a: int, b: int, loose: int) -> None:
    low, high = min(a, a - loose, 0 if a >= 0 else a), max(a, a + loose)
    if low < -LARGEST or high > LARGEST:
        low, high = -LARGEST, LARGEST
    whole = Arithmetic("hugeint").quotient(Whole("a", low, high), Whole("b", 1, max(b, 2)))
    assert evaluate(whole.sql, a=a, b=b) == a // b


@given(a=BIG, b=BIG)
def test_sums_and_products_do_not_wrap(a: int, b: int) -> None:
    arithmetic = Arithmetic("hugeint")
    left, right = Whole("a", -LARGEST, LARGEST), Whole("b", -LARGEST, LARGEST)
    assert evaluate(arithmetic.plus(left, right).sql, a=a, b=b) == a + b
    assert evaluate(arithmetic.times(left, right).sql, a=a, b=b) == a * b


@given(a=BIG, b=st.integers(-(10**6), 10**6).filter(bool), p=st.fractions(), q=st.fractions())
def test_rational_numbers_compare_and_round_as_fractions(a: int, b: int, p: Fraction, q: Fraction) -> None:
    arithmetic = Arithmetic("hugeint")
    p, q = p.limit_denominator(1_000), q.limit_denominator(1_000)
    a %= 10**9
    if not -1_000 < p < 1_000 or not -1_000 < q < 1_000:
        p = q = Fraction(1, 3)
    numerator = Number(Whole("a", 0, 10**9), p)
    divisor = Number(Whole("b", -(10**6), 10**6))
    ratio = arithmetic.divide(numerator, divisor)
    value = p * a / b
    left, right = arithmetic.sides(ratio, constant(q))
    assert evaluate(f"{left} < {right}", a=a, b=b) == (value < q)
    floor = arithmetic.floor(ratio)
    assert evaluate(arithmetic.sides(floor, constant(0))[0], a=a, b=b) == value.__floor__()
    rest = arithmetic.modulo(numerator, divisor)
    assert evaluate("{} = {}".format(*arithmetic.sides(rest, constant((p * a) % b))), a=a, b=b)


def test_numbers_past_every_integer_type_are_refused() -> None:
    arithmetic = Arithmetic("hugeint")
    wide = arithmetic.times(Whole("a", 0, LARGEST), Whole("b", 0, LARGEST))
    assert wide.wide
    with pytest.raises(TooLarge):
        arithmetic.times(wide, Whole("c", 0, 8))


def notice(folder: Path, amount: str, *rules: str, tariff: str = TARIFF) -> Scheme:
    text = HEAD.format(without='["same-subsidy-once", "occupation-level-once", "three-a-year"]')
    text += f'\n[[items]]\nid = "one"\ntitle = {TEXT}\nclause = "-"\npayee = ["enterprise"]\nfund = "f"\n'
    text += f'class_hours = "class.total_hours"\namount = {quoted(amount)}\n' + "".join(rules)
    scheme = load(folder, text)
    if tariff != TARIFF:
        (folder / "tables" / "tariff.csv").write_text(tariff, encoding="utf-8")
        scheme = load_again(folder)
    return scheme


def load_again(folder: Path) -> Scheme:
    from keshi.scheme import load_scheme

    return load_scheme(folder)


def rule(holds: str, of: str = "trainee") -> str:
    return f'\n[[requirements]]\nid = "r-{of}"\nof = "{of}"\nholds = {quoted(holds)}\nclause = "-"\ntext = {TEXT}\n'


def one(minutes: Any, **facts: Any) -> Set:
    own = {
        "class.starts_on": date(2020, 3, 10), "class.ends_on": date(2020, 3, 31), "class.total_hours": 60,
        "class.online_hours": 0, "class.project": "甲", "class.occupation": "6-31-01-03", "class.level": 5,
        "class.claimed_on": None, "class.filed_on": date(2020, 3, 1),
    }  # fmt: skip
    trainee = {
        "trainee.id_number": person(1),
        "trainee.minutes": minutes,
        "trainee.certificate.kind": "completion",
    }
    trainee["trainee.contract_signed_on"] = date(2019, 1, 31)
    given = {name.replace("__", "."): value for name, value in facts.items()}
    own |= {name: value for name, value in given.items() if not name.startswith("trainee.")}
    trainee |= {name: value for name, value in given.items() if name.startswith("trainee.")}
    trainee.setdefault("trainee.other_subsidies", ())
    return Set([Class("C1", "one", date(2020, 6, 1), own, [trainee])])


@pytest.mark.parametrize("minutes", [10**14 - 1, 10**14 + 7, 1])
def test_amounts_past_a_double_are_exact(tmp_path: Path, minutes: int) -> None:
    scheme = notice(tmp_path / "s", "trainee.minutes / one_minute / 3 * one_yuan * 2")
    found = one(minutes)
    assert_same(tmp_path, found, scheme)


def test_an_amount_that_no_column_can_hold_is_refused(tmp_path: Path) -> None:
    scheme = notice(tmp_path / "s", "trainee.minutes / one_minute * 1_000_000 * one_yuan")
    with pytest.raises(BadInput) as caught:
        by_batch(tmp_path, one(10**15 - 1), scheme)
    assert caught.value.problems[0].code == "batch-too-large"
    assert not (tmp_path / "out.parquet").exists()


def test_a_formula_past_127_bits_is_refused_by_name(tmp_path: Path) -> None:
    power = " * ".join(["trainee.minutes / one_minute"] * 4)
    with pytest.raises(BadInput) as caught:
        by_batch(tmp_path, one(10**12), notice(tmp_path / "s", f"{power} * one_yuan"))
    assert caught.value.problems[0].code == "batch-formula-too-large"
    assert power in caught.value.problems[0].text()


FAULTS = {
    "zero": ("600 / (class.online_hours / one_hour) * one_yuan", {}, "batch-division-by-zero"),
    "zero of a trainee": ("600 // (trainee.minutes / one_minute) * one_yuan", {}, "batch-division-by-zero"),
    "constant zero": ("600 % (1 - 1) * one_yuan", {}, "batch-division-by-zero"),
    "calendar": (
        "workdays_between(trainee.contract_signed_on, class.ends_on) / one_workday * one_yuan",
        {"trainee__contract_signed_on": date(1990, 1, 1)},
        "batch-calendar-year-unknown",
    ),
    "last days": (
        "days_between(months_after(class.ends_on, 1), class.ends_on) / one_day * one_yuan",
        {"class__ends_on": date(9999, 12, 31)},
        "batch-day-out-of-range",
    ),
    "part of a month": (
        "(1 if months_after(class.starts_on, third * one_month * class.level) is None else 2) * one_yuan",
        {},
        "batch-part-month",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_where_the_row_engine_raises_a_batch_refuses(tmp_path: Path, name: str) -> None:
    formula, facts, code = FAULTS[name]
    scheme = notice(tmp_path / "s", formula)
    found = one(0, **facts)
    with pytest.raises(BadInput):
        by_rows(found, scheme)
    with pytest.raises(BadInput) as caught:
        by_batch(tmp_path, found, scheme)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert formula in problem.text("en")
    assert problem.params["count"] == 1


LAZY = [
    "(600 / (class.online_hours / one_hour) if class.online_hours > 0 else 5) * one_yuan",
    "(1 if class.online_hours == 0 or 600 / (class.online_hours / one_hour) > 1 else 2) * one_yuan",
    "(1 if class.online_hours > 0 and 600 / (class.online_hours / one_hour) > 1 else 2) * one_yuan",
    "(1 if class.claimed_on is None or workdays_between(class.claimed_on, class.ends_on) > 1 else 2) * one_yuan",
    "(class.level / (class.online_hours / one_hour) if trainee.certificate.level is not None else 3) * one_yuan",
]


@pytest.mark.parametrize("formula", LAZY)
def test_what_is_not_evaluated_cannot_fail(tmp_path: Path, formula: str) -> None:
    assert_same(tmp_path, one(0), notice(tmp_path / "s", formula))


def test_a_tie_is_refused_only_where_it_is_asked(tmp_path: Path) -> None:
    tariff = "occupation,level,certificate,amount\n6-31-01-03,5,,100\n6-31-01-03,,completion,200\n,,,7\n"
    looked = (
        "lookup(tariff, occupation=class.occupation, level=class.level, certificate=trainee.certificate.kind)"
    )
    scheme = notice(tmp_path / "s", looked, tariff=tariff)
    assert_same(tmp_path, one(0, trainee__certificate__kind="skill-level"), scheme)
    assert_same(tmp_path, one(0, class__occupation="9"), scheme)
    assert_same(tmp_path, one(0, class__level=None), scheme)
    with pytest.raises(BadInput) as caught:
        by_batch(tmp_path, one(0), scheme)
    assert caught.value.problems[0].code == "batch-table-tie"


def test_a_tariff_of_many_occupations(tmp_path: Path) -> None:
    rows = [f"6-{n:02d}-00-00,,,{n}.05" for n in range(40)]
    scheme = notice(
        tmp_path / "s",
        "lookup(tariff, occupation=class.occupation, level=class.level, certificate=trainee.certificate.kind)",
        tariff="occupation,level,certificate,amount\n" + "\n".join(rows) + "\n",
    )
    for occupation in ("6-17-00-00", "6-40-00-00", None):
        assert_same(tmp_path, one(0, class__occupation=occupation), scheme)


def test_a_tariff_with_too_many_combinations_is_refused(tmp_path: Path) -> None:
    keys = [f"{n},{m},c{n}-{m},1" for n in range(60) for m in range(60)]
    scheme = notice(
        tmp_path / "s",
        "lookup(tariff, occupation=class.occupation, level=class.level, certificate=trainee.certificate.kind)",
        tariff="occupation,level,certificate,amount\n" + "\n".join(keys) + "\n",
    )
    with pytest.raises(BadInput) as caught:
        by_batch(tmp_path, one(0), scheme)
    assert caught.value.problems[0].code == "batch-table-too-large"


def test_history_asked_by_keys_that_depend_on_history_is_refused(tmp_path: Path) -> None:
    nested = "sum_paid(level=count_paid() / one_time)"
    quantity = f'\n[quantities.times]\nformula = "count_paid() / one_time"\nclause = "-"\ntext = {TEXT}\n'
    for amount, extra in (
        (nested, ""),
        ("sum_paid(level=times)", quantity),
        ("one_yuan", rule(f"{nested} > 1 * one_yuan")),
    ):
        with pytest.raises(BadInput) as caught:
            by_batch(tmp_path, one(0), notice(tmp_path / "s", amount, extra))
        assert caught.value.problems[0].code == "batch-nested-history"


def test_more_rules_than_one_integer_has_bits(tmp_path: Path) -> None:
    rules = [rule(f"class.level > {n}").replace("r-trainee", f"r{n}") for n in range(9)] * 1
    many = [r.replace('"r', f'"s{k}r') for k in range(8) for r in rules]
    many += [r.replace('of = "trainee"', 'of = "class"').replace('"s', '"c') for r in many]
    scheme = notice(tmp_path / "s", "one_yuan", *many)
    assert_same(tmp_path, one(0), scheme)
    assert_same(tmp_path, one(0, class__level=None), scheme)


def test_a_list_may_be_chosen_or_be_a_quantity(tmp_path: Path) -> None:
    chosen = "places if class.level == 5 else ['210000']"
    quantity = f'\n[quantities.places_then]\nformula = "{chosen}"\nclause = "-"\ntext = {TEXT}\n'
    scheme = notice(
        tmp_path / "s", "one_yuan", quantity, rule("organisation.region in places_then", "organisation"),
        rule("class.project in (['甲'] if trainee.minutes > 0 else trainee.other_subsidies)"),
    )  # fmt: skip
    for region, level, minutes in (("440203", 5, 1), ("440203", 4, 0), (None, 5, None)):
        assert_same(tmp_path, one(minutes, organisation__region=region, class__level=level), scheme)


@pytest.mark.parametrize("day", [date(2020, 2, 28), date(2020, 2, 29), date(2021, 2, 28), date(2020, 3, 31)])
def test_full_years_and_months_end_as_in_the_calendar(tmp_path: Path, day: date) -> None:
    years = "years_between(trainee.contract_signed_on, class.ends_on) / one_year * one_yuan"
    months = "days_between(trainee.contract_signed_on, months_after(trainee.contract_signed_on, 13)) > 390"
    scheme = notice(tmp_path / "s", years, rule(months))
    for signed in (
        date(2016, 2, 29),
        date(2019, 2, 28),
        date(2020, 2, 29),
        date(2024, 2, 29),
        date(2021, 3, 1),
    ):
        found = one(0, class__ends_on=max(day, date(2020, 3, 10)), trainee__contract_signed_on=signed)
        assert_same(tmp_path, found, scheme)


def test_the_id_number_itself_may_be_named(tmp_path: Path) -> None:
    scheme = notice(tmp_path / "s", "one_yuan", rule(f"trainee.id_number == '{person(1)}'"))
    assert_same(tmp_path, one(0), scheme)
    historic = notice(tmp_path / "t", "one_yuan + sum_paid()", rule(f"trainee.id_number != '{person(1)}'"))
    assert_same(tmp_path, one(0), historic)
