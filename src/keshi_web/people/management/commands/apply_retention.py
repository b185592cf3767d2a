"""manage.py apply_retention"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from keshi_web.people.services import apply_retention


class Command(BaseCommand):
    """Erase personal data that is past its period."""

    help = "Count the people and closed accounts that are past their period of retention; --do erases them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--do", action="store_true", help="erase them, which cannot be undone")

    def handle(self, *args: Any, do: bool, **options: Any) -> None:
        people, accounts = apply_retention(do=do)
        text = (
            _("已删除：%(people)d 人、%(accounts)d 个停用账户")
            if do
            else _("超过保存期限：%(people)d 人、%(accounts)d 个停用账户（加 --do 删除）")
        )
        self.stdout.write(text % {"people": people, "accounts": accounts})
