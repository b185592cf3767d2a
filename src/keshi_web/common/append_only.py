"""Tables in which nothing is edited: the database itself refuses UPDATE, DELETE and TRUNCATE.

    @append_only
    class Entry(models.Model): ...

    @append_only(except_columns=("delivered_at",))
    class Message(models.Model): ...

A correction is a new row. Django reports a refusal as IntegrityError.
"""

from collections.abc import Callable
from typing import Any, TypeVar, overload

import pgtrigger
from django.db import models

M = TypeVar("M", bound=models.Model)
_unchanging: set[type[models.Model]] = set()

_SQL = """
    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '
        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)
    USING ERRCODE = 'integrity_constraint_violation';
"""


@overload
def append_only(model: type[M]) -> type[M]: ...
@overload
def append_only(*, except_columns: tuple[str, ...] = ()) -> Callable[[type[M]], type[M]]: ...


def append_only(model: Any = None, *, except_columns: tuple[str, ...] = ()) -> Any:
    """Let the database refuse changes of a model's rows.

    Args:
        model: the class, when used without brackets.
        except_columns: names of fields that may change later (as a delivery time); all others may not.
    """
    protect = pgtrigger.register(
        pgtrigger.Trigger(
            name="append_only_update",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(exclude=list(except_columns)) if except_columns else None,
            func=_SQL,
        ),
        pgtrigger.Trigger(
            name="append_only_delete", when=pgtrigger.Before, operation=pgtrigger.Delete, func=_SQL
        ),
        pgtrigger.Trigger(
            name="append_only_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=_SQL,
        ),
    )

    def guard(one: type[M]) -> type[M]:
        if not except_columns:
            _unchanging.add(one)
        return protect(one)

    return guard(model) if model is not None else guard


def never_changes(model: type[models.Model]) -> bool:
    """Whether no column of the model's rows ever changes."""
    return model in _unchanging
