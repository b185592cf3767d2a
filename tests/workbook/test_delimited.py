"""Rosters as delimited text, in the encodings and with the delimiters that programs save."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.problems import BadInput
from keshi.workbook import read_roster, read_workbook
from support.people import id_number
from workbook.books import CLASS, HEADER, codes, person

TEXT = [HEADER, person(0), [2, "测试　乙", id_number(1), "1,830分钟"], ["合计", "", "", "3,660"]]


def delimited(rows, delimiter):
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found_out(tmp_path, encoding, delimiter):
    path = tmp_path / "名册.csv"
    path.write_bytes(delimited(TEXT, delimiter).encode(encoding))
    found = read_roster(path)
    assert not found.problems
    assert [trainee["name"] for trainee in found.trainees] == ["测试甲", "测试乙"]
    assert [trainee["minutes"] for trainee in found.trainees] == [1830, 1830]
    assert found.place("trainees[1].minutes") == "名册!D3（学习分钟数）"
    assert found.count.total == 1


def test_short_rows_and_protected_digits(tmp_path):
    path = tmp_path / "名册.csv"
    path.write_text(f'测试甲公司名册\n姓名,身份证号码,备注\n测试甲,"=""{id_number()}"""\n', encoding="utf-8")
    assert read_roster(path).trainees == [{"name": "测试甲", "id_number": id_number()}]


def test_the_class_may_stand_in_files_beside_it(tmp_path):
    (tmp_path / "案例-学员.csv").write_text(delimited(TEXT, ","), encoding="utf-8")
    (tmp_path / "案例-班级.csv").write_text(delimited(CLASS, ","), encoding="gb18030")
    header = ["身份证号码", "政策", "补贴项目", "结束日期", "补贴金额（元）"]
    rows = [header, [id_number(1), "a", "b", "2020/1/31", "870"]]
    (tmp_path / "案例-历史补贴.csv").write_text(delimited(rows, ","), encoding="utf-8")
    found = read_workbook(tmp_path / "案例-学员.csv")
    assert not found.problems
    assert found.raw["class"]["training_type"] == "in-post"
    assert found.raw["trainees"][1]["history"][0]["amount"] == 870
    assert found.place("class.starts_on") == "案例-班级!B7（开班日期）"


def test_a_roster_alone_lacks_its_class(tmp_path):
    (tmp_path / "名册.csv").write_text(delimited(TEXT, ","), encoding="utf-8")
    assert codes(read_workbook(tmp_path / "名册.csv").problems) == ["workbook-sheet-missing"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x81\x20\xff", "file-encoding"),
        (b"a,b\x00c", "file-not-workbook"),
        ('姓名,"身份证号码\n测试甲'.encode(), "file-csv"),
        (b"x" * 200_000, "file-csv"),
        (b"," * 2_000, "file-too-wide"),
    ],
)
def test_text_that_is_no_roster(tmp_path, content, code):
    path = tmp_path / "名册.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_roster(path)
    assert codes(refused.value.problems) == [code]


@given(st.binary(max_size=200), st.sampled_from([".csv", ".xls", ".xlsx"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"名册{suffix}"
    path.write_bytes(content)
    try:
        found = read_roster(path)
    except BadInput as refused:
        codes(refused.problems)
    else:
        codes(found.problems)
