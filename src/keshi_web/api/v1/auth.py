"""Which scope an operation needs. Who the token belongs to was found out at the gate."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from keshi_web.api.models import ApiToken
from keshi_web.api.problems import Problem
from keshi_web.api.scopes import Scope


class Token(HttpBearer):
    """The bearer token in the header `Authorization`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> ApiToken:
        token: ApiToken = request.token
        if self.scope not in token.scopes:
            detail = _("需要权限“%(scope)s”（%(key)s）。")
            raise Problem("scope-missing", detail % {"scope": self.scope.label, "key": self.scope.value})
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The gate has done it."""
        return request.token


ORGANISATION_READ = Token(Scope.ORGANISATION_READ)
CATALOGUE_READ = Token(Scope.CATALOGUE_READ)
FILINGS_READ = Token(Scope.FILINGS_READ)
FILINGS_WRITE = Token(Scope.FILINGS_WRITE)
ROSTER_WRITE = Token(Scope.ROSTER_WRITE)
MESSAGES_READ = Token(Scope.MESSAGES_READ)
