"""What the pages share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed, Refusal, Stale
from keshi_web.common.language import lang

READERS = (*OFFICE_ROLES, *ORGANISATION_ROLES)
KINDS = {"grey": "neutral", "blue": "blue", "amber": "amber", "green": "green", "red": "red"}
STANDING_KINDS = {
    "ahead": "neutral",
    "listed": "green",
    "expiring": "amber",
    "expired": "red",
    "delisted": "red",
}


def form_page(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    /,
    *,
    title: str | Promise,
    done: str | Promise,
    back: str,
    onwards: Callable[[Any], str] | None = None,
    template: str = "catalogue/form.html",
    **context: Any,
) -> HttpResponse:
    """A page with one form: shown, shown again with what is wrong, or done and on to the next page.

    A refusal about what was entered stands in the form; one about who or when leads back with the reason.
    """
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except (NotAllowed, Stale) as refusal:
            messages.warning(request, str(refusal))
            return redirect(back)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            problems = [one.line(lang()) for one in getattr(refusal, "problems", ())]
        else:
            messages.success(request, str(done))
            return redirect(onwards(made) if onwards else back)
    shown = {**context, "form": form, "title": title, "back": back, "problems": problems}
    return render(request, template, shown, status=422 if form.errors else 200)


def acting(request: HttpRequest, act: Callable[[], object], done: str, back: str) -> HttpResponse:
    """An act without a form: done, or the reason why not, said on the page it leads back to."""
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(back)


def listing_rows(listings: Any, titles: dict[str, Any]) -> list[dict[str, Any]]:
    """Listings with how they stand today, for `catalogue/_listings.html`."""
    day = clock.today()
    return [
        {
            "listing": one,
            "standing": one.standing(day),
            "kind": STANDING_KINDS[one.standing(day)],
            "label": standing_label(one.standing(day)),
            "notice": titles.get(one.scheme),
        }
        for one in listings
    ]


def standing_label(standing: str) -> str:
    """In words."""
    return {
        "ahead": _("尚未生效"),
        "listed": _("在目录内"),
        "expiring": _("即将到期"),
        "expired": _("已到期"),
        "delisted": _("已移出"),
    }[standing]
