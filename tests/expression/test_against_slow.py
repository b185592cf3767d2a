"""The formula language agrees with a second evaluator that was written separately."""

from dataclasses import asdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from expression.formulas import awards, booleans, checked, dates, environment, listed, names, numbers, rows
from expression.slow import Slow
from keshi.expression import compile_formula, needs
from keshi.problems import BadInput

DEPTH = 3
formulas = st.one_of(
    numbers("1", DEPTH, True),
    numbers("minute", DEPTH, True),
    numbers("yuan", DEPTH, True),
    booleans(DEPTH, True),
    dates(2, True),
)


def slow_value(text, values, history, tariff):
    table = (("colour", "level"), [(r.keys, r.value, r.valid_from, r.valid_to) for r in tariff])
    past = [asdict(a) for a in history]
    try:
        return Slow(values, {"tariff": table}, past, values["class.starts_on"]).value(text)
    except (ZeroDivisionError, LookupError) as error:
        return {ZeroDivisionError: "division-by-zero", LookupError: "table-tie"}[type(error)]


@given(formulas, names, awards, rows)
def test_every_formula_gives_what_the_slow_evaluator_gives(text, values, history, tariff):
    node, _ = checked(text)
    expected = slow_value(text, values, history, tariff)
    try:
        found = compile_formula(node, environment(tariff))(listed(values, history))
    except BadInput as error:
        found = error.problems[0].code
    assert found == expected
    assert type(found) is not float
    assert not isinstance(found, Fraction) or found.denominator > 1


@given(st.one_of(booleans(DEPTH, False), numbers("yuan", DEPTH, False)), names, names, awards, rows)
def test_needs_names_everything_without_which_nothing_can_be_decided(text, values, others, history, tariff):
    """Facts that are missing but not named can be filled in with anything: the formula stays undecided."""
    node, _ = checked(text)
    place = environment(tariff)
    try:
        found = compile_formula(node, place)(listed(values, history))
        missing = needs(node, listed(values, history), place)
        assert (found is None) == bool(missing)
        named = {name for name in missing if not name.startswith("tables.")}
        assert all(values[name] is None for name in named)
        filled = {name: others[name] if v is None and name not in named else v for name, v in values.items()}
        filled["class.starts_on"] = values["class.starts_on"]  # decides which rows of the table are in force
        if found is None:
            assert compile_formula(node, place)(listed(filled, history)) is None
        else:
            assert compile_formula(node, place)(listed(filled, history)) == found
    except BadInput as error:
        if error.problems[0].code not in ("division-by-zero", "table-tie"):
            raise
