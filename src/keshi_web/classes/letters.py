"""The letters of a filing: what each one says, in Chinese, from the filing itself; no person's data."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django.db.models import DateField
from django.utils import translation

from keshi.money import fen_to_yuan, round_half_up
from keshi.vocabulary import choice_label
from keshi_web.accounts.actor import Actor
from keshi_web.classes.case import syllabus_facts
from keshi_web.classes.completeness import materials_of, open_points
from keshi_web.classes.models import Amendment, Channel, Filing, Task
from keshi_web.classes.precheck import precheck
from keshi_web.classes.task_labels import task_text
from keshi_web.common import clock
from keshi_web.documents.data import long_date
from keshi_web.documents.services import issue_letter
from keshi_web.workflow.models import Entry
from keshi_web.workflow.table import Side

Facts = dict[str, Any]


def issue(
    filing: Filing, kind: str, entry: Entry, by: Actor | None, amendment: Amendment | None = None
) -> None:
    """Issue the letter of a transition, where it has one."""
    if not kind:
        return
    with translation.override("zh-hans"):
        facts = {**_common(filing, entry), **_MORE[kind](filing, entry)}
        if amendment is not None:
            facts |= _changes(amendment, entry)
        issue_letter(
            kind,
            subject=f"classes.filing:{filing.pk}",
            office_name=filing.process.office.bureau_name,
            office_key=filing.process.office.key,
            addressee=filing.organisation.name,
            facts=facts,
            actor=by,
        )


def _common(filing: Filing, entry: Entry) -> Facts:
    scheme = filing.scheme.file
    return {
        "project": filing.project,
        "case_number": filing.process.number,
        "received_on": filing.filed_on,
        "notice_title": scheme.title.zh,
        "notice": cited(scheme.notice),
        "remark": entry.note,
        "remedy": entry.details.get("remedy"),
    }


def cited(notice: str) -> str:
    """A notice's number as it is; a notice without one by its name."""
    return notice if "〔" in notice else f"《{notice}》"


def _decision(filing: Filing, entry: Entry) -> Facts:
    check = precheck(filing)
    return {
        "particulars": particulars(filing),
        "standard": _standard(filing, [person.amount for person in check.people if person.amount]),
        "standards": _tariff(filing),
        "advance": f"{fen_to_yuan(check.advance)}元" if check.advance else "",
    }


def particulars(filing: Filing) -> list[dict[str, str]]:
    """What is filed, as label and value."""
    scheme = filing.scheme
    hours = syllabus_facts(filing.modules.select_related("course"))
    rows = {
        "补贴项目": scheme.item(filing.item).item.title.zh,
        "培训类型": choice_label("class.training_type", filing.training_type) if filing.training_type else "",
        "职业（工种）": str(filing.occupation) if filing.occupation else "",
        "技能等级": filing.level_words,
        "培训人数": f"{filing.head_count}人" if filing.head_count else "",
        "培训时间": f"{long_date(filing.starts_on)}至{long_date(filing.ends_on)}",
        "培训课时": f"共{hours['class.total_hours']}课时，其中线上{hours['class.online_hours']}课时",
        "线上培训平台": filing.platform.name if filing.platform else "",
        "受委托单位": filing.delegate.name if filing.delegate else "",
    }
    return [{"label": label, "value": value} for label, value in rows.items() if value]


def _standard(filing: Filing, amounts: list[int]) -> str:
    item = filing.scheme.item(filing.item).item
    basis = f"依据{cited(filing.scheme.file.notice)}（{item.clause}）"
    if not amounts:
        return basis
    least, most = min(amounts), max(amounts)
    each = f"{fen_to_yuan(most)}元" if least == most else f"{fen_to_yuan(least)}元至{fen_to_yuan(most)}元"
    return f"{basis}，培训计划全部完成的，每人{each}"


def _tariff(filing: Filing) -> list[dict[str, str]]:
    """The rows of the notice's standards for the class's occupation and level."""
    scheme = filing.scheme
    code = filing.occupation.code if filing.occupation else None
    found = []
    for name, spec in scheme.file.tables.items():
        if spec.unit != "yuan" or "occupation" not in spec.keys:
            continue
        for row in scheme.tables[name].rows:
            keys = dict(zip(spec.keys, row.keys, strict=True))
            if not row.valid_on(filing.starts_on) and (row.valid_from or row.valid_to):
                continue
            if keys.get("occupation") != code or keys.get("level") not in (None, filing.level):
                continue
            certificate = keys.get("certificate")
            label = (
                choice_label("trainee.certificate.kind", str(certificate)) if certificate else spec.text.zh
            )
            found.append(
                {"label": label, "value": f"{fen_to_yuan(round_half_up(Fraction(row.value) * 100))}元"}
            )
    return found


