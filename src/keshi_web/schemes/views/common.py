"""What the pages of one version share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import OFFICE_ROLES, PROVIDERS
from keshi_web.common.errors import NotAllowed, Refusal
from keshi_web.schemes import queries
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State

READERS = (*sorted(OFFICE_ROLES), *sorted(PROVIDERS))
BUREAU = tuple(sorted(OFFICE_ROLES))


def version_for(request: HttpRequest, pk: int) -> SchemeVersion:
    """The version, if the reader may see it; else 404."""
    return get_object_or_404(queries.seen_by(request.actor), pk=pk)


def other_version(request: HttpRequest, version: SchemeVersion) -> SchemeVersion | None:
    """The version named by `?with=`, else the one before this, else any other of the scheme; None without one."""
    others = queries.versions_of(version, request.actor)
    asked = request.GET.get("with", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            raise Http404
        return get_object_or_404(others, pk=asked)
    live = others.exclude(state=State.WITHDRAWN)
    return live.filter(number__lt=version.number).first() or live.first() or others.first()


def tabs(request: HttpRequest, version: SchemeVersion, current: str) -> dict[str, Any]:
    """Context for `schemes/_version.html`: the version, its tabs and what the reader may do."""
    actor: Actor | None = request.actor
    of_bureau = actor is not None and actor.of_bureau
    cases = (version.report or {}).get("cases", [])
    found = [
        ("detail", _("政策内容"), "book", None),
        ("worked", _("算例"), "calculator", len(cases) if cases else None),
        ("compare", _("版本比较"), "arrows-diff", None),
    ]
    if of_bureau:
        found += [
            ("impact", _("影响测算"), "chart-bar", None),
            ("process", _("办理与文件"), "checklist", None),
        ]
    return {
        "version": version,
        "current": current,
        "tabs": [
            {"label": label, "icon": icon, "count": count, "url": reverse(f"schemes:{name}", args=[version.pk]),
             "current": name == current}
            for name, label, icon, count in found
        ],
        "may_prepare": queries.may_prepare(actor, version.region),
        "may_decide": queries.may_decide(actor, version.region),
    }  # fmt: skip


def answering(view: Callable[..., None]) -> Callable[..., HttpResponseBase]:
    """An act on a version as a view: done, or the reason why not, shown on the version's process page."""

    @wraps(view)
    def acting(request: HttpRequest, pk: int) -> HttpResponse:
        version = version_for(request, pk)
        try:
            view(request, version)
        except Refusal as refusal:
            level = messages.ERROR if isinstance(refusal, NotAllowed) else messages.WARNING
            messages.add_message(request, level, str(refusal))
        return redirect("schemes:process", pk=version.pk)

    return acting
