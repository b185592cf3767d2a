"""How much of a file is opened, and what was learnt about it before opening."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keshi.problems import BadInput, Problem
from keshi.workbook.grid import Fault

MIB = 1024 * 1024
MOST_BYTES = 32 * MIB
"""Of the file itself. A roster of 50 000 people takes 5 MiB."""
MOST_UNPACKED = 192 * MIB
"""Of all parts of a .xlsx together, unpacked. The same roster takes 40 MiB."""
MOST_RATIO = 250
"""How many times larger an unpacked part may be. Sheets reach 40, a part of nothing but zeros 1 000."""
RATIO_FREE = 4 * MIB
"""A part up to this size is harmless whatever its ratio."""
MOST_PARTS = 4_000
MOST_COLUMNS = 1_000
MOST_AREA = 6_000_000
"""Rows × columns up to the last filled cell, which is what reading costs in memory: of a sheet, and of all."""
MOST_TEXT = 256 * MIB
"""Of all texts of a sheet when a shared one is counted each time it is used."""
MOST_SHEETS = 100


@dataclass(frozen=True, slots=True)
class Inspected:
    """A workbook that may be opened: its bytes, and by sheet what the reader would not tell."""

    data: bytes
    faults: Mapping[int, Mapping[tuple[int, int], Fault]] = field(default_factory=dict)
    formulas: Mapping[int, int] = field(default_factory=dict)
    from_1904: bool = False


def check_extent(where: str, rows: int, columns: int) -> None:
    """Refuse a sheet that is too wide, or whose filled area is too large."""
    if columns > MOST_COLUMNS:
        params = {"columns": columns, "most": MOST_COLUMNS}
        raise BadInput(Problem("file-too-wide", where, params=params))
    if rows * columns > MOST_AREA:
        params = {"rows": rows, "columns": columns, "most": MOST_AREA}
        raise BadInput(Problem("file-area-too-large", where, params=params))
