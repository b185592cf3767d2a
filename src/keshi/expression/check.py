"""Before a formula runs: its names resolve, its types fit, its units fit."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

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
from keshi.expression.parse import Source
from keshi.expression.types import BOOLEAN, DATE, NULL, TEXT, Type, Unit, list_of, number
from keshi.problems import BadInput, Problem


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for: its type, its kind, and for a table the types of its key columns."""

    type: Type
    kind: Literal["fact", "parameter", "quantity", "table"]
    keys: Mapping[str, Type] = field(default_factory=dict)


Scope = Mapping[str, Symbol]

_YUAN = Unit.parse("yuan")
_TEXTUAL = frozenset({"text", "choice", "region"})
_PAID_FILTERS: Mapping[str, Type] = {
    "scheme": TEXT,
    "item": TEXT,
    "project": TEXT,
    "occupation": TEXT,
    "year": number("year"),
    "level": number(),
}


def check(node: Node, scope: Scope, source: Source, expected: Type | None = None) -> Type:
    """Set the type of every part of the formula and return that of the whole.

    Raises BadInput with every name, type and unit that does not fit, each at its file, line and column.
    """
    checker = _Checker(scope, source)
    found = checker.visit(node)
    if expected is not None and not checker.problems and not _reported(node) and not _fits(found, expected):
        checker.refuse(node, "formula-wrong-result", expected=str(expected), found=str(found))
    if checker.problems:
        raise BadInput(checker.problems)
    return found


def _reported(node: Node) -> bool:
    """Whether a part has no type because of a problem that stands elsewhere already."""
    return node.type.kind == "null" and not isinstance(node, Constant)


def _fits(found: Type, expected: Type) -> bool:
    if found.kind != expected.kind:
        return found.kind == "choice" and expected.kind == "text"
    return found.kind != "number" or found.zero or found.unit == expected.unit


