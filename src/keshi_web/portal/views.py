"""Public pages: the directory of platforms and courses, honoured teachers, whether a letter is genuine."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from keshi_web.accounts.guards import public
from keshi_web.catalogue import queries
from keshi_web.catalogue.models import Listing, Teacher
from keshi_web.catalogue.views.common import standing_label
from keshi_web.common import clock
from keshi_web.documents.queries import find_by_code
from keshi_web.regions.models import Region
from keshi_web.ui.forms import BaseForm
from keshi_web.ui.lists import Column, Empty, ListPage


def _cities() -> list[tuple[str, str]]:
    """Regions that have a directory."""
    paths = Listing.objects.values("region")
    return [(one.key, str(one)) for one in Region.objects.filter(pk__in=paths).order_by("path")]


class DirectoryFilters(django_filters.FilterSet):
    """By city, kind, ground and how it stands today."""

    region = django_filters.ChoiceFilter(
        field_name="region__key", label=_("地区"), choices=_cities, empty_label=_("全部")
    )
    what = django_filters.ChoiceFilter(
        label=_("类别"),
        choices=[("platform", _("平台")), ("course", _("课程"))],
        method="of_kind",
        empty_label=_("全部"),
    )
    ground = django_filters.ChoiceFilter(
        label=_("依据"), choices=Listing.Ground.choices, empty_label=_("全部")
    )
    standing = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("listed", _("在目录内")), ("expired", _("已到期")), ("delisted", _("已移出"))],
        method="of_standing",
        empty_label=_("全部"),
    )

    class Meta:
        model = Listing
        fields = ()

    def of_kind(self, rows: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Platforms or courses."""
        return rows.exclude(**{value: None})

    def of_standing(self, rows: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """In force, expired or delisted today."""
        return queries.by_standing(rows, value, clock.today())


class Directory(ListPage):
    """Every platform and course that is or was listed, for everybody."""

    title = _("线上培训平台和课程目录")
    columns = (
        Column("name", _("名称"), template="portal/_thing.html", export=lambda row: str(row.subject)),
        Column("what", _("类别"), lambda row: gettext("平台") if row.platform_id else gettext("课程")),
        Column("holder", _("单位"), lambda row: getattr(_holder(row), "name", "")),
        Column("region", _("地区"), sort="region__path"),
        Column("ground", _("依据"), lambda row: row.get_ground_display(), sort="ground"),
        Column("clause", _("条款"), template="portal/_clause.html", export=lambda row: row.clause),
        Column("valid_from", _("自"), kind="day", sort="valid_from"),
        Column("valid_until", _("至"), kind="day", sort="valid_until"),
        Column(
            "standing",
            _("状态"),
            lambda row: (_standing(row), standing_label(_standing(row))),
            kind="state",
        ),
        Column(
            "delisted",
            _("移出日期和原因"),
            template="portal/_delisted.html",
            export=lambda row: row.delisted_reason,
        ),
    )
    filterset_class = DirectoryFilters
    search_fields = (
        "platform__name", "course__name", "platform__operator__name", "course__owner__name", "region__name",
    )  # fmt: skip
    search_label = _("名称、单位或地区")
    order = "region"
    empty = Empty(_("没有符合条件的平台或课程"), "", icon="device-laptop")
    template_name = "portal/list.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        """All that began."""
        return queries.directory(clock.today())

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """What the page is about."""
        return {
            "note": gettext(
                "列入目录的依据、期限和移出情况以各地通知为准。已移出的自移出之日起不能用于新的班级。"
            )
        }


def _standing(row: Listing) -> str:
    return row.standing(clock.today())


def _holder(row: Listing) -> Any:
    return row.platform.operator if row.platform else row.course.owner if row.course else None


class HonouredTeachers(ListPage):
    """Teachers with honours who agreed to be named."""

    title = _("高技能人才师资库")
    columns = (
        Column("name", _("姓名"), sort="name"),
        Column("organisation", _("所在单位"), "organisation.name", sort="organisation__pinyin"),
        Column("region", _("地区"), lambda row: str(row.organisation.region)),
        Column("title", _("职称或职业资格")),
        Column("subject", _("任教内容")),
        Column("honours", _("荣誉"), lambda row: "、".join(row.honours)),
    )
    search_fields = ("name", "organisation__name", "subject")
    search_label = _("姓名、单位或任教内容")
    order = "name"
    empty = Empty(_("还没有公开的教师"), _("经本人同意后列出。"), icon="school")
    template_name = "portal/list.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Teacher]:
        """Those who agreed."""
        return queries.public_teachers(clock.today())

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """What the page is about."""
        return {"note": gettext("只列出获得荣誉并书面同意公开的教师。")}


directory = public(Directory.as_view())
teachers = public(HonouredTeachers.as_view())


class CodeForm(BaseForm):
    """The code that stands on a letter."""

    code = forms.CharField(
        label=_("文书验证码"),
        max_length=60,
        help_text=_("文书末尾的16位验证码，字母不分大小写。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@public
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Whether a letter was issued here and still holds."""
    asked = "code" in request.GET
    form = CodeForm(request.GET if asked else None)
    found = find_by_code(form.cleaned_data["code"]) if asked and form.is_valid() else None
    context = {"form": form, "found": found, "asked": asked and form.is_valid()}
    response = render(request, "portal/check.html", context)
    response["Cache-Control"] = "no-store"
    # The code in the address opens the letter's facts; it is told to no other site.
    response["Referrer-Policy"] = "no-referrer"
    return response
