"""What holds of an organisation from a day until a day: kinds, the published catalogue, dispatch, the blacklist."""

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import DayRange
from keshi_web.common import clock
from keshi_web.organisations.models.organisation import Organisation
from keshi_web.organisations.words import KindOf


def in_order(name: str) -> models.CheckConstraint:
    """The last day is not before the first."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
        violation_error_message=_("截止日期不得早于开始日期。"),
    )


def _only(field: str) -> Func:
    # Exclusion by equality needs a contrib extension; a range of one number does not.
    return Func(F(field), F(field) + 1, function="int8range")


def one_at_a_time(
    name: str, *fields: str, message: str | Promise, condition: Q | None = None
) -> ExclusionConstraint:
    """Rows alike in `fields` (ids) do not share a day."""
    days = DayRange(F("valid_from"), F("valid_until"), Value("[]"))
    return ExclusionConstraint(
        name=name,
        index_type="gist",
        expressions=[
            *((_only(field), RangeOperators.OVERLAPS) for field in fields),
            (days, RangeOperators.OVERLAPS),
        ],
        condition=condition,
        violation_error_message=message,
    )


class Dated(models.Model):
    """Holds from a day until a day, both included; open without a last day."""

    valid_from = models.DateField(_("自"), default=clock.today)
    valid_until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        abstract = True

    def holds_on(self, day: object) -> bool:
        """Whether the day lies in the period."""
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)


@pghistory.track(append_only=True)
class Kind(Dated):
    """An organisation acts as this kind during a period."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="kinds")
    kind = models.CharField(_("类型"), max_length=20, choices=KindOf.choices)

    class Meta:
        verbose_name = verbose_name_plural = _("单位类型")
        ordering = ("valid_from", "id")
        constraints = (
            in_order("kind_days_in_order"),
            *(
                one_at_a_time(
                    f"kind_{kind.value.replace('-', '_')}_once",
                    "organisation_id",
                    message=_("该单位在此期间已登记为此类型。"),
                    condition=Q(kind=kind.value),
                )
                for kind in KindOf
            ),
        )


@pghistory.track(append_only=True)
class CatalogueEntry(Dated):
    """An institution stands in the published catalogue (培训机构目录清单)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="catalogue_entries")
    document = models.CharField(_("公布文件"), max_length=120)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("目录清单")
        ordering = ("valid_from", "id")
        constraints = (
            in_order("catalogue_days_in_order"),
            one_at_a_time("catalogue_once", "organisation_id", message=_("该单位在此期间已在目录清单内。")),
        )


@pghistory.track(append_only=True)
class Blacklisting(Dated):
    """An organisation is barred, by decision of a city or province, for a reason and a period."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="blacklistings")
    reason = models.CharField(_("事由"), max_length=500)
    document_number = models.CharField(_("决定文号"), max_length=120)
    document = models.ForeignKey(
        "files.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("决定文件"),
    )
    office = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("决定机构")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    appeal = models.CharField(_("申诉情况"), max_length=500, blank=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    lifted_reason = models.CharField(_("解除理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("黑名单")
        ordering = ("-valid_from", "-id")
        constraints = (
            in_order("blacklisting_days_in_order"),
            one_at_a_time(
                "blacklisting_once",
                "organisation_id",
                message=_("该单位在此期间已列入黑名单。"),
                condition=Q(lifted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="blacklisting_lifted_whole",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason=""),
                violation_error_message=_("解除黑名单须有解除人和理由。"),
            ),
        )


@pghistory.track(append_only=True)
class DispatchAgreement(Dated):
    """A dispatch agency sends workers to an enterprise."""

    agency = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="dispatches", verbose_name=_("劳务派遣单位")
    )
    user_enterprise = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="receives_dispatched", verbose_name=_("用工单位")
    )
    document = models.ForeignKey(
        "files.Attachment", on_delete=models.PROTECT, related_name="+", verbose_name=_("派遣协议")
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("劳务派遣协议")
        ordering = ("-valid_from", "-id")
        constraints = (
            in_order("dispatch_days_in_order"),
            models.CheckConstraint(
                name="dispatch_between_two",
                condition=~Q(agency=F("user_enterprise")),
                violation_error_message=_("派遣单位与用工单位不能是同一单位。"),
            ),
            one_at_a_time(
                "dispatch_once", "agency_id", "user_enterprise_id", message=_("双方在此期间已有派遣协议。")
            ),
        )
