"""Loading a notice: everything wrong with it is told at its line and column."""

import re
from datetime import date
from fractions import Fraction

import msgspec
import pytest

from keshi.expression import Unit
from keshi.problems import BadInput
from keshi.scheme import load_scheme, scheme_root
from keshi.scheme.model import SchemeFile
from keshi.scheme.symbols import parameter_number
from keshi.settlement import settle
from support import cases, schemes
from support.schemes import HOURS, NO_COMMON, RULE, item, limit, manual, quantity, requirement, table

ROWS = "occupation,level,amount,valid_from,valid_to\n6-31,5,1500.00,2020-01-01,\n6-31,,800,,\n"
TABLE = table('["occupation", "level"]')


def position(text, needle, nth=0):
    """`line:column` of the nth place where a piece of the file stands."""
    start = [found.start() for found in re.finditer(re.escape(needle), text)][nth]
    before = text[:start]
    return f"{before.count(chr(10)) + 1}:{start - (before.rfind(chr(10)) + 1) + 1}"


def problems(folder, text, tables=None):
    with pytest.raises(BadInput) as refusal:
        schemes.load(folder, text, tables)
    for found in refusal.value.problems:
        assert found.line("zh")
        assert found.line("en")
        assert str(folder) in found.where
    return list(refusal.value.problems)


def only(folder, text, tables=None):
    (found,) = problems(folder, text, tables)
    return found


def test_a_small_scheme_loads(tmp_path):
    scheme = schemes.load(tmp_path, schemes.text())
    assert (scheme.id, scheme.folder, list(scheme.rules)) == ("small-2020", tmp_path, ["training"])
    rules = scheme.item("training")
    assert (rules.amount.formula.text, rules.amount.formula.level) == ("class_hours * rate", "trainee")
    assert rules.amount.formula.type.unit == Unit.parse("yuan")
    assert [limit.rule.id for limit in rules.limits] == [
        "same-subsidy-once",
        "occupation-level-once",
        "three-a-year",
    ]
    assert scheme.digest.startswith("sha256:")
    assert scheme.parameter("rate", None) == 30


def test_the_notices_that_come_along_load():
    for folder in sorted(path for path in scheme_root().iterdir() if path.is_dir()):
        assert load_scheme(folder).rules


