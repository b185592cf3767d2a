"""Filings: begun, read, listed, planned, checked, carried on by the organisation's acts."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import AwareDatetime

from keshi_web.api.problems import Fault, Problem
from keshi_web.api.v1 import etags, inputs, outputs, show
from keshi_web.api.v1.auth import FILINGS_READ, FILINGS_WRITE
from keshi_web.api.v1.fields import Day, Name
from keshi_web.api.v1.find import Number, filing_of, organisation_of, version_of
from keshi_web.api.v1.paging import Cursor, Size, page
from keshi_web.api.v1.plan import plan_form, syllabus_rows
from keshi_web.classes.completeness import open_points
from keshi_web.classes.models import Channel, Filing
from keshi_web.classes.precheck import Precheck, plain, precheck
from keshi_web.classes.services import drafts
from keshi_web.classes.workflow import FILING
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.schemes.library import get
from keshi_web.workflow import engine

router = Router(tags=["filings"])
SHOWN = 200
"""People whose findings the check lists."""
States = Literal[tuple(state.key for state in FILING.states)]  # type: ignore[valid-type]
Events = Literal[tuple(dict.fromkeys(one.event for one in FILING.transitions if one.at == "provider"))]  # type: ignore[valid-type]
"""What the organisation does in the process of a filing, as its table says."""


def whole(request: HttpRequest, response: HttpResponse, number: str) -> dict[str, Any]:
    """The filing as it now is, with its tag on the answer."""
    filing = filing_of(request, number)
    etags.mark(response, filing)
    return show.filing_whole(filing, request.actor)


@router.post("/filings", response={201: outputs.Filing}, auth=FILINGS_WRITE)
def create_filing(request: HttpRequest, response: HttpResponse, new: inputs.NewFiling) -> Any:
    """Begin a draft under an item of a notice in force."""
    organisation = organisation_of(request)
    try:
        version = version_of(organisation, new.scheme, clock.today())
    except Http404:
        detail = _("没有此政策，或不适用于本单位。")
        raise Problem("invalid", faults=[Fault("/scheme", detail, "unknown")]) from None
    if new.item not in get(version).rules:
        raise Problem("invalid", faults=[Fault("/item", _("该政策没有此补贴项目。"), "unknown")])
    made = drafts.create_draft(organisation, version, new.item, by=request.actor, channel=Channel.API)
    number = made.process.number
    response["Location"] = reverse("api:v1:filing", args=[number])
    return Status(201, whole(request, response, number))


@router.get("/filings", response=outputs.Page[outputs.FilingLine], auth=FILINGS_READ)
def filings(
    request: HttpRequest,
    cursor: Cursor,
    limit: Size,
    state: Annotated[States | None, Query(None)],  # type: ignore[valid-type]
    scheme: Annotated[Name | None, Query(None)],
    starts_from: Annotated[Day | None, Query(None)],
    starts_until: Annotated[Day | None, Query(None)],
    updated_since: Annotated[
        AwareDatetime | None,
        Query(None, description="Only those whose state changed since; then in the order of those changes."),
    ],
) -> Any:
    """The organisation's filings, the newest first."""
    rows = Filing.objects.visible_to(request.actor).select_related("process", "scheme_version")
    wanted = {
        "process__state": state, "scheme_version__scheme": scheme, "starts_on__gte": starts_from,
        "starts_on__lte": starts_until, "process__changed_at__gte": _storable(updated_since),
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    moment = "process__changed_at" if updated_since else ""
    key = "pk" if updated_since else "-pk"
    return page(rows, show.filing_line, key=key, cursor=cursor, size=limit, moment=moment)


def _storable(moment: datetime | None) -> datetime | None:
    """The database knows no moment that leaves the calendar in another time zone."""
    if moment is not None and not 1000 < moment.year < 9000:
        detail = _("应为 1000 年至 9000 年之间的时间。")
        raise Problem("invalid", faults=[Fault("/updated_since", detail, "out-of-range", "query")])
    return moment


@router.get("/filings/{number}", response=outputs.Filing, auth=FILINGS_READ, url_name="filing")
def filing(request: HttpRequest, response: HttpResponse, number: Number) -> Any:
    """A filing with plan, syllabus, state, and what can be done next. The ETag names plan and state."""
    return whole(request, response, number)


@router.patch("/filings/{number}", response=outputs.Filing, auth=FILINGS_WRITE)
def change_plan(request: HttpRequest, response: HttpResponse, number: Number, plan: inputs.Plan) -> Any:
    """Change the plan of a draft or of a filing that is being corrected."""
    found = filing_of(request, number)
    etags.check(request, found)
    form = plan_form(found, plan)
    drafts.save_plan(
        found.pk, form.columns(), facts=form.plan_facts(), answers=form.answers(), by=request.actor,
        revision=found.revision,
    )  # fmt: skip
    return whole(request, response, number)


@router.put("/filings/{number}/syllabus", response=outputs.Filing, auth=FILINGS_WRITE)
def put_syllabus(
    request: HttpRequest, response: HttpResponse, number: Number, syllabus: inputs.Syllabus
) -> Any:
    """Replace the syllabus."""
    found = filing_of(request, number)
    etags.check(request, found)
    rows = syllabus_rows(found, syllabus.modules)
    drafts.save_syllabus(found.pk, rows, by=request.actor, revision=found.revision)
    return whole(request, response, number)


@router.post("/filings/{number}/commitment", response=outputs.Filing, auth=FILINGS_WRITE)
def commit(
    request: HttpRequest, response: HttpResponse, number: Number, commitment: inputs.Commitment
) -> Any:
    """Accept the commitments (`promises` of the forms in GET /schemes/{id}) in the organisation's name."""
    found = filing_of(request, number)
    etags.check(request, found)
    drafts.commit(found.pk, by=request.actor)
    return whole(request, response, number)


@router.get("/filings/{number}/check", response=outputs.Check, auth=FILINGS_READ)
def check(request: HttpRequest, number: Number) -> Any:
    """Every rule that can be judged before the training, with clause and remedy; the estimate; what is missing."""
    found = filing_of(request, number)
    judged = precheck(found) if found.starts_on and found.ends_on else Precheck()
    points = open_points(found, provisional=found.completion_due_on is not None, check=judged)
    wrong = [one for one in judged.people if not one.eligible]
    return {
        "ready": not points,
        "open_points": [
            {"step": one.step, "text": str(one.text), "clause": one.clause, "remedy": one.remedy}
            for one in points
        ],
        "findings": [show.finding(plain(one)) for one in judged.findings],
        "warnings": [show.finding(plain(one)) for one in judged.warnings],
        "people": len(judged.people),
        "eligible": judged.eligible,
        "not_eligible": [
            {
                "number": one.enrolment.number,
                "findings": [show.finding(plain(each)) for each in one.findings if each.outcome != "passed"],
            }
            for one in wrong[:SHOWN]
        ],
        "estimate_fen": judged.amount,
        "advance_fen": judged.advance,
        "receipt": judged.receipt,
        "problems": [one.text(lang()) for one in judged.problems],
    }


@router.post("/filings/{number}/acts/{event}", response=outputs.Filing, auth=FILINGS_WRITE)
def act(
    request: HttpRequest,
    response: HttpResponse,
    number: Number,
    event: Events,
    said: inputs.Act,  # type: ignore[valid-type]
) -> Any:
    """Submit, resubmit, supplement, withdraw, cancel … : an act of the organisation in the filing's process.

    `acts` of the filing says which are possible and what they need.
    """
    found = filing_of(request, number)
    version = found.process.version if etags.check(request, found) else None
    given = {name: value for name, value in said.model_dump().items() if value.strip()}
    engine.act(found.process, event, by=request.actor, version=version, given=given)
    return whole(request, response, number)
