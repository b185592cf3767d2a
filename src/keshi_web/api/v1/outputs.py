"""Bodies of answers. Texts come in the language asked for; money is whole fen; no number of a person is whole."""

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from ninja import Schema

T = TypeVar("T")


class Page(Schema, Generic[T]):
    """One page of a list; `next` is the cursor of the page that follows, null on the last."""

    items: list[T]
    next: str | None


class Named(Schema):
    id: int
    name: str


class Possible(Schema):
    """An act that the organisation can make in the present state, or why not yet."""

    event: str
    label: str
    allowed: bool
    reason: str
    needs: list[str]


class State(Schema):
    key: str
    label: str
    final: bool
    waits_for: str


class SchemeRef(Schema):
    id: str
    version: int
    title: str


class FilingLine(Schema):
    """A filing as lists show it."""

    number: str
    scheme: SchemeRef
    item: str
    project: str
    training_type: str
    starts_on: date | None
    ends_on: date | None
    head_count: int
    estimate_fen: int | None
    channel: str
    state: State
    due_on: date | None
    suspended: bool
    opened_at: datetime
    changed_at: datetime


class Module(Schema):
    kind: str
    name: str
    content: str
    goal: str
    delivery: str
    hours: int
    online: bool
    theory: bool
    epidemic_prevention: bool
    course: int | None
    teacher: int | None


class Filing(FilingLine):
    """A filing with its plan."""

    etag: str
    occupation: str | None
    level: int | None
    planned_certificate: str
    platform: Named | None
    delegate: str | None
    payee: str
    administrator: Named | None
    completion_due_on: date | None
    correction_due_on: date | None
    filed_on: date | None
    approved_on: date | None
    late_reason: str
    committed_at: datetime | None
    facts: dict[str, Any]
    answers: dict[str, Any]
    agreement: dict[str, Any]
    modules: list[Module]
    acts: list[Possible]


class Finding(Schema):
    """The outcome of one rule, with its clause and what to do about it."""

    rule: str
    subject: str
    outcome: str
    clause: str
    text: str
    remedy: str
    needs: list[str]


class OpenPoint(Schema):
    """Something that keeps the filing from being handed in."""

    step: str
    text: str
    clause: str
    remedy: str


class PersonFindings(Schema):
    number: int
    findings: list[Finding]


class Check(Schema):
    """What the notice says about the filing as it stands; nothing is written by asking."""

    ready: bool
    open_points: list[OpenPoint]
    findings: list[Finding]
    warnings: list[Finding]
    people: int
    eligible: int
    not_eligible: list[PersonFindings]
    estimate_fen: int | None
    advance_fen: int
    receipt: str
    problems: list[str]


class RowFault(Schema):
    code: str
    fact: str
    text: str


class RowResult(Schema):
    """What became of one row: `stored` or, where it was only checked, `sound`. Notes need nobody's doing."""

    index: int
    outcome: str
    number: int | None
    notes: list[RowFault]


class RosterResult(Schema):
    stored: int
    head_count: int
    rows: list[RowResult]


class Enrolment(Schema):
    """A person on the roster, masked."""

    number: int
    name_masked: str
    id_number_masked: str
    facts: dict[str, Any]
    named_alike: bool
    eligible: bool | None
    estimate_fen: int | None
    findings: list[Finding]
    left_on: date | None


class Material(Schema):
    id: int
    material: str
    text: str
    file_name: str | None
    size: int | None
    sha256: str | None
    not_applicable: str
    on_paper: bool
    handed_in_at: datetime


class TimelinePoint(Schema):
    label: str
    lines: list[str]


class TimelineLine(Schema):
    """One line of the timeline as the applicant sees it."""

    id: int
    at: datetime
    event: str
    title: str
    state: str
    by: str
    note: str
    points: list[TimelinePoint]


class Clock(Schema):
    """A time limit under way or done. `workdays_left` is negative once it has passed."""

    name: str
    text: str
    clause: str
    duty_of: str
    started_on: date
    due_on: date | None
    workdays_left: int | None
    suspended: bool
    done_on: date | None


class Letter(Schema):
    id: int
    kind: str
    number: str
    title: str
    issued_at: datetime
    code: str
    revoked: bool


class FormLine(Schema):
    id: str
    number: str
    text: str
    lists_people: bool


class Amendment(Schema):
    number: str
    filing: str
    state: State
    reason: str
    changes: list["AmendedLine"]
    opened_at: datetime
    acts: list[Possible]


class AmendedLine(Schema):
    what: str
    before: str
    after: str


class Message(Schema):
    id: int
    kind: str
    title: str
    body: str
    case: str | None
    at: datetime
    read: bool
