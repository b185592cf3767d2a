"""The sheet 班级: labels with their value beside them, in one pair a row or several."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from keshi.case.values import Refused, problem
from keshi.problems import Problem
from keshi.vocabulary import Fact, Label
from keshi.workbook.cells import converter
from keshi.workbook.grid import Fault, Sheet, cell_place
from keshi.workbook.table import MOST_NOTED, is_blank
from keshi.workbook.words import ITEM, SCHEME, Lexicon, class_lexicon, plain, plain_set, words

JUDGEMENT = "judgements."


class Pair(NamedTuple):
    """A label and the cell where its value is."""

    row: int
    column: int
    label: str
    fact: Fact | None
    """None for a judgement, which is named by its rule."""


@dataclass(slots=True)
class Keyed:
    """The values of the sheet by the full name of their fact, or `judgements.<rule>`."""

    sheet: Sheet
    values: dict[str, Any] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def place(self, name: str) -> str | None:
        """The cell of a value, or None when the sheet does not name it."""
        pair = self.pairs.get(name)
        return cell_place(self.sheet.name, pair.row, pair.column, pair.label) if pair else None


def read_keyed(sheet: Sheet) -> Keyed:
    """Every label that is known, with the value right of it; other cells that hold something are noted."""
    found = Keyed(sheet)
    lexicon = class_lexicon()
    headings = plain_set(words()["class_headings"]["words"])
    explaining = plain_set(words()["class_headings"]["explaining"])
    explained: set[int] = set()
    unread: list[str] = []
    for row, cells in enumerate(sheet.rows):
        filled = [column for column, cell in enumerate(cells) if not is_blank(cell)]
        texts = {column: plain(cells[column]) for column in filled if isinstance(cells[column], str)}
        explained.update(column for column, text in texts.items() if text in explaining)
        taken = _pairs(found, lexicon, row, cells)
        # A text alone in its row is a title: it has no value that could be lost.
        if len(filled) > 1 or taken:
            unread += [
                cell_place("", row, column)[1:]
                for column in filled
                if column not in taken and column not in explained and texts.get(column) not in headings
            ]
        _note_unknown(
            found, lexicon, row, cells, [column for column in filled if column not in taken | explained]
        )
    if unread:
        shown = "、".join(unread[:MOST_NOTED]) + ("…" if len(unread) > MOST_NOTED else "")
        params = {"count": len(unread), "places": shown}
        found.notes.append(Problem("workbook-cells-unused", sheet.name, params=params))
    return found


def _pairs(found: Keyed, lexicon: Lexicon, row: int, cells: list[Any]) -> set[int]:
    """Take the pairs of one row; the columns they took."""
    taken: set[int] = set()
    column = 0
    while column < len(cells):
        label = cells[column]
        name, fact = _named(lexicon, label)
        if not name:
            column += 1
            continue
        at = _right_of(found.sheet, row, column)
        taken |= {column, at}
        _take(
            found,
            name,
            Pair(row, at, label.strip().strip("*＊:： "), fact),
            cells[at] if at < len(cells) else "",
        )
        column = at + 1
    return taken


def _named(lexicon: Lexicon, label: Any) -> tuple[str, Fact | None]:
    if not isinstance(label, str):
        return "", None
    if label.strip().startswith(JUDGEMENT):
        return label.strip(), None
    meaning = lexicon.find(label)
    return (meaning.fact.name, meaning.fact) if meaning and meaning.fact else ("", None)


def _right_of(sheet: Sheet, row: int, column: int) -> int:
    """The next column, past the cells that a merged label covers."""
    return 1 + next(
        (
            merge.right
            for merge in sheet.merged
            if merge.top <= row <= merge.bottom and merge.left <= column <= merge.right
        ),
        column,
    )


def _take(found: Keyed, name: str, pair: Pair, value: Any) -> None:
    where = cell_place(found.sheet.name, pair.row, pair.column, pair.label)
    first = found.pairs.setdefault(name, pair)
    if is_blank(value):
        return
    fact = pair.fact or _judgement(name)
    try:
        converted = converter(fact, from_1904=found.sheet.from_1904)(value)
    except Refused as refused:
        told = problem(refused, fact, where, value)
        found.problems.append(replace(told, value=None) if isinstance(value, Fault) else told)
        return
    if converted is None:
        return
    if fact in (SCHEME, ITEM):
        # The drop-down shows the title after the name.
        converted = converted.split()[0]
    if name not in found.values:
        found.values[name] = converted
        found.pairs[name] = pair
    elif found.values[name] != converted:
        params = {"label": pair.label, "first": cell_place(found.sheet.name, first.row, first.column)}
        found.problems.append(Problem("workbook-label-twice", where, None, params))


def _judgement(name: str) -> Fact:
    label = Label(zh=name, en=name)
    return Fact(name=name, type="boolean", label=label, source=label)


def _note_unknown(found: Keyed, lexicon: Lexicon, row: int, cells: list[Any], columns: list[int]) -> None:
    """A label that is nearly a known one, with a value beside it, is likely a slip."""
    for column in columns:
        text = cells[column]
        beside = cells[column + 1] if column + 1 < len(cells) else ""
        if isinstance(text, str) and not is_blank(beside) and (near := lexicon.near(text)):
            where = cell_place(found.sheet.name, row, column)
            found.notes.append(Problem("workbook-label-unknown-near", where, text.strip(), {"near": near}))