def _provisional(filing: Filing, entry: Entry) -> Facts:
    return {
        **_decision(filing, entry),
        "promised_on": filing.completion_due_on,
        "missing": [point.text for point in open_points(filing, provisional=False)] or ["完整的培训方案"],
    }


def _defects(filing: Filing, entry: Entry) -> Facts:
    said = [{"what": text} for text in entry.details.get("defects") or []]
    due = entry.details.get("due_on")
    return {"defects": [*said, *_judged_to_fail(filing)], "due_on": clock.read_day(due) if due else None}


def _reasons(filing: Filing, entry: Entry) -> Facts:
    said = [{"what": line} for line in str(entry.details.get("reason") or "").splitlines() if line.strip()]
    return {"reasons": [*said, *_judged_to_fail(filing)]}


def _judged_to_fail(filing: Filing) -> list[dict[str, str]]:
    """Every check that a reviewer judged to fail, so that nothing is told later."""
    rows = []
    for task in filing.tasks.filter(judgement=False).order_by("id"):
        remedy = (task.evidence.get("remedy") or {}).get("zh", "")
        rows.append({"what": _said(task), "clause": task.evidence.get("clause", ""), "remedy": remedy})
    return rows


def _said(task: Task) -> str:
    text = task_text(task)
    return f"{text}：{task.note}" if task.note else text


def _changes(amendment: Amendment, entry: Entry) -> Facts:
    refused = entry.event == "refuse"
    return {
        "decision": "不同意" if refused else "同意",
        "changes": amendment_lines(amendment),
        "reason": entry.details.get("reason"),
        "negative": refused,
        "received_on": clock.day_of(amendment.process.opened_at),
    }


def amendment_lines(amendment: Amendment) -> list[dict[str, str]]:
    """What an amendment changes: field, before, after, in words."""
    before, after = amendment.changes["before"], amendment.changes["after"]
    rows = []
    for name, value in after.items():
        if name == "leave":
            rows.append({"what": f"{len(value)}人退出培训"})
        elif name == "join":
            rows.append({"what": f"增加{value}名培训人员"})
        elif name == "modules":
            hours = sum(int(row["hours"]) for row in value)
            rows.append({"what": f"调整培训大纲（{len(value)}个单元模块，共{hours}课时）"})
        else:
            label = str(Filing._meta.get_field(name).verbose_name)
            rows.append(
                {"what": label, "before": _shown(name, before.get(name)), "after": _shown(name, value)}
            )
    return rows


def _shown(name: str, value: Any) -> str:
    field = Filing._meta.get_field(name)
    if isinstance(value, str) and isinstance(field, DateField):
        return long_date(clock.read_day(value))
    if value is None or not field.is_relation:
        return str(value or "")
    found = field.related_model.objects.filter(pk=value).first()  # type: ignore[union-attr]
    return str(found or "")


def _receipt(filing: Filing, entry: Entry) -> Facts:
    """What came in and how, and until when it is decided."""
    texts = {rule.id: rule.text.zh for rule in materials_of(filing, filing.scheme)}
    given = filing.materials.filter(removed_at=None, not_applicable="").order_by("id")
    handed_in = [{"what": texts[key]} for key in dict.fromkeys(row.material for row in given) if key in texts]
    run = (
        filing.process.clocks.filter(stopped=False, duty_of=Side.OFFICE, due_on__isnull=False)
        .order_by("due_on")
        .first()
    )
    return {
        "channel": "" if filing.channel == Channel.WEB else str(filing.get_channel_display()),
        "materials": handed_in,
        "due_on": run.due_on if run else None,
        "clause": run.clause if run else "",
    }


def _lapse(filing: Filing, entry: Entry) -> Facts:
    returned = filing.process.entries.filter(event="return").order_by("-id").first()
    return {
        "returned_on": clock.day_of(returned.at) if returned else None,
        "due_on": filing.correction_due_on,
        "reason": str(entry.details.get("reason") or "").rstrip("。"),
    }


_MORE: Mapping[str, Callable[[Filing, Entry], Facts]] = {
    "receipt": _receipt,
    "lapse": _lapse,
    "approval": _decision,
    "provisional": _provisional,
    "return": _defects,
    "refusal": _reasons,
    "revocation": _reasons,
    "amendment": lambda filing, entry: {},
}
