"""The formula language: parse, check (names, types, units), evaluate exactly."""

from keshi.expression.check import Scope, Symbol, check
from keshi.expression.evaluate import Environment, Function, compile_formula, needs
from keshi.expression.nodes import Node, names_in
from keshi.expression.parse import Source, parse
from keshi.expression.tables import Row, Table
from keshi.expression.types import (
    BOOLEAN,
    DATE,
    REGION,
    TEXT,
    Type,
    Unit,
    Value,
    choice,
    list_of,
    number,
)

__all__ = [
    "BOOLEAN",
    "DATE",
    "REGION",
    "TEXT",
    "Environment",
    "Function",
    "Node",
    "Row",
    "Scope",
    "Source",
    "Symbol",
    "Table",
    "Type",
    "Unit",
    "Value",
    "check",
    "choice",
    "compile_formula",
    "list_of",
    "names_in",
    "needs",
    "number",
    "parse",
]
