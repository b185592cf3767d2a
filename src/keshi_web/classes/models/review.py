"""What the review of a filing looks at, and what changes a class after the decision."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.classes.models.filing import Filing
from keshi_web.common.sealed import SealedField


class Task(models.Model):
    """One check of the review: decided automatically with its evidence, or judged by a person."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("符合")
        FAILED = "failed", _("不符合")
        UNKNOWN = "unknown", _("尚不能判断")
        MANUAL = "manual", _("待人工判断")

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=80)
    """`rule:<id>`, `material:<id>` or `system:<name>`."""
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    evidence: Any = models.JSONField(default=dict)
    judgement = models.BooleanField(_("人工结论"), null=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    judged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审核要点")
        constraints = (models.UniqueConstraint(fields=["filing", "key"], name="task_once_per_filing"),)

    def __str__(self) -> str:
        return f"{self.key}: {self.outcome}"

    @property
    def settled(self) -> bool:
        """Whether a reviewer need not look again: it passed by itself, or somebody judged it."""
        return self.outcome == self.Outcome.PASSED or self.judgement is not None


class Amendment(models.Model):
    """A change asked for after the decision, reviewed again before it takes effect."""

    process = models.OneToOneField("workflow.Process", on_delete=models.PROTECT, related_name="amendment")
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="amendments")
    changes: Any = models.JSONField(default=dict)
    """`before` and `after` by column of the plan; `after` also `modules` (a whole syllabus), `leave` (row ids) and
    `join` (how many people join; who they are is sealed until the decision)."""
    sealed_joining = SealedField(null=True)
    reason = models.CharField(_("变更理由"), max_length=300)
    open = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("备案变更")
        constraints = (
            models.UniqueConstraint(
                fields=["filing"],
                condition=Q(open=True),
                name="amendment_one_open",
                violation_error_message=_("本班已有一项变更在办理中。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} {self.reason}"

    @property
    def scheme(self) -> Any:
        """The notice of its class, whose workdays its clocks follow."""
        return self.filing.scheme
