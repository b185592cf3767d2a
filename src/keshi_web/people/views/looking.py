"""Find somebody, look at their page, read in clear with a reason."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts import attempts
from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import REVIEWERS, Role
from keshi_web.common.errors import NotAllowed, Refusal
from keshi_web.files.responses import attachment_response
from keshi_web.people import queries, services
from keshi_web.people.forms import FindForm, RevealForm
from keshi_web.people.models import Person
from keshi_web.people.views.shared import CHANGERS, PAGE, READERS, address_of, in_scope, page_number
from keshi_web.people.words import Field
from keshi_web.ui.paging import page_of


@allowed(*READERS)
@never_cache
@sensitive_post_parameters("id_number", "name")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find somebody by number (to their page) or by whole name (a list of masks)."""
    form = FindForm(request.POST if request.method == "POST" else None)
    found: list[Person] | None = None
    if form.is_bound and form.is_valid():
        attempts.spend(attempts.SEARCH, request.actor.user_id)
        if form.cleaned_data["id_number"]:
            one = services.find_by_id_number(
                form.cleaned_data["id_number"], actor=request.actor, ip=address_of(request)
            )
            if one:
                return redirect("people:person", one.pk)
            found = []
        else:
            found = services.find_by_name(
                form.cleaned_data["name"], actor=request.actor, ip=address_of(request)
            )
    return render(request, "people/find.html", {"form": form, "found": found})


@allowed(*READERS)
@never_cache
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person masked: categories, employment, and for auditors and leaders who read their data."""
    seen = in_scope(request, person_id)
    first = next(iter(queries.cases_of(seen, request.actor)), ("", ""))
    form = RevealForm(actor=request.actor, initial={"case": first[0]})
    return _person_page(request, seen, form)


@allowed(*READERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The asked fields in clear, once, on this answer only; as a part of the page where htmx asks."""
    seen = in_scope(request, person_id)
    form = RevealForm(request.POST, actor=request.actor)
    opened = None
    if form.is_valid():
        try:
            attempts.spend(attempts.REVEAL, request.actor.user_id)
            opened = services.reveal(
                seen,
                form.cleaned_data["fields_wanted"],
                actor=request.actor,
                purpose=form.cleaned_data["purpose"],
                case=form.cleaned_data["case"],
                ip=address_of(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
    shown = [(Field(name).label, text) for name, text in (opened or {}).items()]
    if request.htmx:
        return render(
            request,
            "people/_reveal.html",
            {"person": seen, "form": form, "opened": shown, "cases": queries.cases_of(seen, request.actor)},
        )
    return _person_page(request, seen, form, shown)


@allowed(*READERS, Role.TRAINEE)
@never_cache
@require_GET
def proof(request: HttpRequest, person_id: UUID, period_id: int) -> HttpResponse:
    """The paper that proves a category; handing it out is a read and leaves a line."""
    seen = in_scope(request, person_id)
    try:
        attempts.spend(attempts.REVEAL, request.actor.user_id)
        paper = services.open_proof(seen, period_id, actor=request.actor, ip=address_of(request))
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.reason) from None
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return attachment_response(paper)


def _person_page(
    request: HttpRequest, seen: Person, form: RevealForm, opened: list[tuple[str, str | None]] | None = None
) -> HttpResponse:
    gone = seen.erased_at or seen.survivor_id
    may_audit = request.actor.role == Role.AUDITOR or request.actor.leads
    context = {
        "person": seen,
        "form": form,
        "opened": opened or [],
        "categories": seen.categories.select_related("attachment"),
        "employments": seen.employments.select_related("organisation", "agency"),
        "events": seen.events.select_related("by"),
        "may_change": request.actor.role in CHANGERS and not gone,
        "may_correct": request.actor.role in REVIEWERS and not gone,
        "may_merge": request.actor.leads and not gone,
        "cases": queries.cases_of(seen, request.actor),
        "reads": page_of(queries.reads_of(seen), page_number(request), PAGE) if may_audit else None,
    }
    return render(request, "people/person.html", context)
