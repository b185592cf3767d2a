"""A sheet with a header and a row for each record: finding the header, reading the rows, losing none."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from keshi.case.values import Refused, problem, reader
from keshi.identity import check_id_number, mask_id_number
from keshi.problems import Problem
from keshi.vocabulary import Fact
from keshi.workbook.cells import converter
from keshi.workbook.grid import Fault, Sheet, cell_place, column_name
from keshi.workbook.words import Lexicon, plain, plain_start, words

HEADER_WITHIN = 30
"""A header stands among the first rows; titles and forms of address take no more."""
_HEADER_ROWS = 3
MOST_NOTED = 20
"""Places named one by one in a note; beyond that the count says enough."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: where it stands, what it says above it, what it means."""

    index: int
    label: str
    fact: Fact
    key: str
    """The fact's name after its room, which is its key in a case."""
    unit_in_cell: bool


@dataclass(slots=True)
class Header:
    """The header of a table: its rows and what its columns mean."""

    top: int
    bottom: int
    columns: list[Column] = field(default_factory=list)
    unused: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    misleading: list[tuple[int, str, str]] = field(default_factory=list)

    def column(self, name: str) -> Column | None:
        """The column of a fact, by its full name."""
        return next((column for column in self.columns if column.fact.name == name), None)


@dataclass(frozen=True, slots=True)
class RowCount:
    """What became of the rows below a header."""

    read: int = 0
    refused: int = 0
    blank: int = 0
    """Rows with nothing but perhaps a serial number."""
    total: int = 0
    """Rows that count or explain others: totals, repeated headers, remarks under the table."""

    @property
    def there(self) -> int:
        """Rows that stand for a record: each was read or refused."""
        return self.read + self.refused

    @property
    def below_header(self) -> int:
        return self.there + self.blank + self.total


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that could not be read as it is: what it says by key, as written where a value was refused."""

    record: dict[str, Any]
    place: str
    problems: list[Problem]


@dataclass(slots=True)
class Table:
    """A table that was read."""

    sheet: Sheet
    header: Header
    records: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    """The sheet's row of every record, counted from 0."""
    count: RowCount = field(default_factory=RowCount)
    refused: set[str] = field(default_factory=set)
    """Identities of the refused rows, as far as they were readable."""
    refused_rows: list[RefusedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def place(self, record: int, key: str) -> str:
        """The cell where a value of a record stands, or its row where there is no such column."""
        row = self.rows[record]
        for column in self.header.columns:
            if column.key == key:
                return cell_place(self.sheet.name, row, column.index, column.label)
        return cell_place(self.sheet.name, row, None)


def is_blank(value: Any) -> bool:
    """Whether a cell holds nothing a person would see."""
    return isinstance(value, str) and not value.strip()


# Header --------------------------------------------------------------------------------------------------


def find_header(sheet: Sheet, lexicon: Lexicon, key: str | None) -> Header | None:
    """The row that names most columns, at least two and that of `key` among them; with its second row if any."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        meanings = [lexicon.find(cell) for cell in row if isinstance(cell, str) and cell]
        known = sum(1 for meaning in meanings if meaning)
        if known >= 2 and (best is None or known > best[0]):
            best = known, index
    if best is None:
        return None
    header = _read_header(sheet, lexicon, best[1])
    return header if key is None or header.column(key) else None


def _read_header(sheet: Sheet, lexicon: Lexicon, top: int) -> Header:
    # A heading merged down marks a header of several rows; an empty merged cell says nothing.
    bottom = max(
        (
            merge.bottom
            for merge in sheet.merged
            if top - 1 <= merge.top <= top <= merge.bottom < merge.top + _HEADER_ROWS
            and merge.left < len(sheet.rows[merge.top])
            and not is_blank(sheet.rows[merge.top][merge.left])
        ),
        default=top,
    )
    top = min((merge.top for merge in sheet.merged if merge.top == top - 1 < merge.bottom), default=top)
    header = Header(top, bottom)
    rows = [_spread(sheet, row) for row in range(top, min(bottom + 1, len(sheet.rows)))]
    for index in range(sheet.width):
        parts = list(dict.fromkeys(text for row in rows if (text := row[index])))
        if not parts:
            continue
        label = "".join(parts).strip("*＊:： ")
        meaning = lexicon.find(label, parts[-1])
        if meaning is None:
            header.unknown.append((index, label))
        elif meaning.misleading:
            header.misleading.append((index, label, meaning.misleading))
        elif meaning.fact is None:
            header.unused.append((index, label))
        else:
            fact = meaning.fact
            key = fact.name.partition(".")[2]
            header.columns.append(Column(index, label, fact, key, meaning.unit_in_cell))
    return header


def _spread(sheet: Sheet, row: int) -> list[str]:
    """A header row with a heading over several columns repeated over each."""
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in sheet.rows[row]]
    texts += [""] * (sheet.width - len(texts))
    for merge in sheet.merged:
        if merge.top <= row <= merge.bottom and merge.left < len(texts):
            start = sheet.rows[merge.top][merge.left] if merge.left < len(sheet.rows[merge.top]) else ""
            if isinstance(start, str):
                for column in range(merge.left, min(merge.right + 1, len(texts))):
                    texts[column] = start.strip()
    return texts


# Rows ----------------------------------------------------------------------------------------------------


def read_table(sheet: Sheet, header: Header, lexicon: Lexicon, *, identity: str | None = None) -> Table:
    """All rows below the header; `identity` is the fact that every record must have."""
    table = Table(sheet, header)
    _judge_header(table, lexicon)
    kept = _records(table, lexicon, identity)
    columns = [column for column in header.columns if header.column(column.fact.name) is column]
    _fill_down(table, columns, identity)
    values: list[list[Any]] = []
    bad: set[int] = set()
    identities: list[Any] = []
    for column in columns:
        converted, refused = _convert(
            column, [sheet.rows[row][column.index] for row in kept], sheet.from_1904
        )
        values.append(converted)
        bad |= refused
        if column.fact.name == identity and None in converted:
            bad.update(at for at, value in enumerate(converted) if value is None)
        if column.fact.name == identity:
            identities = converted
    for at in sorted(bad):
        cells = [(column, found[at]) for column, found in zip(columns, values, strict=True)]
        before = len(table.problems)
        _explain(table, kept[at], cells, identity)
        table.refused_rows.append(_as_written(table, kept[at], cells, identity, table.problems[before:]))
    records = _assembled(columns, values, len(kept))
    if bad:
        records = [record for at, record in enumerate(records) if at not in bad]
        kept = [row for at, row in enumerate(kept) if at not in bad]
        table.refused = {identities[at] for at in bad if identities and isinstance(identities[at], str)}
    table.records, table.rows = records, kept
    table.count = replace(table.count, read=len(records), refused=len(bad))
    return table


def _judge_header(table: Table, lexicon: Lexicon) -> None:
    """Say what every column that is not read is, and refuse what is ambiguous."""
    header, sheet = table.header, table.sheet

    def at(index: int) -> str:
        return cell_place(sheet.name, header.bottom, index)

    seen: dict[str, Column] = {}
    for column in header.columns:
        first = seen.setdefault(column.fact.name, column)
        if first is not column:
            params = {
                "label": column.fact.label.zh,
                "label_en": column.fact.label.en,
                "first": at(first.index),
            }
            table.problems.append(Problem("workbook-column-twice", at(column.index), column.label, params))
    for index, label, code in header.misleading:
        if header.column("trainee.minutes"):
            table.notes.append(Problem("workbook-column-unused", at(index), params={"labels": label}))
        else:
            table.problems.append(Problem(code, at(index), label))
    for index, label in header.unknown:
        if near := lexicon.near(label):
            table.notes.append(Problem("workbook-column-unknown-near", at(index), label, {"near": near}))
        else:
            table.notes.append(Problem("workbook-column-unknown", at(index), label))
    if header.unused:
        labels = "、".join(label for _, label in header.unused)
        table.notes.append(
            Problem("workbook-column-unused", at(header.unused[0][0]), params={"labels": labels})
        )


_SERIAL = frozenset(("序号", "编号", "no."))


@cache
def _aside_starts() -> tuple[str, ...]:
    table = words()["rows"]
    return tuple(map(plain_start, (*table["totals"], *table["footers"])))


def _records(table: Table, lexicon: Lexicon, identity: str | None) -> list[int]:
    """The rows that stand for a record; the others are counted by what they are."""
    sheet, header = table.sheet, table.header
    key = header.column(identity) if identity else None
    serial = {index for index, label in header.unused if plain(label) in _SERIAL}
    kept: list[int] = []
    blank = 0
    asides: list[int] = []
    for row in range(header.bottom + 1, len(sheet.rows)):
        cells = sheet.rows[row]
        if key is not None:
            value = cells[key.index]
            # Nearly every row ends here: an identity number starts with a digit.
            if isinstance(value, str) and value[:1].isdigit():
                kept.append(row)
                continue
            if not is_blank(value):
                meaning = lexicon.find(value) if isinstance(value, str) else None
                repeated = meaning is not None and meaning.fact is key.fact
                signed = isinstance(value, str) and not any(map(str.isdigit, value))
                aside = repeated or (signed and _kind(cells, serial) == "aside")
                (asides if aside else kept).append(row)
                continue
        kind = _kind(cells, serial)
        if kind == "blank":
            blank += 1
        else:
            (asides if kind == "aside" else kept).append(row)
    table.count = RowCount(blank=blank, total=len(asides))
    if asides:
        table.notes.append(_listed("workbook-rows-aside", table, [str(row + 1) for row in asides]))
    return kept


def _kind(cells: Sequence[Any], serial: Container[int]) -> Literal["blank", "aside", "record"]:
    """What a row without an identity number is."""
    filled = [cell for index, cell in enumerate(cells) if index not in serial and not is_blank(cell)]
    texts = (plain_start(cell) for cell in cells if isinstance(cell, str) and not is_blank(cell))
    first = next((text for text in texts if not text.isdigit()), "")
    if first.startswith(_aside_starts()):
        return "aside"
    return "record" if filled else "blank"


def _listed(code: str, table: Table, places: list[str]) -> Problem:
    shown = "、".join(places[:MOST_NOTED]) + ("…" if len(places) > MOST_NOTED else "")
    return Problem(code, table.sheet.name, params={"count": len(places), "places": shown})


def _fill_down(table: Table, columns: Sequence[Column], identity: str | None) -> None:
    """A cell merged down several rows says the same of each; names and identity numbers never do."""
    personal = {identity, "trainee.name"}
    read = {column.index for column in columns if column.fact.name not in personal}
    rows = table.sheet.rows
    filled: list[str] = []
    for merge in table.sheet.merged:
        if merge.top <= table.header.bottom or merge.bottom == merge.top or merge.left not in read:
            continue
        value = rows[merge.top][merge.left] if merge.top < len(rows) else ""
        if is_blank(value):
            continue
        for row in rows[merge.top + 1 : merge.bottom + 1]:
            if is_blank(row[merge.left]):
                row[merge.left] = value
        filled.append(f"{column_name(merge.left)}{merge.top + 1}:{column_name(merge.left)}{merge.bottom + 1}")
    if filled:
        table.notes.append(_listed("workbook-filled-down", table, filled))


class _Memo(dict[Any, Any]):
    """Converts each distinct value of a column once; what is refused is remembered as its refusal."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        super().__init__()
        self.convert = convert
        self.refused = False

    def __missing__(self, value: Any) -> Any:
        found: Any = None
        if not is_blank(value):
            try:
                found = self.convert(value)
            except Refused as refused:
                found = refused
                self.refused = True
        self[value] = found
        return found


def _convert(column: Column, cells: list[Any], from_1904: bool) -> tuple[list[Any], set[int]]:
    """The column's JSON values, a Refused where there is none, and the positions of those."""
    memo = _Memo(converter(column.fact, unit_in_cell=column.unit_in_cell, from_1904=from_1904))
    kinds = set(map(type, cells))
    if bool in kinds and len(kinds) > 1:
        # True and 1 are one key of a dict and two things in a cell.
        found = [memo.__missing__(cell) for cell in cells]
    else:
        found = [memo[cell] for cell in cells]
    if not memo.refused:
        return found, set()
    return found, {at for at, value in enumerate(found) if isinstance(value, Refused)}


def _explain(table: Table, row: int, cells: list[tuple[Column, Any]], identity: str | None) -> None:
    """Every problem of a refused row, also those that would show only once the first were mended."""
    for column, found in cells:
        fact = column.fact
        where = cell_place(table.sheet.name, row, column.index, column.label)
        value = table.sheet.rows[row][column.index]
        masked = mask_id_number(_digits(value)) if fact.name == "trainee.id_number" else None
        if isinstance(found, Refused):
            told = problem(found, fact, where, value, masked=masked)
            table.problems.append(replace(told, value=None) if isinstance(value, Fault) else told)
        elif found is None:
            if fact.name == identity:
                params = {"label": fact.label.zh, "label_en": fact.label.en}
                table.problems.append(Problem("fact-missing", where, params=params))
        elif fact.name == "trainee.id_number":
            if wrong := check_id_number(found):
                table.problems.append(replace(wrong, where=where))
        else:
            try:
                reader(fact)(found)
            except Refused as refused:
                table.problems.append(problem(refused, fact, where, value))


def _as_written(
    table: Table, row: int, cells: list[tuple[Column, Any]], identity: str | None, problems: list[Problem]
) -> RefusedRow:
    record: dict[str, Any] = {}
    place = cell_place(table.sheet.name, row, None)
    for column, found in cells:
        if column.fact.name == identity:
            place = cell_place(table.sheet.name, row, column.index, column.label)
        raw = table.sheet.rows[row][column.index]
        if isinstance(found, Refused):
            record[column.key] = "" if isinstance(raw, Fault) else _digits(raw).strip()
        elif found is not None:
            record[column.key] = found
    return RefusedRow(record, place, problems)


def _digits(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _assembled(columns: Sequence[Column], values: Sequence[list[Any]], count: int) -> list[dict[str, Any]]:
    """Records from columns: empty values left out, `certificate.kind` inside `certificate`."""
    flat = [at for at, column in enumerate(columns) if "." not in column.key]
    records = _dicts([columns[at].key for at in flat], [values[at] for at in flat], count)
    for group in dict.fromkeys(column.key.partition(".")[0] for column in columns if "." in column.key):
        inside = [at for at, column in enumerate(columns) if column.key.startswith(f"{group}.")]
        keys = [columns[at].key.partition(".")[2] for at in inside]
        for record, inner in zip(records, _dicts(keys, [values[at] for at in inside], count), strict=True):
            if inner:
                record[group] = inner
    return records


def _dicts(keys: list[str], values: list[list[Any]], count: int) -> list[dict[str, Any]]:
    if not keys:
        return [{} for _ in range(count)]
    rows = zip(*values, strict=True)
    if not any(None in column for column in values):
        return [dict(zip(keys, cells, strict=True)) for cells in rows]
    return [
        {key: value for key, value in zip(keys, cells, strict=True) if value is not None} for cells in rows
    ]
