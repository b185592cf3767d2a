"""The user's own workbook with remarks: every problem at its cell, everything else as it was."""

import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from keshi.case import read_case
from keshi.problems import BadInput, Problem
from keshi.workbook import read_roster, read_workbook, write_marked
from keshi.workbook.grid import Spot, cell_place, column_index, column_name, find_spot
from support.people import id_number
from workbook.books import CLASS, HEADER, person, write_book

RED = "FFFFC7CE"


def problems_of(path):
    found = read_workbook(path)
    try:
        read_case(found.raw, place=found.place)
    except BadInput as refused:
        return [*found.problems, *refused.problems]
    return found.problems


@pytest.fixture
def marked(tmp_path):
    """Marks a file with its own problems and opens the copy."""

    def mark(path, problems=None, lang="zh"):
        target = tmp_path / "标注.xlsx"
        write_marked(path, problems_of(path) if problems is None else problems, target, lang)
        return openpyxl.load_workbook(target)

    return mark


def coloured(sheet):
    return {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}


def test_every_problem_stands_at_its_cell(tmp_path, marked):
    wrong = id_number(2)[:17] + ("1" if id_number(2)[17] != "1" else "2")
    roster = [
        ["名册"],
        HEADER,
        person(0, "三十"),
        person(1),
        [3, "测试丙", wrong, 90],
        [4, "测试丁", None, 90],
    ]
    bad_class = [row for row in CLASS if row[0] != "补贴项目"]
    path = write_book(tmp_path / "案例.xlsx", {"班级": [*bad_class, ["技能等级", "六级"]], "学员": roster})
    book = marked(path)
    assert book.sheetnames == ["问题清单", "班级", "学员"]
    sheet = book["学员"]
    assert sheet["E2"].value == "填写错误说明"
    assert "数字" in sheet["E3"].value
    assert sheet["E3"].value.startswith("D3 ")
    assert sheet["E4"].value is None
    assert "校验位" in sheet["E5"].value
    assert "身份证号码" in sheet["E6"].value
    assert coloured(sheet) == {"D3", "E3", "C5", "E5", "C6", "E6"}
    assert "B8" in coloured(book["班级"])
    listed = [row[0].value for row in book["问题清单"].iter_rows(min_row=2)]
    # The problem of a label that is not there has no cell, but is on the list.
    assert "班级（补贴项目）" in listed
    assert len(listed) == len(problems_of(path))


def test_the_rest_stays_as_it_was(tmp_path, marked):
    clock = datetime(2020, 3, 2, 9, 30)  # noqa: DTZ001 - a cell has no zone
    values = [
        "=1+1",
        "+86",
        "-",
        "@x",
        True,
        1.5,
        date(2020, 3, 2),
        clock,
        time(9, 30),
        timedelta(hours=30),
        7,
    ]
    source = tmp_path / "各样.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "甲"
    for column, value in enumerate(values, start=1):
        sheet.cell(1, column, value)
    sheet["A1"].data_type = "s"
    sheet["A1"].quotePrefix = True
    sheet.merge_cells("A3:B4")
    sheet["A3"] = "合并"
    sheet["C3"] = "=A1"
    book.create_sheet("乙").sheet_state = "hidden"
    book.save(source)
    copy = marked(source, [Problem("fact-missing", "甲!9:9", params={"label": "x", "label_en": "x"})])
    cells = [cell.value for cell in copy["甲"][1]]
    assert cells[:8] == ["=1+1", "+86", "-", "@x", True, 1.5, datetime(2020, 3, 2), clock]  # noqa: DTZ001
    assert [cell.data_type for cell in copy["甲"][1]][:4] == ["s"] * 4
    assert cells[10] == 7
    assert [str(area) for area in copy["甲"].merged_cells.ranges] == ["A3:B4"]
    assert copy["甲"]["A3"].value == "合并"
    # A formula whose result nobody saved has no value to be kept.
    assert copy["甲"]["C3"].value is None
    assert copy["乙"].sheet_state == "hidden"
    assert copy["甲"]["L9"].value
    assert copy["甲"]["L1"].value == "填写错误说明"


def test_a_cell_past_the_end_is_coloured_and_the_first_row_may_be_the_bad_one(tmp_path, marked):
    source = write_book(tmp_path / "甲.xlsx", {"甲": [["文"]]})
    params = {"label": "x", "label_en": "x"}
    places = ["甲!A1", "甲!C1（x）", "甲!B7"]
    copy = marked(source, [Problem("fact-missing", place, params=params) for place in places], "en")
    assert coloured(copy["甲"]) == {"A1", "B1", "C1", "B7"}
    assert copy.sheetnames[0] == "Problems"
    assert copy["甲"]["B1"].value.count("\n") == 1


def test_broken_merges_do_not_stop_it(tmp_path, marked):
    sound = write_book(tmp_path / "好.xlsx", {"甲": [["文", None, "字"]]})
    merges = b"".join(b'<mergeCell ref="%s"/>' % area for area in (b"A1:B2", b"B2:C3", b"D1:D1"))
    broken = b'</sheetData><mergeCells count="3">' + merges + b"</mergeCells>"
    source = tmp_path / "叠.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(source, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</sheetData>", broken))
    copy = marked(source, [])
    assert [copy["甲"][at].value for at in ("A1", "C1")] == ["文", "字"]
    assert [str(area) for area in copy["甲"].merged_cells.ranges] == ["A1:B2"]


def test_a_delimited_roster_comes_back_as_a_workbook(tmp_path, marked):
    source = tmp_path / "名册.csv"
    long = "长" * 40_000
    source.write_text(f"姓名,身份证号码,备注\n=测试甲,440203,{long}\n", encoding="gb18030")
    copy = marked(
        source,
        [*read_roster(source).problems, Problem("identity-id-length", "名册!B2", params={"length": 6})],
    )
    assert copy["名册"]["A2"].value == "=测试甲"
    assert copy["名册"]["A2"].data_type == "s"
    assert copy["名册"]["C2"].value.endswith("…")
    assert copy["名册"]["D1"].value == "填写错误说明"
    assert coloured(copy["名册"]) == {"B2", "D2"}


def test_the_marked_workbook_can_be_mended_and_sent_again(tmp_path, marked):
    source = write_book(
        tmp_path / "案例.xlsx", {"班级": CLASS, "学员": [HEADER, person(0, "三十"), person(1)]}
    )
    copy = marked(source)
    copy["学员"]["D2"] = 30
    copy.save(tmp_path / "改.xlsx")
    found = read_workbook(tmp_path / "改.xlsx")
    assert not found.problems
    assert [trainee["minutes"] for trainee in found.raw["trainees"]] == [30, 1830]


def test_places_are_written_and_found_again():
    for index in (0, 25, 26, 701, 702, 16_383):
        assert column_index(column_name(index)) == index
        assert find_spot(cell_place("甲!乙", 6, index, "姓名（x）")) == Spot("甲!乙", 6, index)
    assert find_spot(cell_place("甲", 6, None, "姓名")) == Spot("甲", 6, None)
    assert [find_spot(where) for where in ("", "案例.json", "班级（补贴项目）", "trainees[0].name")] == [
        None
    ] * 4
