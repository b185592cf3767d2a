"""The own organisation: what is registered, what is still missing, and everything it declares."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keshi_web.accounts.guards import allowed, recently_authenticated
from keshi_web.accounts.roles import ORGANISATION_ROLES, PROVIDERS, Role
from keshi_web.common import clock
from keshi_web.organisations import forms, queries, services
from keshi_web.organisations.models import ContactRole
from keshi_web.organisations.views.common import acting, detail_context, form_page, organisation_for

ADMIN = Role.PROVIDER_ADMIN


@allowed(*sorted(ORGANISATION_ROLES))
def mine(request: HttpRequest) -> HttpResponse:
    """The page of the own organisation."""
    organisation = organisation_for(request, request.actor.organisation_id)
    context = detail_context(request, organisation)
    return render(request, "organisations/mine.html", {**context, "administers": request.actor.role == ADMIN})


@allowed(ADMIN)
@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    """Hand in for verification."""
    organisation = organisation_for(request, request.actor.organisation_id)
    return acting(
        request,
        organisation,
        lambda: services.submit_for_verification(organisation.pk, by=request.actor),
        _("已提交所在地经办机构核实。"),
    )


@allowed(ADMIN)
def details(request: HttpRequest) -> HttpResponse:
    """Change what is registered."""
    organisation = organisation_for(request, request.actor.organisation_id)
    form = forms.LicenceForm(
        request.POST or None, request.FILES or None, initial=forms.initial_details(organisation)
    )
    return form_page(
        request,
        organisation,
        form,
        lambda given: services.change_details(organisation.pk, by=request.actor, **given),
        title=_("变更登记信息"),
        note=_("名称、性质、注册地或证照变更后，由经办机构重新核实。"),
        done=_("已保存。"),
    )


@allowed(ADMIN)
@recently_authenticated
def contact(request: HttpRequest, role: str) -> HttpResponse:
    """Name another legal representative or contact."""
    if role not in ContactRole.values:
        raise Http404
    organisation = organisation_for(request, request.actor.organisation_id)
    return form_page(
        request,
        organisation,
        forms.ContactForm(request.POST or None),
        lambda given: services.change_contact(
            organisation.pk, ContactRole(role), services.Person(**given), by=request.actor
        ),
        title=_("变更%(role)s") % {"role": ContactRole(role).label},
        done=_("已保存。"),
    )


@allowed(ADMIN)
def size(request: HttpRequest) -> HttpResponse:
    """Declare a year's figures."""
    organisation = organisation_for(request, request.actor.organisation_id)
    start = {"year": clock.today().year - 1, "industry": organisation.industry}
    return form_page(
        request,
        organisation,
        forms.SizeForm(request.POST or None, initial=start),
        lambda given: services.declare_size(organisation.pk, by=request.actor, **given),
        title=_("申报企业规模"),
        note=_("按工信部联企业〔2011〕300号自动划型；填写该行业所需的指标即可。"),
        done=_("已申报，规模已按标准计算。"),
        industries=forms.INDUSTRIES,
    )


@allowed(ADMIN)
def epidemic(request: HttpRequest) -> HttpResponse:
    """Declare whether the epidemic affects the organisation."""
    organisation = organisation_for(request, request.actor.organisation_id)
    return form_page(
        request,
        organisation,
        forms.EpidemicForm(request.POST or None),
        lambda given: services.declare_epidemic(organisation.pk, by=request.actor, **given),
        title=_("受疫情影响声明"),
        done=_("声明已保存。"),
    )


@allowed(ADMIN)
@recently_authenticated
def account(request: HttpRequest) -> HttpResponse:
    """Enter a bank account."""
    organisation = organisation_for(request, request.actor.organisation_id)
    return form_page(
        request,
        organisation,
        forms.AccountForm(request.POST or None, initial={"holder": organisation.name}),
        lambda given: services.add_bank_account(organisation.pk, by=request.actor, **given),
        title=_("登记银行账户"),
        note=_("新账户由经办机构另一人核实后启用，在此之前仍使用原账户。"),
        done=_("已登记，待核实。"),
    )


@allowed(*sorted(PROVIDERS))
def dispatch(request: HttpRequest) -> HttpResponse:
    """Enter an agreement with a dispatch agency."""
    organisation = organisation_for(request, request.actor.organisation_id)
    return form_page(
        request,
        organisation,
        forms.DispatchForm(request.POST or None, request.FILES or None),
        lambda given: services.add_dispatch_agreement(organisation.pk, by=request.actor, **given),
        title=_("登记劳务派遣协议"),
        done=_("已登记。"),
    )


@allowed(*sorted(PROVIDERS))
def end_dispatch(request: HttpRequest, row_id: int) -> HttpResponse:
    """An agreement ends on a day."""
    organisation = organisation_for(request, request.actor.organisation_id)
    row = get_object_or_404(queries.agreements_of(organisation), pk=row_id)
    return form_page(
        request,
        organisation,
        forms.LastDayForm(request.POST or None, initial={"last_day": clock.today()}),
        lambda given: services.end_dispatch_agreement(organisation.pk, row.pk, by=request.actor, **given),
        title=_("终止劳务派遣协议"),
        done=_("已登记终止日期。"),
    )
