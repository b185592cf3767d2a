"""What was uploaded, by whom and for what; the bytes lie in `storage` under a name of ours."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.append_only import append_only


@append_only
class Attachment(models.Model):
    """A file that was accepted. Never changed: a corrected paper is another attachment.

    `size` and `sha256` are those of the content as kept (before sealing), `received_sha256` of the bytes that came
    in; the two differ for pictures, which are made anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("文件名"), max_length=120)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    received_sha256 = models.CharField(_("接收时摘要"), max_length=64)
    stored_as = models.CharField(_("存放位置"), max_length=80, unique=True)
    sealed = models.BooleanField(_("加密存放"), default=False)
    purpose = models.SlugField(_("用途"), max_length=60, db_index=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("上传人"),
    )
    at = models.DateTimeField(_("上传时间"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("附件")
        constraints = (
            models.CheckConstraint(
                name="attachment_digests_are_sha256",
                condition=Q(sha256__regex="^[0-9a-f]{64}$", received_sha256__regex="^[0-9a-f]{64}$"),
                violation_error_message=_("摘要须为 SHA-256。"),
            ),
        )

    def __str__(self) -> str:
        return self.name


@append_only
class Removal(models.Model):
    """The content of an attachment was destroyed: by whom and why. The attachment's row stays, its file is gone."""

    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="removal")
    ground = models.CharField(_("依据"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("办理人"),
    )
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("附件销毁记录")

    def __str__(self) -> str:
        return f"{self.attachment_id} {self.at:%Y-%m-%d}"
