"""Menu entries and the role switch of the page header."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keshi_web.accounts.actor import assignments_of, delegations_to
from keshi_web.accounts.models import Assignment
from keshi_web.accounts.roles import OFFICE_ROLES, Role
from keshi_web.ui import navigation, shell


def choices(request: HttpRequest) -> Sequence[shell.Assignment]:
    """What the signed-in person may work as today: their own roles, then those lent to them."""
    current = request.actor.assignment_id
    own = [_choice(held, current) for held in assignments_of(request.user)]
    lent = [
        _choice(one.assignment, current, _("代%(name)s") % {"name": one.assignment.user.name})
        for one in delegations_to(request.user)
    ]
    return [*own, *lent]


def _choice(held: Assignment, current: int, standing_in: str = "") -> shell.Assignment:
    label = str(Role(held.role).label)
    place = str(held.office or held.organisation or "")
    return shell.Assignment(
        held.pk, f"{label}（{standing_in}）" if standing_in else label, place, held.pk == current
    )


shell.provide_assignments(choices, "accounts:act-as")

navigation.register(
    navigation.Entry(
        "members",
        gettext_lazy("成员"),
        "users",
        "accounts:members",
        frozenset({Role.PROVIDER_ADMIN}),
        order=80,
        group="own",
    )
)
navigation.register(
    navigation.Entry(
        "delegations",
        gettext_lazy("委托管理"),
        "user-share",
        "accounts:delegations",
        frozenset(OFFICE_ROLES - {Role.AUDITOR}),
        order=85,
    )
)
navigation.register(
    navigation.Entry(
        "users", gettext_lazy("用户管理"), "users", "accounts:users", frozenset({Role.SYSADMIN}), order=10
    )
)
navigation.register(
    navigation.Entry(
        "security-log",
        gettext_lazy("安全日志"),
        "shield-lock",
        "accounts:security-log",
        frozenset({Role.SYSADMIN, Role.AUDITOR}),
        order=90,
    )
)
