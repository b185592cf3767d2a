"""One's own account: profile, password, second factor, sessions, language, role."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.actor import actor_of, assignments_of, delegations_to
from keshi_web.accounts.forms import ConfirmForm, NewPasswordForm, ProfileForm
from keshi_web.accounts.guards import public, recently_authenticated, safe_next, signed_in
from keshi_web.accounts.middleware import CHOSEN
from keshi_web.accounts.models import SessionRecord
from keshi_web.accounts.origin import mask_address
from keshi_web.accounts.services import language as languages
from keshi_web.accounts.services import passwords, second_factor, sessions
from keshi_web.accounts.services import sign_in as entering
from keshi_web.accounts.services.log import Kind, record
from keshi_web.accounts.views.sign_in import enrolment
from keshi_web.common.errors import NotAllowed


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here, and how one is protected."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"email": user.email})
    if request.method == "POST" and form.is_valid():
        return _keep_email(request, form.cleaned_data["email"])
    context = {
        "form": form,
        "assignments": list(assignments_of(user)),
        "lent": list(delegations_to(user)),
        "factor": second_factor.of(user),
        "factor_needed": second_factor.needed(user),
        "codes_left": second_factor.codes_left(user),
        "open_sessions": sessions.open_sessions(user).count(),
        "events": user.security_events.order_by("-at", "-id")[:10],
    }
    return render(request, "accounts/profile.html", context)


@recently_authenticated
def _keep_email(request: HttpRequest, email: str) -> HttpResponse:
    """Another address for reminders: whoever finds a screen unlocked does not redirect them."""
    request.user.email = email
    request.user.save(update_fields=["email"])
    messages.success(request, _("已保存。"))
    return redirect("accounts:profile")


@signed_in
@never_cache
@recently_authenticated
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password."""
    form = NewPasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        passwords.change(request, request.user, form.cleaned_data["password"])
        messages.success(request, _("密码已更改，其他设备上的登录已全部退出。"))
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form})


@signed_in
@never_cache
@recently_authenticated
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enable_second_factor(request: HttpRequest) -> HttpResponse:
    """Somebody who need not have a second factor wants one."""
    if second_factor.of(request.user):
        messages.info(request, _("第二重验证已启用。更换手机请联系管理员重置。"))
        return redirect("accounts:profile")
    codes = enrolment(request, request.user, {"steps": 0})
    if isinstance(codes, HttpResponse):
        return codes
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": ""})


@signed_in
@never_cache
@recently_authenticated
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once."""
    try:
        codes = second_factor.renew_recovery_codes(request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("accounts:profile")
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": ""})


@signed_in
@never_cache
@require_GET
def session_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    here = sessions.current(request)
    rows = [
        {"record": one, "address": mask_address(one.address), "here": here is not None and one.pk == here.pk}
        for one in sessions.open_sessions(request.user)
    ]
    return render(request, "accounts/sessions.html", {"rows": rows, "idle": settings.SESSION_IDLE_MINUTES})


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one session; somebody else's does not exist."""
    if not sessions.revoke(request.user, session_id):
        raise Http404
    messages.success(request, _("该设备上的登录已退出。"))
    return redirect("accounts:sessions")


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    ended = sessions.end_all(
        request.user, SessionRecord.End.REVOKED, by=request.user, but=sessions.current(request)
    )
    messages.success(request, _("已退出其他 %(n)s 处登录。") % {"n": ended})
    return redirect("accounts:sessions")


@signed_in
@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove once more who one is, then back to where it was asked for."""
    asked = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    sample = settings.LOCAL and request.user.is_sample
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and sample and "as_sample" in request.POST:
        sessions.confirm(request)
        return redirect(asked)
    if request.method == "POST" and form.is_valid():
        try:
            entering.confirm_identity(request, form.cleaned_data["secret"])
            return redirect(asked)
        except NotAllowed as refusal:
            form.add_error("secret", refusal.reason)
    return render(request, "accounts/confirm.html", {"form": form, "next": asked, "sample": sample})


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read the service in another language: kept with the account, and in a cookie for who is signed out."""
    code = languages.supported(request.POST.get("language", ""))
    response = redirect(safe_next(request, request.POST.get("next")))
    if code is None:
        return response
    if request.user.is_authenticated:
        languages.keep(request.user, code)
    translation.activate(code)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@signed_in
@require_POST
def act_as(request: HttpRequest) -> HttpResponse:
    """Work in another of one's assignments, or in one that was lent; any other does not exist."""
    text = request.POST.get("assignment", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    actor = actor_of(request.user, wanted)
    if actor is None or actor.assignment_id != wanted:
        raise Http404
    request.session[CHOSEN] = wanted
    record(
        Kind.ROLE_CHOSEN,
        user=request.user,
        by=request.user,
        role=actor.role.value,
        assignment=wanted,
        standing_in_for=actor.standing_in_for,
    )
    messages.success(
        request, _("当前身份：%(role)s · %(place)s") % {"role": actor.role.label, "place": actor.place or "—"}
    )
    return redirect(safe_next(request, request.POST.get("next")))
