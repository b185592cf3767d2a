"""The bureau's side: the list, one organisation, and the decisions about it."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, OFFICE_ROLES, REVIEWERS
from keshi_web.common import clock
from keshi_web.common.errors import Invalid
from keshi_web.organisations import forms, history, queries, services
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.views.common import acting, back_to, detail_context, form_page, organisation_for
from keshi_web.organisations.words import SIZES, KindOf, State
from keshi_web.ui.lists import Column, Empty, ListPage

BUREAU = tuple(sorted(OFFICE_ROLES))
CLERKS = tuple(sorted(REVIEWERS))
DECIDERS = tuple(sorted(LEADERS))


class Filters(FilterSet):
    """By state, kind, size, place and the blacklist."""

    state = ChoiceFilter(label=gettext_lazy("状态"), choices=State.choices)
    kind = ChoiceFilter(label=gettext_lazy("单位类型"), choices=KindOf.choices, method="of_kind")
    size = ChoiceFilter(label=gettext_lazy("企业规模"), choices=list(SIZES.items()), field_name="size")
    region = CharFilter(label=gettext_lazy("地区名称或代码"), method="of_region")
    barred = BooleanFilter(label=gettext_lazy("在黑名单中"), field_name="barred")

    def of_kind(self, rows: QuerySet[Organisation], _name: str, kind: str) -> QuerySet[Organisation]:
        """Acting as this kind today."""
        return rows.filter(Exists(queries.of_kind(kind, clock.today())))

    def of_region(self, rows: QuerySet[Organisation], _name: str, text: str) -> QuerySet[Organisation]:
        """Registered in a region of this name or code, or below it."""
        return rows.filter(region__path__contains=f"/{text}/") | rows.filter(region__name__contains=text)


@method_decorator(allowed(*BUREAU), name="dispatch")
class Organisations(ListPage):
    """Organisations of the jurisdiction."""

    title = gettext_lazy("单位")
    columns = (
        Column(
            "name",
            gettext_lazy("单位名称"),
            link=lambda row: reverse("organisations:detail", args=[row.pk]),
            sort="pinyin",
        ),
        Column("uscc", gettext_lazy("统一社会信用代码"), sort="uscc"),
        Column("region", gettext_lazy("注册地"), sort="region__path"),
        Column("legal_form", gettext_lazy("单位性质"), value=lambda row: row.get_legal_form_display()),
        Column("size", gettext_lazy("企业规模"), value=lambda row: SIZES.get(row.size, "")),
        Column("registered_at", gettext_lazy("登记时间"), kind="moment", sort="registered_at"),
        Column(
            "state",
            gettext_lazy("状态"),
            kind="state",
            value=lambda row: (
                ("blacklisted", _("黑名单")) if row.barred else (row.state, row.get_state_display())
            ),
            sort="state",
        ),
    )
    filterset_class = Filters
    search_fields = ("name", "uscc")
    search_label = gettext_lazy("名称或统一社会信用代码")
    order = "name"
    empty = Empty(gettext_lazy("没有符合条件的单位"), icon="building")

    def queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        """Those of the office's part of the tree."""
        return queries.listed(request.actor)


@allowed(*BUREAU)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation with its history."""
    organisation = organisation_for(request, pk)
    open_ = organisation.state in queries.OPEN_STATES
    context = {
        **detail_context(request, organisation),
        "history": history.history_of(organisation),
        "alike": queries.alike(organisation).filter(pk__in=queries.organisations_for(request.actor)),
        "may_review": request.actor.reviews and open_,
        "may_lead": request.actor.leads and open_,
        "may_reopen": request.actor.leads and organisation.state == State.CLOSED,
        "may_bar": services.may_bar(request.actor) and open_,
        "bureau": True,
    }
    return render(request, "organisations/detail.html", context)


@allowed(*CLERKS)
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """The checks beside what was entered; verified, or sent back with a reason."""
    organisation = organisation_for(request, pk)
    if organisation.state != State.SUBMITTED:
        return back_to(request, organisation)

    def decide(given: dict[str, Any]) -> object:
        if request.POST.get("decision") == "reject":
            return services.reject(pk, by=request.actor, **given)
        return services.verify(pk, by=request.actor, checks=given["checks"], version=given["version"])

    accounts = organisation.bank_accounts.filter(retired_at__isnull=True)
    return form_page(
        request,
        organisation,
        forms.VerifyForm(request.POST or None, initial={"version": organisation.version}),
        decide,
        title=_("核实单位登记"),
        done=_("已记录核实结果。"),
        template="organisations/verify.html",
        **{**detail_context(request, organisation), "bureau": True, "may_review": True},
        alike=queries.alike(organisation).filter(pk__in=queries.organisations_for(request.actor)),
        sharing=[other for account in accounts for other in services.sharing_account(account)],
    )


@allowed(*CLERKS)
def add_kind(request: HttpRequest, pk: int) -> HttpResponse:
    """One more kind."""
    organisation = organisation_for(request, pk)

    def add(given: dict[str, Any]) -> object:
        return services.add_kind(pk, KindOf(given.pop("kind")), by=request.actor, **given)

    form = forms.KindForm(request.POST or None, initial={"valid_from": clock.today()})
    return form_page(request, organisation, form, add, title=_("增加单位类型"), done=_("已登记。"))


@allowed(*CLERKS)
@require_POST
def end_kind(request: HttpRequest, pk: int, kind_id: int) -> HttpResponse:
    """A kind ends today."""
    organisation = organisation_for(request, pk)
    kind = get_object_or_404(organisation.kinds, pk=kind_id)
    return acting(
        request,
        organisation,
        lambda: services.end_kind(pk, kind.pk, by=request.actor, last_day=clock.today()),
        _("已终止，今天为最后一日。"),
    )


@allowed(*CLERKS)
def enter_catalogue(request: HttpRequest, pk: int) -> HttpResponse:
    """An institution stands in the published catalogue."""
    organisation = organisation_for(request, pk)
    return form_page(
        request,
        organisation,
        forms.CatalogueForm(request.POST or None, initial={"valid_from": clock.today()}),
        lambda given: services.enter_catalogue(pk, by=request.actor, **given),
        title=_("列入培训机构目录清单"),
        done=_("已登记。"),
    )


@allowed(*DECIDERS)
def blacklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Bar an organisation."""
    organisation = organisation_for(request, pk)
    return form_page(
        request,
        organisation,
        forms.BlacklistForm(
            request.POST or None, request.FILES or None, initial={"valid_from": clock.today()}
        ),
        lambda given: services.blacklist(pk, by=request.actor, **given),
        title=_("列入黑名单"),
        note=_("由市级以上机构的负责人依据书面决定办理；期间该单位不能申请新的培训补贴事项。"),
        done=_("已列入黑名单。"),
    )


