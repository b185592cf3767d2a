"""What a filing consists of besides its own columns: syllabus, documents, and the plan as it was handed in."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.classes.models.filing import Filing
from keshi_web.common import clock
from keshi_web.common.append_only import append_only


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
    goal = models.CharField(_("培训效果"), max_length=200, blank=True)
    delivery = models.CharField(_("培训形式"), max_length=60, blank=True)
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
                violation_error_message=_("请上传文件，或说明不适用的理由。"),
            ),
            models.CheckConstraint(
                name="material_there_or_not_applicable",
                condition=Q(not_applicable="") | Q(attachment__isnull=True, on_paper=False),
                violation_error_message=_("同一份材料不能既已提交又写明不适用，请只保留一项。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} {self.material}"


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
