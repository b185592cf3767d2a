"""How long personal data is kept, as data; and who is past it.

A person is needed while any app says so (`register_use`). What is past its period is erased by `apply_retention`:
sealed values, indexes and sealed papers go, which no backup of the database alone can undo once the keys are turned;
what the record was part of (enrolments, decisions, who read it) stays and names nobody.
"""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from keshi_web.common import clock
from keshi_web.people.models import BankAccount, Employment, Person

Use = Callable[[date], Q]
"""Given a day: which people were still needed on it or later, as a condition on Person."""
_uses: list[Use] = []


def register_use(use: Use) -> Use:
    """Let an app say whom it still needs, as those who trained since a day."""
    _uses.append(use)
    return use


@cache
def periods() -> dict[str, dict[str, Any]]:
    """Every period with its text and basis, by kind."""
    return tomllib.loads((files(__package__) / "data" / "retention.toml").read_text(encoding="utf-8"))


def period(kind: str) -> int:
    """Days a kind of data is kept; the setting RETENTION (kind to days) goes before the file."""
    return int(getattr(settings, "RETENTION", {}).get(kind, periods()[kind]["days"]))


@register_use
def _employed(day: date) -> Q:
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return Q(Exists(Employment.objects.filter(lasting, person=OuterRef("pk"))))


def people_past_retention() -> QuerySet[Person]:
    """People brought in long ago whom no app has needed since."""
    since = clock.today() - timedelta(days=period("identity"))
    past = Person.objects.filter(erased_at__isnull=True, created_at__date__lt=since)
    for use in _uses:
        past = past.exclude(use(since))
    return past


def accounts_past_retention() -> QuerySet[BankAccount]:
    """Accounts out of use for so long that their numbers go."""
    until = clock.now() - timedelta(days=period("closed-account"))
    return BankAccount.objects.filter(until__lt=until, number__isnull=False)
