"""Who stands for an organisation, sealed; a change is a new row, so the rows are the history."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.common import clock
from keshi_web.common.append_only import append_only
from keshi_web.common.sealed import SealedField
from keshi_web.organisations.models.organisation import Organisation


class ContactRole(models.TextChoices):
    """What the person is to the organisation."""

    LEGAL_REPRESENTATIVE = "legal-representative", _("法定代表人（负责人）")
    CONTACT = "contact", _("联系人")


class Contact(models.Model):
    """A person who stands for an organisation, until another row supersedes theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    role = models.CharField(_("身份"), max_length=24, choices=ContactRole.choices)
    name_sealed = SealedField()
    phone_sealed = SealedField(null=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("单位人员")
        ordering = ("-entered_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "role"],
                condition=Q(superseded_at__isnull=True),
                name="contact_one_at_a_time",
                violation_error_message=_("该单位已有此身份的现任人员。"),
            ),
        )


@append_only
class Reading(models.Model):
    """Somebody opened a sealed name, phone or account: who, in which role, what for."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="readings")
    field = models.CharField(max_length=40)
    """What was read: `contact.name`, `contact.phone`, `account`."""
    row = models.UUIDField()
    purpose = models.CharField(_("用途"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("查看记录")
        ordering = ("-at", "-id")
