"""Passwords: changed by their owner, or set once through a link that an administrator hands over."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from keshi_web.accounts import attempts, origin
from keshi_web.accounts.models import PasswordLink, SessionRecord, User
from keshi_web.accounts.services import sessions
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed

LIFE = {PasswordLink.Kind.INVITATION: timedelta(days=7), PasswordLink.Kind.RESET: timedelta(hours=24)}
"""How long a link may be used."""


def check(password: str, user: User) -> None:
    """Raises ValidationError for a password the rules (AUTH_PASSWORD_VALIDATORS) refuse, or the present one."""
    validate_password(password, user)
    if user.has_usable_password() and user.check_password(password):
        raise ValidationError(_("新密码不能与现在的密码相同。"), code="same")


@transaction.atomic
def change(request: HttpRequest, user: User, password: str) -> None:
    """The owner sets a new password; their other sessions end, this one goes on.

    Raises ValidationError for a password the rules refuse.
    """
    check(password, user)
    here = sessions.current(request)
    _store(user, password)
    sessions.end_all(user, SessionRecord.End.PASSWORD, by=user, but=here)
    record(Kind.PASSWORD_CHANGED, user=user, by=user)
    if request.user.is_authenticated and request.user.pk == user.pk:
        update_session_auth_hash(request, user)
        sessions.rekey(here, request)


@transaction.atomic
def make_link(user: User, kind: PasswordLink.Kind, *, by: User | int | None) -> str:
    """The secret part of a new link; earlier links of the user are void. It is shown once and kept nowhere."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    PasswordLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
    PasswordLink.objects.create(
        user=user,
        kind=kind,
        digest=_digest(token),
        made_by_id=by.pk if isinstance(by, User) else by,
        expires_at=now + LIFE[kind],
    )
    record(Kind.LINK_MADE, user=user, by=by, link=kind.value)
    return token


def link_of(token: str) -> PasswordLink | None:
    """The link that a token opens, when it may still be used. Guessing is slowed by address."""
    here = origin.current().address
    if attempts.blocked_until(attempts.LINK, here):
        return None
    found = (
        PasswordLink.objects.filter(
            digest=_digest(token), used_at__isnull=True, expires_at__gt=clock.now(), user__is_active=True
        )
        .select_related("user")
        .first()
    )
    if found is None:
        attempts.count_failure(attempts.LINK, here)
    return found


@transaction.atomic
def use_link(token: str, password: str) -> User:
    """Set the password through a link, once. All sessions of the user end.

    Raises:
        NotAllowed: used before, expired, or void.
        ValidationError: a password the rules refuse; the link stays good.
    """
    found = link_of(token)
    if found is None:
        raise NotAllowed(_("此链接已使用、已过期或已作废。请联系管理员重新生成。"))
    check(password, found.user)
    now = clock.now()
    if not PasswordLink.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=now):
        raise NotAllowed(_("此链接已使用、已过期或已作废。请联系管理员重新生成。"))
    _store(found.user, password)
    sessions.end_all(found.user, SessionRecord.End.PASSWORD, by=found.user)
    record(Kind.LINK_USED, user=found.user, by=found.user, link=found.kind)
    return found.user


def _store(user: User, password: str) -> None:
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
