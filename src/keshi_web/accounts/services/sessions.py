"""Sessions: recorded at sign-in, ended by idleness, by their owner, or because what they rested on has changed."""

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from keshi_web.accounts import origin
from keshi_web.accounts.models import SessionRecord, User
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock

RECENT = timedelta(minutes=10)
"""How long a proof of identity counts for sensitive changes."""
KNOWN_DEVICE = timedelta(days=90)
"""How long a device stays known after a session on it."""

_CONFIRMED = "confirmed_at"
_SEEN_EVERY = timedelta(seconds=60)
End = SessionRecord.End


def begin(request: HttpRequest, user: User) -> SessionRecord:
    """Record the session that has just been signed in to."""
    here = origin.origin_of(request)
    if request.session.session_key is None:
        # Where another person was signed in in this browser, Django gives the new key only when it saves.
        request.session.create()
    confirm(request)
    return SessionRecord.objects.create(
        user=user,
        digest=digest_of(request.session.session_key),
        device=here.device,
        device_digest=here.device_digest,
        address=here.address,
        second_factor=getattr(request, "second_factor_given", False),
    )


def current(request: HttpRequest) -> SessionRecord | None:
    """The record of the request's session."""
    key = request.session.session_key
    return SessionRecord.objects.filter(digest=digest_of(key)).first() if key else None


def keep_alive(found: SessionRecord | None, user: User) -> SessionRecord.End | None:
    """Note that a session is in use, or say why it may not be used any more."""
    if found is None or found.user_id != user.pk:
        return End.REVOKED
    if found.end:
        return End(found.end)
    now = clock.machine_now()
    if now - found.started_at > timedelta(seconds=settings.SESSION_COOKIE_AGE):
        _end(SessionRecord.objects.filter(pk=found.pk), End.EXPIRED)
        return End.EXPIRED
    if now - found.last_seen_at > timedelta(minutes=settings.SESSION_IDLE_MINUTES):
        _end(SessionRecord.objects.filter(pk=found.pk), End.IDLE)
        return End.IDLE
    if now - found.last_seen_at > _SEEN_EVERY:
        SessionRecord.objects.filter(pk=found.pk, ended_at__isnull=True).update(last_seen_at=now)
    return None


def open_sessions(user: User) -> QuerySet[SessionRecord]:
    """Sessions of a user that can still be used, the latest first."""
    now = clock.machine_now()
    return user.session_records.filter(
        ended_at__isnull=True,
        last_seen_at__gt=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
        started_at__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ).order_by("-last_seen_at")


def leave_planted(request: HttpRequest) -> None:
    """A new key before an anonymous session holds something: whoever planted it does not know the new one."""
    if not request.user.is_authenticated:
        request.session.cycle_key()


def rekey(found: SessionRecord | None, request: HttpRequest) -> None:
    """The session goes on under a new key."""
    if found is not None:
        SessionRecord.objects.filter(pk=found.pk).update(digest=digest_of(request.session.session_key))


def sign_out(found: SessionRecord | None) -> None:
    """The owner leaves."""
    if found and _end(SessionRecord.objects.filter(pk=found.pk), End.SIGNED_OUT):
        record(Kind.SIGNED_OUT, user=found.user_id, by=found.user_id)


def revoke(user: User, session_id: int) -> bool:
    """The owner ends one of their sessions; False when they have no such open session."""
    ended = _end(user.session_records.filter(pk=session_id), End.REVOKED)
    if ended:
        record(Kind.SESSION_ENDED, user=user, by=user, sessions=ended, reason=End.REVOKED.value)
    return bool(ended)


def end_all(
    user: User,
    reason: SessionRecord.End,
    *,
    by: User | int | None,
    but: SessionRecord | None = None,
    **only: Any,
) -> int:
    """End a user's sessions, all but one where it is named; how many. `only` narrows which."""
    rows = user.session_records.filter(**only)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    ended = _end(rows, reason)
    if ended:
        record(Kind.SESSION_ENDED, user=user, by=by, sessions=ended, reason=reason.value)
    return ended


def knows_device(user: User, device_digest: str) -> bool:
    """Whether the user signed in on this device lately."""
    since = clock.machine_now() - KNOWN_DEVICE
    return (
        bool(device_digest)
        and user.session_records.filter(device_digest=device_digest, last_seen_at__gt=since).exists()
    )


def confirm(request: HttpRequest) -> None:
    """The person has just proved who they are."""
    request.session[_CONFIRMED] = clock.machine_now().timestamp()


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether the person proved who they are within the last minutes (`RECENT`)."""
    at = request.session.get(_CONFIRMED)
    return isinstance(at, int | float) and clock.machine_now().timestamp() - at < RECENT.total_seconds()


def digest_of(session_key: str | None) -> str:
    """What is kept of a session's key."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()


def _end(rows: QuerySet[SessionRecord], reason: SessionRecord.End) -> int:
    return rows.filter(ended_at__isnull=True).update(ended_at=clock.machine_now(), end=reason)
