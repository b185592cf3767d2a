"""A region's own standards: entered from the scheme's table format, approved by a second person; and looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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

    Raises NotAllowed, Stale when it was decided, Invalid when another one begins on the same day.
    """
    return _decide(table_id, TariffTable.Decision.APPROVED, "", by)


@transaction.atomic
def refuse_tariffs(table_id: int, reason: str, *, by: Actor) -> TariffTable:
    """Turn a table down, with the reason. Raises NotAllowed, Stale, Invalid."""
    if not reason.strip():
        raise Invalid(_("请写明理由。"))
    refuse_numbers({"reason": reason})
    return _decide(table_id, TariffTable.Decision.REFUSED, reason.strip()[:200], by)


def _decide(table_id: int, decision: str, reason: str, by: Actor) -> TariffTable:
    table = TariffTable.objects.select_for_update(of=("self",)).select_related("region").get(pk=table_id)
    if table.decision != TariffTable.Decision.OPEN:
        raise Stale(_("此标准已有结论（%(state)s）。") % {"state": table.get_decision_display()})
    if by.user_id == table.entered_by_id:
        raise NotAllowed(_("录入人与审批人不能是同一人。"))
    if not may_decide(table, by):
        raise NotAllowed(_("标准由本级或上级人社部门的负责人审批。"))
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
