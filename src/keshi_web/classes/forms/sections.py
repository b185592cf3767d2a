"""The plan's fields in the order of the page, under their headings."""

import dataclasses
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _now

from keshi_web.classes.completeness import AGREEMENT
from keshi_web.classes.official import Asked
from keshi_web.common.language import lang
from keshi_web.ui.forms import BaseForm


@dataclasses.dataclass
class Section:
    """Fields under one heading; a folded one opens by itself where something was filled in or is wrong."""

    title: str
    names: list[str]
    note: str = ""
    folded: bool = False
    fields: list[forms.BoundField] = dataclasses.field(default_factory=list)
    open: bool = False


def sections_of(form: BaseForm, asked: Sequence[Asked], *, agreement_wanted: bool = False) -> list[Section]:
    """The fields in the order of the page, under their headings; what few classes need is folded."""
    plan = [
        "project",
        "training_type",
        "occupation",
        "level",
        "planned_certificate",
        "starts_on",
        "ends_on",
    ]
    place = [
        "platform",
        "administrator",
        "fact:organisation.kind",
        "payee",
    ]
    delegation = ["delegate", *(f"agreement:{name}" for name in AGREEMENT)]
    more = [name for name in form.fields if name.startswith("fact:") and name not in place]
    late = ["late_reason", "filed_on", "approved_on"]
    sections = [Section(_now("培训安排"), plan + more), Section(_now("平台与管理"), place)]
    for paper in dict.fromkeys(one.form.id for one in asked):
        rows = [one for one in asked if one.form.id == paper]
        title = getattr(rows[0].form.text, lang())
        sections.append(Section(title, [f"answer:{one.key}" for one in rows]))
    sections.append(
        Section(
            _now("委托培训"),
            delegation,
            _now("委托其他机构或使用第三方平台时填写；协议须写明培训方式、内容、期限、费用和双方责任五项。"),
            folded=True,
        )
    )
    if "completion_due_on" in form.fields:
        sections.append(
            Section(
                _now("先行开班"),
                ["completion_due_on"],
                _now("材料暂不齐全、须先行开班时，承诺一个补报期限。"),
                folded=True,
            )
        )
    if "received_on" in form.fields:
        sections.append(Section(_now("收到申请"), ["received_on"]))
    sections.append(
        Section(_now("补录"), late, _now("仅用于系统启用前已经办理的班级；其他班级不填。"), folded=True)
    )
    for section in sections:
        section.fields = [form[name] for name in section.names if name in form.fields]
        section.open = any(field.value() or field.errors for field in section.fields) or (
            section.names is delegation and agreement_wanted
        )
    return [section for section in sections if section.fields]
