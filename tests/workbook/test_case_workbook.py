"""Whole cases as workbooks: the class sheet, past subsidies, learning records, tariffs, and where it all stood."""

from datetime import date, datetime

import pytest

from keshi.case import read_case
from keshi.problems import BadInput
from keshi.workbook import read_roster, read_workbook
from support.people import id_number
from workbook.books import CLASS, HEADER, codes, person, write_book, write_case


@pytest.fixture
def case(tmp_path):
    """Reads a workbook of these sheets; 班级 and 学员 are there unless given."""

    def read(merged=None, **sheets):
        return read_workbook(
            write_book(tmp_path / "案例.xlsx", {"班级": CLASS, "学员": [HEADER, person()], **sheets}, merged)
        )

    return read


def test_a_workbook_says_what_a_json_case_says(case):
    found = case()
    assert not found.problems
    assert found.raw == {
        "scheme": "shaoguan-2020",
        "item": "on-the-job",
        "as_of": "2020-06-01",
        "facts": {},
        "organisation": {"kind": "enterprise", "name": "测试甲公司"},
        "class": {"training_type": "in-post", "starts_on": "2020-03-10", "ends_on": "2020-03-31"},
        "trainees": [{"name": "测试甲", "id_number": id_number(), "minutes": 1830}],
    }
    assert len(read_case(found.raw, place=found.place).trainees) == 1
    assert [(note.code, note.where) for note in found.notes][-1] == ("workbook-rows", "学员")
    codes(found.notes)


def test_the_class_sheet_may_have_headings_explanations_and_several_pairs_in_a_row(case):
    rows = [
        ["测试甲公司开班信息"],
        ["项目", "内容", "说明"],
        ["政策*", "shaoguan-2020 韶关市补贴", "由模板填好"],
        ["补贴项目", "on-the-job 企业职工线上适岗培训补贴"],
        ["开班日期：", date(2020, 3, 10), None, "结束日期：", "2020.3.31"],
        ["平台是否官方推荐", "√", None, None],
        ["class.platform.evaluated_on", "无"],
        ["疫情结束日期", None],
        ["judgements.plan-carried-out", "是"],
        ["技能等级", None, "五级"],
    ]
    found = case({"班级": ["A1:D1", "A10:B10"]}, 班级=rows)
    assert not found.problems
    assert found.raw["class"] == {
        "starts_on": "2020-03-10",
        "ends_on": "2020-03-31",
        "platform": {"recommended": True},
        "level": 5,
    }
    assert (found.raw["scheme"], found.raw["item"]) == ("shaoguan-2020", "on-the-job")
    assert found.raw["judgements"] == {"plan-carried-out": True}
    assert "workbook-cells-unused" not in codes(found.notes)


def test_cells_beside_the_pairs_are_noted(case):
    found = case(班级=[*CLASS, ["平台是否官方推荐的", "是"], ["线上课时", 40, "四十"]])
    assert not found.problems
    said = {note.code: note for note in found.notes}
    assert said["workbook-cells-unused"].params["places"] == "A9、B9、C10"
    assert said["workbook-label-unknown-near"].params["near"] == "平台是否官方推荐"
    codes(found.notes)


def test_what_cannot_be_read_in_the_class_sheet_is_refused_at_its_cell(case):
    rows = [
        *CLASS,
        ["结束日期", "4/5/2020"],
        ["是否免费培训", 1],
        ["开班日期", "2020-03-11"],
        ["judgements.x", "?"],
    ]
    found = case(班级=rows)
    assert [(problem.code, problem.where) for problem in found.problems] == [
        ("workbook-date", "班级!B9（结束日期）"),
        ("workbook-boolean", "班级!B10（是否免费培训）"),
        ("workbook-label-twice", "班级!B11（开班日期）"),
        ("workbook-boolean", "班级!B12（judgements.x）"),
    ]
    codes(found.problems)


def test_a_fact_given_twice_alike_is_given_once(case):
    assert not case(班级=[*CLASS, ["开班日期", date(2020, 3, 10)]]).problems


