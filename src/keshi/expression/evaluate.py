"""Exact evaluation: a checked formula becomes a function of an environment.

Numbers are integers and fractions, never floats. A missing fact is None and stays visible: arithmetic and
comparisons with it yield None, `and` and `or` follow three-valued logic, and `needs` names what was missing.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Protocol, cast

from keshi.calendar import Workdays, days_between, months_after, years_between
from keshi.expression.nodes import (
    Binary,
    Call,
    Comparison,
    Constant,
    Either,
    Listing,
    Logic,
    Name,
    Node,
    Unary,
)
from keshi.expression.tables import Table
from keshi.expression.types import Number, Value
from keshi.money import round_half_up
from keshi.problems import BadInput, Problem
from keshi.regions import lies_within

HISTORY = "history"
TABLE_DAY = "class.starts_on"
"""The fact whose day decides which rows of a table are in force."""


class Paid(Protocol):
    """A past subsidy, as `sum_paid` and `count_paid` read it."""

    @property
    def amount(self) -> int: ...
    @property
    def ended_on(self) -> date: ...


# A list of values by slot; any value type, the slot of HISTORY holds a sequence of past subsidies.
Values = Sequence[Any]
Function = Callable[[Values], Value]


@dataclass(slots=True)
class Environment:
    """Where the names of formulas live: the slot of each in the list of values, the tables, the calendar."""

    slots: Mapping[str, int]
    tables: Mapping[str, Table]
    workdays: Workdays
    formulas: dict[str, Node] = field(default_factory=dict)
    _compiled: dict[int, Function] = field(default_factory=dict, repr=False)

    def function(self, node: Node) -> Function:
        """The compiled form of a part of a formula, made once."""
        if id(node) not in self._compiled:
            self._compiled[id(node)] = compile_formula(node, self)
        return self._compiled[id(node)]


def plain(value: Number) -> Number:
    """An integer where the fraction is whole."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def compile_formula(node: Node, environment: Environment) -> Function:
    """A function from the values to the formula's value; the formula must have passed `check`.

    The function raises BadInput on division by zero, dates outside the known calendar, tied table rows and
    parts of months.
    """
    match node:
        case Constant(value=value):
            return lambda _: value
        case Name(name=name):
            slot = environment.slots[name]
            return lambda values: cast(Value, values[slot])
        case Listing(items=items):
            if all(isinstance(item, Constant) for item in items):
                fixed = cast(Value, tuple(cast(Constant, item).value for item in items))
                return lambda _: fixed
            functions = [compile_formula(item, environment) for item in items]
            return lambda values: cast(Value, tuple(f(values) for f in functions))
        case Unary():
            return _unary(node, environment)
        case Binary():
            return _binary(node, environment)
        case Comparison():
            return _comparison(node, environment)
        case Logic():
            return _logic(node, environment)
        case Either():
            return _either(node, environment)
        case Call():
            return _call(node, environment)
    raise AssertionError(f"no such node: {node!r}")  # pragma: no cover


def _unary(node: Unary, environment: Environment) -> Function:
    operand = cast(Callable[[Values], Any], compile_formula(node.operand, environment))
    if node.operator == "not":
        return lambda values: None if (found := operand(values)) is None else not found
    return lambda values: None if (found := operand(values)) is None else -found


def _divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise BadInput(Problem("division-by-zero"))
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return plain(Fraction(a) / b)


def _floor_divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise BadInput(Problem("division-by-zero"))
    return a // b


def _modulo(a: Number, b: Number) -> Number:
    if b == 0:
        raise BadInput(Problem("division-by-zero"))
    return plain(a % b)


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: plain(a + b),
    "-": lambda a, b: plain(a - b),
    "*": lambda a, b: plain(a * b),
    "/": _divide,
    "//": _floor_divide,
    "%": _modulo,
}


def _strict(
    operation: Callable[[Any, Any], Any], left: Callable[[Values], Any], right: Callable[[Values], Any]
) -> Function:
    """The operation on both values, None when either is None."""

    def apply(values: Values) -> Value:
        a = left(values)
        if a is None:
            return None
        b = right(values)
        return None if b is None else cast(Value, operation(a, b))

    return apply


def _binary(node: Binary, environment: Environment) -> Function:
    left = compile_formula(node.left, environment)
    right = compile_formula(node.right, environment)
    return _strict(_ARITHMETIC[node.operator], left, right)


def _contains(item: Any, items: Any) -> bool | None:
    """Whether the list holds the value; not known where it does not and one of its values is not known."""
    return True if item in items else None if None in items else False


def _within(region: str, regions: str | tuple[str | None, ...]) -> bool | None:
    listed = (regions,) if isinstance(regions, str) else regions
    if any(wider is not None and lies_within(region, wider) for wider in listed):
        return True
    return None if None in listed else False


def _negated(found: bool | None) -> bool | None:
    return None if found is None else not found


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool | None]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": _contains,
    "not in": lambda a, b: _negated(_contains(a, b)),
}


def _comparison(node: Comparison, environment: Environment) -> Function:
    left = compile_formula(node.left, environment)
    if node.operator == "is":
        return lambda values: left(values) is None
    if node.operator == "is not":
        return lambda values: left(values) is not None
    right = compile_formula(node.right, environment)
    if node.left.type.kind == "region" and node.operator in ("in", "not in"):
        if node.operator == "in":
            return _strict(_within, left, right)
        return _strict(lambda a, b: _negated(_within(a, b)), left, right)
    return _strict(_COMPARISONS[node.operator], left, right)


