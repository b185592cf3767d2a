"""The work queue: what is mine to do, what is under way here, what I have dealt with."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES
from keshi_web.common import clock
from keshi_web.ui.forms import DateInput
from keshi_web.ui.lists import BulkAct, Column, Empty, ListPage
from keshi_web.workflow import queries
from keshi_web.workflow.context import KINDS
from keshi_web.workflow.models import Process
from keshi_web.workflow.table import all_workflows


def _kinds() -> list[tuple[str, str]]:
    return [(one.name, str(one.title)) for one in all_workflows()]


def _states() -> list[tuple[str, str]]:
    """States of all workflows by label; one choice for states of several workflows that are called the same."""
    found: dict[str, list[str]] = {}
    for workflow in all_workflows():
        for state in workflow.states:
            found.setdefault(str(state.label), []).append(state.key)
    return [(",".join(sorted(set(keys))), label) for label, keys in found.items()]


class QueueFilters(FilterSet):
    """What narrows the queue."""

    kind = ChoiceFilter(label=gettext_lazy("事项"), choices=_kinds, empty_label=gettext_lazy("全部"))
    state = ChoiceFilter(
        label=gettext_lazy("状态"), choices=_states, method="of_state", empty_label=gettext_lazy("全部")
    )
    text = CharFilter(
        label=gettext_lazy("编号、名称或单位"),
        method="holding",
        widget=forms.TextInput(attrs={"maxlength": 100}),
    )
    due_from = DateFilter(
        label=gettext_lazy("期限自"), field_name="due_on", lookup_expr="gte", widget=DateInput
    )
    due_until = DateFilter(
        label=gettext_lazy("期限至"), field_name="due_on", lookup_expr="lte", widget=DateInput
    )
    who = ChoiceFilter(
        label=gettext_lazy("承办人"),
        method="of_whom",
        empty_label=gettext_lazy("全部"),
        choices=[("me", gettext_lazy("本人")), ("nobody", gettext_lazy("待认领"))],
    )
    scope = ChoiceFilter(
        label=gettext_lazy("范围"),
        method="as_it_is",
        empty_label=gettext_lazy("本机构"),
        choices=[("below", gettext_lazy("本机构及下级机构"))],
    )

    class Meta:
        model = Process
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        actor = self.request.actor
        if not actor.of_bureau:
            del self.filters["who"], self.filters["scope"]
        elif not (self.request.queue_has_scope and (actor.leads or not actor.reviews)):
            del self.filters["scope"]

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(state__in=value.split(","))

    def holding(self, rows: Any, name: str, value: str) -> Any:
        return rows.holding(value)

    def of_whom(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(assignee_id=self.request.actor.user_id if value == "me" else None)

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        """The page's own query has seen to it."""
        return rows


def _clock(process: Process) -> dict[str, Any]:
    run = next((one for one in process.running_clocks if one.name == process.due_clock), None)
    left = run.left(process.due_on, clock.today()) if run and process.due_on else None
    return {
        "left": left,
        "paused": process.suspended and process.due_on is None,
        "done": process.closed_at,
    }


class QueuePage(ListPage):
    """The three lists have their columns, filters and order in common."""

    filterset_class = QueueFilters
    order = "due"
    columns = (
        Column("number", gettext_lazy("编号"), link=lambda row: row.url, sort="number"),
        Column("kind", gettext_lazy("事项"), value=lambda row: row.workflow.title),
        Column("title", gettext_lazy("名称"), sort="title"),
        Column(
            "organisation", gettext_lazy("申报单位"), value="organisation.name", sort="organisation__pinyin"
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            kind="state",
            value=lambda row: (row.state, str(row.state_shown.label), KINDS[row.state_shown.tone]),
            export=lambda row: str(row.state_shown.label),
        ),
        Column("office", gettext_lazy("经办机构"), value=lambda row: str(row.office)),
        Column(
            "assignee", gettext_lazy("承办人"), value=lambda row: row.assignee.name if row.assignee else ""
        ),
        Column(
            "due",
            gettext_lazy("办结期限"),
            kind="clock",
            value=lambda row: row.due_on,
            clock=_clock,
            sort="due_on",
        ),
    )
    template_name = "workflow/queue.html"
    row_template = "workflow/_queue_row.html"
    tab = "mine"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        request.queue_has_scope = self.tab == "open"
        actor = getattr(request, "actor", None)
        needless = {"office"} if self.tab == "mine" else set()
        if actor is not None and not actor.of_bureau:
            needless = {"organisation", "assignee"}
        self.columns = tuple(one for one in self.columns if one.key not in needless)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = request.actor
        told = {"actor": actor, "tab": self.tab, f"at_{self.tab}": True}
        if request.htmx and not request.htmx.boosted:
            return told  # the cards are not on this part of the page
        return {**told, "counts": queries.counts(actor), "today": clock.today()}


class MyQueue(QueuePage):
    """What waits for the reader."""

    title = gettext_lazy("待我办理")
    empty = Empty(
        gettext_lazy("没有待办事项"),
        gettext_lazy("新的事项到来时会出现在这里，并在“消息”中提醒。"),
        icon="mood-smile",
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.bulk = _bulk_acts(request)

    def queryset(self, request: HttpRequest) -> QuerySet[Process]:
        return queries.shown(Process.objects.waiting_for(request.actor))


class UnderWay(QueuePage):
    """What is under way at the reader's office, or of their organisation."""

    title = gettext_lazy("本机构在办")
    tab = "open"

    def queryset(self, request: HttpRequest) -> QuerySet[Process]:
        below = request.GET.get("scope") == "below"
        return queries.shown(queries.open_here(request.actor, below=below))


class Done(QueuePage):
    """What the reader has dealt with, the latest first."""

    title = gettext_lazy("已办")
    tab = "done"
    order = "-changed_at"

    def queryset(self, request: HttpRequest) -> QuerySet[Process]:
        return queries.shown(queries.worked_on(request.actor))


def _bulk_acts(request: HttpRequest) -> list[BulkAct]:
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    acts = []
    flows = [(flow, queries.bulk_transitions(flow.name, actor.role)) for flow in all_workflows()]
    several = sum(bool(found) for _flow, found in flows) > 1
    for flow, found in flows:
        for one in found:
            label = _("批量%(act)s") % {"act": one.label}
            acts.append(
                BulkAct(
                    f"{flow.title}：{label}" if several else label,
                    reverse("workflow:bulk", args=[flow.name, one.event]),
                    kind=one.tone,
                )
            )
    return acts


_workers = allowed(*OFFICE_ROLES, *ORGANISATION_ROLES)
queue = _workers(MyQueue.as_view())
under_way = _workers(UnderWay.as_view())
done = _workers(Done.as_view())
