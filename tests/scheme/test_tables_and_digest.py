"""Tariff files beside a notice, and the digest that stands for all of it."""

import re

import pytest

from keshi.problems import BadInput
from keshi.scheme.common import common
from keshi.scheme.load import read_table
from keshi.settlement import settle
from support import schemes
from support.cases import case
from support.schemes import HOURS, item, table

TABLE = table('["occupation", "level"]')
AMOUNT = item(amount="lookup(standard, occupation=class.occupation, level=class.level)")
TEXT = schemes.text(TABLE, items=AMOUNT)
ROWS = "occupation,level,amount,valid_from,valid_to\n6-31-01-03,5,1500.00,2020-01-01,\n6-31-01-03,,800,,\n"


def load(folder, rows=ROWS, text=TEXT):
    return schemes.load(folder, text, {"standard": rows})


def problems(folder, rows, text=TEXT):
    with pytest.raises(BadInput) as refusal:
        load(folder, rows, text)
    for found in refusal.value.problems:
        assert found.line("zh")
        assert found.line("en")
    return list(refusal.value.problems)


def paid(scheme, **changes):
    return (
        settle(case({f"class.{name}": value for name, value in changes.items()}), scheme).trainees[0].amount
    )


def test_a_tariff_is_read(tmp_path):
    scheme = load(tmp_path)
    assert [(row.keys, row.value) for row in scheme.tables["standard"].rows] == [
        (("6-31-01-03", 5), 1500),
        (("6-31-01-03", None), 800),
    ]
    assert scheme.tables["standard"].rows[1].where == f"{tmp_path / 'tables' / 'standard.csv'}:3"
    assert paid(scheme, level=5) == 150_000
    assert paid(scheme, level=4) == 80_000
    early = {"filed_on": "2019-12-02", "approved_on": "2019-12-03", "starts_on": "2019-12-31"}
    assert paid(scheme, level=5, **early) == 80_000


@pytest.mark.parametrize(
    "rows",
    [
        "\ufeffoccupation,level,amount\n6-31,5,1\n",
        "occupation,level,amount\r\n6-31,5,1\r\n\r\n",
        " occupation , level , amount \n 6-31 , 5 , 1 \n",
        'occupation,level,amount\n"6-31","5","1"\n',
        "amount,occupation,level\n1,6-31,5",
    ],
)
def test_tariffs_may_come_in_many_hands(tmp_path, rows):
    (row,) = load(tmp_path, rows).tables["standard"].rows
    assert (row.keys, row.value) == (("6-31", 5), 1)


def test_empty_and_absent_columns_fit_anything(tmp_path):
    (row,) = load(tmp_path, "occupation,amount\n ,7\n").tables["standard"].rows
    assert row.keys == (None, None)


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ("occupation,level,amount\n6-31,5,\n", "value-number", 2),
        ("occupation,level\n6-31,5\n", "value-number", 2),
        ("occupation,level,amount\n6-31,5,much\n", "value-number", 2),
        ("occupation,level,amount\n6-31,5,-1\n", "value-least", 2),
        ("occupation,level,amount\n6-31,five,1\n", "value-number", 2),
        ("occupation,level,amount\n6-31,5,1e5\n", "value-number", 2),
        ("occupation,level,amount,size\n6-31,5,1,x\n", "table-column", 2),
        ("occupation,level,amount\n6-31,5,1,500.00\n", "table-column", 2),
        ("occupation,level,level,amount\n6-31,5,5,1\n", "table-column", 2),
        ("occupation,level,amount,valid_from\n6-31,5,1,2020-02-30\n", "value-date-impossible", 2),
        ("occupation,level,amount,valid_to\n6-31,5,1,soon\n", "value-date", 2),
        (
            "occupation,level,amount,valid_from,valid_to\n6-31,5,1,2020-02-02,2020-02-01\n",
            "case-ends-before-start",
            2,
        ),
        ("occupation,level,amount\n6-31,5,1\n6-32,5,1\n6-31,5,2\n", "table-tie", 4),
    ],
)
def test_a_wrong_row_is_named_by_its_line(tmp_path, rows, code, line):
    (found,) = problems(tmp_path, rows)
    assert found.code == code
    assert found.where == f"{tmp_path / 'tables' / 'standard.csv'}:{line}"


def test_the_wrong_column_is_named(tmp_path):
    (found,) = problems(tmp_path, "occupation,level,amount\n6-31,five,1\n")
    assert found.params["label"] == "standard.level"
    (found,) = problems(tmp_path, "occupation,level,amount\n6-31,5,x\n")
    assert found.params["label"] == "standard.amount"
    (found,) = problems(tmp_path, "occupation,level,amount,size,form\n6-31,5,1,x,y\n")
    assert (found.value, found.params["columns"]) == (
        "form, size",
        "amount, level, occupation, valid_from, valid_to",
    )
    (found,) = problems(tmp_path, "occupation,level,amount\n6-31,5,1,500.00\n")
    assert (found.value, found.params) == (
        "500.00",
        {"table": "standard", "columns": "occupation, level, amount"},
    )


