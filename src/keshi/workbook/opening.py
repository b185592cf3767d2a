"""From a file that somebody sent to plain sheets, after making sure that it is what it says and not a trap."""

from io import BytesIO
from pathlib import Path
from typing import NoReturn

from keshi.problems import BadInput, Problem
from keshi.workbook.delimited import read_delimited
from keshi.workbook.grid import Merge, Sheet
from keshi.workbook.limits import MOST_AREA, MOST_BYTES, Inspected, check_extent
from keshi.workbook.ole import OLE_MAGIC, inspect_ole
from keshi.workbook.package import ZIP_MAGIC, inspect_package

_OTHER_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
)
_HTML = (b"<!doctype html", b"<html", b"<table", b"<meta")
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")


def open_sheets(path: Path) -> list[Sheet]:
    """Every worksheet of a `.xlsx` or `.xls` workbook, or the one sheet of a `.csv`; what it is, its content says.

    Raises:
        BadInput: absent, too large, no workbook, encrypted, damaged, or made to exhaust whoever opens it.
    """
    data = read_bytes(path)
    if data.startswith(ZIP_MAGIC):
        return _worksheets(path, inspect_package(path.name, data))
    if data.startswith(OLE_MAGIC):
        return _worksheets(path, inspect_ole(path.name, data))
    _refuse_other_kinds(path, data)
    if path.suffix.lower() in TEXT_SUFFIXES:
        return [read_delimited(path, data)]
    raise BadInput(Problem("file-not-workbook", path.name))


def read_bytes(path: Path) -> bytes:
    """The bytes of the file, which are at most `MOST_BYTES`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(Problem("file-too-large", path.name, params={"most": MOST_BYTES // 1024**2}))
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(Problem("file-absent", path.name)) from None
    except OSError as error:
        raise BadInput(
            Problem("file-unreadable", path.name, params={"detail": error.strerror or ""})
        ) from None


def _refuse_other_kinds(path: Path, data: bytes) -> None:
    if not data.strip():
        raise BadInput(Problem("file-empty", path.name))
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic):
            raise BadInput(Problem("file-other-kind", path.name, params={"kind": kind}))
    # Many web systems offer an HTML page under the name of a workbook.
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_HTML):
        raise BadInput(Problem("file-other-kind", path.name, params={"kind": "HTML"}))


def _worksheets(path: Path, inspected: Inspected) -> list[Sheet]:
    # Imported here: most commands read no workbook.
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    def damaged(detail: object) -> NoReturn:
        raise BadInput(Problem("file-damaged", path.name, params={"detail": str(detail)})) from None

    try:
        with load_workbook(BytesIO(inspected.data)) as workbook:
            sheets = []
            area = 0
            for index, about in enumerate(workbook.sheets_metadata):
                if about.typ is not SheetTypeEnum.WorkSheet:
                    continue
                found = workbook.get_sheet_by_index(index)
                last_row, last_column = found.end or (-1, -1)
                area += (last_row + 1) * (last_column + 1)
                if area > MOST_AREA:
                    check_extent(path.name, area, 1)
                sheet = Sheet(
                    about.name,
                    found.to_python(skip_empty_area=False),
                    [Merge(*start, *end) for start, end in found.merged_cell_ranges or ()],
                    about.visible is not SheetVisibleEnum.Visible,
                    from_1904=inspected.from_1904,
                )
                _mark_faults(sheet, inspected, index)
                sheets.append(sheet)
            return sheets
    except PasswordError:
        raise BadInput(Problem("file-encrypted", path.name)) from None
    except (CalamineError, OSError, ValueError) as error:
        damaged(error)
    except BaseException as error:
        # The reader's native code reports its own failures as a PanicException, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        damaged("panic")


def _mark_faults(sheet: Sheet, inspected: Inspected, index: int) -> None:
    """Put a Fault where the reader left an error or an uncalculated formula looking empty."""
    sheet.formulas = inspected.formulas.get(index, 0)
    faults = inspected.faults.get(index, {})
    if not faults:
        return
    sheet.width = max(sheet.width, 1 + max(column for _, column in faults))
    sheet.rows.extend([] for _ in range(len(sheet.rows), 1 + max(row for row, _ in faults)))
    for cells in sheet.rows:
        cells.extend([""] * (sheet.width - len(cells)))
    for (row, column), fault in faults.items():
        sheet.rows[row][column] = fault
