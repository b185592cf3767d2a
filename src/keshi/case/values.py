"""One value of a case, as it stands in JSON or TOML, to the value a formula reads."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keshi.expression.types import Value
from keshi.identity import mask_id_number
from keshi.problems import Problem
from keshi.vocabulary import Fact

MOST_DIGITS = 15
_DECIMAL = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}(\.\d{{1,6}})?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HALVES = re.compile("[\ud800-\udfff]")
_REGION = re.compile(r"[1-9]\d{5}", re.ASCII)
_PERSONAL = re.compile(r"\d(?:\s*\d){13,}(?:\s*[XxＸｘ])?")
"""Digits enough for an identity number, with the blanks and full-width forms that people write."""


class Refused(Exception):
    """A value does not fit its fact; carries the message's key and parameters."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def veiled(text: str) -> str:
    """A text that can be printed, with everything in it that may be an identity number masked."""
    printable = text.encode("utf-8", "replace").decode("utf-8")
    return _PERSONAL.sub(lambda found: mask_id_number("".join(found[0].split())), printable)


def shown(value: Any) -> str:
    """A value as it is quoted in a message: short, as it was written, nobody's identity number in it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = veiled(str(value))
    return text if len(text) <= 40 else f"{text[:37]}…"


def read_number(value: Any) -> int | Fraction:
    """An exact number from an integer, a decimal or the text of one."""
    if isinstance(value, bool):
        raise Refused("value-number")
    if isinstance(value, int):
        if abs(value) >= 10**MOST_DIGITS:
            raise Refused("value-number-large")
        return value
    if isinstance(value, Decimal):
        value = format(value, "f") if value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS else "?"
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        exact = Fraction(value.strip())
        return exact.numerator if exact.denominator == 1 else exact
    raise Refused("value-number")


def read_date(value: Any) -> date:
    """A day from a TOML date or an ISO text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _ISO.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise Refused("value-date-impossible") from None
    raise Refused("value-date")


def read_boolean(value: Any) -> bool:
    """true or false, nothing else."""
    if isinstance(value, bool):
        return value
    raise Refused("value-boolean")


def read_text(value: Any) -> str:
    """A text that is not empty and that every file can hold (no half of a surrogate pair)."""
    if isinstance(value, str) and value.strip() and not _HALVES.search(value):
        return value.strip()
    raise Refused("value-text")


def read_region(value: Any) -> str:
    """A six-digit administrative code."""
    if isinstance(value, str) and _REGION.fullmatch(value.strip()):
        return value.strip()
    raise Refused("value-region")


def reader(fact: Fact) -> Callable[[Any], Value]:
    """The function that reads one fact's value; it raises Refused. None passes as None."""
    read = _READERS[fact.type](fact)

    def nullable(value: Any) -> Value:
        return None if value is None else read(value)

    return nullable


def _bounded(fact: Fact) -> Callable[[Any], Value]:
    def read(value: Any) -> Value:
        found = read_number(value)
        if fact.whole and not isinstance(found, int):
            raise Refused("value-whole")
        if fact.least is not None and found < fact.least:
            raise Refused("value-least", least=fact.least)
        if fact.most is not None and found > fact.most:
            raise Refused("value-most", most=fact.most)
        return found

    return read


def _choice(fact: Fact) -> Callable[[Any], Value]:
    values = fact.values or {}

    def read(value: Any) -> Value:
        if isinstance(value, str) and value in values:
            return value
        raise Refused(
            "value-choice", choices=", ".join(f"{key}({label.zh})" for key, label in values.items())
        )

    return read


def _choices(fact: Fact) -> Callable[[Any], Value]:
    one = _choice(fact)

    def read(value: Any) -> Value:
        if not isinstance(value, list | tuple):
            raise Refused("value-list")
        return tuple(str(one(item)) for item in value)

    return read


_READERS: dict[str, Callable[[Fact], Callable[[Any], Value]]] = {
    "text": lambda _: read_text,
    "choice": _choice,
    "boolean": lambda _: read_boolean,
    "number": _bounded,
    "date": lambda _: read_date,
    "region": lambda _: read_region,
    "texts": _choices,
}


def problem(refused: Refused, fact: Fact, where: str, value: Any, *, masked: str | None = None) -> Problem:
    """The refusal as a problem that names the fact by its label."""
    params = {"label": fact.label.zh, "label_en": fact.label.en, **refused.params}
    return Problem(refused.code, where, shown(value) if masked is None else masked, params)
