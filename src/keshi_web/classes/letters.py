"""The letters of a filing: which facts each one needs, from the filing itself."""

from typing import Any

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import Filing
from keshi_web.common import clock
from keshi_web.workflow.models import Entry


def issue(filing: Filing, kind: str, entry: Entry, by: Actor | None) -> None:
    """Issue the letter of a transition; a transition without one issues nothing."""
    if not kind:
        return
    from keshi_web.documents.services import issue_letter

    issue_letter(
        kind,
        subject=f"classes.filing:{filing.pk}",
        office_name=filing.process.office.name,
        office_key=filing.process.office.key,
        addressee=filing.organisation.name,
        facts=facts_of(filing, entry),
        actor=by,
    )


def facts_of(filing: Filing, entry: Entry) -> dict[str, Any]:
    """What letters say about a filing. No person's data."""
    scheme = filing.scheme.file
    given = entry.details
    return {
        "number": filing.process.number,
        "project": filing.project,
        "scheme_title": scheme.title.zh,
        "notice": scheme.notice,
        "organisation": filing.organisation.name,
        "occupation": str(filing.occupation) if filing.occupation else "",
        "level": filing.level,
        "people": filing.head_count,
        "starts_on": filing.starts_on,
        "ends_on": filing.ends_on,
        "filed_on": filing.filed_on,
        "decided_on": clock.today(),
        "estimate": filing.estimate,
        "due_on": given.get("due_on"),
        "defects": given.get("defects"),
        "reason": given.get("reason"),
        "remedy": given.get("remedy"),
        "note": entry.note,
    }
