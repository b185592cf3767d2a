"""Tariff tables for SQL: every combination of key values that the table can tell apart gets a number and an amount."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import count, product
from math import lcm, prod

from keshi.expression import Row, Table
from keshi.problems import BadInput, Problem
from keshi.settlement.batch.compile import Compiler
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.sql import Compiled, constant, literal, of

MOST_COMBINATIONS = 1_000_000
_FEW = 1_000
"""Up to so many combinations stand in the table even without an amount."""
_SHORT = 12
"""Keys with at most so many values are told apart by CASE, others by a join."""


class Tariff:
    """A table loaded into the engine as (code, amount, tied).

    A key's code is the place of its value among the values that the table names, from 1; 0 is any other and
    unknown. The last part of a code is the period: the stretch between two days on which validity changes.
    """

    def __init__(self, table: Table, name: str, engine: Engine) -> None:
        self.table = table
        self.name = name
        self.engine = engine
        self.loaded: set[int] = set()
        self.values = [
            sorted({row.keys[place] for row in table.rows if row.keys[place] is not None}, key=str)
            for place in range(len(table.keys))
        ]
        days = {row.valid_from for row in table.rows if row.valid_from}
        days |= {
            row.valid_to + timedelta(days=1) for row in table.rows if row.valid_to and row.valid_to < date.max
        }
        self.changes = sorted(days)
        sizes = [len(values) + 1 for values in self.values] + [len(self.changes) + 2]
        if prod(sizes) > MOST_COMBINATIONS:
            params = {"table": table.name, "count": prod(sizes), "most": MOST_COMBINATIONS}
            raise BadInput(Problem("batch-table-too-large", params=params))
        self.strides = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
        self.unit = Fraction(1, lcm(*(Fraction(row.value).denominator for row in table.rows)))
        amounts = [int(row.value / self.unit) for row in table.rows] or [0]
        self.low, self.high = min(amounts), max(amounts)
        found = list(self._rows())
        self.total = prod(sizes) <= _FEW
        if self.total:
            named = {code for code, _, _ in found}
            found += [(code, None, False) for code in range(prod(sizes)) if code not in named]
        self.ties = any(tied for _, _, tied in found)
        engine.load(name, {"code": "bigint", "amount": "bigint", "tied": "boolean"}, found)

    def _rows(self) -> Iterator[tuple[int, int | None, bool]]:
        """Combinations that have an amount or a tie; the rest find no row, as in the table itself."""
        for period, day in enumerate([None, date.min, *self.changes]):
            in_force = [row for row in self.table.rows if row.valid_on(day)]
            patterns = _patterns(in_force)
            for combination in product(*([None, *values] for values in self.values)):
                best = _most_specific(patterns, combination)
                if best:
                    places = [
                        0 if value is None else values.index(value) + 1
                        for value, values in zip(combination, self.values, strict=True)
                    ]
                    code = sum(
                        stride * place for stride, place in zip(self.strides, [*places, period], strict=True)
                    )
                    tied = len(best) > 1
                    yield code, None if tied else int(best[0].value / self.unit), tied

    def code(self, compiler: Compiler, key: Compiled, place: int) -> str:
        """The code of a key's value in SQL, never NULL."""
        values = self.values[place]
        if not values:
            return "0"
        if len(values) <= _SHORT or key.number is not None:
            cases = "".join(
                f" when {self._same(compiler, key, value)} then {n}" for n, value in enumerate(values, 1)
            )
            return f"(case{cases} else 0 end)"
        table = f"{self.name}_key{place}"
        if place not in self.loaded:
            self.loaded.add(place)
            self.engine.load(
                table, {"value": "varchar", "place": "bigint"}, zip(values, count(1), strict=False)
            )
        return f"coalesce({compiler.stage.join(table, {'value': key.sql}, 'place')}, 0)"

    def period(self, day: Compiled) -> str:
        """The code of the day's period: 0 where the day is unknown, then one more from each change on."""
        cases = "".join(
            f" when {day.sql} >= {literal(change)} then {place}"
            for place, change in reversed(list(enumerate(self.changes, 2)))
        )
        return f"(case when {day.is_null} then 0{cases} else 1 end)"

    @staticmethod
    def _same(compiler: Compiler, key: Compiled, value: object) -> str:
        if key.number is None:
            return f"{key.sql} = {literal(value)}"
        if not isinstance(value, int | Fraction):
            return "false"
        a, b = compiler.arithmetic.sides(of(key), constant(value))
        return f"{a} = {b}"


def _patterns(rows: list[Row]) -> list[tuple[tuple[bool, ...], dict[tuple[object, ...], list[Row]]]]:
    """The rows by which keys they name, the most specific first."""
    found: dict[tuple[bool, ...], dict[tuple[object, ...], list[Row]]] = {}
    for row in rows:
        named = tuple(key is not None for key in row.keys)
        found.setdefault(named, {}).setdefault(row.keys, []).append(row)
    return sorted(found.items(), key=lambda item: -sum(item[0]))


def _most_specific(
    patterns: list[tuple[tuple[bool, ...], dict[tuple[object, ...], list[Row]]]], asked: tuple[object, ...]
) -> list[Row]:
    """The rows that fit with the most keys named; more than one is a tie."""
    best: list[Row] = []
    precision = -1
    for named, rows in patterns:
        if best and sum(named) < precision:
            break
        fitting = rows.get(
            tuple(value if used else None for value, used in zip(asked, named, strict=True)), []
        )
        if fitting:
            best, precision = [*best, *fitting], sum(named)
    return best
