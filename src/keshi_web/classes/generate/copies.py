"""Repeating the rows of patterns in bulk: insert … select, with every constraint and trigger in force.

A plan (one line per copy, in a temporary table) says of which pattern, for which organisation, office and people, how
many days later. Foreign keys to the pattern's organisation, office and people are exchanged, days and moments moved,
everything else is as the acts left it. Due dates are counted anew, as no shift of days keeps the workdays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from keshi_web.accounts.models import User
from keshi_web.classes.models import Enrolment, Filing, Material, Module, PlanSnapshot, Task
from keshi_web.organisations.models import Organisation
from keshi_web.people.models import Employment
from keshi_web.regions.models import Region
from keshi_web.workflow.clocks import Pause, due
from keshi_web.workflow.models import ClockEvent, ClockRun, Entry, Process

_TYPES = {int: "bigint", str: "text"}


@dataclass(frozen=True)
class Copy:
    """One line of the plan. `_was` is the pattern's own; `person` the number of the first person on the roster."""

    pattern: int
    days: int
    number: str
    title: str
    project: str
    organisation_was: int
    organisation: int
    region_was: int
    region: int
    path: str
    provider_was: int
    provider: int
    clerk_was: int
    clerk: int
    person: int
    process_id: int = 0
    filing_id: int = 0


CLOCK = "(select d.due_on from due d where d.run = {run} and d.days = p.days)"
_RUN_OF_PROCESS = (
    "(select r.id from workflow_clockrun r"
    " where r.process_id = t.id and r.name = t.due_clock and not r.stopped)"
)
_STARTS, _ENDS = "filing.starts_on + p.days", "filing.ends_on + p.days"
OVERRIDES: dict[type[models.Model], dict[str, str]] = {
    Process: {
        "id": "p.process_id", "number": "p.number", "title": "p.title", "path": "p.path",
        "chain": "array_replace(t.chain, p.region_was, p.region)", "assignee": "null",
        "due_on": f"case when t.due_on is null then null else {CLOCK.format(run=_RUN_OF_PROCESS)} end",
    },
    # A roster is frozen once it is there: the database takes nobody in afterwards.
    Filing: {"id": "p.filing_id", "process": "p.process_id", "project": "p.project", "frozen_at": "null"},
    Entry: {"process": "p.process_id"},
    ClockRun: {
        "process": "p.process_id",
        "due_on": f"case when t.due_on is null then null else {CLOCK.format(run='t.id')} end",
    },
    ClockEvent: {"run": "new_run.id", "entry": "new_entry.id"},
    Module: {"filing": "p.filing_id"},
    Material: {"filing": "p.filing_id"},
    Task: {"filing": "p.filing_id"},
    PlanSnapshot: {
        "filing": "p.filing_id",
        "plan": f"t.plan || jsonb_build_object('project', p.project, 'starts_on', {_STARTS}, 'ends_on', {_ENDS})",
    },
    Enrolment: {"filing": "p.filing_id", "person": "person.id"},
}  # fmt: skip
"""What is not simply moved or exchanged, by field."""
_FILING = "join classes_filing filing on filing.process_id = p.pattern"
JOINS: dict[type[models.Model], str] = {
    Process: "join workflow_process t on t.id = p.pattern",
    Filing: "join classes_filing t on t.process_id = p.pattern",
    # Lines that a class of many people would have by the dozen say nothing more.
    Entry: "join workflow_entry t on t.process_id = p.pattern and t.event <> 'person-added'",
    ClockRun: "join workflow_clockrun t on t.process_id = p.pattern",
    # Clocks and steps are known again by what is unique of them.
    ClockEvent: "join workflow_clockrun old_run on old_run.process_id = p.pattern"
    " join workflow_clockevent t on t.run_id = old_run.id"
    " join workflow_clockrun new_run on new_run.process_id = p.process_id and new_run.name = old_run.name"
    "  and new_run.started_on = old_run.started_on + p.days and new_run.stopped = old_run.stopped"
    " left join workflow_entry old_entry on old_entry.id = t.entry_id"
    " left join workflow_entry new_entry on new_entry.process_id = p.process_id"
    "  and new_entry.version = old_entry.version",
    Module: f"{_FILING} join classes_module t on t.filing_id = filing.id",
    Material: f"{_FILING} join classes_material t on t.filing_id = filing.id",
    Task: f"{_FILING} join classes_task t on t.filing_id = filing.id",
    PlanSnapshot: f"{_FILING} join classes_plansnapshot t on t.filing_id = filing.id",
    Enrolment: f"{_FILING} join classes_enrolment t on t.filing_id = filing.id"
    " join person on person.number = (p.person + t.number - 1) % (select count(*) from person)",
}
ORDER = (Process, Filing, Entry, ClockRun, ClockEvent, Module, Material, Task, PlanSnapshot, Enrolment)


