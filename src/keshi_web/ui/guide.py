"""The guide: every component in every state, for demonstrations and for the tests that look at it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter, FilterSet

from keshi_web.common import clock
from keshi_web.ui import context, navigation, shell
from keshi_web.ui.forms import BaseForm
from keshi_web.ui.lists import BulkAct, Column, Empty, ListPage, Query

_STATES = (
    ("received", gettext_lazy("待受理")),
    ("reviewing", gettext_lazy("审核中")),
    ("correcting", gettext_lazy("补正中")),
    ("approved", gettext_lazy("准予开班")),
    ("refused", gettext_lazy("不予开班")),
)
_PROVIDERS = (
    gettext_lazy("示例市某某镁质材料有限公司"),
    gettext_lazy("示例县某某服装加工厂"),
    gettext_lazy("示例区某某职业培训学校"),
)
_OCCUPATIONS = (gettext_lazy("家政服务员"), gettext_lazy("焊工（四级）"), gettext_lazy("育婴员（三级）"))


class SampleForm(BaseForm):
    """One field of every sort."""

    name = forms.CharField(label=gettext_lazy("班级名称"), help_text=gettext_lazy("将印在准予开班通知书上。"))
    hours = forms.IntegerField(label=gettext_lazy("课时"), min_value=1)
    starts_on = forms.DateField(label=gettext_lazy("开班日期"))
    level = forms.ChoiceField(
        label=gettext_lazy("等级"),
        choices=[("", gettext_lazy("请选择")), ("5", gettext_lazy("五级")), ("4", gettext_lazy("四级"))],
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("培训方式"),
        widget=forms.RadioSelect,
        choices=[("live", gettext_lazy("直播")), ("recorded", gettext_lazy("录播"))],
    )
    remarks = forms.CharField(
        label=gettext_lazy("说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    roster = forms.FileField(label=gettext_lazy("花名册"), help_text=gettext_lazy("xlsx，不超过 10 MB。"))
    promise = forms.BooleanField(label=gettext_lazy("以上内容真实，愿承担相应责任"))


@dataclass(frozen=True)
class SampleRow:
    """A filing of the guide."""

    pk: int
    state: tuple[str, str]
    due: date

    @property
    def number(self) -> str:
        return f"KB2020{self.pk:05}"

    @property
    def provider(self) -> str:
        return str(_PROVIDERS[self.pk % len(_PROVIDERS)])

    @property
    def occupation(self) -> str:
        return str(_OCCUPATIONS[self.pk % len(_OCCUPATIONS)])

    @property
    def people(self) -> int:
        return 20 + self.pk * 37 % 61

    @property
    def amount(self) -> int:
        return self.people * 72_000 + self.pk * 13

    def __str__(self) -> str:
        return self.number


class SampleFilters(FilterSet):
    """A filter by state."""

    state = ChoiceFilter(label=gettext_lazy("状态"), choices=_STATES, empty_label=gettext_lazy("全部"))


class SampleList(ListPage):
    """The list framework over rows that are in no table."""

    title = gettext_lazy("开班备案列表")
    columns = (
        Column(
            "number",
            gettext_lazy("备案号"),
            sort="number",
            link=lambda row: f"?q={row.number}",
            css="ks-nowrap",
        ),
        Column("provider", gettext_lazy("申报单位"), sort="provider"),
        Column("occupation", gettext_lazy("培训工种")),
        Column("people", gettext_lazy("人数"), kind="number", sort="people"),
        Column("amount", gettext_lazy("拟补贴（元）"), kind="money", sort="amount"),
        Column("state", gettext_lazy("状态"), kind="state"),
        Column("due", gettext_lazy("办结期限"), kind="clock", sort="due"),
    )
    search_fields = ("number",)
    search_label = gettext_lazy("备案号")
    search_hint = gettext_lazy("输入备案号")
    order = "number"
    row_template = "ui/guide/_row.html"
    bulk = (BulkAct(gettext_lazy("批量受理"), "?"),)
    empty = Empty(gettext_lazy("还没有备案"), gettext_lazy("企业提交开班备案后会出现在这里。"))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """The header of a page as a clerk has it."""
        return {"shell": _shell(request)}

    def select(self, request: HttpRequest, query: Query) -> Sequence[Any]:
        """Filters and orders in memory."""
        query.filters = SampleFilters(request.GET, queryset=ContentType.objects.none())
        rows = sample_rows(0 if "empty" in request.GET else 137)
        wanted = request.GET.get("state", "")
        rows = [row for row in rows if query.text in row.number and wanted in {"", row.state[0]}]
        key = query.sort.removeprefix("-")
        return sorted(rows, key=lambda row: getattr(row, key), reverse=query.sort.startswith("-"))


def sample_rows(count: int) -> list[SampleRow]:
    """Rows whose due days lie around today."""
    today = clock.today()
    return [
        SampleRow(n, (_STATES[n % 5][0], str(_STATES[n % 5][1])), today + timedelta(days=n % 9 - 2))
        for n in range(1, count + 1)
    ]


def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    for level, text in (
        (messages.SUCCESS, _("已保存。")),
        (messages.WARNING, _("还有 2 项材料没有上传。")),
    ):
        messages.add_message(request, level, text)
    faulty = SampleForm({"name": "", "hours": "x", "starts_on": "2020-13-01"}, auto_id="faulty_%s")
    today = clock.today()
    return render(
        request,
        "ui/guide/components.html",
        {**_sample(today, clock.now()), "shell": _shell(request), "form": SampleForm(), "faulty": faulty},
    )


@dataclass(frozen=True)
class _Person:
    name: str
    place: str


def _shell(request: HttpRequest) -> dict[str, Any]:
    """The header of a page as a clerk has it, whoever asks."""
    place = _("示例市人力资源和社会保障局")
    entries = (
        (_("工作台"), "layout-dashboard"),
        (_("开班备案"), "clipboard-check"),
        (_("学习台账"), "history"),
        (_("补贴审核"), "coin-yuan"),
        (_("公示"), "speakerphone"),
        (_("风险线索"), "shield-search"),
        (_("统计报送"), "chart-bar"),
    )
    return {
        **context.shell(request)["shell"],
        "actor": _Person(_("测试甲"), place),
        "role_label": _("经办人员"),
        "authority": place,
        "unread": 3,
        "inbox_url": "#top",
        "switch_url": request.path,
        "language_url": "/accounts/language/",
        "sign_out_url": "/accounts/sign-out/",
        "assignments": (
            shell.Assignment(1, _("经办人员"), place, current=True),
            shell.Assignment(2, _("科室负责人"), place),
        ),
        "items": [
            navigation.Item(str(n), label, icon, f"#entry-{n}", active=n == 1)
            for n, (label, icon) in enumerate(entries)
        ],
    }


def _sample(today: date, now: datetime) -> dict[str, Any]:
    return {
        "today": today,
        "now": now,
        "soon": today + timedelta(days=1),
        "later": today + timedelta(days=9),
        "past": today - timedelta(days=6),
        "steps": [_("提交"), _("核验"), _("审核"), _("复核"), _("开班")],
        "wizard": [
            {"label": _("培训计划"), "url": "#wizard", "status": "done"},
            {"label": _("课程与课时"), "url": "#wizard", "status": "fault", "note": _("2 处有误")},
            {"label": _("花名册"), "url": "#wizard", "status": "current"},
            {"label": _("承诺与材料"), "url": "", "status": "ahead"},
        ],
        "rows": sample_rows(4),
        "page": replace(_sample_page(), number=3),
        "sizes": (20, 50, 100),
        "kinds": ["neutral", "blue", "green", "amber", "red", "violet"],
        "chart": {
            "labels": ["3-2", "3-3", "3-4", "3-5", "3-6", "3-9", "3-10"],
            "units": [_("人数"), _("课时")],
            "series": [
                {"name": _("学习人数"), "kind": "bar", "values": [31, 44, 52, 58, 60, 61, 59]},
                {
                    "name": _("有效课时"),
                    "kind": "line",
                    "axis": 1,
                    "values": [90, 131, 160, 185, 192, 199, 188],
                },
            ],
        },
        "trail": [(_("工作台"), "#top"), (_("开班备案审核"), "#top")],
    }


def _sample_page() -> Any:
    from keshi_web.ui.paging import Page

    return Page(rows=sample_rows(20), number=1, size=20, count=137, more=False, follows=True)


def sign_in(request: HttpRequest) -> HttpResponse:
    """The layout of pages with one card."""
    return render(request, "ui/guide/sign_in.html", {"form": _SignInForm()})


class _SignInForm(BaseForm):
    username = forms.CharField(label=gettext_lazy("账号"))
    password = forms.CharField(label=gettext_lazy("密码"), widget=forms.PasswordInput)


def error(request: HttpRequest, status: int) -> HttpResponse:
    """An error page as a reader meets it."""
    known = status if status in {400, 403, 404, 500} else 404
    return render(request, f"{known}.html", status=known)
