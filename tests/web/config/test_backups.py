"""The drill: back up, lose everything, restore, and find it all as it was."""

import tarfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings as SettingsWrapper

from keshi_web.common import clock
from keshi_web.config import backups

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def uploads(tmp_path: Path, settings: SettingsWrapper) -> Path:
    """A folder of uploads with a licence and a Chinese name in it, and three sessions in the database."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    (tmp_path / "uploads/ab").mkdir(parents=True)
    (tmp_path / "uploads/ab/licence.pdf").write_bytes(bytes(range(256)) * 1000)
    (tmp_path / "uploads/营业执照.txt").write_text("synthetic")
    for number in range(3):
        Session.objects.create(
            session_key=f"k{number}", session_data="课时", expire_date=clock.now() + timedelta(1)
        )
    return tmp_path / "uploads"


def everything(uploads: Path) -> tuple[dict[str, backups.Table], dict[str, bytes]]:
    with backups._connect() as reading:
        tables = backups.tables_of(reading)
    files = {
        str(path.relative_to(uploads)): path.read_bytes() for path in uploads.rglob("*") if path.is_file()
    }
    return tables, files


def lose_everything(uploads: Path) -> None:
    connection.close()
    with backups._connect() as clearing:
        clearing.execute("drop schema public cascade")
        clearing.execute(f"create schema public authorization {connection.settings_dict['USER']}")
    for path in sorted(uploads.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def test_everything_comes_back_as_it_was(
    uploads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(uploads)
    assert before[0]["django_session"].rows == 3
    call_command("backup", tmp_path / "one.backup")
    assert (tmp_path / "one.backup").stat().st_mode & 0o777 == 0o600
    lose_everything(uploads)
    assert everything(uploads) == ({}, {})
    call_command("restore", tmp_path / "one.backup")
    assert everything(uploads) == before
    assert "2 uploads, all as backed up" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"one.backup", "uploads"}
    # The application's role owns what came back, and its rules are there again.
    with connection.cursor() as cursor:
        cursor.execute("select distinct tableowner from pg_tables where schemaname = 'public'")
        assert cursor.fetchall() == [(connection.settings_dict["USER"],)]
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_what_is_there_is_not_overwritten_unasked(uploads: Path, tmp_path: Path) -> None:
    call_command("backup", tmp_path / "one.backup")
    before = everything(uploads)
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("backup", tmp_path / "one.backup")
    with pytest.raises(CommandError, match="holds files"):
        call_command("restore", tmp_path / "one.backup")
    Session.objects.create(session_key="later", session_data="", expire_date=clock.now())
    (uploads / "later.txt").write_text("later")
    connection.close()
    call_command("restore", tmp_path / "one.backup", replace=True)
    assert everything(uploads) == before
    (aside,) = tmp_path.glob("uploads.before-*")
    assert (aside / "later.txt").read_text() == "later"


def rewritten(source: Path, target: Path, changes: dict[str, bytes | None]) -> Path:
    """The same tar with other contents: bytes instead of a member's own, None to leave it out, new ones added."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        names = [*old.getnames(), *(changes.keys() - set(old.getnames()))]
        for name in names:
            content = changes[name] if name in changes else old.extractfile(name).read()
            if content is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                new.addfile(entry, BytesIO(content))
    return target


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database.dump": b"PGDMP other"}, "damaged: database.dump is not"),
        ({"uploads/ab/licence.pdf": None}, "damaged: uploads/ab/licence.pdf is missing"),
        ({"../evil.txt": b"x"}, "does not name"),
        ({"manifest.json": None}, "no backup of this service"),
        ({"manifest.json": b'{"format": 99}'}, "format 99"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused_before_anything_is_touched(
    uploads: Path, tmp_path: Path, changes: dict[str, bytes | None], said: str
) -> None:
    call_command("backup", tmp_path / "one.backup")
    before = everything(uploads)
    bad = rewritten(tmp_path / "one.backup", tmp_path / "bad.backup", changes)
    with pytest.raises(CommandError, match=said):
        call_command("restore", bad, replace=True)
    assert everything(uploads) == before
    assert not (tmp_path / "evil.txt").exists()


def test_a_failed_backup_leaves_no_file(uploads: Path, tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho no room >&2\nexit 1\n")
    (tmp_path / "pg_dump").chmod(0o755)
    with pytest.raises(CommandError, match="no room"):
        call_command("backup", tmp_path / "one.backup")
    assert {path.name for path in tmp_path.iterdir()} == {"pg_dump", "uploads"}


def test_a_failed_restore_leaves_what_was_there(
    uploads: Path, tmp_path: Path, settings: SettingsWrapper
) -> None:
    call_command("backup", tmp_path / "one.backup")
    before = everything(uploads)
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    (tmp_path / "pg_restore").write_text("#!/bin/sh\necho power cut >&2\nexit 1\n")
    (tmp_path / "pg_restore").chmod(0o755)
    connection.close()
    with pytest.raises(CommandError, match="power cut"):
        call_command("restore", tmp_path / "one.backup", replace=True)
    assert everything(uploads) == before


def test_a_restore_that_lost_rows_is_noticed(
    uploads: Path, tmp_path: Path, settings: SettingsWrapper
) -> None:
    call_command("backup", tmp_path / "one.backup")
    lose_everything(uploads)
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    (tmp_path / "pg_restore").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "pg_restore").chmod(0o755)
    with pytest.raises(CommandError, match="not as they were backed up"):
        call_command("restore", tmp_path / "one.backup")


def test_no_file_is_said_so(uploads: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("restore", tmp_path / "none", replace=True)
