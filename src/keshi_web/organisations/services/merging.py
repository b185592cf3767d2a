"""Two registrations of one organisation become one; every reference in the database follows.

The order in which rows are locked, here and everywhere (docs/decisions/0008): organisations by key, then cases, the
latest first, then what belongs to a case. A decision holds its case and asks for no organisation, so it never waits
for a merger that waits for it.
"""

import pghistory.models
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import audited, need_role
from keshi_web.accounts.roles import LEADERS
from keshi_web.common import clock
from keshi_web.common.append_only import never_changes
from keshi_web.common.errors import Invalid
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.saving import save
from keshi_web.organisations.models import BankAccount, Contact, Merger, Organisation
from keshi_web.organisations.queries import organisations_for
from keshi_web.organisations.services._changing import check_fresh
from keshi_web.organisations.words import State

_STAYING = frozenset({BankAccount, Contact})
"""Describe the registration itself and are not moved. Entries that never change (declarations, verifications, who read
what) tell of the organisation as it was then, and stay too; all other rows follow."""


_FIRST = "workflow.Process"
"""Cases are locked before anything that belongs to them."""


def references() -> list[models.ForeignKey]:
    """Every foreign key in the service whose rows follow the organisation that stays, in the order of locking."""
    found = [
        relation.field
        for relation in Organisation._meta.related_objects
        if relation.related_model not in _STAYING
        and not never_changes(relation.related_model)
        and not issubclass(relation.related_model, pghistory.models.Event)
    ]
    return sorted(found, key=lambda field: field.model._meta.label != _FIRST)


def merge_duplicates(duplicate_id: int, survivor_id: int, *, by: Actor, reason: str) -> Merger:
    """Merge a duplicate into the organisation that stays.

    A row that cannot follow (a period that the other has as well) stays with the duplicate and is counted as kept.
    Blacklistings always follow; where both are barred at once, one must be lifted first, so that merging never ends a
    decision.

    Raises:
        NotAllowed: not a leader. Invalid: no reason, the same organisation, two blacklistings at once.
        Organisation.DoesNotExist: one lies outside the scope. Stale: merged or closed meanwhile.
    """
    need_role(by, *LEADERS)
    if not reason.strip():
        raise Invalid(_("请写明认定为同一单位的依据。"))
    if duplicate_id == survivor_id:
        raise Invalid(_("单位不能并入自身，请另选保留的单位。"))
    with audited("merge", by):
        # In the order of ids, so that two mergers cannot wait for each other. Without the key: a decision that
        # holds its case may still write rows that name the organisation.
        both = organisations_for(by).select_for_update(of=("self",), no_key=True).order_by("pk")
        found = {row.pk: row for row in both.filter(pk__in=[duplicate_id, survivor_id])}
        if len(found) < 2:
            raise Organisation.DoesNotExist
        duplicate, survivor = found[duplicate_id], found[survivor_id]
        check_fresh(duplicate)
        check_fresh(survivor)
        moved = {}
        with beyond_scope("drafts that no office has received yet follow too"):
            for field in references():
                counted = _move(field, duplicate, survivor)
                if any(counted.values()):
                    moved[f"{field.model._meta.label}.{field.name}"] = counted
        duplicate.bank_accounts.filter(retired_at__isnull=True).update(retired_at=clock.now())
        duplicate.state, duplicate.survivor = State.MERGED, survivor
        duplicate.version += 1
        survivor.version += 1
        save(duplicate)
        save(survivor)
        merger = Merger(
            duplicate=duplicate, survivor=survivor, reason=reason.strip(), moved=moved, by_id=by.user_id
        )
        save(merger)
    return merger


def _move(field: models.ForeignKey, duplicate: Organisation, survivor: Organisation) -> dict[str, int]:
    rows = field.model._base_manager.filter(**{field.name: duplicate})
    if field.model._meta.label == _FIRST:
        list(rows.order_by("-pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    try:
        with transaction.atomic():
            return {"moved": rows.update(**{field.name: survivor}), "kept": 0}
    except IntegrityError:
        return _move_each(field, rows, survivor)


def _move_each(field: models.ForeignKey, rows: models.QuerySet, survivor: Organisation) -> dict[str, int]:
    moved = kept = 0
    for key in list(rows.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                moved += rows.filter(pk=key).update(**{field.name: survivor})
        except IntegrityError as error:
            if field.model._meta.label == "organisations.Blacklisting":
                raise Invalid(_("两个单位在同一时期都在黑名单中。请先解除其中一项决定，再合并。")) from error
            kept += 1
    return {"moved": moved, "kept": kept}
