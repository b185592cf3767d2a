"""Workbooks through the command: template, settlement, result, remarks, hostile files."""

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
TOTALS = {
    "yingkou-2020": "2500.00",
    "jinan-2020": "3120.00",
    "ankang-2020": "4800.00",
    "wuhai-2020": "5400.00",
    "shaoguan-2020": "4460.00",
}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "shaoguan-2020.xlsx", tmp_path))


@pytest.mark.parametrize(("scheme", "total"), TOTALS.items())
def test_the_sample_of_each_notice_is_settled(run, scheme, total) -> None:
    ran = run("settle", SAMPLES / f"{scheme}.xlsx", "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.json()["totals"]["amount"] == total


def test_the_result_workbook_holds_amounts_and_reasons(run, sample, tmp_path) -> None:
    output = tmp_path / "result.xlsx"
    assert run("settle", sample, "-o", output).code == 0
    people = openpyxl.load_workbook(output).worksheets[1]
    rows = list(people.iter_rows(min_row=2, values_only=True))
    assert [row[4] for row in rows[:6]] == [900, 870, 1000, 780, 130, 0]
    assert "1000元" in rows[2][6], "the cap is named"
    assert rows[-1][4] == 4460


def test_wrong_cells_come_back_in_the_users_own_workbook(run, sample, tmp_path) -> None:
    book = openpyxl.load_workbook(sample)
    roster = book["学员"]
    roster["I4"] = "很多"
    roster["D5"] = 440203197607060020
    book.save(sample)
    output = tmp_path / "result.json"
    ran = run("settle", sample, "-o", output)
    assert ran.code == 2
    assert "学员!I4" in ran.err
    assert "学员!D5" in ran.err
    assert not output.exists()
    marked = openpyxl.load_workbook(sample.with_name("shaoguan-2020-填写错误说明.xlsx"))["学员"]
    remarks = [
        str(cell.value) for row in marked.iter_rows() for cell in row if cell.column == marked.max_column
    ]
    assert sum("数" in remark for remark in remarks) >= 2


def test_someone_born_after_the_settlement_is_refused(run, sample) -> None:
    ran = run("settle", sample, "--as-of", "1980-01-01")
    assert ran.code == 2
    assert "出生日期晚于" in ran.err


def test_an_empty_template_is_told_what_it_lacks(run, tmp_path) -> None:
    path = tmp_path / "roster.xlsx"
    assert run("template", "shaoguan-2020", "-o", path).code == 0
    ran = run("settle", path)
    assert ran.code == 2
    assert "测算日期" in ran.err
    assert "名册中没有学员" in ran.err


def test_a_blank_cell_is_a_missing_fact_named_with_its_cell(run, sample) -> None:
    book = openpyxl.load_workbook(sample)
    lines = {str(row[0].value).rstrip("*"): row[1] for row in book["班级"].iter_rows()}
    lines["开班日期"].value = None
    book["学员"]["I4"] = None
    book.save(sample)
    ran = run("settle", sample)
    assert ran.code == 2
    assert f"班级!{lines['开班日期'].coordinate}" in ran.err
    assert "学员!I4" in ran.err
    assert "学习分钟数" in ran.err


def hostile(path: Path, kind: str) -> None:
    if kind == "text":
        path.write_text("this is no workbook")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "large":
        with path.open("wb") as file:
            file.write(b"PK\x03\x04")
            file.seek(40 * 1024 * 1024)
            file.write(b"\0")
    elif kind == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/workbook.xml", "<workbook/>")
            archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (300 * 1024 * 1024))


@pytest.mark.parametrize("kind", ["text", "empty", "large", "bomb"])
@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_what_is_no_workbook_is_refused_at_once(run, tmp_path, kind, suffix) -> None:
    path = tmp_path / f"case{suffix}"
    hostile(path, kind)
    ran = run("settle", path)
    assert ran.code == 2
    assert str(path.name) in ran.err
    assert "Traceback" not in ran.err
