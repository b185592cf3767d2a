"""What the pages share: the organisation in scope or 404, a form that does one act, what a detail page shows."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise

from keshi.sme import find_industry
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed, Refusal, Stale
from keshi_web.organisations import queries, services
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import SIZES
from keshi_web.ui.forms import BaseForm


def organisation_for(request: HttpRequest, pk: int | None) -> Organisation:
    """The organisation, if the reader may see it; else 404."""
    return get_object_or_404(
        queries.listed(request.actor).select_related("region", "licence", "survivor"), pk=pk
    )


def back_to(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The organisation's page for whoever asks."""
    if request.actor.of_bureau:
        return redirect("organisations:detail", pk=organisation.pk)
    return redirect("organisations:mine")


def form_page(
    request: HttpRequest,
    organisation: Organisation,
    form: BaseForm,
    act: Callable[[dict[str, Any]], object],
    /,
    *,
    title: str | Promise,
    done: str | Promise,
    template: str = "organisations/form.html",
    **context: Any,
) -> HttpResponse:
    """A page with one form: shown, shown again with what is wrong, or done.

    A refusal about what was entered stands in the form; one about who or when leads back with the reason.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except (NotAllowed, Stale) as refusal:
            messages.warning(request, str(refusal))
            return back_to(request, organisation)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(done))
            return back_to(request, organisation)
    shown = {**context, "organisation": organisation, "form": form, "title": title}
    return render(request, template, shown, status=422 if form.errors else 200)


def acting(
    request: HttpRequest, organisation: Organisation, act: Callable[[], object], done: str
) -> HttpResponse:
    """An act without a form: done, or the reason why not, said on the organisation's page."""
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, done)
    return back_to(request, organisation)


def detail_context(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Everything on an organisation's page; names, phones and accounts stay sealed."""
    declared = queries.size_on(organisation, clock.today())
    return {
        "organisation": organisation,
        "kinds": organisation.kinds.all(),
        "catalogue": organisation.catalogue_entries.all(),
        "contacts": organisation.contacts.filter(superseded_at__isnull=True).order_by("role"),
        "accounts": organisation.bank_accounts.select_related("entered_by", "verified_by"),
        "declarations": organisation.size_declarations.select_related("by"),
        "size": size_explained(declared) if declared else None,
        "epidemic": organisation.epidemic_declarations.all(),
        "blacklistings": organisation.blacklistings.select_related("office", "by", "document"),
        "agreements": queries.agreements_of(organisation),
        "verifications": organisation.verifications.select_related("by", "office"),
        "missing": services.missing_for_submission(organisation),
    }


def size_explained(declared: Any) -> dict[str, Any]:
    """The declaration with the row of the standard that decided it: each indicator, its bounds, the size it reaches."""
    found = services.size_of(declared.industry, declared.employees, declared.revenue_wan, declared.assets_wan)
    row = find_industry(declared.industry)
    labels = {
        "employees": type(declared)._meta.get_field("employees").verbose_name,
        "revenue_wan": type(declared)._meta.get_field("revenue_wan").verbose_name,
        "assets_wan": type(declared)._meta.get_field("assets_wan").verbose_name,
    }
    return {
        "declared": declared,
        "row": row,
        "indicators": [
            {
                "label": labels[indicator.name],
                "value": getattr(declared, indicator.name),
                "bounds": indicator.bounds,
                "size": SIZES[indicator.size] if indicator.size else "",
                "decides": indicator.size == found.size,
            }
            for indicator in found.indicators
        ],
    }
