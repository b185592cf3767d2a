"""The way of a version to publication: where it stands, who did what, what comes next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, REVIEWERS, Role
from keshi_web.schemes import queries, services
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State
from keshi_web.schemes.views.common import BUREAU, answering, tabs, version_for
from keshi_web.schemes.views.upload import steps

_REACHED = {State.DRAFT: 2, State.CHECKED: 3, State.APPROVED: 4, State.PUBLISHED: 5, State.SUPERSEDED: 5}


@allowed(*BUREAU)
def process(request: HttpRequest, pk: int) -> HttpResponse:
    """State, history, next step and files."""
    version = version_for(request, pk)
    cases = (version.report or {}).get("cases", [])
    overlapping = queries.overlapping(version) if version.is_open else []
    context = {
        "steps": steps(),
        "reached": _REACHED.get(State(version.state), 1),
        "history": history(version),
        "files": version.files.defer("content"),
        "cases": len(cases),
        "disagreeing": sum(not case["agrees"] for case in cases),
        "overlapping": overlapping,
        "overlap": services.overlap_sentence(version, overlapping) if overlapping else "",
        "own": request.actor.user_id == version.imported_by_id,
        **tabs(request, version, "process"),
    }
    return render(request, "schemes/process.html", context)


def history(version: SchemeVersion) -> list[dict[str, Any]]:
    """Who did what when, the latest first."""
    done = [
        (_("导入"), version.imported_by, version.imported_at, "upload", "blue", ""),
        (_("核对算例"), version.checked_by, version.checked_at, "calculator", "blue", ""),
        (_("批准"), version.approved_by, version.approved_at, "check", "green", ""),
        (_("发布"), version.published_by, version.published_at, "speakerphone", "green", ""),
        (
            str(State(version.state).label),
            version.ended_by,
            version.ended_at,
            "x",
            "neutral",
            version.end_reason,
        ),
    ]
    entries = [
        {
            "title": title,
            "who": who.name if who else "",
            "when": when,
            "icon": icon,
            "kind": kind,
            "text": text,
        }
        for title, who, when, icon, kind, text in done
        if when
    ]
    return sorted(entries, key=lambda entry: entry["when"], reverse=True)


@allowed(Role.CLERK)
@require_POST
@answering
def check(request: HttpRequest, version: SchemeVersion) -> None:
    """Run the worked cases again."""
    found = services.check(version.pk, actor=request.actor)
    if found.agrees:
        messages.success(request, _("全部算例与规则一致，可以提请批准。"))
    else:
        messages.warning(request, _("有算例与规则不一致，请查看“算例”后改正并重新上传。"))


@allowed(*sorted(LEADERS))
@require_POST
@answering
def approve(request: HttpRequest, version: SchemeVersion) -> None:
    """A second person agrees."""
    services.approve(version.pk, actor=request.actor)
    messages.success(request, _("已批准。发布后对开班的班级生效。"))


@allowed(*sorted(LEADERS))
@require_POST
@answering
def publish(request: HttpRequest, version: SchemeVersion) -> None:
    """Into force."""
    services.publish(version.pk, actor=request.actor, replacing=request.POST.get("replacing") == "yes")
    messages.success(request, _("已发布。"))


@allowed(*sorted(REVIEWERS))
@require_POST
@answering
def withdraw(request: HttpRequest, version: SchemeVersion) -> None:
    """Taken back, with the reason."""
    services.withdraw(version.pk, actor=request.actor, reason=request.POST.get("reason", ""))
    messages.success(request, _("已撤回。"))
