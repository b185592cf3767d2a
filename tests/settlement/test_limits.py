"""Ceilings over what a person already had, the order of classes, money paid ahead."""

import pytest

from keshi.settlement import settle
from support import schemes
from support.cases import ABSENT, award, case
from support.schemes import NO_COMMON, RULE, item, limit, requirement

FULL = 120_000
"""What the small scheme pays for 40 class hours of 30 yuan."""


@pytest.fixture
def load(tmp_path):
    def load(*rest, **parts):
        return schemes.load(tmp_path, schemes.text(*rest, **{"top": NO_COMMON, **parts}))

    return load


def one(scheme, *history, **changes):
    """The outcome of a person with a past; changes are of the class."""
    named = {f"class.{name}": value for name, value in changes.items()}
    return settle(case({"trainees[0].history": list(history), **named}), scheme).trainees[0]


def steps(person):
    return {step.kind.name: step.value for step in person.steps}


AMOUNT = "amount_at_most = 'rate * class.total_hours'"
"""1 800 yuan for a class of 60 hours."""


@pytest.mark.parametrize(
    ("had", "left"),
    [
        ([], 120_000),
        (["600.00"], 120_000),
        (["600.01"], 119_999),
        (["870.00", "400"], 53_000),
        (["1799.99"], 1),
        (["1800"], 0),
        (["5000"], 0),
    ],
)
def test_a_sum_leaves_what_is_missing_to_the_ceiling(load, had, left):
    person = one(load(limit(AMOUNT)), *(award(amount=amount) for amount in had))
    assert (person.amount, person.eligible) == (left, True)
    assert steps(person)["cap"] * 100 == left
    assert steps(person)["amount"] == 1200
    assert type(steps(person)["amount"]) is int


def test_a_limit_is_a_step_with_its_formula(load):
    person = one(load(limit(AMOUNT), limit("count_at_most = '2'", id="twice")))
    sums, counts = person.steps[-2:]
    assert (sums.kind.name, sums.kind.formula) == (
        "cap",
        "max(0, min(amount, rate * class.total_hours - paid))",
    )
    assert (counts.kind.name, counts.kind.formula) == ("twice", "amount if count + 1 <= 2 else 0")
    assert (sums.kind.unit, sums.kind.clause, sums.kind.label.en) == ("yuan", "一", "rule")


@pytest.mark.parametrize(("had", "left"), [(0, FULL), (1, FULL), (2, 0), (3, 0)])
def test_a_count_allows_that_many_subsidies_in_all(load, had, left):
    past = [award(project=str(n), amount="0") for n in range(had)]
    person = one(load(limit("count_at_most = '2'")), *past)
    assert (person.amount, person.eligible) == (left, True)


def test_a_ceiling_below_a_fen_is_rounded_down(load):
    assert one(load(limit("amount_at_most = 'rate * class.total_hours / 7'"))).amount == 25_714


OTHERS = [
    award(amount="1000"),
    award(amount="1000", item="other"),
    award(amount="1000", scheme="elsewhere-2020"),
]


@pytest.mark.parametrize(("counts", "taken"), [("item", 1), ("scheme", 2), ("all", 3)])
def test_what_counts_is_the_item_the_scheme_or_everything(load, counts, taken):
    most = "amount_at_most = 'rate * class.total_hours * 2'"
    assert one(load(limit(most, counts=counts)), *OTHERS).amount == min(FULL, 360_000 - 100_000 * taken)
    assert one(load(limit(f"count_at_most = '{taken}'", counts=counts)), *OTHERS).amount == 0
    assert one(load(limit(f"count_at_most = '{taken + 1}'", counts=counts)), *OTHERS).amount == FULL


@pytest.mark.parametrize(
    ("ended", "left"),
    [("2019-12-31", FULL), ("2020-01-01", 80_000), ("2020-12-31", 80_000), ("2021-01-01", FULL)],
)
def test_a_year_is_the_calendar_year_in_which_classes_end(load, ended, left):
    scheme = load(limit(AMOUNT, '["person", "year"]'))
    assert one(scheme, award(amount="1000", started_on=None, ended_on=ended)).amount == left


