"""The roster: people go in whole and come out masked."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status

from keshi.identity import normalise
from keshi.vocabulary import vocabulary
from keshi_web.api.problems import Fault, Problem, pointer
from keshi_web.api.v1 import etags, inputs, outputs, show
from keshi_web.api.v1.auth import FILINGS_READ, ROSTER_WRITE
from keshi_web.api.v1.find import Number, RowId, filing_of
from keshi_web.api.v1.paging import Cursor, Size, page
from keshi_web.classes.models import Filing
from keshi_web.classes.roster_rows import Fault as RowFault
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import roster as acts
from keshi_web.common.language import lang

router = Router(tags=["roster"])
ROOM = "trainee."
_IDENTITY = frozenset({"trainee.name", "trainee.id_number"})


@router.post("/filings/{number}/roster", response=outputs.RosterResult, auth=ROSTER_WRITE)
def add_people(request: HttpRequest, response: HttpResponse, number: Number, roster: inputs.Roster) -> Any:
    """Put people on the roster: all rows or, when any has a fault, none. `errors` then names every fault by row."""
    found = filing_of(request, number)
    etags.check(request, found)
    rows = _rows(roster)
    numbers = acts.add_rows(
        found.pk, rows, by=request.actor, replace=roster.replace, check_only=roster.check_only
    )
    faults = [
        Fault(_place(index, fault), fault.text(lang()), fault.code)
        for index, row in enumerate(rows)
        for fault in row.faults
    ]
    if faults:
        raise Problem("invalid", faults=faults)
    etags.mark(response, found)
    return {
        "stored": len(numbers),
        "head_count": Filing.objects.values_list("head_count", flat=True).get(pk=found.pk),
        "rows": [
            {
                "index": index,
                "outcome": "stored" if numbers else "sound",
                "number": numbers.get(row.id_number),
                "notes": [_note(one) for one in row.notes],
            }
            for index, row in enumerate(rows)
        ],
    }


def _rows(roster: inputs.Roster) -> list[Row]:
    """The rows as the roster's acts take them. Raises Problem for facts that no roster holds."""
    known = {name for name in vocabulary() if name.startswith(ROOM)} - _IDENTITY
    unknown = [
        Fault(
            pointer("rows", index, "facts", name),
            _("名册没有这一项，请按政策的 roster_facts 填写。"),
            "unknown-fact",
        )
        for index, person in enumerate(roster.rows)
        for name in person.facts
        if name not in known
    ]
    if unknown:
        raise Problem("invalid", faults=unknown)
    return [
        Row(
            name=person.name.strip(),
            id_number=normalise(person.id_number)[0],
            phone=normalise(person.phone)[0],
            facts={
                name.removeprefix(ROOM): value
                for name, value in person.facts.items()
                if value not in (None, "")
            },
            place=f"rows[{index}]",
        )
        for index, person in enumerate(roster.rows)
    ]


def _place(index: int, fault: RowFault) -> str:
    if fault.fact in ("name", "id_number", "phone", ""):
        return pointer("rows", index, *([fault.fact] if fault.fact else []))
    return pointer("rows", index, "facts", f"{ROOM}{fault.fact}")


def _note(note: RowFault) -> dict[str, Any]:
    return {"code": note.code, "fact": note.fact, "text": note.text(lang())}


@router.get("/filings/{number}/roster", response=outputs.Page[outputs.Enrolment], auth=FILINGS_READ)
def people(request: HttpRequest, number: Number, cursor: Cursor, limit: Size) -> Any:
    """Who is on the roster, masked, in the order of their numbers."""
    rows = filing_of(request, number).enrolments.select_related("person")
    return page(rows, show.enrolment, key="number", cursor=cursor, size=limit)


@router.delete("/filings/{number}/roster/{row}", response={204: None}, auth=ROSTER_WRITE)
def remove_person(request: HttpRequest, number: Number, row: RowId) -> Any:
    """Take a person off the roster before it is handed in (again), by their number there."""
    found = filing_of(request, number)
    etags.check(request, found)
    enrolment = found.enrolments.filter(number=row, left_on=None).first()
    if enrolment is None:
        raise Http404
    acts.remove(enrolment.pk, by=request.actor)
    return Status(204, None)