class _Checker:
    def __init__(self, scope: Scope, source: Source) -> None:
        self.scope = scope
        self.source = source
        self.problems: list[Problem] = []

    def refuse(self, node: Node, code: str, **params: object) -> None:
        self.problems.append(self.source.problem(code, node.start, node.end, **params))

    def visit(self, node: Node) -> Type:
        node.type = self.typed(node)
        return node.type

    def typed(self, node: Node) -> Type:
        match node:
            case Constant(value=value):
                return _constant_type(value)
            case Name():
                return self.name(node)
            case Listing():
                return self.listing(node)
            case Unary():
                return self.unary(node)
            case Binary():
                return self.binary(node)
            case Comparison():
                return self.comparison(node)
            case Logic(operands=operands):
                for operand in operands:
                    self.require(operand, "boolean")
                return BOOLEAN
            case Either():
                return self.either(node)
            case Call():
                return self.call(node)
        raise AssertionError(f"no such node: {node!r}")  # pragma: no cover

    def require(self, node: Node, *kinds: str) -> Type:
        found = self.visit(node)
        if found.kind not in kinds and not _reported(node):
            self.refuse(node, "formula-wrong-type", expected=" / ".join(kinds), found=str(found))
        return found

    def name(self, node: Name) -> Type:
        symbol = self.scope.get(node.name)
        if symbol is None:
            close = difflib.get_close_matches(node.name, self.scope, n=1)
            if close:
                self.refuse(node, "formula-unknown-name-near", name=node.name, near=close[0])
            else:
                self.refuse(node, "formula-unknown-name", name=node.name)
            return NULL
        if symbol.kind == "table":
            self.refuse(node, "formula-table-outside-lookup", name=node.name)
        return symbol.type

    def listing(self, node: Listing) -> Type:
        types = [self.visit(item) for item in node.items]
        if not types:
            self.refuse(node, "formula-empty-list")
            return list_of(TEXT)
        first = next(
            (found for item, found in zip(node.items, types, strict=True) if not _reported(item)), NULL
        )
        for item, found in zip(node.items, types, strict=True):
            if found.kind != first.kind and not _reported(item) and not {found.kind, first.kind} <= _TEXTUAL:
                self.refuse(item, "formula-wrong-type", expected=str(first), found=str(found))
        return list_of(first)

    def unary(self, node: Unary) -> Type:
        if node.operator == "not":
            self.require(node.operand, "boolean")
            return BOOLEAN
        return self.require(node.operand, "number")

    def binary(self, node: Binary) -> Type:
        left = self.require(node.left, "number")
        right = self.require(node.right, "number")
        if left.kind != "number" or right.kind != "number":
            return NULL  # told already; what uses the result is not blamed
        match node.operator:
            case "*":
                return Type("number", left.unit * right.unit, literal=left.literal and right.literal)
            case "/" | "//":
                self.divisor(node.right)
                return Type("number", left.unit / right.unit, literal=left.literal and right.literal)
            case "%":
                self.divisor(node.right)
        return self.same_unit(node, left, right, money_by_name=True)

    def divisor(self, node: Node) -> None:
        if isinstance(node, Constant) and node.value == 0:
            self.refuse(node, "formula-division-by-zero")

    def same_unit(self, node: Node, left: Type, right: Type, *, money_by_name: bool = False) -> Type:
        """The common type of two numbers; a bare number takes the other's unit, but money has to be named."""
        if left.unit == right.unit:
            return Type("number", left.unit, literal=left.literal and right.literal)
        bare, other = (left, right) if left.literal else (right, left)
        adopts = bare.zero or (bare.literal and not (money_by_name and other.unit == _YUAN))
        if not adopts:
            self.refuse(node, "formula-wrong-unit", left=str(left.unit), right=str(right.unit))
        return Type("number", other.unit)

    def comparison(self, node: Comparison) -> Type:
        if node.operator in ("is", "is not"):
            self.visit(node.left)
            if not (isinstance(node.right, Constant) and node.right.value is None):
                self.refuse(node.right, "formula-is-only-none")
            return BOOLEAN
        left, right = self.visit(node.left), self.visit(node.right)
        if left.kind == "null" or right.kind == "null":
            for side, found in ((node.left, left), (node.right, right)):
                if found.kind == "null" and isinstance(side, Constant):
                    self.refuse(side, "formula-compare-none")
            return BOOLEAN
        if node.operator in ("in", "not in"):
            self.membership(node, left, right)
        elif node.operator in ("==", "!="):
            self.equal(node, left, right)
        elif left.kind != right.kind or left.kind not in ("number", "date"):
            self.refuse(node, "formula-not-comparable", left=str(left), right=str(right))
        elif left.kind == "number":
            self.same_unit(node, left, right)
        return BOOLEAN

    def membership(self, node: Comparison, left: Type, right: Type) -> None:
        if left.kind == "region" and right.kind == "region":
            return
        if right.kind != "list" or right.element is None:
            self.refuse(node.right, "formula-wrong-type", expected="list", found=str(right))
            return
        self.listed(node.left, left, node.right)

    def listed(self, item: Node, kind: Type, values: Node) -> None:
        """Whether a value can be compared with each of those listed, in both branches where there are two."""
        match values:
            case Listing(items=items):
                for value in (part for part in items if not _reported(part)):
                    self.equal(Comparison(value.start, value.end, "==", item, value), kind, value.type)
            case Either(then=then, otherwise=otherwise):
                self.listed(item, kind, then)
                self.listed(item, kind, otherwise)
            case _ if values.type.element is not None:
                self.equal(
                    Comparison(values.start, values.end, "==", item, values), kind, values.type.element
                )

    def equal(self, node: Comparison, left: Type, right: Type) -> None:
        if left.kind in _TEXTUAL and right.kind in _TEXTUAL:
            for side, choices in ((node.left, right), (node.right, left)):
                if (
                    choices.kind == "choice"
                    and isinstance(side, Constant)
                    and side.value not in choices.values
                ):
                    self.refuse(
                        side,
                        "formula-no-such-choice",
                        value=side.value,
                        choices=", ".join(sorted(choices.values)),
                    )
        elif left.kind != right.kind or left.kind == "list":
            self.refuse(node, "formula-not-comparable", left=str(left), right=str(right))
        elif left.kind == "number":
            self.same_unit(node, left, right)

    def either(self, node: Either) -> Type:
        self.require(node.condition, "boolean")
        then, otherwise = self.visit(node.then), self.visit(node.otherwise)
        if then.kind == "number" and otherwise.kind == "number":
            return self.same_unit(node, then, otherwise, money_by_name=True)
        if then.kind != otherwise.kind and not (_reported(node.then) or _reported(node.otherwise)):
            self.refuse(node, "formula-branches-differ", left=str(then), right=str(otherwise))
        return then

    def call(self, node: Call) -> Type:
        rule = _FUNCTIONS.get(node.function)
        if rule is None:
            for argument in node.parts():
                self.visit(argument)
            self.refuse(
                node, "formula-unknown-function", name=node.function, known=", ".join(sorted(_FUNCTIONS))
            )
            return NULL
        if node.named and node.function not in ("lookup", *_PAID):
            self.refuse(node, "formula-no-named-arguments", name=node.function)
        return rule(self, node)

    def arguments(self, node: Call, *kinds: str) -> list[Type]:
        if len(node.arguments) != len(kinds):
            self.refuse(node, "formula-argument-count", name=node.function, count=len(kinds))
            return [self.visit(argument) for argument in node.arguments]
        return [self.require(argument, kind) for argument, kind in zip(node.arguments, kinds, strict=True)]

    def extreme(self, node: Call) -> Type:
        types = [self.require(argument, "number", "date") for argument in node.arguments]
        if len(types) < 2:
            self.refuse(node, "formula-argument-count", name=node.function, count="≥ 2")
            return number()
        found = types[0]
        for argument, other in zip(node.arguments[1:], types[1:], strict=True):
            if _reported(argument) or found.kind == "null":
                continue
            if other.kind != found.kind:
                self.refuse(argument, "formula-wrong-type", expected=str(found), found=str(other))
            elif other.kind == "number":
                found = self.same_unit(argument, found, other, money_by_name=True)
        return found

    def rounded(self, node: Call) -> Type:
        types = self.arguments(node, "number")
        return types[0] if types else number()

    def between(self, node: Call) -> Type:
        self.arguments(node, "date", "date")
        return number(
            {"years_between": "year", "workdays_between": "workday", "days_between": "day"}[node.function]
        )

    def months_after(self, node: Call) -> Type:
        types = self.arguments(node, "date", "number")
        if len(types) == 2 and types[1].kind == "number":
            self.same_unit(node.arguments[1], number("month"), types[1])
        return DATE

    def lookup(self, node: Call) -> Type:
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], Name):
            self.refuse(node, "formula-lookup-table")
            return NULL
        table = node.arguments[0]
        symbol = self.scope.get(table.name)
        if symbol is None or symbol.kind != "table":
            self.refuse(table, "formula-unknown-table", name=table.name)
            return NULL
        self.named(node, symbol.keys, complete=True)
        return symbol.type

    def paid(self, node: Call) -> Type:
        if node.arguments:
            self.refuse(node, "formula-only-named-arguments", name=node.function)
        self.named(node, _PAID_FILTERS, complete=False)
        return number("yuan" if node.function == "sum_paid" else "time")

    def named(self, node: Call, known: Mapping[str, Type], *, complete: bool) -> None:
        for name, argument in node.named:
            found = self.visit(argument)
            if name not in known:
                self.refuse(argument, "formula-unknown-key", name=name, known=", ".join(known))
            elif _reported(argument):
                continue
            elif found.kind == "number" and known[name].kind == "number":
                self.same_unit(argument, known[name], found)
            elif {found.kind, known[name].kind} - {"text", "choice"} and found.kind != known[name].kind:
                self.refuse(argument, "formula-wrong-type", expected=str(known[name]), found=str(found))
        missing = [name for name in known if name not in dict(node.named)]
        if complete and missing:
            self.refuse(node, "formula-missing-key", name=", ".join(missing))


_PAID = ("sum_paid", "count_paid")
_FUNCTIONS: Mapping[str, Callable[[_Checker, Call], Type]] = {
    "min": _Checker.extreme,
    "max": _Checker.extreme,
    "floor": _Checker.rounded,
    "ceil": _Checker.rounded,
    "round_half_up": _Checker.rounded,
    "years_between": _Checker.between,
    "workdays_between": _Checker.between,
    "days_between": _Checker.between,
    "months_after": _Checker.months_after,
    "lookup": _Checker.lookup,
    "sum_paid": _Checker.paid,
    "count_paid": _Checker.paid,
}


def _constant_type(value: object) -> Type:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return TEXT
    return Type("number", literal=True, zero=value == 0)
