"""A class as it is filed: plan, syllabus, roster, materials, review, decision; then what changes it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.common.sealed import SealedField


class Channel(models.TextChoices):
    """How an application came in. Anything but the web is registered by a clerk."""

    WEB = "web", _("网上申报")
    API = "api", _("接口申报")
    PAPER = "paper", _("现场提交纸质材料")
    FAX = "fax", _("传真")
    POST = "post", _("邮寄")
    EMAIL = "email", _("电子邮件")


class FilingQuerySet(models.QuerySet["Filing"]):
    """Filings, always asked for on behalf of somebody."""

    def visible_to(self, actor: Actor) -> "FilingQuerySet":
        """Those of the actor's jurisdiction (drafts excepted) or organisation."""
        if actor.office is not None:
            mine = Q(channel__in=[Channel.PAPER, Channel.FAX, Channel.POST, Channel.EMAIL])
            seen = ~Q(process__state="draft") | (mine & Q(process__office_id=actor.office.id))
            return self.filter(seen, process__path__under=actor.office.path)
        if actor.organisation_id is not None:
            return self.filter(Q(process__organisation_id=actor.organisation_id))
        return self.none()


class Filing(models.Model):
    """A class filed under one item of one version of a notice.

    `facts` holds the plan by the vocabulary's names (`class.online_hours` …) as a case file would write them;
    what lists filter by stands in columns of its own and goes into the case from there. `answers` holds what
    forms ask beyond the vocabulary, by form and field id.
    """

    process = models.OneToOneField("workflow.Process", on_delete=models.PROTECT, related_name="filing")
    scheme_version = models.ForeignKey(
        "schemes.SchemeVersion", on_delete=models.PROTECT, related_name="filings"
    )
    item = models.CharField(_("补贴项目"), max_length=60)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="filings",
        verbose_name=_("申报单位"),
    )
    delegate = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delegated_filings",
        verbose_name=_("受委托单位"),
    )
    payee = models.CharField(_("补贴拨付对象"), max_length=20, blank=True)
    platform = models.ForeignKey(
        "catalogue.Platform",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="filings",
        verbose_name=_("所用线上培训平台"),
    )
    project = models.CharField(_("培训项目"), max_length=120, blank=True)
    training_type = models.CharField(_("培训类型"), max_length=30, blank=True)
    occupation = models.ForeignKey(
        "catalogue.Occupation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="filings",
        verbose_name=_("培训职业（工种）"),
    )
    level = models.PositiveSmallIntegerField(_("技能等级"), null=True, blank=True)
    starts_on = models.DateField(_("开班日期"), null=True, blank=True)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    approved_on = models.DateField(_("同意开班日期"), null=True, blank=True)
    facts: Any = models.JSONField(default=dict, blank=True)
    answers: Any = models.JSONField(default=dict, blank=True)
    planned_certificate = models.CharField(_("拟取得证书"), max_length=30, blank=True)

    administrator = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("培训管理员"),
    )
    committed_at = models.DateTimeField(_("承诺时间"), null=True, blank=True)
    committed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    channel = models.CharField(_("申报渠道"), max_length=10, choices=Channel.choices, default=Channel.WEB)
    received_on = models.DateField(_("收到日期"), null=True, blank=True)
    registered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    late_reason = models.CharField(_("补录原因"), max_length=200, blank=True)
    """Set for a class entered afterwards with its real dates; shown as a mark wherever the class is."""

    continues = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("续办自"),
    )
    interrupted_on = models.DateField(_("中断日期"), null=True, blank=True)

    correction_due_on = models.DateField(_("补正期限"), null=True, blank=True)
    completion_due_on = models.DateField(_("补报期限"), null=True, blank=True)
    endorsed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(_("名册锁定时间"), null=True, blank=True)

    head_count = models.PositiveIntegerField(_("人数"), default=0)
    estimate = models.BigIntegerField(_("预计补贴（分）"), null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    findings: Any = models.JSONField(default=list, blank=True)
    """Findings about the organisation and the class at the last check, as the library renders them."""
    receipt = models.CharField(max_length=80, blank=True)
    form_versions: Any = models.ManyToManyField("documents.FormVersion", related_name="+", blank=True)
    """The official forms as they were when the filing was last handed in; it prints with these."""
    revision = models.PositiveIntegerField(default=0)
    """Counts saved changes of the plan; a form saved from an older page is refused."""

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("开班备案")
        indexes = (
            models.Index(fields=["organisation", "-id"], name="filing_of_organisation"),
            models.Index(fields=["starts_on"], name="filing_start"),
            models.Index(fields=["training_type", "starts_on"], name="filing_type"),
            models.Index(fields=["occupation", "level"], name="filing_occupation"),
        )
        constraints = (
            models.CheckConstraint(
                name="filing_days_in_order",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("结束日期不得早于开班日期。"),
            ),
            models.CheckConstraint(
                name="filing_two_people",
                condition=Q(endorsed_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(endorsed_by=F("decided_by")),
                violation_error_message=_("初审人与审批人不能是同一人。"),
            ),
            models.CheckConstraint(
                name="filing_late_entry_says_why",
                condition=Q(channel__in=[Channel.WEB, Channel.API]) | Q(received_on__isnull=False),
                violation_error_message=_("窗口登记的申请须填写收到日期。"),
            ),
            models.CheckConstraint(
                name="filing_delegate_is_another",
                condition=Q(delegate__isnull=True) | ~Q(delegate=F("organisation")),
                violation_error_message=_("受委托单位不能是申报单位本身。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.process.number} {self.project}"

    @property
    def scheme(self) -> Any:
        """The notice it is judged by, as the library knows it (keshi.scheme.Scheme)."""
        from keshi_web.schemes.library import get

        return get(self.scheme_version)

    @property
    def late(self) -> bool:
        """Entered afterwards with its real dates."""
        return bool(self.late_reason)

    @property
    def plan_open(self) -> bool:
        """Whether the provider may still change plan and roster directly."""
        return self.process.state in ("draft", "returned", "provisional")


class Module(models.Model):
    """One line of the syllabus. Hours are class hours of the notice."""

    class Kind(models.TextChoices):
        COMMON = "common", _("公共必修课")
        VOCATIONAL = "vocational", _("专业技能课")
        PRACTICE = "practice", _("实操训练")

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="modules")
    order = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(_("课程类别"), max_length=12, choices=Kind.choices, default=Kind.VOCATIONAL)
    name = models.CharField(_("单元模块"), max_length=120)
    content = models.CharField(_("主要内容"), max_length=300, blank=True)
    hours = models.PositiveSmallIntegerField(_("课时"))
    online = models.BooleanField(_("线上"), default=True)
    theory = models.BooleanField(_("理论"), default=True)
    epidemic_prevention = models.BooleanField(_("疫情防控知识"), default=False)
    course = models.ForeignKey(
        "catalogue.Course",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("课程"),
    )
    teacher = models.ForeignKey(
        "catalogue.Teacher",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("教师"),
    )

    class Meta:
        ordering = ("order",)
        verbose_name = verbose_name_plural = _("培训大纲")
        constraints = (
            models.UniqueConstraint(
                fields=["filing", "order"], name="module_order_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="module_has_hours",
                condition=Q(hours__gte=1),
                violation_error_message=_("课时须为正整数。"),
            ),
        )

    def __str__(self) -> str:
        return self.name


UNLIKE = _("与档案姓名不一致")
"""Stands in place of a name that only the vault knows."""


class Enrolment(models.Model):
    """One person on a roster: who they are is in the vault, `facts` what the roster says by the vocabulary's names."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="enrolments")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="enrolments")
    number = models.PositiveIntegerField(_("序号"))
    category = models.CharField(_("人员类别"), max_length=30, blank=True)
    facts: Any = models.JSONField(default=dict)
    named_alike = models.BooleanField(default=True)
    """Whether the roster names the person as the vault does; somebody has to clear it up when not."""
    added_at = models.DateTimeField(default=clock.now)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)
    left_reason = models.CharField(_("退出原因"), max_length=200, blank=True)
    eligible = models.BooleanField(null=True)
    estimate = models.BigIntegerField(null=True)
    findings: Any = models.JSONField(default=list)

    class Meta:
        ordering = ("number",)
        verbose_name = verbose_name_plural = _("培训人员")
        constraints = (
            models.UniqueConstraint(
                fields=["filing", "person"],
                condition=Q(left_on__isnull=True),
                name="person_once_per_class",
                violation_error_message=_("此人已在本班名册中。"),
            ),
        )
        indexes = (models.Index(fields=["filing", "number"], name="enrolment_order"),)

    def __str__(self) -> str:
        return f"{self.filing_id} #{self.number}"

    def name_for(self, actor: Actor) -> str:
        """The masked name, or for a provider that named the person otherwise a note: it is not told another's name."""
        return str(UNLIKE) if actor.of_provider and not self.named_alike else self.person.name_masked


class RosterImport(models.Model):
    """A roster being read: what was found, row by row, until it is stored or given up. Rows are sealed."""

    class State(models.TextChoices):
        READING = "reading", _("读取中")
        PREVIEW = "preview", _("待确认")
        STORED = "stored", _("已入册")
        FAILED = "failed", _("无法读取")
        DROPPED = "dropped", _("已放弃")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    source = models.ForeignKey("files.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    sealed_rows = SealedField(null=True)
    faulty = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    replace = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("名册导入")

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class Material(models.Model):
    """A document handed in for a material of the scheme."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="materials")
    material = models.CharField(max_length=60)
    attachment = models.ForeignKey("files.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    not_applicable = models.CharField(_("不适用的理由"), max_length=200, blank=True)
    on_paper = models.BooleanField(_("已收纸质件"), default=False)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("申报材料")
        constraints = (
            models.CheckConstraint(
                name="material_is_there",
                condition=Q(attachment__isnull=False) | ~Q(not_applicable="") | Q(on_paper=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} {self.material}"


class Task(models.Model):
    """One check of the review: decided automatically with its evidence, or judged by a person."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("符合")
        FAILED = "failed", _("不符合")
        UNKNOWN = "unknown", _("尚不能判断")
        MANUAL = "manual", _("待人工判断")

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=80)
    """`rule:<id>`, `material:<id>` or `system:<name>`."""
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    evidence: Any = models.JSONField(default=dict)
    judgement = models.BooleanField(_("人工结论"), null=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    judged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审核要点")
        constraints = (models.UniqueConstraint(fields=["filing", "key"], name="task_once_per_filing"),)

    def __str__(self) -> str:
        return f"{self.key}: {self.outcome}"

    @property
    def settled(self) -> bool:
        """Whether a reviewer need not look again: it passed by itself, or somebody judged it."""
        return self.outcome == self.Outcome.PASSED or self.judgement is not None


@append_only
class PlanSnapshot(models.Model):
    """The plan as it was submitted: what a decision was made on. Holds no person's data, only the roster's digest."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="snapshots")
    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=30)
    plan: Any = models.JSONField()
    roster_digest = models.CharField(max_length=80)
    head_count = models.PositiveIntegerField()
    scheme_digest = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.filing_id} {self.event}"


class Amendment(models.Model):
    """A change asked for after the decision, reviewed again before it takes effect."""

    process = models.OneToOneField("workflow.Process", on_delete=models.PROTECT, related_name="amendment")
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="amendments")
    changes: Any = models.JSONField(default=dict)
    """`before` and `after` by column of the plan; `after` also `modules` (a whole syllabus) and `leave` (row ids)."""
    reason = models.CharField(_("变更理由"), max_length=300)
    open = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("备案变更")
        constraints = (
            models.UniqueConstraint(
                fields=["filing"],
                condition=Q(open=True),
                name="amendment_one_open",
                violation_error_message=_("本班已有一项变更在办理中。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} {self.reason}"
