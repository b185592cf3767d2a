"""Delegations: one's own, those of the office, and a new one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keshi_web.accounts.forms import DelegationForm
from keshi_web.accounts.guards import allowed
from keshi_web.accounts.models import Delegation
from keshi_web.accounts.queries import delegations_visible_to
from keshi_web.accounts.roles import OFFICE_ROLES, Role
from keshi_web.accounts.services.delegations import DELEGATING, delegate, may_revoke, revoke
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.ui import paging


@allowed(*OFFICE_ROLES)
@require_http_methods(["GET", "POST"])
def delegation_list(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom, and a form to lend the assignment one works in."""
    actor = request.actor
    may_delegate = actor.role in DELEGATING and actor.standing_in_for is None
    form = DelegationForm(request.POST or None, actor=actor) if may_delegate else None
    if request.method == "POST" and form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            made = delegate(
                given["to"].pk,
                valid_from=given["valid_from"],
                valid_until=given["valid_until"],
                reason=given["reason"],
                actor=actor,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("已委托%(name)s。") % {"name": made.to.name})
            return redirect("accounts:delegations")
    number = request.GET.get("page", "")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    page = paging.page_of(delegations_visible_to(actor), wanted, 20)
    rows = [
        {"it": one, "state": _state(one), "revocable": _state(one)[0] in _OPEN and may_revoke(one, actor)}
        for one in page.rows
    ]
    context = {"form": form, "rows": rows, "page": page, "role": Role(actor.role).label}
    return render(request, "accounts/delegations.html", context)


@allowed(*OFFICE_ROLES)
@require_POST
def revoke_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation at once."""
    try:
        revoke(delegation_id, actor=request.actor)
    except Delegation.DoesNotExist as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("委托已撤销。"))
    return redirect("accounts:delegations")


_OPEN = frozenset({"active", "pending"})


def _state(one: Delegation) -> tuple[str, str]:
    today = clock.today()
    if one.revoked_at:
        return "revoked", _("已撤销")
    if one.valid_until < today:
        return "expired", _("已到期")
    if one.valid_from > today:
        return "pending", _("未开始")
    return "active", _("生效中")
