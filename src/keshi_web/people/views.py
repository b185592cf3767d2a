"""Pages of people: find, look, read with a reason; exports; and for a trainee who read their data."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts import attempts
from keshi_web.accounts.guards import allowed, recently_authenticated
from keshi_web.accounts.roles import LEADERS, PROVIDERS, Role
from keshi_web.common.errors import Refusal
from keshi_web.people import queries, services
from keshi_web.people.export_file import TYPE, write_export
from keshi_web.people.forms import ChangeAccountForm, ChangePhoneForm, FindForm, RevealForm
from keshi_web.people.models import Person, PersonExport
from keshi_web.people.words import Field
from keshi_web.ui.forms import BaseForm
from keshi_web.ui.paging import page_of

READERS = tuple(role for role in Role if role in services.READABLE and role != Role.TRAINEE)
EXPORTERS = READERS
CHANGERS = (Role.TRAINEE, Role.CLERK, *sorted(PROVIDERS), *sorted(LEADERS))
_PAGE = 20


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
                form.cleaned_data["id_number"], actor=request.actor, ip=_address(request)
            )
            if one:
                return redirect("people:person", one.pk)
            found = []
        else:
            found = services.find_by_name(form.cleaned_data["name"], actor=request.actor)
    return render(request, "people/find.html", {"form": form, "found": found})


@allowed(*READERS)
@never_cache
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person masked: categories, employment, and for auditors and leaders who read their data."""
    return _person_page(request, _person(request, person_id), RevealForm(actor=request.actor))


@allowed(*READERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The asked fields in clear, once, on this answer only; as a part of the page where htmx asks."""
    seen = _person(request, person_id)
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
                ip=_address(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
    shown = [(Field(name).label, text) for name, text in (opened or {}).items()]
    if request.htmx:
        return render(request, "people/_reveal.html", {"person": seen, "form": form, "opened": shown})
    return _person_page(request, seen, form, shown)


@allowed(Role.TRAINEE)
@never_cache
@require_GET
def my_reads(request: HttpRequest) -> HttpResponse:
    """Who read my data: when, in which role, what and why."""
    own = Person.objects.filter(user_id=request.actor.user_id).first()
    reads = queries.reads_of(own) if own else queries.AccessLog.objects.none()
    page = page_of(reads, _number(request), _PAGE)
    return render(request, "people/my_reads.html", {"person": own, "page": page})


@allowed(*CHANGERS)
@never_cache
@recently_authenticated
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Another phone, by somebody who has just proved who they are."""
    return _change(
        request,
        _person(request, person_id),
        ChangePhoneForm(request.POST or None),
        services.change_phone,
        _("更改手机号码"),
    )


@allowed(*CHANGERS)
@never_cache
@recently_authenticated
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Another bank account, by somebody who has just proved who they are."""
    return _change(
        request,
        _person(request, person_id),
        ChangeAccountForm(request.POST or None),
        services.change_account,
        _("更改收款账户"),
    )


def _change(
    request: HttpRequest, held: Person, form: BaseForm, act: Callable[..., object], title: str
) -> HttpResponse:
    own = request.actor.role == Role.TRAINEE
    back = reverse("people:my-reads") if own else reverse("people:person", args=[held.pk])
    if request.method == "POST" and form.is_valid():
        try:
            act(held, actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect(back)
    context = {"person": held, "form": form, "title": title, "back": back}
    return render(request, "people/change.html", context, status=422 if form.errors else 200)


@allowed(*EXPORTERS)
@never_cache
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """Exports asked for, and those waiting for one's decision."""
    page = page_of(queries.exports_for(request.actor), _number(request), _PAGE)
    decides = request.actor.role in {*LEADERS, Role.PROVIDER_ADMIN}
    return render(request, "people/exports.html", {"page": page, "decides": decides})


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
        out = services.take_export(export_id, actor=request.actor, ip=_address(request))
    except PersonExport.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, refusal.reason)
        return redirect("people:exports")
    file = BytesIO()
    write_export(file, out)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{export_id}.xlsx", content_type=TYPE)


def _person(request: HttpRequest, person_id: UUID) -> Person:
    return get_object_or_404(queries.visible_to(request.actor).select_related("survivor"), pk=person_id)


def _person_page(
    request: HttpRequest, seen: Person, form: RevealForm, opened: list[tuple[str, str | None]] | None = None
) -> HttpResponse:
    may_audit = request.actor.role == Role.AUDITOR or request.actor.leads
    context = {
        "person": seen,
        "form": form,
        "opened": opened or [],
        "categories": seen.categories.all(),
        "employments": seen.employments.select_related("organisation", "agency"),
        "events": seen.events.select_related("by"),
        "may_change": request.actor.role in CHANGERS and not (seen.erased_at or seen.survivor_id),
        "reads": page_of(queries.reads_of(seen), _number(request), _PAGE) if may_audit else None,
    }
    return render(request, "people/person.html", context)


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def _address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None
