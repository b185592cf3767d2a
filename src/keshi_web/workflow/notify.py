"""Telling people: a message in the service, then by e-mail or SMS where they chose so."""

from django.db.models import Q

from keshi_web.accounts.models import Assignment
from keshi_web.accounts.roles import PROVIDERS, Role
from keshi_web.common import clock
from keshi_web.workflow.models import Entry, Message, Process
from keshi_web.workflow.table import Side, Transition


def transition_made(process: Process, transition: Transition, entry: Entry) -> None:
    """Tell the sides that the table names: the provider's administrators, or the office's reviewers."""
    users: set[int] = set()
    if Side.PROVIDER in transition.notifies:
        users |= _holders(organisation_id=process.organisation_id, roles=PROVIDERS)
    if Side.OFFICE in transition.notifies:
        roles = {role for one in process.workflow.from_state(process.state) for role in one.by}
        users |= (
            {process.assignee_id}
            if process.assignee_id
            else _holders(office_id=process.office_id, roles=roles)
        )
    users.discard(entry.by_id or 0)
    Message.objects.bulk_create(
        Message(
            user_id=user,
            process=process,
            kind="transition",
            params={
                "workflow": process.kind,
                "event": transition.event,
                "number": process.number,
                "title": process.title,
            },
            url=process.url,
        )
        for user in sorted(users)
    )


def _holders(*, roles: "set[Role] | frozenset[Role]", **place: int | None) -> set[int]:
    day = clock.today()
    held = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        valid_from__lte=day,
        role__in=roles,
        user__is_active=True,
        **place,
    )
    return set(held.values_list("user_id", flat=True))
