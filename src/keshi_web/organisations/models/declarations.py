"""What an organisation declares about itself, each time a new row with its day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.organisations.models.organisation import Organisation
from keshi_web.organisations.words import SIZES


@append_only
class SizeDeclaration(models.Model):
    """Figures of a year and the size that `keshi.sme` found; empty where the industry has no row in the standard.

    Revenue and assets in 万元.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="size_declarations")
    declared_on = models.DateField(_("申报日期"), default=clock.today)
    year = models.PositiveSmallIntegerField(_("数据年度"))
    industry = models.CharField(_("所属行业（划型）"), max_length=60)
    employees = models.PositiveIntegerField(_("从业人员（人）"))
    revenue_wan = models.DecimalField(
        _("营业收入（万元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    assets_wan = models.DecimalField(
        _("资产总额（万元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    size = models.CharField(_("企业规模"), max_length=6, choices=list(SIZES.items()), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("规模申报")
        ordering = ("-declared_on", "-id")
        indexes = (
            models.Index(fields=["organisation", "-declared_on", "-id"], name="size_declaration_latest"),
        )
        constraints = (
            models.CheckConstraint(
                name="size_declaration_not_negative",
                condition=(Q(revenue_wan__isnull=True) | Q(revenue_wan__gte=0))
                & (Q(assets_wan__isnull=True) | Q(assets_wan__gte=0)),
                violation_error_message=_("营业收入和资产总额不能为负。"),
            ),
        )


@append_only
class EpidemicDeclaration(models.Model):
    """The organisation declares whether the epidemic stopped or hampered its work, from a day on."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="epidemic_declarations"
    )
    affected = models.BooleanField(_("受疫情影响"))
    since = models.DateField(_("自"))
    statement = models.CharField(_("情况说明"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("受疫情影响声明")
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                name="epidemic_declaration_says_how",
                condition=Q(affected=False) | ~Q(statement=""),
                violation_error_message=_("声明受疫情影响的，请说明停工或恢复生产的情况。"),
            ),
        )
