"""The way in: password, second factor, new password; and out again."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from keshi_web.accounts import attempts
from keshi_web.accounts.demonstration import sample_accounts
from keshi_web.accounts.forms import CodeForm, NewPasswordForm, SignInForm
from keshi_web.accounts.guards import public, safe_next
from keshi_web.accounts.models import SecondFactor, User
from keshi_web.accounts.origin import mark_device
from keshi_web.accounts.services import passwords, second_factor, sessions
from keshi_web.accounts.services import sign_in as entering
from keshi_web.accounts.services.sign_in import Step
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed

ENROLLING = "enrolling"
"""Session key: the secret that this browser was shown; another browser's is not confirmed here."""
LINK_TOKEN = "password_link"

_PAGE_OF = {
    Step.PASSWORD: "accounts:sign-in",
    Step.SECOND_FACTOR: "accounts:second-factor",
    Step.ENROL: "accounts:enrol",
    Step.NEW_PASSWORD: "accounts:new-password",
}


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; in a demonstration also the sample accounts."""
    asked = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated and request.method == "GET":
        return redirect(asked)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entering.prove_password(
                request, form.cleaned_data["username"], form.cleaned_data["password"], asked
            )
            return _onward(request)
        except entering.Locked as refusal:
            return _locked_page(request, refusal.until)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
    samples = sample_accounts() if settings.LOCAL else []
    response = render(request, "accounts/sign_in.html", {"form": form, "next": asked, "samples": samples})
    mark_device(request, response)
    return response


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The second step: a code."""
    if (step := entering.step(request)) is not Step.SECOND_FACTOR:
        return _to(request, step)
    form = CodeForm(request.POST or None, recovery=True)
    if request.method == "POST" and form.is_valid():
        try:
            entering.prove_second_factor(request, form.cleaned_data["code"])
            return _onward(request)
        except NotAllowed as refusal:
            form.add_error("code", refusal.reason)
    return render(request, "accounts/second_factor.html", {"form": form})


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """The second step of a member of staff who has no second factor yet: scan, prove, keep the recovery codes."""
    if (step := entering.step(request)) is not Step.ENROL:
        return _to(request, step)
    found = entering.pending(request)
    assert found is not None
    codes = enrolment(request, found.user, {"steps": 2})
    if isinstance(codes, HttpResponse):
        return codes
    entering.factor_given(request)
    return render(
        request, "accounts/recovery_codes.html", {"codes": codes, "onward": "accounts:go-on", "first": True}
    )


def enrolment(request: HttpRequest, user: User, context: Mapping[str, Any]) -> HttpResponse | list[str]:
    """The enrolment page, or the recovery codes once a first code was right."""
    factor = SecondFactor.objects.filter(
        user=user, confirmed_at__isnull=True, pk=request.session.get(ENROLLING)
    ).first()
    if factor is None:
        # Nobody confirms a secret that another browser has seen: that browser's owner would share it.
        if request.method == "POST":
            messages.warning(request, _("此二维码已失效，请重新扫描下面的二维码。"))
        factor = second_factor.begin(user)
        request.session[ENROLLING] = str(factor.pk)
        form = CodeForm()
    else:
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                codes = second_factor.confirm(factor, "".join(form.cleaned_data["code"].split()))
                del request.session[ENROLLING]
                return codes
            except NotAllowed as refusal:
                form.add_error("code", refusal.reason)
    secret = second_factor.secret_of(factor)
    shown = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    picture = second_factor.qr_code(factor)
    return render(
        request, "accounts/enrol.html", {"form": form, "picture": picture, "secret": shown, **context}
    )


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """The third step where an administrator asked for a new password."""
    if (step := entering.step(request)) is not Step.NEW_PASSWORD:
        return _to(request, step)
    found = entering.pending(request)
    assert found is not None
    form = NewPasswordForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        passwords.change(request, found.user, form.cleaned_data["password"])
        return _onward(request)
    return render(request, "accounts/new_password.html", {"form": form, "forced": True})


@public
@never_cache
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """From the recovery codes to what comes next."""
    return _onward(request)


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password through a link. The token moves into the session, out of the address and of every log."""
    if token != "now":
        sessions.leave_planted(request)
        request.session[LINK_TOKEN] = token
        return redirect("accounts:set-password", token="now")
    kept = request.session.get(LINK_TOKEN, "")
    link = passwords.link_of(kept) if kept else None
    if link is None:
        return render(request, "accounts/link_void.html", status=410)
    form = NewPasswordForm(request.POST or None, user=link.user)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.use_link(kept, form.cleaned_data["password"])
        except NotAllowed:
            return render(request, "accounts/link_void.html", status=410)
        except ValidationError as error:
            form.add_error("password", error)
        else:
            del request.session[LINK_TOKEN]
            messages.success(request, _("密码已设置，请用新密码登录。"))
            return redirect("accounts:sign-in")
    return render(request, "accounts/new_password.html", {"form": form, "link": link})


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out."""
    if request.user.is_authenticated:
        sessions.sign_out(sessions.current(request))
        logout(request)
        messages.success(request, _("您已安全退出。"))
    return redirect("accounts:sign-in")


@public
@require_POST
def sign_in_as_sample(request: HttpRequest) -> HttpResponse:
    """Demonstration only: in with one click as a made-up person."""
    if not settings.LOCAL:
        raise Http404
    try:
        entering.enter_as_sample(request, request.POST.get("username", ""))
    except User.DoesNotExist as error:
        raise Http404 from error
    return redirect(safe_next(request, request.POST.get("next")))


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Mapping[str, str] | None = None
) -> HttpResponse:
    """Called by axes in place of every answer to an account that is locked for this address."""
    if response is not None and response.status_code == 429:
        return response
    return _locked_page(request, attempts.axes_locked_until(request, credentials) or clock.machine_now())


def already_signed_in(request: HttpRequest) -> HttpResponse | None:
    """Where to go when the sign-in form of an old tab is sent after signing in in another; None for other forms."""
    if request.path != reverse("accounts:sign-in") or not request.user.is_authenticated:
        return None
    return redirect(safe_next(request, request.POST.get("next")))


def _locked_page(request: HttpRequest, until: datetime) -> HttpResponse:
    left = max((until - clock.machine_now()).total_seconds(), 0)
    context = {"until": clock.on_service_clock(until), "minutes": max(math.ceil(left / 60), 1)}
    response = render(request, "accounts/locked.html", context, status=429)
    response["Retry-After"] = str(math.ceil(left) or 1)
    return response


def _onward(request: HttpRequest) -> HttpResponse:
    step = entering.step(request)
    if step is Step.READY:
        return redirect(safe_next(request, entering.finish(request)))
    return _to(request, step)


def _to(request: HttpRequest, step: Step) -> HttpResponse:
    if step is Step.READY:
        return _onward(request)
    if step is Step.PASSWORD and request.user.is_authenticated:
        return redirect("/")
    if step is Step.PASSWORD:
        messages.warning(request, _("登录已超时，请重新输入密码。"))
    return redirect(_PAGE_OF[step])
