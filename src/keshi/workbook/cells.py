"""One cell to the JSON value of a case. What could mean two things is refused, never guessed.

A converter takes what stood in the cell, never empty, and returns a JSON value, or None where the cell says
that there is nothing. It raises `Refused` with a message of its own.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from keshi.case.values import MOST_DIGITS, Refused
from keshi.identity import normalise
from keshi.vocabulary import Fact, Label
from keshi.workbook.grid import Fault
from keshi.workbook.words import plain, plain_set, words

Converter = Callable[[Any], Any]

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, ord("。"): ord(".")}
"""Full-width digits, letters and marks to the usual ones."""


def half_width(text: str) -> str:
    """The text as if typed with a Latin keyboard."""
    return text if text.isascii() else text.translate(_WIDE)


def _refuse_faults(value: Any) -> None:
    if value is Fault.ERROR:
        raise Refused("workbook-cell-error")
    if value is Fault.UNCALCULATED:
        raise Refused("workbook-cell-uncalculated")


# Numbers -------------------------------------------------------------------------------------------------

_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_EXCEL_DIGITS = 15
"""A spreadsheet keeps 15 significant digits; what a double holds beyond them is noise of binary arithmetic."""


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(value: int | float) -> int | str:
    """A number cell: whole ones as int, others as a decimal text of what the spreadsheet shows."""
    if isinstance(value, int):
        return value
    if value.is_integer():
        return int(value)
    return format(Decimal(format(value, f".{_EXCEL_DIGITS}g")), "f")


def number_converter(fact: Fact, *, unit_in_cell: bool = False) -> Converter:
    """Numbers, also with thousands separators and their unit; `unit_in_cell`: the unit must stand in the cell."""
    units = sorted(words()["units"].get(fact.unit, ()), key=len, reverse=True)
    levels = {plain(word): int(level) for level, names in words()["levels"].items() for word in names}
    levelled = fact.name.endswith(".level")
    money = fact.unit == "yuan"

    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            _refuse_faults(value)
            raise Refused("workbook-number-kind")
        if not isinstance(value, str):
            if unit_in_cell:
                raise Refused("workbook-unit-missing")
            return _number(value)
        if levelled and (level := levels.get(plain(value))):
            return level
        text = half_width(value).strip()
        if money:
            text = text.removeprefix("¥").removeprefix("￥").lstrip()
        unit = next((unit for unit in units if text.endswith(unit)), "")
        if unit_in_cell and not unit:
            raise Refused("workbook-unit-missing")
        text = text.removesuffix(unit).rstrip()
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        elif "," in text:
            raise Refused("workbook-number-comma")
        digits = text[1:] if text.startswith("-") else text
        if _all_digits(digits):
            return int(text) if len(digits) <= MOST_DIGITS else text
        if not _all_digits(digits.replace(".", "", 1)):
            raise Refused("workbook-number-unit" if re.match("[0-9]", text) else "value-number")
        return text

    return convert


def convert_share(value: Any) -> Any:
    """A share: 0.6 or 60%."""
    if isinstance(value, str):
        text = half_width(value).strip()
        digits = text.removesuffix("%").rstrip()
        if text.endswith("%") and _all_digits(digits.replace(".", "", 1)):
            return format((Decimal(digits) / 100).normalize(), "f")
    return _plain_number(value)


_plain_number = number_converter(Fact(name="", type="number", label=Label("", ""), source=Label("", "")))


# Dates ---------------------------------------------------------------------------------------------------

_WRITTEN_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<mark>[-./])(?P<m>[0-9]{1,2})(?P=mark)(?P<d>[0-9]{1,2})"
    r"|年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})[日号]|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_ZERO_DAY = date(1899, 12, 30)
_1904_LATER = 1_462
"""Days between the two ways of counting."""
_SERIALS = range(18_264, 73_051)
"""1950 to 2099, counted from 1900."""
_COMPACT = range(1950_01_01, 2100_01_01)


def date_converter(*, from_1904: bool = False) -> Converter:
    """Days, as a date cell, a day number or in one of the usual ways of writing, year first.

    A time of day is left out: the facts are days. 3/2/2020 is refused, being March or February.
    """
    later = _1904_LATER if from_1904 else 0

    def convert(value: Any) -> Any:
        if isinstance(value, date):
            return (value.date() if isinstance(value, datetime) else value).isoformat()
        if isinstance(value, str):
            return _written_date(half_width(value).strip())
        if isinstance(value, int | float) and not isinstance(value, bool) and value in _COMPACT:
            return _written_date(str(int(value)))
        if isinstance(value, int | float) and value + later in _SERIALS:
            return (_ZERO_DAY + timedelta(days=int(value) + later)).isoformat()
        _refuse_faults(value)
        raise Refused("workbook-date")

    return convert


def _written_date(text: str) -> str:
    found = _WRITTEN_DATE.fullmatch(text)
    if found is None:
        raise Refused("workbook-date")
    month = found["m"] or found["m2"] or found["m3"]
    day = found["d"] or found["d2"] or found["d3"]
    try:
        return date(int(found["y"]), int(month), int(day)).isoformat()
    except ValueError:
        raise Refused("value-date-impossible") from None


# Texts ---------------------------------------------------------------------------------------------------

_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\xff])\s+|\s+(?=[^\x00-\xff])")


def convert_text(value: Any) -> Any:
    """Text; a whole number of at most 15 digits is the text of its digits, a date is none."""
    if isinstance(value, str):
        if _SCIENTIFIC.fullmatch(value.strip()):
            raise Refused("workbook-text-lost-digits")
        return value.strip()
    _refuse_faults(value)
    if isinstance(value, date | time | timedelta):
        raise Refused("workbook-text-is-date")
    if isinstance(value, bool):
        raise Refused("value-text")
    if not abs(value) < 10**_EXCEL_DIGITS:
        raise Refused("workbook-text-lost-digits")
    return str(_number(value))


def convert_name(value: Any) -> Any:
    """A name without the spaces that line up Chinese characters: 测试　甲 is 测试甲; Li Ming keeps its space."""
    text = convert_text(value)
    return text if text.isalnum() else _BESIDE_CHINESE.sub("", " ".join(text.split()))


def convert_id_number(value: Any) -> Any:
    """An identity number, which must be text: as a number its last digits are lost already."""
    if isinstance(value, str):
        text = value.strip().lstrip("'＇‘’").strip()
        if _SCIENTIFIC.fullmatch(half_width(text)):
            raise Refused("workbook-id-number")
        return text
    _refuse_faults(value)
    raise Refused("workbook-id-number")


# Words ---------------------------------------------------------------------------------------------------


@cache
def _truth() -> Mapping[str, bool]:
    table = words()["truth"]
    return dict.fromkeys(plain_set(table["yes"]), True) | dict.fromkeys(plain_set(table["no"]), False)


def convert_boolean(value: Any) -> Any:
    """是 or 否 in the usual words and marks. 1 and 0 are refused: some codes count 1 and 2."""
    if isinstance(value, bool):
        return value
    found = _truth().get(plain(value)) if isinstance(value, str) else None
    if found is None:
        _refuse_faults(value)
        raise Refused("workbook-boolean")
    return found


def choice_words(fact: Fact) -> dict[str, str]:
    """From every way of writing a choice to its code."""
    found: dict[str, str] = {}
    for code, label in (fact.values or {}).items():
        others = words()["choices"].get(fact.name, {}).get(code, ())
        found.update(dict.fromkeys(plain_set((code, label.zh, label.en, *others)), code))
    return found


def choice_converter(fact: Fact) -> Converter:
    """A choice by its code, its label in either language or a usual other word."""
    codes = choice_words(fact)
    listed = "、".join(label.zh for label in (fact.values or {}).values())
    listed_en = ", ".join(label.en for label in (fact.values or {}).values())

    def convert(value: Any) -> Any:
        found = codes.get(plain(value)) if isinstance(value, str) else None
        if found is None:
            _refuse_faults(value)
            raise Refused("workbook-choice", choices=listed, choices_en=listed_en)
        return found

    return convert


_LIST_MARKS = re.compile(r"[、,，;；\n]")


def choices_converter(fact: Fact) -> Converter:
    """Several choices in one cell, with 、 or a comma between them; 无 is none of them."""
    one = choice_converter(fact)

    def convert(value: Any) -> Any:
        if not isinstance(value, str):
            return [one(value)]
        if plain(value) in nothing_words():
            return []
        return [one(part) for part in _LIST_MARKS.split(value) if part.strip()]

    return convert


@cache
def nothing_words() -> frozenset[str]:
    return plain_set(words()["nothing"]["words"])


def _or_nothing(convert: Converter, known: Mapping[str, Any]) -> Converter:
    """无 and the like leave a fact out, unless the word is one of its choices: then nothing is known of it."""
    nothing = nothing_words() - known.keys()

    def converted(value: Any) -> Any:
        return None if isinstance(value, str) and plain(value) in nothing else convert(value)

    return converted


def converter(fact: Fact, *, unit_in_cell: bool = False, from_1904: bool = False) -> Converter:
    """The converter of one fact."""
    known: Mapping[str, Any] = {}
    convert: Converter
    match fact.type:
        case "choice":
            convert, known = choice_converter(fact), choice_words(fact)
        case "texts":
            return choices_converter(fact)
        case "boolean":
            convert = convert_boolean
        case "number":
            convert = number_converter(fact, unit_in_cell=unit_in_cell)
        case "date":
            convert = date_converter(from_1904=from_1904)
        case "text" | "region":
            convert = convert_text
    convert = _SPECIAL.get(fact.name, convert)
    return _or_nothing(convert, known) if fact.optional or fact.type in ("date", "number") else convert


def _convert_code(value: Any) -> Any:
    return normalise(convert_text(value))[0]


_CHINA = "+08:00"
_CLOCK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)")


def convert_moment(value: Any) -> Any:
    """A moment with its zone; one without is meant as a clock in China shows it."""
    if isinstance(value, datetime):
        return value.isoformat() + _CHINA
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00{_CHINA}"
    text = convert_text(value)
    found = _CLOCK.fullmatch(text)
    return f"{found[1]}T{found[2]}{_CHINA}" if found else text


def convert_listing(value: Any) -> Any:
    """A list written as JSON."""
    try:
        return json.loads(half_width(convert_text(value)))
    except (ValueError, RecursionError):
        raise Refused("workbook-listing") from None


_SPECIAL: Mapping[str, Converter] = {
    "trainee.name": convert_name,
    "trainee.id_number": convert_id_number,
    "organisation.uscc": _convert_code,
    "events.at": convert_moment,
    "events.live_from": convert_moment,
    "events.segments": convert_listing,
    "tables.share": convert_share,
}
