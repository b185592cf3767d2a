"""A process that people carry through its states: where it stands, what happened, which clocks run, who was told."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi.calendar import STATE_COUNCIL, Workdays
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.workflow.clocks import Due, Pause, due
from keshi_web.workflow.table import Side, State, Workflow, workflow_of

SIDES = [(side.value, side.value) for side in Side]


class ProcessQuerySet(models.QuerySet["Process"]):
    """Processes, always asked for on behalf of somebody."""

    def visible_to(self, actor: Actor) -> "ProcessQuerySet":
        """Those of the actor's jurisdiction or organisation; nobody else's exist for them."""
        if actor.office is not None:
            return self.filter(path__startswith=actor.office.path).exclude(state="draft")
        if actor.organisation_id is not None:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def waiting_for(self, actor: Actor) -> "ProcessQuerySet":
        """Those whose next step is the actor's to make, by their role and place."""
        from keshi_web.workflow.queries import states_for

        states = states_for(actor.role)
        if not states:
            return self.none()
        mine = Q()
        for name, keys in states.items():
            mine |= Q(kind=name, state__in=keys)
        if actor.office is not None:
            return self.filter(mine, turn=Side.OFFICE, office_id=actor.office.id)
        return self.filter(mine, turn=Side.PROVIDER, organisation_id=actor.organisation_id)


class Process(models.Model):
    """One case on its way. `chain` lists the offices it passes, from the lowest; `office` is the one it is at."""

    kind = models.CharField(max_length=30, verbose_name=_("事项"))
    number = models.CharField(max_length=40, unique=True, verbose_name=_("编号"))
    title = models.CharField(max_length=200, verbose_name=_("名称"))
    state = models.CharField(max_length=20, verbose_name=_("状态"))
    turn = models.CharField(max_length=10, choices=SIDES)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="processes"
    )
    office = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    chain = ArrayField(models.BigIntegerField())
    position = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=200)
    """Path of the lowest office in the region tree: whoever covers it sees the process."""
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("承办人")
    )
    due_on = models.DateField(null=True, verbose_name=_("办结期限"))
    due_clock = models.CharField(max_length=40, blank=True)
    suspended = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    objects = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("办理事项")
        indexes = (
            models.Index(fields=["office", "turn", "due_on"], name="process_queue"),
            models.Index(fields=["organisation", "kind", "-opened_at"], name="process_provider"),
            models.Index(
                fields=["kind", "path"],
                name="process_scope",
                opclasses=("varchar_ops", "varchar_pattern_ops"),
            ),
            models.Index(fields=["due_on"], name="process_due", condition=Q(closed_at__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(
                name="process_turn_known", condition=Q(turn__in=[side.value for side in Side])
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def workflow(self) -> Workflow:
        """The table it follows."""
        return workflow_of(self.kind)

    @property
    def state_shown(self) -> State:
        """Its state with label and tone."""
        return self.workflow.by_state[self.state]

    @property
    def url(self) -> str:
        """Address of its page."""
        return self.workflow.url(self)

    @property
    def is_last_level(self) -> bool:
        """Whether no office above is still to decide."""
        return self.position + 1 >= len(self.chain)


@append_only
class Entry(models.Model):
    """One line of a process's timeline. Never changed; `note` is for the applicant, `remark` for the office."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=30)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    standing_in_for = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=20, blank=True, choices=Role.choices)
    place = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["process", "id"], name="entry_timeline"),)

    def __str__(self) -> str:
        return f"{self.process_id} {self.event}"


class ClockRun(models.Model):
    """A time limit that was started for a process; its due date is computed, never stored as the truth."""

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

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="clock_one_length",
                condition=Q(
                    workdays__isnull=False, days__isnull=True, months__isnull=True, last_day__isnull=True
                )
                | Q(workdays__isnull=True, days__isnull=False, months__isnull=True, last_day__isnull=True)
                | Q(workdays__isnull=True, days__isnull=True, months__isnull=False, last_day__isnull=True)
                | Q(workdays__isnull=True, days__isnull=True, months__isnull=True, last_day__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.name}"

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
            if event.kind == ClockEvent.Kind.SUSPENDED:
                pauses.append(Pause(event.on, None))
            elif event.kind == ClockEvent.Kind.RESUMED and pauses and pauses[-1].until is None:
                pauses[-1] = Pause(pauses[-1].since, event.on)
        return pauses

    def ordered(self) -> "Iterable[ClockEvent]":
        """Its events by the order they were written."""
        return sorted(self.events.all(), key=lambda event: event.pk)

    def stopped_on(self) -> date | None:
        """The day the duty was done, None while it runs."""
        return next((event.on for event in self.ordered() if event.kind == ClockEvent.Kind.STOPPED), None)

    def due(self) -> Due:
        """The last day by its events and its calendar."""
        return due(
            self.started_on,
            workdays=self.workdays,
            days=self.days,
            months=self.months,
            last_day=self.last_day,
            pauses=self.pauses(),
            calendar=self.calendar,
        )


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

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Serial(models.Model):
    """The last number given out for a prefix and year (see `numbers.next_number`)."""

    key = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


class Message(models.Model):
    """Something a user is told, in the service. `key` keeps the same reminder from being written twice."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="inbox")
    process = models.ForeignKey(Process, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=30)
    params: Any = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, null=True, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["user", "-created_at"], name="message_inbox"),)

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"


class Delivery(models.Model):
    """A message on its way out by e-mail or SMS."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
