"""One person's outcome explained: figures in place of names, and the nearest changes that matter."""

from datetime import date
from fractions import Fraction

import pytest

from keshi.problems import BadInput
from keshi.settlement import settle
from keshi.settlement.explain import explain, find_person
from support import schemes
from support.cases import award, case
from support.people import id_number
from support.schemes import NO_COMMON, item, limit, manual, quantity, requirement


@pytest.fixture
def load(tmp_path):
    def load(*rest, **parts):
        return schemes.load(tmp_path, schemes.text(*rest, **{"top": NO_COMMON, **parts}))

    return load


def explained(scheme, changes=None, **top):
    found = case(changes, **top)
    return explain(found, scheme, found.trainees[0])


def alternatives(explanation):
    return {(a.fact.name, a.after): (a.eligible, a.amount) for a in explanation.alternatives}


def test_a_person_is_found_by_number_name_or_place():
    found = case({"trainees[1].name": "3"}, people=3)
    assert find_person(found, id_number(2)) is found.trainees[2]
    assert find_person(found, "测试员0") is found.trainees[0]
    assert find_person(found, "2") is found.trainees[1]
    assert find_person(found, "3") is found.trainees[1]  # a name goes before a place
    for nobody in ("0", "4", "某人", ""):
        with pytest.raises(BadInput) as refusal:
            find_person(found, nobody)
        assert [p.code for p in refusal.value.problems] == ["explain-nobody"]
    with pytest.raises(BadInput) as refusal:
        find_person(case({"trainees[1].name": "测试员0"}, people=2), "测试员0")
    assert [p.code for p in refusal.value.problems] == ["explain-several"]
    assert refusal.value.problems[0].params == {"count": 2}


def test_the_explanation_is_the_settlement(load):
    scheme = load(requirement("trainee.insured"), manual())
    explanation = explained(scheme, people=3)
    (alone,) = settle(case(), scheme).trainees
    assert explanation.person == alone
    assert explanation.result.trainees == (alone,)


def test_formulas_are_shown_with_their_figures(load):
    scheme = load(
        quantity("half", "rate / 2"),
        limit("amount_at_most = 'rate * class.online_hours'"),
        limit("count_at_most = '2'", id="twice"),
        items=item(amount="half * class_hours * (2 if trainee.insured else 1)"),
    )
    shown = {
        s.step.kind.name: s.figures
        for s in explained(scheme, {"trainees[0].history": [award(amount="700")]}).steps
    }
    assert shown == {
        "half": "30 / 2",
        "class_hours": "floor(1830 / 45)",
        "amount": "15 * 40 * (2 if true else 1)",
        "cap": "max(0, min(1200.00, 1200 - 700.00))",
        "twice": "500.00 if 1 + 1 <= 2 else 0",
    }


def test_tables_keep_their_names_and_unknown_figures_are_marked(load, tmp_path):
    text = schemes.text(
        schemes.table('["level"]'),
        items=item(amount="lookup(standard, level=class.level) * (class_hours / class_hours)"),
    )
    scheme = schemes.load(tmp_path / "t", text, {"standard": "level,amount\n5,100\n"})
    shown = {s.step.kind.name: s.figures for s in explained(scheme, {"class.level": 4}).steps}
    assert shown["amount"] == "lookup(standard, level=4) * (40 / 40)"


def test_the_figures_and_facts_behind_it_are_listed(load):
    explanation = explained(load(requirement("trainee.insured")))
    assert [(f.name, f.value, f.unit, f.clause) for f in explanation.figures] == [
        ("hour", "45", "minute/class_hour", "一"),
        ("rate", "30", "yuan/class_hour", "一"),
    ]
    facts = {fact.name: value for fact, value in explanation.facts}
    assert facts["trainee.minutes"] == 1830
    assert facts["trainee.insured"] is True
    assert facts["class.starts_on"] == date(2020, 3, 10)


def test_the_nearest_change_of_a_number_is_found_on_both_sides(load):
    found = alternatives(explained(load()))
    assert {key: value for key, value in found.items() if key[0] == "trainee.minutes"} == {
        ("trainee.minutes", 1845): (True, 123_000),
        ("trainee.minutes", 1799): (True, 117_000),
    }


def test_minutes_with_a_fraction_are_changed_by_whole_steps(load):
    found = alternatives(explained(load(), {"trainees[0].minutes": "1830.5"}))
    assert ("trainee.minutes", 1845) in found
    assert not any(isinstance(after, Fraction) for _, after in found)


def test_the_nearest_day_is_found(load):
    scheme = load(requirement("workdays_between(class.filed_on, class.starts_on) >= 5", "class"))
    found = alternatives(explained(scheme, {"class.filed_on": "2020-03-05"}))
    assert found[("class.filed_on", date(2020, 3, 3))] == (True, 120_000)
    assert found[("class.starts_on", date(2020, 3, 12))] == (True, 120_000)


def test_yes_and_no_and_choices_are_turned(load):
    scheme = load(requirement('trainee.insured and trainee.category in ["dispatched", "veteran"]'))
    found = alternatives(explained(scheme, {"trainees[0].category": "dispatched"}))
    assert found[("trainee.insured", False)] == (False, 0)
    assert ("trainee.category", "employee") in found
    assert ("trainee.category", "veteran") not in found
    unknown = alternatives(
        explained(scheme, {"trainees[0].category": "dispatched", "trainees[0].insured": None})
    )
    assert unknown == {("trainee.insured", True): (True, 120_000)}


def test_changes_that_no_case_may_have_are_not_proposed(load):
    scheme = load(requirement("class.online_hours >= 61", "class"))
    assert not any(name == "class.online_hours" for name, _ in alternatives(explained(scheme)))


def test_an_excluding_subsidy_is_proposed_away(load):
    rule = f'[[exclusions]]\nid = "x"\nsubsidy = "unemployment-insurance-skill"\n{schemes.RULE}'
    changes = {"trainees[0].other_subsidies": ["unemployment-insurance-skill"]}
    scheme = load(
        rule, requirement('"affected-enterprise-retraining" not in trainee.other_subsidies', id="y")
    )
    assert alternatives(explained(scheme, changes))[("trainee.other_subsidies", ())] == (True, 120_000)


def test_the_best_change_comes_first(load):
    explanation = explained(load(requirement("trainee.insured")))
    amounts = [a.amount for a in explanation.alternatives]
    assert amounts == sorted(amounts, reverse=True)
