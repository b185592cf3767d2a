"""Backup and restore: the database as of one moment and the uploads, in one file that proves itself.

The file is a tar: `manifest.json` first (what is in it, with digests), `database.dump` (pg_dump's own format), then
`uploads/…`. The keys of the identity vault are never in it: without them nobody can read the personal data in a backup.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from django.conf import settings
from psycopg import sql

import keshi
from keshi_web.common import clock
from keshi_web.config import postgres

FORMAT = 1
MANIFEST, DUMP, UPLOADS = "manifest.json", "database.dump", "uploads"
ASIDE = sql.Identifier("set_aside_by_restore")


class BackupFailed(Exception):
    """Why, and what to do; nothing half-done is left."""


@dataclass(frozen=True)
class Table:
    """A table's content: number of rows, and a sum over them that no order changes."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `files`: SHA-256 by name in the tar; `tables` by name."""

    format: int
    version: str
    made_at: str
    tables: dict[str, Table]
    files: dict[str, str]


def backup(target: Path) -> Manifest:
    """Write a backup beside people's work: nobody has to wait.

    Raises BackupFailed when the file exists or pg_dump fails; then nothing is left at `target`.
    """
    if target.exists():
        raise BackupFailed(f"{target} exists; a backup is never overwritten")
    uploads = Path(settings.MEDIA_ROOT)
    with _beside(target) as folder:
        dump = folder / DUMP
        with _connect() as connection:
            # One snapshot for the dump and for the digests, whatever is written meanwhile.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            snapshot = connection.execute("select pg_export_snapshot()").fetchone()[0]
            _run(
                "pg_dump",
                [
                    "--format=custom",
                    f"--snapshot={snapshot}",
                    "--no-owner",
                    "--no-privileges",
                    f"--file={dump}",
                ],
            )
            tables = tables_of(connection)
        # After the snapshot: a file is stored before the row that names it, so none is missing.
        found = sorted(path for path in uploads.rglob("*") if path.is_file()) if uploads.is_dir() else []
        members = {DUMP: dump} | {f"{UPLOADS}/{path.relative_to(uploads).as_posix()}": path for path in found}
        digests = {}
        body = folder / "body"
        with tarfile.open(body, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in members.items():
                with path.open("rb") as file:
                    digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
            manifest = Manifest(
                FORMAT, keshi.__version__, clock.now().isoformat(timespec="seconds"), tables, digests
            )
            _add(tar, MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())
            for name, path in members.items():
                tar.add(path, arcname=name, recursive=False)
        body.chmod(0o600)
        os.link(body, target)
    return manifest


def restore(source: Path, *, replace: bool = False) -> Manifest:
    """Bring back a backup, and compare every table and file with what was backed up.

    The file is checked before anything is touched. `replace` clears the database and sets the uploads aside; without it
    both have to be empty.

    Raises BackupFailed.
    """
    uploads = Path(settings.MEDIA_ROOT)
    there = uploads.is_dir() and any(uploads.iterdir())
    with _connect() as connection:
        occupied = bool(tables_named(connection))
    if not replace and (there or occupied):
        what = f"{uploads} holds files" if there else "the database holds tables"
        raise BackupFailed(f"{what}: restore into an empty place, or say --replace to give up what is there")
    uploads.parent.mkdir(parents=True, exist_ok=True)
    with _beside(uploads) as folder:
        manifest = _unpack(source, folder)
        with _set_aside(occupied):
            _fill(folder / DUMP, manifest)
        if there:
            uploads.rename(uploads.with_name(f"{uploads.name}.before-{clock.now():%Y%m%d-%H%M%S}"))
        elif uploads.is_dir():
            uploads.rmdir()
        (folder / UPLOADS).mkdir(exist_ok=True)
        (folder / UPLOADS).rename(uploads)
    return manifest


def tables_named(connection: psycopg.Connection) -> list[str]:
    """All tables of the application."""
    rows = connection.execute(
        "select tablename from pg_tables where schemaname = 'public' order by tablename"
    ).fetchall()
    return [name for (name,) in rows]


def tables_of(connection: psycopg.Connection) -> dict[str, Table]:
    """Rows and digest of every table, in the connection's snapshot."""
    connection.execute("set local timezone = 'UTC'")
    connection.execute("set local datestyle = 'ISO, YMD'")
    found = {}
    for name in tables_named(connection):
        query = sql.SQL("select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text from {} t")
        rows, digest = connection.execute(query.format(sql.Identifier(name))).fetchone()
        found[name] = Table(rows, digest)
    return found


def _unpack(source: Path, folder: Path) -> Manifest:
    """Extract into the folder and check every member's digest."""
    try:
        with tarfile.open(source) as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST:
                raise BackupFailed(f"{source} is no backup of this service")
            manifest = _manifest(json.load(tar.extractfile(first)))
            seen = set()
            while member := tar.next():
                if (
                    member.name not in manifest.files
                    or not member.isfile()
                    or ".." in PurePosixPath(member.name).parts
                ):
                    raise BackupFailed(f"{source} holds {member.name}, which its manifest does not name")
                if _extract(tar.extractfile(member), folder / member.name) != manifest.files[member.name]:
                    raise BackupFailed(f"{source} is damaged: {member.name} is not what was backed up")
                seen.add(member.name)
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise BackupFailed(f"{source} cannot be read: {error}") from error
    if missing := manifest.files.keys() - seen:
        raise BackupFailed(f"{source} is damaged: {sorted(missing)[0]} is missing")
    return manifest


def _ours(name: str) -> bool:
    """Whether a member's name stays in the folder it is unpacked to."""
    return name == DUMP or (name.startswith(f"{UPLOADS}/") and ".." not in PurePosixPath(name).parts)


def _manifest(words: dict[str, Any]) -> Manifest:
    if words["format"] != FORMAT:
        raise BackupFailed(f"the backup has format {words['format']}; this version reads {FORMAT}")
    return Manifest(**{**words, "tables": {name: Table(**table) for name, table in words["tables"].items()}})


def _extract(member: IO[bytes], target: Path) -> str:
    """Write one member; its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while chunk := member.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(content))


def _fill(dump: Path, manifest: Manifest) -> None:
    """Load the dump into the empty schema, as the application's role, and compare."""
    given = settings.DATABASES["default"]
    whole = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", [*whole, f"--role={given['USER']}", f"--dbname={given['NAME']}", str(dump)])
    with _connect() as connection:
        found = tables_of(connection)
    if differing := sorted({name for name, _table in found.items() ^ manifest.tables.items()}):
        raise BackupFailed(f"these tables are not as they were backed up: {', '.join(differing)}")


@contextmanager
def _set_aside(occupied: bool) -> Iterator[None]:
    """While the block runs, what is in the database stands in another schema; back in place if the block fails."""
    role = sql.Identifier(settings.DATABASES["default"]["USER"])
    if occupied:
        with _connect() as connection:
            connection.execute(sql.SQL("alter schema public rename to {}").format(ASIDE))
            connection.execute(sql.SQL("create schema public authorization {}").format(role))
    try:
        yield
    except BaseException:
        with _connect() as connection:
            connection.execute("drop schema public cascade")
            if occupied:
                connection.execute(sql.SQL("alter schema {} rename to public").format(ASIDE))
            else:
                connection.execute(sql.SQL("create schema public authorization {}").format(role))
        raise
    if occupied:
        with _connect() as connection:
            connection.execute(sql.SQL("drop schema {} cascade").format(ASIDE))


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A private folder on the same disk, gone at the end."""
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _access() -> dict[str, str]:
    """How backups reach the database: its address, and the role that row-level security does not bind."""
    given = settings.DATABASES["default"]
    admin = settings.DATABASE_ADMIN
    return {
        "host": given["HOST"], "port": str(given["PORT"]), "dbname": given["NAME"],
        "user": admin["USER"], "password": admin["PASSWORD"],
    }  # fmt: skip


def _connect() -> psycopg.Connection:
    """A connection whose `with` block is one transaction."""
    return psycopg.connect(**_access())


def _run(program: str, arguments: list[str]) -> None:
    """pg_dump or pg_restore: the server's own where KESHI_POSTGRES_PROGRAMS names them, else the embedded ones."""
    access = _access()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {
        "PGHOST": access["host"], "PGPORT": access["port"], "PGDATABASE": access["dbname"], "PGUSER": access["user"],
        "PGPASSWORD": access["password"],
    }  # fmt: skip
    programs = settings.POSTGRES_PROGRAMS or postgres.binaries()
    done = subprocess.run(
        [str(Path(programs) / program), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()[-2000:]}")
