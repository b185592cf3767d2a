"""Pages of the catalogue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES
from keshi_web.catalogue.models import Evaluation
from keshi_web.workflow.context import process_context
from keshi_web.workflow.models import Process


@allowed(*OFFICE_ROLES, *ORGANISATION_ROLES)
def evaluation(request: HttpRequest, number: str) -> HttpResponse:
    """An evaluation."""
    process = get_object_or_404(Process.objects.visible_to(request.actor), number=number, kind="evaluation")
    found = Evaluation.objects.get(process=process)
    context = {"evaluation": found, **process_context(process, found, request.actor)}
    return render(request, "catalogue/evaluation.html", context)
