"""What an organisation's administrator does: invite and remove the organisation's own people."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, PasswordLink, User
from keshi_web.accounts.queries import members_of
from keshi_web.accounts.roles import ORGANISATION_ROLES, Role
from keshi_web.accounts.services import holding, passwords, staff
from keshi_web.common.errors import Invalid, NotAllowed


@dataclass(frozen=True)
class Invitation:
    """A new member, their role, and the token of the link (`accounts:set-password`) that opens their account."""

    user: User
    assignment: Assignment
    token: str


def invite(organisation_id: int, username: str, name: str, role: Role | str, *, actor: Actor) -> Invitation:
    """A new account for a member of the actor's own organisation.

    Raises NotAllowed for anybody but the organisation's administrator, Invalid for a wrong role or a name taken.
    """
    _administers(organisation_id, actor)
    return first_administrator(organisation_id, username, name, role, by=actor.user_id)


@transaction.atomic
def first_administrator(
    organisation_id: int,
    username: str,
    name: str,
    role: Role | str = Role.PROVIDER_ADMIN,
    *,
    by: int | None = None,
) -> Invitation:
    """The first account of an organisation, for whoever registers one; the caller has judged who may.

    Raises Invalid for a role that is not an organisation's, or a name that is taken.
    """
    if role not in ORGANISATION_ROLES:
        raise Invalid(_("单位成员只能担任单位管理员、培训管理员或平台运营人员。"))
    user, token = staff.new_account(username, name, by=by)
    held = holding.hold(user, Role(role), organisation_id=organisation_id, by=by)
    return Invitation(user, held, token)


@transaction.atomic
def deactivate_member(user_id: int, *, actor: Actor) -> None:
    """End a member's roles at the actor's organisation; their account closes when they hold nothing else.

    Raises User.DoesNotExist for somebody of another organisation, NotAllowed for oneself or without the role.
    """
    user = _member(user_id, actor)
    if user.pk == actor.user_id:
        raise NotAllowed(_("不能停用自己的账号，请由本单位另一名管理员办理。"))
    for held in user.assignments.filter(organisation_id=actor.organisation_id):
        if holding.running_or_ahead(held):
            holding.release(held, by=actor.user_id)
    if not any(holding.running_or_ahead(held) for held in user.assignments.all()):
        staff.close_account(user, by=actor.user_id)


@transaction.atomic
def member_link(user_id: int, *, actor: Actor) -> str:
    """The token of a link to set a password, for a member of the actor's organisation and no other place."""
    user = _member(user_id, actor)
    if user.pk == actor.user_id or not user.is_active:
        raise NotAllowed(_("不能为自己或已停用的账号生成链接。"))
    if any(
        holding.running_or_ahead(held) and held.organisation_id != actor.organisation_id
        for held in user.assignments.all()
    ):
        raise NotAllowed(_("该用户在其他机构或单位也有任职，请联系系统管理员重设密码。"))
    kind = PasswordLink.Kind.RESET if user.has_usable_password() else PasswordLink.Kind.INVITATION
    return passwords.make_link(user, kind, by=actor.user_id)


def _member(user_id: int, actor: Actor) -> User:
    _administers(actor.organisation_id, actor)
    return members_of(actor).get(pk=user_id)


def _administers(organisation_id: int | None, actor: Actor) -> None:
    if (
        actor.role != Role.PROVIDER_ADMIN
        or organisation_id is None
        or actor.organisation_id != organisation_id
    ):
        raise NotAllowed(_("成员由本单位管理员管理。"))
