"""Where money for an organisation goes. The number is sealed; a second person verifies it before it is used."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.sealed import SealedField
from keshi_web.organisations.models.organisation import Organisation

ACCOUNT_PURPOSE = "organisation-account"
"""Purpose of the blind index: the same account of two organisations is found without being opened."""


@pghistory.track(
    append_only=True,
    model_name="BankAccountEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    exclude=["account_sealed", "account_index"],
)
class BankAccount(models.Model):
    """An account as entered; replaced by another row, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(_("户名"), max_length=120)
    bank = models.CharField(_("开户银行"), max_length=120)
    branch_code = models.CharField(_("支付系统行号"), max_length=12)
    account_sealed = SealedField()
    account_index = models.BinaryField(max_length=32, db_index=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("录入时间"), default=clock.now, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("核实时间"), null=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("银行账户")
        ordering = ("-entered_at",)
        constraints = (
            models.CheckConstraint(
                name="bank_account_verified_whole",
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                violation_error_message=_("核实须有核实人和时间。"),
            ),
            models.CheckConstraint(
                name="bank_account_second_person",
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("entered_by")),
                violation_error_message=_("账户须由录入人以外的人核实。"),
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(retired_at__isnull=True, verified_at__isnull=False),
                name="bank_account_one_in_use",
                violation_error_message=_("该单位已有在用的银行账户。"),
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(retired_at__isnull=True, verified_at__isnull=True),
                name="bank_account_one_waiting",
                violation_error_message=_("该单位已有待核实的银行账户。"),
            ),
        )
