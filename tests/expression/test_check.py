"""Names, types and units of a formula are judged before it runs."""

import pytest

from expression.formulas import SCOPE, checked
from keshi.expression import (
    BOOLEAN,
    DATE,
    REGION,
    TEXT,
    Source,
    Symbol,
    Type,
    Unit,
    check,
    choice,
    list_of,
    number,
    parse,
)
from keshi.expression.check import _FUNCTIONS
from keshi.problems import BadInput

MORE = {
    "territory": Symbol(list_of(REGION), "parameter"),
    "day.a": Symbol(number("day"), "fact"),
    "month.a": Symbol(number("month"), "fact"),
    "year.a": Symbol(number("year"), "fact"),
    "colours": Symbol(list_of(choice(("red", "blue"))), "fact"),
}


def problems(text, expected=None):
    source = Source(text)
    with pytest.raises(BadInput) as refusal:
        check(parse(source), SCOPE | MORE, source, expected)
    for found in refusal.value.problems:
        assert found.line("zh")
        assert found.line("en")
    return list(refusal.value.problems)


def codes(text, expected=None):
    return [found.code for found in problems(text, expected)]


def type_of(text, expected=None):
    source = Source(text)
    return check(parse(source), SCOPE | MORE, source, expected)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("r.a * class.total_hours", "yuan"),
        ("class.total_hours * r.a", "yuan"),
        ("y.a / h.b", "yuan/class_hour"),
        ("y.a // r.a", "class_hour"),
        ("trainee.minutes / m.b", "1"),
        ("trainee.minutes % 45", "minute"),
        ("trainee.minutes + 45", "minute"),
        ("trainee.minutes + 9 * 5", "minute"),
        ("trainee.minutes + 90 / 2", "minute"),
        ("45 + trainee.minutes", "minute"),
        ("trainee.minutes - m.b", "minute"),
        ("trainee.minutes * 3", "minute"),
        ("1 / h.b", "1/class_hour"),
        ("h.b * h.b", "class_hour*class_hour"),
        ("-y.a", "yuan"),
        ("y.a + 0", "yuan"),
        ("0 + y.a", "yuan"),
        ("y.a - 0.0", "yuan"),
        ("max(0, y.a)", "yuan"),
        ("min(y.a, y.b, y.a)", "yuan"),
        ("min(3, trainee.minutes)", "minute"),
        ("floor(h.b)", "class_hour"),
        ("ceil(y.a / h.b)", "yuan/class_hour"),
        ("round_half_up(y.a)", "yuan"),
        ("y.a if b.a else 0", "yuan"),
        ("0 if b.a else y.a", "yuan"),
        ("trainee.minutes if b.a else 45", "minute"),
        ("days_between(class.starts_on, class.ends_on)", "day"),
        ("workdays_between(class.starts_on, class.ends_on)", "workday"),
        ("years_between(class.starts_on, class.ends_on)", "year"),
        ("sum_paid()", "yuan"),
        ("sum_paid(scheme='a', item='b', project='c', occupation='d', year=2020, level=5)", "yuan"),
        ("count_paid(year=year.a)", "time"),
        ("lookup(tariff, colour=c.a, level=5)", "yuan"),
        ("lookup(tariff, level=n.a, colour=t.a)", "yuan"),
        ("1 + 2", "1"),
    ],
)
def test_units_follow_the_arithmetic(text, unit):
    found = type_of(text)
    assert (found.kind, found.unit) == ("number", Unit.parse(unit))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("months_after(class.starts_on, 3)", DATE),
        ("months_after(class.starts_on, month.a)", DATE),
        ("min(class.starts_on, class.ends_on)", DATE),
        ("class.starts_on if b.a else class.ends_on", DATE),
        ("trainee.minutes > 45", BOOLEAN),
        ("y.a >= 500", BOOLEAN),
        ("y.a == 0", BOOLEAN),
        ("45 < trainee.minutes", BOOLEAN),
        ("class.starts_on <= class.ends_on", BOOLEAN),
        ("organisation.region in scheme.region", BOOLEAN),
        ("organisation.region not in territory", BOOLEAN),
        ("organisation.region in [scheme.region, '440200']", BOOLEAN),
        ("organisation.region == '440203'", BOOLEAN),
        ("c.a == 'red'", BOOLEAN),
        ("'red' == c.a", BOOLEAN),
        ("c.a in ['red', 'blue']", BOOLEAN),
        ("c.a in [c.b, 'blue']", BOOLEAN),
        ("'red' in colours", BOOLEAN),
        ("c.a == c.b", BOOLEAN),
        ("t.a != 'anything'", BOOLEAN),
        ("n.a in [1, 2.5]", BOOLEAN),
        ("y.a is None", BOOLEAN),
        ("c.a is not None and b.a", BOOLEAN),
        ("not b.a or True", BOOLEAN),
        ("b.a == b.b", BOOLEAN),
        ("'a'", TEXT),
        ("t.a", TEXT),
        ("organisation.region", REGION),
        ("['a', 'b']", list_of(TEXT)),
    ],
)
def test_other_types_follow_too(text, kind):
    assert type_of(text) == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("class.total_hours + y.a", "formula-wrong-unit"),
        ("y.a - trainee.minutes", "formula-wrong-unit"),
        ("y.a < h.b", "formula-wrong-unit"),
        ("y.a == h.b", "formula-wrong-unit"),
        ("y.a in [h.b]", "formula-wrong-unit"),
        ("y.a % h.b", "formula-wrong-unit"),
        ("min(y.a, h.b)", "formula-wrong-unit"),
        ("y.a if b.a else h.b", "formula-wrong-unit"),
        ("n.a + trainee.minutes", "formula-wrong-unit"),
        ("n.a + 1 + trainee.minutes", "formula-wrong-unit"),
        ("1 + n.a + trainee.minutes", "formula-wrong-unit"),
        ("n.a * 2 + trainee.minutes", "formula-wrong-unit"),
        ("2 / n.a + trainee.minutes", "formula-wrong-unit"),
        # a bare number stands for any unit but money
        ("y.a + 500", "formula-wrong-unit"),
        ("500 - y.a", "formula-wrong-unit"),
        ("min(y.a, 500)", "formula-wrong-unit"),
        ("500 if b.a else y.a", "formula-wrong-unit"),
        ("y.a + 2 * 0", "formula-wrong-unit"),
        ("months_after(class.starts_on, day.a)", "formula-wrong-unit"),
        ("count_paid(year=h.b)", "formula-wrong-unit"),
        ("lookup(tariff, colour=c.a, level=h.b)", "formula-wrong-unit"),
        ("y.a / 0", "formula-division-by-zero"),
        ("y.a // 0.0", "formula-division-by-zero"),
        ("n.a % 0", "formula-division-by-zero"),
        ("b.a + 1", "formula-wrong-type"),
        ("1 * 'a'", "formula-wrong-type"),
        ("-b.a", "formula-wrong-type"),
        ("not n.a", "formula-wrong-type"),
        ("n.a and b.a", "formula-wrong-type"),
        ("b.a or t.a", "formula-wrong-type"),
        ("1 if n.a else 2", "formula-wrong-type"),
        ("floor(b.a)", "formula-wrong-type"),
        ("min(n.a, b.a)", "formula-wrong-type"),
        ("min(n.a, class.starts_on)", "formula-wrong-type"),
        ("days_between(class.starts_on, n.a)", "formula-wrong-type"),
        ("months_after(n.a, 1)", "formula-wrong-type"),
        ("[1, 'a']", "formula-wrong-type"),
        ("['a', 1]", "formula-wrong-type"),
        ("['a', None]", "formula-wrong-type"),
        ("c.a in c.b", "formula-wrong-type"),
        ("'440203' in scheme.region", "formula-wrong-type"),
        ("None + 1", "formula-wrong-type"),
        ("lookup(tariff, colour=n.a, level=5)", "formula-wrong-type"),
        ("lookup(tariff, colour=c.a, level=t.a)", "formula-wrong-type"),
        ("lookup(tariff, colour=None, level=5)", "formula-wrong-type"),
        ("lookup(tariff, colour=scheme.region, level=5)", "formula-wrong-type"),
        ("sum_paid(year='2020')", "formula-wrong-type"),
        ("c.a == 'rad'", "formula-no-such-choice"),
        ("'rad' != c.a", "formula-no-such-choice"),
        ("c.a in ['red', 'rad']", "formula-no-such-choice"),
        ("c.a not in ['rad']", "formula-no-such-choice"),
        ("'rad' in colours", "formula-no-such-choice"),
        ("'rad' in [c.a]", "formula-no-such-choice"),
        ("'rad' in ([c.a] if b.a else ['x'])", "formula-no-such-choice"),
        ("'rad' in (['x'] if b.a else [c.a])", "formula-no-such-choice"),
        ("'rad' in (['x'] if b.a else colours)", "formula-no-such-choice"),
        ("b.a == 1", "formula-not-comparable"),
        ("t.a < 'b'", "formula-not-comparable"),
        ("b.a < b.b", "formula-not-comparable"),
        ("n.a < class.starts_on", "formula-not-comparable"),
        ("class.starts_on == '2020-03-01'", "formula-not-comparable"),
        ("[1] == [1]", "formula-not-comparable"),
        ("n.a in ['a']", "formula-not-comparable"),
        ("n.a in [[1]]", "formula-not-comparable"),
        ("n.a in ([1] if b.a else [b.a])", "formula-not-comparable"),
        ("n.a in ([b.a] if b.a else [1])", "formula-not-comparable"),
        ("c.a in (['red'] if b.a else ['rad'])", "formula-no-such-choice"),
        ("n.a in (territory if b.a else [1])", "formula-not-comparable"),
        ("n.a in territory", "formula-not-comparable"),
        ("b.a in ([1] if b.a else [2])", "formula-not-comparable"),
        ("n.a == None", "formula-compare-none"),
        ("None != n.a", "formula-compare-none"),
        ("n.a in [None]", "formula-not-comparable"),
        ("n.a is 1", "formula-is-only-none"),
        ("n.a is not b.a", "formula-is-only-none"),
        ("[]", "formula-empty-list"),
        ("n.a in []", None),
        ("'a' if b.a else 1", "formula-branches-differ"),
        ("n.a if b.a else None", "formula-branches-differ"),
        ("trainee.minute", "formula-unknown-name-near"),
        ("qqqqqq", "formula-unknown-name"),
        ("tariff", "formula-table-outside-lookup"),
        ("tariff + y.a", "formula-table-outside-lookup"),
        ("__import__('os')", "formula-unknown-function"),
        ("print(n.a)", "formula-unknown-function"),
        ("eval('1')", "formula-unknown-function"),
        ("min(n.a)", "formula-argument-count"),
        ("max()", "formula-argument-count"),
        ("floor()", "formula-argument-count"),
        ("floor(n.a, n.b)", "formula-argument-count"),
        ("days_between(class.starts_on)", "formula-argument-count"),
        ("months_after(class.starts_on)", "formula-argument-count"),
        ("floor(x=n.a)", None),
        ("min(n.a, n.b, key=n.a)", "formula-no-named-arguments"),
        ("lookup()", "formula-lookup-table"),
        ("lookup(1)", "formula-lookup-table"),
        ("lookup(tariff, c.a)", "formula-lookup-table"),
        ("lookup(tarif, colour=c.a)", "formula-unknown-table"),
        ("lookup(n.a, colour=c.a)", "formula-unknown-table"),
        ("lookup(tariff, colour=c.a)", "formula-missing-key"),
        ("lookup(tariff, colour=c.a, level=5, size=1)", "formula-unknown-key"),
        ("sum_paid(month=3)", "formula-unknown-key"),
        ("sum_paid(2020)", "formula-only-named-arguments"),
    ],
)
def test_what_does_not_fit_is_refused(text, code):
    found = codes(text)
    assert found
    if code is not None:
        assert code in found


