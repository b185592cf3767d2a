"""The roster of a filing: imported with a preview, pasted, added one by one."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from keshi.identity import normalise
from keshi_web.accounts.actor import Actor
from keshi_web.classes.completeness import kept_facts, roster_facts
from keshi_web.classes.models import Enrolment, Filing, RosterImport
from keshi_web.classes.roster_rows import Row, Sheet, judge, pack, read_file, read_text, too_long, unpack
from keshi_web.classes.services.drafts import opened_for_writing, refresh_head_count
from keshi_web.classes.services.enrolling import enrol
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.sealed import column
from keshi_web.files.kinds import WORKBOOKS
from keshi_web.files.services import content_of
from keshi_web.files.services import store as store_file
from keshi_web.people.writing import id_number_index
from keshi_web.workflow.engine import record

AT_ONCE = 100_000
"""Bytes up to which an upload is read while the person waits; larger ones go to a worker with progress."""
MOST_ROWS = 50_000
ROWS = column(RosterImport, "sealed_rows")


def opened(filing_id: int, by: Actor) -> Filing:
    """The filing locked for a change of its roster, which ends on the class's first day."""
    filing = opened_for_writing(filing_id, by)
    if filing.frozen_at:
        raise NotAllowed(_("班级已开班，名册已锁定，不能增减人员；有人退出的，请申请变更。"))
    return filing


@transaction.atomic
def upload(filing_id: int, file: File, *, by: Actor, replace: bool = False) -> RosterImport:
    """Take a roster file in. Small ones are read at once, larger ones by a worker; see `RosterImport.state`.

    Raises:
        Invalid: not a workbook or text file, or a hostile one.
        NotAllowed, Stale: as for every change of the plan.
    """
    filing = opened(filing_id, by)
    attachment = store_file(file, actor_id=by.user_id, purpose="roster", allowed=WORKBOOKS, sealed=True)
    made = RosterImport.objects.create(
        filing=filing,
        file_name=attachment.name,
        source=attachment,
        replace=replace,
        by_id=by.user_id,
    )
    if attachment.size <= AT_ONCE:
        _keep(made, _sheet_of(made))
    else:
        from keshi_web.classes.tasks import read_roster

        read_roster.defer(import_id=str(made.pk))
    return made


@transaction.atomic
def paste(filing_id: int, text: str, *, by: Actor, replace: bool = False) -> RosterImport:
    """Rows pasted from a workbook, with their heading."""
    filing = opened(filing_id, by)
    if not text.strip():
        raise Invalid(_("请粘贴名册内容，第一行为表头。"))
    made = RosterImport.objects.create(
        filing=filing, file_name=_("粘贴的名册"), replace=replace, by_id=by.user_id
    )
    _keep(made, _bounded(read_text(text)))
    return made


def read(import_id: UUID | str) -> None:
    """Read a file in a worker, telling how far it is; one that was given up meanwhile is left alone.

    Called outside of a transaction, so that the page sees `rows_read` grow. Reading it again gives the same.
    """
    made = RosterImport.objects.select_related("filing__scheme_version", "source").get(pk=import_id)
    if made.state != RosterImport.State.READING:
        return
    sheet = _sheet_of(made)
    mine = RosterImport.objects.filter(pk=made.pk)
    mine.update(rows_total=len(sheet.rows))
    judge_rows(made.filing, sheet.rows, told=lambda count: mine.update(rows_read=count))
    with transaction.atomic():
        locked = mine.select_for_update().first()
        if locked is not None and locked.state == RosterImport.State.READING:
            _store_preview(locked, sheet)


def _sheet_of(made: RosterImport) -> Sheet:
    assert made.source is not None
    suffix = f".{made.source.name.rsplit('.', 1)[-1].lower()}"
    return _bounded(read_file(content_of(made.source), suffix))


def _bounded(sheet: Sheet) -> Sheet:
    return sheet if len(sheet.rows) <= MOST_ROWS else Sheet(faults=[too_long(MOST_ROWS)])


def judge_rows(filing: Filing, rows: list[Row], told: Callable[[int], object] = lambda count: None) -> None:
    """Drop the facts that are not the roster's to say, then write on every row what is wrong with it."""
    kept = kept_facts(filing, filing.scheme)
    for row in rows:
        row.facts = {name: value for name, value in row.facts.items() if name in kept}
    judge(rows, roster_facts(filing, filing.scheme), clock.today(), told=told)


def _keep(made: RosterImport, sheet: Sheet) -> None:
    judge_rows(made.filing, sheet.rows)
    _store_preview(made, sheet)


