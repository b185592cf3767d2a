"""Form versions that cases pin, issued papers, and the serial numbers of letters.

Letters name organisations only and are kept word for word as issued. Forms may hold rosters: their data stays
where it belongs (the case and the identity vault), the form is printed on demand, and what is kept of a printed
one is a keyed digest, by which the same data is recognised and from which nothing can be guessed.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.models import User
from keshi_web.common import clock
from keshi_web.common.append_only import append_only


@append_only
class FormVersion(models.Model):
    """A form as a scheme's version defines it, with the layout it is printed in: both pinned here."""

    scheme = models.CharField(_("政策编号"), max_length=80)
    scheme_digest = models.CharField(max_length=80)
    form = models.CharField(_("表单"), max_length=80)
    layout_digest = models.CharField(max_length=64)
    definition = models.JSONField()
    """`form` and `layout` as the library and `layout.py` define them."""
    created_at = models.DateTimeField(_("建立时间"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("表单版本")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "scheme_digest", "form", "layout_digest"),
                name="form_version_once",
                violation_error_message=_("该表单版本已经登记。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.form}"


class Serial(models.Model):
    """The last number of an office's series of letters in a year; its row is locked while a letter is made."""

    office_key = models.CharField(max_length=120)
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("文书序号")
        constraints = (
            models.UniqueConstraint(fields=("office_key", "series", "year"), name="serial_once_per_year"),
        )

    def __str__(self) -> str:
        return f"{self.office_key} {self.series}〔{self.year}〕{self.last}"


@append_only
class Document(models.Model):
    """A paper that left the house: a letter, kept as issued, or the fact that a form was printed."""

    class Kind(models.TextChoices):
        FORM = "form", _("表单")
        LETTER = "letter", _("文书")

    kind = models.CharField(_("种类"), max_length=6, choices=Kind.choices)
    subject = models.CharField(_("事项"), max_length=120, db_index=True)
    """What it is about: `classes.filing:12`."""
    title = models.CharField(_("名称"), max_length=200)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, null=True, blank=True)
    letter = models.CharField(_("文书种类"), max_length=40, blank=True)
    letter_digest = models.CharField(max_length=64, blank=True)
    """Of the template a letter was worded by."""
    office_key = models.CharField(max_length=120, blank=True)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    content = models.JSONField(null=True, blank=True)
    """A letter's every word (`letters.Content`); always empty for a form."""
    digest = models.CharField(_("内容摘要"), max_length=64)
    code = models.CharField(_("验证码"), max_length=19, null=True, blank=True, unique=True)
    issued_at = models.DateTimeField(_("发出时间"), default=clock.now)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("文书档案")
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("office_key", "number"),
                condition=Q(kind="letter"),
                name="letter_number_once",
                violation_error_message=_("该文号已经使用。"),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="letter", form_version__isnull=True, content__isnull=False, code__isnull=False
                )
                & ~Q(number="")
                | Q(
                    kind="form",
                    form_version__isnull=False,
                    content__isnull=True,
                    code__isnull=True,
                    number="",
                ),
                name="document_letter_or_form",
                violation_error_message=_("文书须有文号、内容和验证码；表单须有版本，且不保存内容。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()


@append_only
class Revocation(models.Model):
    """A letter that no longer holds, and why. The letter itself stays."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(_("撤销理由"), max_length=400)
    revoked_at = models.DateTimeField(_("撤销时间"), default=clock.now)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("文书撤销")
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="revocation_has_a_reason",
                violation_error_message=_("请填写撤销理由。"),
            ),
        )

    def __str__(self) -> str:
        return str(self.document)
