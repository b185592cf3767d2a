"""What users are told, how they want to be told outside the service, and what became of it."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.sealed import SealedField
from keshi_web.workflow.models.process import Process


class Message(models.Model):
    """Something a user is told, in the service. `key` keeps the same reminder from being written twice.

    Only a kind and its parameters are stored (case number and title, dates; no personal data): the sentence is
    made when it is read, in the reader's language (`texts.py`).
    """

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="inbox")
    process = models.ForeignKey(Process, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=30)
    params: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, null=True, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        indexes = (
            models.Index(fields=["user", "-created_at"], name="message_inbox"),
            models.Index(fields=["user"], name="message_unread", condition=Q(read_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"


class Channel(models.TextChoices):
    """A way out of the service."""

    EMAIL = "email", _("电子邮件")
    SMS = "sms", _("短信")


class Wish(models.TextChoices):
    """What a user wants to be told on a channel."""

    NONE = "none", _("不发送")
    REMINDERS = "reminders", _("仅期限提醒")
    ALL = "all", _("全部消息")


class Preference(models.Model):
    """A user's choice; without a row the defaults hold."""

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="message_preference"
    )
    email = models.CharField(_("电子邮件"), max_length=10, choices=Wish.choices, default=Wish.REMINDERS)
    sms = models.CharField(_("短信"), max_length=10, choices=Wish.choices, default=Wish.NONE)
    phone = SealedField(null=True)
    """Mobile number for messages, sealed; opened only at the moment of sending."""

    class Meta:
        verbose_name = verbose_name_plural = _("消息设置")
        constraints = (
            models.CheckConstraint(
                name="sms_needs_a_phone",
                condition=Q(sms=Wish.NONE) | Q(phone__isnull=False),
                violation_error_message=_("接收短信须先登记手机号码。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.email}, {self.sms}"


class Delivery(models.Model):
    """A message on its way out by e-mail or SMS. The address is looked up when it is sent, never stored here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    last_error = models.CharField(_("原因"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("外发消息")
        indexes = (models.Index(fields=["-id"], name="delivery_open", condition=~Q(state="sent")),)
        constraints = (
            models.UniqueConstraint(
                fields=["message", "channel"],
                name="delivery_once_per_channel",
                violation_error_message=_("同一消息在同一渠道只发送一次。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
