"""What a rule's outcome can be, and what it takes to be paid."""

from datetime import date

import pytest

from keshi.problems import BadInput
from keshi.settlement import settle
from keshi.settlement.plan import needed_facts
from keshi.settlement.settle import unused_tables
from support import schemes
from support.cases import ABSENT, award, case
from support.people import id_number
from support.schemes import HOURS, NO_COMMON, RULE, item, limit, manual, quantity, requirement, table


@pytest.fixture
def load(tmp_path):
    def load(*rest, tables=None, **parts):
        return schemes.load(tmp_path, schemes.text(*rest, **parts), tables)

    return load


def one(scheme, changes=None, **top):
    """The result of a class of one, and that one."""
    result = settle(case(changes, **top), scheme)
    return result, result.trainees[0]


def outcomes(findings):
    return {finding.rule: finding.outcome for finding in findings}


def problems(scheme, changes=None, **top):
    with pytest.raises(BadInput) as refusal:
        one(scheme, changes, **top)
    for found in refusal.value.problems:
        assert found.line("zh")
        assert found.line("en")
    return list(refusal.value.problems)


def test_a_plain_class_is_paid(load):
    result, person = one(load())
    assert (person.eligible, person.class_hours, person.amount, person.advance) == (True, 40, 120_000, 0)
    assert (result.amount, result.advance, result.payable) == (120_000, 0, 120_000)
    assert (result.scheme, result.item, result.as_of, result.findings) == (
        "small-2020",
        "training",
        "2020-06-01",
        (),
    )
    assert (person.id_number, person.name) == (id_number(0), "测试员0")


def test_a_rule_passes_or_fails_on_the_facts(load):
    scheme = load(requirement("class.free_of_charge", "class"), requirement("trainee.insured", id="insured"))
    result, person = one(scheme)
    assert outcomes(result.findings) == {"rule": "passed"}
    assert outcomes(person.findings) == {"insured": "passed"}
    assert person.eligible
    result, person = one(scheme, {"class.free_of_charge": False})
    assert outcomes(result.findings) == {"rule": "failed"}
    assert (person.eligible, person.amount) == (False, 0)
    assert result.amount == 0
    result, person = one(scheme, {"trainees[0].insured": False})
    assert outcomes(result.findings) == {"rule": "passed"}
    assert (person.eligible, person.amount, person.class_hours) == (False, 0, 40)


def test_one_person_who_fails_does_not_touch_the_others(load):
    result = settle(case({"trainees[1].insured": False}, people=3), load(requirement("trainee.insured")))
    assert [person.amount for person in result.trainees] == [120_000, 0, 120_000]
    assert result.amount == 240_000


def test_a_finding_carries_its_clause_text_and_remedy(load):
    more = 'remedy = { zh = "改", en = "mend" }'
    rule = requirement("trainee.insured", more=more).replace('clause = "一"', 'clause = "三(二)"')
    (finding,) = one(load(rule))[1].findings
    assert (finding.subject, finding.clause, finding.text.zh, finding.remedy.en) == (
        "trainee",
        "三(二)",
        "规则",
        "mend",
    )
    (unknown,) = one(load(rule), {"trainees[0].insured": None})[1].findings
    assert (unknown.subject, unknown.clause, unknown.text.zh, unknown.remedy.en) == (
        "trainee",
        "三(二)",
        "规则",
        "mend",
    )


def test_all_rules_are_judged_not_only_the_first_that_fails(load):
    scheme = load(requirement("False", id="a"), requirement("False", id="b"), requirement("True", id="c"))
    assert outcomes(one(scheme)[1].findings) == {"a": "failed", "b": "failed", "c": "passed"}


def test_what_is_not_known_is_named_and_nobody_is_paid(load):
    scheme = load(requirement("class.level == 5 and class.free_of_charge", "class"))
    result, person = one(scheme, {"class.level": None})
    (finding,) = result.findings
    assert (finding.outcome, finding.needs) == ("unknown", ("class.level",))
    assert not person.eligible
    result, _ = one(scheme, {"class.level": None, "class.free_of_charge": False})
    assert (result.findings[0].outcome, result.findings[0].needs) == ("failed", ())


