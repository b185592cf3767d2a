"""Reading a scheme's folder: the file, its tables, every formula checked."""

import csv
import hashlib
import io
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from keshi.calendar import STATE_COUNCIL, Workdays
from keshi.case.values import Refused, read_date, read_number, read_text
from keshi.expression import Row, Table, Value
from keshi.problems import BadInput, Problem
from keshi.scheme.formulas import Checker, ItemRules, parameter_number
from keshi.scheme.locate import positions
from keshi.scheme.model import CommonFile, Limit, Parameter, SchemeFile, TableSpec
from keshi.vocabulary import vocabulary

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


@cache
def common() -> tuple[tuple[Limit, ...], bytes]:
    """The limits above all notices and the bytes they were read from."""
    raw = files(__package__).joinpath("common.toml").read_bytes()
    return tuple(msgspec.convert(tomllib.loads(raw.decode()), CommonFile).limits), raw


def load_scheme(folder: Path) -> Scheme:
    """The scheme in a folder.

    Raises BadInput with every problem found: a file that is absent or not TOML, keys and values that do not
    belong, formulas that do not parse or whose names, types or units do not fit, cycles, tables with ties.
    """
    path = folder / SCHEME_FILE
    raw = _bytes(path)
    text = _decode(raw, path)
    name = str(path)
    where = positions(text)
    checker = Checker(_convert(text, name, where), name, where)
    limits, common_raw = common()
    tables, table_bytes = _tables(folder, checker)
    rules = {}
    for index, item in enumerate(checker.file.items):
        if item.id in rules:
            checker.refuse("scheme-id-twice", f"items[{index}]", rule=item.id)
        checked = checker.item(index, item, limits)
        if checked:
            rules[item.id] = checked
    _references(checker)
    if checker.problems:
        raise BadInput(_once(checker.problems))
    digest = hashlib.sha256()
    for part in (raw, common_raw, *table_bytes):
        digest.update(hashlib.sha256(part.replace(b"\r\n", b"\n")).digest())
    file = checker.file
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


def _convert(text: str, name: str, where: Mapping[str, tuple[int, int]]) -> SchemeFile:
    try:
        structure = tomllib.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:  # also figures and nesting beyond what Python reads
        raise BadInput(Problem("file-toml", name, params={"detail": str(error)})) from None
    try:
        return msgspec.convert(structure, SchemeFile)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        key = path.rstrip("`").lstrip(".")
        line, column = where.get(key, (0, 0))
        at = f"{name}:{line}:{column}" if line else f"{name}: {key}"
        raise BadInput(Problem("scheme-structure", at, params={"detail": detail})) from None


def _tables(folder: Path, checker: Checker) -> tuple[dict[str, Table], list[bytes]]:
    tables, contents = {}, []
    for name, spec in checker.file.tables.items():
        path = (folder / TABLES_FOLDER / spec.file).resolve()
        if not path.is_relative_to(folder.resolve()):
            checker.refuse("scheme-table-outside", f"tables.{name}.file", file=spec.file)
            continue
        try:
            raw = _bytes(path)
            tables[name] = read_table(name, spec, _csv_rows(name, _decode(raw, path), str(path)))
            contents.append(raw)
        except BadInput as error:
            checker.problems += error.problems
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


def _references(checker: Checker) -> None:
    """Ids that point at nothing (items, forms, clocks, common limits), stand twice, or are no choice."""
    file = checker.file
    items = {item.id for item in file.items}
    forms = {form.id for form in file.forms}
    clocks = {clock.id for clock in file.clocks}
    shared: list[tuple[str, Sequence[Any]]] = [
        (key, getattr(file, key))
        for key in ("requirements", "limits", "sequences", "exclusions", "materials")
    ]
    for key, rules in shared:
        for index, rule in enumerate(rules):
            for unknown in sorted(set(rule.items) - items):
                checker.refuse("scheme-no-such-item", f"{key}[{index}]", item=unknown)
    for index, item in enumerate(file.items):
        for unknown in sorted(set(item.part_of) - items):
            checker.refuse("scheme-no-such-item", f"items[{index}]", item=unknown)
        _choices(checker, "class.training_type", item.training_types, f"items[{index}]")
        for place, exclusion in enumerate(item.exclusions):
            at = f"items[{index}].exclusions[{place}].subsidy"
            _choices(checker, "trainee.other_subsidies", [exclusion.subsidy], at)
    for index, exclusion in enumerate(file.exclusions):
        _choices(checker, "trainee.other_subsidies", [exclusion.subsidy], f"exclusions[{index}].subsidy")
    for key in ("forms", "clocks", "steps", "materials", "evaluations", "returns"):
        ids = [part.id for part in getattr(file, key)]
        for index, rule in enumerate(ids):
            if rule in ids[:index]:
                checker.refuse("scheme-id-twice", f"{key}[{index}].id", rule=rule)
    known = {limit.id for limit in common()[0]}
    for unknown in sorted(set(file.without_common) - known):
        checker.refuse(
            "scheme-no-such-limit", "without_common", limit=unknown, known=", ".join(sorted(known))
        )
    for index, material in enumerate(file.materials):
        if material.form is not None and material.form not in forms:
            checker.refuse("scheme-no-such-form", f"materials[{index}]", form=material.form)
    for index, step in enumerate(file.steps):
        if step.clock is not None and step.clock not in clocks:
            checker.refuse("scheme-no-such-clock", f"steps[{index}]", clock=step.clock)
    for index, evaluation in enumerate(file.evaluations):
        if evaluation.form is not None and evaluation.form not in forms:
            checker.refuse("scheme-no-such-form", f"evaluations[{index}]", form=evaluation.form)
        if evaluation.clock is not None and evaluation.clock not in clocks:
            checker.refuse("scheme-no-such-clock", f"evaluations[{index}]", clock=evaluation.clock)


def _choices(checker: Checker, fact: str, written: Iterable[str], path: str) -> None:
    """A misspelt value of a choice would match nobody, silently."""
    choices = vocabulary()[fact].values or {}
    for value in written:
        if value not in choices:
            checker.refuse("formula-no-such-choice", path, value=value, choices=", ".join(sorted(choices)))
