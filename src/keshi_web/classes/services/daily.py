"""What the calendar does to classes: they start, their rosters freeze, they end."""

from collections.abc import Iterable

from django.db.models import QuerySet

from keshi_web.classes.models import Filing
from keshi_web.classes.services.decisions import act
from keshi_web.common import clock
from keshi_web.common.errors import Refusal


def run() -> dict[str, int]:
    """Start every class whose first day has come, on a promise or approved, and end those whose last day is past.

    Each in its own transaction, so one that cannot go on keeps none of the others back; running it twice does
    no more than once. Returns how many were started and finished.
    """
    today = clock.today()
    due = Filing.objects.filter(
        process__state__in=("approved", "provisional", "supplemented"),
        starts_on__lte=today,
        frozen_at=None,
    )
    started = _all(due, "start")
    over = Filing.objects.filter(process__state="running", ends_on__lt=today)
    return {"started": started, "finished": _all(over, "finish")}


def _all(filings: QuerySet[Filing], event: str) -> int:
    done = 0
    processes: Iterable[int] = list(filings.order_by("id").values_list("process_id", flat=True))
    for process in processes:
        try:
            act(process, event, by=None)
            done += 1
        except Refusal:  # somebody withdrew or revoked it in the meantime, or nobody is on its roster yet
            continue
    return done
