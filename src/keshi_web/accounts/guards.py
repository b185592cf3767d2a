"""Who may open a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from keshi_web.accounts.roles import Role

View = Callable[..., HttpResponseBase]


def allowed(*roles: Role) -> Callable[[View], View]:
    """Open a view to these roles (to every signed-in person when none is named).

    Signed-out people are asked to sign in; others get a 403 page that says which role is needed. The roles
    are kept on the view as `allowed_roles`, which the navigation and the permission tests read.
    """
    permitted = frozenset(roles) or frozenset(Role)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.actor is None:
                raise PermissionDenied(_("您的账号目前没有任何角色，请联系本单位或本机构的管理员。"))
            if request.actor.role not in permitted:
                names = "、".join(str(role.label) for role in sorted(permitted))
                raise PermissionDenied(_("此页面由以下角色使用：%(roles)s。") % {"roles": names})
            return view(request, *args, **kwargs)

        guarded.allowed_roles = permitted  # type: ignore[attr-defined]
        return guarded

    return guard


def public(view: View) -> View:
    """Mark a view that anybody may open; a view with neither mark fails the tests."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view
