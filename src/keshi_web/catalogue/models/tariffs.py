"""A region's own subsidy standards."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock


class TariffTable(models.Model):
    """A region's own rows for a tariff table of a scheme, in force from a day until a day; they replace the samples.

    Entered by one person, in force once a second one approves. A later table takes over from its first day; nothing
    is edited.
    """

    class Decision(models.TextChoices):
        OPEN = "open", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    scheme = models.CharField(_("政策"), max_length=80)
    table = models.CharField(_("标准表"), max_length=60)
    rows: Any = models.JSONField(_("标准"), default=list)
    """Rows by column name as the scheme's own file has them; empty cells are left out."""
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120)
    source = models.ForeignKey(
        "files.Attachment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("上传的表")
    )
    entered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("录入人")
    )
    entered_at = models.DateTimeField(_("录入时间"), default=clock.now, editable=False)
    decision = models.CharField(_("状态"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    approved_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("审批人")
    )
    """Who decided, either way."""
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("补贴标准")
        indexes = (models.Index(fields=["scheme", "valid_from"], name="tariff_of_scheme"),)
        constraints = (
            models.CheckConstraint(
                name="tariff_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                violation_error_message=_("录入人与审批人不能是同一人。"),
            ),
            models.CheckConstraint(
                name="tariff_decided_by_somebody",
                condition=Q(decision="open", approved_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="open") & Q(approved_by__isnull=False, decided_at__isnull=False)),
                violation_error_message=_("审批须有审批人和时间。"),
            ),
            models.CheckConstraint(
                name="tariff_days_in_order",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
            models.UniqueConstraint(
                fields=["region", "scheme", "table", "valid_from"],
                condition=Q(decision="approved"),
                name="tariff_one_from_a_day",
                violation_error_message=_("本地区同一标准表已有自同一天起执行的标准。"),
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="tariff_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__decision="open"),
            ),
            pgtrigger.Protect(name="tariff_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.table} {self.valid_from}"
