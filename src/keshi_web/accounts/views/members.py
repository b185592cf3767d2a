"""An organisation's own people, for its administrator."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.forms import MemberForm
from keshi_web.accounts.guards import allowed, recently_authenticated
from keshi_web.accounts.models import Assignment
from keshi_web.accounts.queries import members_of, running
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import members
from keshi_web.accounts.views.administration import link_page
from keshi_web.common.errors import Refusal


@allowed(Role.PROVIDER_ADMIN)
@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    """Who works in the organisation's name."""
    held = Assignment.objects.filter(running(), organisation_id=request.actor.organisation_id)
    people = (
        members_of(request.actor)
        .prefetch_related(Prefetch("assignments", held, to_attr="held_here"))
        .order_by("-is_active", "name", "pk")
    )
    return render(request, "accounts/members.html", {"people": people, "oneself": request.user.pk})


@allowed(Role.PROVIDER_ADMIN)
@never_cache
@recently_authenticated
@require_http_methods(["GET", "POST"])
def invite_member(request: HttpRequest) -> HttpResponse:
    """A new member; the page that follows shows the link for them once."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            invited = members.invite(
                request.actor.organisation_id,
                given["username"],
                given["name"],
                given["role"],
                actor=request.actor,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            return link_page(request, invited.user, invited.token, reverse("accounts:members"))
    return render(request, "accounts/member_new.html", {"form": form})


@allowed(Role.PROVIDER_ADMIN)
@recently_authenticated
@require_POST
def deactivate_member(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member leaves."""
    get_object_or_404(members_of(request.actor), pk=user_id)
    return _act(request, lambda: members.deactivate_member(user_id, actor=request.actor), _("成员已停用。"))


@allowed(Role.PROVIDER_ADMIN)
@never_cache
@recently_authenticated
@require_POST
def member_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A link with which a member sets a password."""
    user = get_object_or_404(members_of(request.actor), pk=user_id)
    try:
        token = members.member_link(user.pk, actor=request.actor)
    except Refusal as refusal:
        messages.error(request, refusal.reason)
        return redirect("accounts:members")
    return link_page(request, user, token, reverse("accounts:members"))


def _act(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, done)
    return redirect("accounts:members")
