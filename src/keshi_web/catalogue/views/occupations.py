"""Occupations: the list, one occupation, the import of the official list, the region's catalogue."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import Role
from keshi_web.catalogue import queries
from keshi_web.catalogue.facts import occupation_entry
from keshi_web.catalogue.forms import EDITIONS, EndForm, EntryForm, ImportForm
from keshi_web.catalogue.models import CatalogueEntry, Occupation
from keshi_web.catalogue.models.occupations import MAJOR_GROUPS
from keshi_web.catalogue.reading import OccupationList, read_occupations, rows_of_attachment
from keshi_web.catalogue.services import end_entry, enter_in_catalogue, store_occupations
from keshi_web.catalogue.services.occupations import may_import
from keshi_web.catalogue.views.common import READERS, acting, form_page
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.files.kinds import WORKBOOKS
from keshi_web.files.models import Attachment
from keshi_web.files.services import store
from keshi_web.organisations.queries import in_force
from keshi_web.ui.lists import Column, Empty, ListPage

FAULTS_SHOWN = 100


def level_text(occupation: Occupation) -> str:
    """五、四、三级 or 5, 4, 3."""
    return "、".join(map(str, occupation.levels))


class OccupationFilters(django_filters.FilterSet):
    """By edition, major group, and whether it stands in the catalogue that holds here."""

    edition = django_filters.ChoiceFilter(label=_("版本"), choices=EDITIONS, empty_label=_("全部"))
    group = django_filters.ChoiceFilter(
        label=_("大类"), choices=MAJOR_GROUPS, method="of_group", empty_label=_("全部")
    )
    listed = django_filters.ChoiceFilter(
        label=_("培训职业目录"),
        choices=[("yes", _("在目录内"))],
        method="of_catalogue",
        empty_label=_("全部"),
    )

    class Meta:
        model = Occupation
        fields = ()

    def of_group(self, rows: QuerySet[Occupation], _name: str, value: str) -> QuerySet[Occupation]:
        """By the first digit of the code."""
        return rows.filter(code__startswith=f"{value}-")

    def of_catalogue(self, rows: QuerySet[Occupation], _name: str, _value: str) -> QuerySet[Occupation]:
        """In force today where the reader stands."""
        entries = queries.entries_for(self.request.actor).filter(in_force(clock.today()))
        return rows.filter(pk__in=entries.values("occupation"))


class Occupations(ListPage):
    """The national classification as far as it is stored."""

    title = _("职业（工种）")
    columns = (
        Column(
            "code", _("编码"), sort="code", link=lambda row: reverse("catalogue:occupation", args=[row.pk])
        ),
        Column("name", _("名称"), sort="name"),
        Column("edition", _("版本"), lambda row: row.get_edition_display(), sort="edition"),
        Column("levels", _("技能等级"), level_text),
        Column(
            "sample",
            _("来源"),
            lambda row: ("neutral", gettext("示例")) if row.is_sample else ("blue", gettext("正式清单")),
            kind="state",
        ),
    )
    filterset_class = OccupationFilters
    search_fields = ("code", "name")
    search_hint = _("编码或名称")
    order = "code"
    empty = Empty(_("没有符合条件的职业"), _("由市级经办人员导入职业清单。"), icon="briefcase")
    template_name = "catalogue/occupations.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Occupation]:
        """All of them: the classification is public."""
        return Occupation.objects.all()

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader may import."""
        return {"may_import": may_import(request.actor)}


occupations = allowed(*READERS)(Occupations.as_view())


@allowed(*READERS)
@require_GET
def occupation(request: HttpRequest, pk: int) -> HttpResponse:
    """One occupation: its entries in the catalogues that hold here."""
    found = get_object_or_404(Occupation, pk=pk)
    actor = request.actor
    keeps = may_import(actor)
    context = {
        "occupation": found,
        "group": dict(MAJOR_GROUPS).get(found.major_group, ""),
        "now": occupation_entry(found, queries.place_of(actor), clock.today()),
        "entries": queries.entries_for(actor).filter(occupation=found).order_by("-valid_from"),
        "editions": Occupation.objects.filter(code=found.code).exclude(pk=found.pk).order_by("edition"),
        "may_enter": keeps,
        "office_id": actor.office.id if keeps and actor.office else None,
        "may_apply": actor.of_organisation,
    }
    return render(request, "catalogue/occupation.html", context)


@allowed(Role.CLERK)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the occupation into the region's catalogue."""
    found = get_object_or_404(Occupation, pk=pk)
    form = EntryForm(request.POST or None, initial={"valid_from": clock.today()})
    return form_page(
        request,
        form,
        lambda data: enter_in_catalogue(found, by=request.actor, **data),
        title=gettext("列入本地区培训职业目录：%(name)s") % {"name": found},
        done=gettext("已列入目录。"),
        back=reverse("catalogue:occupation", args=[pk]),
    )


@allowed(Role.CLERK)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an entry end."""
    rows = queries.entries_for(request.actor).filter(region=request.actor.office.id)
    entry: CatalogueEntry = get_object_or_404(rows, pk=pk)
    form = EndForm(request.POST or None, initial={"last_day": clock.today()})
    return form_page(
        request,
        form,
        lambda data: end_entry(entry.pk, data["last_day"], by=request.actor),
        title=gettext("结束目录期限：%(name)s") % {"name": entry.occupation},
        done=gettext("已登记最后一日。"),
        back=reverse("catalogue:occupation", args=[entry.occupation_id]),
    )


@allowed(Role.CLERK)
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Upload the official list; what it holds is shown before anything is stored."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "may_import": may_import(request.actor)}
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # a list that cannot be read is not kept
                attachment = store(
                    form.cleaned_data["file"],
                    actor_id=request.actor.user_id,
                    purpose="occupations",
                    allowed=WORKBOOKS,
                )
                edition = form.cleaned_data["edition"]
                context |= _preview(request, attachment, edition)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    return render(request, "catalogue/import.html", context, status=422 if form.errors else 200)


def _preview(request: HttpRequest, attachment: Attachment, edition: int | None) -> dict[str, Any]:
    found: OccupationList = read_occupations(rows_of_attachment(attachment), edition=edition)
    return {
        "attachment": attachment,
        "edition": edition or "",
        "found": found,
        "faults": found.faults[:FAULTS_SHOWN],
        "rows": found.rows[:20],
        "counts": store_occupations(found.rows, by=request.actor, write=False),
    }


@allowed(Role.CLERK)
@require_POST
def store_list(request: HttpRequest) -> HttpResponse:
    """Store the list that was shown."""
    try:
        attachment = get_object_or_404(
            Attachment,
            pk=request.POST.get("attachment") or None,
            purpose="occupations",
            uploaded_by=request.actor.user_id,
        )
    except (ValidationError, ValueError):
        raise Http404 from None
    raw = request.POST.get("edition", "")

    def act() -> None:
        found = read_occupations(
            rows_of_attachment(attachment), edition=int(raw) if raw in ("2015", "2022") else None
        )
        if found.faults:
            raise Refusal(gettext("清单有 %(count)s 处问题，未保存。") % {"count": len(found.faults)})
        store_occupations(found.rows, by=request.actor)

    return acting(request, act, gettext("职业清单已导入。"), reverse("catalogue:occupations"))
