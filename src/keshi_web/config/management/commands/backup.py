"""`manage.py backup FILE`: the database and the uploads in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keshi_web.config import backups


class Command(BaseCommand):
    help = (
        "Write the database and the uploads to FILE while the service runs. The vault's keys are not in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backups.backup(options["file"])
        except backups.BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{options['file']}: {len(made.tables)} tables, {rows} rows, {len(made.files) - 1} uploads. "
            "Keep the vault's keys apart from it, and both out of this machine."
        )
