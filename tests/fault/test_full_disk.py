"""The disk is full while a file is uploaded: the person is told, nothing of it is visible, and room helps."""

import resource

import pytest

from fault.installation import Installation
from keshi_web.classes.completeness import materials_of
from keshi_web.classes.models import Filing
from keshi_web.files.models import Attachment
from support.invariants import broken_rules
from web.files import specimens as made

LIMIT = 1_000_000
"""Bytes that any file of the web process may have: what is written beyond fails as on a full disk."""


@pytest.mark.parametrize("size", [2_000_000, 6_000_000], ids=["in memory", "spooled while it arrives"])
def test_a_full_disk_is_said_and_leaves_nothing(installation: Installation, size: int) -> None:
    installation.web(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)))
    provider = installation.person("yingkou-jia")
    draft = Filing.objects.get(process__state="draft", organisation__name__startswith="营口")
    material = materials_of(draft, draft.scheme)[0].id
    page = f"/classes/{draft.process.number}/materials/"
    fields = {"csrfmiddlewaretoken": provider.form(page)["csrfmiddlewaretoken"]}
    content = made.pdf(b"(" + b"x" * size + b")")
    attachments = Attachment.objects.count()
    kept = sum(path.is_file() for path in installation.uploads.rglob("*"))

    answer = provider.post(f"{page}{material}/add/", fields, ("file", "plan.pdf", content))
    assert answer.status in (422, 507), answer
    assert "存储空间不足" in answer.text
    assert Attachment.objects.count() == attachments
    assert sum(path.is_file() for path in installation.uploads.rglob("*")) == kept
    assert not draft.materials.exists()
    assert broken_rules() == []

    answer = provider.post(f"{page}{material}/add/", fields, ("file", "plan.pdf", made.pdf()))
    assert answer.status == 200
    assert draft.materials.count() == 1
    assert broken_rules() == []
