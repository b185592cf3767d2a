"""Reading a scheme's folder: the file, its tables, every formula checked."""

import csv
import hashlib
import io
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from keshi.calendar import STATE_COUNCIL, Workdays
from keshi.case.values import Refused, read_date, read_number, read_text
from keshi.expression import Row, Table, Value
from keshi.problems import BadInput, Problem
from keshi.scheme.common import common
from keshi.scheme.formulas import check_item
from keshi.scheme.locate import positions
from keshi.scheme.model import Parameter, SchemeFile, TableSpec
from keshi.scheme.references import check_references
from keshi.scheme.rules import ItemRules
from keshi.scheme.symbols import Report, parameter_number, scheme_symbols
from keshi.structures import reader

SCHEME_FILE = "scheme.toml"
TABLES_FOLDER = "tables"
_VALIDITY = ("valid_from", "valid_to")
Cell = TypeVar("Cell")


@dataclass(slots=True)
class Scheme:
    """A loaded scheme: its file, tables, checked rules by item, calendar and digest."""

    file: SchemeFile
    folder: Path
    digest: str
    tables: Mapping[str, Table]
    rules: Mapping[str, ItemRules]
    workdays: Workdays

    @property
    def id(self) -> str:
        return self.file.id

    def item(self, item: str) -> ItemRules:
        """The rules of an item. Raises BadInput naming those there are."""
        if item not in self.rules:
            raise BadInput(
                Problem(
                    "item-unknown", value=item, params={"scheme": self.id, "items": ", ".join(self.rules)}
                )
            )
        return self.rules[item]

    def parameter(self, name: str, day: date | None) -> Value:
        """The value of a parameter; one with dated values has that of the day, None before the first."""
        return parameter_value(self.file.parameters[name], day)


def parameter_value(parameter: Parameter, day: date | None) -> Value:
    """The value of a parameter on a day: a number, a day, or region codes."""
    if parameter.day is not None:
        return parameter.day
    if parameter.regions:
        return tuple(parameter.regions)
    if parameter.value is not None:
        return parameter_number(parameter.value)
    in_force = [period for period in parameter.dated if day is not None and period.since <= day]
    return parameter_number(max(in_force, key=lambda period: period.since).value) if in_force else None


