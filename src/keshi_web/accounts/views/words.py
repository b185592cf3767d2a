"""How lines of the security log read."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from keshi_web.accounts.models import PasswordLink, SecurityEvent, SessionRecord
from keshi_web.accounts.roles import Role


def event_line(event: SecurityEvent) -> str:
    """What the details of an event say, in the reader's language."""
    told: Mapping[str, object] = event.details
    parts = []
    if role := told.get("role"):
        parts.append(str(Role(role).label) if role in Role.values else str(role))
    if office := told.get("office"):
        parts.append(_("机构 %(key)s") % {"key": office})
    if organisation := told.get("organisation"):
        parts.append(_("单位编号 %(key)s") % {"key": organisation})
    if begin := told.get("from"):
        parts.append(_("自 %(day)s") % {"day": begin})
    if until := told.get("until"):
        parts.append(_("至 %(day)s") % {"day": until})
    if (reason := told.get("reason")) in SessionRecord.End.values:
        parts.append(str(SessionRecord.End(reason).label))
    if (link := told.get("link")) in PasswordLink.Kind.values:
        parts.append(str(PasswordLink.Kind(link).label))
    if sessions := told.get("sessions"):
        parts.append(_("%(n)s 处登录") % {"n": sessions})
    if told.get("second_factor"):
        parts.append(_("已验证第二重"))
    if told.get("demonstration"):
        parts.append(_("演示一键登录"))
    if told.get("standing_in_for"):
        parts.append(_("受托"))
    if "left" in told:
        parts.append(_("剩余 %(n)s 个备用码") % {"n": told["left"]})
    return " · ".join(parts)
