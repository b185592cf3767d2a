"""The functions of the formula language in SQL: days, tariff tables, a person's history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import cast

from keshi.calendar import Workdays, known_years
from keshi.expression import Node, Table
from keshi.expression.evaluate import TABLE_DAY
from keshi.expression.nodes import Call, Name
from keshi.settlement.batch.arithmetic import fixed
from keshi.settlement.batch.compile import Compiler
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.extremes import extreme
from keshi.settlement.batch.sql import Compiled, Fault, Number, Whole, all_of, any_of, known_only, of
from keshi.settlement.batch.tariffs import Tariff

_SPAN = 366 * 9_999
_DAYS = (date.min.toordinal(), date.max.toordinal())


@dataclass(slots=True)
class Past:
    """One number that a formula asks of a person's history: a count, or a sum in fen, of the rows that fit."""

    name: str
    counting: bool
    filters: dict[str, Compiled]


@dataclass(slots=True)
class Functions:
    """Compiles calls. Small tables are loaded into the engine when a formula first needs them."""

    engine: Engine
    tables: Mapping[str, Table]
    workdays: Workdays
    most_paid: int
    """Upper bound of a person's subsidies in all, in fen."""
    most_times: int
    suffix: str = ""
    """Tells the small tables of one item from those of another."""
    pasts: list[Past] = field(default_factory=list)
    tariffs: dict[str, Tariff] = field(default_factory=dict)
    _calendars: set[str] = field(default_factory=set)

    def __call__(self, compiler: Compiler, node: Call) -> Compiled:
        """The call in SQL."""
        match node.function:
            case "lookup":
                return self._lookup(compiler, node)
            case "sum_paid" | "count_paid":
                return self._paid(compiler, node)
        parts = [compiler.compile(argument) for argument in node.arguments]
        match node.function:
            case "min" | "max":
                return extreme(compiler, parts, node.function == "min")
            case "floor" | "ceil" | "round_half_up":
                return compiler.rounded(parts[0], node.function)
        null, faults = compiler.strict(*parts)
        found = Compiled(null=null, faults=faults)
        match node.function:
            case "days_between":
                return self._number(
                    found, f"date_diff('day', {parts[0].sql}, {parts[1].sql})", *_apart(*parts)
                )
            case "years_between":
                return self._years(found, compiler, parts[0], parts[1])
            case "workdays_between":
                return self._workdays(found, compiler, parts)
        return _months_after(found, compiler, parts[0], of(parts[1]))

    @staticmethod
    def _number(found: Compiled, sql: str, low: int, high: int) -> Compiled:
        return Compiled(null=found.null, faults=found.faults, number=Number(Whole(sql, low, high)))

    def _years(self, found: Compiled, compiler: Compiler, a: Compiled, b: Compiled) -> Compiled:
        first, last = (compiler.stage.column(part.sql, "day") for part in (a, b))
        sql = f"(case when {last} >= {first} then {_full_years(first, last)} else -{_full_years(last, first)} end)"
        return self._number(found, compiler.stage.column(sql, "years"), -9_999, 9_999)

    def _workdays(self, found: Compiled, compiler: Compiler, parts: list[Compiled]) -> Compiled:
        table = self._calendar(*(part.days or _DAYS for part in parts))
        passed = [compiler.stage.join(table, {"day": part.sql}, "passed") for part in parts]
        known = [f"not ({part.null})" for part in parts if part.null is not None]
        gaps = any_of([f"{name} is null" for name in passed])
        fault = Fault("calendar-year-unknown", all_of([*known, gaps]))
        null = any_of([*([found.null] if found.null else []), gaps])
        found = Compiled(null=null, faults=(*found.faults, fault))
        return self._number(found, f"({passed[1]} - {passed[0]})", -_SPAN, _SPAN)

    def _calendar(self, *days: tuple[int, int]) -> str:
        """A table of the known days among these with the workdays up to each."""
        years = known_years()
        first = max(min(low for low, _ in days), date(years[0], 1, 1).toordinal())
        last = min(max(high for _, high in days), date(years[1], 12, 31).toordinal())
        name = f"workdays_{self.suffix}_{first}_{max(first, last)}"
        if name not in self._calendars:
            self._calendars.add(name)
            passed = 0
            rows = []
            for ordinal in range(first, last + 1):
                day = date.fromordinal(ordinal)
                passed += self.workdays.is_workday(day)
                rows.append((day, passed))
            self.engine.load(name, {"day": "date", "passed": "bigint"}, rows)
        return name

    def _lookup(self, compiler: Compiler, node: Call) -> Compiled:
        name = cast(Name, node.arguments[0]).name
        tariff = self.tariffs.get(name)
        if tariff is None:
            tariff = self.tariffs[name] = Tariff(
                self.tables[name], f"tariff_{self.suffix}_{len(self.tariffs)}", self.engine
            )
        named = dict(node.named)
        faults: list[Fault] = []
        codes = []
        for place, key in enumerate(tariff.table.keys):
            code, raised = self._code(compiler, named[key], tariff, place)
            codes.append(code)
            faults += raised
        codes.append(self._period(compiler.outer or compiler, tariff))
        code = " + ".join(f"{size} * {sql}" for size, sql in zip(tariff.strides, codes, strict=True))
        column = compiler.stage.column(f"({code})", "code")
        value = compiler.stage.join(tariff.name, {"code": column}, "amount", total=tariff.total)
        if tariff.ties:
            tied = compiler.stage.join(tariff.name, {"code": column}, "tied", total=tariff.total)
            faults.append(Fault("batch-table-tie", f"coalesce({tied}, false)"))
        number = Number(Whole(value, tariff.low, tariff.high), tariff.unit)
        return Compiled(null=f"({value} is null)", number=number, faults=tuple(faults))

    def _code(
        self, compiler: Compiler, node: Node, tariff: Tariff, place: int
    ) -> tuple[str, tuple[Fault, ...]]:
        """The number of a key's value among those the table names; what is the same for the class is found once."""
        if compiler.outer is not None and compiler.of_class(node):
            return self._code(compiler.outer, node, tariff, place)
        part = compiler.compile(node)
        return compiler.stage.column(tariff.code(compiler, part, place), "code"), part.faults

    @staticmethod
    def _period(compiler: Compiler, tariff: Tariff) -> str:
        return compiler.stage.column(tariff.period(compiler.names[TABLE_DAY]), "period")

    def _paid(self, compiler: Compiler, node: Call) -> Compiled:
        filters = {name: compiler.compile(argument) for name, argument in node.named}
        past = Past(f"h{len(self.pasts)}_paid", node.function == "count_paid", filters)
        self.pasts.append(past)
        compiler.stage.source(past.name)
        faults = tuple(fault for part in filters.values() for fault in part.faults)
        nulls = [part.null for part in filters.values() if part.null is not None]
        null = any_of(nulls) if nulls else None
        most, unit = (self.most_times, Fraction(1)) if past.counting else (self.most_paid, Fraction(1, 100))
        number = Number(Whole(known_only(null, past.name), 0, most), unit)
        return Compiled(null=null, number=number, faults=faults)


