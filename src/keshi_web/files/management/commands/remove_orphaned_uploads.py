"""Remove files that no attachment names, or whose content was to be destroyed: what killed processes, transactions
that were rolled back and restored backups left behind."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from keshi_web.common import clock
from keshi_web.files import storage
from keshi_web.files.models import Attachment

BATCH = 1_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--hours", type=int, default=24, help="leave files younger than this (default 24)"
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, hours: int, dry_run: bool, **options: Any) -> None:
        # An upload in progress has no row yet, so the young are left alone.
        limit = clock.now() - timedelta(hours=hours)
        removed = 0
        for path in (*_older(storage.incoming(), limit), *_without_row(limit)):
            removed += 1
            if not dry_run:
                path.unlink(missing_ok=True)
        missing = sum(
            not (storage.kept() / place).is_file()
            for place in Attachment.objects.filter(removal=None)
            .values_list("stored_as", flat=True)
            .iterator()
        )
        self.stdout.write(
            f"orphaned files {'found' if dry_run else 'removed'}: {removed}; attachments without file: {missing}"
        )


def _older(folder: Path, limit: datetime) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.rglob("*"):
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, clock.ZONE) < limit:
            yield path


def _without_row(limit: datetime) -> Iterator[Path]:
    batch: dict[str, Path] = {}
    for path in _older(storage.kept(), limit):
        batch[path.relative_to(storage.kept()).as_posix()] = path
        if len(batch) == BATCH:
            yield from _unknown(batch)
            batch = {}
    yield from _unknown(batch)


def _unknown(batch: dict[str, Path]) -> Iterator[Path]:
    wanted = Attachment.objects.filter(stored_as__in=batch, removal=None)
    known = set(wanted.values_list("stored_as", flat=True))
    return (path for place, path in batch.items() if place not in known)
