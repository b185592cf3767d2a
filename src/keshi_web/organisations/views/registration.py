"""Registration by a new organisation: open to everybody, verified by the bureau afterwards."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from keshi_web.accounts import attempts, origin
from keshi_web.accounts.guards import public
from keshi_web.common.errors import Refusal
from keshi_web.organisations import services
from keshi_web.organisations.forms import RegistrationForm
from keshi_web.organisations.words import KindOf, LegalForm


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form; when it is accepted, the first administrator goes on to set a password."""
    form = RegistrationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            attempts.spend(attempts.REGISTRATION, origin.current().address)
            invitation = _register(form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("登记成功。请设置管理员密码，登录后补充银行账户和企业规模，再提交核实。")
            )
            return redirect("accounts:set-password", token=invitation.token)
    steps = [_("填写登记信息"), _("设置密码"), _("补充账户和规模"), _("提交核实")]
    context = {"form": form, "steps": steps}
    return render(request, "organisations/register.html", context, status=422 if form.errors else 200)


def _register(form: RegistrationForm) -> services.Invitation:
    given = form.cleaned_data
    _organisation, invitation = services.register(
        services.Details(
            uscc=given["uscc"],
            name=given["name"],
            legal_form=LegalForm(given["legal_form"]),
            legal_person=given["legal_person"],
            region=given["region"],
            address=given["address"],
            industry=given["industry"],
        ),
        kinds=[KindOf(kind) for kind in given["kinds"]],
        representative=services.Person(given["representative"]),
        contact=services.Person(given["contact_name"], given["contact_phone"]),
        licence=given["licence"],
        administrator=services.Administrator(given["username"], given["admin_name"]),
    )
    return invitation