def test_a_fact_nobody_gave_is_asked_for(load):
    scheme = load(
        requirement("trainee.insured"), requirement("organisation.legal_person", "organisation", id="legal")
    )
    changes = {
        "organisation.legal_person": ABSENT,
        "trainees[1].insured": ABSENT,
        "trainees[0].minutes": ABSENT,
    }
    found = problems(scheme, changes, people=2)
    assert [(p.code, p.where) for p in found] == [
        ("fact-missing", "organisation.legal_person"),
        ("fact-missing", "trainees[1].insured"),
        ("fact-missing", "trainees[0].minutes"),
    ] or {p.where for p in found} == {
        "organisation.legal_person",
        "trainees[1].insured",
        "trainees[0].minutes",
    }
    assert found[0].line("zh") == "organisation.legal_person: 缺少“是否独立法人”，请补填"


def test_a_person_without_a_name_has_an_empty_one(load):
    assert one(load(), {"trainees[0].name": None})[1].name == ""
    assert one(load(), {"trainees[0].name": ABSENT})[1].name == ""


def test_a_fact_that_no_rule_names_may_be_left_out(load):
    _, person = one(
        load(), {"trainees[0].insured": ABSENT, "class.code": ABSENT, "organisation.region": ABSENT}
    )
    assert person.eligible


def test_the_first_day_is_always_asked_for(load):
    assert [p.where for p in problems(load(), {"class.starts_on": ABSENT})] == ["class.starts_on"]


def test_the_last_day_is_asked_for_where_a_limit_or_an_order_needs_it(load):
    gone = {"class.ends_on": ABSENT}
    yearly = limit("count_at_most = '3'", '["person", "year"]')
    ever = limit("count_at_most = '3'")
    ordered = '[[sequences]]\nid = "after"\n' + RULE
    for needing in (yearly, ordered):
        assert [p.where for p in problems(load(needing, top=NO_COMMON), gone)] == ["class.ends_on"]
    assert one(load(ever, top=NO_COMMON), gone)[1].eligible


def test_a_limit_by_project_asks_for_the_project_and_another_does_not(load):
    past = {"class.project": ABSENT, "trainees[0].history": [award()]}
    assert one(load(limit("count_at_most = '3'"), top=NO_COMMON), past)[1].eligible
    by_project = limit("count_at_most = '3'", '["person", "project"]')
    assert [p.where for p in problems(load(by_project, top=NO_COMMON), past)] == ["class.project"]


def test_the_project_is_asked_for_only_of_people_with_a_past(load):
    assert one(load(), {"class.project": ABSENT})[1].eligible
    past = {"class.project": ABSENT, "trainees[0].history": [award()]}
    assert [p.where for p in problems(load(), past)] == ["class.project"]


def test_optional_facts_may_be_left_out(load):
    scheme = load(requirement("class.level is None and facts.epidemic_ended_on is None", "class"))
    assert one(scheme, {"class.level": ABSENT, "facts": ABSENT})[1].eligible


def test_people_judge_what_no_fact_decides(load):
    scheme = load(manual("fits"), manual("shown", "trainee"))
    result, person = one(scheme)
    assert outcomes(result.findings) == {"fits": "manual"}
    assert outcomes(person.findings) == {"shown": "manual"}
    assert person.eligible
    result, person = one(scheme, judgements={"fits": True, "shown": False})
    assert outcomes(result.findings) == {"fits": "passed"}
    assert outcomes(person.findings) == {"shown": "failed"}
    assert not person.eligible
    assert not one(scheme, judgements={"fits": False})[1].eligible


