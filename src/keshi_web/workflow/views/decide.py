"""Deciding a case, handing it on, deciding many."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES
from keshi_web.common.errors import Invalid, Refusal, Stale
from keshi_web.workflow import context, engine, queries, services
from keshi_web.workflow.forms import BulkForm, DecisionForm
from keshi_web.workflow.models import Process
from keshi_web.workflow.table import Transition, Verdict, workflows_by_name

MOST_AT_ONCE = 100
"""Cases of one bulk decision: a page of the list."""


def _process(request: HttpRequest, process_id: int) -> Process:
    visible = Process.objects.visible_to(request.actor).select_related("office", "organisation", "assignee")
    return get_object_or_404(visible, pk=process_id)


@allowed(*OFFICE_ROLES, *ORGANISATION_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, process_id: int, event: str) -> HttpResponse:
    """A decision: what it means and its form; posted, it is made. Whatever is refused keeps what was written."""
    process = _process(request, process_id)
    if not any(one.event == event and one.at != "system" for one in process.workflow.transitions):
        raise Http404
    if request.method == "POST":
        return _decide(request, process, event)
    transition = process.workflow.find(event, process.state)
    if transition is None:
        return _page(
            request, process, process.workflow.event(event), None, refused=_not_now(process), status=409
        )
    verdict = engine.standing(transition, process, request.actor)
    if not verdict.allowed:
        raise PermissionDenied(str(verdict.reason))
    form = DecisionForm(transition, request.actor, initial={"version": process.version})
    return _page(request, process, transition, form, refused=_guarded(process, transition, request))


def _decide(request: HttpRequest, process: Process, event: str) -> HttpResponse:
    # The form is the one of the page that was sent, even when the case has moved on since.
    transition = process.workflow.find(event, process.state) or process.workflow.event(event)
    form = DecisionForm(transition, request.actor, request.POST)
    if not form.is_valid():
        return _page(request, process, transition, form, status=422)
    version = form.cleaned_data["version"]
    try:
        engine.act(process, event, by=request.actor, version=version, given=form.given())
    except Stale as refusal:
        process = _process(request, process.pk)
        now_possible = process.workflow.find(event, process.state)
        form.ask_to_look(process.version)
        return _page(
            request,
            process,
            transition,
            form,
            stale=str(refusal),
            possible=now_possible is not None,
            status=409,
        )
    except Refusal as refusal:
        status = 422 if isinstance(refusal, Invalid) else 409
        return _page(request, _process(request, process.pk), transition, form, refused=refusal, status=status)
    messages.success(
        request, _("%(number)s：已办理“%(act)s”。") % {"number": process.number, "act": transition.label}
    )
    return HttpResponseRedirect(_process(request, process.pk).url or reverse("workflow:queue"))


def _not_now(process: Process) -> Refusal:
    return Refusal(_("此件当前为“%(state)s”，不能办理此步骤。") % {"state": process.state_shown.label})


def _guarded(process: Process, transition: Transition, request: HttpRequest) -> Refusal | None:
    subject = process.workflow.subject_of(process)
    verdicts: list[Verdict] = [guard(subject, request.actor) for guard in transition.guards]
    reason = next((verdict.reason for verdict in verdicts if not verdict.allowed), None)
    return Refusal(str(reason)) if reason is not None else None


def _page(
    request: HttpRequest,
    process: Process,
    transition: Transition,
    form: DecisionForm | None,
    *,
    refused: Refusal | None = None,
    stale: str = "",
    possible: bool = True,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "workflow/act.html",
        {
            "process": process,
            "transition": transition,
            "target": process.workflow.by_state[transition.target],
            "state_kind": context.KINDS[process.state_shown.tone],
            "target_kind": context.KINDS[process.workflow.by_state[transition.target].tone],
            "form": form,
            "refused": refused,
            "problems": getattr(refused, "problems", ()),
            "stale": stale,
            "possible": possible and not (refused and status == 200),
            "told": list(process.workflow.told(process.workflow.subject_of(process), transition.event)),
            "limits": [limit for limit in context.limits(process) if limit.done is None],
            "back": process.url or reverse("workflow:queue"),
        },
        status=status,
    )


@allowed(*OFFICE_ROLES)
@require_POST
def assign(request: HttpRequest, process_id: int) -> HttpResponse:
    """Take a case (`to`=me), give it back (`to` empty), or hand it to a colleague (`to`=user's number)."""
    process = _process(request, process_id)
    wanted = request.POST.get("to", "")
    to = request.actor.user_id if wanted == "me" else int(wanted) if wanted.isdecimal() else None
    try:
        entry = services.assign(process.pk, to, by=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if entry is not None:
            messages.success(
                request,
                _("%(number)s：%(what)s。") % {"number": process.number, "what": context.assigned(entry)},
            )
    return HttpResponseRedirect(_next(request, process.url or reverse("workflow:queue")))


def _next(request: HttpRequest, otherwise: str) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else otherwise


@allowed(*OFFICE_ROLES)
@require_POST
def bulk(request: HttpRequest, kind: str, event: str) -> HttpResponse:
    """A decision on the cases ticked: first the form with all of them named, then a result for each."""
    if kind not in workflows_by_name():
        raise Http404
    transition = next(
        (one for one in queries.bulk_transitions(kind, request.actor.role) if one.event == event), None
    )
    if transition is None:
        raise PermissionDenied(_("您的角色不能批量办理此步骤。"))
    ids = [int(one) for one in request.POST.getlist("ids") if one.isdecimal() and len(one) < 19]
    ids = list(dict.fromkeys(ids))[:MOST_AT_ONCE]
    if not ids:
        messages.warning(request, _("请先勾选要办理的事项。"))
        return HttpResponseRedirect(reverse("workflow:queue"))
    confirmed = "confirmed" in request.POST
    form = BulkForm(transition, request.actor, request.POST if confirmed else None)
    if confirmed and form.is_valid():
        wanted = [(one, _whole(request.POST.get(f"version-{one}"))) for one in ids]
        try:
            results = services.act_on_many(wanted, kind, event, by=request.actor, given=form.given())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "workflow/bulk_result.html", _summary(transition, results))
    visible = Process.objects.visible_to(request.actor).filter(pk__in=ids)
    page = {
        "transition": transition,
        "kind": kind,
        "form": form,
        "processes": queries.shown(visible).order_by("due_on", "id"),
        "versions": {one: request.POST.get(f"version-{one}") for one in ids} if confirmed else {},
    }
    return render(request, "workflow/bulk.html", page, status=422 if confirmed else 200)


def _summary(transition: Transition, results: list[services.Result]) -> dict[str, Any]:
    done = sum(result.outcome == services.Outcome.DONE for result in results)
    return {
        "transition": transition,
        "results": results,
        "done": done,
        "left": len(results) - done,
    }


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1