# (what is wrong, the file, code, the piece of the file it must point at, which occurrence)
WRONG = {
    "formula that cannot be read": (
        schemes.text(items=item(amount=") * class_hours")), "formula-syntax", ") * class_hours", 0,
    ),
    "fact misspelt": (
        schemes.text(requirement("trainee.compleeted")), "formula-unknown-name-near", "trainee.compleeted", 0,
    ),
    "unit of the amount": (
        schemes.text(items=item(amount="class_hours")), "scheme-quantity-unit", "class_hours'", 0,
    ),
    "amount that is no number": (
        schemes.text(items=item(amount="trainee.completed")), "scheme-quantity-unit", "trainee.completed", 0,
    ),
    "amount that is a day": (
        schemes.text(items=item(amount="class.starts_on")), "scheme-quantity-unit", "class.starts_on", 0,
    ),
    "amount that is nothing": (schemes.text(items=item(amount="None")), "scheme-quantity-unit", "None", 0),
    "money without a unit": (schemes.text(items=item(amount="500")), "scheme-quantity-unit", "500", 0),
    "class hours that are minutes": (
        schemes.text(items=item(class_hours="trainee.minutes", amount="rate * hour * 0 + rate * class.total_hours")),
        None, "trainee.minutes", 0,
    ),
    "unit of a quantity": (
        schemes.text(quantity("half", "rate / 2", 'unit = "yuan"')), "scheme-quantity-unit", "rate / 2", 0,
    ),
    "unknown unit of a quantity": (
        schemes.text(quantity("half", "rate / 2", 'unit = "euro"')), "scheme-unit", "rate / 2", 0,
    ),
    "hours plus yuan in a requirement": (
        schemes.text(requirement("class_hours + rate * class_hours > 0")),
        "formula-wrong-unit", "class_hours + rate", 0,
    ),
    "requirement that is no condition": (
        schemes.text(requirement("class_hours")), "formula-wrong-result", "class_hours'", 0,
    ),
    "class rule that names a trainee": (
        schemes.text(requirement("trainee.completed", "class")),
        "scheme-class-rule-names-trainee", "trainee.completed", 0,
    ),
    "organisation rule that names the trainee's hours": (
        schemes.text(requirement("class_hours > 1", "organisation")),
        "scheme-class-rule-names-trainee", "class_hours > 1", 0,
    ),
    "class rule on past subsidies": (
        schemes.text(requirement("count_paid() < 3", "class")),
        "scheme-class-rule-names-trainee", "count_paid() < 3", 0,
    ),
    "ceiling that names a trainee": (
        schemes.text(limit("amount_at_most = 'rate * class_hours'")),
        "scheme-class-rule-names-trainee", "rate * class_hours'", 0,
    ),
    "ceiling that is no money": (
        schemes.text(limit("amount_at_most = 'hour'")), "formula-wrong-result", "hour'", 0,
    ),
    "count that is no number": (
        schemes.text(limit("count_at_most = 'rate'")), "formula-wrong-result", "rate'", 1,
    ),
    "count that is a condition": (
        schemes.text(limit("count_at_most = 'True'")), "formula-wrong-result", "True", 0,
    ),
    "limit without a ceiling": (schemes.text(limit("")), "scheme-limit-one-ceiling", "[[limits]]", 0),
    "limit with two ceilings": (
        schemes.text(limit("amount_at_most = '0'\ncount_at_most = '1'")), "scheme-limit-one-ceiling", "[[limits]]", 0,
    ),
    "requirement without a formula": (
        schemes.text(requirement("x").replace("holds = 'x'\n", "")), "scheme-holds-or-manual", "[[requirements]]", 0,
    ),
    "requirement that is both": (
        schemes.text(requirement("trainee.completed", more="manual = true")),
        "scheme-holds-or-manual", "[[requirements]]", 0,
    ),
    "requirement of an unknown item": (
        schemes.text(requirement("trainee.completed", more='items = ["other"]')),
        "scheme-no-such-item", "[[requirements]]", 0,
    ),
    "part of an unknown item": (
        schemes.text(items=item(more='part_of = ["whole"]')), "scheme-no-such-item", "[[items]]", 0,
    ),
    "requirement twice": (
        schemes.text(manual("a"), manual("a")), "scheme-id-twice", "[[items]]", 0,
    ),
    "limit twice": (
        schemes.text(limit("count_at_most = '1'"), limit("count_at_most = '2'")), "scheme-id-twice", "[[items]]", 0,
    ),
    "item twice": (schemes.text(items=item() + item()), "scheme-id-twice", "[[items]]", 1),
    "quantity with a name of a fact": (
        schemes.text(quantity("as_of", "1")), "scheme-name-twice", "'1'", 0,
    ),
    "quantity with a name of a parameter": (
        schemes.text(quantity("spare", "1"), parameters='spare = { value = 9, clause = "一" }'),
        "scheme-name-twice", "'1'", 0,
    ),
    "quantity with the name of the amount": (
        schemes.text(quantity("amount", "1 * 3")), "scheme-name-twice", "'1 * 3'", 0,
    ),
    "quantity of the item and of the scheme": (
        schemes.text(
            quantity("half", "1"),
            items=item() + "[items.quantities.half]\nformula = '2 * 3'\n" + RULE,
        ),
        "scheme-name-twice", "'2 * 3'", 0,
    ),
    "parameter with the name of a fact": (
        schemes.text(parameters='as_of = { value = 1, clause = "一" }'), "scheme-name-twice", "{ value = 1,", 0,
    ),
    "parameter with two values": (
        schemes.text(parameters='both = { value = 1, day = 2020-01-01, clause = "一" }'),
        "scheme-parameter-one-value", "{ value = 1,", 0,
    ),
    "parameter without a value": (
        schemes.text(parameters='none = { clause = "一" }'), "scheme-parameter-one-value", '{ clause = "一" }', 0,
    ),
    "parameter that is no figure": (
        schemes.text(parameters='odd = { value = "many", clause = "一" }'), "scheme-figure", '{ value = "many"', 0,
    ),
    "dated parameter that is no figure": (
        schemes.text(parameters='odd = { dated = [{ from = 2020-01-01, value = "x" }], clause = "一" }'),
        "scheme-figure", "{ dated", 0,
    ),
    "parameter in an unknown unit": (
        schemes.text(parameters='odd = { value = 1, unit = "euro", clause = "一" }'), "scheme-unit", "euro", 0,
    ),
    "circle": (
        schemes.text(quantity("a", "b + 1"), quantity("b", "a + 1")), "scheme-cycle", "b + 1", 0,
    ),
    "training type misspelt": (
        schemes.text(items=item(more='training_types = ["in post"]')), "formula-no-such-choice", "[[items]]", 0,
    ),
    "excluded subsidy misspelt": (
        schemes.text('[[exclusions]]\nid = "not-both"\nsubsidy = "retraining"\n' + RULE),
        "formula-no-such-choice", "retraining", 0,
    ),
    "excluded subsidy of an item misspelt": (
        schemes.text(items=item() + '[[items.exclusions]]\nid = "not-both"\nsubsidy = "retraining"\n' + RULE),
        "formula-no-such-choice", "retraining", 0,
    ),
    "common limit misspelt": (
        schemes.text(top='without_common = ["three-per-year"]\n'), "scheme-no-such-limit", '["three-per-year"]', 0,
    ),
    "material on an unknown form": (
        schemes.text('[[materials]]\nid = "plan"\nstage = "filing"\nform = "one"\n' + RULE),
        "scheme-no-such-form", "[[materials]]", 0,
    ),
    "step under an unknown clock": (
        schemes.text('[[steps]]\nid = "file"\nstage = "filing"\nby = "city"\nlevel = "city"\nclock = "c"\n' + RULE),
        "scheme-no-such-clock", "[[steps]]", 0,
    ),
    "evaluation on an unknown form": (
        schemes.text('[[evaluations]]\nid = "e"\nsubject = "course"\nlevels = ["city"]\nform = "f"\n' + RULE),
        "scheme-no-such-form", "[[evaluations]]", 0,
    ),
    "evaluation under an unknown clock": (
        schemes.text('[[evaluations]]\nid = "e"\nsubject = "course"\nlevels = ["city"]\nclock = "c"\n' + RULE),
        "scheme-no-such-clock", "[[evaluations]]", 0,
    ),
    "clock twice": (
        schemes.text(*['[[clocks]]\nid = "c"\nstage = "filing"\nevent = "approval"\nduty_of = "city"\n' + RULE] * 2),
        "scheme-id-twice", 'c"\nstage', 1,
    ),
    "key that nobody knows": (
        schemes.text(requirement("trainee.completed", more='wavable = true')),
        "scheme-structure", "[[requirements]]", 0,
    ),
    "value of a wrong type": (
        schemes.text(requirement("trainee.completed", more='waivable = "yes"')), "scheme-structure", 'yes"', 0,
    ),
    "id with capitals": (
        schemes.text(requirement("trainee.completed", id="Done")), "scheme-structure", "Done", 0,
    ),
    "region of five digits": (
        schemes.text().replace('"440200"', '"44020"'), "scheme-structure", "44020", 0,
    ),
    "table key without lookup": (
        schemes.text(TABLE, items=item(amount="standard")), "formula-table-outside-lookup", "standard", 0,
    ),
    "advance that is no money": (
        schemes.text(items=item() + "[items.advance]\nbasis = 'budgeted'\neach = 'class.total_hours'\n" + RULE),
        "formula-wrong-result", "class.total_hours", 0,
    ),
    "advance when that names a trainee": (
        schemes.text(
            items=item() + "[items.advance]\nbasis = 'budgeted'\neach = '0'\nwhen = 'trainee.completed'\n" + RULE
        ),
        "scheme-class-rule-names-trainee", "trainee.completed", 0,
    ),
}  # fmt: skip
del WRONG["class hours that are minutes"]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_at_its_line_and_column(tmp_path, name):
    text, code, needle, nth = WRONG[name]
    found = only(tmp_path, text, {"standard": ROWS} if "tables.standard" in text else None)
    start = needle.startswith("'")
    line, column = position(text, needle, nth).split(":")
    assert found.code == code
    assert found.where == f"{tmp_path / 'scheme.toml'}:{line}:{int(column) + start}"


