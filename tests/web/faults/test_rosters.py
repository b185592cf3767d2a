"""Rosters as people really send them: what is broken is named row by row, and nothing in a cell ever acts."""

from datetime import date

import pytest
from django.urls import reverse

from keshi.identity import make_id_number
from keshi_web.classes.models import Filing, RosterImport
from keshi_web.classes.sample import actor
from keshi_web.classes.services import roster

from .conftest import Enter, said
from .hostile import formulas
from .test_uploads import _Raw

HEAD = "姓名,身份证号码,手机号码,人员类别,用工关系,是否一线员工"
FIRST = make_id_number("210802", date(1985, 5, 5), 1)
ROW = f"测试甲,{FIRST},,在职职工,劳动合同,是"
WIDE = FIRST.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789"})


def read(client, draft: Filing, name: str, content: bytes):
    """The preview of an upload, all rows shown."""
    answer = client.post(
        reverse("classes:upload", args=[draft.process.number]), {"file": _Raw(name, content)}
    )
    assert answer.status_code == 302, said(answer)
    made = RosterImport.objects.latest("at")
    return made, client.get(answer["Location"] + "?only=all").content.decode()


@pytest.mark.parametrize(
    ("what", "content", "faulty"),
    [
        ("GBK", f"{HEAD}\n{ROW}".encode("gbk"), 0),
        ("full-width digits", f"{HEAD}\n{ROW.replace(FIRST, WIDE)}".encode(), 0),
        ("a person twice", f"{HEAD}\n{ROW}\n{ROW}".encode(), 1),
        ("no heading", ROW.encode(), 0),
        ("only a heading", HEAD.encode(), 0),
    ],
)
def test_a_broken_roster_is_shown_with_what_is_wrong(
    enter: Enter, draft: Filing, what: str, content: bytes, faulty: int
) -> None:
    made, page = read(enter("yingkou-jia"), draft, "名册.csv", content)
    assert made.faulty == faulty, what
    if what in ("no heading", "only a heading"):
        assert made.state == RosterImport.State.FAILED
        assert "文件有以下问题" in page
    else:
        assert made.state == RosterImport.State.PREVIEW


def test_markup_and_formulas_in_cells_stay_text(enter: Enter, draft: Filing) -> None:
    cells = ["<b onclick=alert(1)>甲</b>", "=cmd|' /C calc'!A0", "@SUM(1)"]
    rows = [f'"{cell}",{make_id_number("210802", date(1985, 5, 6), n)},,在职职工,劳动合同,是'
            for n, cell in enumerate(cells, 1)]  # fmt: skip
    _made, page = read(enter("yingkou-jia"), draft, "名册.csv", "\n".join([HEAD, *rows]).encode())
    assert "<b onclick" not in page
    assert "&lt;b onclick=alert(1)&gt;" in page


def test_a_number_that_excel_rounded_is_never_taken(enter: Enter, draft: Filing) -> None:
    rows = [HEAD, "测试甲,2.10802E+17,,在职职工,劳动合同,是"]
    made, _page = read(enter("yingkou-jia"), draft, "名册.csv", "\n".join(rows).encode())
    assert made.faulty or made.state == RosterImport.State.FAILED


def test_formulas_of_a_workbook_are_not_taken_for_names(enter: Enter, draft: Filing) -> None:
    made, page = read(enter("yingkou-jia"), draft, "名册.xlsx", formulas("=cmd|' /C calc'!A0"))
    assert made.faulty or made.state == RosterImport.State.FAILED
    assert "公式" in page


def test_a_roster_of_too_many_is_refused_as_a_whole(enter: Enter, draft: Filing) -> None:
    enter("yingkou-jia")
    text = "\n".join([HEAD, *["测试甲,1,,,,"] * (roster.MOST_ROWS + 1)])
    made = roster.paste(draft.pk, text, by=actor("yingkou-jia"))
    assert made.state == RosterImport.State.FAILED
    assert made.rows_total == 0
