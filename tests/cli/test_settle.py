"""`keshi settle` as programs and people use it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def test_a_case_comes_out_as_the_contract_says(run, case, write) -> None:
    found = run("settle", write(case), "--format", "json").json()
    assert list(found) == [
        "scheme", "scheme_digest", "engine", "item", "as_of", "findings", "trainees", "totals", "receipt",
    ]  # fmt: skip
    assert list(found["trainees"][0]) == [
        "id_number",
        "eligible",
        "class_hours",
        "amount",
        "findings",
        "steps",
    ]
    assert list(found["findings"][0]) == ["rule", "subject", "outcome", "clause", "text", "needs"]
    assert list(found["trainees"][0]["steps"][0]) == ["name", "label", "formula", "value", "unit", "clause"]
    assert found["totals"] == {
        "trainees": 1, "eligible": 1, "amount": "130.00", "advance": "0.00", "payable": "130.00",
    }  # fmt: skip
    assert found["trainees"][0]["class_hours"] == 40


def test_the_same_case_has_the_same_receipt_whatever_the_order_of_its_keys(run, case, write) -> None:
    first = run("settle", write(case), "--format", "json").json()
    turned = {key: case[key] for key in reversed(case)}
    turned["class"] = {key: case["class"][key] for key in reversed(case["class"])}
    assert run("settle", write(turned), "--format", "json").json() == first


def test_nobody_qualifying_is_no_error(run, case, write) -> None:
    case["class"]["filed_on"] = "2020-03-09"
    ran = run("settle", write(case), "--format", "json")
    assert ran.code == 0
    assert ran.json()["totals"]["eligible"] == 0
    assert ran.json()["trainees"][0]["amount"] == "0.00"


def test_the_table_masks_id_numbers_and_names_the_limit(run, case, write) -> None:
    ran = run("settle", write(case))
    assert ran.code == 0
    assert case["trainees"][0]["id_number"] not in ran.out
    assert "4402************" in ran.out
    assert "130.00" in ran.out
    assert "附件1 一(四)" in ran.out


def test_as_of_and_scheme_replace_what_the_case_says(run, case, write) -> None:
    case["scheme"] = "nowhere-2020"
    case["class"]["claimed_on"] = None
    late = run(
        "settle", write(case), "--scheme", "shaoguan-2020", "--as-of", "2020-10-01", "--format", "json"
    ).json()
    assert late["as_of"] == "2020-10-01"
    assert {f["rule"] for f in late["findings"] if f["outcome"] == "failed"} == {"claimed-in-time"}


def _set(structure: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        structure = structure[step]
    if value is ...:
        del structure[path[-1]]
    else:
        structure[path[-1]] = value


BAD = [
    (["scheme"], "nowhere-2020", "shaoguan-2020"),
    (["item"], "nothing", "on-the-job"),
    (["trainees", 0, "minutes"], ..., "学习分钟数"),
    (["class", "starts_on"], ..., "开班日期"),
    (["class", "free_of_charge"], "yes", "是否免费培训"),
    (["class", "ends_on"], "2020-02-30", "不是真实存在的日期"),
    (["class", "ends_on"], "2020-03-01", "结束日期早于开班日期"),
    (["trainees", 0, "minutes"], -1, "不能小于 0"),
    (["trainees", 0, "minutes"], True, "应为数字"),
    (["trainees", 0, "category"], "worker", "人员类别"),
    (["trainees", 0, "id_number"], "440203199001010018", "校验位"),
    (["class", "starts_on"], "2199-03-10", "结束日期早于开班日期"),
    (["clas"], {}, "是否为“class”"),
]


@pytest.mark.parametrize(("path", "value", "told"), BAD)
def test_bad_input_is_told_and_exits_with_2(run, case, write, tmp_path, path, value, told) -> None:
    _set(case, path, value)
    output = tmp_path / "result.json"
    ran = run("settle", write(case), "-o", output)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""
    assert not output.exists()


def test_every_problem_is_listed_with_its_place(run, case, write) -> None:
    case["trainees"][0]["minutes"] = "-5"
    case["trainees"].append(dict(case["trainees"][0], name="测试乙"))
    case["class"]["level"] = 9
    ran = run("settle", write(case))
    assert ran.code == 2
    for place in ("trainees[0].minutes", "trainees[1].minutes", "trainees[1].id_number", "class.level"):
        assert place in ran.err
    assert case["trainees"][0]["id_number"] not in ran.err


def test_a_year_without_a_published_calendar_is_refused_by_name(run, case, write) -> None:
    for key, day in (("filed_on", "2031-03-02"), ("starts_on", "2031-03-10"), ("ends_on", "2031-03-31")):
        case["class"][key] = day
    case["class"]["claimed_on"] = "2031-04-01"
    ran = run("settle", write(case))
    assert ran.code == 2
    assert "2031" in ran.err


def test_tariff_rows_that_tie_are_refused(run, case, write) -> None:
    rows = [{"occupation": "6-18-01-01", "amount": "1000"}, {"level": 5, "amount": "1200"}]
    case |= {"scheme": "wuhai-2020", "item": "training", "tables": {"standard": rows}}
    case["organisation"]["in_catalogue"] = False
    case["class"] |= {"approved_on": "2020-03-05", "online_hours": 20, "total_hours": 60}
    case["trainees"][0] |= {
        "certificate": {"kind": "completion"},
        "drawing_pension": False,
        "exam_passed": True,
    }
    ran = run("settle", write(case))
    assert ran.code == 2
    assert "tables.standard[0]" in ran.err
    assert "tables.standard[1]" in ran.err


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": NaN}', b"\xff\xfe\x00", b'{"a": 1, "a": 2}'])
def test_a_file_that_is_no_case_is_refused(run, tmp_path, content) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    ran = run("settle", path)
    assert ran.code == 2
    assert str(path) in ran.err


def test_unknown_kinds_and_absent_files(run, tmp_path) -> None:
    (tmp_path / "case.docx").write_text("x")
    assert run("settle", tmp_path / "case.docx").code == 2
    assert run("settle", tmp_path / "none.json").code == 2


def test_output_that_cannot_be_written_is_told(run, case, write, tmp_path) -> None:
    ran = run("settle", write(case), "-o", tmp_path / "no-such-folder" / "result.json")
    assert ran.code == 2
    assert "无法写入" in ran.err


def test_a_table_is_not_written_to_a_file(run, case, write, tmp_path) -> None:
    assert run("settle", write(case), "--format", "table", "-o", tmp_path / "x.txt").code == 2
    assert run("settle", write(case), "--format", "xlsx").code == 2


def test_english_throughout(case, write) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "keshi", "settle", str(write(case)), "--lang", "en"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "130.00 yuan in all" in ran.stdout
    assert "filed at least 5 workdays" in ran.stdout
    case["trainees"][0]["minutes"] = "many"
    ran = subprocess.run(
        [sys.executable, "-m", "keshi", "--lang=en", "settle", str(write(case))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "should be a number" in ran.stderr


def test_a_written_result_is_the_printed_one(run, case, write, tmp_path: Path) -> None:
    printed = run("settle", write(case), "--format", "json").json()
    run("settle", write(case), "-o", tmp_path / "result.json")
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == printed
