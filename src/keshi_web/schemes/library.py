"""Published and proposed versions as the library's schemes, loaded once per process and content."""

import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from keshi.scheme import Scheme, load_scheme
from keshi_web.schemes.content import write
from keshi_web.schemes.models import SchemeFile, SchemeVersion

KEPT = 64
"""Schemes kept in memory; each is some hundred kilobytes."""


def get(version: SchemeVersion | int) -> Scheme:
    """The scheme of a version, or of its primary key. Raises SchemeVersion.DoesNotExist."""
    if isinstance(version, SchemeVersion):
        return _loaded(version.content_digest)
    return _loaded(SchemeVersion.objects.values_list("content_digest", flat=True).get(pk=version))


def folder_of(version: SchemeVersion) -> Path:
    """A folder with the version's files, for what reads worked cases and forms."""
    return _materialised(version.content_digest)


@lru_cache(maxsize=KEPT)
def _loaded(content_digest: str) -> Scheme:
    return load_scheme(_materialised(content_digest))


def _materialised(content_digest: str) -> Path:
    """The folder named by the content; written beside and renamed, so processes never see half of it."""
    root = Path(settings.HOME) / "schemes"
    folder = root / content_digest.removeprefix("sha256:")
    if folder.is_dir():
        return folder
    files = SchemeFile.objects.filter(version__content_digest=content_digest).order_by("version_id", "path")
    root.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".writing-", dir=root))
    write({file.path: bytes(file.content) for file in files}, fresh)
    try:
        os.rename(fresh, folder)
    except OSError:  # another process was first; its copy is the same
        shutil.rmtree(fresh)
        if not folder.is_dir():
            raise
    return folder
