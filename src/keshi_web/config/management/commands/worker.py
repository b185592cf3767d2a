"""`manage.py worker`: does the jobs that requests leave behind, and the periodic ones."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app


class Command(BaseCommand):
    help = "Do the jobs in the queue and the periodic ones, until SIGTERM or Ctrl-C; several workers may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at the same time (%(default)s)")
        parser.add_argument("--until-empty", action="store_true", help="end when no job is left")

    def handle(self, *args: Any, **options: Any) -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            asyncio.run(self._work(working, options["concurrency"], until_empty=options["until_empty"]))

    async def _work(self, working: Any, concurrency: int, *, until_empty: bool) -> None:
        async with working.open_async():
            await working.run_worker_async(
                name="worker",
                concurrency=concurrency,
                wait=not until_empty,
                delete_jobs="successful",  # failed ones stay, to be looked at and tried again
                shutdown_graceful_timeout=30,
            )
