"""Reading a version: its page, worked cases, comparison, impact, files."""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from keshi_web.accounts.guards import allowed, public
from keshi_web.common.language import lang
from keshi_web.schemes import impact, library, queries
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.reading.comparing import differences
from keshi_web.schemes.reading.page import clauses, sections
from keshi_web.schemes.views.common import BUREAU, READERS, other_version, tabs, version_for

MOST_CHART_BARS = 20
MOST_PERSONS = 200
LABEL = 14
"""Characters of a class's name under its bar."""


@allowed(*READERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The version as a page of sections."""
    version = version_for(request, pk)
    return render(request, "schemes/detail.html", {**tabs(request, version, "detail"), **content(version)})


@public
def public_page(request: HttpRequest, scheme: str, number: int) -> HttpResponse:
    """The same for everybody, once it was published."""
    version = _published(scheme, number)
    others = queries.public().filter(scheme=scheme).exclude(pk=version.pk).order_by("-number")
    return render(request, "schemes/public.html", {"version": version, "others": others, **content(version)})


def content(version: SchemeVersion) -> dict[str, Any]:
    """The sections of a version and its clauses."""
    scheme = library.get(version)
    found = sections(scheme)
    return {
        "scheme": scheme,
        "file": scheme.file,
        "issuer": scheme.file.issuer.of(lang()),
        "sections": found,
        "clauses": clauses(found),
        "changed_above": scheme.digest != version.digest,
    }


@allowed(*READERS)
def worked(request: HttpRequest, pk: int) -> HttpResponse:
    """Each worked case: what it shows and whether the rules agree."""
    version = version_for(request, pk)
    texts = rule_texts(version)
    cases = [
        {**case, "shows": case[lang()], "differs": [in_words(each, texts) for each in case["differs"]]}
        for case in (version.report or {}).get("cases", [])
    ]
    files: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        files.setdefault(case["where"].partition(":")[0].removeprefix("cases/"), []).append(case)
    context = {"cases": cases, "files": files, "agreeing": sum(case["agrees"] for case in cases)}
    return render(request, "schemes/worked.html", {**tabs(request, version, "worked"), **context})


def rule_texts(version: SchemeVersion) -> dict[str, str]:
    """What every requirement of the version says, by id."""
    rules = library.get(version).rules.values()
    return {rule.id: rule.text.of(lang()) for item in rules for rule, _formula in item.requirements}


def in_words(differs: dict[str, str], texts: dict[str, str]) -> dict[str, str]:
    """A disagreement as it is read: what is compared, and rules by their text."""
    names = {
        "amounts": _("每人金额（元）"),
        "class_hours": _("每人课时"),
        "eligible": _("是否符合条件"),
        "failed": _("不符合的条件"),
        "unknown": _("无法判断的条件"),
        "amount": _("金额合计（元）"),
        "advance": _("预拨（元）"),
        "payable": _("应付（元）"),
        "error": _("输入问题"),
    }
    words = {"True": _("是"), "False": _("否"), **texts}

    def plain(text: str) -> str:
        return (
            re.sub(r"[\w.-]+", lambda found: words.get(found[0], found[0]), text.strip("[]").replace("'", ""))
            or "—"
        )

    return {
        "what": names.get(differs["what"], differs["what"]),
        "expected": plain(differs["expected"]),
        "found": plain(differs["found"]),
    }


@allowed(*READERS)
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """This version beside another of the same scheme."""
    version = version_for(request, pk)
    other = other_version(request, version)
    context: dict[str, Any] = {"other": other, "others": queries.versions_of(version, request.actor)}
    if other:
        old, new = sorted((version, other), key=lambda each: (each.number, each.pk))
        groups = differences(library.get(old), library.get(new))
        context |= {
            "old": old,
            "new": new,
            "groups": groups,
            "count": sum(len(group.changes) for group in groups),
        }
    return render(request, "schemes/compare.html", {**tabs(request, version, "compare"), **context})


@allowed(*BUREAU)
def impact_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What this version would have meant for past classes of another."""
    version = version_for(request, pk)
    other = other_version(request, version)
    context: dict[str, Any] = {"other": other, "others": queries.versions_of(version, request.actor)}
    if other:
        old, new = sorted((version, other), key=lambda each: (each.number, each.pk))
        found = impact.preview(old, new)
        context |= {
            "old": old,
            "new": new,
            "found": found,
            "chart": chart(found),
            "persons": found.persons[:MOST_PERSONS],
        }
    return render(request, "schemes/impact.html", {**tabs(request, version, "impact"), **context})


def chart(found: impact.Preview) -> dict[str, Any] | None:
    """The classes that change most, in yuan; None where nothing changes."""
    most = sorted(found.cases, key=lambda case: -abs(case.difference))[:MOST_CHART_BARS]
    if not most:
        return None
    return {
        "labels": [Truncator(case.source).chars(LABEL) for case in most],
        "series": [
            {
                "name": _("金额增减"),
                "values": [Decimal(case.difference) / 100 for case in most],
                "kind": "bar",
                "axis": 0,
            },
            {"name": _("变化人数"), "values": [case.people for case in most], "kind": "line", "axis": 1},
        ],
        "units": [_("元"), _("人")],
    }


@allowed(*READERS)
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """All files of a version as a zip, ready to be amended and uploaded again."""
    return _zip(version_for(request, pk))


@public
def public_archive(request: HttpRequest, scheme: str, number: int) -> HttpResponse:
    """The same of a published version, for everybody."""
    return _zip(_published(scheme, number))


@allowed(*READERS)
def file(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One file, byte for byte."""
    found = get_object_or_404(version_for(request, pk).files, path=name)
    return _download(bytes(found.content), name.rpartition("/")[2], "application/octet-stream")


def _published(scheme: str, number: int) -> SchemeVersion:
    """The latest published one of a number."""
    found = queries.public().filter(scheme=scheme, number=number).order_by("-id").first()
    if found is None:
        raise Http404
    return found


def _zip(version: SchemeVersion) -> HttpResponse:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in version.files.all():
            archive.writestr(f"{version.scheme}/{each.path}", bytes(each.content))
    return _download(buffer.getvalue(), f"{version.scheme}-v{version.number}.zip", "application/zip")


def _download(raw: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(raw, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