def test_class_hours_in_minutes_are_refused(tmp_path):
    found = problems(
        tmp_path, schemes.text(items=item(class_hours="trainee.minutes", amount="rate * 0 * hour"))
    )
    assert found[0].code == "scheme-quantity-unit"
    assert found[0].params == {"name": "class_hours", "found": "minute", "declared": "class_hour"}


def test_a_circle_is_named_from_end_to_end(tmp_path):
    text = schemes.text(quantity("a", "b + 1"), quantity("b", "c + 1"), quantity("c", "a + 1"))
    assert only(tmp_path, text).params == {"names": "a → b → c → a"}
    assert only(tmp_path, schemes.text(quantity("a", "a + 1"))).params == {"names": "a → a"}
    assert only(tmp_path, schemes.text(items=item(amount="amount"))).params == {"names": "amount → amount"}


def test_two_circles_are_both_told(tmp_path):
    found = problems(tmp_path, schemes.text(quantity("a", "a + 1"), quantity("b", "c"), quantity("c", "b")))
    assert [p.params["names"] for p in found] == ["a → a", "b → c → b"]


def test_a_quantity_built_on_a_broken_one_is_not_blamed(tmp_path):
    text = schemes.text(quantity("a", "nothing_like_it"), quantity("b", "a * 2 + a", 'unit = "yuan"'))
    assert [p.code for p in problems(tmp_path, text)] == ["formula-unknown-name"]


