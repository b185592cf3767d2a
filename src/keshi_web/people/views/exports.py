"""Exports: asked for, decided by a second person, taken."""

from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, Role
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.people import queries, services
from keshi_web.people.export_file import TYPE, write_export
from keshi_web.people.models import PersonExport
from keshi_web.people.views.shared import EXPORTERS, PAGE, address_of, page_number
from keshi_web.ui.paging import page_of


@allowed(*EXPORTERS)
@never_cache
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """Exports asked for, and those waiting for one's decision."""
    page = page_of(queries.exports_for(request.actor), page_number(request), PAGE)
    decides = request.actor.role in {*LEADERS, Role.PROVIDER_ADMIN}
    return render(request, "people/exports.html", {"page": page, "decides": decides, "now": clock.now()})


@allowed(*LEADERS, Role.PROVIDER_ADMIN)
@require_POST
def decide(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Approve or refuse an export as the second person."""
    approve = request.POST.get("decision") == "approve"
    try:
        services.decide_export(export_id, by=request.actor, approve=approve)
    except PersonExport.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("已批准导出。") if approve else _("已拒绝导出。"))
    return redirect("people:exports")


@allowed(*EXPORTERS)
@never_cache
@require_POST
def take(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """Download an approved export; counted."""
    try:
        out = services.take_export(export_id, actor=request.actor, ip=address_of(request))
    except PersonExport.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, refusal.reason)
        return redirect("people:exports")
    file = BytesIO()
    write_export(file, out)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{export_id}.xlsx", content_type=TYPE)