@pytest.mark.parametrize("text", ["n.a in []", "floor(x=n.a)"])
def test_several_things_wrong_are_all_said(text):
    assert problems(text)


def test_every_part_that_is_wrong_is_named_at_its_place():
    found = problems("(y.a + h.b) * (trainee.minute + 1) + floor(b.a)")
    assert [(p.code, p.where) for p in found][:3] == [
        ("formula-wrong-unit", "1:2"),
        ("formula-unknown-name-near", "1:16"),
        ("formula-wrong-type", "1:44"),
    ]


def test_hours_plus_yuan_is_refused_with_file_line_column_and_caret():
    text = "class.total_hours + y.a"
    source = Source(f"y.a if t.a == '线上' else {text}", "scheme.toml", 31, 11)
    with pytest.raises(BadInput) as refusal:
        check(parse(source), SCOPE, source)
    found = refusal.value.problems[0]
    assert found.where == f"scheme.toml:31:{11 + source.text.index(text)}"
    assert found.params == {"left": "class_hour", "right": "yuan"}
    assert found.excerpt.endswith("　　" + " " * 7 + "^" * len(text))
    assert found.line("en").startswith("scheme.toml:31:35: units do not fit: class_hour and yuan")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("trainee.minuts", "trainee.minutes"),
        ("class.start_on", "class.starts_on"),
        ("scheme.regoin", "scheme.region"),
    ],
)
def test_a_near_miss_is_suggested(text, near):
    (found,) = problems(text)
    assert found.params == {"name": text, "near": near}


