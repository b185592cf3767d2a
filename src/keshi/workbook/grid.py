"""A sheet as plain rows of values, and the names of its cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple


class Fault(Enum):
    """A cell that shows something to its owner but holds no value that could be used."""

    ERROR = "error"
    """An error such as #N/A: the reader of the file would otherwise take it for an empty cell."""
    UNCALCULATED = "uncalculated"
    """A formula whose result was never saved."""


class Merge(NamedTuple):
    """A merged range, inclusive, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet: rows from its first row on, each as wide as the sheet; an empty cell is ""."""

    name: str
    rows: list[list[Any]]
    merged: Sequence[Merge] = ()
    hidden: bool = False
    formulas: int = 0
    """Cells whose value is the saved result of a formula."""
    from_1904: bool = False
    """Day numbers count from 1904, as older Macs did."""
    width: int = field(init=False)

    def __post_init__(self) -> None:
        self.width = max(map(len, self.rows), default=0)


def column_name(index: int) -> str:
    """The letters of a column counted from 0: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_index(name: str) -> int:
    """The column of its letters, counted from 0."""
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def cell_place(sheet: str, row: int, column: int | None, label: str = "") -> str:
    """`学员!C7（姓名）`; a whole row, `学员!7:7（姓名）`, when the sheet has no such column."""
    cell = f"{row + 1}:{row + 1}" if column is None else f"{column_name(column)}{row + 1}"
    return f"{sheet}!{cell}（{label}）" if label else f"{sheet}!{cell}"


class Spot(NamedTuple):
    """A place that `cell_place` wrote, taken apart; no column when it means the whole row."""

    sheet: str
    row: int
    column: int | None


_SPOT = re.compile(
    r"(?P<sheet>.+)!(?:(?P<letters>[A-Z]{1,3})(?P<row>[0-9]+)|(?P<whole>[0-9]+):[0-9]+)(?:（.*)?", re.S
)


def find_spot(where: str) -> Spot | None:
    """The cell that a place names, or None when it names none."""
    found = _SPOT.fullmatch(where)
    if found is None:
        return None
    if found["whole"]:
        return Spot(found["sheet"], int(found["whole"]) - 1, None)
    return Spot(found["sheet"], int(found["row"]) - 1, column_index(found["letters"]))
