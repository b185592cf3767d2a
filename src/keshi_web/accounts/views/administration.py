"""A system administrator's pages: accounts and their roles. No business is shown here."""

from collections.abc import Callable

import django_filters
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from keshi_web.accounts.forms import NewUserForm, RoleForm
from keshi_web.accounts.guards import allowed, recently_authenticated
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.queries import running, security_events_for, users_for
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import second_factor, staff
from keshi_web.accounts.services.holding import running_or_ahead
from keshi_web.accounts.views.words import event_line
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.regions.models import Region
from keshi_web.ui.lists import Column, Empty, ListPage


def roles_text(user: User) -> str:
    """The roles held today with their places, as prefetched by the list."""
    held = user.held_today  # type: ignore[attr-defined]
    return "；".join(
        " · ".join(str(part) for part in (Role(one.role).label, one.office or one.organisation) if part)
        for one in held
    )


def user_url(user: User) -> str:
    """The page of an account."""
    return reverse("accounts:user", args=[user.pk])


class UserFilters(django_filters.FilterSet):
    """By role held today, and open or closed."""

    role = django_filters.ChoiceFilter(label=gettext_lazy("角色"), choices=Role.choices, method="with_role")
    is_active = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"),
        choices=[("1", gettext_lazy("启用")), ("0", gettext_lazy("停用"))],
        method="with_state",
    )

    class Meta:
        model = User
        fields = ("role", "is_active")

    def with_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Users who hold the role today."""
        return rows.filter(pk__in=Assignment.objects.filter(running(), role=value).values("user_id"))

    def with_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Open accounts, or closed ones."""
        return rows.filter(is_active=value == "1")


class Users(ListPage):
    """All accounts."""

    title = gettext_lazy("用户管理")
    columns = (
        Column("username", gettext_lazy("登录名"), sort="username", link=user_url),
        Column("name", gettext_lazy("姓名"), sort="name"),
        Column("roles", gettext_lazy("角色"), value=roles_text),
        Column(
            "state",
            gettext_lazy("状态"),
            kind="state",
            sort="is_active",
            value=lambda user: ("active", _("启用")) if user.is_active else ("inactive", _("停用")),
        ),
        Column("last_login", gettext_lazy("最近登录"), kind="moment", sort="last_login"),
    )
    filterset_class = UserFilters
    search_fields = ("username", "name")
    search_label = gettext_lazy("登录名或姓名")
    order = "username"
    template_name = "accounts/users.html"
    empty = Empty(gettext_lazy("还没有账号"), gettext_lazy("点“新建账号”开始。"), icon="users")
    exportable = False

    def queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Accounts with the roles they hold today."""
        held = Assignment.objects.filter(running()).select_related("office", "organisation")
        return users_for(request.actor).prefetch_related(Prefetch("assignments", held, to_attr="held_today"))


@allowed(Role.SYSADMIN)
@never_cache
@recently_authenticated
@require_http_methods(["GET", "POST"])
def create_user(request: HttpRequest) -> HttpResponse:
    """A new account; the page that follows shows the link for its owner once."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user, token = staff.create_user(
                given["username"], given["name"], actor=request.actor, email=given["email"]
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            return link_page(request, user, token, user_url(user))
    return render(request, "accounts/user_new.html", {"form": form})


@allowed(Role.SYSADMIN)
@never_cache
@require_http_methods(["GET"])
def user_detail(request: HttpRequest, user_id: int) -> HttpResponse:
    """An account, its roles, and what can be done about it."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    return _user_page(request, user, RoleForm())


@allowed(Role.SYSADMIN)
@never_cache
@recently_authenticated
@require_POST
def grant_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a role."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            staff.grant(
                user.pk,
                given["role"],
                office_id=given["office"].pk if given["office"] else None,
                organisation_id=given["organisation"],
                valid_from=given["valid_from"],
                valid_until=given["valid_until"],
                actor=request.actor,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("角色已授予。"))
            return redirect(user_url(user))
    return _user_page(request, user, form)


@allowed(Role.SYSADMIN)
@recently_authenticated
@require_POST
def end_role(request: HttpRequest, user_id: int, assignment_id: int) -> HttpResponse:
    """End a role today."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    held = get_object_or_404(user.assignments, pk=assignment_id)
    return _act(request, user, lambda: staff.end_assignment(held.pk, actor=request.actor), _("角色已终止。"))


@allowed(Role.SYSADMIN)
@recently_authenticated
@require_POST
def deactivate_user(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    return _act(request, user, lambda: staff.deactivate(user.pk, actor=request.actor), _("账号已停用。"))


@allowed(Role.SYSADMIN)
@recently_authenticated
@require_POST
def reactivate_user(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open an account again."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    return _act(request, user, lambda: staff.reactivate(user.pk, actor=request.actor), _("账号已恢复。"))


@allowed(Role.SYSADMIN)
@recently_authenticated
@require_POST
def reset_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take a lost second factor away."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    return _act(
        request,
        user,
        lambda: staff.reset_second_factor(user.pk, actor=request.actor),
        _("第二重验证已重置，该用户下次登录时重新启用。"),
    )


@allowed(Role.SYSADMIN)
@never_cache
@recently_authenticated
@require_POST
def make_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A link to set a password, shown once."""
    user = get_object_or_404(users_for(request.actor), pk=user_id)
    try:
        token = staff.make_reset_link(user.pk, actor=request.actor)
    except Refusal as refusal:
        messages.error(request, refusal.reason)
        return redirect(user_url(user))
    return link_page(request, user, token, user_url(user))


def link_page(request: HttpRequest, user: User, token: str, back: str) -> HttpResponse:
    """The link, once: it is kept nowhere."""
    address = request.build_absolute_uri(reverse("accounts:set-password", args=[token]))
    link = user.password_links.latest("made_at")
    return render(
        request, "accounts/link_made.html", {"person": user, "address": address, "link": link, "back": back}
    )


def _user_page(request: HttpRequest, user: User, form: RoleForm) -> HttpResponse:
    assignments = [
        {"it": one, "open": running_or_ahead(one)}
        for one in user.assignments.select_related("office", "organisation", "granted_by").order_by(
            "-valid_from", "-pk"
        )
    ]
    events = security_events_for(request.actor).filter(user=user).order_by("-at", "-id")[:20]
    context = {
        "person": user,
        "form": form,
        "assignments": assignments,
        "factor": second_factor.of(user),
        "events": [(event, event_line(event)) for event in events],
        "offices": Region.objects.valid_on(clock.today()).only("key", "name", "name_en"),
        "oneself": user.pk == request.actor.user_id,
    }
    return render(request, "accounts/user.html", context)


def _act(request: HttpRequest, user: User, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, done)
    return redirect(user_url(user))
