"""The organisation itself and how its registration was verified."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.organisations.words import LEGAL_PERSONS, NO_LEGAL_PERSONS, OPEN_STATES, LegalForm, State


@pghistory.track(
    append_only=True,
    model_name="OrganisationEvent", obj_field=pghistory.ObjForeignKey(related_name="events"),
    fields=[
        "uscc", "name", "legal_form", "legal_person", "region", "address", "industry", "state", "licence", "survivor",
    ],
)  # fmt: skip
class Organisation(models.Model):
    """An enterprise, institution or platform, by its unified social credit code.

    Size, kinds, accounts and standing are rows of their own with their days. Names and numbers of people are sealed
    in `Contact` and `BankAccount`.
    """

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("单位名称"), max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    pinyin = models.CharField(max_length=400, editable=False, db_index=True)
    legal_form = models.CharField(_("单位性质"), max_length=24, choices=LegalForm.choices)
    legal_person = models.BooleanField(_("独立法人"))
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="organisations", verbose_name=_("注册地")
    )
    address = models.CharField(_("地址"), max_length=200)
    industry = models.CharField(_("所属行业（划型）"), max_length=60)
    licence = models.ForeignKey(
        "files.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("营业执照或登记证书"),
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.REGISTERED)
    survivor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        verbose_name=_("并入"),
    )
    registered_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    """Raised by every change; a page that shows an older one is answered with Stale."""

    codes = frozenset({"uscc"})
    taken: ClassVar[dict[str, object]] = {
        "uscc": _(
            "此统一社会信用代码已经登记。请联系本单位的管理员邀请您加入；如被他人冒用登记，请联系所在地经办机构。"
        )
    }

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ("pinyin", "id")
        indexes = (
            models.Index(fields=["region", "name_key"], name="organisation_alike"),
            models.Index(fields=["state", "region"], name="organisation_queue"),
        )
        constraints = (
            models.CheckConstraint(
                name="organisation_uscc_shape",
                condition=Q(uscc__regex="^[0-9A-HJ-NPQRTUWXY]{18}$"),
                violation_error_message=_("统一社会信用代码为 18 位数字或大写字母（不含 I、O、S、V、Z）。"),
            ),
            models.CheckConstraint(
                name="organisation_legal_person_fits_form",
                condition=Q(legal_person=True, legal_form__in=sorted(LEGAL_PERSONS))
                | Q(legal_person=False, legal_form__in=sorted(NO_LEGAL_PERSONS))
                | Q(legal_form=LegalForm.PRIVATE_NON_ENTERPRISE),
                violation_error_message=_(
                    "单位性质与是否独立法人不符：公司等为独立法人，个体工商户、分支机构等不是。"
                ),
            ),
            models.CheckConstraint(
                name="organisation_merged_has_survivor",
                condition=Q(state=State.MERGED, survivor__isnull=False)
                | ~Q(state=State.MERGED) & Q(survivor__isnull=True),
                violation_error_message=_("已并入的单位须写明并入哪个单位。"),
            ),
            models.CheckConstraint(
                name="organisation_verified_has_licence",
                condition=~Q(state__in=[State.SUBMITTED, State.VERIFIED]) | Q(licence__isnull=False),
                violation_error_message=_("请先上传营业执照或登记证书。"),
            ),
        )

    @property
    def is_open(self) -> bool:
        """Whether it can still do something: neither closed nor merged into another."""
        return self.state in OPEN_STATES

    def __str__(self) -> str:
        return self.name


@append_only
class Verification(models.Model):
    """A clerk's decision on a registration, with what was checked."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="verifications")
    passed = models.BooleanField(_("通过"))
    checks = models.JSONField(_("核对事项"), blank=True)
    """Keys of `words.CHECKS` that were ticked."""
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("单位核实")
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                name="verification_refusal_has_reason",
                condition=Q(passed=True) | ~Q(reason=""),
                violation_error_message=_("不予通过须说明理由。"),
            ),
        )


@append_only
class Merger(models.Model):
    """A duplicate was merged into the organisation that stays; `moved` counts the rows by reference."""

    duplicate = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="merger")
    survivor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mergers")
    reason = models.CharField(_("理由"), max_length=500)
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("单位合并")
        constraints = (
            models.CheckConstraint(
                name="merger_of_two",
                condition=~Q(duplicate=models.F("survivor")),
                violation_error_message=_("单位不能并入自身。"),
            ),
        )
