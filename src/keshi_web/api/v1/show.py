"""Cases as answers give them."""

from collections.abc import Mapping
from typing import Any

from keshi.vocabulary import vocabulary
from keshi_web.accounts.actor import Actor
from keshi_web.api.v1.etags import etag
from keshi_web.classes.letters import amendment_lines
from keshi_web.classes.models import Amendment, Enrolment, Filing, Material
from keshi_web.classes.precheck import shown
from keshi_web.workflow.engine import choices
from keshi_web.workflow.models import Process

Body = dict[str, Any]


def state(process: Process) -> Body:
    """Where a process stands."""
    found = process.state_shown
    return {
        "key": found.key,
        "label": str(found.label),
        "final": found.final,
        "waits_for": str(process.turn),
    }


def acts(process: Process, subject: Any, actor: Actor) -> list[Body]:
    """What the organisation can do now, with the reason where it cannot yet."""
    return [
        {
            "event": one.transition.event,
            "label": str(one.transition.label),
            "allowed": one.verdict.allowed,
            "reason": str(one.verdict.reason),
            "needs": list(one.transition.needs),
        }
        for one in choices(process, subject, actor)
    ]


def filing_line(filing: Filing) -> Body:
    """A filing in a list."""
    process = filing.process
    version = filing.scheme_version
    return {
        "number": process.number,
        "scheme": {"id": version.scheme, "version": version.number, "title": version.title},
        "item": filing.item,
        "project": filing.project,
        "training_type": filing.training_type,
        "starts_on": filing.starts_on,
        "ends_on": filing.ends_on,
        "head_count": filing.head_count,
        "estimate_fen": filing.estimate,
        "channel": filing.channel,
        "state": state(process),
        "due_on": process.due_on,
        "suspended": process.suspended,
        "opened_at": process.opened_at,
        "changed_at": process.changed_at,
    }


def filing_whole(filing: Filing, actor: Actor) -> Body:
    """A filing with its plan."""
    answers = dict(filing.answers)
    agreement = answers.pop("agreement", {})
    return {
        **filing_line(filing),
        "etag": etag(filing),
        "occupation": filing.occupation.code if filing.occupation else None,
        "level": filing.level,
        "planned_certificate": filing.planned_certificate,
        "platform": _named(filing.platform),
        "delegate": filing.delegate.uscc if filing.delegate else None,
        "payee": filing.payee,
        "administrator": _named(filing.administrator),
        "completion_due_on": filing.completion_due_on,
        "correction_due_on": filing.correction_due_on,
        "filed_on": filing.filed_on,
        "approved_on": filing.approved_on,
        "late_reason": filing.late_reason,
        "committed_at": filing.committed_at,
        "facts": filing.facts,
        "answers": answers,
        "agreement": agreement,
        "modules": [_module(row) for row in filing.modules.all()],
        "acts": acts(filing.process, filing, actor),
    }


def _named(row: Any) -> Body | None:
    return {"id": row.pk, "name": row.name} if row is not None else None


def _module(row: Any) -> Body:
    return {
        "kind": row.kind, "name": row.name, "content": row.content, "goal": row.goal,
        "delivery": row.delivery, "hours": row.hours, "online": row.online,
        "theory": row.theory, "epidemic_prevention": row.epidemic_prevention, "course": row.course_id,
        "teacher": row.teacher_id,
    }  # fmt: skip


def finding(stored: Mapping[str, Any]) -> Body:
    """A finding as the check keeps it, in the reader's language; the facts it needs by name."""
    said = shown(dict(stored))
    names = ("rule", "subject", "outcome", "clause", "text", "remedy")
    return {**{name: said[name] for name in names}, "needs": list(stored["needs"])}


def enrolment(row: Enrolment) -> Body:
    """A person on the roster: masks, and facts of the vocabulary only."""
    known = vocabulary()
    facts = {name: value for name, value in row.facts.items() if name in known}
    if row.category:
        facts["trainee.category"] = row.category
    return {
        "number": row.number,
        "name_masked": row.person.name_masked if row.named_alike else "",
        "id_number_masked": row.person.id_number_masked,
        "facts": facts,
        "named_alike": row.named_alike,
        "eligible": row.eligible,
        "estimate_fen": row.estimate,
        "findings": [finding(one) for one in row.findings],
        "left_on": row.left_on,
    }


def material(row: Material, texts: Mapping[str, str]) -> Body:
    """A document handed in."""
    file = row.attachment
    return {
        "id": row.pk,
        "material": row.material,
        "text": texts.get(row.material, row.material),
        "file_name": file.name if file else None,
        "size": file.size if file else None,
        "sha256": file.received_sha256 if file else None,
        "not_applicable": row.not_applicable,
        "on_paper": row.on_paper,
        "handed_in_at": row.at,
    }


def amendment(row: Amendment, actor: Actor) -> Body:
    """A change with what it changes."""
    lines = [{"before": "", "after": "", **one} for one in amendment_lines(row)]
    return {
        "number": row.process.number,
        "filing": row.filing.process.number,
        "state": state(row.process),
        "reason": row.reason,
        "changes": lines,
        "opened_at": row.process.opened_at,
        "acts": acts(row.process, row, actor),
    }
