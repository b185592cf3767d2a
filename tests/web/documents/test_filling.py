"""Which forms a stage needs, what the service fills in by itself, what stays blank; layouts that do not fit."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from keshi_web.documents import forms
from keshi_web.documents.data import BLANK_DATE, FormData, Signed, place, written
from keshi_web.documents.generic import folded, shares
from keshi_web.documents.layout import LayoutFault, read_layout
from keshi_web.documents.render import render_pdf
from keshi_web.documents.responses import docx_response, pdf_response
from web.documents.samples import form, scheme

STAGES = [
    ("yingkou-2020", "filing", ["training-plan", "roster"]),
    ("jinan-2020", "evaluation", ["platform-evaluation", "course-evaluation", "occupation-evaluation"]),
    ("jinan-2020", "filing", ["teaching-plan", "roster"]),
    (
        "ankang-2020",
        "filing",
        ["class-application", "online-plan", "material-list", "completion-promise", "roster"],
    ),
    ("wuhai-2020", "evaluation", ["annex-1"]),
    ("wuhai-2020", "filing", ["class-application", "teaching-plan", "roster"]),
    ("wuhai-2020", "claim", ["annex-1", "annex-2", "annex-3", "roster"]),
    ("shaoguan-2020", "evaluation", ["form-5-1", "form-5-2"]),
    ("shaoguan-2020", "filing", ["form-1", "form-2", "form-3", "form-4"]),
]


@pytest.mark.parametrize(("scheme_id", "stage", "expected"), STAGES)
def test_the_forms_of_a_stage(scheme_id: str, stage: str, expected: list[str]) -> None:
    assert [one.id for one in forms.available(scheme(scheme_id), stage)] == expected  # type: ignore[arg-type]


def test_a_form_is_found_by_its_id() -> None:
    assert forms.find(scheme("ankang-2020"), "decision") == form("ankang-2020", "decision")
    assert forms.find(scheme("ankang-2020"), "nothing") is None


def test_known_facts_fill_their_fields_and_the_rest_stays_blank() -> None:
    used = form("shaoguan-2020", "form-1")
    facts = {
        "organisation.name": "韶关市某某公司",
        "class.training_type": "in-post",
        "class.starts_on": date(2020, 3, 20),
        "class.total_hours": Fraction(81, 2),
        "class.delegate": None,
    }
    extra = {
        "planned-persons": 38,
        "retraining-allowance": False,
        "plan": [{"课程资源名称": "焊接安全", "培训时长": 90}, ["焊接工艺", "要点", "录播", "45"]],
        "promise": Signed(person="测试甲", on=date(2020, 3, 10)),
    }
    data = forms.fill(used, facts, extra)
    shown = {
        name: place(used, data, name)
        for name in ("enterprise-name", "training-type", "period-start", "hours")
    }
    assert shown == {
        "enterprise-name": "韶关市某某公司",
        "training-type": "☐\u00a0岗前培训　☑\u00a0在岗培训　☐\u00a0转岗转业培训",
        "period-start": "2020年3月20日",
        "hours": "40.5",
    }
    assert place(used, data, "retraining-allowance") == "☐\u00a0是　☑\u00a0否"
    assert place(used, data, "period-end") == BLANK_DATE
    assert place(used, data, "institution-name") == ""
    assert place(used, data, "promise.person") == "测试甲"
    table = next(field for field in used.fields if field.id == "plan")
    assert data.rows(table) == (("焊接安全", "", "", "90"), ("焊接工艺", "要点", "录播", "45"))


def test_a_choice_takes_the_vocabularys_value_or_the_forms_word() -> None:
    used = form("ankang-2020", "class-application")
    filled = forms.fill(
        used, {"organisation.kind": "institution"}, {"certificate": "职业资格证", "provisional": True}
    )
    assert place(used, filled, "provider-kind") == "☐\u00a0企业　☑\u00a0目录清单内培训机构"
    assert place(used, filled, "certificate").count("☑") == 1
    assert place(used, filled, "provisional") == "☑\u00a0是　☐\u00a0否"
    unknown = forms.fill(used, {"organisation.kind": "platform"})
    assert "☑" not in place(used, unknown, "provider-kind")


def test_a_choice_in_a_text_field_is_worded() -> None:
    used = form("shaoguan-2020", "claim")
    data = forms.fill(used, {"class.training_type": "induction"})
    assert place(used, data, "training-type") == "岗前培训"


def test_a_roster_is_numbered_when_the_rows_are_not() -> None:
    used = form("jinan-2020", "roster")
    table = next(field for field in used.fields if field.kind == "table")
    people = [{"姓名": "测试甲"}, {"姓名": "测试乙"}]
    assert [row[:2] for row in forms.fill(used, {}, {"trainees": people}).rows(table)] == [
        ("1", "测试甲"),
        ("2", "测试乙"),
    ]
    short = FormData({"trainees": (("测试甲", "", "", "", ""),)})
    assert short.rows(table) == (("1", "测试甲", "", "", "", ""),)


@pytest.mark.parametrize(
    ("extra", "fault"),
    [
        ({"nonsense": "x"}, "has no field nonsense"),
        ({"period-start": "2020-03-20"}, "a date is needed"),
        ({"plan": "rows"}, "rows are needed"),
        ({"plan": [{"课程": "x"}]}, "row 1: no column 课程"),
    ],
)
def test_what_does_not_fit_a_field_is_refused(extra: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        forms.fill(form("shaoguan-2020", "form-1"), {}, extra)


def test_a_row_of_another_width_is_refused() -> None:
    used = form("shaoguan-2020", "form-1")
    with pytest.raises(ValueError, match="plan, row 2: 3 cells for 4 columns"):
        render_pdf(used, FormData({"plan": (("a", "b", "c", "d"), ("a", "b", "c"))}))
    with pytest.raises(ValueError, match="a table takes rows"):
        render_pdf(used, FormData({"plan": "a"}))


def test_a_tick_takes_only_yes_or_no() -> None:
    with pytest.raises(ValueError, match="ticked or not"):
        forms.fill(form("wuhai-2020", "annex-1"), {}, {"resources": "yes"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "是"),
        (12, "12"),
        (Fraction(6, 2), "3"),
        (Fraction(15, 2), "7.5"),
        (Fraction(1, 3), "1/3"),
        (Decimal("100.00"), "100"),
        (date(2020, 3, 2), "2020年3月2日"),
        (["a", "b"], "a、b"),
        ("a\r\nb\tc\x00\u200b", "a\nb c"),
        ("葛\U000e0100西", "葛西"),
        (Signed("同意", "测试甲"), "同意\n测试甲"),
    ],
)
def test_values_are_written_as_on_paper(value: object, text: str) -> None:
    assert written(value) == text


def test_a_long_label_is_folded_evenly() -> None:
    assert folded("培训平台或受托机构") == "培训平台或\n受托机构"
    assert folded("申请补贴总金额（元）") == "申请补贴总金额\n（元）"
    assert folded("企业名称") == "企业名称"
    assert folded("职业（工种）编码（2015版大典）") == "职业（工种）编码（2015版大典）"


def test_a_tables_columns_fill_the_grid() -> None:
    for scheme_id, form_id in (("shaoguan-2020", "annex-6"), ("ankang-2020", "online-plan")):
        for field in form(scheme_id, form_id).fields:
            if field.kind == "table":
                dealt = shares(field.columns)
                assert sum(dealt) == 24
                assert min(dealt) >= 1


LAYOUT = """
[[blocks]]
kind = "grid"
columns = [10, 20]
rows = [{rows}]
"""


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ('["{nothing}", ""]', "is no field of the form"),
        ('["{promise:9}", ""]', "is no promise or note"),
        ('[{ text = "", span = 3 }]', "row 1 is wider"),
        ('["only one"]', "row 1 does not fill"),
        ('["a", { text = "b", rows = 3 }], ["c"]', "reaches below"),
        ('{ table = "provider" }', "is no table"),
        ('["a", { text = "b", nonsense = 1 }]', "nonsense"),
        ('["a", "b"]', "no place for date, legal-representative, provider"),
    ],
)
def test_a_layout_that_does_not_fit_is_refused_with_its_fault(tmp_path: Path, rows: str, fault: str) -> None:
    path = tmp_path / "annex-3.toml"
    path.write_text(LAYOUT.replace("{rows}", rows), encoding="utf-8")
    with pytest.raises(LayoutFault, match=fault):
        read_layout(path, form("wuhai-2020", "annex-3"))


def test_records_must_fill_their_grid(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    for rows, fault in (
        ('{ table = "trainees" }', "do not fill the grid's 2"),
        ('["a", { text = "b", rows = 2 }], { table = "trainees" }', "do not fill"),
    ):
        path.write_text(LAYOUT.replace("{rows}", rows), encoding="utf-8")
        with pytest.raises(LayoutFault, match=fault):
            read_layout(path, form("wuhai-2020", "roster"))


def test_papers_are_saved_under_their_chinese_names() -> None:
    for response, ending in (
        (pdf_response(b"x", "开班/审核\r\n: 通知书"), "pdf"),
        (docx_response(b"x", "名册"), "docx"),
    ):
        disposition = response["Content-Disposition"]
        assert disposition.startswith("attachment; filename*=utf-8''%")
        assert disposition.endswith(f".{ending}")
        assert "\r" not in disposition
        assert response["X-Content-Type-Options"] == "nosniff"
