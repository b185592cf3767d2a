"""`manage.py import_occupations FILE`: the official list of occupations."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keshi_web.catalogue.models.occupations import Edition
from keshi_web.catalogue.reading import read_occupations, rows_of
from keshi_web.catalogue.services import store_occupations
from keshi_web.common.errors import Invalid


class Command(BaseCommand):
    help = (
        "Import the official list of occupations: a CSV file or workbook with 版本, 编码, 名称, 技能等级. "
        "Nothing is stored while a row has a fault; a second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--edition", type=int, choices=[Edition.E2015, Edition.E2022], help="where the list does not say"
        )
        parser.add_argument("--check", action="store_true", help="only say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = read_occupations(rows_of(options["file"]), edition=options["edition"])
        except Invalid as refusal:
            raise CommandError(str(refusal)) from None
        for fault in found.faults:
            self.stderr.write(f"{fault.place}: {fault.text}")
        if found.faults:
            raise CommandError(f"{len(found.faults)} faults, nothing stored")
        stored = store_occupations(found.rows, by=None, write=not options["check"])
        done = "would be " if options["check"] else ""
        self.stdout.write(
            f"{len(found.rows)} occupations: {stored.new} {done}new, {stored.changed} {done}changed, "
            f"{stored.same} as before"
        )
