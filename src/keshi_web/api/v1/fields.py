"""The kinds of value that requests hold. Numbers, truths and days are taken as JSON writes them and not otherwise."""

import re
from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso(value: Any) -> Any:
    if not (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        raise ValueError("a day like 2020-03-12")
    return value


def line(most: int, least: int = 0) -> Any:
    """One line of text without control characters."""
    return Annotated[
        str, StringConstraints(min_length=least, max_length=most, pattern=r"^[^\x00-\x1f\x7f]*$")
    ]


def paragraph(most: int, least: int = 0) -> Any:
    """Text that may have several lines."""
    return Annotated[str, StringConstraints(min_length=least, max_length=most, pattern=r"^[^\x00]*$")]


def whole(least: int, most: int) -> Any:
    """A whole number."""
    return Annotated[int, Field(strict=True, ge=least, le=most)]


Day = Annotated[date, BeforeValidator(_iso)]
Truth = Annotated[bool, Field(strict=True)]
Key = whole(1, 2**53 - 1)
Name = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z][a-z0-9_.-]*$")]
"""An identifier of a scheme or of the vocabulary."""
Value = Truth | whole(-(10**12), 10**12) | line(500) | list[line(120)] | None  # type: ignore[valid-type]
"""A fact or an answer: truth, whole number, text (a day or an amount as text too), list of texts, or nothing."""
USCC = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]


class In(Schema):
    """What a request holds; a name that is not known is refused, for it may be misspelt."""

    model_config = ConfigDict(extra="forbid")
