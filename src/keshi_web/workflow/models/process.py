"""A process that people carry through its states: where it stands, and what happened."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.workflow.table import Side, State, Workflow, states_for, workflow_of

SIDES = [
    (Side.PROVIDER.value, _("申报单位")),
    (Side.OFFICE.value, _("经办机构")),
    (Side.NOBODY.value, _("无")),
]


class ProcessQuerySet(models.QuerySet["Process"]):
    """Processes, always asked for on behalf of somebody."""

    def visible_to(self, actor: Actor) -> "ProcessQuerySet":
        """Those of the actor's jurisdiction or organisation; nobody else's exist for them."""
        if actor.office is not None:
            return self.filter(path__under=actor.office.path, received_at__isnull=False)
        if actor.organisation_id is not None:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def waiting_for(self, actor: Actor) -> "ProcessQuerySet":
        """Those whose next step is the actor's to make, by their role and place."""
        mine = Q()
        for name, keys in states_for(actor.role).items():
            mine |= Q(kind=name, state__in=keys)
        if not mine:
            return self.none()
        open_ones = self.filter(mine, closed_at__isnull=True)
        if actor.office is not None:
            return open_ones.filter(turn=Side.OFFICE, office_id=actor.office.id)
        if actor.organisation_id is not None:
            return open_ones.filter(turn=Side.PROVIDER, organisation_id=actor.organisation_id)
        return self.none()

    def holding(self, text: str) -> "ProcessQuerySet":
        """Those with every word of a text in their number, title or organisation's name.

        Words are looked up by their pairs of characters, so the index serves text without spaces too.
        """
        from keshi_web.organisations.models import Organisation

        found = self
        for word in text.lower().split():
            grams = [word[at : at + 2] for at in range(len(word) - 1)] or [word]
            inside = Q(grams__contains=grams) & (Q(title__icontains=word) | Q(number__icontains=word))
            owners = Organisation.objects.filter(name__icontains=word).values("pk")
            found = found.filter(inside | Q(organisation_id__in=owners))
        return found


class Process(models.Model):
    """One case on its way. `chain` lists the offices it passes, from the lowest; `office` is the one it is at."""

    kind = models.CharField(_("事项"), max_length=30)
    number = models.CharField(_("编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    state = models.CharField(_("状态"), max_length=20)
    turn = models.CharField(max_length=10, choices=SIDES)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="processes",
        verbose_name=_("申报单位"),
    )
    office = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("经办机构")
    )
    chain = ArrayField(models.BigIntegerField())
    position = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=200)
    """Path of the lowest office in the region tree: whoever covers it sees the process."""
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("承办人")
    )
    due_on = models.DateField(_("办结期限"), null=True)
    due_clock = models.CharField(max_length=40, blank=True)
    suspended = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    """How many transitions were made; the timeline's entry of each carries its number."""
    opened_at = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(_("收件时间"), null=True)
    """When an office first had it; None while it is the provider's own draft, which no office sees."""
    changed_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    grams = ArrayField(models.CharField(max_length=2), default=list, editable=False)
    """Characters and pairs of characters of number and title, written by the database for the search."""

    objects = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("办理事项")
        indexes = (
            models.Index(
                fields=["office", "turn", "due_on"], name="process_queue", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["organisation", "kind", "-opened_at"], name="process_provider"),
            models.Index(
                fields=["kind", "path"],
                name="process_scope",
                opclasses=("varchar_ops", "varchar_pattern_ops"),
            ),
            models.Index(fields=["due_on", "id"], name="process_due", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["closed_at"], name="process_closed", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["-changed_at", "-id"], name="process_latest"),
            models.Index(fields=["assignee"], name="process_assignee", condition=Q(closed_at__isnull=True)),
            GinIndex(fields=["grams"], name="process_grams"),
        )
        constraints = (
            models.CheckConstraint(
                name="process_turn_known", condition=Q(turn__in=[side.value for side in Side])
            ),
            models.CheckConstraint(
                name="process_closed_is_nobodys_turn",
                condition=Q(closed_at__isnull=True) | Q(turn=Side.NOBODY),
                violation_error_message=_("已办结的事项不能再由任何一方办理。"),
            ),
            models.CheckConstraint(
                name="process_at_an_office_of_its_chain",
                condition=Q(chain__len__gt=F("position")),
                violation_error_message=_("事项须处于其办理层级之内。"),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="process_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="process_version_counts",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state", "version"),
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state"))
                | pgtrigger.Q(old__version__df=pgtrigger.F("new__version")),
                func="IF NEW.version <> OLD.version + 1 THEN"
                " RAISE EXCEPTION '状态只能通过办理步骤改变（% → %）', OLD.state, NEW.state"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="process_step_on_timeline",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("version"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__version__df=pgtrigger.F("new__version")),
                func="IF NOT EXISTS (SELECT 1 FROM workflow_entry e WHERE e.process_id = NEW.id"
                " AND e.version = NEW.version) THEN"
                " RAISE EXCEPTION '事项%的第%步没有办理记录', NEW.number, NEW.version"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="process_search_text",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("number", "title"),
                declare=[("t", "text")],
                func="t := lower(NEW.number || ' ' || NEW.title); NEW.grams := ARRAY("
                "SELECT DISTINCT substr(t, i, n) FROM generate_series(1, length(t)) i, generate_series(1, 2) n);"
                " RETURN NEW;",
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
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.closed_at is None

    @property
    def is_last_level(self) -> bool:
        """Whether no office above is still to decide."""
        return self.position + 1 >= len(self.chain)


@append_only
class Entry(models.Model):
    """One line of a process's timeline. Never changed; `note` is for the applicant, `remark` for the office.

    `version` numbers the transitions; a line that changes no state has none. Where the table asks for a second
    person, `checks` and `checks_stand_in` say whose act this one checks, and the database compares them.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="entries")
    version = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=30)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    standing_in_for = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    checks = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    checks_stand_in = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=20, blank=True, choices=Role.choices)
    place = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["process", "id"], name="entry_timeline"),
            models.Index(fields=["by", "process"], name="entry_by_whom", condition=Q(version__isnull=False)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["process", "version"],
                name="entry_once_per_step",
                violation_error_message=_("此步骤已由他人办理。"),
            ),
            models.CheckConstraint(
                name="entry_by_a_second_person",
                condition=~(
                    Q(by=F("checks"))
                    | Q(by=F("checks_stand_in"))
                    | Q(standing_in_for=F("checks"))
                    | Q(standing_in_for=F("checks_stand_in"))
                ),
                violation_error_message=_("上一步由您本人办理，须由另一人复核。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.event}"


class Serial(models.Model):
    """The last number given out for a prefix and year (see `numbers.next_number`)."""

    key = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"
