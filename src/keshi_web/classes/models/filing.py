"""A class as it is filed, under one item of one version of a notice."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor


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
        triggers = (
            pgtrigger.Trigger(
                name="begun_stays_begun",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__frozen_at__isnull=False)
                & (
                    pgtrigger.Q(old__frozen_at__df=pgtrigger.F("new__frozen_at"))
                    | pgtrigger.Q(old__starts_on__df=pgtrigger.F("new__starts_on"))
                    | pgtrigger.Q(old__item__df=pgtrigger.F("new__item"))
                    | pgtrigger.Q(old__scheme_version__df=pgtrigger.F("new__scheme_version"))
                ),
                func="RAISE EXCEPTION '班级已开班，开班日期和补贴项目不能再变。(The class has begun.)'"
                " USING ERRCODE = 'integrity_constraint_violation';",
            ),
        )

    def __str__(self) -> str:
        return f"{self.process.number} {self.project}"

    @property
    def level_words(self) -> str:
        """五级, as papers say it; empty where no level is planned."""
        return f"{'一二三四五'[self.level - 1]}级" if self.level else ""

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