def _logic(node: Logic, environment: Environment) -> Function:
    operands = [compile_formula(operand, environment) for operand in node.operands]
    decisive = node.operator == "or"

    def apply(values: Values) -> Value:
        found: bool | None = not decisive
        for operand in operands:
            value = operand(values)
            if value is decisive:
                return decisive
            if value is None:
                found = None
        return found

    return apply


def _either(node: Either, environment: Environment) -> Function:
    condition = compile_formula(node.condition, environment)
    then = compile_formula(node.then, environment)
    otherwise = compile_formula(node.otherwise, environment)

    def apply(values: Values) -> Value:
        found = condition(values)
        if found is None:
            return None
        return then(values) if found else otherwise(values)

    return apply


_ROUNDING: Mapping[str, Callable[[Any], int]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "round_half_up": round_half_up,
}


def _months_after(day: Any, months: Any) -> Any:
    if not isinstance(months, int):
        raise BadInput(Problem("formula-whole-months", value=str(months)))
    return months_after(day, months)


def _call(node: Call, environment: Environment) -> Function:
    arguments = [
        compile_formula(argument, environment) for argument in node.arguments if not _is_table(node, argument)
    ]
    match node.function:
        case "min" | "max":
            pick = min if node.function == "min" else max
            return _extreme(pick, arguments)
        case "floor" | "ceil" | "round_half_up":
            return _one(_ROUNDING[node.function], arguments)
        case "years_between":
            return _strict(years_between, *arguments)
        case "days_between":
            return _strict(days_between, *arguments)
        case "workdays_between":
            return _strict(environment.workdays.between, *arguments)
        case "months_after":
            return _strict(_months_after, *arguments)
        case "lookup":
            return _lookup(node, environment)
    return _paid(node, environment)


def _is_table(node: Call, argument: Node) -> bool:
    return node.function == "lookup" and argument is node.arguments[0]


def _extreme(pick: Callable[[list[Any]], Any], arguments: list[Function]) -> Function:
    def apply(values: Values) -> Value:
        found = [argument(values) for argument in arguments]
        return None if None in found else cast(Value, pick(found))

    return apply


def _one(operation: Callable[[Any], Any], arguments: list[Function]) -> Function:
    (argument,) = arguments
    return lambda values: None if (found := argument(values)) is None else cast(Value, operation(found))


def _lookup(node: Call, environment: Environment) -> Function:
    table = environment.tables[cast(Name, node.arguments[0]).name]
    named = dict(node.named)
    keys = [compile_formula(named[key], environment) for key in table.keys]
    day = environment.slots.get(TABLE_DAY)

    def apply(values: Values) -> Value:
        return table.lookup(tuple(key(values) for key in keys), None if day is None else values[day])

    return apply


def _paid(node: Call, environment: Environment) -> Function:
    filters = [(name, compile_formula(argument, environment)) for name, argument in node.named]
    history = environment.slots[HISTORY]
    counting = node.function == "count_paid"

    def apply(values: Values) -> Value:
        asked = [(name, value(values)) for name, value in filters]
        if any(value is None for _, value in asked):
            return None
        rows = [row for row in values[history] if all(_field(row, name) == value for name, value in asked)]
        return len(rows) if counting else plain(Fraction(sum(row.amount for row in rows), 100))

    return apply


def _field(row: Paid, name: str) -> object:
    return row.ended_on.year if name == "year" else getattr(row, name)


def needs(node: Node, values: Values, environment: Environment) -> list[str]:
    """The facts (or tables, as `tables.<name>`) that kept a formula from a value; empty when it has one."""
    found: dict[str, None] = {}
    _collect(node, values, environment, found)
    return list(found)


def _collect(node: Node, values: Values, environment: Environment, found: dict[str, None]) -> None:
    if environment.function(node)(values) is not None and not isinstance(node, Listing):
        return
    match node:
        case Name(name=name):
            formula = environment.formulas.get(name)
            if formula is None:
                found[name] = None
            else:
                _collect(formula, values, environment, found)
        case Either():
            decided = environment.function(node.condition)(values)
            branch = node.condition if decided is None else node.then if decided else node.otherwise
            _collect(branch, values, environment, found)
        case Call(function="lookup"):
            _collect_lookup(node, values, environment, found)
        case _:
            for part in node.parts():
                _collect(part, values, environment, found)


def _collect_lookup(node: Call, values: Values, environment: Environment, found: dict[str, None]) -> None:
    """The keys that were not known, if a row could fit once they are; otherwise the table itself."""
    table = environment.tables[cast(Name, node.arguments[0]).name]
    named = dict(node.named)
    keys = tuple(environment.function(named[key])(values) for key in table.keys)
    slot = environment.slots.get(TABLE_DAY)
    day = None if slot is None else values[slot]
    rows = [row for row in table.rows if table.could_fit(row, keys)]
    in_force = [row for row in rows if row.valid_on(day)]
    if day is None and rows and not in_force:
        found[TABLE_DAY] = None
    elif not in_force:
        found[f"tables.{table.name}"] = None
    for place, key in enumerate(table.keys):
        if keys[place] is None and any(row.keys[place] is not None for row in in_force):
            _collect(named[key], values, environment, found)