def test_everything_wrong_is_told_at_once_and_once(tmp_path):
    text = schemes.text(
        requirement("trainee.compleeted", id="one"),
        requirement("class_hours + rate > 0", id="two"),
        limit("amount_at_most = 'hour'"),
        items=item() + item(id="second"),
        parameters='odd = { value = "x", clause = "一" }\n',
        top='without_common = ["nothing"]\n',
    )
    assert sorted(p.code for p in problems(tmp_path, text)) == [
        "formula-unknown-name-near",
        "formula-wrong-result",
        "formula-wrong-unit",
        "scheme-figure",
        "scheme-no-such-limit",
    ]


def test_the_order_of_quantities_does_not_matter(tmp_path):
    forth = [quantity("a", "b * 2"), quantity("b", "c * 2"), quantity("c", "rate * 2")]
    for folder, parts in (("forth", forth), ("back", forth[::-1])):
        scheme = schemes.load(tmp_path / folder, schemes.text(*parts, items=item(amount="a * class_hours")))
        assert [q.name for q in scheme.item("training").quantities] == ["c", "b", "a"]


def test_what_only_a_ceiling_needs_is_computed(tmp_path):
    text = schemes.text(quantity("most", "rate * class.total_hours"), limit("amount_at_most = 'most'"))
    scheme = schemes.load(tmp_path, text)
    assert [q.name for q in scheme.item("training").quantities] == ["most"]
    assert settle(cases.case({"class.total_hours": 40}), scheme).trainees[0].amount == 1_200_00
    assert settle(cases.case({"class.total_hours": 41}), scheme).trainees[0].amount == 1_200_00
    assert (
        settle(cases.case({"class.total_hours": 40, "trainees[0].minutes": 1845}), scheme).trainees[0].amount
        == 1_200_00
    )


def test_only_what_an_item_needs_is_computed_for_it(tmp_path):
    text = schemes.text(
        quantity("used", "rate * 2"),
        quantity("idle", "1 / class.total_hours"),
        quantity("asked", "class.online_hours"),
        requirement("asked > 0", "class"),
        items=item(amount="used * class_hours"),
    )
    assert {q.name for q in schemes.load(tmp_path, text).item("training").quantities} == {"used", "asked"}


