"""Changing what is kept: phone, account, name, categories, employment, the link to an account, merging."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keshi_web.accounts.guards import View, allowed, recently_authenticated
from keshi_web.accounts.roles import LEADERS, REVIEWERS, Role
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.people import forms, services
from keshi_web.people.models import Person
from keshi_web.people.views.shared import CHANGERS, RECORDERS, in_scope
from keshi_web.ui.forms import BaseForm

_METHODS = ["GET", "HEAD", "POST"]


def _changing(*roles: Role, hidden: tuple[str, ...] = ()) -> Callable[[View], View]:
    """For a page that changes a record: these roles, nothing cached, and who has just proved who they are."""

    def guard(view: View) -> View:
        checked = require_http_methods(_METHODS)(view)
        if hidden:
            checked = sensitive_post_parameters(*hidden)(checked)
        return allowed(*roles)(never_cache(recently_authenticated(checked)))

    return guard


@_changing(*CHANGERS, hidden=("phone",))
def phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Another phone."""
    form = forms.ChangePhoneForm(request.POST or None, actor=request.actor)
    return _form_page(request, person_id, form, services.change_phone, _("更改手机号码"))


@_changing(*CHANGERS, hidden=("number",))
def account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Another bank account."""
    form = forms.ChangeAccountForm(request.POST or None, actor=request.actor)
    return _form_page(request, person_id, form, services.change_account, _("更改收款账户"))


@_changing(*sorted(REVIEWERS), hidden=("name",))
def name(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The name as the identity card has it."""
    form = forms.CorrectNameForm(request.POST or None)
    note = _("适用于证件核验后发现登记姓名有误，或名册所报姓名与登记不一致的情形。请核对证件原件。")
    return _form_page(request, person_id, form, services.correct_name, _("更正姓名"), note)


@_changing(*RECORDERS)
def category(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One more category with its days and its proof."""
    form = forms.CategoryForm(
        request.POST or None, request.FILES or None, initial={"valid_from": clock.today()}
    )
    note = _("补贴按培训期间的人员类别认定，请按证明材料上的起止日期登记。")
    return _form_page(request, person_id, form, services.record_category, _("登记人员类别"), note)


@_changing(*RECORDERS)
def end_category(request: HttpRequest, person_id: UUID, period_id: int) -> HttpResponse:
    """A category ends on a day."""

    def end(held: Person, *, actor: Any, last_day: Any) -> object:
        return services.end_category(held, period_id, last_day, actor=actor)

    form = forms.LastDayForm(request.POST or None, initial={"last_day": clock.today()})
    return _form_page(request, person_id, form, end, _("终止人员类别"))


@_changing(*RECORDERS)
def employment(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Where somebody works, through whom and how."""
    form = forms.EmploymentForm(
        request.POST or None, actor=request.actor, initial={"valid_from": clock.today()}
    )
    return _form_page(request, person_id, form, services.record_employment, _("登记用工关系"))


@_changing(*RECORDERS)
def end_employment(request: HttpRequest, person_id: UUID, employment_id: int) -> HttpResponse:
    """An employment ends on a day."""

    def end(held: Person, *, actor: Any, last_day: Any) -> object:
        return services.end_employment(held, employment_id, last_day, actor=actor)

    form = forms.LastDayForm(request.POST or None, initial={"last_day": clock.today()})
    return _form_page(request, person_id, form, end, _("终止用工关系"))


@_changing(*sorted(REVIEWERS))
def link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Let a trainee's account see its own record."""
    form = forms.LinkForm(request.POST or None)
    note = _("关联后，持该账号的人可以看到此人的全部信息。请先核对本人证件。")
    return _form_page(request, person_id, form, services.link_user, _("关联本人账号"), note)


@_changing(*sorted(LEADERS), hidden=("id_number",))
def merge(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Lead this record to the one of the same person that stays."""

    def merge_into(held: Person, *, actor: Any, id_number: str, ground: str) -> object:
        return services.merge_into(held, id_number, actor=actor, ground=ground)

    form = forms.MergeForm(request.POST or None)
    note = _("用于同一人因证件号码更正而有两条记录的情形。本记录并入保留的记录，合并后不能撤销。")
    return _form_page(request, person_id, form, merge_into, _("并入另一记录"), note)


def _form_page(
    request: HttpRequest,
    person_id: UUID,
    form: BaseForm,
    act: Callable[..., object],
    title: str,
    note: str = "",
) -> HttpResponse:
    held = in_scope(request, person_id)
    own = request.actor.role == Role.TRAINEE
    back = reverse("people:my-data") if own else reverse("people:person", args=[held.pk])
    if request.method == "POST" and form.is_valid():
        try:
            act(held, actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        except ObjectDoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, _("已保存。"))
            return redirect(back)
    context = {"person": held, "form": form, "title": title, "back": back, "note": note}
    return render(request, "people/change.html", context, status=422 if form.errors else 200)
