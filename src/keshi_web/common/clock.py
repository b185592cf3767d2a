"""The service's one clock. A demonstration or test may stand on another day; production never does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

ZONE = ZoneInfo("Asia/Shanghai")
_moved: list[timedelta] = []


def now() -> datetime:
    """This moment, aware, in China's time."""
    moment = timezone.now().astimezone(ZONE)  # noqa: TID251 - the one place that reads the clock
    return moment + _shift(moment)


def today() -> date:
    """The day it is in China."""
    return now().date()


def machine_now() -> datetime:
    """The machine's own moment, for what runs on it whatever day the service stands on: sessions, rates, codes."""
    return timezone.now()  # noqa: TID251


def on_service_clock(moment: datetime) -> datetime:
    """A machine's moment as the service's clock showed it then."""
    here = moment.astimezone(ZONE)
    return here + _shift(here)


def stand_on(day: date | None) -> None:
    """Let this process believe it is `day`, at the present time of day (None: the real day again).

    Raises RuntimeError outside demonstrations and tests.
    """
    if not settings.LOCAL:
        raise RuntimeError("the clock is moved in demonstrations and tests only")
    real = timezone.now().astimezone(ZONE).date()  # noqa: TID251
    _moved[:] = [day - real] if day else [timedelta(0)]


@contextmanager
def standing_on(day: date) -> Iterator[None]:
    """Stand on another day for a while, as `stand_on` does."""
    stood = list(_moved) or [_shift(timezone.now().astimezone(ZONE))]  # noqa: TID251
    stand_on(day)
    try:
        yield
    finally:
        _moved[:] = stood


def _shift(moment: datetime) -> timedelta:
    if not settings.LOCAL:
        return timedelta(0)
    if not _moved:
        wanted = settings.DEMO_TODAY
        _moved[:] = [date.fromisoformat(wanted) - moment.date()] if wanted else [timedelta(0)]
    return _moved[0]


def day_of(moment: datetime) -> date:
    """The day in China on which a moment falls."""
    return moment.astimezone(ZONE).date()


def read_day(text: str) -> date | None:
    """A day written as ISO text; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
