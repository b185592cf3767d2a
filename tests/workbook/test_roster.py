"""Rosters as enterprises send them: titles, merged cells, other names for columns, totals, gaps."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.workbook import read_roster, read_workbook
from support.people import FULL_WIDTH, id_number
from workbook.books import HEADER, codes, person, write_book, write_case


@pytest.fixture
def roster(tmp_path):
    """Reads the rows of one sheet as a roster."""

    def read(rows, merged=(), **options):
        return read_roster(write_book(tmp_path / "名册.xlsx", {"学员": rows}, {"学员": merged}, **options))

    return read


def test_titles_may_stand_above_the_header(roster):
    rows = [
        ["测试甲公司培训人员名册"],
        ["企业名称（盖章）：", None, "填报日期：2020年3月2日"],
        HEADER,
        person(0),
    ]
    found = roster(rows, ["A1:D1"])
    assert not found.problems
    assert found.trainees == [{"name": "测试甲", "id_number": id_number(0), "minutes": 1830}]
    assert found.place("trainees[0].minutes") == "学员!D4（学习分钟数）"
    assert found.place("trainees[0]") == "学员!C4（身份证号码）"
    assert found.place("trainees[0].insured") == "学员!4:4"


@pytest.mark.parametrize(
    "name", ["姓名", "学员姓名", "名字", "姓 名", "姓名*", "姓名（必填）", "trainee.name"]
)
@pytest.mark.parametrize(
    "number", ["身份证号", "身份证号码", "证件号码", "公民身份号码", "身份证号码：", "ID number"]
)
@pytest.mark.parametrize("minutes", ["学习时长(分钟)", "学习时长（分钟）", "分钟数", "学习分钟数"])
def test_columns_go_by_several_names(roster, name, number, minutes):
    found = roster([[name, number, minutes], ["测试甲", id_number(), 90]])
    assert not found.problems
    assert found.trainees == [{"name": "测试甲", "id_number": id_number(), "minutes": 90}]


@pytest.mark.parametrize("hours", ["学时", "课时", "完成学时"])
def test_class_hours_are_not_taken_for_minutes(roster, hours):
    found = roster([["姓名", "身份证号码", hours], ["测试甲", id_number(), 40]])
    assert codes(found.problems) == ["workbook-hours-not-minutes"]
    assert found.problems[0].where == "学员!C1"


def test_class_hours_beside_minutes_are_left_out_and_said_so(roster):
    found = roster([["姓名", "身份证号码", "学时", "分钟数"], ["测试甲", id_number(), 40, 1800]])
    assert not found.problems
    assert "workbook-column-unused" in codes(found.notes)
    assert found.trainees[0]["minutes"] == 1800


def test_hours_on_the_clock_are_not_taken_for_minutes(roster):
    found = roster([["姓名", "身份证号码", "学习时长（小时）"], ["测试甲", id_number(), 30]])
    assert codes(found.problems) == ["workbook-unit-not-minutes"]


def test_a_duration_without_a_unit_must_say_it_in_the_cell(roster):
    rows = [
        ["姓名", "身份证号码", "学习时长"],
        ["测试甲", id_number(0), "1,830分钟"],
        ["测试乙", id_number(1), 30],
    ]
    found = roster([*rows, ["测试丙", id_number(2), "30"]])
    assert codes(found.problems) == ["workbook-unit-missing"] * 2
    assert [trainee["minutes"] for trainee in found.trainees] == [1830]


def test_two_columns_of_one_meaning_are_refused(roster):
    found = roster([["姓名", "身份证号", "证件号码"], ["测试甲", id_number(), ""]])
    assert codes(found.problems) == ["workbook-column-twice"]
    assert (found.problems[0].where, found.problems[0].params["first"]) == ("学员!C1", "学员!B1")


def test_no_column_is_dropped_silently(roster):
    found = roster([[*HEADER, "手机号码", "工龄工资", "是否参保险", "备注"], person()])
    said = {note.code: note for note in found.notes}
    assert said["workbook-column-unused"].params["labels"] == "序号、手机号码、备注"
    assert said["workbook-column-unknown"].value == "工龄工资"
    assert said["workbook-column-unknown-near"].where == "学员!G1"
    codes(found.notes)


def test_a_header_over_two_rows_is_read_as_one(roster):
    rows = [
        ["序号", "姓名", "身份证号码", "证书", None, None],
        [None, None, None, "类型", "等级", "编号"],
        [1, "测试甲", id_number(), "职业技能等级证书", "五级", "甲001"],
    ]
    found = roster(rows, ["A1:A2", "B1:B2", "C1:C2", "D1:F1"])
    assert not found.problems
    assert found.trainees[0]["certificate"] == {"kind": "skill-level", "level": 5, "number": "甲001"}


def test_a_cell_merged_down_counts_for_each_of_its_rows_and_is_noted(roster):
    rows = [
        ["姓名", "身份证号码", "人员类别", "用工关系"],
        ["测试甲", id_number(0), "企业职工", "劳动合同"],
        ["测试乙", id_number(1), None, None],
        ["测试丙", id_number(2), None, "劳动合同"],
        [None, None, None, None],
        ["测试丁", id_number(3), "其他人员", "劳动合同"],
    ]
    found = roster(rows, ["C2:C5"])
    assert [trainee.get("category") for trainee in found.trainees] == [*["employee"] * 3, "other"]
    # Not merged, so nobody said that it holds for the second row.
    assert [trainee.get("relation") for trainee in found.trainees] == [
        "contract",
        None,
        "contract",
        "contract",
    ]
    (note,) = [note for note in found.notes if note.code == "workbook-filled-down"]
    assert note.params["places"] == "C2:C5"
    assert found.count.blank == 1


def test_names_and_numbers_are_never_filled_down(roster):
    rows = [
        ["姓名", "身份证号码", "人员类别"],
        ["测试甲", id_number(0), "企业职工"],
        [None, None, "企业职工"],
    ]
    found = roster(rows, ["A2:A3", "B2:B3"])
    assert codes(found.problems) == ["fact-missing"]
    assert found.problems[0].where == "学员!B3（身份证号码）"


def test_empty_and_broken_merges_do_no_harm(roster):
    rows = [["姓名", "身份证号码", "人员类别"], ["测试甲", id_number(0)], ["测试乙", id_number(1)]]
    found = roster(rows, ["C2:C3", "E1:E9", "A20:A22"])
    assert len(found.trainees) == 2


@pytest.mark.parametrize(
    "row",
    [
        ["合计", None, None, 3660],
        [None, "合　计：", None, 3660],
        [3, "总计", None, 3660],
        ["", "小计2人", "", 3660],
        ["注：此名册可顺延"],
        ["（此名册可顺延）"],
        ["填表人：测试乙", None, "审核人：测试丙"],
        HEADER,
    ],
)
def test_totals_remarks_and_repeated_headers_are_no_people(roster, row):
    found = roster([HEADER, person(0), row, person(1)])
    assert not found.problems
    assert len(found.trainees) == 2
    assert (found.count.total, found.count.blank, found.count.there) == (1, 0, 2)
    (note,) = [note for note in found.notes if note.code == "workbook-rows-aside"]
    assert note.params["places"] == "3"


@pytest.mark.parametrize("row", [[], [None, "　", " "], [7], ["8", ""]])
def test_blank_rows_are_counted_even_when_they_are_numbered(roster, row):
    found = roster([HEADER, person(0), row, person(1)])
    assert not found.problems
    assert (found.count.read, found.count.blank, found.count.total) == (2, 1, 0)


def test_a_person_without_a_number_is_refused_not_skipped(roster):
    found = roster([HEADER, [1, "测试甲", None, 1830], [2, None, None, 90]])
    assert codes(found.problems) == ["fact-missing"] * 2
    assert found.count.refused == 2
    assert not found.trainees


def test_a_roster_without_names_says_so(roster):
    found = roster([["身份证号码", "学习分钟数"], [id_number(), 90]])
    assert codes(found.problems) == ["workbook-column-missing"]


def test_a_roster_of_nobody_says_so(roster):
    assert codes(roster([HEADER, ["合计"]]).problems) == ["workbook-nobody"]


def test_a_sheet_without_header_says_so(roster):
    assert codes(roster([["测试甲", "1830"], ["姓名", "性别"]]).problems) == ["workbook-header-missing"]
    assert codes(roster([]).problems) == ["workbook-header-missing"]


def test_a_number_that_lost_its_digits_is_refused_and_hidden(roster):
    found = roster([HEADER, [1, "测试甲", int(id_number()[:17] + "1"), 1830]])
    (problem,) = found.problems
    assert problem.code == "workbook-id-number"
    assert problem.where == "学员!C2（身份证号码）"
    assert id_number()[4:16] not in problem.line()
    assert "*" in problem.value


@pytest.mark.parametrize("written", ["4.40203E+17", "4.4E17", "４.４E+17"])
def test_a_number_that_lost_its_digits_as_text_is_refused_too(roster, written):
    assert codes(roster([HEADER, [1, "测试甲", written, 1830]]).problems) == ["workbook-id-number"]


def test_how_a_number_is_written_is_left_to_the_check(roster):
    wide = id_number().translate(FULL_WIDTH)
    found = roster([HEADER, [1, "测试甲", f" {wide} ", 1], [2, "测试乙", f"'{id_number(1)}", 1]])
    assert [trainee["id_number"] for trainee in found.trainees] == [wide, id_number(1)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("测试　甲", "测试甲"),
        (" 测 试 甲 ", "测试甲"),
        ("测试甲", "测试甲"),
        ("Li  Ming", "Li Ming"),
        ("测试·甲", "测试·甲"),
    ],
)
def test_spaces_that_line_up_a_name_go(roster, written, name):
    assert roster([HEADER, [1, written, id_number(), 1]]).trainees[0]["name"] == name


def test_all_that_is_wrong_in_a_row_is_said_at_once(roster):
    header = [*HEADER, "证书等级", "是否考核合格", "劳动合同签订日期"]
    bad = [1, "测试甲", "44020319700101001", "三十", 9, "可能", date(2020, 3, 2)]
    found = roster([header, bad, [2, "测试乙", "", -1, "五级", True, "20.3.2"]])
    assert {(problem.where, problem.code) for problem in found.problems} == {
        ("学员!C2（身份证号码）", "identity-id-length"),
        ("学员!D2（学习分钟数）", "value-number"),
        ("学员!E2（证书等级）", "value-most"),
        ("学员!F2（是否考核合格）", "workbook-boolean"),
        ("学员!C3（身份证号码）", "fact-missing"),
        ("学员!D3（学习分钟数）", "value-least"),
        ("学员!G3（劳动合同签订日期）", "workbook-date"),
    }
    codes(found.problems)


def test_a_truth_value_and_a_one_are_two_things(roster):
    rows = [
        ["姓名", "身份证号码", "是否考核合格"],
        ["测试甲", id_number(0), True],
        ["测试乙", id_number(1), 1],
    ]
    found = roster(rows)
    assert codes(found.problems) == ["workbook-boolean"]
    assert [trainee["exam_passed"] for trainee in found.trainees] == [True]


def test_errors_and_uncalculated_formulas_are_not_taken_for_empty(tmp_path):
    path = tmp_path / "名册.xlsx"
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("学员")
        sheet.write_row(0, 0, HEADER)
        for n in range(3):
            sheet.write_row(n + 1, 0, person(n))
        sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D3", "=45*40", None, 1800)
    found = read_roster(path)
    # The writer of this file asks Excel to calculate it, so it does not vouch for any result.
    assert codes(found.problems) == ["workbook-cell-uncalculated"] * 2
    assert [problem.value for problem in found.problems] == [None, None]


@given(
    st.lists(
        st.sampled_from(
            [
                "person",
                "blank",
                "numbered",
                "total",
                "header",
                "remark",
                "nameless",
                "bad number",
                "bad minutes",
            ]
        ),
        max_size=25,
    )
)
def test_every_row_is_accounted_for(tmp_path_factory, kinds):
    made = {
        "person": lambda n: person(n),
        "blank": lambda n: [None, " "],
        "numbered": lambda n: [n],
        "total": lambda n: ["合计", None, None, 90],
        "header": lambda n: HEADER,
        "remark": lambda n: ["备注：无"],
        "nameless": lambda n: [n, None, None, 90],
        "bad number": lambda n: [n, "测试甲", 440203197001010019, 90],
        "bad minutes": lambda n: [n, "测试甲", id_number(n), "很多"],
    }
    path = tmp_path_factory.mktemp("rows") / "案例.xlsx"
    # A last person, so that no blank row is past the end of the sheet.
    rows = [HEADER, *(made[kind](n) for n, kind in enumerate(kinds)), person(99)]
    found = read_workbook(write_case(path, rows))
    assert found.rows_read == len(found.raw["trainees"]) == kinds.count("person") + 1
    assert found.rows_refused == sum(kinds.count(kind) for kind in ("nameless", "bad number", "bad minutes"))
    assert found.rows_blank == kinds.count("blank") + kinds.count("numbered")
    assert found.rows_total == sum(kinds.count(kind) for kind in ("total", "header", "remark"))
    assert found.rows_read + found.rows_refused == found.rows_there
    assert found.rows_there + found.rows_blank + found.rows_total == len(rows) - 1
    assert found.rows.below_header == len(rows) - 1
