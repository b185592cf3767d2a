"""The five notices, imported by a clerk and approved by a leader of the sample accounts."""

from pathlib import Path

from keshi.scheme import scheme_root
from keshi.scheme.load import SCHEME_FILE
from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import LEADERS, Role
from keshi_web.common import clock
from keshi_web.regions.models import Region
from keshi_web.schemes import content, services
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State


def load_sample() -> list[SchemeVersion]:
    """Import and publish every notice that comes with keshi; a second run changes nothing.

    Raises LookupError naming the region where there is no clerk or no leader to do it.
    """
    folders = sorted(path.parent for path in scheme_root().glob(f"*/{SCHEME_FILE}"))
    return [bring_into_force(folder) for folder in folders]


def bring_into_force(
    folder: Path, *, clerk: Actor | None = None, leader: Actor | None = None
) -> SchemeVersion:
    """Import, check, approve and publish a folder by two people; those of the region where none are named.

    Stops where the worked cases disagree: the version stays a draft. Raises what the acts raise.
    """
    region = region_of(folder)
    version = services.import_folder(folder, actor=clerk or _clerk(region))
    if version.state == State.DRAFT:
        version = services.check(version.pk, actor=clerk or _clerk(region))
    if version.state == State.CHECKED:
        version = services.approve(version.pk, actor=leader or _leader(region))
    if version.state == State.APPROVED:
        version = services.publish(version.pk, actor=leader or _leader(region))
    return version


def region_of(folder: Path) -> Region:
    """The region of a scheme's folder. Raises LookupError where the region table lacks it."""
    code = content.checked(content.from_folder(folder)).file.region
    region = Region.objects.find(code, clock.today())
    if region is None:
        raise LookupError(f"{folder.name}: region {code} is not in the table of regions")
    return region


def _clerk(region: Region) -> Actor:
    return _holder(region, frozenset({Role.CLERK}), [region.path])


def _leader(region: Region) -> Actor:
    keys = region.ancestors()
    above = ["/" + "/".join(keys[: end + 1]) + "/" for end in range(len(keys))]
    return _holder(region, LEADERS, [region.path, *reversed(above)])


def _holder(region: Region, roles: frozenset[Role], paths: list[str]) -> Actor:
    """Somebody who holds one of the roles today, at the first of the places that has one."""
    for path in paths:
        held = Assignment.objects.filter(role__in=roles, office__path=path, user__is_active=True).order_by(
            "id"
        )
        for assignment in held.select_related("user"):
            actor = actor_of(User.objects.get(pk=assignment.user_id), assignment.pk)
            if actor and actor.assignment_id == assignment.pk:
                return actor
    raise LookupError(f"{region.key}: nobody holds {' or '.join(sorted(roles))}")