def test_a_name_like_nothing_else_gets_no_suggestion():
    (found,) = problems("zzzzzzzz")
    assert found.params == {"name": "zzzzzzzz"}


def test_the_choices_are_listed():
    (found,) = problems("c.a == 'rad'")
    assert found.params == {"value": "rad", "choices": "blue, green, red"}
    assert found.where == "1:8"


def test_an_unknown_function_gets_the_list_of_those_there_are():
    (found,) = problems("median(n.a, n.b)")
    assert found.params == {"name": "median", "known": ", ".join(sorted(_FUNCTIONS))}
    assert "round_half_up" in found.params["known"]


def test_arguments_of_an_unknown_function_are_judged_as_well():
    assert codes("median(n.a, qqqq)") == ["formula-unknown-name", "formula-unknown-function"]


def test_missing_and_unknown_keys_are_named():
    (found,) = problems("lookup(tariff)")
    assert found.params == {"name": "colour, level"}
    unknown, missing = problems("lookup(tariff, color=c.a, level=5)")
    assert unknown.params == {"name": "color", "known": "colour, level"}
    assert unknown.where == "1:22"
    assert missing.params == {"name": "colour"}


def test_keys_of_past_subsidies_are_listed():
    (found,) = problems("sum_paid(month=3)")
    assert found.params["known"] == "scheme, item, project, occupation, year, level"


