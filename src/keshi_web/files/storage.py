"""Bytes on disk under `MEDIA_ROOT`: `incoming/` while they arrive, then `kept/ab/cd/…` under a random name.

A file appears in `kept` by one rename, after its bytes and before its row are safe; what is left behind by a
killed process has no row and is removed by `manage.py remove_orphaned_uploads`.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from keshi_web.common.errors import Refusal

_log = structlog.get_logger(__name__)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoom(Refusal):
    """The disk is full; nothing was kept."""


class Destroyed(Refusal):
    """The content was destroyed for good."""


class Damaged(Refusal):
    """A kept file is missing or not what was stored."""


class Incoming:
    """A file that is arriving: written once, measured and digested on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._digest = hashlib.sha256()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    @property
    def sha256(self) -> str:
        """Digest of what was written so far, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def close(self) -> None:
        """All bytes are on the disk."""
        if self._file.closed:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def keep(self, place: str = "") -> str:
        """Move the file to a new place, or over an old one; answers the place, relative to `kept`."""
        self.close()
        name = secrets.token_hex(16)
        place = place or f"{name[:2]}/{name[2:4]}/{name}"
        target = kept() / place
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.rename(target)
        for folder in (target.parent, target.parent.parent, kept()):
            _sync_folder(folder)
        return place

    def drop(self) -> None:
        """Forget the file where it has not been kept."""
        try:
            self._file.close()
        except OSError:
            # Closing writes what is buffered, which a full disk refuses; the file goes anyway.
            _log.info("incoming file closed on a full disk")
        self.path.unlink(missing_ok=True)


@contextmanager
def receiving() -> Iterator[Incoming]:
    """A place for an arriving file, gone afterwards unless it was kept.

    Raises:
        NoRoom: the disk is full.
    """
    folder = incoming()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = Incoming(folder / secrets.token_hex(16))
    try:
        yield file
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _log.error("no room for uploads", errno=error.errno)
        raise NoRoom(
            _("服务器存储空间不足，文件没有保存。请稍后重新上传；如多次出现，请联系系统管理员。")
        ) from error
    finally:
        file.drop()


def read(place: str) -> bytes:
    """The bytes kept at a place.

    Raises:
        Damaged: there is no such file.
    """
    try:
        return (kept() / place).read_bytes()
    except FileNotFoundError:
        _log.error("kept file missing", place=place)
        raise damaged() from None


def replace(place: str, content: bytes) -> None:
    """Put other bytes into a place at once: a reader sees the old ones or the new ones."""
    with receiving() as file:
        file.write(content)
        file.keep(place)


def remove(place: str) -> None:
    """Remove a kept file that has no row, or whose content is to be destroyed."""
    (kept() / place).unlink(missing_ok=True)


def damaged() -> Damaged:
    """The refusal of a file that is not what was stored."""
    return Damaged(_("该附件的文件缺失或已损坏，无法下载。请联系系统管理员从备份中恢复。"))


def kept() -> Path:
    """Folder of the files that have rows."""
    return Path(settings.MEDIA_ROOT) / "kept"


def incoming() -> Path:
    """Folder of the files that are arriving."""
    return Path(settings.MEDIA_ROOT) / "incoming"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