def test_a_class_over_new_year_counts_for_the_new_year(load):
    scheme = load(limit(AMOUNT, '["person", "year"]'))
    assert one(scheme, award(amount="1000"), ends_on="2021-01-02").amount == FULL
    assert one(scheme, award(amount="1000", ended_on="2021-05-01"), ends_on="2021-01-02").amount == 80_000


@pytest.mark.parametrize(("project", "left"), [("车工岗位", 0), ("钳工岗位", FULL), (None, FULL)])
def test_a_project_is_the_same_by_its_name(load, project, left):
    scheme = load(limit("count_at_most = '1'", '["person", "project"]'))
    assert one(scheme, award(project=project)).amount == left


def test_a_class_without_a_project_is_undecided_for_a_person_with_one(load):
    scheme = load(limit("count_at_most = '1'", '["person", "project"]'))
    person = one(scheme, award(), project=None)
    (finding,) = person.findings
    assert (finding.rule, finding.outcome, finding.needs) == ("cap", "unknown", ("class.project",))
    assert (person.eligible, person.amount) == (False, 0)
    assert "cap" not in steps(person)
    assert one(scheme, award(project=None), project=None).amount == FULL
    assert one(scheme, project=None).amount == FULL
    assert one(scheme, award(scheme="elsewhere-2020"), project=None).amount == FULL


def test_a_class_without_an_end_is_undecided_for_a_person_with_a_past(load):
    scheme = load(limit(AMOUNT, '["person", "year"]'))
    (finding,) = one(scheme, award(), ends_on=None).findings
    assert (finding.rule, finding.outcome, finding.needs) == ("cap", "unknown", ("class.ends_on",))
    assert one(scheme, ends_on=None).amount == FULL
    both = load(limit("count_at_most = '1'", '["person", "project", "year"]'))
    (finding,) = one(both, award(), ends_on=None).findings
    assert finding.needs == ("class.ends_on",)
    (finding,) = one(both, award(), ends_on=None, project=None).findings
    assert finding.needs == ("class.ends_on", "class.project")


def test_a_ceiling_that_is_not_known_names_what_it_lacks(load):
    scheme = load(limit(AMOUNT), limit("count_at_most = '1'", id="once"))
    person = one(scheme, award(), total_hours=None)
    (finding,) = person.findings
    assert (finding.rule, finding.outcome, finding.needs) == ("cap", "unknown", ("class.total_hours",))
    assert (finding.subject, finding.clause, finding.text.en) == ("trainee", "一", "rule")
    assert not person.eligible
    assert list(steps(person)) == ["class_hours", "amount", "once"]


@pytest.mark.parametrize(
    ("occupation", "level", "past", "left"),
    [
        ("6-31", 5, ("6-31", 5), 0),
        ("6-31", 5, ("6-31", 4), FULL),
        ("6-31", 5, ("6-32", 5), FULL),
        ("6-31", 5, ("6-31", None), FULL),
        ("6-31", 5, (None, 5), FULL),
        ("6-31", 5, (None, None), FULL),
        (None, 5, (None, 5), FULL),
        ("6-31", None, ("6-31", None), FULL),
        (None, None, (None, None), FULL),
        (ABSENT, ABSENT, ("6-31", 5), FULL),
    ],
)
def test_an_occupation_at_a_level_once_and_null_is_not_compared(load, occupation, level, past, left):
    scheme = load(limit("count_at_most = '1'", '["person", "occupation-level"]', "all"))
    before = award(scheme="elsewhere-2020", occupation=past[0], level=past[1])
    assert one(scheme, before, occupation=occupation, level=level).amount == left


def test_limits_apply_in_their_order(load):
    cap = limit("amount_at_most = 'rate * class.online_hours'", id="first")  # 1 200
    half = limit("amount_at_most = 'rate * class.theory_online_hours'", id="second")  # 900
    once = limit("count_at_most = '1'", id="third")
    person = one(load(cap, half, once), award(amount="700"))
    assert [(name, value) for name, value in steps(person).items()][1:] == [
        ("amount", 1200),
        ("first", 500),
        ("second", 200),
        ("third", 0),
    ]
    person = one(load(once, half, cap), award(amount="700"))
    assert list(steps(person).values())[2:] == [0, 0, 0]