def _apart(a: Compiled, b: Compiled) -> tuple[int, int]:
    (first, last), (begin, end) = a.days or _DAYS, b.days or _DAYS
    return begin - last, end - first


def _full_years(a: str, b: str) -> str:
    """Years from a to b for a ≤ b: the calendar years, less one where a's day has not come round."""
    years = f"(extract(year from {b}) - extract(year from {a}))"
    reached = f"cast({a} + {years} * interval '12' month as date) <= {b}"
    return f"({years} - (case when {reached} then 0 else 1 end))"


def _months_after(found: Compiled, compiler: Compiler, day: Compiled, months: Number) -> Compiled:
    first, last = day.days or _DAYS
    at_day = compiler.repeatable(day.sql, "day")
    faults = list(found.faults)
    known = [f"not ({found.null})"] if found.null else []
    if months.scale.denominator != 1 or months.bottom is not None:
        whole = of(compiler.rounded(Compiled(number=months), "floor")).top
        a, b = compiler.arithmetic.sides(months, Number(whole))
        faults.append(Fault("batch-part-month", all_of([*known, f"{a} <> {b}"])))
        count, low, high = whole.sql, whole.low, whole.high
    else:
        whole = compiler.arithmetic.times(fixed(months.scale.numerator), months.top)
        count, low, high = whole.sql, whole.low, whole.high
    earliest = date.fromordinal(first).year * 12 + date.fromordinal(first).month - 1 + low
    latest = date.fromordinal(last).year * 12 + date.fromordinal(last).month - 1 + high
    if earliest < 12 or latest >= 120_000:
        at = f"extract(year from {at_day}) * 12 + extract(month from {at_day}) - 1 + {count}"
        outside = f"({at} < 12 or {at} >= 120000)"
        faults.append(Fault("batch-day-out-of-range", all_of([*known, outside])))
        count = f"(case when {outside} then 0 else {count} end)"
    sql = f"cast({at_day} + {count} * interval '1' month as date)"
    return Compiled(sql=sql, null=found.null, days=_moved(first, last, low, high), faults=tuple(faults))


def _moved(first: int, last: int, low: int, high: int) -> tuple[int, int]:
    return max(_DAYS[0], first + min(31 * low, 28 * low)), min(_DAYS[1], last + max(31 * high, 28 * high))
