"""The front door: what anybody may do here; people who are signed in go to where they work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from keshi_web.accounts.guards import public
from keshi_web.accounts.roles import Role
from keshi_web.schemes.queries import public as published

STARTS = {
    Role.TRAINEE: "people:my-data",
    Role.SYSADMIN: "accounts:users",
    Role.AUDITOR: "classes:filings",
}
"""Where a role begins; everybody else at the work queue."""


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The public page, or the page at which the reader's role begins."""
    if request.actor is not None:
        return redirect(STARTS.get(request.actor.role, "workflow:queue"))
    if request.user.is_authenticated:
        return redirect("accounts:profile")
    notices = published().order_by("region__path", "scheme", "-number")[:12]
    return render(request, "portal/home.html", {"notices": notices})