def test_the_number_of_arguments_is_said():
    assert problems("floor(n.a, n.b)")[0].params == {"name": "floor", "count": 1}
    assert problems("min(n.a)")[0].params == {"name": "min", "count": "≥ 2"}
    assert problems("days_between(class.starts_on)")[0].params == {"name": "days_between", "count": 2}


def test_named_arguments_are_refused_where_there_are_none():
    assert problems("floor(n.a, digits=2)")[0].params == {"name": "floor"}


def test_the_result_must_be_what_is_asked_for():
    assert type_of("y.a", number("yuan")) == number("yuan")
    assert type_of("0", number("yuan")).zero
    assert type_of("c.a", TEXT).kind == "choice"
    (found,) = problems("h.b", number("yuan"))
    assert found.code == "formula-wrong-result"
    assert found.params == {"expected": "number [yuan]", "found": "number [class_hour]"}
    assert codes("500", number("yuan")) == ["formula-wrong-result"]
    assert codes("y.a", BOOLEAN) == ["formula-wrong-result"]
    assert codes("b.a", number("yuan")) == ["formula-wrong-result"]
    assert codes("t.a", choice(("a",))) == ["formula-wrong-result"]
    assert codes("class.starts_on", TEXT) == ["formula-wrong-result"]
    assert codes("c.a", BOOLEAN) == ["formula-wrong-result"]
    (found,) = problems("['a']", BOOLEAN)
    assert found.params == {"expected": "boolean", "found": "list of text"}


def test_a_wrong_result_is_not_said_on_top_of_another_mistake():
    assert codes("h.b + y.a", BOOLEAN) == ["formula-wrong-unit"]


def test_every_part_knows_its_type_afterwards():
    node, _ = checked("r.a * class.total_hours > y.a")
    assert [str(node.type), str(node.left.type), str(node.left.left.type)] == [
        "boolean",
        "number [yuan]",
        "number [yuan/class_hour]",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1", "1"),
        ("yuan", "yuan"),
        ("yuan/class_hour", "yuan/class_hour"),
        ("yuan * person / class_hour", "person*yuan/class_hour"),
        ("1/yuan/yuan", "1/yuan/yuan"),
        ("yuan/yuan", "1"),
        ("1*yuan", "yuan"),
        ("1*1/class_hour*1*person", "1/class_hour/person"),
        ("day*day", "day*day"),
    ],
)
def test_units_are_read_and_written(text, shown):
    assert str(Unit.parse(text)) == shown


