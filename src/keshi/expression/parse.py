"""From the text of a formula to its tree: Python's own parser, then a white list."""

import ast
import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction

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
from keshi.problems import BadInput, Problem

MAX_LENGTH = 2_000
MAX_DEPTH = 60
_SHOWN = 200
"""Characters of a formula that is too long which the message repeats."""

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%"}
_COMPARE = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
# `class` is a keyword of Python and a room of the vocabulary: parsed under a name of the same width.
_CLASS = re.compile(r"(?<![\w.])class(?=\s*\.)")
_STAND_IN = "klass"
# Texts and figures, in the order they stand; a figure takes every letter stuck to it (0x1F, 1e5, 1if).
_LITERAL = re.compile(r""""[^"]*"|'[^']*'|(?<![\w.])(?P<figure>\.?\d[\w.]*)""")
_FIGURE = re.compile(r"\d[\d_]{0,30}(\.[\d_]{0,30})?|\.\d[\d_]{0,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """A formula and the place it was written at: file, line and column (1-based) of its first character."""

    text: str
    file: str = ""
    line: int = 0
    column: int = 1

    def problem(self, code: str, start: int, end: int, **params: object) -> Problem:
        """A problem at characters start..end of the formula, with the formula and a caret below it."""
        where = f"1:{start + 1}"
        if self.file:
            where = f"{self.file}:{self.line}:{self.column + start}" if self.line else self.file
        pad = "".join("　" if unicodedata.east_asian_width(c) in "WF" else " " for c in self.text[:start])
        caret = "^" * max(
            1, sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in self.text[start:end])
        )
        shown = self.text.replace("\n", " ")
        return Problem(code, where, params=params, excerpt=f"    {shown}\n    {pad}{caret}")


def parse(source: Source) -> Node:
    """The tree of a formula.

    Raises BadInput with the place of the first thing that is not part of the language.
    """
    text = source.text
    if len(text) > MAX_LENGTH:
        raise BadInput(
            replace(source, text=text[:_SHOWN] + "…").problem("formula-too-long", 0, 1, most=MAX_LENGTH)
        )
    if "\n" in text or "\r" in text:
        raise BadInput(source.problem("formula-one-line", 0, 1))
    if _STAND_IN in text:
        at = text.index(_STAND_IN)
        raise BadInput(source.problem("formula-unknown-name", at, at + len(_STAND_IN), name=_STAND_IN))
    if "\\" in text:
        at = text.index("\\")
        raise BadInput(source.problem("formula-not-allowed", at, at + 1))
    for found in _LITERAL.finditer(text):
        if found["figure"] and not _FIGURE.fullmatch(found["figure"]):
            raise BadInput(source.problem("formula-number-form", *found.span()))
    try:
        tree = ast.parse(_CLASS.sub(_STAND_IN, text), mode="eval")
    except SyntaxError as error:
        # no offset: the formula breaks off
        start = min(max(0, (error.offset or len(text)) - 1), max(0, len(text) - 1))
        raise BadInput(source.problem("formula-syntax", start, start + 1)) from None
    except (ValueError, RecursionError, MemoryError):
        raise BadInput(source.problem("formula-syntax", 0, 1)) from None
    return _Reader(source).read(tree.body, 0)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.encoded = source.text.encode()

    def column(self, byte: int) -> int:
        return len(self.encoded[:byte].decode())

    def span(self, node: ast.expr) -> tuple[int, int]:
        return self.column(node.col_offset), self.column(node.end_col_offset or node.col_offset + 1)

    def refuse(self, node: ast.expr, code: str, **params: object) -> BadInput:
        start, end = self.span(node)
        return BadInput(self.source.problem(code, start, end, **params))

    def read(self, node: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.refuse(node, "formula-too-deep", most=MAX_DEPTH)
        start, end = self.span(node)
        below = depth + 1
        match node:
            case ast.Constant(value=value):
                return Constant(start, end, self.constant(node, value))
            case ast.Name() | ast.Attribute():
                return Name(start, end, self.dotted(node))
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return Listing(start, end, tuple(self.read(e, below) for e in elements))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Unary(start, end, "-", self.read(operand, below))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Unary(start, end, "not", self.read(operand, below))
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                return Binary(start, end, _BINARY[type(op)], self.read(left, below), self.read(right, below))
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(start, end, word, tuple(self.read(v, below) for v in values))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Either(
                    start, end, self.read(test, below), self.read(body, below), self.read(orelse, below)
                )
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self.comparison(left, ops, comparators, (start, end), below)
            case ast.Call(func=ast.Name(id=function), args=args, keywords=keywords):
                named: list[tuple[str, Node]] = []
                for keyword in keywords:
                    # Python's parser lets a key stand twice; the first would be forgotten silently.
                    if keyword.arg is None or keyword.arg in dict(named):
                        raise self.refuse(keyword.value, "formula-not-allowed")
                    named.append((keyword.arg, self.read(keyword.value, below)))
                return Call(start, end, function, tuple(self.read(a, below) for a in args), tuple(named))
        raise self.refuse(node, "formula-not-allowed")

    def constant(self, node: ast.expr, value: object) -> int | Fraction | str | bool | None:
        if isinstance(value, float):
            start, end = self.span(node)
            return _plain(
                Fraction(self.source.text[start:end])
            )  # the digits as written, never the binary float
        if isinstance(value, str):
            return value.replace(_STAND_IN, "class")
        if value is None or isinstance(value, bool | int):
            return value
        raise self.refuse(node, "formula-not-allowed")

    def dotted(self, node: ast.expr) -> str:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise self.refuse(node, "formula-not-allowed")
        return ".".join(["class" if node.id == _STAND_IN else node.id, *parts])

    def comparison(
        self,
        left: ast.expr,
        ops: list[ast.cmpop],
        comparators: list[ast.expr],
        span: tuple[int, int],
        depth: int,
    ) -> Node:
        operands = [self.read(n, depth) for n in (left, *comparators)]
        pairs = [
            Comparison(a.start, b.end, _COMPARE[type(op)], a, b)
            for op, a, b in zip(ops, operands, operands[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else Logic(*span, "and", tuple(pairs))


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
