"""Platforms, courses and teachers, and why a platform or course may be used where."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import DayRange
from keshi_web.catalogue.models.occupations import Occupation
from keshi_web.catalogue.models.ranges import DayAfter, SameNumber
from keshi_web.common import clock
from keshi_web.schemes.models import SameText

EXPIRES_SOON = timedelta(days=30)


class Platform(models.Model):
    """An online training platform or a provider's own site. Those that notices recommend have no operator here."""

    class Kind(models.TextChoices):
        OWN_SITE = "own-site", _("自有网站")
        OWN = "own-platform", _("自有线上培训平台")
        THIRD_PARTY = "third-party", _("第三方线上培训平台")

    name = models.CharField(_("平台名称"), max_length=120)
    url = models.URLField(_("网址"), blank=True)
    kind = models.CharField(_("平台类型"), max_length=20, choices=Kind.choices, default=Kind.THIRD_PARTY)
    operator = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="platforms",
        verbose_name=_("运营单位"),
    )
    icp = models.CharField(_("ICP备案号"), max_length=60, blank=True)
    functions = models.TextField(_("功能说明"), max_length=1000, blank=True)
    free = models.BooleanField(_("面向劳动者免费"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("线上培训平台")
        constraints = (
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(operator__isnull=True),
                name="platform_recommended_once",
                violation_error_message=_("已有同名的推荐平台。"),
            ),
            models.UniqueConstraint(
                fields=["operator", "name"],
                name="platform_once_per_operator",
                violation_error_message=_("本单位已登记同名平台。"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Course(models.Model):
    """A course: what it teaches, how long its videos are, who owns it."""

    name = models.CharField(_("课程名称"), max_length=120)
    owner = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="courses",
        verbose_name=_("开发单位"),
    )
    platform = models.ForeignKey(
        Platform,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="courses",
        verbose_name=_("所在平台"),
    )
    occupation = models.ForeignKey(
        Occupation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("职业（工种）"),
    )
    level = models.PositiveSmallIntegerField(_("技能等级"), null=True, blank=True)
    video_minutes = models.PositiveIntegerField(_("视频总时长（分钟）"), default=0)
    standard = models.CharField(_("对应国家职业标准"), max_length=120, blank=True)
    epidemic_prevention = models.BooleanField(_("含疫情防控内容"), default=False)
    description = models.TextField(_("内容简介"), max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("课程")
        constraints = (
            models.CheckConstraint(
                name="course_level_of_skill",
                condition=Q(level__isnull=True) | Q(level__range=(1, 5)),
                violation_error_message=_("技能等级为一级至五级。"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """Why a platform or course may be used under a scheme in a region: recommended or evaluated.

    It holds from `valid_from` to `valid_until`, both included, and no longer from the day it is delisted.
    """

    class Ground(models.TextChoices):
        RECOMMENDED = "recommended", _("推荐平台")
        EVALUATED = "evaluated", _("评估合格")

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="listings"
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="listings"
    )
    scheme = models.CharField(_("政策"), max_length=80)
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    ground = models.CharField(_("依据"), max_length=20, choices=Ground.choices)
    clause = models.CharField(_("条款"), max_length=60, blank=True)
    evaluation = models.ForeignKey(
        "Evaluation", on_delete=models.PROTECT, null=True, blank=True, related_name="listings"
    )
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    listed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delisted_on = models.DateField(_("移出日期"), null=True, blank=True)
    delisted_reason = models.CharField(_("移出原因"), max_length=200, blank=True)
    delisted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("列入情况")
        indexes = (models.Index(fields=["scheme", "valid_from"], name="listing_of_scheme"),)
        constraints = (
            models.CheckConstraint(
                name="listing_of_one_thing",
                condition=Q(platform__isnull=False, course__isnull=True)
                | Q(platform__isnull=True, course__isnull=False),
                violation_error_message=_("一条目录只列一个平台或一门课程。"),
            ),
            models.CheckConstraint(
                name="delisting_has_reason",
                condition=Q(delisted_on__isnull=True) | ~Q(delisted_reason=""),
                violation_error_message=_("请写明移出目录的原因。"),
            ),
            models.CheckConstraint(
                name="listing_days_in_order",
                condition=(Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")))
                & (Q(delisted_on__isnull=True) | Q(delisted_on__gte=F("valid_from"))),
                violation_error_message=_("截止或移出日期不得早于开始日期。"),
            ),
            *(
                ExclusionConstraint(
                    name=f"listing_{thing}_once_a_day",
                    index_type="gist",
                    expressions=[
                        (SameNumber(F(thing)), RangeOperators.OVERLAPS),
                        (SameNumber(F("region")), RangeOperators.OVERLAPS),
                        (SameText(F("scheme")), RangeOperators.OVERLAPS),
                        (SameText(F("ground")), RangeOperators.OVERLAPS),
                        (
                            DayRange(
                                F("valid_from"),
                                Least(DayAfter(F("valid_until")), F("delisted_on")),
                                Value("[)"),
                            ),
                            RangeOperators.OVERLAPS,
                        ),
                    ],
                    condition=Q(**{f"{thing}__isnull": False}),
                    violation_error_message=_("同一政策下已因同一依据列入目录，期限重叠。"),
                )
                for thing in ("platform", "course")
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.get_ground_display()}"

    @property
    def subject(self) -> Platform | Course:
        """What is listed."""
        found = self.platform or self.course
        assert found is not None
        return found

    def standing(self, day: date) -> str:
        """How it stands on a day: ahead, listed, expiring (30 days or fewer are left), expired, delisted."""
        if self.delisted_on is not None and self.delisted_on <= day:
            return "delisted"
        if day < self.valid_from:
            return "ahead"
        if self.valid_until is None:
            return "listed"
        if self.valid_until < day:
            return "expired"
        return "expiring" if self.valid_until - day <= EXPIRES_SOON else "listed"


class Teacher(models.Model):
    """A teacher in a provider's register, with honours (中华技能大奖, 全国技术能手 …).

    The public register shows those with honours who agreed to it, and says when they did.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="teachers",
        verbose_name=_("所在单位"),
    )
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称或职业资格"), max_length=80, blank=True)
    subject = models.CharField(_("任教内容"), max_length=120, blank=True)
    honours = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("荣誉"))
    consented_on = models.DateField(_("本人同意公开之日"), null=True, blank=True)
    """The day the teacher agreed to be named in the public register; empty: not public."""
    since = models.DateField(_("自"), default=clock.today)
    until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("教师")
        constraints = (
            models.CheckConstraint(
                name="teacher_days_in_order",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
        )

    def __str__(self) -> str:
        return self.name
