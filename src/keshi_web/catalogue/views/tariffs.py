"""Standards of the region: the list, a table with its rows, entry, approval, looking one up."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi.problems import BadInput
from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, Role
from keshi_web.catalogue import queries
from keshi_web.catalogue.forms import LookUpForm, ReasonForm, TariffForm, versions_for
from keshi_web.catalogue.models import Occupation, TariffTable
from keshi_web.catalogue.reading import rows_of_attachment
from keshi_web.catalogue.services import approve_tariffs, enter_tariffs, refuse_tariffs
from keshi_web.catalogue.services.tariffs import displaced, look_up, may_decide
from keshi_web.catalogue.views.common import READERS, acting, form_page
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.common.vocabulary import label
from keshi_web.documents.data import number as exact
from keshi_web.files.kinds import WORKBOOKS
from keshi_web.files.responses import attachment_response
from keshi_web.files.services import store
from keshi_web.schemes.library import get
from keshi_web.schemes.queries import for_place, in_force
from keshi_web.ui.lists import Column, Empty, ListPage

DECISION_KINDS = {"open": "amber", "approved": "green", "refused": "red", "replaced": "neutral"}
FACTS_OF_KEYS = {"certificate": "trainee.certificate.kind", "training_type": "class.training_type"}


class TariffFilters(django_filters.FilterSet):
    """By state."""

    decision = django_filters.ChoiceFilter(
        label=_("状态"), choices=TariffTable.Decision.choices, empty_label=_("全部")
    )

    class Meta:
        model = TariffTable
        fields = ()


class TariffList(ListPage):
    """Tables that the regions entered."""

    title = _("补贴标准")
    columns = (
        Column(
            "scheme", _("政策"), sort="scheme", link=lambda row: reverse("catalogue:tariff", args=[row.pk])
        ),
        Column("table", _("标准表"), sort="table"),
        Column("region", _("地区"), sort="region__path"),
        Column("rows", _("行数"), lambda row: len(row.rows), kind="number"),
        Column("valid_from", _("自"), kind="day", sort="valid_from"),
        Column("ends_on", _("至"), kind="day", sort="ends_on"),
        Column("document", _("依据文件"), sort="document"),
        Column(
            "decision",
            _("状态"),
            lambda row: (DECISION_KINDS[row.decision], row.get_decision_display()),
            kind="state",
            sort="decision",
        ),
    )
    filterset_class = TariffFilters
    search_fields = ("scheme", "table", "document", "region__name")
    order = "-valid_from"
    empty = Empty(
        _("还没有录入本地区的补贴标准"),
        _("没有录入的，按政策文件自带的标准表；示例标准在算例中会注明。"),
        icon="coin-yuan",
    )
    template_name = "catalogue/tariffs.html"

    def queryset(self, request: HttpRequest) -> QuerySet[TariffTable]:
        """Those that apply where the reader stands, and for the bureau those of its jurisdiction."""
        return queries.tariffs_for_reader(request.actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader may enter one."""
        return {"may_enter": request.actor.role == Role.CLERK}


tariffs = allowed(*READERS)(TariffList.as_view())


def _table(request: HttpRequest, pk: int) -> TariffTable:
    rows = queries.tariffs_for_reader(request.actor).select_related("source")
    found: TariffTable = get_object_or_404(rows, pk=pk)
    return found


@allowed(*READERS)
@require_GET
def tariff(request: HttpRequest, pk: int) -> HttpResponse:
    """A table with its rows, what it replaces, and the second person's decision."""
    found = _table(request, pk)
    version = in_force(found.scheme, clock.today()) or queries.scheme_titles([found.scheme]).get(found.scheme)
    spec = get(version).file.tables.get(found.table) if version else None
    columns = [*(spec.keys if spec else ()), *((spec.value,) if spec else ()), "valid_from", "valid_to"]
    columns += sorted({name for row in found.rows for name in row} - set(columns))
    same = queries.tariffs_for_reader(request.actor).filter(
        scheme=found.scheme, table=found.table, region=found.region
    )
    context = {
        "tariff": found,
        "version": version,
        "spec_text": getattr(spec.text, lang()) if spec else found.table,
        "kind": DECISION_KINDS[found.decision],
        "columns": [(name, column_label(name)) for name in columns],
        "rows": [
            [(column_label(name), cell_text(name, row.get(name))) for name in columns] for row in found.rows
        ],
        "history": same.exclude(pk=pk).order_by("-valid_from", "-pk"),
        "displaced": displaced(found) if found.decision == TariffTable.Decision.OPEN else None,
        "may_decide": found.decision == TariffTable.Decision.OPEN and may_decide(found, request.actor),
        "own_entry": found.decision == TariffTable.Decision.OPEN
        and request.actor.user_id == found.entered_by_id,
    }
    return render(request, "catalogue/tariff.html", context)


