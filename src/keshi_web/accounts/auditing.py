"""What acts of every app begin with: the role they need, and a transaction whose history rows say who did what."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed
from keshi_web.common.personal_numbers import refuse_in


def need_role(by: Actor, *roles: Role) -> None:
    """Refuse other roles with the names of those that may."""
    if by.role not in roles:
        names = "、".join(str(role.label) for role in roles)
        raise NotAllowed(_("只有%(roles)s可以办理此事项。") % {"roles": names})


@contextmanager
def audited(act: str, by: Actor | None) -> Iterator[None]:
    """A transaction whose history rows say who did what in which role."""
    refuse_in(act)
    who = {"user": by.user_id, "name": by.name, "role": str(by.role)} if by else {}
    with transaction.atomic(), pghistory.context(act=act, at=clock.now().isoformat(), **who):
        yield
