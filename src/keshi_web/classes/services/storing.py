"""A previewed roster is put on the class: a few rows while the person waits, many by a worker that tells how far it is.

Rows go in by portions, each with the count of those stored in one transaction: whoever is killed in between, the next
worker goes on behind the last portion, and nobody is stored twice. Until the last is in, the class is not handed in.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import Filing, RosterImport
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services.enrolling import enrol
from keshi_web.classes.services.roster import opened, rows_of
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.workflow.engine import record
from keshi_web.workflow.models import Process

PORTION = 500
"""Rows stored in one transaction, and the most that are stored while the person waits: about 0.2 s."""
State = RosterImport.State


@transaction.atomic
def store_import(import_id: UUID, *, by: Actor) -> RosterImport:
    """Put the rows of a preview on the roster, or have a worker do it where they are many.

    Asked again while they are stored or afterwards, it changes nothing. Faulty rows are refused as long as there
    are any.

    Raises:
        Invalid: rows still have faults, or another roster of the class is being stored.
        NotAllowed: given up, empty or still being read; and as for every change of the roster.
    """
    made = RosterImport.objects.select_for_update().get(pk=import_id)
    made.filing = opened(made.filing_id, by)
    if made.state in (State.STORING, State.STORED):
        return made
    if made.state != State.PREVIEW:
        raise NotAllowed(_("这份名册没有可入册的人员，或已经放弃。"))
    if made.faulty:
        raise Invalid(_("还有 %(count)s 行有误，请先更正或移除。") % {"count": made.faulty})
    if made.filing.imports.filter(state=State.STORING).exists():
        raise Invalid(_("另一份名册正在入册，请待其完成后再入册。"))
    made.state = State.STORING
    record(made.filing.process, "roster-imported", by=by, people=made.rows_total)
    if made.rows_total <= PORTION:
        _next_portion(made, made.filing, rows_of(made).rows)
        return made
    made.save(update_fields=["state"])
    from keshi_web.classes.tasks import store_roster

    store_roster.defer(import_id=str(made.pk))
    return made


def go_on(import_id: UUID | str) -> None:
    """Store what is not stored yet, portion by portion; for a worker.

    Called outside of a transaction, so that the page sees `rows_stored` grow. Two workers at once, or one that comes
    after another was killed, store every row once. A class that took another way meanwhile (the filing was withdrawn)
    gets no further rows.
    """
    rows: list[Row] | None = None
    while True:
        with transaction.atomic():
            made = RosterImport.objects.defer("sealed_rows").select_for_update().get(pk=import_id)
            if made.state != State.STORING:
                return
            if rows is None:
                rows = rows_of(made).rows
            Process.objects.select_for_update(of=("self",)).get(filing=made.filing_id)
            filing = Filing.objects.select_related("process", "scheme_version").get(pk=made.filing_id)
            if filing.plan_open and filing.frozen_at is None:
                _next_portion(made, filing, rows)
            else:
                _end(made, State.DROPPED)


def _next_portion(made: RosterImport, filing: Filing, rows: Sequence[Row]) -> None:
    if made.replace and not made.rows_stored:
        filing.enrolments.all().delete()
    portion = rows[made.rows_stored : made.rows_stored + PORTION]
    enrol(filing, portion)
    made.rows_stored += len(portion)
    if made.rows_stored >= len(rows):
        _end(made, State.STORED)
    else:
        made.save(update_fields=["rows_stored"])


def _end(made: RosterImport, state: str) -> None:
    """The rows are forgotten: they are on the roster or nowhere."""
    made.state = state
    made.sealed_rows = None
    made.save(update_fields=["state", "rows_stored", "sealed_rows"])