def test_problems_of_the_case_stand_at_their_cells(case):
    rows = [row for row in CLASS if row[0] not in ("补贴项目", "结束日期")]
    found = case(
        班级=[*rows, ["结束日期", "2020-03-01"]],
        学员=[HEADER, person(0), person(0), [3, "测试丙", id_number(2)[:17] + "?", 0]],
    )
    with pytest.raises(BadInput) as refused:
        read_case(found.raw, place=found.place)
    assert {(problem.code, problem.where) for problem in refused.value.problems} == {
        ("fact-missing", "班级（补贴项目）"),
        ("case-ends-before-start", "班级!B7（结束日期）"),
        ("case-duplicate-person", "学员!C3（身份证号码）"),
        ("identity-id-characters", "学员!C4（身份证号码）"),
    }
    assert found.place("class.level") == "班级（技能等级）"
    assert found.place("judgements.x") == "班级（judgements.x）"
    assert found.place("trainees") == "学员"


# Rows that belong to a person ----------------------------------------------------------------------------

CLOCK = datetime(2020, 3, 10, 9)  # noqa: DTZ001 - a cell has no zone
HISTORY = ["身份证号码", "姓名", "政策", "补贴项目", "结束日期", "补贴金额（元）"]


def test_past_subsidies_go_to_their_person(case):
    rows = [
        HISTORY,
        [id_number(1), "测试乙", "shaoguan-2020", "on-the-job", date(2020, 1, 31), "870.00元"],
        [id_number(0).lower(), "测试甲", "shaoguan-2020", "on-the-job", date(2020, 2, 20), 100],
        [id_number(1), "测试乙", "jinan-2020", "special-operation", date(2020, 2, 29), 800.5],
    ]
    found = case(学员=[HEADER, person(0), person(1)], 历史补贴=rows)
    assert not found.problems
    first, second = found.raw["trainees"]
    assert first["history"] == [
        {"scheme": "shaoguan-2020", "item": "on-the-job", "ended_on": "2020-02-20", "amount": 100}
    ]
    assert [award["amount"] for award in second["history"]] == ["870.00", "800.5"]
    assert found.place("trainees[1].history[1].amount") == "历史补贴!F4（补贴金额（元））"
    assert found.place("trainees[1].history[1]") == "历史补贴!A4（身份证号码）"
    assert found.counts["history"].read == 3
    assert len(read_case(found.raw, place=found.place).trainees[1].history) == 2


def test_past_subsidies_of_a_stranger_are_refused(case):
    found = case(历史补贴=[HISTORY, [id_number(5), "测试己", "x", "y", date(2020, 1, 31), 1]])
    assert codes(found.problems) == ["workbook-stranger"]
    assert id_number(5) not in found.problems[0].line()


def test_past_subsidies_of_a_refused_row_are_not_refused_again(case):
    bad = [1, "测试甲", id_number(), "很多"]
    found = case(学员=[HEADER, bad], 历史补贴=[HISTORY, [id_number(), "", "x", "y", date(2020, 1, 31), 1]])
    assert codes(found.problems) == ["value-number"]


def test_an_empty_sheet_of_past_subsidies_is_none(case):
    assert not case(历史补贴=[]).problems
    assert not case(历史补贴=[HISTORY]).problems
    assert codes(case(历史补贴=[["没有"]]).problems) == ["workbook-header-missing"]


def test_learning_records_go_to_their_person_in_order(case):
    rows = [
        [
            "身份证号码",
            "时间",
            "记录类型",
            "会话",
            "课程",
            "心跳序号",
            "播放区间（毫秒）",
            "是否播放",
            "是否可见",
            "报名",
        ],
        [id_number(), CLOCK, "start", "s1", "l1", None, None, None, None, "e1"],
        [id_number(), "2020-03-10T09:00:15+08:00", "beat", "s1", None, 0, "[[0, 15000]]", "是", "是", None],
    ]
    found = case(学员=[HEADER[:3], person()[:3]], 学习记录=rows)
    assert not found.problems
    assert found.raw["trainees"][0]["events"] == [
        {
            "at": "2020-03-10T09:00:00+08:00",
            "type": "start",
            "session": "s1",
            "lesson": "l1",
            "enrolment": "e1",
        },
        {
            "at": "2020-03-10T09:00:15+08:00",
            "type": "beat",
            "session": "s1",
            "seq": 0,
            "segments": [[0, 15000]],
            "playing": True,
            "visible": True,
        },
    ]
    assert found.place("trainees[0].events[1].seq") == "学习记录!F3（心跳序号）"


