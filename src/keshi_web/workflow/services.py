"""Acts on cases that change no state: who is in charge. And acts on many cases, each on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.common.errors import Invalid, NotAllowed, Refusal, Stale
from keshi_web.workflow import engine, notify, queries
from keshi_web.workflow.models import Entry, Process
from keshi_web.workflow.table import Side


@transaction.atomic
def assign(process_id: int, to: int | None, *, by: Actor) -> Entry | None:
    """Put a case into somebody's hands (None: into nobody's); None when it was theirs already.

    Whoever acts at the office may take a free case or give their own back; a leader gives any case to any
    colleague whose role acts in its state. The timeline keeps who had it.

    Raises:
        NotAllowed: the case is not at the actor's office, is closed, or is somebody else's.
        Stale: somebody took it first.
    """
    process = Process.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=process_id)
    if not process.is_open or by.office is None or process.office_id != by.office.id:
        raise NotAllowed(_("只能分派本机构正在办理的事项。"))
    if not (by.leads or by.role in engine.roles_waited_for(process)):
        raise NotAllowed(_("您的角色不办理此事项，不能认领或分派。"))
    if process.assignee_id == to:
        return None
    if not by.leads:
        if to not in (by.user_id, None):
            raise NotAllowed(_("只有负责人可以把事项交由他人承办。"))
        if process.assignee_id not in (None, by.user_id):
            raise Stale(_("此件已由%(who)s承办。") % {"who": process.assignee})
    colleague = None
    if to is not None:
        colleague = queries.colleagues(process, by).filter(pk=to).first()
        if colleague is None:
            raise NotAllowed(_("此人不在本机构，或者其角色不能办理此事项。"))
    earlier = process.assignee
    process.assignee = colleague
    process.save(update_fields=["assignee"])
    entry = engine.record(
        process,
        "assign",
        by=by,
        to=colleague.name if colleague else "",
        earlier=earlier.name if earlier else "",
    )
    if colleague and colleague.pk != by.user_id:
        params = {"number": process.number, "title": process.title, "by": by.name}
        notify.tell([colleague.pk], "assigned", params, process=process)
    return entry


class Outcome(StrEnum):
    """What became of one case of many."""

    DONE = "done"
    REFUSED = "refused"
    STALE = "stale"


@dataclass(frozen=True)
class Result:
    """One case of a bulk act, with the reason where it was not done."""

    process: Process
    outcome: Outcome
    reason: str = ""


def act_on_many(
    wanted: Sequence[tuple[int, int]], kind: str, event: str, *, by: Actor, given: Mapping[str, Any]
) -> list[Result]:
    """Make the same transition on many cases, `wanted` naming each with the version that was seen.

    Each case has its own transaction: one that is refused keeps no other from being decided.

    Raises Invalid when the transition may not be made on many cases at once.
    """
    if event not in {one.event for one in queries.bulk_transitions(kind, by.role)}:
        raise Invalid(_("此步骤须逐件办理。"))
    seen = dict(wanted)
    processes = Process.objects.visible_to(by).filter(pk__in=seen, kind=kind).select_related("organisation")
    results = []
    for process in processes.order_by("due_on", "id"):
        try:
            engine.act(process, event, by=by, version=seen[process.pk], given=given)
        except Stale as refusal:
            results.append(Result(process, Outcome.STALE, str(refusal)))
        except Refusal as refusal:
            results.append(Result(process, Outcome.REFUSED, str(refusal)))
        else:
            results.append(Result(process, Outcome.DONE))
    return results


def may_assign(process: Process, actor: Actor) -> bool:
    """Whether the actor may take a case or hand it on."""
    return (
        process.is_open
        and process.turn == Side.OFFICE
        and actor.office is not None
        and actor.office.id == process.office_id
        and (actor.leads or actor.role in engine.roles_waited_for(process))
    )
