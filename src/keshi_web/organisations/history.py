"""The history of an organisation as people read it: which field changed from what to what, by whom, in which act."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keshi_web.organisations.models import (
    BankAccount,
    Blacklisting,
    CatalogueEntry,
    DispatchAgreement,
    Kind,
    Organisation,
)
from keshi_web.organisations.words import KindOf, LegalForm, State

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
    "declare-epidemic": gettext_lazy("受疫情影响声明"),
    "add-account": gettext_lazy("登记银行账户"),
    "verify-account": gettext_lazy("核实银行账户"),
    "reject-account": gettext_lazy("退回银行账户"),
    "add-kind": gettext_lazy("增加单位类型"),
    "end-kind": gettext_lazy("终止单位类型"),
    "enter-catalogue": gettext_lazy("列入培训机构目录清单"),
    "add-dispatch-agreement": gettext_lazy("登记劳务派遣协议"),
    "end-dispatch-agreement": gettext_lazy("终止劳务派遣协议"),
    "blacklist": gettext_lazy("列入黑名单"),
    "note-appeal": gettext_lazy("记录申诉情况"),
    "lift-blacklisting": gettext_lazy("解除黑名单"),
    "close": gettext_lazy("注销"),
    "reopen": gettext_lazy("撤销注销标记"),
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
    """One entry: when, which act, who, and lines that say what is otherwise than before."""

    at: datetime
    act: str
    who: str
    lines: tuple[str, ...]


def history_of(organisation: Organisation) -> list[Change]:
    """Every act that changed the registration or anything that hangs on it, the latest first.

    What one act wrote in several tables is one entry. A change outside the service has no act and nobody.
    """
    acts: dict[object, _Act] = {}
    before: Any = None
    own = organisation.events.select_related("pgh_context", "region", "survivor", "licence").order_by(
        "pgh_id"
    )
    for event in own:
        lines = list(_lines(before, event)) if before is not None else []
        if before is None or lines:
            _act_of(event, acts).lines += lines
        before = event
    for model, mine, said in _HANGING:
        events = model.pgh_event_model.objects.filter(mine(organisation)).select_related("pgh_context")
        for event in events.order_by("pgh_id"):
            _act_of(event, acts).lines.append(said(event))
    for contact in organisation.contacts.select_related("entered_by"):
        if contact.entered_at > organisation.registered_at + _TOGETHER:
            who = contact.entered_by.name if contact.entered_by else ""
            acts[contact.pk] = _Act(contact.entered_at, f"change-{contact.role}", who)
    return [
        Change(one.at, str(ACTS.get(one.act, one.act)) or _("未经办理的修改"), one.who, tuple(one.lines))
        for one in sorted(acts.values(), key=lambda one: one.at, reverse=True)
    ]


@dataclass
class _Act:
    at: datetime
    act: str
    who: str
    lines: list[str] = field(default_factory=list)


_TOGETHER = timedelta(minutes=1)
"""The first people who stand for an organisation are entered as it registers."""


def _act_of(event: Any, acts: dict[object, _Act]) -> _Act:
    told = event.pgh_context.metadata if event.pgh_context else {}
    key = event.pgh_context_id or (type(event), event.pgh_id)
    if key not in acts:
        # The service's clock where there is a context; a demonstration stands on another day.
        at = datetime.fromisoformat(told["at"]) if "at" in told else event.pgh_created_at
        acts[key] = _Act(at, str(told.get("act", "")).partition(":")[0], str(told.get("name", "")))
    return acts[key]


def _days(event: Any) -> str:
    end = event.valid_until.isoformat() if event.valid_until else "…"
    return f"{event.valid_from.isoformat()} – {end}"


def _account(event: Any) -> str:
    if event.retired_at:
        return _("停用：%(what)s") % {"what": event.bank}
    return (_("启用：%(what)s") if event.verified_at else _("登记：%(what)s")) % {"what": event.bank}


def _of(name: str) -> Callable[[Organisation], Q]:
    return lambda organisation: Q(**{name: organisation})


_HANGING: tuple[tuple[Any, Callable[[Organisation], Q], Callable[[Any], str]], ...] = (
    (Kind, _of("organisation"), lambda event: f"{KindOf(event.kind).label} {_days(event)}"),
    (CatalogueEntry, _of("organisation"), lambda event: f"{event.document} {_days(event)}"),
    (Blacklisting, _of("organisation"), lambda event: f"{event.document_number} {_days(event)}"),
    (BankAccount, _of("organisation"), _account),
    (
        DispatchAgreement,
        lambda organisation: Q(agency=organisation) | Q(user_enterprise=organisation),
        lambda event: f"{event.agency.name} → {event.user_enterprise.name} {_days(event)}",
    ),
)
"""What hangs on an organisation: the model, which rows are its own, and how a row of the history reads."""


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
