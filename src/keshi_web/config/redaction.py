"""What must never stand in a log: numbers that belong to a person, and the rows that a database error quotes."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "‹…›"

NUMBER = re.compile(r"\d(?:[ \-‐–]?\d){9,}[ \-]?[\dXxＸｘ]|\d{7,}[XxＸｘ]?")
"""Identity numbers, phones, accounts: seven digits in a row, or eleven in groups. Full-width digits count as well."""

DETAIL = re.compile(r"(DETAIL:).*?(?=\n(?:CONTEXT|HINT|QUERY|LOCATION):|\n\n|\Z)", re.DOTALL)
"""PostgreSQL's detail of an error: the values of a key, a whole refused row."""

KEPT = frozenset({"timestamp", "request_id", "level", "logger"})
"""Fields that this service writes itself; a date or an identifier may look like a number."""


def redact(text: str) -> str:
    """The text without numbers of persons and without quoted rows."""
    return NUMBER.sub(HIDDEN, DETAIL.sub(rf"\1 {HIDDEN}", text))


def redacted(value: Any) -> Any:
    """A value of a log entry, redacted throughout; what is no plain value becomes its redacted text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**6 else redacted(str(value))
    if isinstance(value, Mapping):
        return {redact(str(key)): redacted(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(part) for part in value]
    return redact(value if isinstance(value, str) else str(value))


def redact_entry(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The structlog processor, the last before the entry is written."""
    return {
        name: value if name in KEPT or name.startswith("_") else redacted(value)
        for name, value in entry.items()
    }
