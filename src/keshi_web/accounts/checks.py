"""What must hold before the service starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import NoReverseMatch, reverse


@register(Tags.security)
def demonstration_sign_in_is_closed(**_more: Any) -> list[CheckMessage]:
    """Signing in with one click exists in demonstrations and tests only."""
    if settings.LOCAL:
        return []
    try:
        address = reverse("accounts:sign-in-as-sample")
    except NoReverseMatch:
        return []
    return [
        Error(
            f"one-click sign-in is reachable at {address}",
            hint="keshi_web.accounts.urls may name it where KESHI_DEMO or KESHI_TESTING is set, nowhere else.",
            id="accounts.E001",
        )
    ]
