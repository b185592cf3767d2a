"""A region's own subsidy standards."""

from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import DayRange
from keshi_web.catalogue.models.ranges import SameNumber
from keshi_web.common import clock
from keshi_web.schemes.models import SameText

STEPS = [("open", "approved"), ("open", "refused"), ("approved", "replaced")]
"""Every step there is; the database refuses any other."""


class TariffTable(models.Model):
    """A region's own rows for a tariff table of a scheme, in force from a day until a day; they replace the samples.

    Entered by one person, in force once a second one approves. A later table takes over from its first day, one from
    the same day replaces it as a whole (a correction); nothing is edited. `valid_until` is what the document says,
    `ends_on` what is left of it. No two tables in force cover the same day.
    """

    class Decision(models.TextChoices):
        OPEN = "open", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")
        REPLACED = "replaced", _("已被替代")

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
    ends_on = models.DateField(_("执行至"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )

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
            models.CheckConstraint(
                name="tariff_ends_within_its_days",
                condition=Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("valid_from"))
                & (Q(valid_until__isnull=True) | Q(ends_on__lte=F("valid_until"))),
                violation_error_message=_("执行截止日期须在标准的期限之内。"),
            ),
            ExclusionConstraint(
                name="tariff_one_a_day",
                index_type="gist",
                expressions=[
                    (SameNumber(F("region")), RangeOperators.OVERLAPS),
                    (SameText(F("scheme")), RangeOperators.OVERLAPS),
                    (SameText(F("table")), RangeOperators.OVERLAPS),
                    (DayRange(F("valid_from"), F("ends_on"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(decision="approved"),
                violation_error_message=_("本地区同一标准表在此期间已有执行中的标准，请刷新后核对。"),
            ),
        )
        triggers = (
            pgtrigger.FSM(name="tariff_steps", field="decision", transitions=STEPS),
            pgtrigger.Protect(
                name="tariff_as_entered",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["decision", "approved_by", "decided_at", "reason", "ends_on", "replaced_by"]
                ),
            ),
            pgtrigger.Protect(
                name="tariff_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.decision <> 'open' AND ROW(OLD.approved_by_id, OLD.decided_at, OLD.reason)"
                    " IS DISTINCT FROM ROW(NEW.approved_by_id, NEW.decided_at, NEW.reason)"
                ),
            ),
            pgtrigger.Protect(name="tariff_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.table} {self.valid_from}"
