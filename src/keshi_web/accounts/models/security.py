"""How people prove who they are: second factor, one-time links, sessions, rates; and the log of all that."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models.people import User
from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.common.sealed import SealedField


class SecondFactor(models.Model):
    """The secret an authenticator app shares with the service (RFC 6238). Not in force until a code proved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = SealedField()
    """Base32, sealed for this row."""
    made_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    last_step = models.BigIntegerField(null=True, editable=False)
    """Time step of the last code accepted; this and earlier ones are never accepted again."""

    class Meta:
        verbose_name = verbose_name_plural = _("第二重验证")


class RecoveryCode(models.Model):
    """A code on paper that stands in once for the authenticator app; only its keyed digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("备用码")
        constraints = (models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once"),)


class PasswordLink(models.Model):
    """A link with which a person sets a password once, made by an administrator; only its digest is kept."""

    class Kind(models.TextChoices):
        """What the link is for."""

        INVITATION = "invitation", _("开通账号")
        RESET = "reset", _("重设密码")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_links")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    digest = models.BinaryField(unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("设置密码的链接")


class SessionRecord(models.Model):
    """A session on a device, from sign-in until it ends.

    `digest` is of the session's key, so that the table opens no session. The times are the machine's own:
    idleness does not depend on the day the service stands on.
    """

    class End(models.TextChoices):
        """Why a session ended."""

        SIGNED_OUT = "signed-out", _("本人退出")
        IDLE = "idle", _("长时间未操作")
        EXPIRED = "expired", _("已到最长登录时间")
        REVOKED = "revoked", _("本人结束")
        PASSWORD = "password", _("密码已更改")
        FACTOR = "factor", _("第二重验证已更改")
        ROLE = "role", _("角色变更，须重新登录")
        INACTIVE = "inactive", _("账号已停用")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="session_records")
    digest = models.CharField(max_length=64, unique=True)
    device = models.CharField(_("设备"), max_length=60, blank=True)
    device_digest = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    second_factor = models.BooleanField(default=False)
    """Whether a second factor was given at sign-in."""
    started_at = models.DateTimeField(default=clock.machine_now)
    last_seen_at = models.DateTimeField(default=clock.machine_now)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=End.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("登录会话")
        indexes = (
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="session_open_of_user"),
            models.Index(fields=["user", "device_digest"], name="session_device_of_user"),
        )
        constraints = (
            models.CheckConstraint(
                name="session_end_has_reason",
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                violation_error_message=_("结束的会话须有原因。"),
            ),
        )

    @property
    def started(self) -> datetime:
        """When it began, on the service's clock."""
        return clock.on_service_clock(self.started_at)

    @property
    def last_seen(self) -> datetime:
        """When it was last used, on the service's clock."""
        return clock.on_service_clock(self.last_seen_at)


class Throttle(models.Model):
    """How often something failed since the beginning of a window. One row per key, changed by one statement."""

    key = models.CharField(max_length=120, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("频次")
        indexes = (models.Index(fields=["since"], name="throttle_since"),)


@append_only
class SecurityEvent(models.Model):
    """One line of the security log: what happened to whose account, by whom, from where. It holds no secret."""

    class Kind(models.TextChoices):
        """What happened."""

        SIGNED_IN = "signed-in", _("登录")
        SIGN_IN_FAILED = "sign-in-failed", _("登录失败")
        LOCKED = "locked", _("登录受限")
        FACTOR_FAILED = "factor-failed", _("验证码错误")
        SIGNED_OUT = "signed-out", _("退出")
        SESSION_ENDED = "session-ended", _("结束会话")
        CONFIRMED = "confirmed", _("再次确认身份")
        CONFIRM_FAILED = "confirm-failed", _("再次确认身份失败")
        ROLE_CHOSEN = "role-chosen", _("切换身份")
        PASSWORD_CHANGED = "password-changed", _("更改密码")
        LINK_MADE = "link-made", _("生成设置密码的链接")
        LINK_USED = "link-used", _("通过链接设置密码")
        FACTOR_ENROLLED = "factor-enrolled", _("启用第二重验证")
        FACTOR_RESET = "factor-reset", _("重置第二重验证")
        CODE_USED = "code-used", _("使用备用码")
        CODES_RENEWED = "codes-renewed", _("重新生成备用码")
        USER_CREATED = "user-created", _("创建账号")
        USER_DEACTIVATED = "user-deactivated", _("停用账号")
        USER_REACTIVATED = "user-reactivated", _("恢复账号")
        ROLE_GRANTED = "role-granted", _("授予角色")
        ROLE_ENDED = "role-ended", _("终止角色")
        DELEGATED = "delegated", _("委托")
        DELEGATION_REVOKED = "delegation-revoked", _("撤销委托")
        TOKEN_MADE = "token-made", _("生成接口令牌")
        TOKEN_REVOKED = "token-revoked", _("停用接口令牌")

    kind = models.CharField(_("事件"), max_length=20, choices=Kind.choices)
    at = models.DateTimeField(_("时间"), default=clock.now)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="security_events", verbose_name=_("账号")
    )
    """Whose account; empty where a sign-in name that nobody has was tried."""
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    device = models.CharField(_("设备"), max_length=60, blank=True)
    details = models.JSONField(default=dict)
    """Roles, places, days and reasons by their keys; never a password, code, token or what was typed."""

    class Meta:
        verbose_name = verbose_name_plural = _("安全日志")
        indexes = (
            models.Index(fields=["-at", "-id"], name="security_event_latest"),
            models.Index(fields=["user", "kind", "-at"], name="security_event_of_user"),
        )