def test_limits_of_the_item_come_after_those_of_the_scheme_and_before_the_common_ones(load):
    own = item() + "[[items.limits]]\nid = 'own'\nper = ['person']\ncount_at_most = '9'\n" + RULE
    scheme = load(limit("count_at_most = '9'"), items=own, top="")
    assert list(steps(one(scheme)))[2:] == [
        "cap",
        "own",
        "same-subsidy-once",
        "occupation-level-once",
        "three-a-year",
    ]


PRACTICAL = item(id="training", more='part_of = ["online"]') + item(id="online") + item(id="apart")


@pytest.mark.parametrize(
    ("settled", "past", "left"),
    [
        ("training", "online", FULL),
        ("online", "training", FULL),
        ("apart", "training", 0),
        ("training", "apart", 0),
        ("training", "training", 0),
    ],
)
def test_parts_of_one_training_are_not_two_subsidies(load, settled, past, left):
    scheme = load(limit("count_at_most = '1'", counts="all"), items=PRACTICAL)
    history = {"trainees[0].history": [award(item=past)]}
    assert settle(case(history, item=settled), scheme).trainees[0].amount == left
    history = {"trainees[0].history": [award(item=past, scheme="elsewhere-2020")]}
    assert settle(case(history, item=settled), scheme).trainees[0].amount == 0


def test_parts_of_one_training_share_a_sum(load):
    scheme = load(limit(AMOUNT), items=PRACTICAL)
    history = {"trainees[0].history": [award(item="online", amount="1000")]}
    assert settle(case(history), scheme).trainees[0].amount == 80_000


def test_the_national_plan_is_on_by_default(load):
    scheme = load(top="")
    abroad = [award(scheme=f"s-{n}", project=None) for n in range(3)]
    assert one(scheme, *abroad[:2]).amount == FULL
    assert one(scheme, *abroad).amount == 0
    assert one(scheme, *abroad[:2], award(scheme="s", ended_on="2019-12-31", started_on=None)).amount == FULL
    assert one(scheme, award(project="车工岗位")).amount == 0
    assert one(scheme, award(project="车工岗位", item="other")).amount == FULL
    assert (
        one(
            scheme,
            award(scheme="x", occupation="6-31-01-03", level=5, ended_on="2015-02-20", started_on=None),
        ).amount
        == 0
    )


# ------------------------------------------------------------------------------------------------ sequences


def sequence(counts="scheme"):
    return f'[[sequences]]\nid = "after"\ncounts = "{counts}"\n{RULE}'


@pytest.mark.parametrize(
    ("started", "ended", "outcome"),
    [
        ("2020-01-06", "2020-03-09", "passed"),
        ("2020-01-06", "2020-03-10", "failed"),  # the same day is too early
        (None, "2020-03-09", "passed"),
        (None, "2020-03-10", "failed"),
        ("2020-03-15", "2020-03-20", "failed"),
        ("2020-03-31", "2020-05-01", "failed"),
        ("2020-04-01", "2020-05-01", "passed"),  # a later class does not stand in the way
        (None, "2020-05-01", "failed"),
        ("2020-03-01", "2020-05-01", "failed"),
    ],
)
def test_a_class_begins_after_the_last_one_ended(load, started, ended, outcome):
    person = one(load(sequence()), award(started_on=started, ended_on=ended))
    (finding,) = person.findings
    assert (finding.rule, finding.outcome, finding.subject, finding.clause) == (
        "after",
        outcome,
        "trainee",
        "一",
    )
    assert (finding.needs, finding.text.en) == ((), "rule")
    assert person.eligible is (outcome == "passed")


