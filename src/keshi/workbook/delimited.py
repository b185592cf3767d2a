"""A roster as delimited text: its encoding and delimiter are found out, its cells stay texts."""

import codecs
import csv
import re
from io import StringIO
from pathlib import Path

from keshi.problems import BadInput, Problem
from keshi.workbook.grid import Sheet
from keshi.workbook.limits import check_extent

_DELIMITERS = (",", ";", "\t")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_LOOKED_AT = 30


def read_delimited(path: Path, data: bytes) -> Sheet:
    """The one sheet of the file, named as a spreadsheet program names it: after the file.

    Raises:
        BadInput: no text in UTF-8, UTF-16 with a mark, or GB18030; quotes that do not close; too large.
    """
    text = _decoded(path, data)
    start = "\n".join(text.split("\n", _LOOKED_AT)[:_LOOKED_AT])
    delimiter = max(_DELIMITERS, key=lambda mark: _columns(start, mark))
    rows: list[list[object]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows.extend([_plain(cell) for cell in row] for row in reader)
    except csv.Error as error:
        raise BadInput(
            Problem("file-csv", f"{path.name}:{reader.line_num}", params={"detail": str(error)})
        ) from None
    sheet = Sheet(path.stem, rows)
    check_extent(path.name, len(rows), sheet.width)
    for row in rows:
        row.extend([""] * (sheet.width - len(row)))
    return sheet


def _decoded(path: Path, data: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Any file of bytes may pass for GB18030; text has no control characters.
        if _CONTROL.search(text):
            raise BadInput(Problem("file-not-workbook", path.name))
        return text
    raise BadInput(Problem("file-encoding", path.name))


def _columns(start: str, delimiter: str) -> int:
    """The widest row that this delimiter makes; a wrong one makes one column, or what a title happens to hold."""
    try:
        return max(map(len, csv.reader(StringIO(start, newline=""), delimiter=delimiter)), default=0)
    except csv.Error:
        return 0


def _plain(cell: str) -> str:
    """A cell without the tricks that keep a spreadsheet program from turning digits into a number."""
    if cell[:1] == "=" and (found := _QUOTED_FORMULA.fullmatch(cell)):
        return found[1]
    return cell
