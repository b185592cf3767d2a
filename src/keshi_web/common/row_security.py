"""The second net under the permission checks: the database itself shows a request only what lies in its scope.

A scope is a rectangle: places (a range of paths in the region tree) by organisations (a range of keys); the policies
of the tables (migration of `config`) compare with it, ranges because an index can serve them. It travels in settings
of the connection. Where none was set, as on a connection that the service did not open, nothing is seen.

Requests turn to their actor's scope and back (`seeing`). Processes without people, as management commands and
workers, say so at their start (`run_as_system`). An act that must look beyond its actor's scope, to recognise a person
or to see whether somebody is still needed, says why: `with beyond_scope("…")`. docs/decisions/0007 tells the reasons.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import Any

import psycopg
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

_LAST_PATH = "\U0010ffff"
_LAST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Scope:
    """What may be seen: paths from `path_from` up to (not including) `path_until`, organisations by their keys.

    `drafts` shows what no office has received yet, `user` what is one's own, `everything` also what lies nowhere.
    """

    path_from: str = ""
    path_until: str = ""
    organisation_from: int = 1
    organisation_until: int = 0
    drafts: bool = False
    user: int = 0
    everything: bool = False


NOBODY = Scope()
SYSTEM = Scope("", _LAST_PATH, -1, _LAST_KEY, drafts=True, everything=True)


def of_office(path: str, user: int) -> Scope:
    """An office sees what lies in its part of the region tree, once it was received."""
    # Paths end with a slash, so the next possible path after all that begin with this one ends with a 0.
    return Scope(path, f"{path[:-1]}0", -1, _LAST_KEY, user=user)


def of_organisation(key: int, user: int) -> Scope:
    """An organisation sees its own, wherever it lies."""
    return Scope("", _LAST_PATH, key, key, drafts=True, user=user)


def of_user(user: int) -> Scope:
    """Who has neither office nor organisation sees what is their own."""
    return Scope(user=user)


@models.CharField.register_lookup
class Under(models.Lookup):
    """`path__under="/370000/"`: begins with it. As LIKE, but the planner may look at the statistics under a policy."""

    lookup_name = "under"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        left, left_given = self.process_lhs(compiler, connection)
        right, right_given = self.process_rhs(compiler, connection)
        return f"{left}::text ^@ {right}", [*left_given, *right_given]


_default = [NOBODY]
_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)
_SET = "select " + ", ".join(f"set_config('keshi.{field.name}', %s, false)" for field in fields(Scope))


def current() -> Scope:
    """The scope of what runs now."""
    return _scope.get() or _default[0]


def run_as_system() -> None:
    """Let this process see everything where nobody is asking: for management commands, workers, tests."""
    _default[0] = SYSTEM
    if connection.connection is not None:
        _tell(connection)


@contextmanager
def seeing(scope: Scope) -> Iterator[None]:
    """See what lies in the scope and nothing else, then as before."""
    token = _scope.set(scope)
    _turn()
    try:
        yield
    finally:
        _scope.reset(token)
        _turn()


@contextmanager
def beyond_scope(reason: str) -> Iterator[None]:
    """See everything for a moment; the reason is for who reads the code."""
    assert reason
    with seeing(SYSTEM):
        yield


def _turn() -> None:
    """Tell an open connection; one that is opened later is told then."""
    if connection.connection is None:
        return
    # After an error the transaction (or the part from a savepoint on) will be rolled back, and the setting with it,
    # to what it was at its beginning: blocks end in the order in which they nest.
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        return
    try:
        _tell(connection)
    except psycopg.OperationalError:
        connection.close()  # broken; the next one begins with the right scope


def _tell(wrapper: BaseDatabaseWrapper) -> None:
    # Below Django's cursor: it is no query of anybody's.
    wrapper.connection.execute(_SET, [_written(getattr(current(), field.name)) for field in fields(Scope)])


def _written(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _opened(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    _tell(connection)


connection_created.connect(_opened, dispatch_uid="row security")
