"""Two versions of a notice side by side, and what a change would mean for people."""

import pytest

from keshi.scheme import load_scheme, scheme_root
from keshi.scheme.compare import Difference, compare_schemes
from keshi.scheme.describe import describe
from keshi.settlement.impact import impact
from support import schemes
from support.cases import case
from support.schemes import item, limit, requirement, table

TABLE = table('["occupation", "level"]')
LOOKUP = item(amount="lookup(standard, occupation=class.occupation, level=class.level)")
ROWS = "occupation,level,amount,valid_from,valid_to\n6-31,5,1500,,2020-06-30\n6-31,5,1600,2020-07-01,\n6-32,,9,,\n"


@pytest.fixture
def load(tmp_path):
    count = iter(range(9))

    def load(text, tables=None):
        return schemes.load(tmp_path / str(next(count)), text, tables)

    return load


def test_a_notice_does_not_differ_from_itself(load):
    assert compare_schemes(load(schemes.text()), load(schemes.text())) == []


def test_a_changed_figure_is_named(load):
    old = schemes.text()
    (found,) = compare_schemes(load(old), load(old.replace("value = 30", "value = 35")))
    assert found == Difference("parameters.rate.value", "changed", "30", "35")


def test_rules_are_known_by_their_ids_whatever_their_order(load):
    a, b = requirement("trainee.completed", id="a"), requirement("trainee.insured", id="b")
    assert compare_schemes(load(schemes.text(a, b)), load(schemes.text(b, a))) == []
    changed = requirement("trainee.insured", id="a")
    (found,) = compare_schemes(load(schemes.text(a, b)), load(schemes.text(changed, b)))
    assert found == Difference("requirements[a].holds", "changed", "trainee.completed", "trainee.insured")


def test_rules_that_come_and_go_are_named(load):
    a, b = requirement("trainee.completed", id="a"), requirement("trainee.insured", id="b")
    (found,) = compare_schemes(load(schemes.text(a)), load(schemes.text(a, b)))
    assert found == Difference("requirements[b]", "added", "", "trainee.insured")
    (found,) = compare_schemes(load(schemes.text(a, b)), load(schemes.text(a)))
    assert found == Difference("requirements[b]", "removed", "trainee.insured", "")
    found = compare_schemes(load(schemes.text()), load(schemes.text(limit("count_at_most = '1'"))))
    assert [(d.path.partition("[")[0], d.kind) for d in found] == [("limits", "changed")]


def test_rows_of_tariffs_are_compared_by_their_keys_and_times(load):
    text = schemes.text(TABLE, items=LOOKUP)

    def against(rows):
        return compare_schemes(load(text, {"standard": ROWS}), load(text, {"standard": rows}))

    assert against(ROWS) == []
    (found,) = against(ROWS.replace("1500", "1501"))
    assert (found.path, found.kind) == ("tables.standard[6-31, 5]", "changed")
    assert found.before == "1500 (–2020-06-30); 1600 (2020-07-01–)"
    assert found.after == "1501 (–2020-06-30); 1600 (2020-07-01–)"
    (found,) = against(ROWS.replace("6-32,,9,,\n", ""))
    assert found == Difference("tables.standard[6-32, *]", "removed", "9", "")
    (found,) = against(ROWS + "6-33,4,7,,\n")
    assert found == Difference("tables.standard[6-33, 4]", "added", "", "7")


def test_a_table_that_comes_anew_is_told_row_by_row(load):
    found = compare_schemes(load(schemes.text()), load(schemes.text(TABLE, items=LOOKUP), {"standard": ROWS}))
    assert {d.path for d in found} >= {
        "tables.standard",
        "tables.standard[6-31, 5]",
        "tables.standard[6-32, *]",
    }


def test_what_a_change_means_for_people(load):
    old, new = load(schemes.text()), load(schemes.text().replace("value = 30", "value = 35"))
    cases = [("one.json", case(people=2)), ("two.json", case({"trainees[0].minutes": 0}))]
    found = impact(cases, old, new)
    assert (found.people, found.before, found.after) == (3, 240_000, 280_000)
    assert [(change.source, change.difference) for change in found.changes] == [("one.json", 20_000)] * 2
    assert [(change.before.amount, change.after.amount) for change in found.changes] == [
        (120_000, 140_000)
    ] * 2
    assert impact(cases, old, old).changes == ()
    harder = load(schemes.text(requirement("trainee.minutes > 0")))
    (change,) = impact(cases[1:], old, harder).changes
    assert (change.before.eligible, change.after.eligible, change.difference) == (True, False, 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(path.parent.name for path in scheme_root().glob("*/scheme.toml")))
def test_a_notice_is_described_with_every_rule(name, lang):
    scheme = load_scheme(scheme_root() / name)
    page = describe(scheme, lang)
    assert page.startswith(f"# {scheme.file.title.of(lang)}\n")
    assert f"`{scheme.digest}`" in page
    for rules in scheme.rules.values():
        for rule, _ in rules.requirements:
            assert rule.text.of(lang).replace("|", "\\|") in page
    for rule in (*scheme.file.limits, *scheme.file.exclusions, *scheme.file.sequences, *scheme.file.clocks):
        assert rule.text.of(lang).replace("|", "\\|") in page


def test_a_bare_notice_is_described_too(load):
    page = describe(load(schemes.text()), "en")
    assert "floor(trainee.minutes / hour)" in page
    assert describe(load(schemes.text()), "zh") != page


def test_a_bar_in_a_text_does_not_break_the_table(load):
    text = schemes.text(requirement("trainee.completed")).replace('en = "rule"', 'en = "a | b"')
    assert "a \\| b" in describe(load(text), "en")


def test_days_regions_and_dated_figures_are_described(load):
    periods = "{ from = 2020-01-01, value = 20 }, { from = 2020-07-01, value = 40 }"
    text = schemes.text(
        parameters=f'a = {{ dated = [{periods}], clause = "一" }}\nb = {{ day = 2020-02-18, clause = "一" }}\n'
        'c = { regions = ["440200", "440300"], clause = "一" }\n',
        top="applies = { from = 2020-03-01 }\n",
    )
    page = describe(load(text), "en")
    for piece in ("2020-01-01: 20; 2020-07-01: 40", "2020-02-18", "440200, 440300", "2020-03-01 – …"):
        assert piece in page
    empty = schemes.text(
        '[[clocks]]\nid = "c"\nstage = "filing"\nevent = "approval"\nduty_of = "city"\nwithin = {}\n'
        + schemes.RULE
    )
    assert describe(load(empty), "en")
