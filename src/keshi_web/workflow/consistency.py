"""What holds between a case, its timeline, its clocks and its messages; see `common.consistency`."""

from collections.abc import Iterator

from keshi_web.common.consistency import check, rows
from keshi_web.workflow.models import ClockEvent, ClockRun, Process
from keshi_web.workflow.table import Side, workflows_by_name


@check("every case has one line on its timeline for each of its steps, without gaps")
def steps() -> Iterator[str]:
    """Versions 0 … n, each once."""
    for number, version, lines in rows(
        """
        select p.number, p.version, array_agg(e.version order by e.version) from workflow_process p
        left join workflow_entry e on e.process_id = p.id and e.version is not null
        group by p.id having count(e.version) <> p.version + 1 or max(e.version) is distinct from p.version
        """
    ):
        yield f"{number}: at step {version}, the timeline has {lines}"


@check("every step begins where the one before ended, and the case stands where the last one led")
def states() -> Iterator[str]:
    """Source and target on the timeline, and the case's own state."""
    for number, version, source, before in rows(
        """
        select p.number, e.version, e.source, e.before from workflow_process p join (
            select process_id, version, source,
                lag(target) over (partition by process_id order by version) as before
            from workflow_entry where version is not null
        ) e on e.process_id = p.id where e.version > 0 and e.source is distinct from e.before
        """
    ):
        yield f"{number}: step {version} starts from {source!r}, the one before led to {before!r}"
    for number, state, target in rows(
        "select p.number, p.state, e.target from workflow_process p join workflow_entry e"
        " on e.process_id = p.id and e.version = p.version where e.target <> p.state"
    ):
        yield f"{number}: in state {state!r}, its last step led to {target!r}"


@check("whose turn a case is, and whether it is closed, are as its workflow says for the state")
def turns() -> Iterator[str]:
    """The copies of the workflow's table."""
    known = workflows_by_name()
    for process in Process.objects.exclude(kind__in=known).iterator():
        yield f"{process.number}: unknown workflow {process.kind!r}"
    for name, workflow in known.items():
        of_kind = Process.objects.filter(kind=name)
        for process in of_kind.exclude(state__in=workflow.by_state).iterator():
            yield f"{process.number}: unknown state {process.state!r}"
        for state in workflow.states:
            here = of_kind.filter(state=state.key)
            turn = Side.NOBODY if state.final else state.waits_for
            for process in here.exclude(turn=turn).iterator():
                yield f"{process.number}: {process.turn!r} has the turn in {state.key!r}, not {turn.value!r}"
            for process in here.filter(closed_at__isnull=state.final).iterator():
                yield f"{process.number}: {'not closed' if state.final else 'closed'} in {state.key!r}"


@check("every case is at the office that its chain names for its position")
def offices() -> Iterator[str]:
    """The office, and the path that decides who sees the case."""
    for (number,) in rows(
        """
        select p.number from workflow_process p left join regions_region r on r.id = p.chain[1]
        where p.office_id is distinct from p.chain[p.position + 1] or r.path is distinct from p.path
        """
    ):
        yield f"{number}: the office or the path is not that of its chain"


@check("every clock is stopped, paused and due as its events say")
def clocks() -> Iterator[str]:
    """The copies beside each clock's events, computed anew where it runs."""
    for number, name, stopped in rows(
        """
        select p.number, c.name, c.stopped from workflow_clockrun c
        join workflow_process p on p.id = c.process_id
        where c.stopped <> exists (
            select from workflow_clockevent e where e.run_id = c.id and e.kind = %s)
        """,
        [ClockEvent.Kind.STOPPED],
    ):
        yield f"{number}: clock {name!r} is {'' if stopped else 'not '}marked as stopped, its events say otherwise"
    running = ClockRun.objects.filter(stopped=False).select_related("process").prefetch_related("events")
    for run in running.order_by("id").iterator(chunk_size=2000):
        found = run.due()
        if (run.due_on, run.paused) != (found.day, found.suspended):
            yield f"{run.process.number}: clock {run.name!r} is due on {found.day}, noted is {run.due_on}"
        if not run.process.is_open:
            yield f"{run.process.number}: closed, and clock {run.name!r} still runs"


@check("every case is due when the earliest clock of whoever has the turn is")
def due() -> Iterator[str]:
    """The copy that queues are sorted by."""
    for number, noted, right in rows(
        """
        select p.number, p.due_on, c.day from workflow_process p cross join lateral (
            select min(due_on) filter (where duty_of = p.turn) as day, coalesce(bool_or(paused), false) as paused
            from workflow_clockrun where process_id = p.id and not stopped
        ) c where p.due_on is distinct from c.day or p.suspended <> c.paused
        """
    ):
        yield f"{number}: due on {right}, noted is {noted} (manage.py recompute_due)"


@check("the numbers of cases have no gaps")
def numbers() -> Iterator[str]:
    """As many cases as numbers given out, the last one among them; that none is doubled the database sees to."""
    for key, last, count, greatest in rows(
        """
        select s.key, s.last, count(p.id), max(substr(p.number, length(s.key) + 1)::bigint)
        from workflow_serial s left join workflow_process p
            on starts_with(p.number, s.key) and substr(p.number, length(s.key) + 1) ~ '^[0-9]{6,}$'
        group by s.key, s.last
        having count(p.id) <> s.last or coalesce(max(substr(p.number, length(s.key) + 1)::bigint), 0) <> s.last
        """
    ):
        yield f"{key}: {last} numbers given out, {count} cases, the greatest {greatest}"


@check("nobody is told of a step more often than it was made")
def messages() -> Iterator[str]:
    """Messages about transitions, by person and event."""
    for number, user, event, told in rows(
        """
        select p.number, m.user_id, m.event, m.n from (
            select process_id, user_id, params->>'event' as event, count(*) n from workflow_message
            where kind = 'transition' group by 1, 2, 3
        ) m join workflow_process p on p.id = m.process_id
        where m.n > (select count(*) from workflow_entry e
            where e.process_id = p.id and e.event = m.event and e.version is not null)
        """
    ):
        yield f"{number}: user {user} was told {told} times of {event!r}"


@check("every message that waits to be sent out has a job that sends it")
def deliveries() -> Iterator[str]:
    """A waiting delivery without a job would wait for ever."""
    for (delivery,) in rows(
        """
        select d.id from workflow_delivery d where d.state = 'waiting' and not exists (
            select from procrastinate_jobs j where j.task_name = 'workflow.deliver'
                and j.status in ('todo', 'doing') and j.args->>'delivery_id' = d.id::text)
        """
    ):
        yield f"delivery {delivery} waits, and no job will send it"
