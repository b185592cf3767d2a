"""What a plan may choose from: the forms offer it, the acts check it."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import PROVIDERS
from keshi_web.catalogue.models import Course, Platform, Teacher
from keshi_web.classes.models import Filing
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import State


def platforms() -> QuerySet[Platform]:
    """Every platform of the directory: one that is not listed under the notice has to be evaluated first."""
    return Platform.objects.order_by("name")


def administrators(filing: Filing) -> QuerySet[User]:
    """People of the provider who may be its training administrator."""
    held = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=clock.today()),
        organisation_id=filing.organisation_id,
        role__in=PROVIDERS,
        user__is_active=True,
    )
    return User.objects.filter(pk__in=held.values("user_id")).order_by("name")


def delegate_fault(filing: Filing, delegate: Organisation) -> str:
    """Why an organisation cannot be entrusted with the class; empty where it can."""
    if delegate.state != State.VERIFIED:
        return _("“%(name)s”尚未通过核实，暂不能接受委托。") % {"name": delegate.name}
    if delegate.pk == filing.organisation_id:
        return _("受委托单位不能是申报单位本身。")
    return ""


def courses(organisations: Collection[int], platforms: Collection[int]) -> QuerySet[Course]:
    """Courses of the organisation, its delegate and the platform used."""
    return Course.objects.filter(Q(owner_id__in=organisations) | Q(platform_id__in=platforms)).order_by(
        "name"
    )


def teachers(organisations: Collection[int]) -> QuerySet[Teacher]:
    """Teachers of the organisation and its delegate who still teach there."""
    return Teacher.objects.filter(organisation_id__in=organisations, until=None).order_by("name")
