"""The list of occupations, and the regions' catalogues of subsidised training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.catalogue.models import CatalogueEntry, Occupation
from keshi_web.catalogue.reading import OccupationRow
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.saving import save
from keshi_web.regions.models import Level, Region
from keshi_web.workflow.numbers_in_text import refuse_numbers


@dataclass(frozen=True)
class Stored:
    """What an import did."""

    new: int
    changed: int
    same: int


def may_import(actor: Actor) -> bool:
    """Clerks of a city or province keep the list."""
    return actor.role == Role.CLERK and actor.office is not None and actor.office.level != Level.DISTRICT


@transaction.atomic
def store_occupations(
    rows: Sequence[OccupationRow], *, by: Actor | None, sample: bool = False, write: bool = True
) -> Stored:
    """Add the occupations of a list; one that is there gets the list's levels. A second run changes nothing.

    `by` None is the system's administrator at the command line; `write` False only counts.

    Raises NotAllowed.
    """
    if by is not None and not may_import(by):
        raise NotAllowed(_("职业清单由市级以上人社部门的经办人员维护。"))
    held = {
        (one.edition, one.code, one.name): one
        for one in Occupation.objects.filter(edition__in={row.edition for row in rows})
    }
    new, changed, same = [], [], 0
    for row in rows:
        one = held.get((row.edition, row.code, row.name))
        levels = list(row.levels)
        if one is None:
            new.append(
                Occupation(edition=row.edition, code=row.code, name=row.name, levels=levels, is_sample=sample)
            )
        elif one.levels != levels or (one.is_sample and not sample):
            one.levels, one.is_sample = levels, one.is_sample and sample
            changed.append(one)
        else:
            same += 1
    if write:
        Occupation.objects.bulk_create(new, batch_size=1000)
        Occupation.objects.bulk_update(changed, ["levels", "is_sample"], batch_size=500)
    return Stored(len(new), len(changed), same)


@transaction.atomic
def enter_in_catalogue(
    occupation: Occupation,
    *,
    by: Actor,
    document: str,
    valid_from: date,
    valid_until: date | None = None,
) -> CatalogueEntry:
    """Put an occupation into the catalogue of the actor's region.

    Raises:
        NotAllowed: no clerk of a city or province.
        Invalid: it is in the catalogue on one of these days; no document.
    """
    if not may_import(by):
        raise NotAllowed(_("培训职业目录由市级以上人社部门的经办人员维护。"))
    assert by.office is not None
    if not document.strip():
        raise Invalid(_("请填写依据文件。"))
    refuse_numbers({"note": document})
    entry = CatalogueEntry(
        occupation=occupation,
        region=Region.objects.get(pk=by.office.id),
        document=document.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        entered_by_id=by.user_id,
    )
    save(entry)
    return entry


@transaction.atomic
def end_entry(entry_id: int, last_day: date, *, by: Actor) -> CatalogueEntry:
    """Let an entry end with a day, today at the earliest: classes that began before keep it.

    Raises NotAllowed, Invalid.
    """
    entry = CatalogueEntry.objects.select_for_update(of=("self",)).get(pk=entry_id)
    if not may_import(by) or by.office is None or entry.region_id != by.office.id:
        raise NotAllowed(_("只能维护本地区的培训职业目录。"))
    if last_day < max(clock.today(), entry.valid_from):
        raise Invalid(_("截止日期不得早于今天和开始日期。"))
    entry.valid_until = last_day
    save(entry)
    return entry
