"""`manage.py generate`: a large made-up database, to measure on."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from keshi_web.classes.generate.run import run


class Command(BaseCommand):
    help = (
        "Fill a demonstration's database with made-up filings, organisations and trainees, the same for the same seed. "
        "An interrupted run goes on where it was. Needs `manage.py sample` first. Never in production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--filings", type=int, default=100_000, help="(%(default)s)")
        parser.add_argument("--organisations", type=int, default=5_000, help="(%(default)s)")
        parser.add_argument("--trainees", type=int, default=1_000_000, help="(%(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="(%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("Made-up data is for demonstrations: set KESHI_DEMO=1.")
        wanted = {
            name: options[name] for name in ("filings", "organisations", "trainees", "seed", "processes")
        }
        if min(wanted.values()) < 1:
            raise CommandError("Every number is 1 at least.")
        run(**wanted, say=self.stdout.write if options["verbosity"] else lambda _text: None)