def column_label(name: str) -> str:
    """The words for a column of a table."""
    words = {
        "occupation": gettext("职业编码"),
        "level": gettext("技能等级"),
        "certificate": gettext("证书"),
        "training_type": gettext("培训类型"),
        "amount": gettext("金额（元）"),
        "share": gettext("比例"),
        "class_hours": gettext("课时"),
        "valid_from": gettext("自"),
        "valid_to": gettext("至"),
    }
    return words.get(name, name)


def cell_text(name: str, value: Any) -> str:
    """A cell in words: a choice of the vocabulary by its label."""
    if value is None:
        return ""
    return label(FACTS_OF_KEYS[name], str(value)) if name in FACTS_OF_KEYS else str(value)


@allowed(*READERS)
@require_GET
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploaded file."""
    found = _table(request, pk)
    if found.source is None or not request.actor.of_bureau:
        raise Http404
    return attachment_response(found.source)


@allowed(Role.CLERK)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a table by upload."""
    form = TariffForm(
        request.POST or None,
        request.FILES or None,
        actor=request.actor,
        initial={"valid_from": clock.today()},
    )

    @transaction.atomic  # a table that cannot be read is not kept
    def act(data: dict[str, Any]) -> TariffTable:
        version, name, _label = form.tables[data["table"]]
        attachment = store(data["file"], actor_id=request.actor.user_id, purpose="tariffs", allowed=WORKBOOKS)
        return enter_tariffs(
            version, name, rows_of_attachment(attachment), by=request.actor, valid_from=data["valid_from"],
            valid_until=data["valid_until"], document=data["document"], source=attachment,
        )  # fmt: skip

    formats = [
        {"label": text, "columns": [*spec.keys, spec.value, "valid_from", "valid_to"]}
        for version, name, text in form.tables.values()
        for spec in [get(version).file.tables[name]]
    ]
    return form_page(
        request,
        form,
        act,
        title=gettext("录入补贴标准"),
        done=gettext("已录入，待另一人审批。"),
        back=reverse("catalogue:tariffs"),
        onwards=lambda made: reverse("catalogue:tariff", args=[made.pk]),
        template="catalogue/tariff_form.html",
        formats=formats,
    )


@allowed(*LEADERS)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person agrees."""
    found = _table(request, pk)
    return acting(
        request,
        lambda: approve_tariffs(found.pk, by=request.actor),
        gettext("已批准。"),
        reverse("catalogue:tariff", args=[pk]),
    )


@allowed(*LEADERS)
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person does not agree."""
    found = _table(request, pk)
    return form_page(
        request,
        ReasonForm(request.POST or None),
        lambda data: refuse_tariffs(found.pk, data["reason"], by=request.actor),
        title=gettext("不批准此标准"),
        done=gettext("已退回。"),
        back=reverse("catalogue:tariff", args=[pk]),
    )


@allowed(*READERS)
@require_GET
def looked_up(request: HttpRequest) -> HttpResponse:
    """Which row applies to an occupation, level and certificate on a day."""
    actor = request.actor
    place = queries.place_of(actor)
    versions = versions_for(actor) if actor.of_bureau else for_place(place, clock.today())
    form = LookUpForm(
        request.GET if "version" in request.GET else None,
        versions=versions,
        initial={"day": clock.today()},
    )
    found: list[dict[str, Any]] = []
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        version = form.versions[data["version"]]
        # A leader of the province looks at the region of the notice, a district at itself.
        path = place if place.startswith(version.region.path) else version.region.path
        occupation = data["occupation"]
        asked = {**data, "occupation": occupation.code if occupation else None}
        try:
            found = [_shown(one) for one in look_up(get(version), path, data["day"], asked)]
        except BadInput as error:
            form.add_error(None, "；".join(one.text(lang()) for one in error.problems))
    context = {"form": form, "found": found, "occupations": Occupation.objects.order_by("code")[:600]}
    return render(request, "catalogue/look_up.html", context, status=422 if form.errors else 200)


def _shown(found: Any) -> dict[str, Any]:
    return {
        "text": getattr(found.spec.text, lang()),
        "clause": found.spec.clause,
        "value": None if found.value is None else exact(found.value),
        "unit": {"yuan": gettext("元"), "class_hour": gettext("课时")}.get(found.spec.unit, ""),
        "row": [
            (column_label(name), cell_text(name, value) or gettext("不限"))
            for name, value in (found.row or {}).items()
        ],
        "place": found.place,
        "own": found.own,
        "sample": found.spec.sample and found.own is None,
    }
