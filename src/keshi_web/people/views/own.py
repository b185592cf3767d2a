"""A trainee's own page: what is kept about them, since when, by what proof, and who read it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from keshi_web.accounts import attempts
from keshi_web.accounts.guards import allowed, recently_authenticated
from keshi_web.accounts.roles import Role
from keshi_web.common.errors import Refusal
from keshi_web.people import queries, services
from keshi_web.people.models import Person
from keshi_web.people.services.reading import OWN_DATA
from keshi_web.people.views.shared import PAGE, address_of, page_number
from keshi_web.people.words import Field, Purpose
from keshi_web.ui.paging import page_of


@allowed(Role.TRAINEE)
@never_cache
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about me, masked, and who read it: when, in which role, what and why."""
    return _page(request, _own(request))


@allowed(Role.TRAINEE)
@never_cache
@recently_authenticated
@require_POST
def my_data_in_clear(request: HttpRequest) -> HttpResponse:
    """My own data in clear, once, on this answer only."""
    own = _own(request)
    if own is None:
        return redirect("people:my-data")
    try:
        attempts.spend(attempts.REVEAL, request.actor.user_id)
        opened = services.reveal(
            own, list(Field), actor=request.actor, purpose=Purpose.OWN, case=OWN_DATA, ip=address_of(request)
        )
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("people:my-data")
    return _page(request, own, [(Field(name).label, text or _("未登记")) for name, text in opened.items()])


def _own(request: HttpRequest) -> Person | None:
    return Person.objects.filter(user_id=request.actor.user_id).first()


def _page(
    request: HttpRequest, own: Person | None, opened: list[tuple[str, str]] | None = None
) -> HttpResponse:
    context: dict[str, object] = {"person": own, "opened": opened or []}
    if own is not None:
        context |= {
            "categories": own.categories.select_related("attachment"),
            "employments": own.employments.select_related("organisation", "agency"),
            "events": own.events.all(),
            "page": page_of(queries.reads_of(own), page_number(request), PAGE),
        }
    return render(request, "people/my_data.html", context)
