"""The user's own workbook given back with what is wrong beside every row, and the cells to mend coloured."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from keshi.messages import Lang, message
from keshi.problems import Problem
from keshi.workbook.grid import Fault, Sheet, column_name, find_spot
from keshi.workbook.opening import open_sheets
from keshi.workbook.table import find_header
from keshi.workbook.words import history_lexicon, roster_lexicon
from keshi.workbook.writing import Book, Worksheet, new_book

_IDENTITY = "trainee.id_number"
_MOST_SHEET_NAME = 31


@dataclass(slots=True)
class _Marks:
    """What is said of one sheet: by row, and the cells concerned."""

    rows: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    cells: set[tuple[int, int]] = field(default_factory=set)


def write_marked(source: Path, problems: Iterable[Problem], path: Path, lang: Lang = "zh") -> None:
    """Write the workbook at `source` again with every problem at its cell, and all of them on a sheet of their own.

    Sheets, their order, texts, numbers, dates and merged cells are kept. Not kept are fonts, colours, column
    widths, drop-downs, notes, pictures and formulas: of a formula its saved result is written.

    Raises:
        BadInput: the source cannot be opened.
    """
    sheets = open_sheets(source)
    listed = list(problems)
    marks: dict[str, _Marks] = defaultdict(_Marks)
    for problem in listed:
        spot = find_spot(problem.where)
        if spot is None:
            continue
        mark = marks[spot.sheet]
        cell = "" if spot.column is None else f"{column_name(spot.column)}{spot.row + 1} "
        mark.rows[spot.row].append(cell + _said(problem, lang))
        if spot.column is not None:
            mark.cells.add((spot.row, spot.column))
    with new_book(path) as book:
        _list_problems(book, lang, listed)
        for sheet in sheets:
            _copy(book, lang, sheet, marks.get(sheet.name, _Marks()))


def _said(problem: Problem, lang: Lang) -> str:
    found = "" if problem.value is None else message("found-value", lang, value=problem.value)
    return problem.text(lang) + found


def _list_problems(book: Book, lang: Lang, problems: list[Problem]) -> None:
    sheet = book.sheet(message("marked-sheet", lang))
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 110)
    book.texts(sheet, 0, [message("marked-place", lang), message("marked-problem", lang)], "header")
    sheet.freeze_panes(1, 0)
    for row, problem in enumerate(problems, start=1):
        book.text(sheet, row, 0, problem.where)
        book.text(sheet, row, 1, _said(problem, lang), "wrapped")


def _copy(book: Book, lang: Lang, sheet: Sheet, marks: _Marks) -> None:
    """One sheet with its values, merged cells and, right of them, the remarks."""
    written = book.sheet(sheet.name[:_MOST_SHEET_NAME])
    if sheet.hidden:
        written.hide()
    _merge(book, written, sheet)
    for row, cells in enumerate(sheet.rows):
        for column, value in enumerate(cells):
            wrong = (row, column) in marks.cells
            if value != "" or wrong:
                _write(book, written, row, column, value, wrong)
    if not marks.rows:
        return
    header = _header_row(sheet)
    beside = sheet.width
    written.set_column(beside, beside, 80)
    if header not in marks.rows:
        book.text(written, header, beside, message("marked-column", lang), "header")
    for row, said in marks.rows.items():
        book.text(written, row, beside, "\n".join(said), "wrapped", wrong=True)
    # A cell past the end of the sheet, such as an empty one of a short row, is coloured too.
    for row, column in marks.cells:
        if row >= len(sheet.rows) or column >= len(sheet.rows[row]):
            written.write_blank(row, column, None, book.format("text", wrong=True))


def _header_row(sheet: Sheet) -> int:
    for lexicon in (roster_lexicon(), history_lexicon()):
        if header := find_header(sheet, lexicon, _IDENTITY):
            return header.bottom
    return 0


def _merge(book: Book, written: Worksheet, sheet: Sheet) -> None:
    from xlsxwriter.exceptions import OverlappingRange  # type: ignore[import-untyped]

    for merge in sheet.merged:
        if (merge.top, merge.left) == (merge.bottom, merge.right):
            continue
        try:
            written.merge_range(*merge, "", book.format("text"))
        except OverlappingRange:
            # Such a file is broken; its values are worth more than its shape.
            continue


def _write(book: Book, written: Worksheet, row: int, column: int, value: Any, wrong: bool) -> None:
    """A value as what it is; formats follow from its kind."""

    def style(name: str) -> Any:
        return book.format(name, wrong=wrong)

    match value:
        case bool():
            written.write_boolean(row, column, value, style("text"))
        case int() | float():
            written.write_number(row, column, value, style("number"))
        case datetime():
            written.write_datetime(row, column, value, style("moment"))
        case date():
            written.write_datetime(row, column, value, style("date"))
        case time() | timedelta():
            written.write_datetime(row, column, value, style("duration"))
        case Fault():
            written.write_blank(row, column, None, style("text"))
        case "":
            written.write_blank(row, column, None, style("text"))
        case _:
            book.text(written, row, column, str(value), "text", wrong=wrong)
