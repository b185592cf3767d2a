"""Results as workbooks: every amount exact, every reason with its clause."""

from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.messages import message
from keshi.money import fen_to_yuan
from keshi.workbook import read_workbook, write_result
from support.people import id_number
from workbook.books import HEADER, person, write_case


def finding(rule, outcome, *needs):
    return {
        "rule": rule,
        "subject": "class",
        "outcome": outcome,
        "clause": "附件1 二(一)",
        "text": "开班前至少5个工作日备案",
        "needs": list(needs),
    }


def trainee(n, amount, *findings, eligible=True, hours=40):
    step = {
        "name": "amount",
        "label": "补贴金额",
        "formula": "=class_hours * rate",
        "value": amount,
        "unit": "元",
    }
    return {
        "id_number": id_number(n),
        "eligible": eligible,
        "class_hours": hours,
        "amount": amount,
        "findings": list(findings),
        "steps": [{**step, "clause": "附件1 一(四)"}, {**step, "clause": None}],
    }


def result(*trainees, findings=()):
    fen = sum(int(Decimal(each["amount"]) * 100) for each in trainees)
    amounts = dict.fromkeys(("amount", "payable"), fen_to_yuan(fen))
    return {
        "scheme": "shaoguan-2020",
        "scheme_digest": "sha256:0",
        "engine": "keshi 1",
        "item": "on-the-job",
        "as_of": "2020-06-01",
        "findings": list(findings),
        "trainees": list(trainees),
        "totals": {"trainees": len(trainees), "eligible": 1, "advance": "0.00", **amounts},
        "receipt": "sha256:1",
    }


@pytest.fixture
def source(tmp_path):
    return read_workbook(write_case(tmp_path / "案例.xlsx", [HEADER, person(0), person(1)]))


def rows(path, sheet):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=2)]


def test_people_stand_with_amount_outcome_and_reason(tmp_path, source):
    path = tmp_path / "结果.xlsx"
    settled = result(
        trainee(0, "1000.00"),
        trainee(1, "0.00", finding("completed", "failed"), eligible=False, hours=None),
        trainee(2, "0.00", finding("insured", "unknown", "是否参保", "合同"), eligible=False),
        findings=[finding("filed", "passed"), finding("plan", "manual")],
    )
    write_result(settled, source, path)
    assert rows(path, "人员") == [
        [1, "测试甲", id_number(0), 40, 1000, "符合", None],
        [2, "测试甲", id_number(1), None, 0, "不符合", "开班前至少5个工作日备案（附件1 二(一)）"],
        [
            3,
            None,
            id_number(2),
            40,
            0,
            "资料不足",
            "开班前至少5个工作日备案；缺：是否参保、合同（附件1 二(一)）",
        ],
        [None, "合计", None, None, 1000, None, None],
    ]
    book = openpyxl.load_workbook(path)
    cell = book["人员"]["E2"]
    assert (cell.number_format, cell.alignment.horizontal) == ("#,##0.00", "right")
    assert book["人员"]["C2"].number_format == "@"
    summary = {row[0]: row[1:] for row in rows(path, "汇总") if row[0]}
    assert summary["补贴金额（元）"][0] == 1000
    assert summary["结果摘要"][0] == "sha256:1"
    assert summary["plan"][1] == "需人工审核"
    assert book.sheetnames == ["汇总", "人员", "计算步骤"]


def test_what_fails_of_the_class_is_everybodys_reason(tmp_path):
    path = tmp_path / "结果.xlsx"
    write_result(
        result(trainee(0, "0.00", eligible=False), findings=[finding("filed", "failed")]), None, path, "en"
    )
    assert rows(path, "People")[0][5:] == ["not eligible", "开班前至少5个工作日备案 (附件1 二(一))"]


def test_steps_are_texts_even_when_they_look_like_formulas(tmp_path, source):
    path = tmp_path / "结果.xlsx"
    write_result(result(trainee(0, "1000.00")), source, path)
    cells = openpyxl.load_workbook(path)["计算步骤"][2]
    assert cells[3].value == "=class_hours * rate"
    assert cells[3].data_type == "s"
    assert [cell.value for cell in cells[:2]] == ["测试甲", id_number(0)]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=5))
def test_amounts_are_exact_to_the_fen(tmp_path_factory, amounts):
    path = tmp_path_factory.mktemp("结果") / "结果.xlsx"
    write_result(result(*(trainee(n, fen_to_yuan(fen)) for n, fen in enumerate(amounts))), None, path)
    shown = [row[4] for row in rows(path, "人员")]
    assert [round(Decimal(repr(yuan)) * 100) for yuan in shown] == [*amounts, sum(amounts)]


def test_nothing_half_written_is_left(tmp_path):
    with pytest.raises(KeyError):
        write_result({"totals": {}}, None, tmp_path / "结果.xlsx")
    assert not list(tmp_path.iterdir())


def test_every_text_of_the_results_is_there_in_both_languages():
    for outcome in ("passed", "failed", "unknown", "manual"):
        assert message(f"result-finding-{outcome}", "zh") != message(f"result-finding-{outcome}", "en")
