"""Documents handed in with a filing."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Router, Status, UploadedFile
from ninja.decorators import decorate_view

from keshi_web.api.problems import Problem
from keshi_web.api.v1 import etags, inputs, outputs, show
from keshi_web.api.v1.auth import FILINGS_READ, FILINGS_WRITE
from keshi_web.api.v1.find import Number, RowId, Slug, filing_of, texts_of
from keshi_web.classes.completeness import materials_of
from keshi_web.classes.models import Filing
from keshi_web.classes.services import drafts
from keshi_web.files.services import store

router = Router(tags=["materials"])


def multipart(run: Any) -> Any:
    """The operation takes a form with a file and nothing else."""

    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.content_type != "multipart/form-data":
            raise Problem("unsupported-media-type", _("请以 multipart/form-data 发送文件，字段名为 file。"))
        return run(request, *args, **kwargs)

    return checked


@router.get("/filings/{number}/materials", response=list[outputs.Material], auth=FILINGS_READ)
def materials(request: HttpRequest, number: Number) -> Any:
    """What was handed in. What the notice asks for stands in GET /schemes/{id}, what is missing in the check."""
    found = filing_of(request, number)
    texts = texts_of(found)
    rows = found.materials.filter(removed_at=None).select_related("attachment").order_by("id")
    return [show.material(row, texts) for row in rows]


@router.post("/filings/{number}/materials/{material}", response={201: outputs.Material}, auth=FILINGS_WRITE)
@decorate_view(multipart)
def hand_in(
    request: HttpRequest, response: HttpResponse, number: Number, material: Slug, file: File[UploadedFile]
) -> Any:
    """Add a document (PDF, Word, JPG, PNG or WebP) for a material of the notice."""
    found = _asked(request, number, material)
    attachment = store(file, actor_id=request.actor.user_id, purpose="filing")
    row = drafts.hand_in(found.pk, material, by=request.actor, attachment=attachment)
    return Status(201, show.material(row, texts_of(found)))


@router.put(
    "/filings/{number}/materials/{material}/not-applicable",
    response={201: outputs.Material},
    auth=FILINGS_WRITE,
)
def not_applicable(request: HttpRequest, number: Number, material: Slug, why: inputs.NotApplicable) -> Any:
    """Say why a material does not apply to this class; it takes the place of an earlier reason."""
    found = _asked(request, number, material)
    for earlier in found.materials.filter(material=material, removed_at=None).exclude(not_applicable=""):
        drafts.take_back(earlier.pk, by=request.actor)
    row = drafts.hand_in(found.pk, material, by=request.actor, not_applicable=why.reason)
    return Status(201, show.material(row, texts_of(found)))


@router.delete("/filings/{number}/materials/{material}/{row}", response={204: None}, auth=FILINGS_WRITE)
def take_back(request: HttpRequest, number: Number, material: Slug, row: RowId) -> Any:
    """Take a document back before the filing is handed in (again)."""
    found = filing_of(request, number)
    etags.check(request, found)
    if not found.materials.filter(pk=row, material=material, removed_at=None).exists():
        raise Http404
    drafts.take_back(row, by=request.actor)
    return Status(204, None)


def _asked(request: HttpRequest, number: str, material: str) -> Filing:
    """The filing, where its notice knows the material."""
    found = filing_of(request, number)
    etags.check(request, found)
    if material not in {rule.id for rule in materials_of(found, found.scheme)}:
        raise Http404
    return found
