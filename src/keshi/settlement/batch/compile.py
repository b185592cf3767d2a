"""Formulas of a checked scheme to SQL with the row engine's meaning: exact, three-valued, lazy where it is lazy."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from keshi.expression import Node
from keshi.expression.nodes import (
    Binary,
    Call,
    Comparison,
    Constant,
    Either,
    Listing,
    Logic,
    Name,
    Unary,
    walk,
)
from keshi.settlement.batch.arithmetic import Arithmetic
from keshi.settlement.batch.lists import either, listed, within
from keshi.settlement.batch.sql import (
    UNKNOWN,
    Compiled,
    Fault,
    Number,
    Whole,
    all_of,
    any_of,
    choose,
    constant,
    constant_part,
    literal,
    of,
)
from keshi.settlement.batch.stage import Stage

PAID = ("sum_paid", "count_paid")
SIMPLE = 40
"""Longest text that is repeated rather than computed once in a column of its own."""


@dataclass(slots=True)
class Compiler:
    """Compiles formulas of one level (class or trainee) into a stage; `names` holds what every name means there."""

    stage: Stage
    arithmetic: Arithmetic
    names: dict[str, Compiled]
    call: Callable[["Compiler", Call], Compiled]
    """Functions of the language, which need tables, calendar and history."""
    outer: "Compiler | None" = None
    """The compiler of the class, for what is the same for all its trainees."""

    def compile(self, node: Node) -> Compiled:
        """The formula in SQL. Raises TooLarge when its numbers could pass the widest integers."""
        if self.outer is not None and node.type.kind != "list" and self.of_class(node):
            return self._hoisted(self.outer, node)
        match node:
            case Constant(value=value):
                return constant_part(value)
            case Name(name=name):
                return self.names[name]
            case Listing(items=items):
                return listed([self.compile(item) for item in items], self.arithmetic)
            case Unary(operator="not"):
                operand = self.compile(node.operand)
                return replace(operand, sql=f"(not {operand.sql})", fixed=None)
            case Unary():
                operand = self.compile(node.operand)
                number = self.arithmetic.multiply(of(operand), constant(-1))
                return replace(operand, number=number)
            case Binary():
                return self._binary(node)
            case Comparison():
                return self._comparison(node)
            case Logic():
                return self._logic(node)
            case Either():
                return self._either(node)
            case Call():
                return self.call(self, node)
        raise AssertionError(f"no such node: {node!r}")  # pragma: no cover

    def of_class(self, node: Node) -> bool:
        """Whether a part of a trainee's formula is the same for the whole class."""
        return all(
            not (isinstance(part, Name) and part.name in self.names)
            and not (isinstance(part, Call) and part.function in PAID)
            for part in walk(node)
        )

    @staticmethod
    def _hoisted(outer: "Compiler", node: Node) -> Compiled:
        """Computed once per class; the columns keep their names in the trainees' source."""
        if isinstance(node, Name):
            return outer.names[node.name]
        compiled = outer.compile(node)
        return replace(outer.keep(compiled, "part"), faults=compiled.faults)

    def repeatable(self, sql: str, hint: str) -> str:
        """A text short enough to be written several times."""
        return sql if len(sql) <= SIMPLE else self.stage.column(sql, hint)

    def strict(self, *parts: Compiled) -> tuple[str | None, tuple[Fault, ...]]:
        """When an operation on all parts is unknown, and its faults: a part counts while those before are known."""
        nulls = [part.null for part in parts if part.null is not None]
        faults: list[Fault] = []
        for index, part in enumerate(parts):
            before = [p.null for p in parts[:index] if p.null is not None]
            faults += part.within(f"not ({any_of(before)})" if before else "true")
        return (any_of(nulls) if nulls else None), tuple(faults)

    def short(self, number: Number) -> Number:
        """The same number with long parts computed once, so that its text may be repeated."""
        top, bottom = self._short(number.top), number.bottom
        return Number(top, number.scale, None if bottom is None else self._short(bottom))

    def _short(self, whole: Whole) -> Whole:
        if whole.constant or len(whole.sql) <= SIMPLE:
            return whole
        return replace(whole, sql=self.stage.column(whole.sql, "n"))

    def _binary(self, node: Binary) -> Compiled:
        left, right = self.compile(node.left), self.compile(node.right)
        null, faults = self.strict(left, right)
        a, b = of(left), self.short(of(right))
        number: Number
        match node.operator:
            case "+" | "-":
                number = self.arithmetic.add(a, b, 1 if node.operator == "+" else -1)
            case "*":
                number = self.arithmetic.multiply(a, b)
            case _:
                zero = self._zero(b)
                if zero == "true":
                    both = f"not ({null or 'false'})"
                    return Compiled(
                        null="true", number=UNKNOWN, faults=(*faults, Fault("division-by-zero", both))
                    )
                if zero is not None:
                    known = [f"not ({part})" for part in (left.null, right.null) if part is not None]
                    faults = (*faults, Fault("division-by-zero", all_of([*known, zero])))
                    null = any_of([*([null] if null else []), zero])
                a = self.short(a)
                operation = {"/": self.arithmetic.divide, "%": self.arithmetic.modulo}.get(node.operator)
                number = operation(a, b) if operation else self._floor(self.arithmetic.divide(a, b))
        return Compiled(null=null, number=number, faults=faults)

    def _floor(self, number: Number) -> Number:
        return self.arithmetic.floor(self.short(number))

    @staticmethod
    def _zero(number: Number) -> str | None:
        """When a divisor is zero (never NULL); None for never."""
        if number.scale == 0:
            return "true"
        if number.top.constant or number.top.low > 0 or number.top.high < 0:
            return None
        return f"coalesce({number.top.sql} = 0, false)"

    def _comparison(self, node: Comparison) -> Compiled:
        left = self.compile(node.left)
        if node.operator in ("is", "is not"):
            unknown = left.is_null
            sql = unknown if node.operator == "is" else f"(not ({unknown}))"
            return Compiled(sql=f"({sql})", faults=left.faults)
        right = self.compile(node.right)
        null, faults = self.strict(left, right)
        if node.operator in ("in", "not in"):
            sql = f"({self._member(node, left, right)})"
            if right.members is not None and right.members.unsure:
                null = any_of([*([null] if null else []), f"{sql} is null"])
            guarded = sql if null is None else f"(case when {null} then null else {sql} end)"
            return Compiled(
                sql=guarded if node.operator == "in" else f"(not {guarded})", null=null, faults=faults
            )
        operator = {"==": "=", "!=": "<>"}.get(node.operator, node.operator)
        if left.null == "true" or right.null == "true":
            return Compiled(sql="cast(null as boolean)", null="true", faults=faults)
        if left.number is not None and right.number is not None:
            a, b = self.arithmetic.sides(left.number, right.number)
        else:
            a, b = left.sql, right.sql
        return Compiled(sql=f"({a} {operator} {b})", null=null, faults=faults)

    @staticmethod
    def _member(node: Comparison, left: Compiled, right: Compiled) -> str:
        if right.members is None:
            return within(left, right)
        if node.left.type.kind == "region" and right.members.contains is not None:
            return right.members.contains(left)
        return right.members.holds(left)

    def _logic(self, node: Logic) -> Compiled:
        operands = [self.compile(operand) for operand in node.operands]
        undecided = "coalesce({}, true)" if node.operator == "and" else "not coalesce({}, false)"
        faults: list[Fault] = []
        guards: list[str] = []
        for operand in operands:
            faults += operand.within(all_of(guards))
            guards.append(undecided.format(operand.sql))
        sql = f" {node.operator} ".join(operand.sql for operand in operands)
        null = f"({sql}) is null" if any(operand.null for operand in operands) else None
        return Compiled(sql=f"({sql})", null=null, faults=tuple(faults))

    def _either(self, node: Either) -> Compiled:
        condition, then, otherwise = (self.compile(part) for part in node.parts())
        sql = condition.sql
        faults = (
            *condition.faults,
            *then.within(f"coalesce({sql}, false)"),
            *otherwise.within(f"coalesce(not {sql}, false)"),
        )
        nulls = (then.null, otherwise.null)
        null = None
        if condition.null is not None or nulls != (None, None):
            null = choose(sql, nulls[0] or "false", nulls[1] or "false", "true")
        found = Compiled(null=null, faults=faults)
        if then.members or otherwise.members:
            return replace(found, members=either(sql, then, otherwise))
        if then.number is None:
            days = None
            if then.days and otherwise.days:
                days = (min(then.days[0], otherwise.days[0]), max(then.days[1], otherwise.days[1]))
            if then.null == otherwise.null == "true":
                return replace(found, sql="cast(null as boolean)", null="true")
            return replace(found, sql=choose(sql, then.sql, otherwise.sql), days=days)
        return replace(found, number=self.either_number(sql, of(then), of(otherwise)))

    def either_number(self, condition: str, a: Number, b: Number) -> Number:
        """One number or the other; NULL where the condition is."""
        alike = self.arithmetic.alike([a, b])
        if alike is not None:
            unit, (left, right) = alike
            return Number(self._choice(condition, left, right), unit)
        (left, below), (right, under) = self.arithmetic.parts(a), self.arithmetic.parts(b)
        bottom = below if below == under else self._choice(condition, below, under)
        return Number(self._choice(condition, left, right), Fraction(1), bottom)

    def _choice(self, condition: str, a: Whole, b: Whole) -> Whole:
        wide = a.wide or b.wide
        kind = self.arithmetic.wide if wide else "bigint"
        texts = [
            f"cast({literal(w.low)} as {kind})" if w.constant else self.arithmetic.typed(w, wide)
            for w in (a, b)
        ]
        return Whole(choose(condition, *texts), min(a.low, b.low), max(a.high, b.high), wide)

    def rounded(self, part: Compiled, function: str) -> Compiled:
        """`floor`, `ceil`, `round_half_up`."""
        operation = {"floor": self.arithmetic.floor, "ceil": self.arithmetic.ceil}.get(
            function, self.arithmetic.round_half_up
        )
        return replace(part, number=operation(self.short(of(part))), fixed=None)

    def keep(self, compiled: Compiled, hint: str) -> Compiled:
        """The same value as a column of its own, for formulas that name it."""
        if compiled.members is not None:
            return compiled.failing()
        if compiled.number is None:
            if compiled.fixed is not None:
                return compiled.failing()
            name = self.stage.column(compiled.sql, hint)
            null = None if compiled.null is None else f"({name} is null)"
            return replace(compiled, sql=name, null=null, faults=())
        number = compiled.number
        if number.fixed is not None and compiled.null is None:
            return compiled.failing()
        top = self._column(number.top, hint)
        bottom = None if number.bottom is None else self._column(number.bottom, f"{hint}_below")
        null = None
        if compiled.null is not None:
            null = any_of([f"{part.sql} is null" for part in (top, bottom) if part is not None])
        return Compiled(null=null, number=Number(top, number.scale, bottom))

    def _column(self, whole: Whole, hint: str) -> Whole:
        kind = self.arithmetic.wide if whole.wide else "bigint"
        sql = f"cast({literal(whole.low)} as {kind})" if whole.constant else whole.sql
        return Whole(self.stage.column(sql, hint), whole.low, whole.high, whole.wide)
