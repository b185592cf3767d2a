"""The security log, for auditors and system administrators."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import SecurityEvent
from keshi_web.accounts.queries import security_events_for
from keshi_web.accounts.views.words import event_line
from keshi_web.ui.forms import DateInput
from keshi_web.ui.lists import Column, Empty, ListPage


class EventFilters(django_filters.FilterSet):
    """By what happened and when."""

    kind = django_filters.ChoiceFilter(label=_("事件"), choices=SecurityEvent.Kind.choices)
    since = django_filters.DateFilter(
        label=_("自"), field_name="at", lookup_expr="date__gte", widget=DateInput()
    )
    until = django_filters.DateFilter(
        label=_("至"), field_name="at", lookup_expr="date__lte", widget=DateInput()
    )

    class Meta:
        model = SecurityEvent
        fields = ("kind",)


class SecurityLog(ListPage):
    """What happened to accounts."""

    title = _("安全日志")
    columns = (
        Column("at", _("时间"), kind="moment", sort="at"),
        Column("kind", _("事件"), value="get_kind_display", sort="kind"),
        Column("user", _("账号"), value="user.username"),
        Column("name", _("姓名"), value="user.name"),
        Column("by", _("操作人"), value="by.name"),
        Column("details", _("说明"), value=event_line),
        Column("address", _("网络地址")),
        Column("device", _("设备")),
    )
    filterset_class = EventFilters
    search_fields = ("user__username", "user__name")
    search_label = _("登录名或姓名")
    order = "-at"
    empty = Empty(_("还没有记录"), _("登录、角色变更等事件会记在这里。"), icon="shield-lock")

    def queryset(self, request: HttpRequest) -> QuerySet[SecurityEvent]:
        """What the reader may see."""
        return security_events_for(request.actor)
