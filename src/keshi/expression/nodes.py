"""The tree of a formula: few kinds of nodes, each knowing where it stands in its text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from keshi.expression.types import NULL, Type


@dataclass(slots=True, eq=False)
class Node:
    """A part of a formula. `start` and `end` are character columns, 0-based; `type` is set by the check."""

    start: int
    end: int
    type: Type = field(default=NULL, init=False)

    def parts(self) -> tuple["Node", ...]:
        """The nodes directly below this one."""
        return ()


@dataclass(slots=True, eq=False)
class Constant(Node):
    """A number, text, truth value or None."""

    value: int | Fraction | str | bool | None


@dataclass(slots=True, eq=False)
class Name(Node):
    """A fact (dotted), parameter, quantity or table."""

    name: str


@dataclass(slots=True, eq=False)
class Listing(Node):
    """`[a, b, …]`."""

    items: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.items


@dataclass(slots=True, eq=False)
class Unary(Node):
    """`-x` or `not x`."""

    operator: str
    operand: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(slots=True, eq=False)
class Binary(Node):
    """`+ - * / // %`."""

    operator: str
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(slots=True, eq=False)
class Comparison(Node):
    """One comparison: `== != < <= > >= in not-in is is-not`. A chain is parsed into an `and` of these."""

    operator: str
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(slots=True, eq=False)
class Logic(Node):
    """`and` or `or` over two or more operands."""

    operator: str
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(slots=True, eq=False)
class Either(Node):
    """`then if condition else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(slots=True, eq=False)
class Call(Node):
    """A call of one of the language's functions."""

    function: str
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]

    def parts(self) -> tuple[Node, ...]:
        return (*self.arguments, *(node for _, node in self.named))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for part in node.parts():
        yield from walk(part)


def names_in(node: Node) -> set[str]:
    """Every fact, parameter, quantity and table that the formula speaks of."""
    return {part.name for part in walk(node) if isinstance(part, Name)}
