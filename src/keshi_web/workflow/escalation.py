"""Reminders before a clock runs out: first who is in charge, then the section leader, then the office above.

One that was missed is not told once and forgotten: every further week it goes to the leaders of all offices above.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from keshi.calendar import STATE_COUNCIL
from keshi.problems import BadInput
from keshi_web.accounts.roles import LEADERS, PROVIDERS, Role
from keshi_web.common import clock
from keshi_web.regions.models import Region
from keshi_web.workflow import notify
from keshi_web.workflow.models import ClockRun
from keshi_web.workflow.table import Side

AHEAD = timedelta(days=15)
"""Further than the longest holiday with the workday after it."""
WEEK = 5
"""Workdays after which a missed clock is told of again."""


@dataclass(frozen=True)
class Reminder:
    """What a clock calls for today: the kind of message and whom to tell."""

    run: ClockRun
    kind: str
    users: frozenset[int]
    weeks: int = 0

    @property
    def key(self) -> str:
        """Once for each clock, stage, due date and week since; a due date that moved is reminded of anew."""
        again = f":{self.weeks}" if self.weeks else ""
        return f"clock:{self.run.pk}:{self.kind}:{self.run.due_on}{again}"


def remind(*, every_day: bool = False) -> int:
    """Write today's reminders; how many messages were new. Nothing on days off, unless `every_day`."""
    today = clock.today()
    try:
        worked = STATE_COUNCIL.is_workday(today)
    except BadInput:
        worked = today.weekday() < 5  # reminders go on while a new year's calendar is awaited
    if not (worked or every_day):
        return 0
    written = 0
    for reminder in reminders(today):
        process, run = reminder.run.process, reminder.run
        params = {
            "number": process.number,
            "title": process.title,
            "clock": run.name,
            "due_on": run.due_on.isoformat() if run.due_on else "",
        }
        written += len(notify.tell(reminder.users, reminder.kind, params, process=process, key=reminder.key))
    return written


def reminders(today: date) -> Iterator[Reminder]:
    """What the running clocks call for on a day."""
    runs = (
        ClockRun.objects.filter(stopped=False, paused=False, due_on__lte=today + AHEAD)
        .select_related("process__office")
        .order_by("due_on", "id")
    )
    for run in runs.iterator(chunk_size=500):
        if run.duty_of == Side.OFFICE and run.process.turn == Side.PROVIDER:
            continue  # it lies with the provider: the office has nothing to do until it is back
        kind = stage(run, today)
        if kind:
            weeks = weeks_missed(run, today) if kind == "clock-overdue" else 0
            yield Reminder(run, kind, frozenset(_to_tell(run, kind, weeks)), weeks)


def weeks_missed(run: ClockRun, today: date) -> int:
    """Whole weeks of workdays since the first workday after the due date."""
    if run.due_on is None:
        return 0
    left = run.left(run.due_on, today)
    late = (today - run.due_on).days * WEEK // 7 if left is None else -left
    return max(late - 1, 0) // WEEK


def stage(run: ClockRun, today: date) -> str:
    """The kind of reminder due today, empty for none."""
    if run.due_on is None:
        return ""
    if run.due_on < today:
        return "clock-overdue"
    left = run.left(run.due_on, today)
    if left is None:
        left = (run.due_on - today).days
    if run.due_on == today or left == 0:
        return "clock-last-day"
    return "clock-soon" if left == 1 else ""


def _to_tell(run: ClockRun, kind: str, weeks: int) -> set[int]:
    process = run.process
    if run.duty_of == Side.PROVIDER:
        users = notify.holders(PROVIDERS, organisation_id=process.organisation_id)
        return users | (_watching(run) if kind == "clock-overdue" else set())
    if run.duty_of != Side.OFFICE:
        return set()
    users = notify.in_charge(process)
    if kind != "clock-soon":
        users |= notify.holders({Role.SECTION_LEADER}, office_id=process.office_id)
    if kind == "clock-overdue":
        users |= _leaders_above(process.office, everywhere=weeks > 0)
    return users


def _watching(run: ClockRun) -> set[int]:
    """Who at the office follows what a provider has missed: who is in charge, else all who work on such cases."""
    process = run.process
    if process.assignee_id:
        return {process.assignee_id}
    workflow = process.workflow
    roles = {
        role
        for state in workflow.states
        if state.waits_for == Side.OFFICE
        for role in workflow.roles_in(state.key)
    }
    return notify.holders(roles, office_id=process.office_id)


def _leaders_above(office: Region, *, everywhere: bool) -> set[int]:
    """Leaders of the nearest office above that has any, or of all of them; the office's own where there is none."""
    keys = list(reversed(office.ancestors()))
    above = {region.key: region.pk for region in Region.objects.filter(key__in=keys)}
    told: set[int] = set()
    for key in keys:
        told |= notify.holders(LEADERS, office_id=above[key]) if key in above else set()
        if told and not everywhere:
            return told
    return told or notify.holders(LEADERS, office_id=office.pk)
