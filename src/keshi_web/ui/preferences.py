"""Larger text and high contrast: kept in a cookie, because they belong to eyes and device, not to an account."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "keshi_view"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class View:
    """How the reader wants to see pages."""

    large: bool = False
    contrast: bool = False

    @property
    def attribute(self) -> str:
        """Value of `data-view` on the page's root element, and of the cookie."""
        return " ".join(name for name in ("large", "contrast") if getattr(self, name))


def read(request: HttpRequest) -> View:
    """What the cookie says; an unknown word in it is ignored."""
    words = request.COOKIES.get(COOKIE, "").split()
    return View(large="large" in words, contrast="contrast" in words)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Turn the preference named in `toggle` on or off, then back to where the reader was."""
    view = read(request)
    changed = request.POST.get("toggle")
    view = View(large=view.large ^ (changed == "large"), contrast=view.contrast ^ (changed == "contrast"))
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        COOKIE, view.attribute, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return response