def load_scheme(folder: Path) -> Scheme:
    """The scheme in a folder.

    Raises BadInput with every problem found: a file that is absent or not TOML, keys and values that do not
    belong, formulas that do not parse or whose names, types or units do not fit, cycles, tables with ties.
    """
    path = folder / SCHEME_FILE
    raw = _bytes(path)
    text = _decode(raw, path)
    name = str(path)
    structure = _parse(text, name)
    where = positions(text)
    report = Report(_convert(structure, name, where), name, where)
    scope = scheme_symbols(report)
    limits, common_raw = common()
    tables, table_bytes = _tables(folder, report)
    rules = {}
    for index, item in enumerate(report.file.items):
        if item.id in rules:
            report.refuse("scheme-id-twice", f"items[{index}]", rule=item.id)
        checked = check_item(report, scope, index, item, limits)
        if checked:
            rules[item.id] = checked
    check_references(report)
    if report.problems:
        raise BadInput(_once(report.problems))
    digest = hashlib.sha256()
    for part in (raw, common_raw, *table_bytes):
        digest.update(hashlib.sha256(part.replace(b"\r\n", b"\n")).digest())
    file = report.file
    workdays = STATE_COUNCIL
    if file.closed_days or file.opened_days:
        workdays = Workdays(closed=frozenset(file.closed_days), opened=frozenset(file.opened_days))
    return Scheme(file, folder, f"sha256:{digest.hexdigest()}", tables, rules, workdays)


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once: a formula shared by several items is checked for each of them."""
    return list({(p.code, p.where, str(p.params)): p for p in problems}.values())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput(Problem("scheme-file-absent", str(path))) from None


def _decode(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(Problem("file-not-utf8", str(path))) from None


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:  # also figures and nesting beyond what Python reads
        raise BadInput(Problem("file-toml", name, params={"detail": str(error)})) from None


_scheme_file = reader(SchemeFile)


def _convert(structure: Mapping[str, Any], name: str, where: Mapping[str, tuple[int, int]]) -> SchemeFile:
    try:
        return _scheme_file(structure)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        key = path.rstrip("`").lstrip(".")
        line, column = where.get(key, (0, 0))
        at = f"{name}:{line}:{column}" if line else f"{name}: {key}"
        raise BadInput(Problem("scheme-structure", at, params={"detail": detail})) from None


def _tables(folder: Path, report: Report) -> tuple[dict[str, Table], list[bytes]]:
    tables, contents = {}, []
    for name, spec in report.file.tables.items():
        path = (folder / TABLES_FOLDER / spec.file).resolve()
        if not path.is_relative_to(folder.resolve()):
            report.refuse("scheme-table-outside", f"tables.{name}.file", file=spec.file)
            continue
        try:
            raw = _bytes(path)
            tables[name] = read_table(name, spec, _csv_rows(name, _decode(raw, path), str(path)))
            contents.append(raw)
        except BadInput as error:
            report.problems += error.problems
    return tables, contents


def _csv_rows(table: str, text: str, file: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of a tariff file with their places.

    Raises BadInput on a cell without a column of its own: an unquoted 1,500.00 would else be read as 1.
    """
    rows: list[tuple[str, Mapping[str, Any]]] = []
    problems = []
    try:
        lines = csv.reader(io.StringIO(text))
        header = [name.strip() for name in next(lines, [])]
        for cells in lines:
            where = f"{file}:{lines.line_num}"
            extra = [*cells[len(header) :], *(name for name in header if header.count(name) > 1)]
            if extra:
                params = {"table": table, "columns": ", ".join(header)}
                problems.append(Problem("table-column", where, ", ".join(extra), params))
            elif cells:
                rows.append((where, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise BadInput(Problem("file-unreadable", file, params={"detail": str(error)})) from None
    if problems:
        raise BadInput(problems)
    return rows


def read_table(name: str, spec: TableSpec, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Table:
    """A table from (place, row) pairs; an absent, empty or null column fits anything.

    Raises BadInput on unknown columns, values that are no numbers or days, and rows that tie.
    """
    problems: list[Problem] = []
    found = []
    known = {*spec.keys, spec.value, *_VALIDITY}
    for where, row in rows:
        if row.keys() - known:
            extra = ", ".join(sorted(str(key) for key in row.keys() - known))
            problems.append(
                Problem("table-column", where, extra, {"table": name, "columns": ", ".join(sorted(known))})
            )
            continue
        try:
            found.append(_row(spec, row, where))
        except Refused as refused:
            column = f"{name}.{refused.params.get('column', spec.value)}"
            params = {"label": column, "label_en": column, **refused.params}
            problems.append(Problem(refused.code, where, str(dict(row)), params))
    table = Table(name, tuple(spec.keys), found)
    for first, second in table.ties():
        shown = ", ".join(f"{key}={value}" for key, value in zip(spec.keys, first.keys, strict=True))
        params = {"table": name, "first": first.where, "second": second.where, "keys": shown}
        problems.append(Problem("table-tie", second.where, params=params))
    if problems:
        raise BadInput(problems)
    return table


def _row(spec: TableSpec, row: Mapping[str, Any], where: str) -> Row:
    value = _cell(spec.value, row, read_number)
    if value is None:
        raise Refused("value-number")
    if value < 0:
        raise Refused("value-least", least=0)
    keys = tuple(_cell(key, row, read_number if key == "level" else read_text) for key in spec.keys)
    since, until = (_cell(name, row, read_date) for name in _VALIDITY)
    if since is not None and until is not None and until < since:
        raise Refused("case-ends-before-start")
    return Row(keys, value, since, until, where)


def _cell(column: str, row: Mapping[str, Any], read: Callable[[Any], Cell]) -> Cell | None:
    """One cell, None where it is empty; a refusal names its column."""
    value = row.get(column)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return read(value)
    except Refused as refused:
        raise Refused(refused.code, column=column, **refused.params) from None
