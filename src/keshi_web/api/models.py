"""Tokens of organisations, answers kept for repeated requests, and how often a token was used lately."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.api.scopes import Scope
from keshi_web.common import clock


class TokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens, always asked for on behalf of somebody."""

    def visible_to(self, actor: Actor) -> "TokenQuerySet":
        """Those of the organisation that the actor administers."""
        if actor.role != Role.PROVIDER_ADMIN or actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class ApiToken(models.Model):
    """A token with which an organisation's own system acts in the name of the administrator who made it.

    It is worth what their assignment is worth: every act is theirs, and when the assignment ends so does the
    token. Only a digest is kept: 256 random bits need no slow one.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="api_tokens"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("用途"), max_length=60)
    prefix = models.CharField(_("令牌开头"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("权限"))
    made_at = models.DateTimeField(_("生成时间"), default=clock.now)
    expires_on = models.DateField(_("有效期至"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("令牌停用时间"), null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="token_has_a_scope",
                condition=Q(scopes__len__gte=1),
                violation_error_message=_("请至少选择一项权限。"),
            ),
            models.CheckConstraint(
                name="token_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message=_("停用令牌须有停用人和时间。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    @property
    def expired(self) -> bool:
        """Whether its last day has passed."""
        return self.expires_on < clock.today()

    @property
    def scope_labels(self) -> list[str]:
        """What it may be used for, in words."""
        return [str(Scope(one).label) for one in self.scopes]

    @property
    def last_used(self) -> datetime | None:
        """When it was last used, on the service's clock."""
        return clock.on_service_clock(self.last_used_at) if self.last_used_at else None


class Answer(models.Model):
    """What a request with an `Idempotency-Key` was answered, given again when the same request comes again.

    `fingerprint` is a keyed digest of the request. The row is made before the act, in its transaction: of two
    requests at once the second waits for the first.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    made_at = models.DateTimeField(default=clock.machine_now)

    class Meta:
        verbose_name = verbose_name_plural = _("接口应答")
        constraints = (models.UniqueConstraint(fields=["token", "key"], name="answer_once_per_key"),)
        indexes = (models.Index(fields=["made_at"], name="answer_age"),)

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"


class Usage(models.Model):
    """How often a token was used in the present minute and in the one before; changed by one statement."""

    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE, primary_key=True, related_name="usage")
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField()
    previous = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("接口用量")

    def __str__(self) -> str:
        return f"{self.token_id}: {self.count}"
