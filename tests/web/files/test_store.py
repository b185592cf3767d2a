"""What is taken, what is refused and why, and what is left on the disk."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation
from PIL import Image
from pytest_django import Settings

from keshi_web.common.errors import Invalid
from keshi_web.common.keys import add_master
from keshi_web.files import consistency, storage
from keshi_web.files.kinds import ANY, DOCUMENTS, PICTURES, WORKBOOKS, Kind
from keshi_web.files.models import Attachment, Removal
from keshi_web.files.names import clean_name
from keshi_web.files.responses import attachment_response
from keshi_web.files.services import content_of, destroy, rewrap_files, store

from . import specimens as made
from .conftest import Upload

pytestmark = pytest.mark.django_db


def taken(upload: SimpleUploadedFile, allowed: frozenset[Kind] = DOCUMENTS, **more: bool) -> Attachment:
    return store(upload, actor_id=None, purpose="test", allowed=allowed, **more)


def refused(upload: SimpleUploadedFile, allowed: frozenset[Kind] = DOCUMENTS) -> str:
    """The sentence of the refusal; nothing may be left behind."""
    with pytest.raises(Invalid) as caught:
        taken(upload, allowed)
    assert not Attachment.objects.exists()
    assert files_of(storage.kept()) == files_of(storage.incoming()) == []
    return str(caught.value)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


# What is taken -------------------------------------------------------------------------------------------


def test_papers_are_kept_as_they_came(upload: Upload) -> None:
    for name, content in (("计划.pdf", made.pdf()), ("计划.docx", made.docx())):
        attachment = taken(upload(name, content))
        assert attachment.name == name
        assert content_of(attachment) == content
        assert attachment.sha256 == attachment.received_sha256
        assert (storage.kept() / attachment.stored_as).stat().st_mode & 0o077 == 0


def test_rosters_are_kept_as_they_came(upload: Upload) -> None:
    for name, content in (("名册.xlsx", made.xlsx()), ("名册.csv", "姓名,身份证号码\n测试甲,".encode("gbk"))):
        assert content_of(taken(upload(name, content), WORKBOOKS)) == content


def test_the_content_decides_what_a_file_is(upload: Upload) -> None:
    attachment = taken(upload("扫描件.pdf", made.picture("PNG")))
    assert (attachment.content_type, attachment.name) == ("image/png", "扫描件.png")


def test_a_picture_is_made_anew_upright_without_its_place(upload: Upload) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x8825] = {1: "N", 2: (40.0, 40.0, 0.0)}  # where it was taken
    attachment = taken(upload("照片.jpg", made.picture(exif=exif) + b"<script>alert(1)</script>"))
    content = content_of(attachment)
    assert b"<script>" not in content
    assert attachment.sha256 != attachment.received_sha256
    with Image.open(BytesIO(content)) as again:
        assert again.size == (40, 60)
        assert not again.getexif()


def test_kinds_are_the_same_in_every_language(upload: Upload) -> None:
    with translation.override("en"):
        assert taken(upload("plan.docx", made.docx()))
        with pytest.raises(Invalid, match="Upload one of"):
            taken(upload("plan.docx", b"MZ"))


def test_names_are_cleaned() -> None:
    assert clean_name("C:\\桌面\\营业执照.jpg") == "营业执照.jpg"
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("合同\u202efdp.exe") == "合同fdp.exe"
    assert clean_name('a"b\r\nSet-Cookie: x.pdf') == "abSet-Cookie x.pdf"
    assert clean_name("") == clean_name(None) == clean_name("///") == "file"
    assert len(clean_name("长" * 300 + ".pdf")) <= 100


def test_an_attachment_is_saved_by_the_browser_under_its_own_name(upload: Upload) -> None:
    response = attachment_response(taken(upload("培训计划.pdf", made.pdf())))
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%9F%B9")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content == made.pdf()


def test_nothing_is_edited(upload: Upload) -> None:
    attachment = taken(upload("a.pdf", made.pdf()))
    attachment.name = "b.pdf"
    with pytest.raises(IntegrityError), transaction.atomic():
        attachment.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk)._raw_delete("default")


# What is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("程序.pdf", b"MZ\x90\0" + b"\0" * 200, "可执行程序"),
        ("程序.jpg", b"\x7fELF\x02\x01" + b"\0" * 200, "可执行程序"),
        ("图.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        ("图.txt", b'\n<?xml version="1.0"?><!-- x --><svg onload="alert(1)"/>', "SVG"),
        ("网页.csv", b"\xef\xbb\xbf<!DOCTYPE html><html>", "HTML"),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Office"),
        ("包.docx", made.package({"a.txt": "x"}), "压缩包"),
        ("包.rar", b"Rar!\x1a\x07", "压缩包"),
        ("空.pdf", b"", "空文件"),
        ("零.pdf", b"\0" * 5000, "空文件"),
        ("谜.bin", b"\x01\x02\x03\x04", "无法识别"),
        ("谜.csv", "姓名\x01\x02".encode(), "编码"),
        ("谜.txt", b"\xff\xfe\x00\xd8\xff\xff", "无法识别"),
        ("藏.csv", "姓名\n" .encode() * 500 + b"<script>alert(1)</script>", "HTML"),
    ],
)  # fmt: skip
def test_other_contents_are_refused_whatever_they_are_called(
    upload: Upload, name: str, content: bytes, says: str
) -> None:
    assert says in refused(upload(name, content), ANY)


def test_a_kind_that_is_not_asked_for_is_refused(upload: Upload) -> None:
    said = refused(upload("名册.xlsx", made.xlsx()), PICTURES)
    assert "JPG" in said
    assert "Excel" in said


@pytest.mark.parametrize("size", [(10_000, 10_000), (50_001, 1_000), (60_000, 60_000)])
def test_a_100_megapixel_picture_is_refused_by_its_header(upload: Upload, size: tuple[int, int]) -> None:
    assert "万像素" in refused(upload("照片.png", made.png_header(*size)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_breaks_off_is_refused(upload: Upload, kind: str) -> None:
    whole = made.picture(kind, (400, 400))
    assert "损坏" in refused(upload("照片.jpg", whole[: len(whole) // 2]))


def test_a_zip_bomb_is_refused(upload: Upload) -> None:
    assert "解压后" in refused(
        upload("计划.docx", made.docx(word___media___a__xml=b"\0" * 100 * 1024 * 1024))
    )
    many = made.docx(**{f"word___p{number}__xml": b"" for number in range(4_001)})
    assert "解压后" in refused(upload("计划.docx", many))


def test_a_bomb_that_lies_about_its_size_is_refused(upload: Upload) -> None:
    content = made.docx(word___big__xml=b"\0" * 30 * 1024 * 1024)
    size = (30 * 1024 * 1024).to_bytes(4, "little")
    assert content.count(size) == 2  # the part's own header and the directory
    said = refused(upload("计划.docx", content.replace(size, (1000).to_bytes(4, "little"))))
    assert "解压后" in said or "损坏" in said


def test_macros_objects_and_links_are_refused(upload: Upload) -> None:
    link = '<Relationship Id="r1" Type="http://x/{}" Target="http://a.example/b" TargetMode="External"/>'
    hostile = [
        made.docx(word___vbaProject__bin=b"\xd0\xcf"),
        made.docx(word___embeddings___oleObject1__bin=b"x"),
        made.docx(word____rels___document__xml__rels=made.RELS.format(link.format("attachedTemplate"))),
        made.docx(word___header1__xml="<w:instrText xml:space='preserve'> DDEAUTO c:\\cmd </w:instrText>"),
        made.docx(word___document__xml="<!DOCTYPE x [<!ENTITY a 'b'>]><w:document/>"),
    ]
    for content in hostile:
        assert "宏、嵌入程序或外部链接" in refused(upload("计划.docx", content))
    clickable = made.docx(word____rels___document__xml__rels=made.RELS.format(link.format("hyperlink")))
    assert taken(upload("计划.docx", clickable))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (made.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "JavaScript"),
        (made.pdf(b"<< /S /J#61v#61Script /JS (app.alert(1)) >>"), "JavaScript"),
        (made.pdf(b"<< /S /Launch /F (cmd.exe) >>"), "Launch"),
        (made.pdf(b"<< /Names << /EmbeddedFiles 9 0 R >> >>"), "EmbeddedFiles"),
        (made.pdf(made.packed_objects(b"1 0 << /S /JavaScript /JS (x) >>")), "JavaScript"),
        (made.pdf(made.packed_objects(b" " * 262_140 + b"/JavaScript (across a border)")), "JavaScript"),
        (made.pdf(b"<< >>\nstream\n" + made.packed_objects(b"<< /S /Launch >>") + b"\nendstream"), "Launch"),
        (made.pdf(made.packed_objects(b"x", b"[/ASCIIHexDecode /FlateDecode]")), "内部编码"),
        (made.pdf(b"<< /Encrypt 5 0 R >>"), "密码"),
        (made.pdf()[:-8], "不完整"),
        (made.pdf() + made.package({"a.exe": "MZ"}), "压缩包"),
    ],
)  # fmt: skip
def test_a_pdf_that_acts_hides_or_is_cut_off_is_refused(upload: Upload, content: bytes, says: str) -> None:
    assert says in refused(upload("计划.pdf", content))


def test_a_file_beyond_the_limit_is_refused_while_it_arrives(upload: Upload) -> None:
    said = refused(upload("照片.jpg", b"\xff\xd8\xff" + b"\0" * 21 * 1024 * 1024), PICTURES)
    assert "20 MB" in said


# At rest -------------------------------------------------------------------------------------------------


def test_a_sealed_file_is_not_readable_on_the_disk(upload: Upload) -> None:
    content = made.pdf(b"<< /Title (proof of identity) >>")
    attachment = taken(upload("证明.pdf", content), sealed=True)
    assert b"proof of identity" not in storage.read(attachment.stored_as)
    assert content_of(attachment) == content


def test_a_file_changed_on_the_disk_is_not_served(upload: Upload) -> None:
    for sealed in (False, True):
        attachment = taken(upload("证明.pdf", made.pdf()), sealed=sealed)
        path = storage.kept() / attachment.stored_as
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(storage.Damaged):
            attachment_response(attachment)
        path.unlink()
        with pytest.raises(storage.Damaged):
            attachment_response(attachment)


def test_sealed_files_follow_a_turned_key(upload: Upload, settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_KEYS = tmp_path / "keys.json"
    content = made.pdf(b"<< /Title (proof) >>")
    sealed = taken(upload("证明.pdf", content), sealed=True)
    taken(upload("计划.pdf", content))
    add_master("sm4")
    assert rewrap_files() == 1
    assert rewrap_files() == 0
    assert content_of(sealed) == content
    assert len(files_of(storage.kept())) == 2


@pytest.fixture
def small_disk() -> Iterator[None]:
    """The kernel refuses to let any file grow beyond 64 KiB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_said_and_leaves_nothing(upload: Upload, small_disk: None) -> None:
    content = made.pdf(b"(" + os.urandom(300_000).hex().encode() + b")")
    with pytest.raises(storage.NoRoom, match="存储空间不足"):
        taken(upload("计划.pdf", content))
    assert not Attachment.objects.exists()
    assert files_of(storage.kept()) == files_of(storage.incoming()) == []


