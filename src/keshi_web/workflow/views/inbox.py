"""Messages: reading them, saying how to be told, and what could not be sent."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.guards import allowed, recently_authenticated
from keshi_web.accounts.models import User
from keshi_web.accounts.roles import Role
from keshi_web.common import clock, sealed
from keshi_web.common.errors import Refusal
from keshi_web.ui import paging
from keshi_web.ui.lists import Column, Empty, ListPage
from keshi_web.workflow import delivery, queries, texts
from keshi_web.workflow.forms import PreferenceForm
from keshi_web.workflow.models import Delivery, Message, Preference

PAGE = 20


@dataclass(frozen=True)
class Shown:
    """A message with its words in the reader's language."""

    message: Message
    words: texts.Words
    kind: texts.Kind


@allowed()
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The reader's messages, unread ones first."""
    number = request.GET.get("page", "")
    page = paging.page_of(
        queries.inbox(request.actor), int(number) if number.isdecimal() and len(number) < 7 else 1, PAGE
    )
    shown = [Shown(one, texts.words_of(one.kind, one.params), texts.kind_of(one.kind)) for one in page.rows]
    unread = Message.objects.filter(user_id=request.actor.user_id, read_at__isnull=True).exists()
    return render(request, "workflow/inbox.html", {"page": page, "shown": shown, "unread": unread})


@allowed()
@require_http_methods(["GET", "HEAD", "POST"])
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark a message as read and go where it leads (posted: back to the inbox)."""
    message = get_object_or_404(Message, pk=message_id, user_id=request.actor.user_id)
    if message.read_at is None:
        Message.objects.filter(pk=message.pk).update(read_at=clock.now())
    target = message.url if request.method != "POST" else ""
    return HttpResponseRedirect(target or reverse("workflow:inbox"))


@allowed()
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark every message as read."""
    unread = Message.objects.filter(user_id=request.actor.user_id, read_at__isnull=True)
    messages.success(request, _("已将 %(n)d 条消息标为已读。") % {"n": unread.update(read_at=clock.now())})
    return HttpResponseRedirect(reverse("workflow:inbox"))


@allowed()
@recently_authenticated
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which messages go out by e-mail and SMS. A number is changed only by who has just proved who they are."""
    wish = Preference.objects.filter(user_id=request.actor.user_id).first()
    wish = wish or Preference(user_id=request.actor.user_id)
    has_email = User.objects.filter(pk=request.actor.user_id).exclude(email="").exists()
    form = PreferenceForm(
        request.POST or None,
        has_phone=wish.phone is not None,
        has_email=has_email,
        initial={"email": wish.email, "sms": wish.sms},
    )
    if request.method == "POST" and form.is_valid():
        _keep(wish, form.cleaned_data)
        messages.success(request, _("消息设置已保存。"))
        return HttpResponseRedirect(reverse("workflow:preferences"))
    return render(
        request,
        "workflow/preferences.html",
        {"form": form, "has_phone": wish.phone is not None},
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


@transaction.atomic
def _keep(wish: Preference, cleaned: dict[str, Any]) -> None:
    wish.email, wish.sms = cleaned["email"], cleaned["sms"]
    if cleaned["phone"]:
        sealed.column(Preference, "phone").put(wish, cleaned["phone"])
    wish.save()


class Deliveries(ListPage):
    """Messages that could not be sent, for the system administrator: no content, no address."""

    title = gettext_lazy("外发消息异常")
    order = "-id"
    exportable = False
    columns = (
        Column("id", gettext_lazy("编号"), kind="number", sort="id"),
        Column("user", gettext_lazy("登录名"), value="message.user.username"),
        Column("channel", gettext_lazy("渠道"), value=lambda row: row.get_channel_display()),
        Column(
            "state",
            gettext_lazy("状态"),
            kind="state",
            value=lambda row: (
                row.state,
                row.get_state_display(),
                "red" if row.state == "failed" else "amber",
            ),
        ),
        Column("attempts", gettext_lazy("尝试次数"), kind="number"),
        Column("last_error", gettext_lazy("原因")),
        Column("written", gettext_lazy("时间"), kind="moment", value="message.created_at"),
    )
    row_template = "workflow/_delivery_row.html"
    template_name = "workflow/deliveries.html"
    empty = Empty(
        gettext_lazy("没有发送异常的消息"), gettext_lazy("短信和邮件均已正常发送。"), icon="circle-check"
    )

    def queryset(self, request: HttpRequest) -> Any:
        return queries.open_deliveries()


deliveries = allowed(Role.SYSADMIN)(Deliveries.as_view())


@allowed(Role.SYSADMIN)
@require_POST
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try a failed delivery anew."""
    get_object_or_404(Delivery, pk=delivery_id)
    try:
        delivery.again(delivery_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已重新排队发送。"))
    return HttpResponseRedirect(reverse("workflow:deliveries"))
