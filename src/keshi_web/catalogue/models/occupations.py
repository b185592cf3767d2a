"""Occupations of the national classification, and the regions' catalogues of subsidised training."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import DayRange
from keshi_web.catalogue.models.ranges import SameNumber
from keshi_web.common import clock

MAJOR_GROUPS = (
    (1, _("党的机关、国家机关、群众团体和社会组织、企事业单位负责人")),
    (2, _("专业技术人员")),
    (3, _("办事人员和有关人员")),
    (4, _("社会生产服务和生活服务人员")),
    (5, _("农、林、牧、渔业生产及辅助人员")),
    (6, _("生产制造及有关人员")),
    (7, _("军人")),
    (8, _("不便分类的其他从业人员")),
)


class Edition(models.IntegerChoices):
    """An edition of the classification; occupations newer than any are evaluated by experts first."""

    OUTSIDE = 0, _("分类大典之外")
    E2015 = 2015, "2015"
    E2022 = 2022, "2022"


class Occupation(models.Model):
    """An occupation of the national classification (职业分类大典), by edition; its code starts with the major group."""

    edition = models.PositiveSmallIntegerField(_("版本"), choices=Edition.choices)
    code = models.CharField(_("编码"), max_length=20)
    name = models.CharField(_("职业（工种）"), max_length=80)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name=_("技能等级"))
    """Skill levels, 5 (初级工) to 1 (高级技师); empty where there are none."""
    is_sample = models.BooleanField(_("示例"), default=False, editable=False)
    """Came with the demonstration, not from an official list."""

    class Meta:
        verbose_name = verbose_name_plural = _("职业（工种）")
        ordering = ("code",)
        indexes = (models.Index(fields=["code"], name="occupation_code"),)
        constraints = (
            models.UniqueConstraint(
                fields=["edition", "code", "name"],
                name="occupation_once_per_edition",
                violation_error_message=_("该版本中已有此职业编码和名称。"),
            ),
            models.CheckConstraint(
                name="occupation_code_shape",
                condition=Q(edition=Edition.OUTSIDE) | Q(code__regex=r"^[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}$"),
                violation_error_message=_("职业编码的样式为 6-31-01-03。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def major_group(self) -> int:
        """First digit of the code: 4 services, 5 agriculture, 6 production; 0 outside the classification."""
        return int(self.code[0]) if self.edition else 0


class CatalogueEntry(models.Model):
    """An occupation in a region's catalogue of subsidised training, from a day until a day."""

    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, related_name="entries", verbose_name=_("职业（工种）")
    )
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    evaluation = models.ForeignKey(
        "Evaluation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("培训职业目录")
        constraints = (
            models.CheckConstraint(
                name="catalogue_entry_days_in_order",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
            ExclusionConstraint(
                name="catalogue_entry_once_a_day",
                index_type="gist",
                expressions=[
                    (SameNumber(F("occupation")), RangeOperators.OVERLAPS),
                    (SameNumber(F("region")), RangeOperators.OVERLAPS),
                    (DayRange(F("valid_from"), F("valid_until"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("该职业在此期间已列入本地区目录。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.occupation}"
