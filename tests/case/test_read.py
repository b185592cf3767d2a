"""Reading a case: what is taken, what is refused, where, and that nobody's ID number is ever quoted."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case.strategies import structures
from keshi.case import read_case
from keshi.identity import make_id_number, mask_id_number
from keshi.problems import BadInput
from support.cases import ABSENT, award, structure, trainee
from support.people import FULL_WIDTH, id_number, id_number_ending_in_x


def problems(changes=None, /, **top):
    with pytest.raises(BadInput) as refusal:
        read_case(structure(changes, **top))
    for found in refusal.value.problems:
        assert found.line("zh")
        assert found.line("en")
    return list(refusal.value.problems)


def read(changes=None, /, **top):
    return read_case(structure(changes, **top))


def test_a_complete_case_is_read_by_full_names():
    case = read()
    assert (case.scheme, case.item, case.as_of) == ("small-2020", "training", date(2020, 6, 1))
    assert case.facts["class.starts_on"] == date(2020, 3, 10)
    assert case.facts["class.platform.recommended"] is True
    assert case.facts["organisation.revenue_wan"] == 3000
    assert case.facts["organisation.assets_wan"] is None
    assert case.facts["facts.epidemic_ended_on"] is None
    (person,) = case.trainees
    assert person.facts["trainee.minutes"] == 1830
    assert person.facts["trainee.certificate.kind"] == "completion"
    assert person.facts["trainee.other_subsidies"] == ()
    assert (person.id_number, person.history, person.events, person.path) == (
        id_number(0),
        (),
        None,
        "trainees[0]",
    )
    assert case.notes == []
    assert not any(name.startswith("trainee.") for name in case.facts)


def test_what_is_given_beside_the_case_goes_first():
    case = read_case(structure({"scheme": ABSENT, "as_of": ABSENT}), scheme="other", as_of=date(2020, 7, 1))
    assert (case.scheme, case.as_of) == ("other", date(2020, 7, 1))


@given(structures())
def test_every_valid_case_is_taken(raw):
    case = read_case(raw)
    assert len(case.trainees) == len(raw["trainees"])
    for person, row in zip(case.trainees, raw["trainees"], strict=True):
        assert len(person.history) == len(row.get("history") or [])
        for name, value in row.items():
            if value is None and name not in ("certificate", "history"):
                assert person.facts[f"trainee.{name}"] is None
    for name, value in case.facts.items():
        room, _, rest = name.partition(".")
        holder = raw[room]
        for part in rest.split("."):
            holder = holder[part]
        if isinstance(value, date):
            assert holder == value.isoformat()
        elif isinstance(value, int | Fraction) and not isinstance(value, bool):
            assert Fraction(str(holder)) == value


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        ("scheme", ABSENT, "fact-missing", "scheme"),
        ("scheme", "", "value-text", "scheme"),
        ("item", 3, "value-text", "item"),
        ("as_of", ABSENT, "fact-missing", "as_of"),
        ("as_of", "2020-02-30", "value-date-impossible", "as_of"),
        ("as_of", "1/6/2020", "value-date", "as_of"),
        ("organisation", ABSENT, "case-object", "organisation"),
        ("organisation", [], "case-object", "organisation"),
        ("class", None, "case-object", "class"),
        ("class", "x", "case-object", "class"),
        ("facts", None, "case-object", "facts"),
        ("facts", [1], "case-object", "facts"),
        ("trainees", ABSENT, "case-trainees", "trainees"),
        ("trainees", {"0": {}}, "case-trainees", "trainees"),
        ("trainees", "all", "case-trainees", "trainees"),
        ("trainees[0]", "me", "case-object", "trainees[0]"),
        ("trainees[0]", None, "case-object", "trainees[0]"),
        ("trainees[0]", [1], "case-object", "trainees[0]"),
        ("trainees[0].certificate", [], "case-object", "trainees[0].certificate"),
        ("trainees[0].certificate", "completion", "case-object", "trainees[0].certificate"),
        ("class.platform", True, "case-object", "class.platform"),
        ("shcheme", "x", "case-unknown-key-near", "shcheme"),
        ("zzzz", 1, "case-unknown-key", "zzzz"),
        ("organisation.employes", 3, "case-unknown-key-near", "organisation.employes"),
        ("organisation.size", "micro", "case-unknown-key", "organisation.size"),
        ("class.major_group", 6, "case-unknown-key", "class.major_group"),
        ("class.platform", {"recomended": True}, "case-unknown-key-near", "class.platform.recomended"),
        ("class.delegate", {"nam": "x"}, "case-unknown-key-near", "class.delegate.nam"),
        ("trainees[0].mintues", 3, "case-unknown-key-near", "trainees[0].mintues"),
        ("trainees[0].certificate", {"knd": "x"}, "case-unknown-key-near", "trainees[0].certificate.knd"),
        ("facts.epidemic_end", None, "case-unknown-key-near", "facts.epidemic_end"),
        ("trainees[0].minutes", -1, "value-least", "trainees[0].minutes"),
        ("trainees[0].minutes", "-0.01", "value-least", "trainees[0].minutes"),
        ("trainees[0].minutes", "many", "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", "", "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", "1,830", "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", "1e3", "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", "1.0000000", "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", True, "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", 1830.0, "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", [1830], "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", Decimal("NaN"), "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", Decimal("Infinity"), "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", Decimal("1e999"), "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", Decimal("1e-999"), "value-number", "trainees[0].minutes"),
        ("trainees[0].minutes", 10**15, "value-number-large", "trainees[0].minutes"),
        ("trainees[0].minutes", "NaN", "value-number", "trainees[0].minutes"),
        ("class.level", 0, "value-least", "class.level"),
        ("class.level", 6, "value-most", "class.level"),
        ("class.level", "4.5", "value-whole", "class.level"),
        ("class.total_hours", 0, "value-least", "class.total_hours"),
        ("organisation.employees", Decimal("3.5"), "value-whole", "organisation.employees"),
        ("class.starts_on", "2020-02-30", "value-date-impossible", "class.starts_on"),
        ("class.starts_on", "2020-3-1", "value-date", "class.starts_on"),
        ("class.starts_on", "２０２０-03-10", "value-date", "class.starts_on"),
        ("class.starts_on", 20200310, "value-date", "class.starts_on"),
        ("class.starts_on", "2020-03-10T00:00:00", "value-date", "class.starts_on"),
        ("class.free_of_charge", 1, "value-boolean", "class.free_of_charge"),
        ("class.free_of_charge", "true", "value-boolean", "class.free_of_charge"),
        ("class.project", "  ", "value-text", "class.project"),
        ("class.project", 7, "value-text", "class.project"),
        ("class.project", "\ud800", "value-text", "class.project"),
        ("organisation.region", "44020", "value-region", "organisation.region"),
        ("organisation.region", "4４0203", "value-region", "organisation.region"),
        ("organisation.region", "040203", "value-region", "organisation.region"),
        ("organisation.region", 440203, "value-region", "organisation.region"),
        ("class.training_type", "in post", "value-choice", "class.training_type"),
        ("trainees[0].category", ["employee"], "value-choice", "trainees[0].category"),
        ("trainees[0].other_subsidies", "none", "value-list", "trainees[0].other_subsidies"),
        ("trainees[0].other_subsidies", ["none"], "value-choice", "trainees[0].other_subsidies"),
        ("class.ends_on", "2020-03-09", "case-ends-before-start", "class.ends_on"),
        ("class.online_hours", 61, "case-online-over-total", "class.online_hours"),
        ("class.theory_online_hours", 41, "case-theory-over-online", "class.theory_online_hours"),
        ("trainees[0].events", [], "case-minutes-and-events", "trainees[0].events"),
        ("trainees[0].history", {}, "value-list", "trainees[0].history"),
        ("trainees[0].history", ["x"], "case-object", "trainees[0].history[0]"),
        ("trainees[0].history", [award(amount="1.001")], "value-fen", "trainees[0].history[0].amount"),
        ("trainees[0].history", [award(amount="-1")], "value-least", "trainees[0].history[0].amount"),
        ("trainees[0].history", [award(amount=None)], "fact-missing", "trainees[0].history[0].amount"),
        ("trainees[0].history", [award(scheme=None)], "fact-missing", "trainees[0].history[0].scheme"),
        ("trainees[0].history", [award(item=None)], "fact-missing", "trainees[0].history[0].item"),
        ("trainees[0].history", [award(ended_on=None)], "fact-missing", "trainees[0].history[0].ended_on"),
        ("trainees[0].history", [award(ended_on="2020-01-05")], "case-ends-before-start",
         "trainees[0].history[0].ended_on"),
        ("trainees[0].history", [award(), award(level=9)], "value-most", "trainees[0].history[1].level"),
        ("trainees[0].history", [award(amout=1)], "case-unknown-key-near", "trainees[0].history[0].amout"),
        ("tables", [], "case-tables", "tables"),
        ("tables", {"standard": {}}, "case-tables", "tables"),
        ("tables", {"standard": ["x"]}, "case-tables", "tables"),
        ("judgements", [], "case-object", "judgements"),
        ("judgements", {"fits": 1}, "value-boolean", "judgements.fits"),
        ("judgements", {"fits": None}, "value-boolean", "judgements.fits"),
        ("trainees[0].id_number", ABSENT, "fact-missing", "trainees[0].id_number"),
        ("trainees[0].id_number", None, "fact-missing", "trainees[0].id_number"),
        ("trainees[0].id_number", "", "value-text", "trainees[0].id_number"),
        ("trainees[0].id_number", 440203197001010019, "value-text", "trainees[0].id_number"),
        ("trainees[0].id_number", "4402031970010100", "identity-id-length", "trainees[0].id_number"),
        ("trainees[0].id_number", "440203700101001", "identity-id-old", "trainees[0].id_number"),
        ("trainees[0].id_number", "44020319700231001X", "identity-id-birth", "trainees[0].id_number"),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_one_problem_at_its_place(path, value, code, where):
    (found,) = problems({path: value})
    assert (found.code, found.where) == (code, where)


def test_the_check_character_is_verified():
    number = id_number(7)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    (found,) = problems({"trainees[0].id_number": wrong})
    assert found.code == "identity-id-check"
    assert found.value == mask_id_number(wrong)


def test_problems_say_what_was_found_and_what_is_expected():
    (found,) = problems({"class.level": 6})
    assert found.value == "6"
    assert found.line("zh") == "class.level: “技能等级”不能大于 5（填的是：6）"
    assert (
        found.line("en")
        == "class.level: “skill level (5 lowest, 1 highest)” cannot be more than 5 (found: 6)"
    )
    (found,) = problems({"class.free_of_charge": "yes"})
    assert found.value == "yes"
    (found,) = problems({"trainees[0].mintues": 3})
    assert found.params == {"key": "mintues", "near": "minutes"}
    (found,) = problems({"trainees[0].relation": "hired"})
    assert "contract(劳动合同)" in found.params["choices"]
    (found,) = problems({"class.project": "中" * 100 + "文", "class.code": [1, 2]})[:1]
    assert found.value == "[1, 2]"


def test_long_values_are_cut():
    (found,) = problems({"class.starts_on": "x" * 10_000})
    assert found.value == "x" * 37 + "…"
    (found,) = problems({"class.starts_on": "x" * 40})
    assert found.value == "x" * 40
    (found,) = problems({"k" * 10**6: 1})
    assert len(found.line()) < 200


def test_contradicting_hours_name_the_other_figure():
    assert problems({"class.online_hours": 61})[0].params == {"most": 60}
    assert problems({"class.online_hours": 61})[0].value == "61"
    assert problems({"class.ends_on": "2020-03-09"})[0].value == "2020-03-09"


@pytest.mark.parametrize(
    "changes",
    [
        {"class.ends_on": "2020-03-10"},
        {"class.online_hours": 60},
        {"class.theory_online_hours": 40},
        {"class.starts_on": None},
        {"class.online_hours": None},
    ],
)
def test_equal_or_missing_figures_do_not_contradict(changes):
    assert read(changes)


def test_every_problem_is_listed_at_once():
    found = problems(
        {
            "class.level": 9,
            "class.starts_on": "2020-02-30",
            "organisation.size": "micro",
            "trainees[0].minutes": "x",
            "trainees[1].id_number": id_number(0),
            "trainees[2].history": [award(amount="0.001")],
            "judgements": {"a": 2},
            "typo": 1,
        },
        people=3,
    )
    assert sorted(p.where for p in found) == sorted(
        [
            "class.level", "class.starts_on", "organisation.size", "trainees[0].minutes", "trainees[1].id_number",
            "trainees[2].history[0].amount", "judgements.a", "typo",
        ]
    )  # fmt: skip


def test_a_roster_of_nonsense_does_not_fill_the_screen_without_end():
    assert len(problems({"trainees": ["x"] * 5_000})) == 1_000
    assert len(problems({"trainees": [trainee(n, minutes="x") for n in range(1_100)]})) == 1_000


@pytest.mark.parametrize(
    "again",
    [
        lambda n: n,
        lambda n: n.lower(),
        lambda n: n.translate(FULL_WIDTH),
        lambda n: f" {n[:6]} {n[6:14]} {n[14:]} ",
        lambda n: n[:17] + "ｘ",
    ],
    ids=["as it is", "small x", "full width", "blanks", "full-width small x"],
)
def test_a_person_who_stands_twice_is_found_however_written(again):
    number = id_number_ending_in_x()
    (found,) = problems({"trainees[0].id_number": number, "trainees[2].id_number": again(number)}, people=3)
    assert (found.code, found.where) == ("case-duplicate-person", "trainees[2].id_number")
    assert found.params == {"first": "trainees[0].id_number"}
    assert found.value == mask_id_number(number)


def test_the_same_person_three_times_is_two_problems_that_name_the_first():
    found = problems({f"trainees[{n}].id_number": id_number(9) for n in range(3)}, people=3)
    assert [p.params["first"] for p in found] == ["trainees[0].id_number"] * 2


def test_numbers_written_otherwise_are_noted_and_normalised():
    number = id_number_ending_in_x()
    case = read(
        {
            "trainees[0].id_number": number.lower(),
            "trainees[1].id_number": id_number(1).translate(FULL_WIDTH),
        },
        people=2,
    )
    assert [person.id_number for person in case.trainees] == [number, id_number(1)]
    assert [(note.code, note.where) for note in case.notes] == [
        ("id-normalised", "trainees[0].id_number"),
        ("id-normalised", "trainees[1].id_number"),
    ]
    assert case.notes[0].value == mask_id_number(number)
    assert case.notes[0].line("zh")


def test_an_odd_province_or_credit_code_is_a_note_not_a_refusal():
    odd = make_id_number("990203", date(1980, 1, 1), 7)
    case = read({"trainees[0].id_number": odd, "organisation.uscc": "91440203MA4TEXTA00"})
    assert [note.where for note in case.notes] == ["organisation.uscc", "trainees[0].id_number"]
    assert case.notes[0].code.startswith("identity-uscc-")
    assert case.notes[1].code == "identity-id-region"
    assert case.notes[0].value == "91440203MA4TEXTA00"
    assert case.notes[1].value == mask_id_number(odd)


def test_a_person_where_the_credit_code_belongs_is_masked():
    case = read({"organisation.uscc": id_number(3)})
    assert case.notes[0].value == mask_id_number(id_number(3))


PLACES = [
    "{}",
    "trainees[0]",
    "trainees[0].minutes",
    "trainees[0].category",
    "trainees[0].completed",
    "trainees[0].contract_signed_on",
    "trainees[0].certificate",
    "trainees[0].history",
    "trainees[0].events",
    "trainees[0].other_subsidies",
    "trainees[0].{}",
    "class.{}",
    "class.level",
    "organisation.region",
    "organisation.{}",
    "facts",
    "trainees",
    "tables",
    "judgements",
    "as_of",
]
SHAPES = {
    "alone": lambda n: n,
    "in a sentence": lambda n: f"身份证{n}号",
    "in a list": lambda n: [n, n],
    "as a key": lambda n: {n: n},
    "as a value": lambda n: {"x": [{"id": n}]},
    "as a number": lambda n: int(n.rstrip("X")),
    "with blanks": lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
    "full width": lambda n: n.translate(FULL_WIDTH),
    "small x": lambda n: n.lower(),
    "after much else": lambda n: "x" * 22 + n,
}


def bare(text):
    back = {
        ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９Ｘｘ", "0123456789XX", strict=True)
    }
    return re.sub(r"\s", "", text.translate(back)).upper()


@given(st.sampled_from(PLACES), st.sampled_from(sorted(SHAPES)), st.integers(0, 5_000))
def test_no_message_ever_quotes_an_identity_number(place, shape, n):
    number = id_number(n)
    # what leaks most easily is a number in a place where nobody expects one
    raw = structure({place.format(number): SHAPES[shape](number)}, people=2)
    try:
        found = read_case(raw).notes
    except BadInput as refusal:
        found = refusal.problems
        assert found
    for problem in found:
        for text in (problem.line("zh"), problem.line("en")):
            assert number[:17] not in bare(text)
            assert number[4:16] not in bare(text)


@given(st.text("0123456789xX １２Ｘ", max_size=24))
def test_no_attempt_at_an_identity_number_is_quoted(text):
    try:
        read({"trainees[0].id_number": text})
    except BadInput as refusal:
        for found in refusal.problems:
            digits = re.sub(r"\D", "", bare(found.line("zh")).partition("填的是")[2])
            assert len(digits) <= 6


def test_null_means_not_reached_for_nested_objects():
    case = read(
        {"class.platform": None, "trainees[0].certificate": None, "class.delegate": {"name": "受托机构"}}
    )
    assert case.facts["class.platform.recommended"] is None
    assert case.facts["class.platform.evaluated_on"] is None
    assert case.facts["class.delegate"] == "受托机构"
    facts = case.trainees[0].facts
    assert [facts[f"trainee.certificate.{part}"] for part in ("kind", "level", "number", "issued_on")] == [
        None
    ] * 4


def test_keys_left_out_are_not_given_and_null_is():
    case = read(
        {"class.level": None, "class.code": ABSENT, "facts": ABSENT, "trainees[0].other_subsidies": ABSENT}
    )
    assert case.facts["class.level"] is None
    assert "class.code" not in case.facts
    assert "facts.epidemic_ended_on" not in case.facts
    assert case.trainees[0].facts["trainee.other_subsidies"] == ()
    assert read({"trainees[0].other_subsidies": None}).trainees[0].facts["trainee.other_subsidies"] is None


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("1830", 1830), (1830, 1830), ("1830.50", Fraction(3661, 2)), (" 1830 ", 1830), ("0", 0), ("-0", 0),
        (Decimal("1830.000001"), Fraction(1830000001, 10**6)), (Decimal("1E+3"), 1000), ("0.1", Fraction(1, 10)),
        (Decimal("5.0"), 5), ("999999999999999", 10**15 - 1), (10**15 - 1, 10**15 - 1), (Decimal("0E-5"), 0),
    ],
)  # fmt: skip
def test_numbers_are_exact_however_written(written, exact):
    found = read({"trainees[0].minutes": written}).trainees[0].facts["trainee.minutes"]
    assert found == exact
    assert type(found) is type(exact)


def test_texts_and_days_lose_blanks_around_them():
    case = read(
        {"class.project": " 车工 ", "class.starts_on": " 2020-03-10 ", "organisation.region": " 440203 "}
    )
    assert case.facts["class.project"] == "车工"
    assert case.facts["class.starts_on"] == date(2020, 3, 10)
    assert case.facts["organisation.region"] == "440203"


def test_past_subsidies_are_read_to_the_fen():
    rows = [
        award(amount="870.05", level=4, occupation="6-31"),
        award(amount=3, started_on=None, project=None),
    ]
    first, second = read({"trainees[0].history": rows}).trainees[0].history
    assert (first.amount, first.level, first.occupation) == (87_005, 4, "6-31")
    assert (first.scheme, first.item, first.project) == ("small-2020", "training", "钳工岗位")
    assert (first.started_on, first.ended_on) == (date(2020, 1, 6), date(2020, 2, 20))
    assert (second.amount, second.started_on, second.project) == (300, None, None)
    assert read({"trainees[0].history": None}).trainees[0].history == ()


def test_a_past_subsidy_of_one_day_is_one():
    assert read({"trainees[0].history": [award(started_on="2020-02-20")]})


def test_events_stand_in_for_minutes():
    case = read({"trainees[0].minutes": ABSENT, "trainees[0].events": [{"kind": "x"}]})
    assert case.trainees[0].events == [{"kind": "x"}]
    assert read({"trainees[0].minutes": None, "trainees[0].events": []}).trainees[0].events == []
    (found,) = problems({"trainees[0].minutes": ABSENT, "trainees[0].events": "all"})
    assert (found.code, found.where) == ("value-list", "trainees[0].events")


def test_judgements_and_tables_are_kept():
    case = read({"judgements": {"fits": True}, "tables": {"standard": [{"level": 5}]}})
    assert case.judgements == {"fits": True}
    assert case.tables == {"standard": [{"level": 5}]}
    assert read({"judgements": None, "tables": None}).tables == {}


def test_expectations_of_worked_cases_are_passed_over():
    assert read({"shows": {"zh": "x"}, "expect": {}})


def test_places_are_told_as_the_user_knows_them():
    raw = structure(
        {"class.level": 9, "trainees[1].minutes": -1, "trainees[1].id_number": id_number(0)}, people=2
    )
    with pytest.raises(BadInput) as refusal:
        read_case(raw, place=lambda path: f"花名册.xlsx!{path}")
    assert sorted(p.where for p in refusal.value.problems) == [
        "花名册.xlsx!class.level",
        "花名册.xlsx!trainees[1].id_number",
        "花名册.xlsx!trainees[1].minutes",
    ]
    duplicate = next(p for p in refusal.value.problems if p.code == "case-duplicate-person")
    assert duplicate.params["first"] == "花名册.xlsx!trainees[0].id_number"


def test_truth_values_are_quoted_as_they_are_written():
    assert problems({"class.level": True})[0].value == "true"
    assert problems({"class.project": False})[0].value == "false"


def test_the_first_day_of_a_class_is_at_hand():
    assert read().starts_on == date(2020, 3, 10)
    assert read({"class.starts_on": None}).starts_on is None
    assert read({"class.starts_on": ABSENT}).starts_on is None
