"""manage.py rotate_keys"""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from keshi_web.common.ciphers import CIPHERS
from keshi_web.common.keys import add_master, make_keyring, retire_masters
from keshi_web.common.sealed import rewrap_everything

PATIENCE = 60
"""Seconds to wait for work that began under an older key."""
_OLDER = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start < %s
"""


class Command(BaseCommand):
    """Make the vault's keys, or turn to a new master key."""

    help = "Add a master key and bring every data key of the vault under it. Safe to stop and repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="make the key file of a new installation")
        parser.add_argument("--cipher", choices=sorted(CIPHERS), default="aes", help="of the new master key")
        parser.add_argument("--only-rewrap", action="store_true", help="go on with the present master key")
        parser.add_argument(
            "--retire", action="store_true", help="afterwards take the old master keys out of the file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            path = Path(settings.VAULT_KEYS)
            if path.exists():
                raise CommandError(_("密钥文件已存在，未作改动：%(path)s") % {"path": path})
            make_keyring(path, options["cipher"])
            self.stdout.write(
                _("已生成密钥文件：%(path)s。请立即另行备份，勿与数据库备份放在一起。") % {"path": path}
            )
            return
        if not options["only_rewrap"]:
            self.stdout.write(_("新主密钥：%(key)s") % {"key": add_master(options["cipher"])})
        self.stdout.write(_("已改由当前主密钥保护的数据：%(count)d 项") % {"count": rewrap_everything()})
        if options["retire"]:
            self._wait_for_older_work()
            while rewrap_everything():  # what that work sealed
                pass
            self.stdout.write(_("已移除旧主密钥：%(keys)s") % {"keys": "、".join(retire_masters()) or "—"})

    def _wait_for_older_work(self) -> None:
        """A transaction that sealed under an older key and is not committed yet would lose what it sealed."""
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            (since,) = cursor.fetchone()
            for _second in range(PATIENCE):
                cursor.execute(_OLDER, [since])
                if cursor.fetchone() == (0,):
                    return
                time.sleep(1)
        raise CommandError(
            _("仍有较早开始的事务在进行，旧主密钥没有移除。请稍后执行 rotate_keys --only-rewrap --retire。")
        )
