"""The second factor: codes of an authenticator app (RFC 6238, 30 seconds, 6 digits) and recovery codes on paper."""

import base64
import io
import secrets
from collections.abc import Callable
from urllib.parse import quote, urlencode

import segno
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from keshi_web.accounts import attempts
from keshi_web.accounts.actor import delegations_ahead
from keshi_web.accounts.models import RecoveryCode, SecondFactor, SessionRecord, User
from keshi_web.accounts.roles import SECOND_FACTOR
from keshi_web.accounts.services import sessions
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock, crypto
from keshi_web.common.errors import NotAllowed
from keshi_web.common.sealed import column

STEP, DIGITS, DRIFT = 30, 6, 1
"""Seconds of a time step, digits of a code, steps that the device's clock may be off either way."""
RECOVERY_CODES = 10
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are mistaken for one another on paper."""
_ISSUER = "Keshi"


class Wrong(NotAllowed):
    """A code that is not accepted."""


def needed(user: User) -> bool:
    """Whether a role that the user holds, will hold, or has been lent asks for a second factor."""
    today = clock.today()
    held = user.assignments.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today), role__in=SECOND_FACTOR
    )
    return held.exists() or delegations_ahead(user).filter(assignment__role__in=SECOND_FACTOR).exists()


def of(user: User) -> SecondFactor | None:
    """The user's second factor when it is in force."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


@transaction.atomic
def begin(user: User) -> SecondFactor:
    """A new secret to be scanned, in place of one that was begun and never confirmed.

    Raises NotAllowed when a second factor is in force: it is reset by an administrator, not replaced in passing.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if of(user):
        raise NotAllowed(_("第二重验证已启用。更换手机请联系管理员重置。"))
    SecondFactor.objects.filter(user=user).delete()
    made = SecondFactor(user=user)
    column(SecondFactor, "secret").put(made, base64.b32encode(secrets.token_bytes(20)).decode())
    made.save()
    return made


def secret_of(factor: SecondFactor) -> str:
    """The secret in Base32, for the enrolment page only."""
    return column(SecondFactor, "secret").get(factor) or ""


def qr_code(factor: SecondFactor) -> str:
    """The QR code of the secret as an SVG element, made here: the secret goes to no other service."""
    label = quote(f"{_ISSUER}:{factor.user.username}")
    query = urlencode({"secret": secret_of(factor), "issuer": _ISSUER, "digits": DIGITS, "period": STEP})
    out = io.BytesIO()
    segno.make(f"otpauth://totp/{label}?{query}", error="m").save(
        out, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue().decode()


def confirm(factor: SecondFactor, code: str) -> list[str]:
    """Put a scanned secret in force by a first code; the recovery codes, which are shown this once.

    Raises Wrong.
    """
    _limited(factor.user, lambda: _accept(factor, code))
    with transaction.atomic():
        SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=clock.now())
        record(Kind.FACTOR_ENROLLED, user=factor.user, by=factor.user)
        return _new_recovery_codes(factor.user)


def verify(user: User, code: str) -> None:
    """Accept a code of the app or, once each, a recovery code.

    Raises Wrong: not the code of this moment, used before, or too many wrong ones.
    """
    factor = of(user)
    tidy = "".join(code.split()).replace("-", "").upper()
    if factor and len(tidy) == DIGITS and tidy.isascii() and tidy.isdigit():
        _limited(user, lambda: _accept(factor, tidy))
    else:
        _limited(user, lambda: _use_recovery_code(user, tidy))


def renew_recovery_codes(user: User) -> list[str]:
    """New recovery codes; the old ones are void."""
    if not of(user):
        raise NotAllowed(_("请先启用第二重验证。"))
    with transaction.atomic():
        record(Kind.CODES_RENEWED, user=user, by=user)
        return _new_recovery_codes(user)


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return user.recovery_codes.filter(used_at__isnull=True).count()


@transaction.atomic
def reset(user: User, *, by: User | int) -> None:
    """Take the second factor away: it is enrolled anew at the next sign-in. All sessions end."""
    SecondFactor.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    sessions.end_all(user, SessionRecord.End.FACTOR, by=by)
    record(Kind.FACTOR_RESET, user=user, by=by)


def _limited(user: User, accept: Callable[[], bool]) -> None:
    if attempts.blocked_until(attempts.SECOND_FACTOR, user.pk):
        raise Wrong(_("验证码错误次数过多，请 15 分钟后再试。"))
    if accept():
        attempts.forget(attempts.SECOND_FACTOR, user.pk)
        return
    attempts.count_failure(attempts.SECOND_FACTOR, user.pk)
    record(Kind.FACTOR_FAILED, user=user)
    raise Wrong(
        _(
            "验证码不正确、已过期或已用过。请输入验证器当前显示的 6 位数字；如多次不符，请核对手机时间是否为自动设置。"
        )
    )


def _accept(factor: SecondFactor, code: str) -> bool:
    """Accept a code of this step or a neighbouring one that is later than the last one accepted, atomically."""
    if not (len(code) == DIGITS and code.isascii() and code.isdigit()):
        return False
    clockwork = TOTP(base64.b32decode(secret_of(factor)), step=STEP, digits=DIGITS)
    clockwork.time = clock.machine_now().timestamp()
    if not clockwork.verify(int(code), tolerance=DRIFT):
        return False
    step = clockwork.t()
    fresh = SecondFactor.objects.filter(Q(last_step__isnull=True) | Q(last_step__lt=step), pk=factor.pk)
    return fresh.update(last_step=step) == 1


def _use_recovery_code(user: User, code: str) -> bool:
    used = user.recovery_codes.filter(digest=_digest(user, code), used_at__isnull=True).update(
        used_at=clock.now()
    )
    if used:
        record(Kind.CODE_USED, user=user, by=user, left=codes_left(user))
    return used == 1


def _new_recovery_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _place in range(10)) for _code in range(RECOVERY_CODES)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> bytes:
    return crypto.blind_index("accounts.recovery-code", f"{user.pk}:{code}")