def test_a_recorded_reason_can_waive_a_failure_but_not_make_one(load):
    scheme = load(requirement("class.total_hours >= 61", "class", more="waivable = true"))
    assert outcomes(one(scheme)[0].findings) == {"rule": "failed"}
    assert outcomes(one(scheme, judgements={"rule": True})[0].findings) == {"rule": "passed"}
    assert outcomes(one(scheme, judgements={"rule": False})[0].findings) == {"rule": "failed"}
    assert outcomes(one(scheme, {"class.total_hours": 61}, judgements={"rule": False})[0].findings) == {
        "rule": "passed"
    }


def test_a_judgement_does_not_decide_what_is_unknown(load):
    scheme = load(requirement("class.level == 5", "class", more="waivable = true"))
    assert outcomes(one(scheme, {"class.level": None}, judgements={"rule": True})[0].findings) == {
        "rule": "unknown"
    }


def test_judgements_on_other_rules_are_refused(load):
    scheme = load(
        requirement("trainee.insured"), manual("fits"), requirement("True", id="soft", more="waivable = true")
    )
    found = problems(scheme, judgements={"rule": True, "nothing": False, "fits": True})
    assert [(p.code, p.where) for p in found] == [
        ("case-judgement-unknown", "judgements.nothing"),
        ("case-judgement-unknown", "judgements.rule"),
    ]
    assert found[0].params == {"rule": "nothing", "known": "fits, soft"}


def test_an_unknown_item_is_refused(load):
    assert [p.code for p in problems(load(), item="other")] == ["item-unknown"]


def test_training_types_decide_first(load):
    scheme = load(requirement("True", "class"), items=item(more='training_types = ["in-post", "transfer"]'))
    result, person = one(scheme)
    assert [(f.rule, f.outcome) for f in result.findings] == [("training-type", "passed"), ("rule", "passed")]
    assert (result.findings[0].subject, result.findings[0].clause, result.findings[0].needs) == (
        "class",
        "二",
        (),
    )
    assert result.findings[0].text.en == "the training type is one that the item pays for"
    result, person = one(scheme, {"class.training_type": "skill"})
    assert (result.findings[0].outcome, person.eligible) == ("failed", False)
    result, person = one(scheme, {"class.training_type": None})
    assert (result.findings[0].outcome, result.findings[0].needs) == ("unknown", ("class.training_type",))
    assert not person.eligible
    assert [p.where for p in problems(scheme, {"class.training_type": ABSENT})] == ["class.training_type"]


def test_minutes_that_are_not_known_leave_the_amount_open(load):
    result, person = one(load(), {"trainees[0].minutes": None})
    (finding,) = person.findings
    assert (finding.rule, finding.outcome, finding.subject) == ("amount-known", "unknown", "trainee")
    assert (finding.needs, finding.clause, finding.remedy) == (("trainee.minutes",), "二", None)
    assert (person.eligible, person.class_hours, person.amount) == (False, None, 0)
    assert {step.kind.name: step.value for step in person.steps} == {"class_hours": None, "amount": None}
    assert result.amount == 0


# ------------------------------------------------------------------------------------------------ exclusions


EXCLUSION = (
    '[[exclusions]]\nid = "not-both"\nsubsidy = "unemployment-insurance-skill"\nremedy = { zh = "改", en = "mend" }\n'
    + RULE
)


@pytest.mark.parametrize(
    ("received", "outcome", "needs"),
    [
        ([], "passed", ()),
        (["affected-enterprise-retraining"], "passed", ()),
        (["affected-enterprise-retraining", "unemployment-insurance-skill"], "failed", ()),
        (None, "unknown", ("trainee.other_subsidies",)),
        (ABSENT, "passed", ()),
    ],
)
def test_another_subsidy_excludes(load, received, outcome, needs):
    _, person = one(load(EXCLUSION), {"trainees[0].other_subsidies": received})
    (finding,) = person.findings
    assert (finding.rule, finding.outcome, finding.needs, finding.remedy.en) == (
        "not-both",
        outcome,
        needs,
        "mend",
    )
    assert (finding.subject, finding.clause, finding.text.en) == ("trainee", "一", "rule")
    assert person.eligible is (outcome == "passed")


