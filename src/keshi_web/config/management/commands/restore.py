"""`manage.py restore FILE`: bring back what `backup` wrote, and compare."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keshi_web.config import backups


class Command(BaseCommand):
    help = "Bring back a backup into an empty database and folder, and compare every table and file with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true",
            help="give up the database that is there and set its uploads aside",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backups.restore(options["file"], replace=options["replace"])
        except backups.BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"Restored as of {made.made_at}: {len(made.tables)} tables, {rows} rows, {len(made.files) - 1} uploads, "
            "all as backed up. Run migrate if this version is newer."
        )