def test_rules_of_other_items_stay_away(tmp_path):
    text = schemes.text(
        requirement("trainee.completed", id="all"),
        requirement("trainee.completed", id="first", more='items = ["training"]'),
        requirement("trainee.completed", id="second", more='items = ["other"]'),
        items=item()
        + "[[items.requirements]]\nid = 'own'\nof = 'trainee'\nholds = 'True'\n"
        + RULE
        + item(id="other"),
    )
    scheme = schemes.load(tmp_path, text)
    assert [rule.id for rule, _ in scheme.item("training").requirements] == ["all", "first", "own"]
    assert [rule.id for rule, _ in scheme.item("other").requirements] == ["all", "second"]


def test_common_limits_can_be_switched_off(tmp_path):
    scheme = schemes.load(tmp_path, schemes.text(top=NO_COMMON))
    assert scheme.item("training").limits == ()


def test_an_unknown_item_is_refused_with_those_there_are(tmp_path):
    scheme = schemes.load(tmp_path, schemes.text(items=item() + item(id="other")))
    with pytest.raises(BadInput) as refusal:
        scheme.item("nothing")
    (found,) = refusal.value.problems
    assert (found.code, found.value) == ("item-unknown", "nothing")
    assert found.params == {"scheme": "small-2020", "items": "training, other"}


def test_files_that_are_no_scheme(tmp_path):
    with pytest.raises(BadInput) as refusal:
        load_scheme(tmp_path / "nowhere")
    assert [p.code for p in refusal.value.problems] == ["scheme-file-absent"]
    assert only(tmp_path, "a = = 1").code == "file-toml"
    assert only(tmp_path, "a = " + "[" * 50_000).code == "file-toml"
    assert only(tmp_path, "a = " + "9" * 5_000).code == "file-toml"
    assert only(tmp_path, "名册".encode("utf-16")).code == "file-not-utf8"
    assert only(tmp_path, "").code == "scheme-structure"
    assert only(tmp_path, schemes.text().replace(HOURS, "")).code == "scheme-structure"


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (30, 30), ("7.5", Fraction(15, 2)), ("20%", Fraction(1, 5)), ("130 %", Fraction(13, 10)), ("-3", -3),
        ("100%", 1), (" 0.1 ", Fraction(1, 10)), ("12.5%", Fraction(1, 8)), ("5.0", 5), (0, 0),
    ],
)  # fmt: skip
def test_figures_are_exact(written, exact):
    found = parameter_number(written)
    assert found == exact
    assert type(found) is type(exact)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "%",
        "1/3",
        "1e9",
        "1e999999999",
        "nan",
        "inf",
        "1_000",
        "1,000",
        "5%%",
        "１",
        "20.%",
        "--1",
        "1" * 16,
    ],
)
def test_what_is_no_figure_is_refused(written):
    with pytest.raises(ValueError):
        parameter_number(written)


def test_decimals_in_the_file_keep_their_digits(tmp_path):
    text = schemes.text(parameters='share = { value = 7.10, clause = "一" }\n')
    scheme = schemes.load(tmp_path, text)
    assert scheme.parameter("share", None) == Fraction(71, 10)
    assert scheme.file.parameters["share"].value == "7.10"


def test_a_parameter_changes_on_its_day(tmp_path):
    periods = "{ from = 2020-07-01, value = 20 }, { from = 2019-01-01, value = 30 }, { from = 2020-03-10, value = 40 }"
    scheme = schemes.load(
        tmp_path, schemes.text(parameters=f'dated = {{ dated = [{periods}], clause = "一" }}\n')
    )
    days = [date(2018, 12, 31), date(2019, 1, 1), date(2020, 3, 9), date(2020, 3, 10), date(2021, 1, 1), None]
    assert [scheme.parameter("dated", day) for day in days] == [None, 30, 30, 40, 20, None]