def _store_preview(made: RosterImport, sheet: Sheet) -> None:
    ROWS.put(made, pack(sheet))
    made.rows_total = made.rows_read = len(sheet.rows)
    made.faulty = sum(not row.sound for row in sheet.rows)
    made.state = RosterImport.State.PREVIEW if sheet.rows else RosterImport.State.FAILED
    made.save()


def rows_of(made: RosterImport) -> Sheet:
    """The rows of an import, opened. For the person who imports them; the page shows masks."""
    text = ROWS.get(made)
    return Sheet() if text is None else unpack(text)


@transaction.atomic
def mend(import_id: UUID, index: int, values: Mapping[str, str], *, by: Actor) -> RosterImport:
    """Correct one row in the preview; empty identity fields are left as they were."""
    made = _open_import(import_id, by)
    sheet = rows_of(made)
    if not 0 <= index < len(sheet.rows):
        raise Invalid(_("名册中没有这一行。"))
    row = sheet.rows[index]
    for name in ("name", "id_number", "phone"):
        if values.get(name):
            setattr(row, name, values[name].strip() if name == "name" else normalise(values[name])[0])
    for name, value in values.items():
        if name.startswith("fact:"):
            row.facts[name.removeprefix("fact:")] = {"true": True, "false": False}.get(value, value or None)
    _keep(made, sheet)
    return made


@transaction.atomic
def leave_out(import_id: UUID, index: int, *, by: Actor) -> RosterImport:
    """Drop one row from the preview."""
    made = _open_import(import_id, by)
    sheet = rows_of(made)
    if not 0 <= index < len(sheet.rows):
        raise Invalid(_("名册中没有这一行。"))
    del sheet.rows[index]
    _keep(made, sheet)
    return made


def _open_import(import_id: UUID, by: Actor, *, reading: bool = False) -> RosterImport:
    made = (
        RosterImport.objects.select_for_update(of=("self",))
        .select_related("filing", "source")
        .get(pk=import_id)
    )
    made.filing = opened(made.filing_id, by)
    open_ones = [RosterImport.State.PREVIEW, RosterImport.State.FAILED]
    if made.state not in (*open_ones, *([RosterImport.State.READING] if reading else [])):
        raise NotAllowed(_("这份名册已经处理。"))
    return made


@transaction.atomic
def drop_import(import_id: UUID, *, by: Actor) -> None:
    """Give a preview up, or a file that is still being read; its rows are forgotten."""
    made = _open_import(import_id, by, reading=True)
    made.state = RosterImport.State.DROPPED
    made.sealed_rows = None
    made.save(update_fields=["state", "sealed_rows"])


@transaction.atomic
def add(filing_id: int, row: Row, *, by: Actor) -> Enrolment:
    """Add one person by a form.

    Raises:
        Invalid: with the faults of the row.
    """
    filing = opened(filing_id, by)
    judge_rows(filing, [row])
    if row.faults:
        from keshi_web.common.language import lang

        raise Invalid("；".join(fault.text(lang()) for fault in row.faults))
    enrol(filing, [row])
    record(filing.process, "person-added", by=by)
    return filing.enrolments.order_by("-number")[0]


@transaction.atomic
def add_rows(
    filing_id: int, rows: list[Row], *, by: Actor, replace: bool = False, check_only: bool = False
) -> dict[str, int]:
    """Put rows of another system on the roster, all of them or none: with a fault in any, nothing is stored.

    Afterwards every row carries its faults and notes. The answer is each person's number on the roster by
    identity number; empty where nothing was stored.

    Raises:
        NotAllowed, Stale: as for every change of the plan.
    """
    filing = opened(filing_id, by)
    judge_rows(filing, rows)
    if check_only or not all(row.sound for row in rows):
        return {}
    if replace:
        filing.enrolments.all().delete()
    people = enrol(filing, rows)
    record(filing.process, "roster-imported", by=by, people=people)
    there = filing.enrolments.filter(left_on=None).values_list("person__id_number_index", "number")
    numbers = {bytes(index): number for index, number in there}
    return {row.id_number: numbers[id_number_index(row.id_number)] for row in rows}


@transaction.atomic
def remove(enrolment_id: int, *, by: Actor) -> None:
    """Take a person off the roster before it is handed in (again)."""
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id, left_on=None)
    filing = opened(enrolment.filing_id, by)
    enrolment.delete()
    refresh_head_count(filing)
    record(filing.process, "person-removed", by=by)
