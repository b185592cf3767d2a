"""The state of a filing that a caller saw, named by its ETag: the plan's revision and the steps made."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keshi_web.api.problems import Fault, Problem
from keshi_web.classes.models import Filing

_TAG = re.compile(r'"(\d{1,9})\.(\d{1,9})"')


def etag(filing: Filing) -> str:
    """As the header and the body give it."""
    return f'"{filing.revision}.{filing.process.version}"'


def mark(response: HttpResponse, filing: Filing) -> None:
    """Put the tag on an answer."""
    response["ETag"] = etag(filing)


def check(request: HttpRequest, filing: Filing) -> bool:
    """Whether the caller named the state they saw, and it is the present one.

    Raises Problem 412 when it is another, 422 for a header that is no list of tags.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        return False
    if given == "*":
        return True
    tags = [one.strip() for one in given.split(",")]
    if not all(_TAG.fullmatch(one) for one in tags):
        detail = _('应为读取时给出的 ETag，含引号，如 "3.0"。')
        raise Problem("invalid", faults=[Fault("/If-Match", detail, "pattern", "header")])
    if etag(filing) not in tags:
        raise Problem("precondition-failed", more={"etag": etag(filing)}, headers={"ETag": etag(filing)})
    return True