@pytest.mark.parametrize("text", ["euro", "yuan/hour", "", "yuan//day", "Yuan", "2"])
def test_a_unit_that_nobody_knows_is_refused(text):
    with pytest.raises(ValueError) as refusal:
        Unit.parse(text)
    assert str(refusal.value) in [part.strip() for part in text.replace("/", "*").split("*")]


def test_units_multiply_and_divide():
    rate, hours = Unit.parse("yuan/class_hour"), Unit.parse("class_hour")
    assert rate * hours == Unit.parse("yuan")
    assert rate / rate == Unit()
    assert hours / rate == Unit.parse("class_hour*class_hour/yuan")
    assert str(number(rate)) == "number [yuan/class_hour]"
    assert str(number()) == "number"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("min(n.a, b.a, n.b)", {"expected": "number / date", "found": "boolean"}),
        ("min(class.starts_on, y.a)", {"expected": "date", "found": "number [yuan]"}),
        ("'a' if b.a else y.a", {"left": "text", "right": "number [yuan]"}),
        ("lookup(tarif, colour=c.a)", {"name": "tarif"}),
        ("sum_paid(2020)", {"name": "sum_paid"}),
        ("count_paid(2020)", {"name": "count_paid"}),
        ("sum_paid(year='2020')", {"expected": "number [year]", "found": "text"}),
        ("lookup(tariff, colour=n.a, level=5)", {"expected": "text", "found": "number"}),
        ("b.a + 1", {"expected": "number", "found": "boolean"}),
        ("y.a / h.b + y.a", {"left": "yuan/class_hour", "right": "yuan"}),
        ("t.a < 'b'", {"left": "text", "right": "text"}),
        ("b.a == 1", {"left": "boolean", "right": "number"}),
        ("n.a < class.starts_on", {"left": "number", "right": "date"}),
        ("n.a in [class.starts_on]", {"left": "number", "right": "date"}),
        ("c.a in c.b", {"expected": "list", "found": "choice"}),
        ("[1, 'a']", {"expected": "number", "found": "text"}),
    ],
)
def test_what_does_not_fit_is_told_with_its_types(text, found):
    assert found in [dict(p.params) for p in problems(text)]


@pytest.mark.parametrize(
    "text",
    [
        "min(qqqqqq, n.a, n.b)",
        "min(n.a, qqqqqq, n.b)",
        "qqqqqq if b.a else n.a",
        "n.a if b.a else qqqqqq",
        "floor(qqqqqq)",
        "qqqqqq + n.a",
        "qqqqqq and b.a",
        "qqqqqq == 3",
        "n.a in [qqqqqq, 1]",
        "sum_paid(year=qqqqqq)",
        "days_between(qqqqqq, class.ends_on)",
    ],
)
def test_one_unknown_name_is_one_problem(text):
    assert codes(text) == ["formula-unknown-name"]


def test_a_wrong_type_is_one_problem():
    assert codes("b.a + y.a") == codes("y.a + b.a") == ["formula-wrong-type"]
    assert codes("b.a * y.a + y.a") == ["formula-wrong-type"]


def test_after_an_unknown_key_the_others_are_still_judged():
    assert codes("lookup(tariff, colour=qqqqqq, level=t.a)") == ["formula-unknown-name", "formula-wrong-type"]


def test_after_an_unknown_argument_the_others_are_still_compared():
    assert codes("min(n.a, qqqqqq, h.b)") == ["formula-unknown-name", "formula-wrong-unit"]


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("(1 + b.a) * 3", "     ^^^"),
        ("n.a in [1, 'a', b.a] and b.a", "           ^^^"),
        ("(n.a in territory) and b.a", " " * 8 + "^" * 9),
        ("n.a in [b.a] and b.b", " " * 8 + "^" * 3),
        ("c.a in ['red', 'rad'] and b.a", " " * 15 + "^" * 5),
        ("floor(trainee.minuts / 45)", " " * 6 + "^" * 14),
    ],
)
def test_the_caret_covers_the_part_in_question_and_no_more(text, below):
    carets = [found.excerpt.partition("\n")[2][4:] for found in problems(text)]
    assert below in carets


def test_a_choice_is_a_text_of_given_values():
    assert choice(["a", "b"]) == Type("choice", values=frozenset({"a", "b"}))
    assert list_of(TEXT) == Type("list", element=TEXT)
    assert number("yuan") == Type("number", Unit((("yuan", 1),)))
