"""Receipts and the JSON of a result."""

import copy
import hashlib
import json
import re
import sys
from datetime import date
from fractions import Fraction

import msgspec
import pytest

from keshi import __version__
from keshi.case import read_case
from keshi.settlement import result_structure, settle
from keshi.settlement.render import lowering_steps, number_text, value_text
from support import schemes
from support.cases import ABSENT, award, case, change, structure
from support.schemes import NO_COMMON, item, limit, manual, quantity, requirement, table

TABLE = table('["level"]', name="bonus")
TEXT = schemes.text(
    TABLE,
    requirement("class.free_of_charge", "class"),
    requirement("trainee.insured", id="insured"),
    manual(),
    quantity("share", "class.online_hours / class.total_hours"),
    limit("amount_at_most = 'rate * class.total_hours'"),
    items=item(amount="rate * class_hours * share + lookup(bonus, level=class.level)"),
    top=NO_COMMON,
)
ROWS = {"bonus": "level,amount\n5,0\n4,10\n"}


@pytest.fixture
def scheme(tmp_path):
    return schemes.load(tmp_path, TEXT, ROWS)


def receipt(scheme, changes=None, **top):
    return settle(case(changes, **top), scheme).receipt


def shuffled(value):
    """The same structure with its keys the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(part) for part in value] if isinstance(value, list) else value


def test_the_same_case_has_the_same_receipt(scheme, tmp_path):
    again = schemes.load(tmp_path / "again", TEXT, ROWS)
    assert receipt(scheme, people=3) == receipt(again, people=3)
    assert re.fullmatch("sha256:[0-9a-f]{64}", receipt(scheme))


def test_the_order_of_keys_does_not_matter(scheme):
    raw = structure(
        {"trainees[0].history": [award()]}, people=2, tables={"bonus": [{"level": 5, "amount": "1"}]}
    )
    raw["judgements"] = {"judged": True}
    assert settle(read_case(shuffled(raw)), scheme).receipt == settle(read_case(raw), scheme).receipt


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"class.level": None}, {"class.level": ABSENT}),
        ({"trainees[0].minutes": "1830"}, {"trainees[0].minutes": 1830}),
        ({"trainees[0].minutes": "1830.0"}, {"trainees[0].minutes": " 1830 "}),
        ({"trainees[0].certificate": None}, {"trainees[0].certificate": ABSENT}),
        ({"trainees[0].other_subsidies": []}, {"trainees[0].other_subsidies": ABSENT}),
        ({"trainees[0].history": []}, {"trainees[0].history": ABSENT}),
        ({"facts": {}}, {"facts": {"epidemic_ended_on": None}}),
    ],
)
def test_equal_cases_written_otherwise_have_equal_receipts(scheme, one, other):
    bonus = {"bonus": [{"amount": "0"}]}
    assert receipt(scheme, one, tables=bonus) == receipt(scheme, other, tables=bonus)


CHANGES = [
    {"as_of": "2020-06-02"},
    {"facts.epidemic_ended_on": "2020-05-01"},
    {"class.code": "T-2"},
    {"class.level": 4},
    {"class.delegate": "某平台"},
    {"organisation.name": "另一家"},
    {"organisation.revenue_wan": "3000.01"},
    {"trainees[0].name": "改名"},
    {"trainees[0].minutes": "1830.5"},
    {"trainees[0].certificate": None},
    {"trainees[0].insured": False},
    {"trainees[0].other_subsidies": ["unemployment-insurance-skill"]},
    {"trainees[0].history": [award()]},
    {"trainees[0].history": [award(amount="100.01")]},
    {"trainees[0].history": [award(occupation="6-31")]},
    {"trainees[0].history": [award(), award()]},
    {"trainees": []},
    {"judgements": {"judged": True}},
    {"judgements": {"judged": False}},
    {"tables": {"bonus": [{"level": 5, "amount": "0"}]}},
    {"tables": {"bonus": [{"level": 5, "amount": "0.01"}]}},
]


def test_every_changed_fact_changes_the_receipt(scheme):
    receipts = [receipt(scheme)] + [receipt(scheme, changes) for changes in CHANGES]
    assert len(set(receipts)) == len(receipts)


def test_every_fact_of_a_case_is_in_the_receipt(scheme):
    raw = structure({"tables": {"bonus": [{"amount": "0"}]}})
    before = settle(read_case(raw), scheme).receipt
    other = {bool: lambda v: not v, int: lambda v: v + 1 if v < 5 else v - 1}
    paths = [f"class.{key}" for key in raw["class"]] + [f"trainees[0].{key}" for key in raw["trainees"][0]]
    for path in paths + [f"organisation.{key}" for key in raw["organisation"]]:
        changed = copy.deepcopy(raw)
        room, _, key = path.replace("[0]", "").partition(".")
        holder = raw[room][0] if room == "trainees" else raw[room]
        if type(holder[key]) in other:
            change(changed, path, other[type(holder[key])](holder[key]))
            assert settle(read_case(changed), scheme).receipt != before, path


def test_another_scheme_or_engine_gives_another_receipt(scheme, tmp_path, monkeypatch):
    before = receipt(scheme)
    changed = schemes.load(tmp_path / "b", TEXT + "\n# a remark\n", ROWS)
    assert receipt(changed) != before
    monkeypatch.setattr(sys.modules["keshi.settlement.settle"], "ENGINE", "keshi/next")
    assert receipt(scheme) != before


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_receipt_can_be_recomputed_by_hand(scheme):
    """Lines of canonical JSON, digested: anybody can check a receipt without this library."""
    raw = structure({"trainees[0].history": [award()], "judgements": {}}, people=2)
    raw["judgements"] = {"judged": True}
    raw["tables"] = {"bonus": [{"level": 5, "amount": "0.10"}]}
    found = read_case(raw)
    result = settle(found, scheme)

    def given(facts):
        def shown(value):
            if isinstance(value, Fraction):
                return f"{value.numerator}/{value.denominator}"
            if isinstance(value, tuple):
                return list(value)
            return value.isoformat() if isinstance(value, date) else value

        return {name: shown(value) for name, value in facts.items() if value is not None}

    def text(value):
        return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value

    lines = [
        {
            "scheme": "small-2020",
            "scheme_digest": scheme.digest,
            "engine": f"keshi/{__version__}",
            "item": "training",
            "as_of": "2020-06-01",
            "facts": given(found.facts),
            "tables": raw["tables"],
            "judgements": {"judged": True},
            "findings": [["rule", "passed", []], ["judged", "passed", []]],
        }
    ]
    past = {
        "scheme": "small-2020", "item": "training", "project": "钳工岗位", "started_on": "2020-01-06",
        "ended_on": "2020-02-20", "occupation": None, "level": None, "amount": 10_000,
    }  # fmt: skip
    for person, outcome, history in zip(found.trainees, result.trainees, ([past], []), strict=True):
        steps = [[step.kind.name, text(step.value)] for step in outcome.steps]
        findings = [["insured", "passed", []]]
        lines.append([given(person.facts), history, True, 40, outcome.amount, 0, findings, steps])
    digest = hashlib.sha256(b"\n".join(canonical(line) for line in lines))
    assert result.receipt == f"sha256:{digest.hexdigest()}"


def test_two_people_changing_places_changes_the_receipt(scheme):
    raw = structure(people=2)
    swapped = {**raw, "trainees": raw["trainees"][::-1]}
    assert settle(read_case(raw), scheme).receipt != settle(read_case(swapped), scheme).receipt


def test_fractions_and_odd_values_go_into_a_receipt(scheme):
    rows = [{"level": None, "amount": "0.005", "valid_from": date(2020, 1, 1)}]
    assert receipt(scheme, {"trainees[0].minutes": "1830.25"}, tables={"bonus": rows})


# -------------------------------------------------------------------------------------------------- the JSON


def test_the_json_has_exactly_the_promised_keys(scheme):
    found = result_structure(settle(case(people=2), scheme))
    assert list(found) == [
        "scheme", "scheme_digest", "engine", "item", "as_of", "findings", "trainees", "totals", "receipt",
    ]  # fmt: skip
    assert list(found["findings"][0]) == ["rule", "subject", "outcome", "clause", "text", "needs"]
    person = found["trainees"][0]
    assert list(person) == ["id_number", "eligible", "class_hours", "amount", "findings", "steps"]
    assert list(person["findings"][0]) == ["rule", "subject", "outcome", "clause", "text", "needs"]
    assert list(person["steps"][0]) == ["name", "label", "formula", "value", "unit", "clause"]
    assert list(found["totals"]) == ["trainees", "eligible", "amount", "advance", "payable"]
    assert json.loads(json.dumps(found)) == found
    assert json.loads(msgspec.json.encode(found)) == found


def test_the_json_says_what_was_settled(scheme):
    changes = {"trainees[1].insured": False, "class.level": 4}
    result = settle(case(changes, people=2), scheme)
    found = result_structure(result)
    assert found["engine"] == f"keshi/{__version__}"
    assert (found["scheme"], found["scheme_digest"], found["item"]) == (
        "small-2020",
        scheme.digest,
        "training",
    )
    assert (found["as_of"], found["receipt"]) == ("2020-06-01", result.receipt)
    assert found["totals"] == {
        "trainees": 2, "eligible": 1, "amount": "810.00", "advance": "0.00", "payable": "810.00",
    }  # fmt: skip
    assert [person["amount"] for person in found["trainees"]] == ["810.00", "0.00"]
    assert [person["class_hours"] for person in found["trainees"]] == [40, 40]
    first, second = found["findings"]
    assert first == {
        "rule": "rule",
        "subject": "class",
        "outcome": "passed",
        "clause": "一",
        "text": "规则",
        "needs": [],
    }
    assert second["outcome"] == "manual"
    assert found["trainees"][0]["steps"] == [
        {"name": "share", "label": "规则", "formula": "class.online_hours / class.total_hours", "value": "2/3",
         "unit": "", "clause": "一"},
        {"name": "class_hours", "label": "课时", "formula": "floor(trainee.minutes / hour)", "value": "40",
         "unit": "class_hour", "clause": "一"},
        {"name": "amount", "label": "补贴金额",
         "formula": "rate * class_hours * share + lookup(bonus, level=class.level)", "value": "810.00",
         "unit": "yuan", "clause": "二"},
        {"name": "cap", "label": "规则", "formula": "max(0, min(amount, rate * class.total_hours - paid))",
         "value": "810.00", "unit": "yuan", "clause": "一"},
    ]  # fmt: skip


def test_the_json_speaks_both_languages(scheme):
    result = settle(case({"trainees[0].minutes": None}), scheme)
    english, chinese = result_structure(result, "en"), result_structure(result)
    assert english["findings"][0]["text"] == "rule"
    assert english["trainees"][0]["steps"][1]["label"] == "class hours"
    assert chinese["trainees"][0]["findings"][-1]["text"] == "补贴金额可以计算"
    assert english["trainees"][0]["findings"][-1]["text"] == "the amount can be computed"
    assert english["trainees"][0]["class_hours"] is None
    assert english["trainees"][0]["findings"][-1]["needs"] == ["trainee.minutes"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "", None),
        (True, "", "true"),
        (False, "", "false"),
        (40, "class_hour", "40"),
        (40, "yuan", "40.00"),
        (Fraction(81, 2), "yuan", "40.50"),
        (Fraction(1, 8), "yuan", "0.125"),
        (Fraction(1, 8), "", "0.125"),
        (Fraction(2600, 3), "yuan", "2600/3"),
        (Fraction(-5, 4), "", "-1.25"),
        (Fraction(-1, 3), "", "-1/3"),
        (-3, "yuan", "-3.00"),
        (0, "yuan", "0.00"),
        (0, "", "0"),
        (Fraction(1, 10**6), "", "0.000001"),
        (Fraction(1, 10**7), "", "1/10000000"),
        (10**9, "", "1000000000"),
        (date(2020, 3, 1), "", "2020-03-01"),
        ("completion", "", "completion"),
        (("a", "b"), "", "a, b"),
        ((), "", ""),
    ],
)
def test_values_as_text(value, unit, text):
    assert value_text(value, unit) == text


def test_numbers_as_text_keep_their_least_decimals():
    assert number_text(Fraction(5, 2), 2) == "2.50"
    assert number_text(7, 0) == "7"
    assert number_text(7) == "7"
    assert number_text(Fraction(1, 2)) == "0.5"
    assert number_text(100) == value_text(100) == "100"
    assert value_text(Fraction(1, 2)) == "0.5"
    assert number_text(Fraction(12345678901, 10**6)) == "12345.678901"


def test_the_limits_that_lowered_an_amount_are_picked_out(tmp_path):
    text = schemes.text(
        limit("amount_at_most = 'rate * class.total_hours'", id="high"),
        limit("amount_at_most = 'rate * 10 * 1 * class_hours_of_ten'", id="low"),
        limit("count_at_most = '9'", id="count"),
        top=NO_COMMON,
        parameters='class_hours_of_ten = { value = 1, unit = "class_hour", clause = "一" }\n',
    )
    found = result_structure(settle(case(), schemes.load(tmp_path, text)))["trainees"][0]
    assert [step["name"] for step in lowering_steps(found)] == ["low"]
    assert lowering_steps({"steps": []}) == []
