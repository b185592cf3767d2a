"""What all workbooks that are written share: text stays text, files appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

Worksheet = Any
"""A sheet of xlsxwriter, which declares no types."""
MOST_TEXT_IN_CELL = 32_767
A4 = 9
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"},
    "header": {
        "bold": True,
        "bg_color": "#DCE6F1",
        "border": 1,
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
        "num_format": "@",
    },
    "text": {"num_format": "@", "valign": "top"},
    "wrapped": {"num_format": "@", "text_wrap": True, "valign": "top"},
    "bold": {"num_format": "@", "bold": True},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "duration": {"num_format": "[h]:mm:ss"},
    "number": {"num_format": "General"},
    "whole": {"num_format": "0"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "money-total": {"num_format": "#,##0.00", "align": "right", "bold": True, "top": 1},
    "text-total": {"num_format": "@", "bold": True, "top": 1},
}
_WRONG = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}


class Book:
    """A workbook being written, with the formats by name."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self._formats: dict[tuple[str, bool], Any] = {}

    def format(self, name: str, *, wrong: bool = False) -> Any:
        """A format by name; `wrong` colours the cell as one to mend."""
        if (name, wrong) not in self._formats:
            properties = _FORMATS[name] | (_WRONG if wrong else {})
            self._formats[name, wrong] = self.workbook.add_format(properties)
        return self._formats[name, wrong]

    def sheet(self, name: str) -> Worksheet:
        return self.workbook.add_worksheet(name)

    def text(
        self, sheet: Worksheet, row: int, column: int, text: str, style: str = "text", **how: bool
    ) -> None:
        """Text as it is, whatever it starts with: = + - @ must not become a formula."""
        if len(text) > MOST_TEXT_IN_CELL:
            text = f"{text[: MOST_TEXT_IN_CELL - 1]}…"
        if text:
            sheet.write_string(row, column, text, self.format(style, **how))
        else:
            sheet.write_blank(row, column, None, self.format(style, **how))

    def texts(self, sheet: Worksheet, row: int, texts: list[str], style: str = "text") -> None:
        """A row of texts from its first column on."""
        for column, text in enumerate(texts):
            self.text(sheet, row, column, text, style)

    def money(self, sheet: Worksheet, row: int, column: int, fen: int, style: str = "money") -> None:
        """An amount as a number cell in yuan: the double nearest to a whole number of fen shows exactly that."""
        sheet.write_number(row, column, fen / 100, self.format(style))


@contextmanager
def new_book(path: Path) -> Iterator[Book]:
    """A workbook that is put at `path` when all of it is written, and not at all when something fails."""
    # Imported here: most commands write no workbook.
    import xlsxwriter  # type: ignore[import-untyped]

    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    # The same content gives the same bytes: the moment of writing is not part of it.
    workbook.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - the format knows no zone
    yield Book(workbook)
    workbook.close()
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(buffer.getvalue())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def for_print(sheet: Worksheet, header_row: int) -> None:
    """Landscape A4, as wide as one page, the header on every page, page numbers below; the header stays in sight."""
    sheet.freeze_panes(header_row + 1, 0)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, header_row)
    sheet.set_footer("&C&P / &N")
