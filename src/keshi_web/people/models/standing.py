"""What a person is at a time: category and employment, each with its days and its proof."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from keshi.vocabulary import choice_label
from keshi_web.accounts.models import DayRange
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.people.models.person import Person
from keshi_web.people.words import categories, relations


def same(hashed: str, value: str) -> tuple[Func, str]:
    """Equality of a column inside a GiST exclusion, where plain PostgreSQL can only compare ranges.

    The range holds one number, the column's 64-bit hash; that two differing values share one is not to be expected.
    """
    digest = Func(F(value), Value(0), function=hashed)
    return Func(digest, digest, Value("[]"), function="int8range"), RangeOperators.OVERLAPS


DAYS = (DayRange(F("valid_from"), F("valid_until"), Value("[]")), RangeOperators.OVERLAPS)
IN_ORDER = Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))


class Dated(models.Model):
    """Holds from a day until a day, open where there is none."""

    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        abstract = True


class CategoryPeriod(Dated):
    """A person belongs to a category of the notices from a day until a day, by some proof."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="categories", verbose_name=_("人员")
    )
    category = models.CharField(_("人员类别"), max_length=30, choices=categories)
    proof = models.CharField(_("证明材料"), max_length=200, blank=True)
    attachment = models.ForeignKey(
        "files.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("附件"),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("人员类别")
        ordering = ("-valid_from",)
        constraints = (
            models.CheckConstraint(
                name="category_days_in_order",
                condition=IN_ORDER,
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
            models.CheckConstraint(
                name="category_has_proof",
                condition=Q(attachment__isnull=False) | ~Q(proof=""),
                violation_error_message=_("请写明证明材料的名称和编号，或上传证明材料。"),
            ),
            ExclusionConstraint(
                name="category_once_at_a_time",
                index_type="gist",
                expressions=[
                    same("uuid_hash_extended", "person"),
                    same("hashtextextended", "category"),
                    DAYS,
                ],
                violation_error_message=_("此人在该期间已登记同一类别。"),
            ),
        )

    def __str__(self) -> str:
        return choice_label("trainee.category", self.category, lang())

    @property
    def label(self) -> str:
        """The category in the reader's language."""
        return str(self)


class Employment(Dated):
    """A person works for an organisation from a day until a day; through an agency when dispatched.

    `contract_months` is the contract's length, 0 for one without a fixed term, null where there is none.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="employments", verbose_name=_("人员")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="employments",
        verbose_name=_("用工单位"),
    )
    agency = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispatched",
        verbose_name=_("劳务派遣单位"),
    )
    relation = models.CharField(_("用工关系"), max_length=20, choices=relations)
    contract_signed_on = models.DateField(_("劳动合同签订日期"), null=True, blank=True)
    contract_months = models.PositiveSmallIntegerField(_("劳动合同期限（月）"), null=True, blank=True)
    insured = models.BooleanField(_("是否缴纳社会保险"), null=True, blank=True)
    front_line = models.BooleanField(_("是否一线员工"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("用工关系")
        ordering = ("-valid_from",)
        constraints = (
            models.CheckConstraint(
                name="employment_days_in_order",
                condition=IN_ORDER,
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
            models.CheckConstraint(
                name="employment_agency_is_another",
                condition=Q(agency__isnull=True) | ~Q(agency=F("organisation")),
                violation_error_message=_("劳务派遣单位与用工单位不能是同一单位。"),
            ),
            ExclusionConstraint(
                name="employment_once_at_a_time",
                index_type="gist",
                expressions=[
                    same("uuid_hash_extended", "person"),
                    same("hashint8extended", "organisation"),
                    DAYS,
                ],
                violation_error_message=_("此人在该期间已登记在该单位。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"

    @property
    def relation_label(self) -> str:
        """The relation in the reader's language."""
        return choice_label("trainee.relation", self.relation, lang())
