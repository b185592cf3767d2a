"""Who is on a class's roster, and rosters on their way in."""

import uuid
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models.filing import Filing
from keshi_web.common import clock
from keshi_web.common.sealed import SealedField

UNLIKE = _("与档案姓名不一致")
"""Stands in place of a name that only the vault knows."""


_BEGUN = """
    IF EXISTS (SELECT FROM (
        SELECT f.frozen_at FROM classes_filing f WHERE f.id IN (SELECT filing_id FROM {rows}) ORDER BY f.id FOR SHARE
    ) class WHERE class.frozen_at IS NOT NULL) THEN
        RAISE EXCEPTION '班级已开班，名册已锁定，不能增减人员。(The class has begun: its roster is frozen.)'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
"""
"""The class is locked while it is asked, so that one that begins at this moment is waited for."""


class Enrolment(models.Model):
    """One person on a roster: who they are is in the vault, `facts` what the roster says by the vocabulary's names.

    From the class's first day the database lets nobody join, go or be changed; who leaves then is marked so.
    """

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="enrolments")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="enrolments")
    number = models.PositiveIntegerField(_("序号"))
    category = models.CharField(_("人员类别"), max_length=30, blank=True)
    facts: Any = models.JSONField(default=dict)
    named_alike = models.BooleanField(default=True)
    """Whether the roster names the person as the vault does; somebody has to clear it up when not."""
    added_at = models.DateTimeField(default=clock.now)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)
    left_reason = models.CharField(_("退出原因"), max_length=200, blank=True)
    eligible = models.BooleanField(null=True)
    estimate = models.BigIntegerField(null=True)
    findings: Any = models.JSONField(default=list)

    class Meta:
        ordering = ("number",)
        verbose_name = verbose_name_plural = _("培训人员")
        constraints = (
            models.UniqueConstraint(
                fields=["filing", "person"],
                condition=Q(left_on__isnull=True),
                name="person_once_per_class",
                violation_error_message=_("此人已在本班名册中。"),
            ),
        )
        indexes = (models.Index(fields=["filing", "number"], name="enrolment_order"),)
        triggers = (
            pgtrigger.Trigger(
                name="frozen_to_joining",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="joining"),
                func=_BEGUN.format(rows="joining"),
            ),
            pgtrigger.Trigger(
                name="frozen_to_going",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="going"),
                func=_BEGUN.format(rows="going"),
            ),
            pgtrigger.Trigger(
                name="frozen_to_changes",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("filing", "person", "number", "category", "facts", "added_at"),
                func=_BEGUN.format(rows="(SELECT OLD.filing_id UNION SELECT NEW.filing_id) changed"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} #{self.number}"

    def name_for(self, actor: Actor) -> str:
        """The masked name, or for a provider that named the person otherwise a note: it is not told another's name."""
        return str(UNLIKE) if actor.of_provider and not self.named_alike else self.person.name_masked


class RosterImport(models.Model):
    """A roster being read: what was found, row by row, until it is stored or given up. Rows are sealed."""

    class State(models.TextChoices):
        READING = "reading", _("读取中")
        PREVIEW = "preview", _("待确认")
        STORING = "storing", _("正在入册")
        STORED = "stored", _("已入册")
        FAILED = "failed", _("无法读取")
        DROPPED = "dropped", _("已放弃")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    source = models.ForeignKey("files.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    sealed_rows = SealedField(null=True)
    faulty = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_stored = models.PositiveIntegerField(default=0)
    """How many rows are on the roster already, from the first on."""
    replace = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("名册导入")

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