def test_parameters_may_be_days_and_regions(tmp_path):
    more = 'since = { day = 2020-02-18, clause = "一" }\nland = { regions = ["440200", "440300"], clause = "一" }\n'
    scheme = schemes.load(
        tmp_path,
        schemes.text(
            requirement("class.starts_on >= since and organisation.region in land", "class"), parameters=more
        ),
    )
    assert scheme.parameter("since", None) == date(2020, 2, 18)
    assert scheme.parameter("land", None) == ("440200", "440300")


def test_local_holidays_are_laid_over_the_calendar(tmp_path):
    text = schemes.text(top="closed_days = [2020-03-10]\nopened_days = [2020-03-14]\n")
    workdays = schemes.load(tmp_path, text).workdays
    assert not workdays.is_workday(date(2020, 3, 10))
    assert workdays.is_workday(date(2020, 3, 14))
    assert workdays.is_workday(date(2020, 3, 11))


def test_the_levels_of_formulas(tmp_path):
    text = schemes.text(
        quantity("plain", "rate * 2"),
        quantity("own", "plain * trainee.minutes"),
        quantity("built", "own + own"),
        quantity("past", "sum_paid()"),
        items=item(amount="built * 0 * rate / plain / hour * class_hours / class_hours * rate + past"),
    )
    with pytest.raises(BadInput):
        schemes.load(tmp_path, text)
    text = schemes.text(
        quantity("plain", "rate * 2"),
        quantity("own", "plain * class_hours"),
        quantity("built", "own + own"),
        quantity("past", "sum_paid()"),
        items=item(amount="built + past"),
    )
    rules = schemes.load(tmp_path, text).item("training")
    assert {q.name: q.formula.level for q in rules.quantities} == {
        "plain": "class", "own": "trainee", "built": "trainee", "past": "trainee",
    }  # fmt: skip


def test_every_formula_of_an_item_can_be_listed(tmp_path):
    text = schemes.text(
        quantity("double", "rate * 2"),
        requirement("trainee.completed"),
        manual(),
        limit("amount_at_most = '0'"),
        items=item(amount="double * class_hours")
        + "[items.advance]\nbasis = 'registered'\neach = '0 * rate * class.total_hours'\n"
        + RULE,
        top=NO_COMMON,
    )
    texts = [f.text for f in schemes.load(tmp_path, text).item("training").formulas()]
    assert sorted(texts) == sorted([
        "rate * 2", "floor(trainee.minutes / hour)", "double * class_hours", "trainee.completed", "0",
        "0 * rate * class.total_hours", "True", "True",
    ])  # fmt: skip


def test_what_only_the_advance_needs_is_computed(tmp_path):
    text = schemes.text(
        quantity("budget", "class.total_hours * rate"),
        items=item() + "[items.advance]\nbasis = 'budgeted'\neach = 'budget'\n" + RULE,
    )
    assert [q.name for q in schemes.load(tmp_path, text).item("training").quantities] == ["budget"]


def test_the_format_has_a_json_schema_for_editors():
    schema = msgspec.json.schema(SchemeFile)
    definitions = schema["$defs"]
    main = definitions["SchemeFile"]
    assert {"id", "region", "title", "notice", "issued_on", "issuer", "items", "hours"} == set(
        main["required"]
    )
    assert main["additionalProperties"] is False
    assert definitions["Period"]["required"] == ["from", "value"]
    assert "from" in definitions["Applies"]["properties"]
    assert definitions["Requirement"]["properties"]["of"]["enum"] == ["class", "organisation", "trainee"]
    assert main["properties"]["region"]["pattern"] == r"^\d{6}$"


def test_the_notices_fit_their_json_schema():
    jsonschema = pytest.importorskip("jsonschema")
    import tomllib

    schema = msgspec.json.schema(SchemeFile)
    for path in sorted(scheme_root().glob("*/scheme.toml")):
        structure = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
        jsonschema.validate(msgspec.json.decode(msgspec.json.encode(structure)), schema)
        del structure["hours"]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(msgspec.json.decode(msgspec.json.encode(structure)), schema)
