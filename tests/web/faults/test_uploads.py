"""What somebody uploads to do harm, or by mistake, at every place of the service where files are taken."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from keshi_web.classes.completeness import materials_of
from keshi_web.classes.models import Enrolment, Filing, Material
from keshi_web.regions.models import Region
from web.files import specimens as made
from web.test_every_address import patterns

from .conftest import Enter, held, said
from .hostile import ANYWHERE, NAMES, ROSTERS, SCHEMES, Hostile


@dataclass(frozen=True)
class Place:
    """Where a file is taken: by whom, under which name of the form, with what else filled in."""

    view: str
    who: str
    control: str
    arguments: Callable[[Filing], list[Any]] = lambda draft: []
    others: Callable[[Filing], dict[str, Any]] = lambda draft: {}
    kept: tuple[str, ...] = ()
    """What else was written and must still stand in the form."""
    more: tuple[Hostile, ...] = field(default=())

    def send(self, client: Client, draft: Filing, name: str, content: bytes) -> HttpResponse:
        """Hand in the form with the file."""
        address = reverse(self.view, args=self.arguments(draft))
        return client.post(address, {**self.others(draft), self.control: _Raw(name, content)}, follow=False)


class _Raw:
    """A file whose name goes over the line as it is."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content, self.content_type = name, content, "application/octet-stream"

    def read(self, *_size: int) -> bytes:
        content, self._content = self._content, b""
        return content


def _details(draft: Filing) -> dict[str, Any]:
    own = draft.organisation
    return {
        "name": own.name, "legal_form": own.legal_form, "legal_person": "on", "region": own.region_id,
        "address": "示范路 8 号", "industry": own.industry,
    }  # fmt: skip


def _registration(draft: Filing) -> dict[str, Any]:
    return {
        **_details(draft), "uscc": "91210802MA0000008X", "name": "样例新设公司", "kinds": ["enterprise"],
        "representative": "测试甲", "contact_name": "测试乙", "contact_phone": "13800000008",
        "username": "yangli-xinshe", "admin_name": "测试丙",
        "region": Region.objects.get(key="210802").pk,
    }  # fmt: skip


def _material(draft: Filing) -> str:
    return str(materials_of(draft, draft.scheme)[0].id)


def _enrolled(draft: Filing) -> Any:
    """Somebody on a roster that the firm's office has received."""
    there = Enrolment.objects.filter(
        filing__organisation=draft.organisation, filing__process__state="submitted"
    )
    return there[0].person_id


PLACES = (
    Place("classes:upload", "yingkou-jia", "file", lambda draft: [draft.process.number], more=ROSTERS),
    Place("classes:hand-in", "yingkou-jia", "file", lambda draft: [draft.process.number, _material(draft)]),
    Place("organisations:register", "", "licence", others=_registration, kept=("样例新设公司", "测试丙")),
    Place("organisations:change-details", "yingkou-jia", "licence", others=_details, kept=("示范路 8 号",)),
    Place(
        "organisations:add-dispatch", "yingkou-jia", "document",
        others=lambda draft: {"agency_uscc": "91210802MA0000008X", "valid_from": "2020-01-01"},
        kept=("91210802MA0000008X",),
    ),
    Place(
        "organisations:blacklist", "yingkou-leader", "document",
        lambda draft: [draft.organisation_id],
        lambda draft: {"reason": "样例事由", "document_number": "样例〔2020〕1号", "valid_from": "2020-04-20"},
        kept=("样例事由", "样例〔2020〕1号"),
    ),
    Place(
        "people:record-category", "yingkou-210802-clerk", "attachment",
        lambda draft: [_enrolled(draft)],
        lambda draft: {"category": "veteran", "valid_from": "2019-01-01", "proof": "样例退役证"},
        kept=("样例退役证",),
    ),
    Place("schemes:upload", "yingkou-clerk", "files", more=SCHEMES),
    Place(
        "schemes:fact-declare", "yingkou-clerk", "document",
        others=lambda draft: {
            "name": "region.epidemic_ended_on", "value": "2020-04-01", "document_number": "样例〔2020〕2号",
            "declared_on": "2020-04-18",
        },
        kept=("样例〔2020〕2号",),
    ),
)  # fmt: skip


ELSEWHERE = {"catalogue:import", "catalogue:new-tariff", "catalogue:evaluation-papers"}
"""They need a case of their own to be reached: tests/web/catalogue."""


