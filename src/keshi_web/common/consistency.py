"""Whether what is stored fits together: what constraints on single rows cannot say. `manage.py check_data` asks all.

An app writes its checks in `consistency.py`, each a generator of what does not fit, without any person's data:

    @check("every case stands where its last step led")
    def steps() -> Iterator[str]:
        yield "KB2020000001: …"
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

Check = Callable[[], Iterator[str]]
_checks: dict[str, Check] = {}


class Finding(NamedTuple):
    """Something that does not fit: the check that found it, and where and what."""

    check: str
    what: str


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under the sentence that it verifies."""

    def register(one: Check) -> Check:
        _checks[name] = one
        return one

    return register


def names() -> list[str]:
    """The sentences that are verified, of every app."""
    autodiscover_modules("consistency")
    return list(_checks)


def findings() -> Iterator[Finding]:
    """Everything that does not fit, as of one moment: what others write meanwhile is not seen half."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read read only")
        for name in names():
            for what in _checks[name]():
                yield Finding(name, what)


def rows(sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        yield from cursor.fetchall()
