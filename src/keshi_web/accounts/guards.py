"""Who may open a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import sessions

View = Callable[..., HttpResponseBase]
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def allowed(*roles: Role) -> Callable[[View], View]:
    """Open a view to these roles (to every signed-in person when none is named).

    Signed-out people are asked to sign in; others get a 403 page that says which role is needed. The roles
    are kept on the view as `allowed_roles`, which the navigation and the permission tests read. People of a closed
    organisation read only.
    """
    permitted = frozenset(roles) or frozenset(Role)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if request.actor is None:
                raise PermissionDenied(_("您的账号目前没有任何角色，请联系本单位或本机构的管理员。"))
            if request.actor.role not in permitted:
                names = "、".join(str(role.label) for role in sorted(permitted))
                raise PermissionDenied(_("此页面由以下角色使用：%(roles)s。") % {"roles": names})
            if request.actor.reads_only and request.method not in _READS:
                raise PermissionDenied(_("本单位已注销或已并入其他单位，只能查看已办理的事项。"))
            return view(request, *args, **kwargs)

        guarded.allowed_roles = permitted  # type: ignore[attr-defined]
        return guarded

    return guard


def signed_in(view: View) -> View:
    """Open a view to every signed-in person, one without any role too: their own account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else ask_to_sign_in(request)

    guarded.allowed_roles = frozenset(Role)  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    """Mark a view that anybody may open; a view with neither mark fails the tests."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view


def recently_authenticated(view: View) -> View:
    """Ask for the password or a code again when that was more than ten minutes ago, before a sensitive change.

    Stands below `allowed`. A form that was being sent is not: the person comes back to its page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if sessions.recently_confirmed(request):
            return view(request, *args, **kwargs)
        if request.method not in _READS:
            messages.warning(request, _("请先确认身份，再重新提交刚才的操作；尚未做任何改动。"))
        return _leave_for(request, redirect_to_login(page_of(request), "accounts:confirm"))

    return guarded


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and afterwards back: to the page with the form where one was being sent."""
    if request.method not in _READS:
        messages.warning(request, _("登录已失效，刚才的内容没有提交。请登录，登录后回到原页面重新提交。"))
    return _leave_for(request, redirect_to_login(page_of(request)))


def page_of(request: HttpRequest) -> str:
    """The page a person is on: the address asked for, or the one whose form is being sent."""
    htmx = getattr(request, "htmx", None)
    if request.method in _READS and not htmx:
        return request.get_full_path()
    came_from = urlsplit((htmx and htmx.current_url) or request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return resolve_url("/") if request.method not in _READS else request.get_full_path()
    return came_from._replace(scheme="", netloc="", fragment="").geturl() or "/"


def safe_next(request: HttpRequest, asked: str | None) -> str:
    """The address to go on to when it is one of this service, else the beginning."""
    fits = asked and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if fits and asked else "/"


def _leave_for(request: HttpRequest, redirect: HttpResponse) -> HttpResponse:
    """The redirect; for htmx as the header that moves the whole page instead of putting it into a part."""
    if not getattr(request, "htmx", None):
        return redirect
    response = HttpResponse()
    response["HX-Redirect"] = redirect["Location"]
    return response
