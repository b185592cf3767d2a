"""A column of sealed values, and the turning of its keys."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from keshi_web.common import crypto
from keshi_web.common.keys import keyring

_BATCH = 1000
_elsewhere: list[Callable[[], int]] = []


class SealedField(models.BinaryField):
    """Bytes made by `crypto.seal` for this table, column and row.

    A column of this class is found by key rotation. Use `put` and `get`: the row's key must be known before,
    so the primary key is a UUID made in Python.
    """

    def put(self, row: models.Model, text: str | None) -> None:
        """Seal a text into this column of a row that is not yet saved; nothing for None."""
        setattr(row, self.attname, None if text is None else self.seal(text, row.pk))

    def get(self, row: models.Model) -> str | None:
        """The text of this column, None for an empty one. Raises Broken."""
        sealed = getattr(row, self.attname)
        return None if sealed is None else self.unseal(sealed, row.pk)

    def seal(self, text: str, key: object) -> bytes:
        """A text sealed for the row with this key."""
        return crypto.seal(text, **self._place(key))

    def unseal(self, sealed: bytes | memoryview, key: object) -> str:
        """The text of a value taken from the row with this key. Raises Broken."""
        return crypto.unseal(sealed, **self._place(key))

    def rewrap(self, sealed: bytes | memoryview, key: object) -> bytes:
        """The value under the current master key. Raises Broken."""
        return crypto.rewrap(sealed, **self._place(key))

    def _place(self, key: object) -> dict[str, Any]:
        return {"table": self.model._meta.db_table, "column": self.column, "row": key}


def column(model: type[models.Model], name: str) -> SealedField:
    """A model's sealed column by name."""
    field = model._meta.get_field(name)
    assert isinstance(field, SealedField)
    return field


def sealed_columns() -> Iterator[SealedField]:
    """Every sealed column of every model."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField) and not model._meta.proxy:
                yield field


def on_rotation(rewrap_all: Callable[[], int]) -> Callable[[], int]:
    """Register a function that re-wraps what is sealed outside of tables, as files; it returns how many."""
    _elsewhere.append(rewrap_all)
    return rewrap_all


def rewrap_everything() -> int:
    """Bring every data key under the current master key; how many values were turned.

    Works in batches of short transactions beside running work and may be stopped and repeated at any time.
    """
    return sum(map(_rewrap_column, sealed_columns())) + sum(turn() for turn in _elsewhere)


def _rewrap_column(field: SealedField) -> int:
    rows = field.model._default_manager.exclude(**{field.name: None}).order_by("pk").only("pk", field.name)
    last, turned = None, 0
    while True:
        with transaction.atomic():
            batch = list((rows.filter(pk__gt=last) if last else rows).select_for_update()[:_BATCH])
            if not batch:
                return turned
            old = [row for row in batch if crypto.key_id_of(getattr(row, field.attname)) != keyring().current]
            for row in old:
                try:
                    setattr(row, field.attname, field.rewrap(getattr(row, field.attname), row.pk))
                except crypto.Broken as error:
                    place = f"{field.model._meta.db_table}.{field.column} of {row.pk}"
                    raise crypto.Broken(f"{place}: {error}") from None
            field.model._default_manager.bulk_update(old, [field.name])
        last, turned = batch[-1].pk, turned + len(old)
