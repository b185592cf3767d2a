"""The list of filings, and where a new one begins."""

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import OFFICE_ROLES, PROVIDERS, Role
from keshi_web.classes.forms import RegisterForm
from keshi_web.classes.lines import FilingLine, FilingLineQuerySet
from keshi_web.classes.services import drafts
from keshi_web.classes.workflow import FILING
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.common.vocabulary import training_types
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.ui.lists import Column, Empty, ListPage

TONES = {"grey": "neutral", "blue": "blue", "amber": "amber", "green": "green", "red": "red"}


class FilingFilters(django_filters.FilterSet):
    """What the list can be narrowed by."""

    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=lambda: [(state.key, state.label) for state in FILING.states],
        empty_label=_("全部"),
    )
    training_type = django_filters.ChoiceFilter(
        label=_("培训类型"), choices=training_types, empty_label=_("全部")
    )
    starts_from = django_filters.DateFilter(field_name="starts_on", lookup_expr="gte", label=_("开班日期自"))
    starts_until = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte", label=_("开班日期至"))

    class Meta:
        model = FilingLine
        fields = ()


class FilingList(ListPage):
    """Filings in the reader's scope."""

    title = _("开班备案")
    columns = (
        Column(
            "number",
            _("备案号"),
            link=lambda row: reverse("classes:filing", args=[row.number]),
            sort="number",
        ),
        Column("organisation", _("申报单位"), "organisation_name", sort="pinyin"),
        Column("project", _("培训项目"), sort="project"),
        Column("type", _("培训类型"), lambda row: dict(training_types()).get(row.training_type, "")),
        Column("people", _("人数"), "head_count", kind="number", sort="head_count"),
        Column("estimate", _("预计补贴（元）"), "estimate", kind="money", sort="estimate"),
        Column("starts_on", _("开班日期"), kind="day", sort="starts_on"),
        Column(
            "state",
            _("状态"),
            lambda row: (TONES[row.state_shown.tone], row.state_shown.label),
            kind="state",
        ),
        Column(
            "due",
            _("办结期限"),
            "due_on",
            kind="clock",
            sort="due_on",
            clock=lambda row: {"paused": row.suspended},
        ),
    )
    filterset_class = FilingFilters
    search_fields = ("text",)
    search_hint = _("备案号、培训项目或单位名称")
    order = "-number"
    empty = Empty(_("还没有备案"), _("新建备案后会显示在这里。"))
    template_name = "classes/list.html"

    def queryset(self, request: HttpRequest) -> QuerySet[FilingLine]:
        """Filings of the reader's jurisdiction or organisation."""
        return FilingLine.objects.visible_to(request.actor)

    def search(self, rows: QuerySet[FilingLine], text: str) -> QuerySet[FilingLine]:
        """Those with every word of the text."""
        return cast(FilingLineQuerySet, rows).holding(text)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader may begin a new one."""
        return {"may_file": request.actor.of_provider, "may_register": request.actor.role == Role.CLERK}


filings = allowed(*PROVIDERS, *OFFICE_ROLES)(FilingList.as_view())


@allowed(*PROVIDERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the notice and item under which to file."""
    organisation = Organisation.objects.select_related("region").get(pk=request.actor.organisation_id)
    error = ""
    if request.method == "POST":
        try:
            version = _version(request)
            filing = drafts.create_draft(
                organisation, version, request.POST.get("item", ""), by=request.actor
            )
            return redirect("classes:plan", filing.process.number)
        except Refusal as refusal:
            error = str(refusal)
    return render(request, "classes/new.html", {"choices": _choices(organisation), "error": error})


@allowed(Role.CLERK)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A clerk registers an application that came on paper, by fax, post or e-mail."""
    form = RegisterForm(request.POST or None)
    organisation: Organisation | None = None
    error = ""
    if request.method == "POST" and form.is_valid():
        organisation = form.cleaned_data["uscc"]
        assert organisation is not None
        if "item" in request.POST:
            try:
                filing = drafts.create_draft(
                    organisation,
                    _version(request),
                    request.POST["item"],
                    by=request.actor,
                    channel=form.cleaned_data["channel"],
                    received_on=form.cleaned_data["received_on"],
                )
                return redirect("classes:plan", filing.process.number)
            except Refusal as refusal:
                error = str(refusal)
    choices = _choices(organisation) if organisation else []
    context = {"form": form, "organisation": organisation, "choices": choices, "error": error}
    return render(request, "classes/register.html", context)


def _version(request: HttpRequest) -> SchemeVersion:
    raw = request.POST.get("version", "")
    return SchemeVersion.objects.select_related("region").get(pk=int(raw) if raw.isdecimal() else 0)


def _choices(organisation: Organisation) -> list[dict[str, Any]]:
    """The notices that cover the organisation, each with its items and whom they pay."""
    found = []
    for version in drafts.available(organisation, clock.today()):
        items = [
            {"id": rules.item.id, "title": getattr(rules.item.title, lang()), "clause": rules.item.clause}
            for rules in get(version).rules.values()
        ]
        found.append({"version": version, "items": items})
    return found
