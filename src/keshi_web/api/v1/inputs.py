"""Bodies of requests."""

from typing import Literal

from pydantic import Field

from keshi_web.api.v1.fields import USCC, Day, In, Key, Name, Truth, Value, line, paragraph, whole
from keshi_web.classes.models import Module

MOST_ROWS = 5_000
"""People in one request; a larger roster comes in several."""


class NewFiling(In):
    """A draft under an item of a notice (`GET /schemes`)."""

    scheme: Name = Field(description="Id of the notice, as GET /schemes gives it.")
    item: Name = Field(description="Id of the item.")


class Agreement(In):
    """The five contents of an agreement with a delegate."""

    method: line(200) = ""
    content: line(200) = ""
    term: line(200) = ""
    fee: line(200) = ""
    duties: line(200) = ""


class Plan(In):
    """Changes of the plan. What is left out stays as it is; null clears."""

    project: line(120) | None = None
    training_type: Name | None = None
    occupation: line(100) | None = Field(None, description="Code of the occupation, or code and name.")
    level: whole(1, 5) | None = Field(None, description="5 is the lowest level, 1 the highest.")
    planned_certificate: Name | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    platform: Key | None = Field(None, description="Id from GET /platforms.")
    delegate: USCC | None = Field(None, description="Social credit code of the institution entrusted.")
    agreement: Agreement | None = None
    payee: Name | None = None
    administrator: Key | None = Field(None, description="Id from GET /organisation/administrators.")
    completion_due_on: Day | None = Field(
        None, description="Day promised for the rest of the file, where the notice knows a provisional start."
    )
    late_reason: line(200) | None = None
    filed_on: Day | None = Field(None, description="Real day of filing of a class entered afterwards.")
    facts: dict[Name, Value] = Field(
        {}, max_length=60, description="Plan facts by the names of GET /schemes/{id}."
    )
    answers: dict[line(120), Value] = Field(
        {}, max_length=200, description="Blanks of the official forms, by the keys of GET /schemes/{id}."
    )


class SyllabusModule(In):
    """One line of the syllabus; hours are class hours of the notice."""

    kind: Literal[tuple(Module.Kind.values)] = "vocational"  # type: ignore[valid-type]
    name: line(120, 1)
    content: line(300) = ""
    goal: line(200) = Field("", description="What is learned, and how well.")
    delivery: line(60) = Field("", description="How it is taught: live, recorded, questions answered …")
    hours: whole(1, 2000)
    online: Truth = True
    theory: Truth = True
    epidemic_prevention: Truth = False
    course: Key | None = None
    teacher: Key | None = None


class Syllabus(In):
    """The whole syllabus in order; it replaces the one before."""

    modules: list[SyllabusModule] = Field(max_length=200)


class Person(In):
    """One person of a roster. The number goes into the vault and is never given back."""

    name: line(60)
    id_number: line(24)
    phone: line(20) = ""
    facts: dict[Name, Value] = Field(
        {}, max_length=40, description="Roster facts by the names of GET /schemes/{id}."
    )


class Roster(In):
    """People to put on the roster. Who is on it already gets the new facts."""

    rows: list[Person] = Field(min_length=1, max_length=MOST_ROWS)
    replace: Truth = Field(False, description="Take everybody else off the roster first.")
    check_only: Truth = Field(False, description="Judge the rows and store nothing.")


class NotApplicable(In):
    """Why a material does not apply to this class."""

    reason: line(200, 1)


class Commitment(In):
    """The commitments of the notice's forms, read and accepted in the name of the organisation."""

    accepted: Literal[True]


class Act(In):
    """What an act says; `GET /filings/{number}` names under `acts` what each needs."""

    note: paragraph(4000) = ""
    reason: paragraph(4000) = ""


class Amendment(In):
    """A change of an approved class, reviewed before it takes effect. What is left out stays as it is."""

    reason: paragraph(300, 1)
    project: line(120) | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    platform: Key | None = None
    administrator: Key | None = None
    modules: list[SyllabusModule] | None = Field(None, max_length=200, description="A whole new syllabus.")
    leave: list[whole(1, 1_000_000)] = Field(
        [], max_length=MOST_ROWS, description="Roster numbers of people who leave."
    )
