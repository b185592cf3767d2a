"""Clocks of a process: what started them, what happened to them, and a copy of when they are due."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi.calendar import STATE_COUNCIL, Workdays
from keshi_web.common.append_only import append_only
from keshi_web.common.language import lang
from keshi_web.workflow.clocks import Due, Pause, due, workdays_left
from keshi_web.workflow.models.process import SIDES, Entry, Process

_LENGTHS = ("workdays", "days", "months", "last_day")


def _only(length: str) -> Q:
    return Q(**{f"{one}__isnull": one != length for one in _LENGTHS})


@append_only(except_columns=("due_on", "paused", "stopped"))
class ClockRun(models.Model):
    """A time limit that was started for a process. The events are the truth; `due_on`, `paused` and `stopped`
    are a copy for queues and reminders, the rest never changes."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="clocks")
    name = models.CharField(max_length=40)
    text_zh = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    clause = models.CharField(max_length=60, blank=True)
    duty_of = models.CharField(max_length=10, choices=SIDES)
    started_on = models.DateField()
    workdays = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    last_day = models.DateField(null=True)
    closed_days = ArrayField(models.DateField(), default=list)
    opened_days = ArrayField(models.DateField(), default=list)
    due_on = models.DateField(null=True)
    paused = models.BooleanField(default=False)
    stopped = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="clock_one_length",
                condition=_only("workdays") | _only("days") | _only("months") | _only("last_day"),
                violation_error_message=_("期限须且只须以一种方式规定：工作日、日、月或截止日。"),
            ),
            models.UniqueConstraint(
                fields=["process", "name"],
                name="clock_runs_once",
                condition=Q(stopped=False),
                violation_error_message=_("同一期限已在计时。"),
            ),
        )
        indexes = (
            models.Index(fields=["process"], name="clock_of_process"),
            models.Index(fields=["due_on"], name="clock_running", condition=Q(stopped=False)),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.name}"

    @property
    def text(self) -> str:
        """What the limit is for, in the reader's language."""
        return self.text_en if lang() == "en" else self.text_zh

    @property
    def calendar(self) -> Workdays:
        """The workday calendar of its notice."""
        if self.closed_days or self.opened_days:
            return Workdays(frozenset(self.closed_days), frozenset(self.opened_days))
        return STATE_COUNCIL

    def pauses(self) -> list[Pause]:
        """Its suspensions, in order."""
        pauses: list[Pause] = []
        for event in self.ordered():
            standing = bool(pauses) and pauses[-1].until is None
            if event.kind == ClockEvent.Kind.SUSPENDED and not standing:
                pauses.append(Pause(event.on, None))
            elif event.kind == ClockEvent.Kind.RESUMED and standing:
                pauses[-1] = Pause(pauses[-1].since, event.on)
        return pauses

    def ordered(self) -> "Iterable[ClockEvent]":
        """Its events by the order they were written."""
        return sorted(self.events.all(), key=lambda event: event.pk)

    def stopped_on(self) -> date | None:
        """The day the duty was done, None while it runs."""
        return next((event.on for event in self.ordered() if event.kind == ClockEvent.Kind.STOPPED), None)

    def due(self) -> Due:
        """The last day by its events and its calendar; where it was stopped while it stood, as if resumed then."""
        pauses, stopped = self.pauses(), self.stopped_on()
        if stopped and pauses and pauses[-1].until is None:
            pauses[-1] = Pause(pauses[-1].since, stopped)
        return due(
            self.started_on,
            workdays=self.workdays,
            days=self.days,
            months=self.months,
            last_day=self.last_day,
            pauses=pauses,
            calendar=self.calendar,
        )

    def left(self, day: date, today: date) -> int | None:
        """Workdays of its calendar from today until a due day; None past the published calendar."""
        return workdays_left(day, today, self.calendar)


@append_only
class ClockEvent(models.Model):
    """Something that happened to a clock."""

    class Kind(models.TextChoices):
        SUSPENDED = "suspended", _("中止")
        RESUMED = "resumed", _("恢复")
        STOPPED = "stopped", _("办结")

    run = models.ForeignKey(ClockRun, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["run"], name="clock_stops_once", condition=Q(kind="stopped"),
                violation_error_message=_("该期限已办结。"),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"
