"""Every request knows its actor and speaks its user's language."""

from collections.abc import Awaitable, Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from keshi_web.accounts.actor import actor_of

CHOSEN = "assignment"
"""Session key: the assignment the user works in."""


class ActorMiddleware:
    """Sets `request.actor`: the signed-in user in the chosen assignment, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        request.actor = None
        user = request.user
        if user.is_authenticated:
            request.actor = actor_of(user, request.session.get(CHOSEN))
            if translation.get_language() != user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            structlog.contextvars.bind_contextvars(
                user=user.pk, role=request.actor.role if request.actor else None
            )
        return self.get_response(request)
