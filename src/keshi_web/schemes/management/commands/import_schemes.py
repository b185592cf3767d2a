"""`manage.py import_schemes`: bring folders of notices into the service, by two named people."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keshi.scheme import scheme_root
from keshi.scheme.load import SCHEME_FILE
from keshi_web.accounts.actor import Actor, actor_of, assignments_of
from keshi_web.accounts.models import User
from keshi_web.accounts.roles import LEADERS, Role
from keshi_web.common.errors import Refusal
from keshi_web.regions.models import Region
from keshi_web.schemes import queries, sample, services
from keshi_web.schemes.content import Faulty


class Command(BaseCommand):
    """Imports and checks; with a second person also approves and publishes."""

    help = "Import notices (folders with scheme.toml) and run their worked cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """Folders and the two people."""
        parser.add_argument(
            "folders", nargs="*", type=Path, help="folders; without one the notices that come with keshi"
        )
        parser.add_argument("--by", required=True, help="sign-in name of the clerk of the region who imports")
        parser.add_argument("--approved-by", help="sign-in name of a leader: approve and publish as well")

    def handle(self, **options: Any) -> None:
        """Each folder in turn; the first refusal stops with its sentence."""
        folders = options["folders"] or sorted(path.parent for path in scheme_root().glob(f"*/{SCHEME_FILE}"))
        for folder in folders:
            try:
                self._bring(folder, options["by"], options["approved_by"])
            except Faulty as error:
                lines = "\n".join(f"  {fault.where}: {fault.text}" for fault in error.faults)
                raise CommandError(f"{folder}: {error}\n{lines}") from None
            except (Refusal, LookupError) as error:
                raise CommandError(f"{folder}: {error}") from None

    def _bring(self, folder: Path, by: str, approved_by: str | None) -> None:
        region = sample.region_of(folder)
        clerk = _in_role(by, region, lambda actor: queries.may_prepare(actor, region), Role.CLERK)
        if approved_by:
            leader = _in_role(approved_by, region, lambda actor: queries.may_decide(actor, region), *LEADERS)
            version = sample.bring_into_force(folder, clerk=clerk, leader=leader)
        else:
            version = services.import_folder(folder, actor=clerk)
            if version.is_open:
                version = services.check(version.pk, actor=clerk)
        self.stdout.write(
            f"{version}: {version.state}, {len((version.report or {}).get('cases', []))} worked cases"
        )


def _in_role(username: str, region: Region, fits: Any, *roles: Role) -> Actor:
    """The user in the one of their assignments that may do it. Raises CommandError."""
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"no active user is called {username}")
    for held in assignments_of(user):
        actor = actor_of(user, held.pk)
        if actor and fits(actor):
            return actor
    raise CommandError(f"{username} is not {' or '.join(sorted(roles))} for {region.key}")
