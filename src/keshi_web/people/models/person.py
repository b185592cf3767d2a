"""A person and their account. Nothing here identifies anybody without the keys."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.sealed import SealedField
from keshi_web.people.words import Proof


class Person(models.Model):
    """A person by identity number.

    Sealed are name, number and phone; number and phone are found by a blind index, a name by a short one that some
    dozens of people share, so that the frequency of a name in the table tells nothing. Kept open are the masks: the
    first character of the name, and of the number what `keshi.identity.STANDARD_MASK` shows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedField(null=True, editable=False)
    id_number = SealedField(null=True, editable=False)
    phone = SealedField(null=True, editable=False)
    id_number_index = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    phone_index = models.BinaryField(max_length=32, null=True, db_index=True, editable=False)
    name_index = models.PositiveIntegerField(null=True, db_index=True, editable=False)
    name_masked = models.CharField(_("姓名"), max_length=60)
    id_number_masked = models.CharField(_("证件号码"), max_length=18)
    proof = models.CharField(_("证件类型"), max_length=16, choices=Proof.choices)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("本人账号"),
    )
    survivor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="absorbed", verbose_name=_("并入")
    )
    created_at = models.DateTimeField(_("建档时间"), default=clock.now, editable=False)
    erased_at = models.DateTimeField(_("删除时间"), null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("人员")
        constraints = (
            models.CheckConstraint(
                name="person_sealed_or_erased",
                condition=Q(
                    erased_at__isnull=True,
                    name__isnull=False,
                    id_number__isnull=False,
                    id_number_index__isnull=False,
                    name_index__isnull=False,
                )
                | Q(
                    erased_at__isnull=False,
                    name__isnull=True,
                    id_number__isnull=True,
                    id_number_index__isnull=True,
                    name_index__isnull=True,
                    phone__isnull=True,
                    phone_index__isnull=True,
                ),
                violation_error_message=_("人员须有姓名和证件号码；已删除的人员不得留有任何一项。"),
            ),
            models.CheckConstraint(
                name="person_phone_with_index",
                condition=Q(phone__isnull=True, phone_index__isnull=True)
                | Q(phone__isnull=False, phone_index__isnull=False),
                violation_error_message=_("手机号码与其索引须同时存在。"),
            ),
            models.CheckConstraint(
                name="person_number_is_masked",
                condition=Q(id_number_masked__regex=r"^.{4}\*{12}.{2}$") | Q(id_number_masked=""),
                violation_error_message=_("证件号码只可留存前4位和后2位。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name_masked} {self.id_number_masked}".strip()


class BankAccount(models.Model):
    """A person's bank account, sealed; the one without an end is paid to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("人员")
    )
    number = SealedField(null=True, editable=False)
    number_index = models.BinaryField(max_length=32, null=True, editable=False)
    bank = models.CharField(_("开户银行"), max_length=100)
    since = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)
    until = models.DateTimeField(_("停用时间"), null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("银行账户")
        constraints = (
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until__isnull=True),
                name="bank_account_one_at_a_time",
                violation_error_message=_("此人已有在用的银行账户。"),
            ),
            models.UniqueConstraint(
                fields=["number_index"],
                condition=Q(until__isnull=True),
                name="bank_account_of_one_person",
                violation_error_message=_("该账号已登记在另一人名下，请核对账号是否为本人所有。"),
            ),
            models.CheckConstraint(
                name="bank_account_sealed_or_closed",
                condition=Q(number__isnull=False, number_index__isnull=False)
                | Q(number__isnull=True, number_index__isnull=True, until__isnull=False),
                violation_error_message=_("在用的账户须有账号。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank} · {self.person}"
