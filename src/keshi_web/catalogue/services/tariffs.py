"""A region's own standards: entered from the scheme's table format, approved by a second person; and looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi.expression import Row, Table
from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme
from keshi.scheme.load import read_table
from keshi.scheme.model import TableSpec
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.catalogue.facts import tables_in_force
from keshi_web.catalogue.models import TariffTable
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.saving import save
from keshi_web.files.models import Attachment
from keshi_web.regions.models import Region
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State
from keshi_web.workflow.numbers_in_text import refuse_numbers


def checked_table(
    scheme: Scheme, name: str, rows: Sequence[tuple[str, Mapping[str, Any]]]
) -> tuple[TableSpec, Table]:
    """The rows as the scheme's table.

    Raises Invalid with every fault and its place: unknown columns, values that are no numbers or days, ties.
    """
    spec = scheme.file.tables.get(name)
    if spec is None:
        raise Invalid(_("本政策没有标准表“%(name)s”。") % {"name": name})
    if not rows:
        raise Invalid(_("文件里没有内容。"))
    try:
        return spec, read_table(name, spec, rows)
    except BadInput as error:
        problems: list[Problem] = list(error.problems)
        raise Invalid(_("标准表有 %(count)s 处问题，未保存。") % {"count": len(problems)}, problems) from None


@transaction.atomic
def enter_tariffs(
    version: SchemeVersion,
    table: str,
    rows: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    by: Actor,
    valid_from: date,
    valid_until: date | None = None,
    document: str,
    source: Attachment | None = None,
) -> TariffTable:
    """Enter a table for the actor's region; it waits for a second person.

    Raises:
        NotAllowed: no clerk of a place that the notice covers.
        Invalid: faults of the rows with their places, days in the wrong order, no document.
    """
    office = by.office
    if by.role != Role.CLERK or office is None or not office.path.startswith(version.region.path):
        raise NotAllowed(_("标准由政策适用地区人社部门的经办人员录入。"))
    if version.state != State.PUBLISHED:
        raise Invalid(_("只能为已发布的政策录入标准。"))
    if not document.strip():
        raise Invalid(_("请填写依据文件。"))
    refuse_numbers({"note": document})
    checked_table(get(version), table, rows)
    made = TariffTable(
        region=Region.objects.get(pk=office.id),
        scheme=version.scheme,
        table=table,
        rows=[dict(row) for _place, row in rows],
        valid_from=valid_from,
        valid_until=valid_until,
        ends_on=valid_until,
        document=document.strip(),
        source=source,
        entered_by_id=by.user_id,
    )
    save(made)
    return made


def may_decide(table: TariffTable, by: Actor) -> bool:
    """Another person than entered it: a leader of the region or of one above."""
    return by.leads and by.covers(table.region.path) and by.user_id != table.entered_by_id


@transaction.atomic
def approve_tariffs(table_id: int, *, by: Actor) -> TariffTable:
    """Bring a table into force from its first day.

    An earlier table ends the day before, one from the same day is replaced, a later one takes over from its own
    first day (`displaced` says so before the decision).

    Raises:
        NotAllowed: the person who entered it, or no leader of the region.
        Stale: it was decided, or another table was approved at the same moment.
        Invalid: an earlier table would still have to hold after this one has ended.
    """
    table = _undecided(table_id, by)
    found = displaced(table, lock=True)
    if found.fault:
        raise Invalid(found.fault)
    for other in found.replaced:
        other.decision, other.replaced_by = TariffTable.Decision.REPLACED, table
        save(other)
    if found.cut:
        found.cut.ends_on, found.cut.replaced_by = table.valid_from - timedelta(days=1), table
        save(found.cut)
    table.ends_on = found.ends_on
    return _decide(table, TariffTable.Decision.APPROVED, "", by)


@dataclass(frozen=True)
class Displaced:
    """What approving a table does to those in force: one is cut short, one from the same day is replaced."""

    cut: TariffTable | None
    replaced: list[TariffTable]
    ends_on: date | None
    """The last day of the new table: its own, or the day before a later one begins."""
    fault: str = ""


def displaced(table: TariffTable, *, lock: bool = False) -> Displaced:
    """What approving a table would do; `fault` says why it cannot be approved."""
    rows = TariffTable.objects.filter(
        region=table.region_id, scheme=table.scheme, table=table.table, decision=TariffTable.Decision.APPROVED
    ).order_by("valid_from")
    held = list(rows.select_for_update(of=("self",)) if lock else rows)
    later = min((one.valid_from for one in held if one.valid_from > table.valid_from), default=None)
    ends_on = table.valid_until
    if later is not None and (ends_on is None or ends_on >= later):
        ends_on = later - timedelta(days=1)
    last = ends_on or date.max
    touched = [one for one in held if one.valid_from <= table.valid_from <= (one.ends_on or date.max)]
    outlasting = next((one for one in touched if (one.ends_on or date.max) > last), None)
    fault = (
        _("原标准（%(document)s，%(since)s起）在本标准截止后仍应执行。请不填截止日期，待有新标准时再录入。")
        % {"document": outlasting.document, "since": outlasting.valid_from}
        if outlasting
        else ""
    )
    same = [one for one in touched if one.valid_from == table.valid_from]
    return Displaced(next((one for one in touched if one not in same), None), same, ends_on, fault)


@transaction.atomic
def refuse_tariffs(table_id: int, reason: str, *, by: Actor) -> TariffTable:
    """Turn a table down, with the reason. Raises NotAllowed, Stale, Invalid."""
    if not reason.strip():
        raise Invalid(_("请写明理由。"))
    refuse_numbers({"reason": reason})
    return _decide(_undecided(table_id, by), TariffTable.Decision.REFUSED, reason.strip()[:200], by)


def _undecided(table_id: int, by: Actor) -> TariffTable:
    """The table, locked, for whoever may decide it. Raises Stale, NotAllowed."""
    table = TariffTable.objects.select_for_update(of=("self",)).select_related("region").get(pk=table_id)
    if table.decision != TariffTable.Decision.OPEN:
        raise Stale(_("此标准已有结论（%(state)s）。") % {"state": table.get_decision_display()})
    if by.user_id == table.entered_by_id:
        raise NotAllowed(_("录入人与审批人不能是同一人。"))
    if not may_decide(table, by):
        raise NotAllowed(_("标准由本级或上级人社部门的负责人审批。"))
    return table


def _decide(table: TariffTable, decision: str, reason: str, by: Actor) -> TariffTable:
    table.decision, table.reason = decision, reason
    table.approved_by_id, table.decided_at = by.user_id, clock.now()
    save(table)
    return table


# ---------------------------------------------------------------------------------------------------------
# Looking up


@dataclass(frozen=True)
class Found:
    """What a table says about an occupation, level or certificate on a day, and by which row of which table."""

    spec: TableSpec
    name: str
    value: int | Fraction | None
    row: Mapping[str, Any] | None
    place: str
    own: TariffTable | None
    """The region's table; None: the scheme's own rows, samples where `spec.sample` says so."""


def look_up(scheme: Scheme, path: str, day: date, asked: Mapping[str, Any]) -> list[Found]:
    """Every table of a scheme asked for the keys given, as it applies at a place on a day."""
    own = tables_in_force(scheme.id, path, day)
    found = []
    for name, spec in scheme.file.tables.items():
        held = own.get(name)
        table = scheme.tables[name]
        if held is not None:
            rows = [(str(number), row) for number, row in enumerate(held.rows, start=1)]
            table = read_table(name, spec, rows)
        key = tuple(_key(one, asked.get(one)) for one in spec.keys)
        value = table.lookup(key, day)
        row = _deciding(table, key, day) if value is not None else None
        found.append(
            Found(spec, name, value, dict(zip(spec.keys, row.keys, strict=True)) if row else None,
                  row.where.rsplit(":", 1)[-1] if row else "", held)
        )  # fmt: skip
    return found


def _key(name: str, value: Any) -> Any:
    if value in (None, ""):
        return None
    return int(value) if name == "level" else str(value)


def _deciding(table: Table, key: Any, day: date) -> Row:
    """The row a look-up took: of those that fit, the one that names most keys."""
    fitting = [row for row in table.rows if Table(table.name, table.keys, [row]).lookup(key, day) is not None]
    return max(fitting, key=lambda row: sum(own is not None for own in row.keys))