# ------------------------------------------------------------------------------------------- derived facts


def test_an_enterprise_is_sized_by_its_figures(load):
    scheme = load(requirement('organisation.size == "medium"', "organisation"))
    figures = {"organisation.employees": 300, "organisation.revenue_wan": 2000}
    assert outcomes(one(scheme, figures)[0].findings) == {"rule": "passed"}
    assert outcomes(one(scheme, figures | {"organisation.employees": 299})[0].findings) == {"rule": "failed"}


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"organisation.revenue_wan": None}, ("organisation.revenue_wan",)),
        ({"organisation.revenue_wan": ABSENT}, ("organisation.revenue_wan",)),
        (
            {"organisation.revenue_wan": None, "organisation.employees": None},
            ("organisation.employees", "organisation.revenue_wan"),
        ),
        ({"organisation.industry": "金融业"}, ("organisation.industry",)),
        ({"organisation.industry": "金融业", "organisation.revenue_wan": None}, ("organisation.industry",)),
        ({"organisation.industry": None}, ("organisation.industry",)),
        ({"organisation.industry": "建筑业"}, ("organisation.assets_wan",)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("subject", ["organisation", "class", "trainee"])
def test_a_size_that_is_not_known_asks_for_the_figures(load, subject, changes, needs):
    scheme = load(requirement('organisation.size in ["small", "micro"]', subject))
    result, person = one(scheme, changes)
    (finding,) = (*result.findings, *person.findings)
    assert finding.outcome == "unknown"
    assert finding.needs == needs or (
        changes.get("organisation.industry") == "金融业" and finding.needs[:1] == needs[:1]
    )


def test_everything_that_is_missing_is_asked_for_together(load):
    scheme = load(
        requirement(
            'class.level == 5 and organisation.size == "micro" and class.major_group == 6 and rate * 0 == 0',
            "class",
        )
    )
    changes = {"class.level": None, "organisation.revenue_wan": None, "class.occupation": None}
    (finding,) = one(scheme, changes)[0].findings
    assert finding.needs == ("class.level", "organisation.revenue_wan", "class.occupation")


def test_a_figure_that_does_not_count_is_not_asked_for(load):
    scheme = load(requirement('organisation.size == "micro"', "organisation"))
    assert outcomes(
        one(scheme, {"organisation.employees": 3, "organisation.revenue_wan": None})[0].findings
    ) == {"rule": "passed"}


@pytest.mark.parametrize(
    ("occupation", "outcome", "needs"),
    [
        ("6-31-01-03", "passed", ()),
        ("5-01-01-01", "failed", ()),
        ("X-1", "unknown", ("class.occupation",)),
        ("²-1", "unknown", ("class.occupation",)),
        (None, "unknown", ("class.occupation",)),
        (ABSENT, "unknown", ("class.occupation",)),
    ],
)
def test_the_major_group_is_the_first_digit_of_the_occupation(load, occupation, outcome, needs):
    scheme = load(requirement("class.major_group in [4, 6]", "class"))
    (finding,) = one(scheme, {"class.occupation": occupation})[0].findings
    assert (finding.outcome, finding.needs) == (outcome, needs)


def test_a_claim_not_yet_made_counts_as_made_on_the_as_of_day(load):
    scheme = load(requirement("class.claim_date <= months_after(class.ends_on, 2)", "class"))
    made = {"class.claimed_on": "2020-05-31"}
    assert outcomes(one(scheme, made, as_of="2020-12-01")[0].findings) == {"rule": "passed"}
    late = {"class.claimed_on": "2020-06-01"}
    assert outcomes(one(scheme, late, as_of="2020-05-01")[0].findings) == {"rule": "failed"}
    for nothing in (None, ABSENT):
        assert outcomes(one(scheme, {"class.claimed_on": nothing}, as_of="2020-05-31")[0].findings) == {
            "rule": "passed"
        }
        assert outcomes(one(scheme, {"class.claimed_on": nothing}, as_of="2020-06-01")[0].findings) == {
            "rule": "failed"
        }


def test_the_as_of_day_and_the_region_of_the_scheme_are_facts(load):
    scheme = load(
        requirement("as_of > class.ends_on", "class", "after"),
        requirement("organisation.region in scheme.region", "organisation", "here"),
    )
    assert outcomes(one(scheme)[0].findings) == {"after": "passed", "here": "passed"}
    elsewhere = {"organisation.region": "440103"}
    assert outcomes(one(scheme, elsewhere, as_of="2020-03-31")[0].findings) == {
        "after": "failed",
        "here": "failed",
    }


# ------------------------------------------------------------------------- figures in force, tables, calendar


PERIODS = "{ from = 2020-01-01, value = 20 }, { from = 2020-03-10, value = 40 }"
DATED = f'dated = {{ dated = [{PERIODS}], unit = "yuan/class_hour", clause = "一" }}\n'


@pytest.mark.parametrize(
    ("starts", "amount"),
    [("2020-01-01", 80_000), ("2020-03-09", 80_000), ("2020-03-10", 160_000), ("2020-03-31", 160_000)],
)
def test_the_first_day_decides_which_figure_is_in_force(load, starts, amount):
    scheme = load(items=item(amount="class_hours * dated"), parameters=DATED)
    assert one(scheme, {"class.starts_on": starts})[1].amount == amount


def test_before_the_first_figure_nothing_is_known(load):
    scheme = load(items=item(amount="class_hours * dated"), parameters=DATED)
    (finding,) = one(scheme, {"class.starts_on": "2019-12-31"})[1].findings
    assert (finding.rule, finding.needs) == ("amount-known", ("dated",))
    (finding,) = one(scheme, {"class.starts_on": None})[1].findings
    assert (finding.rule, finding.needs) == ("amount-known", ("class.starts_on",))


TABLE = table('["occupation", "level"]')
LOOKUP = item(amount="lookup(standard, occupation=class.occupation, level=class.level)")
ROWS = {
    "standard": "occupation,level,amount,valid_from\n6-31-01-03,5,1500,2020-01-01\n6-31-01-03,4,2000,2020-03-11\n"
}


def test_tariffs_of_a_case_replace_those_of_the_scheme(load):
    scheme = load(TABLE, items=LOOKUP, tables=ROWS)
    assert one(scheme)[1].amount == 150_000
    assert one(scheme, tables={"standard": [{"level": 5, "amount": "7.05"}]})[1].amount == 705
    (finding,) = one(scheme, tables={"standard": []})[1].findings
    assert finding.needs == ("tables.standard",)
    assert one(scheme)[1].amount == 150_000


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"class.level": 4}, ("tables.standard",)),
        ({"class.level": None}, ("class.level",)),
        ({"class.occupation": "x"}, ("tables.standard",)),
        ({"class.starts_on": None}, ("class.starts_on",)),
        ({"class.level": None, "class.occupation": None}, ("class.occupation", "class.level")),
    ],
)
def test_a_tariff_that_is_not_found_names_what_is_missing(load, changes, needs):
    (finding,) = one(load(TABLE, items=LOOKUP, tables=ROWS), changes)[1].findings
    assert (finding.rule, finding.needs) == ("amount-known", needs)


