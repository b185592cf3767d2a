"""What is written into a form: values by field, and how each kind of value is shown on paper."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from keshi.scheme.model import Form, FormField

TICKED, OPEN = "☑", "☐"
GAP = "\u3000"
"""An ideographic space."""
TOGETHER = "\u00a0"
"""Keeps a box and its word on one line."""
BLANK_DATE = f"{GAP * 2}年{GAP * 2}月{GAP * 2}日"
COUNTING = "序号"
"""The column that is numbered here when the rows come without it."""


class Signed(msgspec.Struct, frozen=True):
    """A signature, seal or opinion block: what was said, who signs, on which day. Empty parts stay blank."""

    text: str = ""
    person: str = ""
    on: date | None = None


Cell = str | int | Decimal | Fraction | date | bool | None
Rows = tuple[tuple[str, ...], ...]
Value = Cell | Signed | tuple[str, ...] | Rows
"""Text, number, date, ticked or not, ticked choices (their Chinese labels), a block, or a table's rows."""


class FormData(msgspec.Struct, frozen=True):
    """Values by field id. A field that is absent or None is left blank, to be filled in by hand."""

    values: Mapping[str, Value] = {}

    def of(self, field: str) -> Value:
        return self.values.get(field)

    def rows(self, field: FormField) -> Rows:
        """The rows of a table field, as many cells each as there are columns.

        A missing first column 序号 is numbered from 1. Raises ValueError on a row of another width.
        """
        rows = self.of(field.id) or ()
        if not isinstance(rows, tuple):
            raise ValueError(f"{field.id}: a table takes rows, not {type(rows).__name__}")
        width = len(field.columns)
        counted = width > 1 and field.columns[0].zh == COUNTING
        shown = []
        for number, row in enumerate(rows, start=1):
            cells = tuple(written(cell) for cell in row)
            if counted and len(cells) == width - 1:
                cells = (str(number), *cells)
            if len(cells) != width:
                raise ValueError(f"{field.id}, row {number}: {len(cells)} cells for {width} columns")
            shown.append(cells)
        return tuple(shown)


def long_date(day: date | None) -> str:
    """2020年3月2日, or the blanks to write it in."""
    return f"{day.year}年{day.month}月{day.day}日" if day else BLANK_DATE


def number(value: int | Decimal | Fraction) -> str:
    """A number exactly: 12, 7.5; a fraction that never ends as 1/3."""
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return str(value.numerator)
        scaled = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(scaled) != value:
            return str(value)
        value = scaled
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def written(value: object) -> str:
    """One value as text, without control characters; line breaks stay. None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, int | Decimal | Fraction):
        return number(value)
    if isinstance(value, Signed):
        return "\n".join(part for part in (value.text, value.person) if part)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(written(one) for one in value)
    text = str(value).replace("\r\n", "\n").replace("\t", " ")
    return "".join(sign for sign in text if sign == "\n" or _stands(sign))


def _stands(sign: str) -> bool:
    """Whether a sign takes a place on paper: no control, surrogate, format sign or variation selector."""
    selector = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    return not selector and unicodedata.category(sign) not in ("Cc", "Cs", "Cf")


def tick(words: Sequence[str], chosen: Sequence[str]) -> str:
    """☑ 是　☐ 否: every choice with its box."""
    return GAP.join(f"{TICKED if word in chosen else OPEN}{TOGETHER}{word}" for word in words)


def shown(field: FormField, value: Value) -> str:
    """A field's value as it stands in its blank."""
    match field.kind:
        case "choice":
            chosen = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
            return tick([choice.zh for choice in field.choices], [written(one) for one in chosen])
        case "checkbox":
            return tick(("是", "否"), ("是",) if value is True else ("否",) if value is False else ())
        case "date":
            return long_date(value) if value is None or isinstance(value, date) else written(value)
        case _:
            return written(value)


def place(form: Form, data: FormData, name: str) -> str:
    """What stands at a `{place}` of a layout: a field, a part of one, a promise or a note.

    `field`, `field.text`, `field.person`, `field.date` (a block's day, or its blanks), `field.box` (a single
    box), `promise:1`, `note:1` (counted from 1). Raises KeyError for a place that the form does not have.
    """
    kind, _, index = name.partition(":")
    if index:
        return {"promise": form.promises, "note": form.notes}[kind][int(index) - 1].zh
    field_id, _, part = name.partition(".")
    field = next((one for one in form.fields if one.id == field_id), None)
    if field is None:
        raise KeyError(name)
    value = data.of(field_id)
    if not part:
        return shown(field, value)
    block = value if isinstance(value, Signed) else Signed(text=written(value))
    return {
        "text": written(block.text),
        "person": written(block.person),
        "date": long_date(block.on),
        "box": TICKED if value is True else OPEN,
    }[part]
