"""What is taught, where and by whom: occupations, tariffs, platforms, courses, teachers, and their evaluation."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock


class Occupation(models.Model):
    """An occupation of the national classification (职业分类大典), by edition; its code starts with the major group."""

    edition = models.PositiveSmallIntegerField(_("版本"), choices=[(2015, "2015"), (2022, "2022")])
    code = models.CharField(_("编码"), max_length=20)
    name = models.CharField(_("职业（工种）"), max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name=_("技能等级"))
    sort_key = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("职业（工种）")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=["edition", "code", "name"],
                name="occupation_once_per_edition",
                violation_error_message=_("该版本中已有此职业编码和名称。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def major_group(self) -> int:
        """First digit of the code: 4 services, 5 agriculture, 6 production."""
        return int(self.code[0])


class CatalogueEntry(models.Model):
    """An occupation in a region's catalogue of subsidised training, from a day until a day."""

    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="entries")
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    evaluation = models.ForeignKey(
        "Evaluation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("培训职业目录")

    def __str__(self) -> str:
        return f"{self.region} {self.occupation}"


class TariffTable(models.Model):
    """A region's own rows for a tariff table of a scheme, in force from a day until a day; they replace the samples."""

    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(_("政策"), max_length=60)
    table = models.CharField(_("标准表"), max_length=60)
    rows: Any = models.JSONField(_("标准"), default=list)
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120)
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("补贴标准")
        constraints = (
            models.CheckConstraint(
                name="tariff_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                violation_error_message=_("录入人与审批人不能是同一人。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.table} {self.valid_from}"


class Platform(models.Model):
    """An online training platform or a provider's own site."""

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
    )
    functions = models.TextField(_("功能说明"), blank=True)
    free = models.BooleanField(_("免费"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("线上培训平台")

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """Why a platform or course may be used under a scheme in a region: recommended, registered, or evaluated."""

    class Ground(models.TextChoices):
        RECOMMENDED = "recommended", _("推荐平台")
        REGISTERED = "registered", _("已注册登记")
        EVALUATED = "evaluated", _("评估合格")

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="listings"
    )
    course = models.ForeignKey(
        "Course", on_delete=models.PROTECT, null=True, blank=True, related_name="listings"
    )
    scheme = models.CharField(_("政策"), max_length=60)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("依据"), max_length=20, choices=Ground.choices)
    clause = models.CharField(_("条款"), max_length=60, blank=True)
    evaluation = models.ForeignKey(
        "Evaluation", on_delete=models.PROTECT, null=True, blank=True, related_name="listings"
    )
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    delisted_on = models.DateField(_("移出日期"), null=True, blank=True)
    delisted_reason = models.CharField(_("移出原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("目录")
        constraints = (
            models.CheckConstraint(
                name="listing_of_one_thing",
                condition=Q(platform__isnull=False, course__isnull=True)
                | Q(platform__isnull=True, course__isnull=False),
            ),
            models.CheckConstraint(
                name="delisting_has_reason", condition=Q(delisted_on__isnull=True) | ~Q(delisted_reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.platform or self.course} {self.get_ground_display()}"


class Course(models.Model):
    """A course: what it teaches, how long its videos are, who owns it."""

    name = models.CharField(_("课程名称"), max_length=120)
    owner = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="courses"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="courses"
    )
    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(_("技能等级"), null=True, blank=True)
    video_minutes = models.PositiveIntegerField(_("视频总时长（分钟）"), default=0)
    epidemic_prevention = models.BooleanField(_("含疫情防控内容"), default=False)
    description = models.TextField(_("内容简介"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("课程")

    def __str__(self) -> str:
        return self.name


class Teacher(models.Model):
    """A teacher in a provider's register, with honours (中华技能大奖, 全国技术能手 …)."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="teachers"
    )
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称或职业资格"), max_length=80, blank=True)
    subject = models.CharField(_("任教内容"), max_length=120, blank=True)
    honours = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("荣誉"))
    since = models.DateField(default=clock.today)
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("教师")

    def __str__(self) -> str:
        return self.name


class Evaluation(models.Model):
    """The evaluation of a platform, course or occupation under a scheme, with its check list."""

    process = models.OneToOneField("workflow.Process", on_delete=models.PROTECT, related_name="evaluation")
    scheme_version = models.ForeignKey("schemes.SchemeVersion", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=60)
    """Id of the evaluation in the scheme (`evaluations[].id`)."""
    applicant = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="evaluations"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    form: Any = models.JSONField(default=dict)
    """Values of the scheme's form by field id."""
    decided_on = models.DateField(null=True)
    passed = models.BooleanField(null=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("评估")
        constraints = (
            models.CheckConstraint(
                name="evaluation_of_one_thing",
                condition=Q(platform__isnull=False, course__isnull=True, occupation__isnull=True)
                | Q(platform__isnull=True, course__isnull=False, occupation__isnull=True)
                | Q(platform__isnull=True, course__isnull=True, occupation__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.platform or self.course or self.occupation)

    @property
    def scheme(self) -> Any:
        """The notice it is judged by, as the library knows it (keshi.scheme.Scheme)."""
        from keshi_web.schemes.library import get

        return get(self.scheme_version)

    @property
    def subject(self) -> "Platform | Course | Occupation":
        """What is evaluated."""
        found = self.platform or self.course or self.occupation
        assert found is not None
        return found


class CheckResult(models.Model):
    """One line of the check list as one level judged it, with what it was judged by."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="checks")
    check_id = models.CharField(max_length=60)
    level = models.CharField(max_length=20)
    passed = models.BooleanField()
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["evaluation", "check_id", "level"], name="check_once_per_level"),
        )

    def __str__(self) -> str:
        return f"{self.check_id}: {self.passed}"
