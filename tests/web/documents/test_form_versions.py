"""A case holds on to the form it was printed with; what a printed form said is kept as a keyed digest only."""

import dataclasses
import hashlib
import shutil
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from keshi_web.documents import services
from keshi_web.documents.data import FormData
from keshi_web.documents.models import Document, FormVersion
from web.documents.reading import docx_text, pdf_text
from web.documents.samples import ID_NUMBER, form, full, scheme

pytestmark = pytest.mark.django_db


def test_a_form_is_pinned_once_per_scheme_and_layout() -> None:
    city = scheme("wuhai-2020")
    versions = [
        services.pin_form(city, form("wuhai-2020", form_id)) for form_id in ("annex-1", "annex-1", "annex-3")
    ]
    assert versions[0] == versions[1] != versions[2]
    assert FormVersion.objects.count() == 2


def test_a_case_prints_as_pinned_after_the_layout_changed(tmp_path: Path) -> None:
    city, used = scheme("wuhai-2020"), form("wuhai-2020", "annex-1")
    version = services.pin_form(city, used)
    before = services.print_form(version, full(used))
    shutil.copytree(city.folder / "forms", tmp_path / "forms")
    changed = tmp_path / "forms" / "annex-1.toml"
    changed.write_text(
        changed.read_text(encoding="utf-8").replace("法人签字", "法人代表签字"), encoding="utf-8"
    )
    later = services.pin_form(dataclasses.replace(city, folder=tmp_path), used)
    assert later != version
    assert services.print_form(FormVersion.objects.get(pk=version.pk), full(used)) == before
    assert "法人代表签字" in pdf_text(services.print_form(later, full(used)))
    assert "法人代表签字" in docx_text(services.write_form(later, full(used)))


def test_of_a_printed_roster_no_content_is_kept() -> None:
    used = form("shaoguan-2020", "form-4")
    version = services.pin_form(scheme("shaoguan-2020"), used)
    document = services.record_form(version, full(used), subject="classes.filing:7", actor=None)
    row = Document.objects.filter(pk=document.pk).values().get()
    assert ID_NUMBER not in str(row)
    assert row["content"] is None
    assert row["digest"] == services.data_digest(used, full(used))
    assert row["digest"] != services.data_digest(used, full(used, rows=4))
    assert row["digest"] != hashlib.sha256(repr(full(used)).encode()).hexdigest()


def test_the_database_refuses_a_form_with_content_and_a_letter_without_number() -> None:
    version = services.pin_form(scheme("shaoguan-2020"), form("shaoguan-2020", "form-4"))
    common = {"subject": "x:1", "title": "名册", "digest": "0" * 64}
    for wrong in (
        {"kind": "form", "form_version": version, "content": {"rows": [ID_NUMBER]}},
        {"kind": "letter", "content": {}, "code": "AAAA-AAAA-AAAA-AAAA"},
        {"kind": "form"},
    ):
        with pytest.raises(IntegrityError, match="document_letter_or_form"), transaction.atomic():
            Document.objects.create(**common, **wrong)


def test_a_form_is_not_rendered_as_a_letter() -> None:
    used = form("shaoguan-2020", "form-4")
    version = services.pin_form(scheme("shaoguan-2020"), used)
    document = services.record_form(version, FormData(), subject="x:1", actor=None)
    with pytest.raises(ValueError, match="printed from its case"):
        services.render_letter(document)
