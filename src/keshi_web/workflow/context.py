"""What a detail page shows of its process: acts, timeline, clocks, progress; in a bounded number of queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.common import clock
from keshi_web.workflow import engine, inputs, queries, services
from keshi_web.workflow.models import ClockRun, Entry, Process
from keshi_web.workflow.table import Text

KINDS = {"grey": "neutral", "blue": "blue", "amber": "amber", "green": "green", "red": "red"}
"""Colours of the design system by a state's tone."""
_ICONS = {"grey": "point", "blue": "arrow-right", "amber": "edit", "green": "check", "red": "x"}


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    title: Text
    kind: str
    icon: str
    who: str
    entry: Entry
    note: str
    remark: str
    points: list[tuple[Text, list[str]]]


@dataclass(frozen=True)
class Limit:
    """A clock as it is shown: what `<c-clock>` takes, with its text, clause and what is left where it stands."""

    run: ClockRun
    due: date | None
    left: int | None
    paused: bool
    done: date | None
    paused_left: int | None
    problem: str

    @property
    def counts_workdays(self) -> bool:
        """Whether its length is in workdays."""
        return self.run.workdays is not None


def process_context(process: Process, subject: Any, actor: Actor) -> dict[str, Any]:
    """For the templates `workflow/actions.html`, `timeline.html`, `clocks.html` and `steps.html`.

    Five queries besides those of the guards: timeline, clocks with their events, and colleagues where the
    actor may hand the case on.
    """
    may_assign = services.may_assign(process, actor)
    colleagues = list(queries.colleagues(process, actor)) if may_assign and actor.leads else []
    steps, current, aside = _steps(process)
    return {
        "process": process,
        "state_kind": KINDS[process.state_shown.tone],
        "choices": engine.choices(process, subject, actor),
        "timeline": timeline(process, actor),
        "limits": limits(process),
        "steps": steps,
        "step": current,
        "step_aside": aside,
        "may_assign": may_assign,
        "colleagues": colleagues,
    }


def timeline(process: Process, actor: Actor) -> list[Line]:
    """The entries for one side: remarks, and who is in charge, are the office's own business."""
    entries = process.entries.select_related("by", "standing_in_for")
    return [
        _line(process, entry, office=actor.of_bureau)
        for entry in entries
        if actor.of_bureau or entry.event != "assign"
    ]


def _line(process: Process, entry: Entry, *, office: bool) -> Line:
    title, kind = _title(process, entry)
    points = []
    for name, value in entry.details.items():
        described = inputs.registered(name)
        if described is None or (described.office_only and not office):
            continue
        points.append(
            (described.label, [str(one) for one in value] if isinstance(value, list) else [str(value)])
        )
    return Line(
        title=title,
        kind=KINDS[kind],
        icon=_ICONS[kind],
        who=_who(entry),
        entry=entry,
        note=entry.note,
        remark=entry.remark if office else "",
        points=points,
    )


def _title(process: Process, entry: Entry) -> tuple[Text, str]:
    if entry.event == "open":
        return _("建立事项"), "grey"
    if entry.event == "assign":
        return assigned(entry), "grey"
    label = process.workflow.label_of(entry.event)
    if entry.version is None:
        return label, "grey"
    state = process.workflow.by_state.get(entry.target)
    return label, state.tone if state else "grey"


def assigned(entry: Entry) -> str:
    """What an entry of an assignment says."""
    to = entry.details.get("to")
    return _("交由%(who)s承办") % {"who": to} if to else _("退回本机构待认领")


def _who(entry: Entry) -> str:
    if entry.by is None:
        return _("系统")
    role = entry.get_role_display() if entry.role else ""
    name = entry.by.name
    if entry.standing_in_for:
        name = _("%(name)s（代%(holder)s）") % {"name": name, "holder": entry.standing_in_for.name}
    return " · ".join(filter(None, (name, str(role), entry.place)))


def limits(process: Process) -> list[Limit]:
    """The clocks of a process: the running ones by due date, then those that are done."""
    today = clock.today()
    found = [_limit(run, today) for run in process.clocks.prefetch_related("events").order_by("id")]
    return sorted(found, key=lambda one: (one.done is not None, one.due or date.max, one.run.pk))


def _limit(run: ClockRun, today: date) -> Limit:
    from keshi_web.common.language import lang

    due, done = run.due(), run.stopped_on()
    return Limit(
        run=run,
        due=due.day,
        left=run.left(due.day, today) if due.day and not done else None,
        paused=due.suspended and not done,
        done=done,
        paused_left=due.left,
        problem=due.problem.text(lang()) if due.problem else "",
    )


def _steps(process: Process) -> tuple[list[Text], int, Text]:
    """Labels of the main states, the number of the present one, and the present state's label where it is another."""
    flow = process.workflow
    labels = [flow.by_state[key].label for key in flow.steps]
    if process.state in flow.steps:
        at = flow.steps.index(process.state) + 1
        return labels, at + (1 if process.state_shown.final else 0), ""
    # Beside the main way (returned, refused): where the last main state of the timeline stands.
    passed = process.entries.filter(target__in=flow.steps, version__isnull=False).order_by("-id").first()
    at = flow.steps.index(passed.target) + 1 if passed else 1
    return labels, at, process.state_shown.label
