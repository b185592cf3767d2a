"""Where a filing stands and its papers: timeline, clocks, letters, official forms; and messages."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from keshi_web.api.v1 import outputs
from keshi_web.api.v1.auth import FILINGS_READ, MESSAGES_READ
from keshi_web.api.v1.find import Number, RowId, Slug, filing_of
from keshi_web.api.v1.paging import Cursor, Size, page
from keshi_web.classes.models import Filing
from keshi_web.classes.official import form_data, forms_of, lists_people
from keshi_web.common.language import lang
from keshi_web.documents.layout import layout_path
from keshi_web.documents.models import Document
from keshi_web.documents.queries import of_subject
from keshi_web.documents.render import render_docx, render_pdf
from keshi_web.documents.responses import PDF, WORD, docx_response, pdf_response
from keshi_web.documents.services import render_letter
from keshi_web.workflow.context import limits
from keshi_web.workflow.context import timeline as lines_of
from keshi_web.workflow.models import Message
from keshi_web.workflow.texts import words_of

router = Router()


def file_of(*media_types: str) -> dict[str, Any]:
    """What the description says of an answer that is a file."""
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in media_types}
    return {"responses": {200: {"description": "OK", "content": content}}}


@router.get(
    "/filings/{number}/timeline", response=list[outputs.TimelineLine], auth=FILINGS_READ, tags=["papers"]
)
def timeline(request: HttpRequest, number: Number) -> Any:
    """What happened, as the applicant may see it."""
    found = filing_of(request, number)
    return [
        {
            "id": line.entry.pk,
            "at": line.entry.at,
            "event": line.entry.event,
            "title": str(line.title),
            "state": line.entry.target,
            "by": line.who,
            "note": line.note,
            "points": [{"label": str(label), "lines": said} for label, said in line.points],
        }
        for line in lines_of(found.process, request.actor)
    ]


@router.get("/filings/{number}/clocks", response=list[outputs.Clock], auth=FILINGS_READ, tags=["papers"])
def clocks(request: HttpRequest, number: Number) -> Any:
    """The statutory time limits of a filing, those under way first."""
    found = filing_of(request, number)
    return [
        {
            "name": one.run.name,
            "text": one.run.text,
            "clause": one.run.clause,
            "duty_of": one.run.duty_of,
            "started_on": one.run.started_on,
            "due_on": one.due,
            "workdays_left": one.left,
            "suspended": one.paused,
            "done_on": one.done,
        }
        for one in limits(found.process)
    ]


@router.get("/filings/{number}/letters", response=list[outputs.Letter], auth=FILINGS_READ, tags=["papers"])
def letters(request: HttpRequest, number: Number) -> Any:
    """Letters about a filing, the newest first."""
    return [
        {
            "id": one.pk, "kind": one.letter, "number": one.number, "title": one.title, "issued_at": one.issued_at,
            "code": one.code or "", "revoked": hasattr(one, "revocation"),
        }
        for one in _letters(filing_of(request, number))
    ]  # fmt: skip


@router.get(
    "/filings/{number}/letters/{letter}.pdf", auth=FILINGS_READ, tags=["papers"], openapi_extra=file_of(PDF)
)
def letter(request: HttpRequest, number: Number, letter: RowId) -> HttpResponse:
    """A letter as PDF, with the code by which anybody can verify it."""
    found = _letters(filing_of(request, number)).filter(pk=letter).first()
    if found is None:
        raise Http404
    return pdf_response(render_letter(found), f"{found.number} {found.title}")


def _letters(filing: Filing) -> Any:
    return of_subject(f"classes.filing:{filing.pk}").filter(kind=Document.Kind.LETTER)


@router.get("/filings/{number}/forms", response=list[outputs.FormLine], auth=FILINGS_READ, tags=["papers"])
def forms(request: HttpRequest, number: Number) -> Any:
    """The official forms of a filing."""
    found = filing_of(request, number)
    return [
        {
            "id": one.id,
            "number": one.number,
            "text": getattr(one.text, lang()),
            "lists_people": lists_people(one),
        }
        for one in forms_of(found, found.scheme)
    ]


@router.get(
    "/filings/{number}/forms/{form}.{kind}",
    auth=FILINGS_READ,
    tags=["papers"],
    openapi_extra=file_of(PDF, WORD),
)
def form(request: HttpRequest, number: Number, form: Slug, kind: Literal["pdf", "docx"]) -> HttpResponse:
    """An official form filled from the filing, as PDF or Word; people masked.

    The form to sign, with whole numbers, is printed on the site by a person, whose reading is recorded.
    """
    found = filing_of(request, number)
    wanted = next((one for one in forms_of(found, found.scheme) if one.id == form), None)
    if wanted is None:
        raise Http404
    rows = found.enrolments.filter(left_on=None).select_related("person") if lists_people(wanted) else []
    people = [
        {"enrolment": row, "name": row.name_for(request.actor), "id_number": row.person.id_number_masked}
        for row in rows
    ]
    data = form_data(found, wanted, people)
    layout = layout_path(found.scheme.folder, wanted)
    name = f"{found.process.number} {wanted.text.zh}"
    if kind == "docx":
        return docx_response(render_docx(wanted, data, layout=layout), name)
    return pdf_response(render_pdf(wanted, data, layout=layout), name)


@router.get("/messages", response=outputs.Page[outputs.Message], auth=MESSAGES_READ, tags=["messages"])
def messages(
    request: HttpRequest,
    cursor: Cursor,
    limit: Size,
    unread: Annotated[bool, Query(False, description="Only those not read on the site yet.")],
) -> Any:
    """Messages about the organisation's cases to the person the token acts for, the newest first."""
    rows = Message.objects.filter(
        user_id=request.actor.user_id, process__organisation_id=request.actor.organisation_id
    ).select_related("process")
    if unread:
        rows = rows.filter(read_at__isnull=True)
    return page(rows, _message, key="-pk", cursor=cursor, size=limit)


def _message(row: Message) -> dict[str, Any]:
    words = words_of(row.kind, row.params)
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": words.title,
        "body": words.body,
        "case": row.process.number if row.process else None,
        "at": row.created_at,
        "read": row.read_at is not None,
    }
