"""A list as an Excel workbook. Every text cell is written as text, so none can become a formula."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO

import xlsxwriter
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from keshi_web.common import clock

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from keshi_web.ui.lists import Column

MOST_ROWS = 200_000
"""Rows of one workbook; a longer list has to be narrowed first."""
_CHUNK = 2_000
_CELL = 32_767
_WIDTHS = {"number": 10, "money": 14, "day": 12, "moment": 17, "clock": 12, "state": 12}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_response(
    title: str, columns: Sequence["Column"], rows: QuerySet[Any] | Sequence[Any], request: HttpRequest
) -> HttpResponse | FileResponse:
    """The rows as a download; too long a list goes back to the page with a sentence that says so."""
    probe = rows[MOST_ROWS : MOST_ROWS + 1]
    if probe.exists() if isinstance(probe, QuerySet) else probe:
        messages.error(
            request,
            _("超过 %(most)s 条，无法一次导出。请先用查询条件缩小范围。") % {"most": f"{MOST_ROWS:,}"},
        )
        query = request.GET.copy()
        query.pop("export", None)
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    # The file is closed, and so removed, when the response has been sent.
    file = TemporaryFile()  # noqa: SIM115
    write_workbook(file, title, columns, _streamed(rows))
    file.seek(0)
    name = f"{title or _('列表')}_{clock.today():%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPE)


def write_workbook(file: BinaryIO, title: str, columns: Sequence["Column"], rows: Iterable[Any]) -> int:
    """Write the rows to a workbook, one at a time; answers how many there were."""
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#E3EEFB", "bottom": 1, "valign": "vcenter"})
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "number": book.add_format({"num_format": "#,##0"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "clock": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(column.kind, 24))
        sheet.write_string(0, place, str(column.label), head)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            _write(sheet, count, place, column.kind, column.exported(row), formats.get(column.kind))
    if count:
        sheet.autofilter(0, 0, count, len(columns) - 1)
    book.close()
    return count


def _write(sheet: "Worksheet", row: int, place: int, kind: str, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if kind == "money" and isinstance(value, int):
        sheet.write_number(row, place, Decimal(value).scaleb(-2), style)
    elif isinstance(value, bool):
        sheet.write_string(row, place, _("是") if value else _("否"))
    elif isinstance(value, int | Decimal) and abs(value) < 10**15:  # more digits than that, Excel loses
        sheet.write_number(row, place, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.astimezone(clock.ZONE).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, style)
    else:
        sheet.write_string(row, place, str(value)[:_CELL])


def _streamed(rows: QuerySet[Any] | Sequence[Any]) -> Iterator[Any]:
    yield from rows.iterator(chunk_size=_CHUNK) if isinstance(rows, QuerySet) else rows


def _sheet_name(title: str) -> str:
    clean = "".join(" " if character in "[]:*?/\\'" else character for character in title).strip()
    return clean[:31] or "Sheet1"
