"""How often something may fail before it has to wait.

django-axes locks an account for the address that failed (settings, AXES_*). Besides, failures are counted per
device, per address, and per account for devices on which it never signed in: guessing one account from many
places, or many accounts from one place, has to wait, while its owner on a known device does not.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db import connection
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _

from keshi_web.accounts.models import Throttle
from keshi_web.accounts.origin import origin_of
from keshi_web.common import clock, crypto
from keshi_web.common.errors import NotAllowed


@dataclass(frozen=True)
class Rate:
    """So many failures in so long; then nothing until the window has passed."""

    name: str
    failures: int
    window: timedelta

    def key(self, subject: object) -> str:
        """The counter of one subject."""
        return f"{self.name}:{subject}"


ADDRESS = Rate("address", 100, timedelta(minutes=15))
DEVICE = Rate("device", 20, timedelta(minutes=15))
ACCOUNT = Rate("account", 30, timedelta(hours=1))
SECOND_FACTOR = Rate("second-factor", 5, timedelta(minutes=15))
CONFIRMATION = Rate("confirmation", 5, timedelta(minutes=15))
LINK = Rate("link", 20, timedelta(minutes=15))
REGISTRATION = Rate("registration", 10, timedelta(hours=1))
"""Organisations registered from one address; a service hall's computers may share one."""
LETTER = Rate("letter", 20, timedelta(minutes=15))
"""Verification codes of letters that fit none, from one address."""
SEARCH = Rate("search", 120, timedelta(minutes=15))
"""Searches for a person by one user: enough for a pile of papers, too few to try numbers."""
REVEAL = Rate("reveal", 60, timedelta(hours=1))
"""People opened one by one by one user; whoever needs more asks for an export, which a second person approves."""
RATES = (
    ADDRESS, DEVICE, ACCOUNT, SECOND_FACTOR, CONFIRMATION, LINK, REGISTRATION, LETTER, SEARCH, REVEAL,
)  # fmt: skip

_COUNT = """
    insert into accounts_throttle as t (key, since, count) values (%(key)s, %(now)s, 1)
    on conflict (key) do update set
        count = case when t.since <= %(start)s then 1 else t.count + 1 end,
        since = case when t.since <= %(start)s then %(now)s else t.since end
    returning count
"""


def blocked_until(rate: Rate, subject: object) -> datetime | None:
    """When the subject may try again (machine time); None when now."""
    if not subject:
        return None
    found = Throttle.objects.filter(key=rate.key(subject), count__gte=rate.failures).first()
    until = found.since + rate.window if found else None
    return until if until and until > clock.machine_now() else None


def count_failure(rate: Rate, subject: object) -> bool:
    """Count one failure in a single statement; whether it was the one that closes the door."""
    if not subject:
        return False
    now = clock.machine_now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": rate.key(subject), "now": now, "start": now - rate.window})
        count = cursor.fetchone()[0]
    return bool(count == rate.failures)


def spend(rate: Rate, subject: object) -> None:
    """Count one use of what is allowed so often only. Raises NotAllowed when it was used up, with the time to wait."""
    until = blocked_until(rate, subject)
    if until is not None:
        minutes = math.ceil((until - clock.machine_now()).total_seconds() / 60)
        raise NotAllowed(_("操作过于频繁，请 %(minutes)d 分钟后再试。") % {"minutes": max(minutes, 1)})
    count_failure(rate, subject)


def forget(rate: Rate, subject: object) -> None:
    """After a success the counting begins anew."""
    Throttle.objects.filter(key=rate.key(subject)).delete()


def remove_old() -> int:
    """Remove counters of windows long past; how many."""
    longest = max(rate.window for rate in RATES)
    removed, _by_model = Throttle.objects.filter(since__lt=clock.machine_now() - longest).delete()
    return removed


def username_digest(request: HttpRequest | None, credentials: Mapping[str, str] | None = None) -> str:
    """The name axes counts under: what people type by mistake (an ID number, a password) is kept nowhere."""
    typed = (credentials or {}).get("username") or ""
    return crypto.blind_index("accounts.sign-in", typed.strip().lower(), size=16).hex()


def axes_locked_until(request: HttpRequest, credentials: Mapping[str, str] | None) -> datetime | None:
    """When the lock of axes on this account and address ends (machine time); None for no attempt."""
    latest = AccessAttempt.objects.filter(
        username=username_digest(request, credentials), ip_address=origin_of(request).address
    ).aggregate(latest=Max("attempt_time"))["latest"]
    cool_off = get_cool_off(request)
    return latest + cool_off if latest and cool_off else None