def test_wrong_tariffs_of_a_case_are_named_by_their_rows(load):
    scheme = load(TABLE, items=LOOKUP, tables=ROWS)
    rows = [
        {"level": 5, "amount": 1},
        {"level": "x", "amount": 1},
        {"size": 3, "amount": 1},
        {"amount": 1.5},
        {"level": 5, "amount": 2},
    ]
    found = problems(scheme, tables={"standard": rows})
    assert [(p.code, p.where) for p in found] == [
        ("value-number", "tables.standard[1]"),
        ("table-column", "tables.standard[2]"),
        ("value-number", "tables.standard[3]"),
        ("table-tie", "tables.standard[4]"),
    ]
    (found,) = problems(scheme, tables={"standart": []})
    assert (found.code, found.where, found.value) == ("case-table-unknown", "tables.standart", "standart")
    assert found.params == {"near": "standard"}
    wrong = {"standart": [], "entirely_other": [], "standard": [{"amount": "x"}], "standrd": []}
    assert [p.where for p in problems(scheme, tables=wrong)] == [
        "tables.standart",
        "tables.standard[0]",
        "tables.standrd",
    ]


def test_a_table_that_no_rule_uses_is_noted_and_not_an_error(load):
    scheme = load(TABLE, items=LOOKUP, tables=ROWS)
    found = case(tables={"entirely_other": [{"x": 1}], "standard": [{"amount": 1}]})
    assert settle(found, scheme).amount == 100
    (note,) = unused_tables(found, scheme)
    assert (note.code, note.where, note.value) == (
        "case-table-unused",
        "tables.entirely_other",
        "entirely_other",
    )
    assert note.line("zh")