def test_every_view_that_takes_files_is_attacked_here() -> None:
    """A new address for uploads belongs into PLACES."""
    named = {place.view for place in PLACES}
    found = set()
    for route, pattern in patterns():
        view = inspect.unwrap(pattern.callback)
        if not route.startswith("api/") and "request.FILES" in inspect.getsource(
            getattr(view, "view_class", view)
        ):
            found.add(f"{view.__module__.split('.')[1]}:{pattern.name}")
    assert found - ELSEWHERE == named


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("place", PLACES, ids=[place.view for place in PLACES])
def test_a_hostile_file_is_refused_with_a_sentence_and_leaves_nothing(
    place: Place, language: str, enter: Enter, draft: Filing, uploads: Path
) -> None:
    wrong: list[Any] = []
    client = enter(place.who, language)
    before = held(uploads)
    for file in (*ANYWHERE, *place.more):
        answer = place.send(client, draft, file.name, file.content())
        text = said(answer)
        if answer.status_code != 422 or not _says_what_to_do(text, language):
            wrong.append((file.what, answer.status_code, text))
        if missing := [words for words in place.kept if words not in answer.content.decode()]:
            wrong.append((file.what, "not kept", missing))
        if (now := held(uploads)) != before:
            wrong.append((file.what, "left behind", {k: v for k, v in now.items() if v != before[k]}))
            before = now
    assert not wrong


def _says_what_to_do(text: str, language: str) -> bool:
    return bool(REMEDY.search(text)) if language == "en" else "请" in text


REMEDY = re.compile(
    r"\b(upload|choose|save|check|delete|remove|correct|copy|print|reduce|compress|split|scan|put|select|paste)\b",
    re.I,
)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_good_file_under_a_strange_name_is_kept_under_a_plain_one(
    name: str, enter: Enter, draft: Filing, uploads: Path
) -> None:
    client = enter("yingkou-jia")
    place = next(one for one in PLACES if one.view == "classes:hand-in")
    answer = place.send(client, draft, name, made.pdf())
    assert answer.status_code == 302, said(answer)
    material = Material.objects.get(filing=draft, attachment__isnull=False)
    kept = material.attachment.name
    assert re.fullmatch(r"[^\\/:*?\"<>|%;\x00-\x1f\u202a-\u202e]{1,110}\.pdf", kept), kept
    assert [path.relative_to(uploads).parts[0] for path in uploads.rglob("*") if path.is_file()] == ["kept"]
    served = client.get(reverse("classes:material", args=[draft.process.number, material.pk]))
    assert served.getvalue() == made.pdf()
    assert served["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in served["Content-Disposition"]
    assert kept in answer_text(client.get(reverse("classes:materials", args=[draft.process.number])))


def answer_text(answer: HttpResponse) -> str:
    """The page's text as a reader sees it."""
    import html

    return html.unescape(answer.content.decode())


def test_a_form_without_its_file_is_told_so(enter: Enter, draft: Filing, uploads: Path) -> None:
    """A file whose name is empty is none to a browser and none to us."""
    for place in PLACES:
        if place.view in ("organisations:change-details", "organisations:blacklist"):
            continue  # the file is not asked for
        answer = place.send(enter(place.who), draft, "", b"%PDF-1.7")
        assert answer.status_code == 422, place.view
        assert "请" in said(answer), place.view


def test_a_refused_act_keeps_no_file(enter: Enter, draft: Filing, uploads: Path) -> None:
    """A sound file for something that cannot be: another notice's material, a filing handed in already."""
    client, before = enter("yingkou-jia"), held(uploads)
    address = reverse("classes:hand-in", args=[draft.process.number, "no-such-material"])
    answer = client.post(address, {"file": _Raw("计划.pdf", made.pdf())})
    assert answer.status_code == 422
    assert held(uploads) | {"files": 0} == before
    closed = Filing.objects.get(organisation=draft.organisation, process__state="approved")
    for view, arguments in (("classes:hand-in", [_material(closed)]), ("classes:upload", [])):
        answer = client.post(reverse(view, args=[closed.process.number, *arguments]),
                             {"file": _Raw("计划.pdf", made.pdf())})  # fmt: skip
        assert answer.status_code == 422
        assert "请" in said(answer) or "不能" in said(answer)
        assert held(uploads) | {"files": 0} == before
