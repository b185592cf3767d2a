"""Worked cases: data beside a notice, run as its tests."""

import json

import pytest

from keshi.problems import BadInput
from keshi.settlement.worked import Disagreement, run_worked, worked_cases
from support import schemes
from support.cases import structure

SHOWS = '{ zh = "一句", en = "one sentence" }'


@pytest.fixture
def folder(tmp_path):
    schemes.write(
        tmp_path, schemes.text(schemes.requirement("trainee.insured", id="insured"), schemes.manual())
    )
    (tmp_path / "cases").mkdir()
    return tmp_path


def toml(value):
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items() if v is not None) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def base(folder, expect='{ amounts = ["1200.00"] }'):
    lines = [f"{key} = {toml(value)}" for key, value in structure().items()]
    text = "\n".join([*lines, f"shows = {SHOWS}", f"expect = {expect}"])
    (folder / "cases" / "base.toml").write_text(text, encoding="utf-8")


def variations(folder, *cases, head='base = "base.toml"'):
    body = "\n".join(f"[[cases]]\n{case}" for case in cases)
    (folder / "cases" / "more.toml").write_text(f"{head}\n{body}\n", encoding="utf-8")


def one(change, expect):
    return f"shows = {SHOWS}\nchange = {change}\nexpect = {expect}"


def run(folder):
    scheme = schemes.load_scheme(folder)
    return [run_worked(worked, scheme) for worked in worked_cases(folder)]


def refused(folder):
    with pytest.raises(BadInput) as refusal:
        list(worked_cases(folder))
    (found,) = refusal.value.problems
    assert found.line("zh")
    assert found.line("en")
    return found


def test_a_complete_case_agrees_with_what_it_expects(folder):
    base(
        folder,
        '{ amounts = ["1200.00"], class_hours = [40], eligible = [true], failed = [], unknown = [], '
        'amount = "1200.00", advance = "0.00", payable = "1200.00" }',
    )
    assert run(folder) == [[]]
    (worked,) = worked_cases(folder)
    assert (worked.where, worked.shows["en"]) == (str(folder / "cases" / "base.toml"), "one sentence")


def test_every_disagreement_is_told(folder):
    base(folder, '{ amounts = ["1.00"], eligible = [false], class_hours = [40] }')
    assert run(folder) == [[
        Disagreement("amounts", "['1.00']", "['1200.00']"),
        Disagreement("eligible", "[False]", "[True]"),
    ]]  # fmt: skip


def test_variations_change_the_base_case_one_by_one(folder):
    base(folder)
    variations(
        folder,
        one('{ "trainees[0].minutes" = 45 }', '{ amounts = ["30.00"] }'),
        one('{ "trainees[0].insured" = "null" }', '{ unknown = ["insured"], amounts = ["0.00"] }'),
        one('{ "trainees[0].insured" = "absent" }', '{ error = "fact-missing" }'),
        one('{ "trainees[0].insured" = false }', '{ failed = ["insured"] }'),
        one(
            '{ "judgements.judged" = false, "trainees[0].insured" = false }',
            '{ failed = ["judged", "insured"] }',
        ),
        one('{ "tables.anything[0]" = { amount = 1 } }', '{ amounts = ["1200.00"] }'),
        one('{ "trainees[0].other_subsidies[0]" = "unemployment-insurance-skill" }', "{ eligible = [true] }"),
        one("{}", '{ amounts = ["1200.00"] }'),
    )
    assert run(folder) == [[]] * 9
    assert [worked.where.rpartition(" ")[2] for worked in worked_cases(folder)][1:] == [
        f"cases[{n}]" for n in range(8)
    ]


def test_an_error_that_does_not_come_or_another_is_a_disagreement(folder):
    base(folder)
    variations(
        folder,
        one("{}", '{ error = "fact-missing" }'),
        one('{ "class.level" = 9 }', '{ error = "fact-missing" }'),
        one('{ "class.level" = 9 }', '{ amounts = ["1200.00"] }'),
    )
    _, none, other, unexpected = run(folder)
    assert none == [Disagreement("error", "fact-missing", "None")]
    assert (other[0].what, other[0].expected) == ("error", "fact-missing")
    assert other[0].found.startswith("value-most: class.level")
    assert unexpected[0].expected == "-"


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (one('{ "trainees[7].minutes" = 1 }', "{ amounts = [] }"), "worked-change"),
        (one('{ "trainees[0].history[0].scheme" = "x" }', "{ amounts = [] }"), "worked-change"),
        (one('{ "class.nothing" = "absent" }', "{ amounts = [] }"), "worked-change"),
        (one('{ "class.level.deep" = 1 }', "{ amounts = [] }"), "worked-change"),
        (one("{}", "{}"), "worked-expect"),
        (one("{}", '{ amonts = ["1"] }'), "worked-expect"),
        ("expect = { amounts = [] }", "worked-shows"),
        ('shows = { zh = "只有中文" }\nexpect = { amounts = [] }', "worked-shows"),
        (f"shows = {SHOWS}", "worked-shows"),
        (f'shows = {SHOWS}\nexpect = "all"', "worked-shows"),
    ],
)
def test_a_worked_case_that_is_none_is_refused_by_its_place(folder, case, code):
    base(folder)
    variations(folder, case)
    found = refused(folder)
    assert found.code == code
    assert found.where == f"{folder / 'cases' / 'more.toml'}: cases[0]"


def test_variations_need_a_base(folder):
    variations(folder, one("{}", "{ amounts = [] }"), head="")
    assert refused(folder).code == "worked-base"
    variations(folder, one("{}", "{ amounts = [] }"))
    assert refused(folder).code == "file-absent"


def test_a_notice_without_cases_has_none(tmp_path):
    assert list(worked_cases(schemes.write(tmp_path, schemes.text()))) == []