@pytest.mark.parametrize(("counts", "failing"), [("item", 1), ("scheme", 2), ("all", 3)])
def test_which_classes_must_have_ended(load, counts, failing):
    scheme = load(sequence(counts))
    late = [
        award(ended_on="2020-03-20"),
        award(ended_on="2020-03-20", item="other"),
        award(ended_on="2020-03-20", scheme="elsewhere-2020"),
    ]
    found = [one(scheme, row).findings[0].outcome for row in late]
    assert found == ["failed"] * failing + ["passed"] * (3 - failing)


def test_every_past_class_is_looked_at(load):
    scheme = load(sequence())
    assert one(scheme, award(), award(ended_on="2020-03-10"), award()).findings[0].outcome == "failed"
    assert one(scheme).findings[0].outcome == "passed"


def test_without_a_first_day_the_order_is_not_known(load):
    scheme = load(sequence())
    person = one(scheme, award(), starts_on=None)
    assert (person.findings[0].outcome, person.findings[0].needs) == ("unknown", ("class.starts_on",))
    assert not person.eligible
    assert one(scheme, starts_on=None).findings[0].outcome == "passed"
    assert (
        one(scheme, award(started_on="2020-04-01", ended_on="2020-05-01"), ends_on=None).findings[0].outcome
        == "failed"
    )


# --------------------------------------------------------------------------------------------- paid in advance


def advance(each="rate * class.online_hours / 2", who="True", when="True", basis="budgeted"):
    return (
        item()
        + f"[items.advance]\nbasis = '{basis}'\neach = '{each}'\nwho = '{who}'\nwhen = '{when}'\n"
        + RULE
    )


def class_of(scheme, changes=None, people=3):
    return settle(case(changes, people=people), scheme)


def test_an_advance_is_set_off(load):
    result = class_of(load(items=advance()))
    assert [person.advance for person in result.trainees] == [60_000] * 3
    assert (result.amount, result.advance, result.payable) == (360_000, 180_000, 180_000)


def test_an_advance_on_registered_people_is_recovered_from_those_who_fail(load):
    scheme = load(requirement("trainee.completed"), items=advance(basis="registered"))
    result = class_of(scheme, {"trainees[0].completed": False, "trainees[1].completed": False})
    assert [person.amount for person in result.trainees] == [0, 0, FULL]
    assert (result.advance, result.payable) == (180_000, -60_000)


def test_an_advance_on_qualified_people_goes_to_them_alone(load):
    scheme = load(items=advance(who="trainee.exam_passed", basis="qualified"))
    result = class_of(scheme, {"trainees[0].exam_passed": False, "trainees[1].exam_passed": None})
    assert [person.advance for person in result.trainees] == [0, 0, 60_000]
    assert all(person.eligible for person in result.trainees)


@pytest.mark.parametrize(("approved", "paid"), [("2020-03-04", 60_000), (None, 0)])
def test_an_advance_waits_for_its_condition(load, approved, paid):
    scheme = load(items=advance(when="class.approved_on is not None"))
    assert class_of(scheme, {"class.approved_on": approved}, 1).advance == paid


def test_an_advance_whose_condition_is_not_known_is_not_paid(load):
    scheme = load(items=advance(when="class.approved_on <= class.starts_on"))
    assert class_of(scheme, {"class.approved_on": None}, 1).advance == 0


def test_an_advance_is_rounded_per_person(load):
    assert class_of(load(items=advance("rate * class.online_hours / 700"))).advance == 3 * 171


def test_an_advance_that_cannot_be_computed_is_told(load):
    scheme = load(items=advance("rate * trainee.minutes / hour * class.level / class.level"))
    person = class_of(scheme, {"class.level": None}, 1).trainees[0]
    (finding,) = person.findings
    assert (finding.rule, finding.outcome, finding.needs, finding.clause) == (
        "advance-known",
        "unknown",
        ("class.level",),
        "一",
    )
    assert (finding.subject, finding.text.en) == ("trainee", "the advance can be computed")
    assert (person.advance, person.eligible) == (0, False)


def test_without_a_rule_nothing_is_paid_in_advance(load):
    assert class_of(load()).advance == 0
