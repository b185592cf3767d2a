"""An export as a workbook: every cell a text, the mark on every printed page and in the last row."""

from typing import BinaryIO

import xlsxwriter

from keshi_web.people.services import Exported

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_export(file: BinaryIO, out: Exported) -> None:
    """Write headings, rows and mark."""
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    text = book.add_format({"num_format": "@"})
    sheet.set_column(0, len(out.headings) - 1, 24, text)
    sheet.set_footer(f"&C{out.mark.replace('&', '&&')}")
    for number, cells in enumerate([out.headings, *out.rows, [out.mark]]):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell, text)
    book.set_properties({"comments": out.mark})
    book.close()
