"""What a system administrator does: accounts, roles and second factors of everybody, but no business."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, PasswordLink, SecurityEvent, SessionRecord, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import holding, passwords, second_factor, sessions
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.personal_numbers import refuse_in

APART = timedelta(hours=24)
"""Within this time one administrator does not both reset a password and the second factor of one account."""


@transaction.atomic
def create_user(username: str, name: str, *, actor: Actor, email: str = "") -> tuple[User, str]:
    """A new account without a password, and the token of the link that sets one.

    Raises NotAllowed for anybody but a system administrator, Invalid for a name that is taken or not allowed.
    """
    _system(actor)
    return new_account(username, name, by=actor.user_id, email=email)


@transaction.atomic
def new_account(username: str, name: str, *, by: int | None, email: str = "") -> tuple[User, str]:
    """An account and the token of its invitation; whoever calls has judged who may."""
    refuse_in(f"{username} {name} {email}")
    user = User(username=username.strip().lower(), name=name.strip(), email=email)
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    user.save()
    record(Kind.USER_CREATED, user=user, by=by)
    return user, passwords.make_link(user, PasswordLink.Kind.INVITATION, by=by)


def grant(
    user_id: int,
    role: Role,
    *,
    actor: Actor,
    office_id: int | None = None,
    organisation_id: int | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Assignment:
    """Give somebody a role. Raises NotAllowed (nobody gives one to themselves) and Invalid."""
    _system(actor)
    _not_oneself(user_id, actor)
    return holding.hold(
        _account(user_id),
        role,
        office_id=office_id,
        organisation_id=organisation_id,
        valid_from=valid_from,
        valid_until=valid_until,
        by=actor.user_id,
    )


def end_assignment(assignment_id: int, *, actor: Actor, last_day: date | None = None) -> None:
    """End a role, at once where no last day is named. Raises NotAllowed and Invalid."""
    _system(actor)
    held = Assignment.objects.select_related("user").get(pk=assignment_id)
    _not_oneself(held.user_id, actor)
    holding.release(held, last_day=last_day, by=actor.user_id)


@transaction.atomic
def deactivate(user_id: int, *, actor: Actor) -> None:
    """Close an account: its sessions end now, nobody signs in with it. Raises NotAllowed."""
    _system(actor)
    _not_oneself(user_id, actor)
    close_account(_account(user_id), by=actor.user_id)


@transaction.atomic
def close_account(user: User, *, by: int | None) -> None:
    """Deactivate; whoever calls has judged who may."""
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise NotAllowed(_("该账号已停用。"))
    PasswordLink.objects.filter(user=user, used_at__isnull=True).update(used_at=clock.now())
    sessions.end_all(user, SessionRecord.End.INACTIVE, by=by)
    record(Kind.USER_DEACTIVATED, user=user, by=by)


@transaction.atomic
def reactivate(user_id: int, *, actor: Actor) -> None:
    """Open a closed account again. Raises NotAllowed."""
    _system(actor)
    if not User.objects.filter(pk=user_id, is_active=False).update(is_active=True):
        raise NotAllowed(_("该账号并未停用。"))
    record(Kind.USER_REACTIVATED, user=user_id, by=actor.user_id)


@transaction.atomic
def make_reset_link(user_id: int, *, actor: Actor) -> str:
    """The token of a link to set a new password.

    Raises NotAllowed; also when the same administrator has just reset the account's second factor: with both,
    one person could enter another's account.
    """
    _system(actor)
    _not_oneself(user_id, actor)
    user = _account(user_id)
    _another_hand(user, actor, Kind.FACTOR_RESET)
    kind = PasswordLink.Kind.RESET if user.has_usable_password() else PasswordLink.Kind.INVITATION
    return passwords.make_link(user, kind, by=actor.user_id)


@transaction.atomic
def reset_second_factor(user_id: int, *, actor: Actor) -> None:
    """Take a lost second factor away. Raises NotAllowed, see `make_reset_link`."""
    _system(actor)
    _not_oneself(user_id, actor)
    user = _account(user_id)
    if second_factor.of(user) is None:
        raise NotAllowed(_("该账号未启用第二重验证。"))
    _another_hand(user, actor, Kind.LINK_MADE)
    second_factor.reset(user, by=actor.user_id)


def _another_hand(user: User, actor: Actor, kind: SecurityEvent.Kind) -> None:
    User.objects.select_for_update().get(pk=user.pk)
    since = clock.now() - APART
    done = SecurityEvent.objects.filter(user=user, kind=kind, by_id=actor.user_id, at__gt=since)
    if done.exists():
        raise NotAllowed(
            _("重设密码和重置第二重验证在 24 小时内须由两名管理员分别办理，以免一人即可进入他人账号。")
        )


def _system(actor: Actor) -> None:
    if actor.role != Role.SYSADMIN:
        raise NotAllowed(_("账号由系统管理员管理。"))


def _not_oneself(user_id: int, actor: Actor) -> None:
    if user_id == actor.user_id:
        raise NotAllowed(_("不能对自己的账号办理，请由另一名管理员办理。"))


def _account(user_id: int) -> User:
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        raise NotAllowed(_("该账号已停用。"))
    return user
