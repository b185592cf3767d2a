"""manage.py load_regions"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from keshi_web.regions.loading import load_divisions


class Command(BaseCommand):
    """Load or refresh the region tree."""

    help = (
        "Load or refresh divisions (GB/T 2260, with their years) and offices without a code. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provinces", nargs="*", help="two digits each, as 44; all when none is given")

    def handle(self, *args: Any, provinces: list[str], **options: Any) -> None:
        count = load_divisions(provinces or None)
        self.stdout.write(_("已载入 %(count)d 个地区。") % {"count": count})
