"""What an address names, in the scope of whoever asks; anything else is a 404."""

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Path
from pydantic import StringConstraints

from keshi_web.classes.models import Amendment, Filing
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.queries import for_place

Number = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{10}$")],
    Path(..., description="Number of the case, as KB2020000001."),
]
Slug = Annotated[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,79}$")], Path(...)]
RowId = Annotated[int, Path(..., ge=1, le=2**53 - 1)]


def filing_of(request: HttpRequest, number: str) -> Filing:
    """A filing of the token's organisation."""
    found = (
        Filing.objects.visible_to(request.actor)
        .select_related(
            "process__office", "organisation__region", "scheme_version__region", "platform", "delegate", "occupation",
            "administrator",
        )
        .filter(process__number=number)
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


def amendment_of(request: HttpRequest, number: str) -> Amendment:
    """A change of one of the organisation's classes."""
    mine = Filing.objects.visible_to(request.actor)
    found = (
        Amendment.objects.filter(process__number=number, filing__in=mine)
        .select_related("process__office", "filing__process", "filing__scheme_version")
        .first()
    )
    if found is None:
        raise Http404
    return found


def organisation_of(request: HttpRequest) -> Organisation:
    """The token's organisation."""
    return Organisation.objects.select_related("region").get(pk=request.actor.organisation_id)


def version_of(organisation: Organisation, scheme: str, day: object) -> SchemeVersion:
    """The version of a notice under which the organisation could file a class that starts on a day."""
    for version in for_place(organisation.region.path, day):  # type: ignore[arg-type]
        if version.scheme == scheme:
            return version
    raise Http404


def texts_of(filing: Filing) -> dict[str, str]:
    """The materials of a filing's notice by id, in the reader's language."""
    from keshi_web.common.language import lang

    return {rule.id: getattr(rule.text, lang()) for rule in get(filing.scheme_version).file.materials}
