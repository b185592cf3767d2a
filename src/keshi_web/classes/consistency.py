"""What holds between a filing, its steps and what belongs to them; see `common.consistency`."""

from collections.abc import Iterator

from keshi_web.classes.models import RosterImport
from keshi_web.classes.services.decisions import HANDED_IN
from keshi_web.classes.workflow import AMENDMENT, FILING
from keshi_web.common.consistency import check, rows

SNAPSHOT_AT = (*HANDED_IN, "start")


@check("every filing's number of people is that of its roster")
def head_counts() -> Iterator[str]:
    """The copy that lists show."""
    for number, noted, count in rows(
        """
        select p.number, f.head_count, count(e.id) from classes_filing f
        join workflow_process p on p.id = f.process_id
        left join classes_enrolment e on e.filing_id = f.id and e.left_on is null
        group by f.id, p.number having f.head_count <> count(e.id)
        """
    ):
        yield f"{number}: {count} on the roster, noted are {noted}"


@check("every filing was kept as it was each time it was handed in and when it began, once")
def snapshots() -> Iterator[str]:
    """One snapshot for each such step."""
    for number, event, steps, kept in rows(
        """
        select p.number, coalesce(e.event, s.event), coalesce(e.n, 0), coalesce(s.n, 0) from (
            select f.id, e.event, count(*) n from classes_filing f join workflow_entry e
            on e.process_id = f.process_id and e.version is not null where e.event = any(%s) group by 1, 2
        ) e full join (select filing_id, event, count(*) n from classes_plansnapshot group by 1, 2) s
            on s.filing_id = e.id and s.event = e.event
        join classes_filing f on f.id = coalesce(e.id, s.filing_id) join workflow_process p on p.id = f.process_id
        where e.n is distinct from s.n
        """,
        [list(SNAPSHOT_AT)],
    ):
        yield f"{number}: {steps} × {event!r}, {kept} snapshots"


@check("a filing under review is what was handed in")
def unchanged() -> Iterator[str]:
    """Nobody writes to a roster that an office is deciding on."""
    for number, now, then in rows(
        """
        select p.number, f.head_count, s.head_count from classes_filing f
        join workflow_process p on p.id = f.process_id
        cross join lateral (select head_count from classes_plansnapshot
            where filing_id = f.id order by id desc limit 1) s
        where p.state in ('submitted', 'endorsed', 'supplemented') and f.head_count <> s.head_count
        """
    ):
        yield f"{number}: {now} people, handed in with {then}"


@check("every decision has its letter, and every letter its decision")
def letters() -> Iterator[str]:
    """As many letters of a kind as steps that issue one."""
    steps = [
        (workflow.name, event, letter)
        for workflow in (FILING, AMENDMENT)
        for event, letter in {one.event: one.letter for one in workflow.transitions if one.letter}.items()
    ]
    for number, letter, wanted, made in rows(
        """
        with steps as (
            select coalesce(f.id, a.filing_id) as filing, l.letter, count(*) n
            from unnest(%s::text[], %s::text[], %s::text[]) as l(kind, event, letter)
            join workflow_process p on p.kind = l.kind
            join workflow_entry e on e.process_id = p.id and e.event = l.event and e.version is not null
            left join classes_filing f on f.process_id = p.id
            left join classes_amendment a on a.process_id = p.id
            group by 1, 2
        ), made as (
            select split_part(subject, ':', 2)::bigint as filing, letter, count(*) n from documents_document
            where kind = 'letter' and starts_with(subject, 'classes.filing:') group by 1, 2
        )
        select p.number, coalesce(s.letter, m.letter), coalesce(s.n, 0), coalesce(m.n, 0)
        from steps s full join made m on m.filing = s.filing and m.letter = s.letter
        left join classes_filing f on f.id = coalesce(s.filing, m.filing)
        left join workflow_process p on p.id = f.process_id where s.n is distinct from m.n
        """,
        [list(column) for column in zip(*steps, strict=True)],
    ):
        yield f"{number}: {wanted} decisions that issue {letter!r}, {made} letters"


@check("what a decision writes beside its step is there")
def decided() -> Iterator[str]:
    """The day and maker of an approval, the lock of a roster at the start."""
    for number, what in rows(
        """
        select p.number, case when not approved and s.approve then 'approved without day or person'
            else 'the roster''s lock is not that of the start' end
        from (select f.*, f.approved_on is not null and f.decided_by_id is not null as approved
            from classes_filing f) f
        join workflow_process p on p.id = f.process_id
        cross join lateral (select coalesce(bool_or(event in ('approve', 'approve-provisionally')), false) as approve,
            coalesce(bool_or(event = 'start'), false) as start
            from workflow_entry where process_id = p.id and version is not null) s
        where s.approve and not approved and p.state in ('approved', 'provisional', 'running', 'finished')
            or s.start <> (f.frozen_at is not null)
        """
    ):
        yield f"{number}: {what}"


@check("an amendment is open as long as its case is")
def amendments() -> Iterator[str]:
    """The copy that lets a class have one open amendment only."""
    for (number,) in rows(
        "select p.number from classes_amendment a join workflow_process p on p.id = a.process_id"
        " where a.open <> (p.closed_at is null)"
    ):
        yield f"{number}: open or closed otherwise than its case"


@check("every roster that is being read or stored has a job for it, and rows are kept only while they wait")
def imports() -> Iterator[str]:
    """No import waits for ever, none keeps people longer than needed."""
    for key, state in rows(
        """
        select i.id, i.state from classes_rosterimport i where i.state = any(%s) and not exists (
            select from procrastinate_jobs j
            where j.task_name = case i.state when %s then 'classes.read_roster' else 'classes.store_roster' end
                and j.status in ('todo', 'doing') and j.args->>'import_id' = i.id::text)
            or i.state = any(%s) and i.sealed_rows is not null
            or i.state = any(%s) and i.sealed_rows is null
        """,
        [
            [RosterImport.State.READING.value, RosterImport.State.STORING.value],
            RosterImport.State.READING,
            [RosterImport.State.STORED.value, RosterImport.State.DROPPED.value],
            [RosterImport.State.PREVIEW.value, RosterImport.State.STORING.value],
        ],
    ):
        yield f"import {key}: {state}, without job or with rows that should be gone"
