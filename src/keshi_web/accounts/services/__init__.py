"""Acts on accounts. `deactivate` and `grant` are a system administrator's, `invite` an organisation administrator's."""

from keshi_web.accounts.services.delegations import delegate
from keshi_web.accounts.services.holding import hold, release
from keshi_web.accounts.services.members import Invitation, deactivate_member, first_administrator, invite
from keshi_web.accounts.services.staff import create_user, deactivate, end_assignment, grant, reactivate

__all__ = [
    "Invitation",
    "create_user",
    "deactivate",
    "deactivate_member",
    "delegate",
    "end_assignment",
    "first_administrator",
    "grant",
    "hold",
    "invite",
    "reactivate",
    "release",
]
