"""`manage.py recompute_due`: due dates anew from the clocks' events, once a year's calendar is published."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from keshi_web.workflow.models import ClockRun, Process
from keshi_web.workflow.timing import refresh_due, running

BATCH = 500


class Command(BaseCommand):
    help = "Write the copies of due dates anew for every open case; says how many moved and how many stay unknown."

    def handle(self, *args: Any, **options: Any) -> None:
        last = moved = seen = 0
        while True:
            with transaction.atomic():
                batch = list(
                    Process.objects.filter(clocks__stopped=False, pk__gt=last)
                    .order_by("pk")
                    .distinct()
                    .values_list("pk", flat=True)[:BATCH]
                )
                for process in Process.objects.select_for_update().filter(pk__in=batch).order_by("-pk"):
                    before = process.due_on
                    refresh_due(process, running(process))
                    moved += before != process.due_on
            if not batch:
                break
            seen, last = seen + len(batch), batch[-1]
        unknown = ClockRun.objects.filter(stopped=False, paused=False, due_on__isnull=True).count()
        self.stdout.write(
            f"{seen} case(s) read, {moved} due date(s) moved, {unknown} beyond the known calendar"
        )
