"""People who sign in, what they may do where and when, and who stands in for them."""

from datetime import timedelta

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES, Role
from keshi_web.common import clock


class UserManager(BaseUserManager["User"]):
    """Users by their sign-in name."""

    def create_user(self, username: str, name: str, password: str | None = None, **more: object) -> "User":
        """A user with a hashed password; without one nobody can sign in with it."""
        user = self.model(username=username.strip().lower(), name=name, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person with an account. Phones are sealed elsewhere; nothing here identifies beyond the display name."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("电子邮箱"), blank=True)
    language = models.CharField(_("界面语言"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    is_sample = models.BooleanField(default=False, editable=False)
    """A made-up person of the demonstration: cannot sign in where people work."""
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        verbose_name = verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.name


class DayRange(Func):
    """[from, until] as a range of days, open where there is no day."""

    function = "daterange"
    output_field = DateRangeField()


@pghistory.track(append_only=True)
class Assignment(models.Model):
    """A role held at an office or an organisation, from a day until a day. Its earlier forms stay in the history."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("用户")
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    office = models.ForeignKey(
        "regions.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("机构"),
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("单位"),
    )
    valid_from = models.DateField(_("自"), default=clock.today)
    valid_until = models.DateField(_("至"), null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        constraints = (
            models.CheckConstraint(
                name="assignment_place_fits_role",
                condition=Q(role__in=sorted(OFFICE_ROLES), office__isnull=False, organisation__isnull=True)
                | Q(role__in=sorted(ORGANISATION_ROLES), office__isnull=True, organisation__isnull=False)
                | Q(role__in=[Role.TRAINEE, Role.SYSADMIN], office__isnull=True, organisation__isnull=True),
                violation_error_message=_("机构角色须指定机构，单位角色须指定单位，二者不可兼有。"),
            ),
            models.CheckConstraint(
                name="assignment_days_in_order",
                # The day before the first: an empty period, of a role ended on the day it was granted.
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from") - timedelta(days=1)),
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.office or self.organisation or ''}"


@pghistory.track(append_only=True)
class Delegation(models.Model):
    """A dated record: somebody acts in place of the holder of an assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="delegations")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegated", verbose_name=_("受托人"))
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"))
    reason = models.CharField(_("事由"), max_length=200)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("委托")
        constraints = (
            models.CheckConstraint(
                name="delegation_days_in_order",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
            ExclusionConstraint(
                name="delegation_one_at_a_time",
                index_type="gist",
                expressions=[
                    (
                        Func(F("assignment"), F("assignment") + 1, function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        DayRange(F("valid_from"), F("valid_until"), models.Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("该任职在此期间已委托他人。"),
            ),
        )
