"""`manage.py check_data`: whether what is stored fits together, after a crash, a restore or an upgrade."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keshi_web.common import consistency

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Verify what holds between cases, timelines, clocks, letters, rosters and files; changes nothing."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        found: Counter[str] = Counter()
        for finding in consistency.findings():
            found[finding.check] += 1
            if found[finding.check] <= MOST_SHOWN:
                self.stderr.write(f"{finding.what}\n    against: {finding.check}")
        for name in consistency.names():
            if verbosity:
                self.stdout.write(f"{'ok' if not found[name] else found[name]:>6}  {name}")
        if found:
            raise CommandError(f"{found.total()} finding(s)")
