"""A request that comes twice is done once: `Idempotency-Key`."""

import hashlib
import re
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from keshi_web.api.models import Answer, ApiToken
from keshi_web.api.problems import Fault, Problem
from keshi_web.common import clock, crypto

HEADER = "Idempotency-Key"
WRITES = frozenset({"POST", "PUT", "PATCH"})
LONGEST = 200
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def once(request: HttpRequest, token: ApiToken, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of `act`, which runs in one transaction; or the one kept of the same request.

    Only what succeeded is kept: a refused request changed nothing, so its key is free again.

    Raises Problem for a key that is missing where one is needed, malformed, or of another request.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        if request.method == "POST":
            raise Problem("idempotency-key-missing")
        return whole(act)
    if not _KEY.fullmatch(key):
        detail = _("1 至 %(most)s 个可见的 ASCII 字符。") % {"most": LONGEST}
        raise Problem("invalid", faults=[Fault(f"/{HEADER}", detail, "pattern", "header")])
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        kept = _claim(token, key, fingerprint)
        if kept.fingerprint != fingerprint:
            raise Problem("idempotency-key-reused")
        if kept.status is not None:
            return _again(kept)
        response = act()
        if response.status_code >= 300 or not isinstance(response, HttpResponse):
            transaction.set_rollback(True)
            return response
        kept.status, kept.body = response.status_code, response.content
        kept.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        kept.save(update_fields=["status", "headers", "body"])
    return response


def whole(act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of an act, done as a whole or not at all."""
    with transaction.atomic():
        response = act()
        if response.status_code >= 300:
            transaction.set_rollback(True)
    return response


def _claim(token: ApiToken, key: str, fingerprint: str) -> Answer:
    """The row of the key, locked; a new one, or that of whoever came first once their transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into api_answer (token_id, key, fingerprint, headers, body, made_at)"
            " values (%s, %s, %s, '{}', '', %s) on conflict (token_id, key) do nothing",
            [token.pk, key, fingerprint, clock.machine_now()],
        )
    return Answer.objects.select_for_update().get(token=token, key=key)


def _again(kept: Answer) -> HttpResponse:
    response = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: HttpRequest) -> str:
    """A keyed digest: a roster's body holds numbers that a plain one would let somebody guess.

    Files are compared by name and content, for the boundary between parts differs each time.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode())
    if request.content_type == "multipart/form-data":
        for name in sorted(request.POST):
            digest.update(repr((name, request.POST.getlist(name))).encode("utf-8", "backslashreplace"))
        for name in sorted(request.FILES):
            for upload in request.FILES.getlist(name):
                digest.update(repr((name, upload.name, upload.size)).encode("utf-8", "backslashreplace"))
                for chunk in upload.chunks():
                    digest.update(chunk)
                upload.seek(0)
    else:
        digest.update(request.body)
    return crypto.blind_index("api.idempotency", digest.hexdigest()).hex()
