"""How days, moments and due dates read on screen."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keshi.calendar import Workdays
from keshi.problems import BadInput
from keshi_web.common import clock
from keshi_web.common.language import lang

_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_CALENDAR = Workdays()  # made once: its tables are built when it is first asked

SOON = 2
"""Workdays left from which a running clock turns amber."""


def local_day(when: date | datetime) -> date:
    """The day in China of a day or an aware moment."""
    return when.astimezone(clock.ZONE).date() if isinstance(when, datetime) else when


def day_text(when: date | datetime | None, *, weekday: bool = True) -> str:
    """2020-03-12 周四, in English Thu 12 Mar 2020; empty for no day."""
    if when is None:
        return ""
    day = local_day(when)
    if lang() == "en":
        name = f"{_WEEKDAYS_EN[day.weekday()]} " if weekday else ""
        return f"{name}{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return day.isoformat() + (f" {_WEEKDAYS_ZH[day.weekday()]}" if weekday else "")


def moment_text(when: datetime | None) -> str:
    """2020-03-12 09:12, in English 12 Mar 2020 09:12, in China's time; empty for no moment."""
    if when is None:
        return ""
    here = when.astimezone(clock.ZONE)
    return f"{day_text(here, weekday=False)} {here:%H:%M}"


@dataclass(frozen=True)
class Face:
    """What a clock shows: the due day and one short sentence; `kind` is calm, soon, over, paused or done."""

    kind: str
    icon: str
    text: str


def workdays_left(due: date, *, on: date | None = None) -> int | None:
    """Workdays from today to the due date, negative when it has passed; None in a year without a published calendar."""
    try:
        return _CALENDAR.between(on or clock.today(), due)
    except BadInput:
        return None


def face(
    due: date | datetime | None,
    *,
    left: int | None = None,
    paused: bool = False,
    done: date | datetime | None = None,
) -> Face:
    """The face of a statutory clock.

    `left` is given by whoever knows the bureau's own calendar; without it the State Council's is counted. A passed
    due date is over even where no workday has gone by since.
    """
    if done is not None:
        late = due is not None and local_day(done) > local_day(due)
        return Face("over", "alert-circle", _("逾期办结")) if late else Face("done", "check", _("按期办结"))
    if paused:
        return Face("paused", "player-pause", _("已中止计时"))
    if due is None:
        return Face("calm", "minus", _("无期限"))
    due_day, today = local_day(due), clock.today()
    if left is None:
        left = workdays_left(due_day)
    if due_day < today:
        late = -left if left is not None and left < 0 else 0
        text = (
            ngettext("已超期 %(n)d 个工作日", "已超期 %(n)d 个工作日", late) % {"n": late}
            if late
            else _("已超期")
        )
        return Face("over", "alert-triangle", text)
    if due_day == today or left == 0:
        return Face("over", "alert-triangle", _("今日到期") if due_day == today else _("已无工作日"))
    if left is None:
        return Face("calm", "clock", "")
    text = ngettext("剩 %(n)d 个工作日", "剩 %(n)d 个工作日", left) % {"n": left}
    return Face("soon" if left <= SOON else "calm", "clock", text)
