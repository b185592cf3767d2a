"""`manage.py sample`: the sample cities, people, organisations and classes of the demonstration."""

import importlib
import time
from argparse import ArgumentParser
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from keshi_web.accounts.models import Assignment

APPS = ("regions", "accounts", "organisations", "people", "schemes", "catalogue", "classes")
"""In this order: each sample rests on those before it. `keshi_web.<app>.sample.load_sample()` makes an app's."""


class Command(BaseCommand):
    help = "Load the sample data of the demonstration; a second run changes nothing. Never in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only print the sample accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("Sample data is for demonstrations: set KESHI_DEMO=1.")
        if not options["accounts"]:
            for app in APPS:
                if find_spec(f"keshi_web.{app}.sample") is None:
                    continue
                began = time.perf_counter()
                importlib.import_module(f"keshi_web.{app}.sample").load_sample()
                if options["verbosity"]:
                    self.stdout.write(f"sample: {app} ({time.perf_counter() - began:.1f} s)")
        self._accounts()

    def _accounts(self) -> None:
        """One person of every role: name, role in both languages, place; then how many there are."""
        held = Assignment.objects.filter(user__is_sample=True).select_related(
            "user", "office", "organisation"
        )
        shown: dict[str, Assignment] = {}
        for assignment in held.order_by("id"):
            shown.setdefault(assignment.role, assignment)
        for assignment in shown.values():
            roles = []
            for language, _name in settings.LANGUAGES:
                with translation.override(language):
                    roles.append(str(assignment.get_role_display()))
            place = assignment.office or assignment.organisation or ""
            self.stdout.write(f"  {assignment.user.username:<24} {' / '.join(roles)}  {place}")
        self.stdout.write(f"  … {held.count()} 个示例账户 / sample accounts")
