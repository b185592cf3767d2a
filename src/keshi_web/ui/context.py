"""What every template may show: the header's contents and how the reader wants to see the page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from keshi_web.ui import navigation, preferences
from keshi_web.ui import shell as parts


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Everything that costs a query is asked for only when a template shows it."""
    actor = getattr(request, "actor", None)
    return {
        "shell": {
            "actor": actor,
            "role_label": str(getattr(actor.role, "label", actor.role)) if actor else "",
            "authority": SimpleLazyObject(lambda: parts.authority(request)),
            "items": SimpleLazyObject(lambda: navigation.items(request)),
            "unread": SimpleLazyObject(lambda: parts.unread(request)),
            "assignments": SimpleLazyObject(lambda: parts.assignments(request)),
            "inbox_url": parts.inbox_url(),
            "switch_url": parts.switch_url(),
            "language_url": parts.address("accounts:language"),
            "sign_in_url": parts.address("accounts:sign-in"),
            "sign_out_url": parts.address("accounts:sign-out"),
            "profile_url": parts.address("accounts:profile"),
            "view": preferences.read(request),
            "languages": [(code, name, code == get_language()) for code, name in settings.LANGUAGES],
            "here": request.get_full_path(),
            "demo": settings.DEMO,
        }
    }
