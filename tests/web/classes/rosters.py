"""Rosters as people hand them in."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import BytesIO

import xlsxwriter

from keshi.identity import make_id_number

HEADINGS = ("姓名", "身份证号码", "人员类别", "用工关系")
USUAL = ("在职职工", "劳动合同")


def numbers(count: int, district: str = "440203") -> Iterator[str]:
    """Different sound identity numbers."""
    for place in range(count):
        day, serial = divmod(place, 900)
        yield make_id_number(district, date(1980, 2, 3) + timedelta(days=day), serial + 50)


def rows(count: int) -> list[tuple[str, ...]]:
    """People of the heading's columns."""
    return [(f"测试{place}号", number, *USUAL) for place, number in enumerate(numbers(count))]


def pasted(people: Sequence[Sequence[str]]) -> str:
    """Cells as they come from a workbook's clipboard."""
    return "\n".join("\t".join(row) for row in (HEADINGS, *people))


def workbook(people: Sequence[Sequence[str]]) -> bytes:
    """An .xlsx file."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("学员")
    for place, row in enumerate((HEADINGS, *people)):
        sheet.write_row(place, 0, row)
    book.close()
    return out.getvalue()
