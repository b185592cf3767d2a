"""Which notices there are: for people at work, and for everybody."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from keshi_web.accounts.guards import allowed, public
from keshi_web.accounts.roles import Role
from keshi_web.schemes import anchors, queries, services
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State
from keshi_web.schemes.views.common import READERS
from keshi_web.ui.forms import DateInput
from keshi_web.ui.lists import Column, Empty, ListPage


class Filters(FilterSet):
    """By place, state and the day a class starts."""

    region = CharFilter(label=_("适用地区"), method="of_region")
    state = ChoiceFilter(label=_("状态"), choices=State.choices, empty_label=_("全部"))
    day = DateFilter(label=_("适用于此日开班"), method="of_day", widget=DateInput())

    def of_region(self, rows: QuerySet[SchemeVersion], _name: str, text: str) -> QuerySet[SchemeVersion]:
        """By a name or code of the region."""
        return queries.of_region(rows, text)

    def of_day(self, rows: QuerySet[SchemeVersion], _name: str, day: Any) -> QuerySet[SchemeVersion]:
        """In force for classes that start then."""
        return rows.filter(pk__in=queries.governing(day).values("pk"))


COLUMNS = (
    Column("title", _("政策名称"), link=anchors.page_url, sort=("title_zh",), css="schemes-title"),
    Column("notice", _("文号"), sort="notice"),
    Column("region", _("适用地区"), sort="region__path"),
    Column("number", _("版本"), value=lambda version: f"v{version.number}", sort="number"),
    Column("period", _("适用开班日期"), value=services.period_text, sort=("governs_from", "governs_until")),
    Column("issued_on", _("发文日期"), kind="day", sort="issued_on"),
    Column("state", _("状态"), kind="state", value=lambda v: (v.state, v.get_state_display()), sort="state"),
)


@method_decorator(allowed(*READERS), name="dispatch")
class Schemes(ListPage):
    """Every version the reader sees."""

    title = _("政策")
    columns = (Column("title", _("政策名称"), link=lambda version: reverse("schemes:detail", args=[version.pk]),
                      sort=("title_zh",), css="schemes-title"), *COLUMNS[1:])  # fmt: skip
    filterset_class = Filters
    search_fields = ("title_zh", "title_en", "notice", "scheme")
    search_label = _("名称或文号")
    order = "region"
    template_name = "schemes/list.html"
    empty = Empty(_("还没有政策"), _("由各地人社部门的经办人员上传，经负责人批准后发布。"), icon="book-2")

    def queryset(self, request: HttpRequest) -> QuerySet[SchemeVersion]:
        """Published ones, and those being prepared in the reader's part of the tree."""
        return queries.seen_by(request.actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader may upload."""
        actor = request.actor
        return {"may_upload": actor.role == Role.CLERK, "of_bureau": actor.of_bureau}


@method_decorator(public, name="dispatch")
class PublicSchemes(ListPage):
    """Published versions, for everybody."""

    title = _("现行政策")
    columns = COLUMNS
    filterset_class = Filters
    search_fields = ("title_zh", "title_en", "notice", "scheme")
    search_label = _("名称或文号")
    order = "region"
    template_name = "schemes/public_list.html"
    empty = Empty(_("还没有发布的政策"), "", icon="book-2")

    def queryset(self, request: HttpRequest) -> QuerySet[SchemeVersion]:
        """Those in force or once in force."""
        return queries.public()


Schemes.allowed_roles = frozenset(Role(role) for role in READERS)  # type: ignore[attr-defined]
PublicSchemes.allowed_roles = None  # type: ignore[attr-defined]
