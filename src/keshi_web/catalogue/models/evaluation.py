"""The evaluation of a platform, course or occupation: application, papers, check list, experts."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.catalogue.models.directory import Course, Platform
from keshi_web.catalogue.models.occupations import Occupation
from keshi_web.common import clock
from keshi_web.common.append_only import append_only


class Evaluation(models.Model):
    """The evaluation of a platform, course or occupation under a scheme, with its check list.

    An occupation that no edition knows is only `proposed` by name; it becomes an occupation when it passes.
    """

    process = models.OneToOneField("workflow.Process", on_delete=models.PROTECT, related_name="evaluation")
    scheme_version = models.ForeignKey("schemes.SchemeVersion", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=60)
    """Id of the evaluation in the scheme (`evaluations[].id`)."""
    applicant = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="evaluations",
        verbose_name=_("申请单位"),
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed = models.CharField(_("新职业名称"), max_length=80, blank=True)
    form: Any = models.JSONField(default=dict)
    """Values of the scheme's form by field id; tables as lists of rows of texts."""
    decided_on = models.DateField(_("评估日期"), null=True)
    passed = models.BooleanField(null=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("评估")
        constraints = (
            models.CheckConstraint(
                name="evaluation_of_one_thing",
                condition=Q(proposed="")
                & (
                    Q(platform__isnull=False, course__isnull=True, occupation__isnull=True)
                    | Q(platform__isnull=True, course__isnull=False, occupation__isnull=True)
                    | Q(platform__isnull=True, course__isnull=True, occupation__isnull=False)
                )
                | ~Q(proposed="") & Q(platform__isnull=True, course__isnull=True),
                violation_error_message=_("一项评估只评一个平台、一门课程或一个职业。"),
            ),
        )

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def scheme(self) -> Any:
        """The notice it is judged by, as the library knows it (keshi.scheme.Scheme)."""
        from keshi_web.schemes.library import get

        return get(self.scheme_version)

    @property
    def subject(self) -> "Platform | Course | Occupation | str":
        """What is evaluated; the name of an occupation that is only proposed."""
        found = self.platform or self.course or self.occupation or self.proposed
        assert found
        return found


@append_only(except_columns=("removed_at",))
class EvaluationMaterial(models.Model):
    """A paper for one place of an evaluation (see `checklist.slots`), or why there is none."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="materials")
    slot = models.CharField(max_length=120)
    attachment = models.ForeignKey(
        "files.Attachment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    not_applicable = models.CharField(_("不适用的理由"), max_length=200, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="evaluation_paper_or_reason",
                condition=Q(attachment__isnull=False, not_applicable="")
                | (Q(attachment__isnull=True) & ~Q(not_applicable="")),
                violation_error_message=_("请上传材料，或写明不适用的理由。"),
            ),
        )

    def __str__(self) -> str:
        return self.slot


@append_only
class CheckResult(models.Model):
    """One line of the check list as one level judged it; the latest row of a level counts.

    `passed` is None where the line does not concern the case: a third party's agreement of one's own site.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="checks")
    check_id = models.CharField(max_length=60)
    level = models.CharField(max_length=20)
    passed = models.BooleanField(null=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="check_failure_has_a_reason",
                condition=Q(passed__isnull=False, passed=True) | ~Q(note=""),
                violation_error_message=_("不合格或不适用的须写明理由。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.check_id}: {self.passed}"


@append_only
class ExpertOpinion(models.Model):
    """What an expert engaged by the bureau said about an occupation outside the catalogue.

    An expert has one voice: the latest row of a name counts.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="experts")
    expert = models.CharField(_("专家"), max_length=60)
    agrees = models.BooleanField(_("同意开展培训"))
    opinion = models.CharField(_("意见"), max_length=500)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.expert