@transaction.atomic
def write(plan: Sequence[Copy]) -> None:
    """Write the copies of a plan. Expects the temporary tables `person` and `due`."""
    with connection.cursor() as cursor:
        processes, filings = (_reserve(cursor, model, len(plan)) for model in (Process, Filing))
        columns = ", ".join(
            f"{one.name} {'int' if one.name == 'days' else _TYPES[one.type]}" for one in fields(Copy)
        )  # type: ignore[index]
        cursor.execute(f"create temporary table plan ({columns}) on commit drop")
        with cursor.copy("copy plan from stdin") as copy:
            for place, line in enumerate(plan):
                copy.write_row((*astuple(line)[:-2], processes + place, filings + place))
        cursor.execute("analyze plan")
        for model in ORDER:
            cursor.execute(_insert(model))
        cursor.execute(_FROZEN)
        cursor.execute(_EMPLOYED)
        cursor.execute("drop table plan")


_FROZEN = """
    update classes_filing f set frozen_at = t.frozen_at + p.days * interval '1 day'
    from plan p join classes_filing t on t.process_id = p.pattern
    where f.id = p.filing_id and t.frozen_at is not null
"""
_EMPLOYED = f"""
    insert into {Employment._meta.db_table}
        (person_id, organisation_id, relation, valid_from, contract_months, recorded_at)
    select distinct on (e.person_id) e.person_id, p.organisation, 'contract', date '2020-01-01', 36, e.added_at
    from plan p join classes_enrolment e on e.filing_id = p.filing_id
    where not exists (select 1 from {Employment._meta.db_table} w where w.person_id = e.person_id)
    order by e.person_id, p.filing_id
"""


def tables(people: Iterable[tuple[int, object]], runs: Iterable[ClockRun], shifts: Iterable[int]) -> None:
    """Make `person` (number, key) and `due` (clock, days later, last day) for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("create temporary table person (number bigint primary key, id uuid)")
        with cursor.copy("copy person from stdin") as copy:
            for row in people:
                copy.write_row(row)
        cursor.execute(
            "create temporary table due (run bigint, days int, due_on date, primary key (run, days))"
        )
        lines = [(run.pk, days, _due(run, days)) for run in runs for days in shifts]
        with cursor.copy("copy due from stdin") as copy:
            for line in lines:
                copy.write_row(line)
        cursor.execute("analyze person")
        cursor.execute("analyze due")


def _due(run: ClockRun, days: int) -> date | None:
    """The last day of a clock whose every event came some days later."""
    later = timedelta(days=days)
    pauses = [Pause(one.since + later, one.until and one.until + later) for one in run.pauses()]
    return due(
        run.started_on + later,
        workdays=run.workdays,
        days=run.days,
        months=run.months,
        last_day=run.last_day and run.last_day + later,
        pauses=pauses,
        calendar=run.calendar,
    ).day


def _reserve(cursor: CursorWrapper, model: type[models.Model], count: int) -> int:
    """The first of `count` keys nobody else will be given."""
    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
    cursor.execute(f"select setval({sequence}, nextval({sequence}) + %s)", [count])
    (last,) = cursor.fetchone()
    return int(last) - count


def _insert(model: type[models.Model]) -> str:
    """The statement that copies a table's rows by the plan."""
    changed = OVERRIDES[model]
    chosen = {
        field.column: changed.get(field.name) or _moved(field)
        for field in model._meta.local_concrete_fields
        if not (field.primary_key and field.name not in changed)
    }
    columns = ", ".join(map(connection.ops.quote_name, chosen))
    # Keys are given in this order: a timeline is read by them.
    return (
        f"insert into {model._meta.db_table} ({columns}) select {', '.join(chosen.values())}"
        f" from plan p {JOINS[model]} order by p.process_id, t.id"
    )


def _moved(field: "models.Field[object, object]") -> str:
    """A column of a copy: exchanged, later by the plan's days, or as it was."""
    value = f"t.{connection.ops.quote_name(field.column)}"
    exchanged: dict[object, Sequence[str]] = {
        User: ("provider", "clerk"), Organisation: ("organisation",), Region: ("region",),
    }  # fmt: skip
    if names := exchanged.get(field.related_model):
        cases = " ".join(f"when p.{name}_was then p.{name}" for name in names)
        return f"case {value} {cases} else {value} end"
    if isinstance(field, models.DateTimeField):
        return f"{value} + p.days * interval '1 day'"
    if isinstance(field, models.DateField):
        return f"{value} + p.days"
    assert not isinstance(field, ArrayField) or field.base_field.get_internal_type() != "UUIDField"
    return value