def test_the_facts_that_items_name_are_listed_in_the_order_of_the_vocabulary(load):
    scheme = load(
        requirement("trainee.insured and class.level == 5"), items=item() + item(id="other"), top=NO_COMMON
    )
    assert needed_facts(scheme.rules.values()) == [
        "class.level",
        "class.starts_on",
        "trainee.insured",
        "trainee.minutes",
    ]
    assert needed_facts([]) == []


def test_two_rows_that_fit_alike_are_an_error_when_asked_for(load):
    scheme = load(TABLE, items=LOOKUP, tables={"standard": "occupation,level,amount\n6-31-01-03,,1\n,5,2\n"})
    (found,) = problems(scheme)
    assert found.code == "table-tie"
    assert one(scheme, {"class.level": 4})[1].amount == 100


def test_local_holidays_move_a_deadline(load):
    rule = requirement("workdays_between(class.filed_on, class.starts_on) >= 6", "class")
    assert outcomes(one(load(rule))[0].findings) == {"rule": "passed"}
    assert outcomes(one(load(rule, top="closed_days = [2020-03-05]\n"))[0].findings) == {"rule": "failed"}


def test_a_day_beyond_the_calendar_is_refused(load):
    rule = requirement("workdays_between(class.filed_on, class.starts_on) >= 6", "class")
    changes = {"class.starts_on": "2040-03-10", "class.ends_on": "2040-03-31"}
    assert [p.code for p in problems(load(rule), changes)] == ["calendar-year-unknown"]


def test_a_division_by_zero_is_refused(load):
    scheme = load(items=item(amount="rate * class_hours / class.online_hours * class.online_hours"))
    assert [p.code for p in problems(scheme, {"class.online_hours": 0, "class.theory_online_hours": 0})] == [
        "division-by-zero"
    ]


def test_formulas_may_count_on_the_past_of_each_person(load):
    scheme = load(
        requirement('count_paid(scheme="small-2020", year=2020) < 2', id="few"),
        items=item(amount='max(0, rate * class_hours - sum_paid(item="training"))'),
        top=NO_COMMON,
    )
    histories = [[], [award(amount="200.50")], [award(), award(item="other")], [award(amount="9999")]]
    changes = {f"trainees[{n}].history": history for n, history in enumerate(histories)}
    result = settle(case(changes, people=4), scheme)
    assert [person.amount for person in result.trainees] == [120_000, 99_950, 0, 0]
    assert [person.eligible for person in result.trainees] == [True, True, False, True]


