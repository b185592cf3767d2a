"""`manage.py escalate`: write today's reminders now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from keshi_web.workflow import escalation


class Command(BaseCommand):
    help = "Write the reminders of clocks that run out or have run out; each is written once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every-day", action="store_true", help="also on days that are not worked")

    def handle(self, *args: Any, every_day: bool, **options: Any) -> None:
        self.stdout.write(f"{escalation.remind(every_day=every_day)} message(s) written")
