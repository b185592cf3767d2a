"""Platforms, courses, teachers, and the directory's acts."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, OFFICE_ROLES, ORGANISATION_ROLES, PROVIDERS
from keshi_web.catalogue import queries
from keshi_web.catalogue.forms import HONOURS, CourseForm, ListingForm, PlatformForm, ReasonForm, TeacherForm
from keshi_web.catalogue.models import Course, Listing, Occupation, Platform, Teacher
from keshi_web.catalogue.services import delist as delist_act
from keshi_web.catalogue.services import list_platform, save_course, save_platform, save_teacher
from keshi_web.catalogue.services.directory import is_bound
from keshi_web.catalogue.signals import uses_of
from keshi_web.catalogue.views.common import READERS, form_page, listing_rows
from keshi_web.catalogue.views.registrations import wanted_of
from keshi_web.common import clock
from keshi_web.ui.lists import Column, Empty, ListPage


class PlatformList(ListPage):
    """Platforms."""

    title = _("线上培训平台")
    columns = (
        Column(
            "name", _("平台名称"), sort="name", link=lambda row: reverse("catalogue:platform", args=[row.pk])
        ),
        Column("kind", _("平台类型"), lambda row: row.get_kind_display(), sort="kind"),
        Column("operator", _("运营单位"), "operator.name", sort="operator__pinyin"),
        Column("url", _("网址"), "url", css="text-break"),
        Column(
            "free",
            _("免费"),
            lambda row: ("green", gettext("免费")) if row.free else ("neutral", gettext("未注明")),
            kind="state",
        ),
    )
    search_fields = ("name", "operator__name", "url")
    search_hint = _("平台、单位或网址")
    order = "name"
    empty = Empty(
        _("还没有平台"), _("通知推荐的平台在政策发布时列入；自有平台由单位登记。"), icon="device-laptop"
    )
    template_name = "catalogue/platforms.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Platform]:
        """Those listed, and the reader's own or in the jurisdiction."""
        return queries.platforms_for(request.actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader keeps platforms."""
        return {"may_add": request.actor.of_organisation}


class CourseList(ListPage):
    """Courses."""

    title = _("线上课程")
    columns = (
        Column(
            "name", _("课程名称"), sort="name", link=lambda row: reverse("catalogue:course", args=[row.pk])
        ),
        Column("owner", _("开发单位"), "owner.name", sort="owner__pinyin"),
        Column("occupation", _("职业（工种）"), lambda row: row.occupation or ""),
        Column("minutes", _("视频（分钟）"), "video_minutes", kind="number", sort="video_minutes"),
        Column("platform", _("所在平台"), lambda row: row.platform or ""),
    )
    search_fields = ("name", "owner__name", "occupation__name")
    search_hint = _("课程、单位或职业")
    order = "name"
    empty = Empty(_("还没有课程"), _("由企业、培训机构和平台登记自己的课程。"), icon="book")
    template_name = "catalogue/courses.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Course]:
        """Those listed, and the reader's own or in the jurisdiction."""
        return queries.courses_for(request.actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader keeps courses."""
        return {"may_add": request.actor.of_organisation}


class TeacherList(ListPage):
    """The register of teachers: a provider's own; for the bureau those with honours."""

    title = _("教师库")
    columns = (
        Column("name", _("姓名"), sort="name"),
        Column("organisation", _("所在单位"), "organisation.name", sort="organisation__pinyin"),
        Column("title", _("职称或职业资格")),
        Column("subject", _("任教内容")),
        Column("honours", _("荣誉"), lambda row: "、".join(row.honours)),
        Column(
            "public",
            _("公开"),
            lambda row: (
                ("green", gettext("同意公开")) if row.consented_on else ("neutral", gettext("不公开"))
            ),
            kind="state",
        ),
        Column("until", _("至"), kind="day", sort="until"),
    )
    search_fields = ("name", "organisation__name", "subject")
    search_hint = _("姓名、单位或任教内容")
    order = "name"
    empty = Empty(_("还没有教师"), _("由企业和培训机构登记；人社部门可以查看获得荣誉的教师。"), icon="school")
    template_name = "catalogue/teachers.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Teacher]:
        """The organisation's own, or the honoured ones of the jurisdiction."""
        return queries.teachers_for(request.actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader keeps teachers."""
        return {"may_add": request.actor.of_provider}


class OwnTeacherList(TeacherList):
    """A provider's own register, each row with its form."""

    columns = (
        Column("name", _("姓名"), sort="name", link=lambda row: reverse("catalogue:teacher", args=[row.pk])),
        *TeacherList.columns[2:],
    )


platforms = allowed(*READERS)(PlatformList.as_view())
courses = allowed(*READERS)(CourseList.as_view())
_all_teachers = TeacherList.as_view()
_own_teachers = OwnTeacherList.as_view()


@allowed(*OFFICE_ROLES, *PROVIDERS)
def teachers(request: HttpRequest) -> Any:
    """The register."""
    return (_own_teachers if request.actor.of_provider else _all_teachers)(request)


# ---------------------------------------------------------------------------------------------------------
# Platforms


@allowed(*READERS)
@require_GET
def platform(request: HttpRequest, pk: int) -> HttpResponse:
    """A platform: what it is, why it may be used where, its courses and evaluations."""
    found = get_object_or_404(queries.platforms_for(request.actor), pk=pk)
    listings = list(queries.listings_of(found))
    context = {
        "platform": found,
        "listings": listing_rows(listings, queries.scheme_titles(one.scheme for one in listings)),
        "courses": queries.courses_for(request.actor).filter(platform=found).order_by("name"),
        "evaluations": queries.evaluations_for(request.actor).filter(platform=found).order_by("-pk"),
        "may_edit": queries.may_edit(request.actor, found.operator_id),
        "may_apply": request.actor.of_organisation and not _recommended(request, listings),
        "may_list": queries.may_list(request.actor),
        "may_delist": _delistable(request, listings),
        "registrations": wanted_of(request, found),
    }
    return render(request, "catalogue/platform.html", context)


def _recommended(request: HttpRequest, listings: list[Listing]) -> bool:
    """Whether the platform is recommended where the reader stands, so that it needs no evaluation."""
    place, day = queries.place_of(request.actor), clock.today()
    return any(
        one.ground == Listing.Ground.RECOMMENDED
        and place.startswith(one.region.path)
        and one.standing(day) in ("listed", "expiring")
        for one in listings
    )


def _delistable(request: HttpRequest, listings: list[Listing]) -> set[int]:
    day = clock.today()
    return {
        one.pk
        for one in listings
        if request.actor.leads
        and request.actor.covers(one.region.path)
        and one.standing(day) in ("ahead", "listed", "expiring")
    }


@allowed(*ORGANISATION_ROLES)
@require_http_methods(["GET", "POST"])
def platform_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a platform of one's own."""
    own = Platform.objects.filter(operator=request.actor.organisation_id)
    found = get_object_or_404(own, pk=pk) if pk else None
    form = PlatformForm(request.POST or None, instance=found)
    return form_page(
        request,
        form,
        lambda data: save_platform(pk, data, by=request.actor),
        title=gettext("修改平台") if found else gettext("登记平台"),
        done=gettext("已保存。"),
        back=reverse("catalogue:platform", args=[pk]) if pk else reverse("catalogue:platforms"),
        onwards=lambda made: reverse("catalogue:platform", args=[made.pk]),
        bound=found is not None and is_bound(found),
    )


@allowed(*LEADERS)
@require_http_methods(["GET", "POST"])
def list_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Recommend a platform: it stands in the directory without an evaluation."""
    found = get_object_or_404(queries.platforms_for(request.actor), pk=pk)
    form = ListingForm(request.POST or None, actor=request.actor, initial={"valid_from": clock.today()})
    return form_page(
        request,
        form,
        lambda data: list_platform(found, by=request.actor, **data),
        title=gettext("推荐平台：%(name)s") % {"name": found},
        done=gettext("已列入目录。"),
        back=reverse("catalogue:platform", args=[pk]),
    )


@allowed(*LEADERS)
@require_http_methods(["GET", "POST"])
def delist(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a platform or course out of the directory."""
    rows = Listing.objects.filter(region__path__startswith=request.actor.office.path)
    listing = get_object_or_404(rows.select_related("platform", "course", "region"), pk=pk)
    name = "platform" if listing.platform_id else "course"
    return form_page(
        request,
        ReasonForm(request.POST or None),
        lambda data: delist_act(listing.pk, data["reason"], by=request.actor),
        title=gettext("移出目录：%(name)s") % {"name": listing.subject},
        note=gettext("移出后不能再用于新的班级，原因会在公开目录中列出；此前已批准的班级不受影响。"),
        uses=uses_of(listing, request.actor),
        submit=gettext("移出目录"),
        template="catalogue/delist.html",
        done=gettext("已移出目录。"),
        back=reverse(f"catalogue:{name}", args=[listing.subject.pk]),
    )


# ---------------------------------------------------------------------------------------------------------
# Courses and teachers


@allowed(*READERS)
@require_GET
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """A course: what it teaches, and why it may be used where."""
    found = get_object_or_404(queries.courses_for(request.actor), pk=pk)
    listings = list(queries.listings_of(found))
    context = {
        "course": found,
        "listings": listing_rows(listings, queries.scheme_titles(one.scheme for one in listings)),
        "evaluations": queries.evaluations_for(request.actor).filter(course=found).order_by("-pk"),
        "may_edit": queries.may_edit(request.actor, found.owner_id),
        "may_delist": _delistable(request, listings),
    }
    return render(request, "catalogue/course.html", context)


@allowed(*ORGANISATION_ROLES)
@require_http_methods(["GET", "POST"])
def course_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a course of one's own."""
    own = Course.objects.filter(owner=request.actor.organisation_id)
    found = get_object_or_404(own, pk=pk) if pk else None
    form = CourseForm(request.POST or None, instance=found, actor=request.actor)
    return form_page(
        request,
        form,
        lambda data: save_course(pk, data, by=request.actor),
        title=gettext("修改课程") if found else gettext("登记课程"),
        done=gettext("已保存。"),
        back=reverse("catalogue:course", args=[pk]) if pk else reverse("catalogue:courses"),
        onwards=lambda made: reverse("catalogue:course", args=[made.pk]),
        bound=found is not None and is_bound(found),
        occupations=Occupation.objects.order_by("code")[:600],
    )


@allowed(*PROVIDERS)
@require_http_methods(["GET", "POST"])
def teacher_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a teacher of one's own."""
    own = Teacher.objects.filter(organisation=request.actor.organisation_id)
    found = get_object_or_404(own, pk=pk) if pk else None
    form = TeacherForm(
        request.POST or None, instance=found, initial={"since": clock.today()} if not found else {}
    )
    return form_page(
        request,
        form,
        lambda data: save_teacher(pk, data, by=request.actor),
        title=gettext("修改教师") if found else gettext("登记教师"),
        note=gettext("常见荣誉：%(honours)s。") % {"honours": "、".join(HONOURS)},
        done=gettext("已保存。"),
        back=reverse("catalogue:teachers"),
    )
