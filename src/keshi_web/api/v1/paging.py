"""Pages by cursor: what is added meanwhile moves nothing, and the last page costs no more than the first."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import StringConstraints

from keshi_web.api.problems import Fault, Problem

Cursor = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None,
    Query(None, description="`next` of the page before."),
]
Size = Annotated[int, Query(50, ge=1, le=200, description="How many items at most.")]


def page(
    rows: QuerySet[Any],
    show: Callable[[Any], Any],
    *,
    key: str,
    cursor: str | None,
    size: int,
    moment: str = "",
) -> dict[str, Any]:
    """A page of rows in the order of `key` (descending with "-"), or of `moment` and then `key`, ascending.

    `key` is a unique whole number, `moment` a field with a time (both as paths); `show` makes an item of a row.
    """
    name = key.removeprefix("-")
    rows = rows.order_by(moment, name) if moment else rows.order_by(key)
    if cursor is not None:
        rows = rows.filter(_after(cursor, name, down=key.startswith("-"), moment=moment))
    found = list(rows[: size + 1])
    following = found[size - 1] if len(found) > size else None
    return {
        "items": [show(row) for row in found[:size]],
        "next": _write(following, name, moment) if following is not None else None,
    }


def _after(cursor: str, name: str, *, down: bool, moment: str) -> Q:
    at, last = _read(cursor, moment)
    if not moment:
        return Q(**{f"{name}__{'lt' if down else 'gt'}": last})
    return Q(**{f"{moment}__gt": at}) | Q(**{moment: at, f"{name}__gt": last})


def _write(row: Any, name: str, moment: str) -> str:
    parts = [_value(row, moment).isoformat() if moment else None, _value(row, name)]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = getattr(row, step)
    return row


def _read(cursor: str, moment: str) -> tuple[datetime | None, int]:
    try:
        at, last = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), "-_", validate=True))
        when = datetime.fromisoformat(at) if moment else None
        fits = type(last) is int and 0 <= last < 2**63 and (when.tzinfo is not None if when else at is None)
        if not fits:
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        detail = _("不是上一页给出的 next。")
        raise Problem("invalid", faults=[Fault("/cursor", detail, "cursor", "query")]) from None
    return when, last