def test_tariffs_are_read_by_column(case):
    rows = [
        ["职业（工种）编码", "技能等级", "证书类型", "补贴标准（元）", "说明"],
        ["6-18-01-01", "五级", "职业技能等级证书", "1,500.00", "样例"],
        [None, 4, None, 2000, None],
        [],
        ["合计"],
    ]
    found = case(
        **{"标准-standard": rows, "标准-practical_share": [["occupation", "share"], ["6-18-01-01", "60%"]]}
    )
    assert not found.problems
    assert found.raw["tables"] == {
        "standard": [
            {"occupation": "6-18-01-01", "level": 5, "certificate": "skill-level", "amount": "1500.00"},
            {"level": 4, "amount": 2000},
        ],
        "practical_share": [{"occupation": "6-18-01-01", "share": "0.6"}],
    }
    assert found.place("tables.standard[1].amount") == "标准-standard!D3（补贴标准（元））"
    assert found.place("tables.other[0]") == "班级（tables.other[0]）"
    assert codes(case(**{"标准-standard": [["没有"]]}).problems) == ["workbook-header-missing"]


# Sheets --------------------------------------------------------------------------------------------------


def test_missing_sheets_are_named(tmp_path):
    found = read_workbook(write_book(tmp_path / "案例.xlsx", {"Sheet1": [["你好"]]}))
    assert codes(found.problems) == ["workbook-sheet-missing"] * 2
    assert [problem.params["name"] for problem in found.problems] == ["班级", "学员"]
    assert found.place("organisation.name") == "organisation.name"
    assert found.place("trainees") == "案例.xlsx"
    assert (found.rows_there, found.rows_blank, found.rows_total) == (0, 0, 0)


def test_a_roster_is_known_by_its_header_where_no_sheet_is_named_so(tmp_path):
    sheets = {"班级": CLASS, "Sheet2": [HEADER, person()], "Sheet3": []}
    found = read_workbook(write_book(tmp_path / "案例.xlsx", sheets))
    assert not found.problems
    assert found.rows_read == 1


def test_a_second_roster_is_not_dropped_silently(case):
    found = case(二车间=[HEADER, person(1)])
    assert codes(found.problems) == ["workbook-second-roster"]
    found = case(名册=[HEADER, person(1)])
    assert codes(found.problems) == ["workbook-sheet-twice"]


def test_other_sheets_are_noted(case):
    assert ("workbook-sheet-unused", "通讯录") in [
        (note.code, note.where) for note in case(通讯录=[["电话"]]).notes
    ]


def test_a_hidden_sheet_is_read_and_said_so(tmp_path):
    import openpyxl

    path = write_case(tmp_path / "案例.xlsx", [HEADER, person()])
    book = openpyxl.load_workbook(path)
    book["学员"].sheet_state = "hidden"
    book.create_chartsheet("图")
    book.save(path)
    found = read_workbook(path)
    assert not found.problems
    assert "workbook-sheet-hidden" in codes(found.notes)


def test_the_roster_of_a_workbook_is_read_alone(tmp_path):
    found = read_roster(write_case(tmp_path / "案例.xlsx", [HEADER, person()]))
    assert not found.problems
    assert len(found.trainees) == found.count.read == 1
    nobody = read_roster(write_book(tmp_path / "无.xlsx", {"班级": CLASS, "甲": [["乙"]]}))
    assert codes(nobody.problems) == ["workbook-sheet-missing"]
    assert nobody.trainees == []
