"""From a workbook to the JSON structure of a case, with the cell of every value and an account of every row."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keshi.identity import mask_id_number, normalise
from keshi.problems import Problem
from keshi.vocabulary import vocabulary
from keshi.workbook.grid import Sheet
from keshi.workbook.keyed import JUDGEMENT, Keyed, read_keyed
from keshi.workbook.opening import TEXT_SUFFIXES, open_sheets
from keshi.workbook.table import RefusedRow, RowCount, Table, find_header, is_blank, read_table
from keshi.workbook.words import (
    ITEM,
    SCHEME,
    Lexicon,
    events_lexicon,
    history_lexicon,
    plain,
    roster_lexicon,
    sheet_kinds,
    tables_lexicon,
    words,
)

IDENTITY = "trainee.id_number"
_TARIFF = re.compile(r"(?:标准|table)[-—_](?P<name>.+)")


@dataclass(slots=True)
class Roster:
    """The trainees of a file, as the `trainees` of a case.

    `place` takes a path such as `trainees[3].minutes`; `notes` are things worth saying that stop nothing.
    `refused` are the rows that are not among the trainees, each with its problems, which are in `problems` too.
    """

    trainees: list[dict[str, Any]]
    place: Callable[[str], str]
    count: RowCount = field(default_factory=RowCount)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(slots=True)
class WorkbookCase:
    """A case as its workbook tells it; `raw` and `place` go to `read_case`, `problems` are added to those it finds.

    Rows are those of the roster. `rows_read + rows_refused == rows_there`; rows below the header that stand for
    nobody are `rows_blank` (empty, or with a serial number only) and `rows_total` (totals, repeated headers,
    remarks under the table), and with them every row is accounted for.
    """

    raw: dict[str, Any]
    place: Callable[[str], str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    counts: dict[str, RowCount] = field(default_factory=dict)
    """By the kind of sheet: trainees, history, events."""

    @property
    def rows(self) -> RowCount:
        return self.counts.get("trainees", RowCount())

    @property
    def rows_there(self) -> int:
        return self.rows.there

    @property
    def rows_read(self) -> int:
        return self.rows.read

    @property
    def rows_refused(self) -> int:
        return self.rows.refused

    @property
    def rows_blank(self) -> int:
        return self.rows.blank

    @property
    def rows_total(self) -> int:
        return self.rows.total


def read_workbook(path: Path) -> WorkbookCase:
    """The case in a workbook, or in `<name>.csv` with `<name>-班级.csv` (and -历史补贴, -学习记录) beside it.

    Raises:
        BadInput: the file cannot be opened at all. Anything wrong inside it is listed in `problems`.
    """
    return _Reading(path, _beside(path, open_sheets(path))).case()


def read_roster(path: Path) -> Roster:
    """The trainees alone, of a CSV or a workbook, for a case whose other facts are known.

    Raises:
        BadInput: the file cannot be opened at all.
    """
    sheets = open_sheets(path)
    named = [(sheet, _kind(sheet)) for sheet in sheets] if len(sheets) > 1 else [(sheets[0], "trainees")]
    reading = _Reading(path, [(sheet, kind) for sheet, kind in named if kind in ("", "trainees", "ours")])
    reading.overview()
    table = reading.roster()
    return Roster(
        table.records if table else [],
        reading.place,
        reading.count,
        reading.problems,
        reading.notes,
        table.refused_rows if table else [],
    )


# Sheets --------------------------------------------------------------------------------------------------

Named = tuple[Sheet, str]
"""A sheet and what it holds: a kind of `words.toml`, `table:<name>`, or nothing known."""


def _kind(sheet: Sheet) -> str:
    if found := _TARIFF.fullmatch(sheet.name.strip()):
        return f"table:{found['name'].strip()}"
    return sheet_kinds().get(plain(sheet.name), "")


def _beside(path: Path, sheets: list[Sheet]) -> list[Named]:
    """The sheets by kind; for a roster in delimited text, with the files that stand beside it."""
    if path.suffix.lower() not in TEXT_SUFFIXES:
        return [(sheet, _kind(sheet)) for sheet in sheets]
    base = path.stem.removesuffix("-学员")
    found = [(sheets[0], "trainees")]
    for kind in ("class", "history", "events"):
        name = words()["sheets"][kind][0]
        beside = path.with_name(f"{base}-{name}{path.suffix}")
        if beside != path and beside.is_file():
            found.append((open_sheets(beside)[0], kind))
    return found


class _Reading:
    """Reads the sheets of one file and knows afterwards where everything stood."""

    def __init__(self, path: Path, sheets: list[Named]) -> None:
        self.path = path
        self.sheets = sheets
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.counts: dict[str, RowCount] = {}
        self.keyed: Keyed | None = None
        self.tables: dict[str, Table] = {}
        """By kind of sheet."""
        self.belongings: dict[tuple[int, str, int], int] = {}
        """From a trainee, `history` or `events`, and the place in that list to the record of its sheet."""

    @property
    def count(self) -> RowCount:
        return self.counts.get("trainees", RowCount())

    def case(self) -> WorkbookCase:
        raw: dict[str, Any] = {"facts": {}, "organisation": {}, "class": {}, "trainees": []}
        self.overview()
        if sheet := self.only("class"):
            self.keyed = read_keyed(sheet)
            self.problems += self.keyed.problems
            self.notes += self.keyed.notes
            for name, value in self.keyed.values.items():
                _put(raw, name, value)
        else:
            self.missing("class")
        if roster := self.roster():
            raw["trainees"] = roster.records
            for kind, lexicon in (("history", history_lexicon()), ("events", events_lexicon())):
                self.attach(kind, lexicon, roster)
        tariffs = {kind: sheet for sheet, kind in self.sheets if kind.startswith("table:")}
        if tariffs:
            raw["tables"] = {
                kind.partition(":")[2]: self.tariff(kind, sheet) for kind, sheet in tariffs.items()
            }
        return WorkbookCase(raw, self.place, self.problems, self.notes, self.counts)

    # -- sheets

    def overview(self) -> None:
        """What is said of sheets before they are read."""
        for sheet, kind in self.sheets:
            if kind == "ours" or not sheet.rows:
                continue
            if not kind and sheet is not self.chosen_roster():
                self.notes.append(Problem("workbook-sheet-unused", sheet.name))
                continue
            if sheet.hidden:
                self.notes.append(Problem("workbook-sheet-hidden", sheet.name))
            if sheet.formulas:
                self.notes.append(Problem("workbook-formulas", sheet.name, params={"count": sheet.formulas}))

    def only(self, kind: str) -> Sheet | None:
        """The sheet of a kind; a second one is a problem, as nobody can tell which is meant."""
        found = [sheet for sheet, other in self.sheets if other == kind]
        for sheet in found[1:]:
            self.problems.append(Problem("workbook-sheet-twice", sheet.name, params={"first": found[0].name}))
        return found[0] if found else None

    def missing(self, kind: str) -> None:
        names = words()["sheets"][kind]
        params = {"name": names[0], "name_en": names[-1]}
        self.problems.append(Problem("workbook-sheet-missing", self.path.name, params=params))

    def chosen_roster(self) -> Sheet | None:
        """The roster by its sheet's name or, where none is named so, the first that looks like one."""
        named = next((sheet for sheet, kind in self.sheets if kind == "trainees"), None)
        return named or next(
            (sheet for sheet, kind in self.sheets if not kind and self.looks_like_roster(sheet)), None
        )

    @staticmethod
    def looks_like_roster(sheet: Sheet) -> bool:
        return find_header(sheet, roster_lexicon(), IDENTITY) is not None

    # -- the roster

    def roster(self) -> Table | None:
        sheet = self.chosen_roster()
        self.only("trainees")
        for other, kind in self.sheets:
            # Its people would be lost without a word.
            if not kind and sheet is not None and other is not sheet and self.looks_like_roster(other):
                self.problems.append(
                    Problem("workbook-second-roster", other.name, params={"first": sheet.name})
                )
        if sheet is None:
            self.missing("trainees")
            return None
        table = self.table("trainees", sheet, roster_lexicon(), IDENTITY)
        if table and not table.header.column("trainee.name"):
            fact = vocabulary()["trainee.name"]
            params = {"label": fact.label.zh, "label_en": fact.label.en}
            self.problems.append(Problem("workbook-column-missing", sheet.name, params=params))
        if table and not table.count.there:
            self.problems.append(Problem("workbook-nobody", sheet.name))
        return table

    def table(self, kind: str, sheet: Sheet, lexicon: Lexicon, key: str | None) -> Table | None:
        header = find_header(sheet, lexicon, key)
        if header is None:
            self.problems.append(Problem("workbook-header-missing", sheet.name))
            return None
        table = read_table(sheet, header, lexicon, identity=key)
        self.tables[kind] = table
        self.counts[kind] = table.count
        self.problems += table.problems
        self.notes += table.notes
        count = table.count
        if count.below_header:
            params = {"there": count.there, "read": count.read, "refused": count.refused}
            params |= {"blank": count.blank, "total": count.total}
            self.notes.append(Problem("workbook-rows", sheet.name, params=params))
        return table

    # -- rows that belong to a trainee

    def attach(self, kind: str, lexicon: Lexicon, roster: Table) -> None:
        """Give each trainee their rows of another sheet, found by identity number."""
        sheet = self.only(kind)
        if sheet is None or not any(not is_blank(cell) for row in sheet.rows for cell in row):
            return
        table = self.table(kind, sheet, lexicon, IDENTITY)
        if table is None:
            return
        people: dict[str, int] = {}
        for index, trainee in enumerate(roster.records):
            people.setdefault(normalise(trainee["id_number"])[0], index)
        refused = {normalise(number)[0] for number in roster.refused}
        for position, record in enumerate(table.records):
            number = normalise(record.pop("id_number"))[0]
            person = people.get(number)
            if person is None:
                if number not in refused:
                    where = table.place(position, "id_number")
                    self.problems.append(Problem("workbook-stranger", where, mask_id_number(number)))
                continue
            mine = roster.records[person].setdefault(kind, [])
            self.belongings[person, kind, len(mine)] = position
            mine.append(record)

    def tariff(self, kind: str, sheet: Sheet) -> Sequence[Mapping[str, Any]]:
        table = self.table(kind, sheet, tables_lexicon(), None)
        return table.records if table else []

    # -- places

    def place(self, path: str) -> str:
        """The cell of a JSON path of the case, as exactly as the workbook has one."""
        if found := _TRAINEE.fullmatch(path):
            roster = self.tables["trainees"]
            person = int(found["person"])
            if found["kind"]:
                position = self.belongings[person, found["kind"], int(found["index"])]
                return self.tables[found["kind"]].place(position, found["key"] or "id_number")
            return roster.place(person, found["key"] or "id_number")
        if (found := _TARIFF_ROW.fullmatch(path)) and (table := self.tables.get(f"table:{found['name']}")):
            return table.place(int(found["index"]), found["key"] or "")
        if path == "trainees":
            sheet = self.chosen_roster()
            return sheet.name if sheet else self.path.name
        if self.keyed is None:
            return path
        return self.keyed.place(path) or _beside_label(self.keyed.sheet.name, path)


_TRAINEE = re.compile(
    r"trainees\[(?P<person>[0-9]+)\](?:\.(?P<kind>history|events)\[(?P<index>[0-9]+)\])?(?:\.(?P<key>.+))?"
)
_TARIFF_ROW = re.compile(r"tables\.(?P<name>[^\[]+)\[(?P<index>[0-9]+)\](?:\.(?P<key>.+))?")


def _beside_label(sheet: str, path: str) -> str:
    """The sheet and the label that it lacks."""
    known = {"scheme": SCHEME, "item": ITEM, **vocabulary()}
    fact = known.get(path)
    return f"{sheet}（{fact.label.zh}）" if fact else f"{sheet}（{path}）"


def _put(raw: dict[str, Any], name: str, value: Any) -> None:
    """Set a value by its dotted name; the rule of a judgement keeps its dots."""
    if name.startswith(JUDGEMENT):
        raw.setdefault("judgements", {})[name.removeprefix(JUDGEMENT)] = value
        return
    *groups, key = name.split(".")
    for group in groups:
        raw = raw.setdefault(group, {})
    raw[key] = value
