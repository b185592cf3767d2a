"""Changes of a class that was approved."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from keshi_web.api.v1 import etags, inputs, outputs, show
from keshi_web.api.v1.auth import FILINGS_READ, FILINGS_WRITE
from keshi_web.api.v1.find import Number, amendment_of, filing_of
from keshi_web.api.v1.plan import amendment_changes
from keshi_web.classes.services.changes import ask_for_amendment
from keshi_web.classes.workflow import AMENDMENT
from keshi_web.workflow import engine

router = Router(tags=["amendments"])
Events = Literal[  # type: ignore[valid-type]
    tuple(
        dict.fromkeys(
            one.event
            for one in AMENDMENT.transitions
            if one.at == "provider" and one.event != "submit"  # asking hands it in
        )
    )
]


@router.post("/filings/{number}/amendments", response={201: outputs.Amendment}, auth=FILINGS_WRITE)
def ask(request: HttpRequest, number: Number, amendment: inputs.Amendment) -> Any:
    """Ask for a change of an approved class and hand it in for review."""
    found = filing_of(request, number)
    etags.check(request, found)
    changes = amendment_changes(found, amendment)
    made = ask_for_amendment(found.pk, changes, amendment.reason, by=request.actor)
    return Status(201, _shown(request, made.process.number))


@router.get("/filings/{number}/amendments", response=list[outputs.Amendment], auth=FILINGS_READ)
def amendments(request: HttpRequest, number: Number) -> Any:
    """The changes of a class, the newest first."""
    found = filing_of(request, number)
    numbers = found.amendments.order_by("-id").values_list("process__number", flat=True)
    return [_shown(request, one) for one in numbers]


@router.get("/amendments/{number}", response=outputs.Amendment, auth=FILINGS_READ)
def amendment(request: HttpRequest, number: Number) -> Any:
    """A change and where it stands."""
    return _shown(request, number)


@router.post("/amendments/{number}/acts/{event}", response=outputs.Amendment, auth=FILINGS_WRITE)
def act_on_amendment(request: HttpRequest, number: Number, event: Events, said: inputs.Act) -> Any:  # type: ignore[valid-type]
    """Withdraw a change that is not decided yet."""
    found = amendment_of(request, number)
    given = {name: value for name, value in said.model_dump().items() if value.strip()}
    engine.act(found.process, event, by=request.actor, version=None, given=given)
    return _shown(request, number)


def _shown(request: HttpRequest, number: str) -> dict[str, Any]:
    return show.amendment(amendment_of(request, number), request.actor)