def test_ties_name_both_rows(tmp_path):
    (found,) = problems(tmp_path, "occupation,level,amount\n6-31,,1\n6-31,,2\n")
    file = tmp_path / "tables" / "standard.csv"
    assert found.params == {
        "table": "standard", "first": f"{file}:2", "second": f"{file}:3", "keys": "occupation=6-31, level=None",
    }  # fmt: skip


def test_rows_that_follow_each_other_do_not_tie(tmp_path):
    rows = "occupation,level,amount,valid_from,valid_to\n6-31,5,1,,2020-03-09\n6-31,5,2,2020-03-10,\n"
    assert load(tmp_path, rows)


def test_every_wrong_row_is_told(tmp_path):
    found = problems(tmp_path, "occupation,level,amount\na,x,1\nb,5,y\nc,5,1\nc,5,2\nd,5,1\n")
    assert [p.where.rpartition(":")[2] for p in found] == ["2", "3", "5"]


def test_files_that_are_no_tariff(tmp_path):
    (found,) = problems(tmp_path, "occupation,level,amount\n" + "x" * 200_000 + ",5,1\n")
    assert found.code == "file-unreadable"
    (tmp_path / "tables" / "standard.csv").write_bytes("职业,等级".encode("gbk"))
    with pytest.raises(BadInput) as refusal:
        schemes.load(tmp_path, TEXT)
    assert [p.code for p in refusal.value.problems] == ["file-not-utf8"]
    (tmp_path / "tables" / "standard.csv").unlink()
    with pytest.raises(BadInput) as refusal:
        schemes.load(tmp_path, TEXT)
    assert [p.code for p in refusal.value.problems] == ["scheme-file-absent"]
    assert str(refusal.value).startswith(str(tmp_path / "tables"))


@pytest.mark.parametrize("file", ["../../secret.csv", "/etc/hosts", "../../../x.csv"])
def test_a_tariff_outside_the_folder_is_not_read(tmp_path, file):
    text = TEXT.replace('"standard.csv"', f'"{file}"')
    (tmp_path / "secret.csv").write_text(ROWS)
    (found,) = problems(tmp_path / "scheme", ROWS, text)
    assert (found.code, found.params) == ("scheme-table-outside", {"file": file})
    line = text[: text.index(file)].count("\n") + 1
    assert found.where == f"{tmp_path / 'scheme' / 'scheme.toml'}:{line}:9"


def test_a_table_hides_nothing(tmp_path):
    text = schemes.text(table('["level"]', name="rate"))
    with pytest.raises(BadInput) as refusal:
        schemes.load(tmp_path, text, {"rate": "level,amount\n5,1\n"})
    assert "scheme-name-twice" in [p.code for p in refusal.value.problems]


def test_rows_of_a_case_are_read_like_those_of_a_file(tmp_path):
    spec = load(tmp_path).file.tables["standard"]
    found = read_table(
        "standard",
        spec,
        [("here", {"level": "5", "amount": 3, "occupation": None}), ("there", {"amount": "4"})],
    )
    assert [(row.keys, row.value, row.where) for row in found.rows] == [
        ((None, 5), 3, "here"),
        ((None, None), 4, "there"),
    ]
    with pytest.raises(BadInput) as refusal:
        read_table("standard", spec, [("here", {"occupation": 631, "amount": 1})])
    assert [p.code for p in refusal.value.problems] == ["value-text"]


# ---------------------------------------------------------------------------------------------------- digest


def test_the_digest_changes_with_every_part(tmp_path):
    digests = {load(tmp_path / "a").digest}
    digests.add(load(tmp_path / "b", ROWS.replace("800", "801")).digest)
    digests.add(load(tmp_path / "c", ROWS + "\n").digest)
    digests.add(load(tmp_path / "d", text=TEXT.replace("测试局", "测试厅")).digest)
    digests.add(load(tmp_path / "e", text=TEXT + "\n# remark\n").digest)
    digests.add(load(tmp_path / "f", text=TEXT.replace(HOURS, HOURS + " ")).digest)
    assert len(digests) == 6


def test_the_digest_is_that_of_the_contents_alone(tmp_path):
    first, second = load(tmp_path / "a"), load(tmp_path / "b")
    assert first.digest == second.digest
    assert re.fullmatch("sha256:[0-9a-f]{64}", first.digest)


def test_the_digest_does_not_mind_how_lines_end(tmp_path):
    unix = load(tmp_path / "a").digest
    assert load(tmp_path / "b", ROWS.replace("\n", "\r\n"), TEXT.replace("\n", "\r\n")).digest == unix


def test_what_moves_from_one_file_to_the_other_changes_the_digest(tmp_path):
    two = schemes.text(TABLE, table('["level"]', name="other"), items=AMOUNT)
    rows = {"standard": "occupation,level,amount\n", "other": "level,amount\n5,1\n"}
    one = schemes.load(tmp_path / "a", two, rows).digest
    assert (
        schemes.load(
            tmp_path / "b", two, rows | {"other": "level,amount\n", "standard": rows["standard"]}
        ).digest
        != one
    )


def test_the_common_rules_are_part_of_the_digest(tmp_path, monkeypatch):
    before = load(tmp_path).digest
    limits, raw = common()
    monkeypatch.setattr("keshi.scheme.load.common", lambda: (limits, raw + b" "))
    assert load(tmp_path).digest != before