def test_events_are_credited_before_anything_is_settled(load):
    scheme = load(requirement("trainee.minutes == 0", id="none"))
    changes = {"trainees[0].minutes": ABSENT, "trainees[0].events": []}
    _, person = one(scheme, changes)
    assert outcomes(person.findings) == {"none": "passed"}
    assert (person.class_hours, person.amount) == (0, 0)
    mixed = settle(case({"trainees[1].minutes": ABSENT, "trainees[1].events": []}, people=2), scheme)
    assert [p.class_hours for p in mixed.trainees] == [40, 0]
    with pytest.raises(BadInput) as refusal:
        one(scheme, {"trainees[0].minutes": ABSENT, "trainees[0].events": [{"kind": "?"}]})
    assert refusal.value.problems[0].where.startswith("trainees[0].events")


# ---------------------------------------------------------------------------------------- rounding and steps


@pytest.mark.parametrize(
    ("formula", "fen"),
    [
        ("rate * class_hours / 7", 17_143),  # 171.428571…
        ("rate * class.total_hours * 0.0000278", 5),  # 0.05004
        ("rate * class.total_hours / 360000", 1),  # half a fen is one
        ("rate * class.total_hours / 360001", 0),  # just below half a fen
        ("rate * class.total_hours * 0.00075", 135),
        ("rate * class.total_hours * 0.000752777777", 135),
        ("rate * class.total_hours * 0.000752777778", 136),
    ],
)  # fmt: skip
def test_a_person_s_amount_is_rounded_half_up_to_the_fen(load, formula, fen):
    assert one(load(items=item(amount=formula)))[1].amount == fen


def test_the_amount_is_rounded_once_at_the_end(load):
    third = quantity("third", "rate * class_hours / 3600", 'unit = "yuan"')
    scheme = load(third, items=item(amount="third + third + third"))
    _, person = one(scheme)
    assert person.amount == 100
    steps = {step.kind.name: step.value for step in person.steps}
    assert steps["third"] * 3 == 1


def test_totals_add_rounded_amounts(load):
    scheme = load(items=item(amount="rate * class_hours / 7"))
    result = settle(case(people=3), scheme)
    assert result.amount == 3 * 17_143


def test_the_steps_tell_the_whole_computation(load):
    scheme = load(
        quantity("double", "rate * 2", 'unit = "yuan/class_hour"'),
        items=item(amount="double * class_hours"),
        top=NO_COMMON,
    )
    steps = [(s.kind.name, s.value, s.kind.formula, s.kind.unit, s.kind.clause) for s in one(scheme)[1].steps]
    assert steps == [
        ("double", 60, "rate * 2", "yuan/class_hour", "一"),
        ("class_hours", 40, "floor(trainee.minutes / hour)", "class_hour", "一"),
        ("amount", 2400, "double * class_hours", "yuan", "二"),
    ]


def test_quantities_that_use_the_amount_or_the_hours_come_after_them(load):
    scheme = load(
        quantity("least", "class_hours >= 40"),
        quantity("share", "amount / 2"),
        requirement("least and share == 600", id="both"),
        items=item(),
    )
    assert outcomes(one(scheme)[1].findings) == {"both": "passed"}
    assert outcomes(one(scheme, {"trainees[0].minutes": 1799})[1].findings) == {"both": "failed"}


def test_hours_of_the_class_are_the_same_for_all(load):
    scheme = load(items=item(class_hours="class.total_hours", amount="rate * 1 * class_hours"), hours=HOURS)
    result = settle(case(people=2), scheme)
    assert [(p.class_hours, p.amount) for p in result.trainees] == [(60, 180_000)] * 2


def test_a_class_without_trainees_settles_to_nothing(load):
    result = settle(case(trainees=[]), load())
    assert (result.trainees, result.amount, result.payable) == ((), 0, 0)


def test_the_days_are_not_read_from_a_clock(load):
    scheme = load(requirement("as_of == class.ends_on", "class"))
    result, _ = one(scheme, as_of="2020-03-31")
    assert outcomes(result.findings) == {"rule": "passed"}
    assert result.as_of == date(2020, 3, 31).isoformat()
