"""Reading a version: its page, worked cases, comparison, impact, files."""

import io
import zipfile
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
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
    cases = [{**case, "shows": case[lang()]} for case in (version.report or {}).get("cases", [])]
    files: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        files.setdefault(case["where"].partition(":")[0].removeprefix("cases/"), []).append(case)
    context = {"cases": cases, "files": files, "agreeing": sum(case["agrees"] for case in cases)}
    return render(request, "schemes/worked.html", {**tabs(request, version, "worked"), **context})


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
        "labels": [case.source for case in most],
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
