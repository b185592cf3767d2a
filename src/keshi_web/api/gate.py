"""What every request to the interface passes: token, rate, size, idempotency; and how problems become answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import scope_of
from keshi_web.accounts.guards import public
from keshi_web.api import idempotency, problems, rates, tokens
from keshi_web.api.problems import Problem
from keshi_web.common.errors import Refusal
from keshi_web.common.row_security import seeing
from keshi_web.files.kinds import DOCUMENTS, MIB

View = Callable[..., HttpResponseBase]
log = structlog.get_logger("keshi.api")
READS = frozenset({"GET", "HEAD", "OPTIONS"})
"""What people of a closed organisation may still ask."""
LARGEST_UPLOAD = max(kind.most_bytes for kind in DOCUMENTS) + MIB
"""Bytes of a whole request with a file."""


def gate(view: View) -> View:
    """Let a request through to a view of the interface; whatever goes wrong becomes a problem."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reading: rates.Reading | None = None
        try:
            request.token, request.actor = _recognised(request)
            structlog.contextvars.bind_contextvars(
                user=request.actor.user_id, role=request.actor.role, token=request.token.pk
            )
            reading = rates.count(request.token)
            if reading.wait:
                raise Problem("too-many-requests", headers={"Retry-After": str(reading.wait)})
            if request.actor.reads_only and request.method not in READS:
                raise Problem("not-allowed", _("本单位已注销或已并入其他单位，只能查看已办理的事项。"))
            with seeing(scope_of(request.actor)):
                response = _answer(request, lambda: view(request, *args, **kwargs))
        except Exception as error:
            response = on_exception(request, error)
        if response.status_code == 405:
            headers = {"Allow": ", ".join(sorted(response["Allow"].split(", ")))}
            response = problems.answer(request, Problem("method-not-allowed", headers=headers))
        if reading is not None:
            response["RateLimit-Limit"], response["RateLimit-Remaining"] = reading.limit, reading.left
        response.setdefault("Cache-Control", "private, no-store")
        response["X-Content-Type-Options"] = "nosniff"
        return response

    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is looked at
    return public(guarded)  # not open to everybody, but to none of the site's roles either: a token opens it


def _recognised(request: HttpRequest) -> tuple[Any, Any]:
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    found = tokens.recognise(text.strip()) if kind.lower() == "bearer" and text.strip() else None
    if found is None:
        raise Problem("unauthorised", headers={"WWW-Authenticate": 'Bearer realm="keshi"'})
    return found


def _answer(request: HttpRequest, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    most = (
        LARGEST_UPLOAD
        if request.content_type == "multipart/form-data"
        else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    )
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise Problem("too-large", _("请求内容不得超过 %(most)d MB。") % {"most": most // MIB})
    if request.method in idempotency.WRITES:
        return idempotency.once(request, request.token, act)
    if request.method == "DELETE":
        return idempotency.whole(act)
    return act()


def on_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to whatever was raised. What nobody foresaw is logged and answered without its text."""
    match error:
        case Problem():
            problem = error
        case Refusal():
            problem = problems.of_refusal(error, conditional="If-Match" in request.headers)
        case Http404():
            problem = Problem("not-found")
        case RequestDataTooBig() | TooManyFieldsSent():
            problem = Problem("too-large")
        case MultiPartParserError() | SuspiciousOperation() | UnicodeError():
            problem = Problem("bad-request")
        case _other:
            log.exception("request to the interface failed")
            problem = Problem("server-error")
    return problems.answer(request, problem)


def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Any other address below that of a version."""
    return problems.answer(request, Problem("not-found"))
