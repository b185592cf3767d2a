"""An organisation's registration for a platform that a notice lets be used only after one (广东远程职业培训网)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.catalogue.models.directory import Platform


class Registration(models.Model):
    """One organisation's registration with the city's centre for one platform under one notice."""

    process = models.OneToOneField("workflow.Process", on_delete=models.PROTECT, related_name="registration")
    scheme_version = models.ForeignKey("schemes.SchemeVersion", on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(_("政策"), max_length=80)
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("平台名称")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="registrations",
        verbose_name=_("申请单位"),
    )
    registered_on = models.DateField(_("登记日期"), null=True, blank=True)
    ended = models.BooleanField(default=False)
    """Refused or withdrawn: another one may be asked for."""

    class Meta:
        verbose_name = verbose_name_plural = _("平台使用登记")
        constraints = (
            models.UniqueConstraint(
                fields=["scheme", "platform", "organisation"],
                condition=Q(ended=False),
                name="registration_once",
                violation_error_message=_("本单位已就此平台申请登记。"),
            ),
            models.CheckConstraint(
                name="registration_ended_without_day",
                condition=Q(ended=False) | Q(registered_on__isnull=True),
                violation_error_message=_("未予登记的没有登记日期。"),
            ),
        )

    def __str__(self) -> str:
        return str(self.platform)

    @property
    def scheme_file(self) -> Any:
        """The notice as data (keshi.scheme.model.SchemeFile)."""
        from keshi_web.schemes.library import get

        return get(self.scheme_version).file
