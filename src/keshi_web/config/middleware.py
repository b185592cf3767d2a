"""Around every request: its number, its entry in the log, and a page for what an act refused."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from keshi_web.common.errors import Invalid, NotAllowed, Refusal
from keshi_web.config import errors
from keshi_web.config.redaction import redact

log = structlog.get_logger("keshi.request")
GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}")
RANDOM = re.compile(r"(?=.*[A-Fa-f])(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")
"""The numbers that proxies make; their digits are by chance."""
QUIET = ("/static/", "/health/")
"""Not worth an entry unless they fail."""


class RequestLog:
    """Gives each request a number (the proxy's, if it sends one that is nobody's) and writes one entry about it.

    The entry names the route, never the address: query strings and parts of paths stay out of the log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.number = given if _usable(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.number)
        began = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.number
        if response.status_code >= 500 or not request.path.startswith(QUIET):
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                route=match.route if match else "(none)",
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000, 1),
            )
        return response


def _usable(given: str) -> bool:
    """Whether a number that was sent may stand in the log, where it is not redacted, and in the answer."""
    return bool(GIVEN.fullmatch(given)) and (bool(RANDOM.fullmatch(given)) or redact(given) == given)


class Refusals:
    """What no view answered becomes a page: an act's refusal with its reason, a form's address opened by hand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = errors.page(request, 405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """403 when not allowed, 422 when what was handed in has faults, 409 when the case has moved on."""
        if not isinstance(exception, Refusal):
            return None
        status = 403 if isinstance(exception, NotAllowed) else 422 if isinstance(exception, Invalid) else 409
        problems = exception.problems if isinstance(exception, Invalid) else []
        return errors.page(request, status, reason=str(exception), problems=problems)
