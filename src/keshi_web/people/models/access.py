"""Who read whose data, and what left the house. Kept for good, holding no personal data itself."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.people.models.person import Person
from keshi_web.people.words import CASES, Act, Field, Purpose, Turn

CASE = r"^[a-z][a-z-]{0,30}:[A-Za-z0-9-]{1,64}$"
"""The key of a case: its kind and number (filing:1024). The shape leaves no room for a name."""


class Reader(models.Model):
    """What is read and in whose name: the user, and the role and place they act in."""

    fields: list[str]
    case: str

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("查看人")
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    office = models.ForeignKey("regions.Region", on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def field_labels(self) -> str:
        """What is read, in words."""
        return "、".join(str(Field(name).label) for name in self.fields)

    @property
    def case_label(self) -> str:
        """The case as people call it: 开班备案 KB2020000001; its key where the kind has no name."""
        kind, _colon, number = self.case.partition(":")
        if self.case in CASES:
            return str(CASES[self.case])
        return f"{CASES[kind]} {number}" if kind in CASES else self.case

    @property
    def place(self) -> str:
        """Name of the office or organisation."""
        return str(self.office or self.organisation or "")


@append_only
class AccessLog(Reader):
    """One read. `person` is null for a search that found nobody in the reader's scope."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="reads")
    act = models.CharField(_("方式"), max_length=8, choices=Act.choices)
    fields = ArrayField(models.CharField(max_length=16, choices=Field.choices), verbose_name=_("内容"))
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose.choices)
    case = models.CharField(_("业务"), max_length=100)
    at = models.DateTimeField(_("时间"), default=clock.now)
    ip = models.GenericIPAddressField(_("网络地址"), null=True)
    export = models.ForeignKey(
        "people.PersonExport", on_delete=models.PROTECT, null=True, related_name="reads"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("查看记录")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["person", "-at"], name="access_of_person"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
        )
        constraints = (
            models.CheckConstraint(
                name="access_names_a_case",
                condition=Q(case__regex=CASE),
                violation_error_message=_("须指明为哪项业务查看。"),
            ),
            models.CheckConstraint(
                name="access_export_is_named",
                condition=Q(act=Act.EXPORT, export__isnull=False)
                | ~Q(act=Act.EXPORT) & Q(export__isnull=True),
                violation_error_message=_("导出须有导出申请。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_act_display()}"


class PersonExport(Reader):
    """A wish to take personal data out, decided by a second person; counted, marked, and over after a while."""

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", _("待批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("已拒绝")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    people = ArrayField(models.UUIDField(), verbose_name=_("人员"))
    fields = ArrayField(models.CharField(max_length=16, choices=Field.choices), verbose_name=_("内容"))
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose.choices)
    case = models.CharField(_("业务"), max_length=100)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("申请时间"), default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("批准人"),
    )
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True)
    downloads = models.PositiveSmallIntegerField(_("已下载次数"), default=0)
    downloads_allowed = models.PositiveSmallIntegerField(_("可下载次数"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("导出申请")
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(
                name="export_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")),
                violation_error_message=_("导出须由另一人批准。"),
            ),
            models.CheckConstraint(
                name="export_decided_whole",
                condition=Q(
                    state="asked", decided_by__isnull=True, decided_at__isnull=True, expires_at__isnull=True
                )
                | Q(
                    state="approved",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    expires_at__isnull=False,
                )
                | Q(
                    state="refused",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    expires_at__isnull=True,
                ),
                violation_error_message=_("批准须有批准人、时间和失效时间。"),
            ),
            models.CheckConstraint(
                name="export_downloads_counted",
                condition=Q(downloads=0) | Q(state="approved", downloads__lte=F("downloads_allowed")),
                violation_error_message=_("下载次数已用完。"),
            ),
            models.CheckConstraint(
                name="export_names_a_case",
                condition=Q(case__regex=CASE),
                violation_error_message=_("须指明为哪项业务查看。"),
            ),
            models.CheckConstraint(
                name="export_not_empty",
                condition=Q(people__len__gte=1, fields__len__gte=1),
                violation_error_message=_("请选择人员和内容。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


@append_only
class PersonEvent(models.Model):
    """What happened to a record, and on whose word; never the old or the new value. Stays after an erasure."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="events")
    turn = models.CharField(_("事项"), max_length=8, choices=Turn.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ground = models.CharField(_("依据"), max_length=200)
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("人员变更记录")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_turn_display()}"