KILLED = """
import os, signal, sys
import django
from django.conf import settings
settings.configure(MEDIA_ROOT=sys.argv[1])
from keshi_web.files import storage
with storage.receiving() as file:
    file.write(b"x" * 1_000_000)
    if sys.argv[2] == "kept":
        file.keep()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_upload_leaves_nothing_visible_and_is_cleared_up(uploads: Path, upload: Upload) -> None:
    for moment in ("arriving", "kept"):
        done = subprocess.run([sys.executable, "-c", KILLED, str(uploads), moment], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
    known = taken(upload("计划.pdf", made.pdf()))
    young = taken(upload("计划.pdf", made.pdf(b"<< >>")))
    assert len(files_of(storage.incoming())) == 1
    assert len(files_of(storage.kept())) == 3
    for path in files_of(uploads):
        if young.stored_as not in str(path):
            os.utime(path, (0, 0))
    out = StringIO()
    call_command("remove_orphaned_uploads", dry_run=True, stdout=out)
    assert "found: 2; attachments without file: 0" in out.getvalue()
    call_command("remove_orphaned_uploads", stdout=out)
    assert files_of(storage.incoming()) == []
    assert {path.name for path in files_of(storage.kept())} == {
        Path(one.stored_as).name for one in (known, young)
    }


def test_a_destroyed_file_is_served_to_nobody_and_what_is_left_of_it_is_cleared_up(upload: Upload) -> None:
    gone, stays = (taken(upload("证明.pdf", made.pdf()), sealed=True) for _ in range(2))
    place = storage.kept() / gone.stored_as
    assert destroy([gone], ground="保存期限届满", by_id=None) == 1
    assert destroy([gone], ground="再一次", by_id=None) == 0
    assert Removal.objects.get().attachment == gone
    # As after a kill before the file went, or a restored backup: it is there, and opens for nobody.
    assert place.is_file()
    with pytest.raises(storage.Destroyed, match="销毁"):
        attachment_response(gone)
    assert any(str(gone.pk) in finding for finding in consistency.kept())
    for one in (gone, stays):
        os.utime(storage.kept() / one.stored_as, (0, 0))
    out = StringIO()
    call_command("remove_orphaned_uploads", stdout=out)
    assert "removed: 1; attachments without file: 0" in out.getvalue()
    assert not place.exists()
    assert content_of(stays) == made.pdf()
    assert not list(consistency.kept())
    assert rewrap_files() == 0


def test_a_polyglot_of_pdf_and_archive_really_is_both() -> None:
    """The specimen above is no straw man: Python opens it as an archive."""
    assert ZipFile(BytesIO(made.pdf() + made.package({"a.exe": "MZ"}))).namelist() == ["a.exe"]
