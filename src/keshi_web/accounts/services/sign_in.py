"""Signing in, step by step: password, second factor, a new password where one is due; only then a session.

Between the steps nobody is signed in: what was proved so far is kept in the anonymous session for ten minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from django.utils.translation import gettext as _

from keshi_web.accounts import attempts
from keshi_web.accounts.models import User
from keshi_web.accounts.origin import origin_of
from keshi_web.accounts.services import second_factor, sessions
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed

PENDING = "pending_sign_in"
"""Session key: who proved their password, when, and where they were going."""
PATIENCE = timedelta(minutes=10)
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Step(StrEnum):
    """What is still missing before somebody is signed in."""

    PASSWORD = "password"
    SECOND_FACTOR = "second-factor"
    ENROL = "enrol"
    NEW_PASSWORD = "new-password"
    READY = "ready"


class WrongPassword(NotAllowed):
    """Name and password do not belong together; which of the two is wrong is not said."""


class Locked(NotAllowed):
    """Too many failures: nothing is tried before `until` (machine time)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(_("登录失败次数过多，暂时不能登录。"))
        self.until = until


@dataclass(frozen=True)
class Pending:
    """Somebody on the way in."""

    user: User
    next: str
    factor: bool


def prove_password(request: HttpRequest, username: str, password: str, next_url: str = "") -> None:
    """First step. Remembers that the password was right.

    Raises:
        Locked: too many failures of this account, device or address.
        WrongPassword
    """
    username = username.strip().lower()
    credentials = {"username": username}
    name = attempts.username_digest(request, credentials)
    here = origin_of(request)
    account = User.objects.filter(username=username).first()
    counted = [(attempts.ADDRESS, here.address), (attempts.DEVICE, here.device_digest)]
    if account is None or not sessions.knows_device(account, here.device_digest):
        counted.append((attempts.ACCOUNT, name))
    blocked = [until for rate, subject in counted if (until := attempts.blocked_until(rate, subject))]
    if blocked:
        raise Locked(max(blocked))

    user = authenticate(request, username=username, password=password)
    if user is not None and not (user.is_sample and not settings.LOCAL):
        sessions.leave_planted(request)
        request.session[PENDING] = {
            "user": user.pk,
            "at": clock.machine_now().timestamp(),
            "next": next_url,
            "factor": False,
        }
        return
    closed = [attempts.count_failure(rate, subject) for rate, subject in counted]
    locked_out = bool(getattr(request, "axes_locked_out", False))
    record(Kind.SIGN_IN_FAILED, user=account)
    if any(closed) or (locked_out and getattr(request, "axes_failures_since_start", None)):
        record(Kind.LOCKED, user=account)
    if locked_out:
        until = attempts.axes_locked_until(request, credentials)
        raise Locked(until or clock.machine_now() + timedelta(minutes=15))
    raise WrongPassword(_("登录名或密码不正确。请核对大小写；忘记密码请联系管理员。"))


def pending(request: HttpRequest) -> Pending | None:
    """Who is on the way in; None when nobody, or when it took too long."""
    kept = request.session.get(PENDING)
    if not kept or clock.machine_now().timestamp() - kept["at"] > PATIENCE.total_seconds():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return Pending(user, kept["next"], kept["factor"]) if user else None


def step(request: HttpRequest) -> Step:
    """What the person has to show next."""
    found = pending(request)
    if found is None:
        return Step.PASSWORD
    if not found.factor:
        if second_factor.of(found.user):
            return Step.SECOND_FACTOR
        if second_factor.needed(found.user):
            return Step.ENROL
    return Step.NEW_PASSWORD if found.user.must_change_password else Step.READY


def prove_second_factor(request: HttpRequest, code: str) -> None:
    """Second step. Raises Wrong (services.second_factor) or NotAllowed when the first step is missing."""
    found = pending(request)
    if found is None:
        raise NotAllowed(_("登录已超时，请重新输入密码。"))
    second_factor.verify(found.user, code)
    factor_given(request)


def factor_given(request: HttpRequest) -> None:
    """Remember that the second factor was shown."""
    request.session[PENDING] = {**request.session[PENDING], "factor": True}


def finish(request: HttpRequest) -> str:
    """Begin the session under a new key; the address the person was going to, empty for none.

    Raises NotAllowed when a step is missing.
    """
    found = pending(request)
    if found is None or step(request) is not Step.READY:
        raise NotAllowed(_("登录已超时，请重新输入密码。"))
    del request.session[PENDING]
    enter(request, found.user, factor=found.factor)
    return found.next


def enter(request: HttpRequest, user: User, *, factor: bool, **details: object) -> None:
    """Sign somebody in whose identity is proved. A session of the same browser ends first."""
    if request.user.is_authenticated:
        sessions.sign_out(sessions.current(request))
        request.session.flush()
    request.second_factor_given = factor  # type: ignore[attr-defined]
    login(request, user, backend=_BACKEND)
    record(Kind.SIGNED_IN, user=user, by=user, second_factor=factor, **details)
    attempts.forget(attempts.ACCOUNT, attempts.username_digest(request, {"username": user.username}))


def enter_as_sample(request: HttpRequest, username: str) -> User:
    """Demonstration only: sign in as a made-up person with one click.

    Raises User.DoesNotExist for everybody else, and always where people work.
    """
    if not settings.LOCAL:
        raise User.DoesNotExist
    user = User.objects.get(username=username, is_sample=True, is_active=True)
    enter(request, user, factor=True, demonstration=True)
    return user


def confirm_identity(request: HttpRequest, secret: str) -> None:
    """A signed-in person proves once more who they are, by password or by a code of their second factor.

    Raises NotAllowed.
    """
    user = request.user
    assert isinstance(user, User)
    if attempts.blocked_until(attempts.CONFIRMATION, user.pk):
        raise NotAllowed(_("错误次数过多，请 15 分钟后再试。"))
    if not (user.check_password(secret) or _is_code(user, secret)):
        attempts.count_failure(attempts.CONFIRMATION, user.pk)
        record(Kind.CONFIRM_FAILED, user=user, by=user)
        raise NotAllowed(_("密码或验证码不正确。"))
    attempts.forget(attempts.CONFIRMATION, user.pk)
    record(Kind.CONFIRMED, user=user, by=user)
    sessions.confirm(request)


def _is_code(user: User, secret: str) -> bool:
    tidy = secret.strip()
    if len(tidy) != second_factor.DIGITS or not second_factor.of(user):
        return False
    try:
        second_factor.verify(user, tidy)
    except second_factor.Wrong:
        return False
    return True
