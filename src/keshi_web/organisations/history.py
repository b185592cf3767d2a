"""The history of an organisation as people read it: which field changed from what to what, by whom, in which act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import LegalForm, State

ACTS = {
    "register": gettext_lazy("登记"),
    "change-details": gettext_lazy("变更登记信息"),
    "change-legal-representative": gettext_lazy("变更法定代表人（负责人）"),
    "change-contact": gettext_lazy("变更联系人"),
    "submit": gettext_lazy("提交核实"),
    "verify": gettext_lazy("核实通过"),
    "reject": gettext_lazy("核实未通过"),
    "merge": gettext_lazy("合并"),
    "declare-size": gettext_lazy("申报企业规模"),
    "close": gettext_lazy("注销"),
}
_SHOWN = (
    "name",
    "uscc",
    "legal_form",
    "legal_person",
    "region",
    "address",
    "industry",
    "licence",
    "state",
    "survivor",
)


@dataclass(frozen=True)
class Change:
    """One entry: when, which act, who, and lines of the form “field: before → after”."""

    at: datetime
    act: str
    who: str
    lines: tuple[str, ...]


def history_of(organisation: Organisation) -> list[Change]:
    """All changes of the tracked columns, the latest first. A change outside the service has no act and nobody."""
    events = list(
        organisation.events.select_related("pgh_context", "region", "survivor", "licence").order_by("pgh_id")
    )
    changes = []
    before: Any = None
    for event in events:
        lines = () if before is None else tuple(_lines(before, event))
        if before is None or lines:
            told = event.pgh_context.metadata if event.pgh_context else {}
            act = str(told.get("act", "")).partition(":")[0]
            changes.append(
                Change(
                    # The service's clock where there is a context; a demonstration stands on another day.
                    at=datetime.fromisoformat(told["at"]) if "at" in told else event.pgh_created_at,
                    act=str(ACTS.get(act, act)) or _("未经办理的修改"),
                    who=str(told.get("name", "")),
                    lines=lines,
                )
            )
        before = event
    return changes[::-1]


def _lines(before: Any, after: Any) -> list[str]:
    lines = []
    for name in _SHOWN:
        field = Organisation._meta.get_field(name)
        if getattr(before, field.attname) != getattr(after, field.attname):
            lines.append(f"{field.verbose_name}：{_said(name, before)} → {_said(name, after)}")
    return lines


def _said(name: str, event: Any) -> str:
    value = getattr(event, name)
    if value is None or value == "":
        return "—"
    if name == "state":
        return str(State(value).label)
    if name == "legal_form":
        return str(LegalForm(value).label)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)
