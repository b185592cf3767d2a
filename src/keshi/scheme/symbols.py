"""What the names in a scheme's formulas stand for: facts, parameters, tables."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from keshi.expression import BOOLEAN, DATE, REGION, TEXT, Source, Symbol, Type, Unit, choice, list_of, number
from keshi.problems import Problem
from keshi.scheme.model import Parameter, SchemeFile
from keshi.vocabulary import Fact, vocabulary

_FIGURE = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)\s*(%?)", re.ASCII)


def parameter_number(text: int | str) -> int | Fraction:
    """The exact value of a figure as written: 30, "7.5", "20%". Raises ValueError."""
    written = _FIGURE.fullmatch(str(text).strip())
    if written is None:
        raise ValueError(text)
    value = Fraction(written[1]) / (100 if written[2] else 1)
    return value.numerator if value.denominator == 1 else value


@cache
def fact_symbols() -> Mapping[str, Symbol]:
    """The symbols of all facts that formulas may name (those of `history` are read by the limits only)."""
    return {
        name: Symbol(_fact_type(fact), "fact")
        for name, fact in vocabulary().items()
        if fact.room != "history"
    }


def _fact_type(fact: Fact) -> Type:
    match fact.type:
        case "number":
            return number(fact.unit)
        case "boolean":
            return BOOLEAN
        case "date":
            return DATE
        case "region":
            return REGION
        case "choice":
            return choice(fact.values or {})
        case "texts":
            return list_of(choice(fact.values or {}))
    return TEXT


class Report:
    """Gathers the problems of a scheme file, each with its line and column."""

    def __init__(self, file: SchemeFile, name: str, positions: Mapping[str, tuple[int, int]]) -> None:
        self.file = file
        self.name = name
        self.positions = positions
        self.problems: list[Problem] = []

    def source(self, text: str, path: str) -> Source:
        """A formula at its place in the file."""
        line, column = self.positions.get(path, (0, 1))
        return Source(text, self.name if line else f"{self.name}: {path}", line, column)

    def place(self, path: str) -> str:
        """The file, line and column of a key, or its path where the position is not known."""
        line, column = self.positions.get(path, (0, 0))
        return f"{self.name}:{line}:{column}" if line else f"{self.name}: {path}"

    def refuse(self, code: str, path: str, **params: object) -> None:
        """Note a problem with a key."""
        self.problems.append(Problem(code, self.place(path), params=params))

    def unit(self, text: str, path: str) -> Unit:
        """The unit of a text; a bare number's where it is none, which is a problem."""
        try:
            return Unit.parse(text)
        except ValueError as error:
            self.refuse("scheme-unit", path, unit=str(error))
            return Unit()


def scheme_symbols(report: Report) -> dict[str, Symbol]:
    """Facts, parameters and tables of the scheme; no name may hide another."""
    scope = dict(fact_symbols())
    for name, parameter in report.file.parameters.items():
        path = f"parameters.{name}"
        if name in scope:
            report.refuse("scheme-name-twice", path, name=name)
        found = _parameter_type(report, parameter, name, path)
        if found is not None:
            scope[name] = Symbol(found, "parameter")
    for name, table in report.file.tables.items():
        if name in scope:
            report.refuse("scheme-name-twice", f"tables.{name}", name=name)
        keys = {key: number() if key == "level" else TEXT for key in table.keys}
        scope[name] = Symbol(number(report.unit(table.unit, f"tables.{name}.unit")), "table", keys)
    return scope


def _parameter_type(report: Report, parameter: Parameter, name: str, path: str) -> Type | None:
    given = (
        parameter.value is not None,
        bool(parameter.dated),
        parameter.day is not None,
        bool(parameter.regions),
    )
    if sum(given) != 1:
        report.refuse("scheme-parameter-one-value", path, name=name)
        return None
    if parameter.day is not None:
        return DATE
    if parameter.regions:
        return list_of(REGION)
    for figure in [parameter.value, *(period.value for period in parameter.dated)]:
        try:
            parameter_number(0 if figure is None else figure)
        except ValueError:
            report.refuse("scheme-figure", path, value=figure)
    return number(report.unit(parameter.unit, f"{path}.unit"))
