"""What a plan's lists offer, in words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _now

from keshi_web.classes.forms.controls import NOTHING
from keshi_web.classes.models import Filing
from keshi_web.classes.selectable import delegate_fault, platforms
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation


def payee_label(key: str) -> str:
    """Who is paid, in words."""
    labels = {
        "enterprise": _now("企业"),
        "institution": _now("培训机构"),
        "platform": _now("线上平台"),
        "provider": _now("培训单位"),
        "person": _now("个人"),
    }
    return labels.get(key, key)


def platform_choices(filing: Filing) -> list[Any]:
    """Platforms by why they may be used: listed under the notice, the organisation's own, others."""
    from keshi_web.catalogue.models import Listing

    day = filing.filed_on or clock.today()
    listed = {
        listing.platform_id: listing.get_ground_display()
        for listing in Listing.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            scheme=filing.scheme_version.scheme,
            platform__isnull=False,
            delisted_on=None,
            valid_from__lte=day,
        )
    }
    groups: dict[str, list[tuple[str, str]]] = {}
    for platform in platforms():
        if platform.pk in listed:
            title = str(listed[platform.pk])
        elif platform.operator_id == filing.organisation_id:
            title = _now("本单位的平台（须先评估）")
        else:
            title = _now("其他平台（须先评估）")
        groups.setdefault(title, []).append((str(platform.pk), platform.name))
    return [NOTHING, *sorted(groups.items(), key=lambda pair: "须先评估" in pair[0])]


def delegate_by_code(filing: Filing, text: str) -> Organisation | None:
    """The delegate by its credit code: registered here and verified; None for an empty text.

    Raises ValidationError.
    """
    code = text.strip().upper()
    if not code:
        return None
    found = Organisation.objects.filter(uscc=code).first()
    if found is None:
        raise ValidationError(
            _now("没有登记统一社会信用代码为 %(code)s 的单位。请对方先在本平台登记。") % {"code": code}
        )
    if fault := delegate_fault(filing, found):
        raise ValidationError(fault)
    return found
