"""The region tree: administrative divisions with the years they existed, and offices that have no code.

A jurisdiction is a place in this tree. Its `path` names every region above it, so "inside this office's part"
is a comparison of text beginnings that one index answers.
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from keshi_web.common.language import lang


class Level(models.TextChoices):
    """How high a region stands."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    DISTRICT = "district", _("区县级")


class Kind(models.TextChoices):
    """What a region is."""

    DIVISION = "division", _("行政区划")
    OFFICE = "office", _("无代码的功能区机构")


class RegionQuerySet(models.QuerySet["Region"]):
    """Regions by place and by day."""

    def within(self, path: str) -> Self:
        """The region of this path and everything below it."""
        return self.filter(path__startswith=path)

    def valid_on(self, day: date) -> Self:
        """Those that existed on a day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )

    def find(self, code: str, day: date) -> "Region | None":
        """The region that answers for a code on a day, or None for an unknown code.

        A code that was withdrawn leads to its successor (371202 on a day of 2020: 370116), however many
        there are in between. A withdrawn code without a successor, and one that begins only later, give the
        holder nearest to the day: numbers in old papers stay readable.
        """
        holders = list(self.filter(code=code).order_by(F("valid_from").asc(nulls_first=True)))
        if not holders:
            return None
        begun = [region for region in holders if region.valid_from is None or region.valid_from <= day]
        valid = [region for region in begun if region.valid_until is None or region.valid_until >= day]
        region = (valid or begun or holders[:1])[-1]
        seen = set()
        while region.valid_until and region.valid_until < day and region.successor_id not in (None, *seen):
            seen.add(region.pk)
            region = self.get(pk=region.successor_id)
        return region


class Region(models.Model):
    """A division, or an office without a code; one row for each holder of a code in turn.

    `key` is the code, or the code and the last year for its earlier holders (440203-2002), or a slug for an
    office (370100-gaoxin). Days are null where the register knows no beginning or no end.
    """

    key = models.TextField(_("标识"), unique=True)
    code = models.CharField(_("行政区划代码"), max_length=6, blank=True, db_index=True)
    name = models.TextField(_("名称"))
    name_en = models.TextField(_("英文名称"))
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices, default=Kind.DIVISION)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    # A unique text column gets a second index with text_pattern_ops from Django: within() is an index scan.
    path = models.TextField(_("路径"), unique=True)
    valid_from = models.DateField(_("自"), null=True, blank=True)
    valid_until = models.DateField(_("至"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("继任"),
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("地区")
        ordering = ("path",)
        constraints = (
            models.CheckConstraint(
                name="region_code_has_six_digits",
                condition=Q(code="") | Q(code__regex=r"^[1-9][0-9]{5}$"),
                violation_error_message=_("行政区划代码为六位数字。"),
            ),
            models.CheckConstraint(
                name="region_division_has_code",
                condition=Q(kind=Kind.OFFICE, code="") | Q(kind=Kind.DIVISION) & ~Q(code=""),
                violation_error_message=_("行政区划须有代码，功能区机构没有代码。"),
            ),
            models.CheckConstraint(
                name="region_path_ends_with_key",
                condition=Q(path__startswith="/", path__endswith=Concat(F("key"), Value("/"))),
                violation_error_message=_("路径须以本地区的标识结尾。"),
            ),
            models.CheckConstraint(
                name="region_days_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
        )

    def __str__(self) -> str:
        return self.name_en if lang() == "en" and self.name_en else self.name

    @property
    def bureau_name(self) -> str:
        """The human-resources authority of this region, as it signs letters: always in Chinese.

        陕西省人力资源和社会保障厅, 营口市人力资源和社会保障局; a district or office below a city has the city's name
        before its own (韶关市武江区…), unless it bears it already (安康高新区…).
        """
        if self.level == Level.PROVINCE and self.name.endswith(("省", "自治区")):
            return f"{self.name}人力资源和社会保障厅"
        above = self.parent.name if self.level == Level.DISTRICT and self.parent else ""
        if not above.endswith("市") or self.name.startswith(above.removesuffix("市")):
            above = ""
        return f"{above}{self.name}人力资源和社会保障局"

    def covers(self, path: str) -> bool:
        """Whether a place in the tree is this region or lies inside it."""
        return path.startswith(self.path)

    def ancestors(self) -> list[str]:
        """Keys of the regions above, the province first."""
        return self.path.strip("/").split("/")[:-1]
