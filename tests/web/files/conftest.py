"""A folder for uploads of each test's own, and files of every kind made on the spot."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

Upload = Callable[[str, bytes], SimpleUploadedFile]


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def upload() -> Upload:
    return lambda name, content: SimpleUploadedFile(name, content)
