"""Versions of schemes with their files, and facts that a bureau declares for its region."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import DayRange, User
from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.common.language import lang
from keshi_web.schemes.states import AGREED, DECISIONS, OPEN, STEPS, Decision, State


class SameText(Func):
    """A text as a range that overlaps only itself.

    Exclusion by equality needs a contrib extension, ranges do not. The range holds the text's 64-bit hash.
    """

    template = "int8range(hashtextextended(%(expressions)s, 0), hashtextextended(%(expressions)s, 0), '[]')"
    output_field = BigIntegerRangeField()

    def as_sql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]
        """The expression stands twice in the template, so do its parameters."""
        sql, params = super().as_sql(compiler, connection, **extra)
        return sql, [*params, *params]


_OF_STATE = (
    "state", "governs_from", "governs_until", "report", "checked_by", "checked_at", "approved_by",
    "approved_at", "published_by", "published_at", "replaced_by", "ended_by", "ended_at", "end_reason",
)  # fmt: skip
"""What may change after the import; everything else is as imported."""


@append_only(except_columns=_OF_STATE)
class SchemeVersion(models.Model):
    """One version of a notice as data, with its files; immutable but for its state and the period it governs.

    `applies_from`/`applies_until` are what the file says; `governs_from`/`governs_until` is what is left of it
    once a later version has taken over. Both by the day a class starts, both days included, open where empty.
    """

    scheme = models.CharField(_("政策编号"), max_length=80)
    number = models.PositiveIntegerField(_("版本"))
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="scheme_versions", verbose_name=_("适用地区")
    )
    title_zh = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=200)
    notice = models.CharField(_("文号"), max_length=200)
    issued_on = models.DateField(_("发文日期"))
    applies_from = models.DateField(_("适用自"), null=True, blank=True)
    applies_until = models.DateField(_("适用至"), null=True, blank=True)
    digest = models.CharField(_("摘要"), max_length=80)
    """The library's digest: scheme, tables and common rules; receipts name it."""
    content_digest = models.CharField(max_length=80)
    """Over every stored file, worked cases and forms included; names the copy on disk."""
    imported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("导入人")
    )
    imported_at = models.DateTimeField(_("导入时间"), default=clock.now)

    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    governs_from = models.DateField(_("施行自"), null=True, blank=True)
    governs_until = models.DateField(_("施行至"), null=True, blank=True)
    report = models.JSONField(_("算例核对结果"), null=True, blank=True)
    """Of the last check: engine, day, and each worked case with whether it agrees."""
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("撤回理由"), max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("政策版本")
        ordering = ("scheme", "-number", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "number"),
                condition=~Q(state=State.WITHDRAWN),
                name="scheme_number_once",
                violation_error_message=_("该政策已有同一版本号。请提高 version 后重新上传。"),
            ),
            ExclusionConstraint(
                name="scheme_one_version_a_day",
                index_type="gist",
                expressions=[
                    (SameText(F("scheme")), RangeOperators.OVERLAPS),
                    (DayRange(F("governs_from"), F("governs_until"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=State.PUBLISHED),
                violation_error_message=_("同一政策的两个已发布版本不得适用于同一天开班的班级。"),
            ),
            models.CheckConstraint(
                name="scheme_days_in_order",
                condition=Q(governs_from__isnull=True)
                | Q(governs_until__isnull=True)
                | Q(governs_until__gte=F("governs_from")),
                violation_error_message=_("适用截止日期不得早于开始日期。"),
            ),
            models.CheckConstraint(
                name="scheme_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("imported_by")),
                violation_error_message=_("批准人不得是导入人。"),
            ),
            models.CheckConstraint(
                name="scheme_agreed_has_approver",
                condition=~Q(state__in=AGREED) | Q(approved_by__isnull=False, approved_at__isnull=False),
                violation_error_message=_("未经批准的版本不能发布。"),
            ),
            models.CheckConstraint(
                name="scheme_published_has_day",
                condition=~Q(state__in=(State.PUBLISHED, State.SUPERSEDED)) | Q(published_at__isnull=False),
                violation_error_message=_("已发布的版本须有发布时间。"),
            ),
        )
        indexes = (models.Index(fields=("scheme", "state"), name="scheme_by_state"),)
        triggers = (pgtrigger.FSM(name="scheme_steps", field="state", transitions=STEPS),)

    def __str__(self) -> str:
        return f"{self.scheme} v{self.number}"

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.title_zh if lang() == "zh" else self.title_en

    @property
    def is_open(self) -> bool:
        """Not yet in force, so it can still be checked, approved or dropped."""
        return self.state in OPEN

    @property
    def is_public(self) -> bool:
        """Was published once; anybody may read it."""
        return self.published_at is not None

    @property
    def agrees(self) -> bool:
        """The last check found every worked case in agreement, and there was at least one."""
        cases = (self.report or {}).get("cases", [])
        return bool(cases) and all(case["agrees"] for case in cases)


@append_only
class SchemeFile(models.Model):
    """One file of a version, byte for byte: scheme.toml, tables/*.csv, cases/*.toml, forms/*."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(_("文件"), max_length=200)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("大小"))

    class Meta:
        verbose_name = verbose_name_plural = _("政策文件")
        ordering = ("path",)
        constraints = (
            models.UniqueConstraint(
                fields=("version", "path"),
                name="scheme_file_once",
                violation_error_message=_("同一文件只能有一份。"),
            ),
        )

    def __str__(self) -> str:
        return self.path


@append_only(except_columns=("decision", "decided_by", "decided_at", "reason"))
class RegionalFact(models.Model):
    """A fact of the vocabulary (`facts.…`) that a bureau declares for its region by a decision document.

    Declared by one person, in effect once a second one approves it. Nothing is edited: a correction is a new row;
    the last approved one counts. An empty value takes the declaration back: the fact is unknown again.
    """

    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="facts", verbose_name=_("适用地区")
    )
    name = models.CharField(_("事实"), max_length=80)
    value = models.JSONField(_("内容"), null=True, blank=True)
    """As the vocabulary types it; a day as ISO text, a number as text."""
    declared_on = models.DateField(_("文件日期"))
    document_number = models.CharField(_("文号"), max_length=120)
    document = models.ForeignKey(
        "files.Attachment", on_delete=models.PROTECT, related_name="+", verbose_name=_("决定文件")
    )
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)

    decision = models.CharField(_("状态"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("地区事实")
        ordering = ("-declared_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("region", "name"),
                condition=Q(decision=Decision.OPEN),
                name="fact_one_open_declaration",
                violation_error_message=_("该事实已有一份待批准的申报，请先处理。"),
            ),
            models.CheckConstraint(
                name="fact_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("declared_by")),
                violation_error_message=_("批准人不得是申报人。"),
            ),
            models.CheckConstraint(
                name="fact_decided_by_somebody",
                condition=Q(decision=Decision.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision=Decision.OPEN) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                violation_error_message=_("决定须有决定人和时间。"),
            ),
        )
        triggers = (
            pgtrigger.FSM(name="fact_steps", field="decision", transitions=DECISIONS),
            pgtrigger.Protect(
                name="fact_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__decision=Decision.OPEN.value),
            ),
        )

    def __str__(self) -> str:
        return f"{self.region} · {self.name}"
