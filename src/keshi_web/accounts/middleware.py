"""Every request knows its actor and speaks its user's language; a session that has ended opens nothing."""

from collections.abc import Awaitable, Callable

import structlog
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from keshi_web.accounts import origin
from keshi_web.accounts.actor import actor_of, scope_of
from keshi_web.accounts.models import SessionRecord
from keshi_web.accounts.services import sessions
from keshi_web.common import row_security

CHOSEN = "assignment"
"""Session key: the assignment the user works in."""


class ActorMiddleware:
    """Sets `request.actor`: the signed-in user in the chosen assignment, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        request.actor = None
        user = request.user
        with origin.answering(request):
            if user.is_authenticated:
                found = sessions.current(request)
                if reason := sessions.keep_alive(found, user):
                    logout(request)
                    messages.warning(request, why(reason))
                else:
                    self._recognise(request)
            with row_security.seeing(scope_of(request.actor)):
                return self.get_response(request)

    def _recognise(self, request: HttpRequest) -> None:
        user = request.user
        request.actor = actor_of(user, request.session.get(CHOSEN))
        if translation.get_language() != user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        structlog.contextvars.bind_contextvars(
            user=user.pk, role=request.actor.role if request.actor else None
        )


def why(reason: SessionRecord.End) -> str:
    """Why a session ended, as its owner reads it on the sign-in page."""
    match reason:
        case SessionRecord.End.IDLE:
            return _("您长时间未操作，已自动退出。请重新登录，登录后回到原页面。")
        case SessionRecord.End.EXPIRED:
            return _("登录已满 8 小时，请重新登录。")
        case SessionRecord.End.PASSWORD:
            return _("密码已更改，请用新密码重新登录。")
        case SessionRecord.End.ROLE:
            return _("您的角色有变更，请重新登录。")
        case SessionRecord.End.FACTOR:
            return _("您的第二重验证已重置，请重新登录并启用。")
        case _other:
            return _("您的登录已结束，请重新登录。")
