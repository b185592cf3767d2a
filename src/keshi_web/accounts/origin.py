"""Where a request comes from: network address, device, and how either is shown."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

DEVICE_COOKIE = "keshi_device"
_DEVICE_COOKIE_AGE = 365 * 24 * 3600
_SALT = "keshi_web.accounts.device"

_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Origin:
    """A request's address, the device as people call it, and a digest of the device's own cookie."""

    address: str | None
    device: str = ""
    device_digest: str = ""


NOWHERE = Origin(None)
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    """Origin of the request being answered; NOWHERE for commands and workers."""
    return _current.get()


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """While a request is answered, `current()` is its origin."""
    token = _current.set(origin_of(request))
    try:
        yield
    finally:
        _current.reset(token)


def origin_of(request: HttpRequest) -> Origin:
    """Where a request comes from. Behind a proxy the server sets REMOTE_ADDR from the headers of proxies it trusts."""
    return Origin(
        _address(request.META.get("REMOTE_ADDR", "")),
        _device_name(request.META.get("HTTP_USER_AGENT", "")),
        _device_digest(request),
    )


def mark_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser a random name of its own, so that a device is known again."""
    if _device_digest(request):
        return
    response.set_signed_cookie(  # type: ignore[attr-defined]
        DEVICE_COOKIE,
        secrets.token_urlsafe(24),
        salt=_SALT,
        max_age=_DEVICE_COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def mask_address(address: str | None) -> str:
    """The network, not the machine: 192.0.2.*, 2001:db8:1::*; empty for none."""
    if not address:
        return ""
    parsed = ip_address(address)
    if parsed.version == 4:
        return address.rpartition(".")[0] + ".*"
    return ":".join(group.lstrip("0") or "0" for group in parsed.exploded.split(":")[:3]) + "::*"


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _device_digest(request: HttpRequest) -> str:
    # A cookie that this service did not sign counts as none: nobody chooses the device they are counted as.
    name = request.get_signed_cookie(DEVICE_COOKIE, default="", salt=_SALT, max_age=_DEVICE_COOKIE_AGE)
    return hashlib.sha256(name.encode()).hexdigest() if name else ""


def _device_name(agent: str) -> str:
    found = (
        next((label for mark, label in names if re.search(re.escape(mark), agent)), "")
        for names in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(part for part in found if part)
