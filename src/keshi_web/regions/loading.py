"""Bring the register into the database; again changes nothing but what the register has changed."""

from collections.abc import Collection
from itertools import groupby

from django.db import transaction

from keshi_web.regions.models import Kind, Region
from keshi_web.regions.register import Entry, entries

_KEPT = ("id", "key")
_WRITTEN = [
    field.attname if field.is_relation else field.name
    for field in Region._meta.concrete_fields
    if field.name not in (*_KEPT, "successor")
]


@transaction.atomic
def load_divisions(provinces: Collection[str] | None = None) -> int:
    """Store all divisions and offices, or those of some provinces (their two digits); how many there are.

    The whole country's 7 600 rows take some seconds. Regions are recognised by key and never removed.
    """
    regions = entries(provinces)
    ids: dict[str, int] = {}
    for _level, group in groupby(regions, key=lambda one: one.level):
        rows = [_row(one, ids) for one in group]
        Region.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key"], update_fields=_WRITTEN, batch_size=2000
        )
        ids |= {row.key: row.pk for row in rows}
    followed = [
        Region(pk=ids[one.key], successor_id=ids[one.successor]) for one in regions if one.successor in ids
    ]
    Region.objects.bulk_update(followed, ["successor"], batch_size=1000)
    return len(regions)


def _row(one: Entry, ids: dict[str, int]) -> Region:
    return Region(
        key=one.key,
        code=one.code,
        name=one.name,
        name_en=one.name_en,
        level=one.level,
        kind=Kind.OFFICE if one.office else Kind.DIVISION,
        parent_id=ids[one.parent] if one.parent else None,
        path=one.path,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
    )