@allowed(*CLERKS)
def note_appeal(request: HttpRequest, pk: int, row_id: int) -> HttpResponse:
    """Write down an objection."""
    organisation = organisation_for(request, pk)
    row = get_object_or_404(organisation.blacklistings, pk=row_id)
    return form_page(
        request,
        organisation,
        forms.ReasonForm(request.POST or None, initial={"reason": row.appeal}),
        lambda given: services.note_appeal(pk, row.pk, by=request.actor, text=given["reason"]),
        title=_("记录申诉情况"),
        done=_("已记录。"),
    )


@allowed(*DECIDERS)
def lift(request: HttpRequest, pk: int, row_id: int) -> HttpResponse:
    """End a blacklisting early."""
    organisation = organisation_for(request, pk)
    row = get_object_or_404(organisation.blacklistings, pk=row_id)
    return form_page(
        request,
        organisation,
        forms.ReasonForm(request.POST or None),
        lambda given: services.lift_blacklisting(pk, row.pk, by=request.actor, reason=given["reason"]),
        title=_("解除黑名单"),
        done=_("已解除。"),
    )


@allowed(*DECIDERS)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge this organisation, the duplicate, into the one that stays."""
    organisation = organisation_for(request, pk)

    def merge_into(given: dict[str, Any]) -> object:
        code = given["survivor_uscc"].strip().upper()
        survivor = queries.organisations_for(request.actor).filter(uscc=code).first()
        if survivor is None:
            raise Invalid(_("辖区内没有此统一社会信用代码的单位，请核对。"))
        return services.merge_duplicates(pk, survivor.pk, by=request.actor, reason=given["reason"])

    initial = {"survivor_uscc": request.GET.get("into", "")}
    return form_page(
        request,
        organisation,
        forms.MergeForm(request.POST or None, initial=initial),
        merge_into,
        title=_("并入另一单位"),
        note=_("本单位的班级、人员、账号等全部记录转到保留的单位，本单位不能再办理业务。合并后不能撤销。"),
        done=_("已合并。"),
    )


@allowed(*CLERKS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The licence was cancelled."""
    organisation = organisation_for(request, pk)
    return form_page(
        request,
        organisation,
        forms.ReasonForm(request.POST or None),
        lambda given: services.close(pk, by=request.actor, reason=given["reason"]),
        title=_("标记为已注销"),
        note=_("该单位已办理的事项保留，不能再办理新的事项。"),
        done=_("已标记为注销。"),
    )


@allowed(*DECIDERS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """It was marked as closed by mistake."""
    organisation = organisation_for(request, pk)
    return form_page(
        request,
        organisation,
        forms.ReasonForm(request.POST or None),
        lambda given: services.reopen(pk, by=request.actor, reason=given["reason"]),
        title=_("撤销注销标记"),
        note=_("用于误标注销的情形。恢复后由单位重新提交核实，核实通过后方可办理新的事项。"),
        done=_("已恢复，待单位重新提交核实。"),
    )


@allowed(*CLERKS)
@require_POST
def verify_account(request: HttpRequest, pk: int, account_id: UUID) -> HttpResponse:
    """Confirm a new bank account."""
    organisation = organisation_for(request, pk)
    return acting(
        request,
        organisation,
        lambda: services.verify_bank_account(account_id, by=request.actor, organisation_id=pk),
        _("账户已核实并启用。"),
    )


@allowed(*CLERKS)
@require_POST
def reject_account(request: HttpRequest, pk: int, account_id: UUID) -> HttpResponse:
    """Turn a new bank account down."""
    organisation = organisation_for(request, pk)
    return acting(
        request,
        organisation,
        lambda: services.reject_bank_account(account_id, by=request.actor, organisation_id=pk),
        _("账户未通过核实，已退回。"),
    )
