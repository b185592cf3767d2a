"""What a notice holds, as data. These structures are the file format: the JSON Schema for editors is made from them.

Every rule carries the `clause` of the notice it comes from and a text in Chinese and English. Formulas are
strings of the language in `keshi.expression`.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from keshi.vocabulary import Label

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$", description="lower-case identifier")]
Formula = Annotated[str, Meta(min_length=1, description="a formula of keshi's language")]
RegionCode = Annotated[str, Meta(pattern=r"^\d{6}$", description="administrative code, GB/T 2260")]
Figure = int | str
"""A number as written: 30, 7.5 (TOML's decimals are kept as their digits), "20%"."""

Stage = Literal["evaluation", "filing", "training", "claim", "review", "payment", "archive"]
Payee = Literal["enterprise", "institution", "platform", "provider", "person"]
Actor = Literal[
    "enterprise",
    "provider",
    "platform",
    "evaluation-centre",
    "reviewer",
    "district",
    "city",
    "province",
    "public",
]
"""Who acts; `reviewer` is whoever reviews at the level the case is at."""
Event = Literal[
    "application-received", "evaluation-received", "approval", "promised-date", "training-start", "online-part-ended",
    "training-end", "claim-received", "notice-published", "notice-ended", "epidemic-ended", "policy-end",
]  # fmt: skip
"""What a clock runs from."""
Shown = Literal["organisation", "name", "masked-id-number", "project", "amount", "persons"]
"""What a public notice may show."""
Per = Literal["person", "year", "project", "occupation-level"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything in a scheme file: unknown keys are refused."""


class Rule(Part, frozen=True, kw_only=True):
    """Something the notice rules: where it says so, and what it says in both languages."""

    clause: str
    text: Label
    reading: bool = False
    """The notice leaves it open; this is the bureau's reading of it."""


class Applies(Part, frozen=True, kw_only=True):
    """The classes a version governs, by the day they start; both days included, open where left out."""

    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


class Period(Part, frozen=True, kw_only=True):
    """A value of a parameter from a day on."""

    since: date = msgspec.field(name="from")
    value: Figure


class Parameter(Part, frozen=True, kw_only=True):
    """A figure or date of the notice: one `value`, one `day`, a list of `regions`, or values `dated` by class start."""

    clause: str
    text: Label | None = None
    value: Figure | None = None
    dated: list[Period] = []
    day: date | None = None
    regions: list[RegionCode] = []
    unit: str = "1"
    reading: bool = False


class TableSpec(Rule, frozen=True, kw_only=True):
    """A tariff table: key columns, value column and unit, and the CSV file with its rows in the folder `tables`.

    Columns `valid_from` and `valid_to` may be added; the class's first day decides. `sample` marks rows that
    stand in for a regulation the notice cites but does not contain.
    """

    keys: list[str]
    value: str
    unit: str
    file: str
    sample: bool = False


class Quantity(Rule, frozen=True, kw_only=True):
    """A named one-line formula. `unit` is checked against what the formula yields."""

    formula: Formula
    unit: str | None = None


class Requirement(Rule, frozen=True, kw_only=True):
    """A condition: `holds`, or `manual` where people judge. `waivable`: a recorded judgement may accept a failure."""

    id: Id
    of: Literal["organisation", "class", "trainee"]
    holds: Formula | None = None
    manual: bool = False
    waivable: bool = False
    stage: Stage = "claim"
    remedy: Label | None = None
    items: list[Id] = []
    """The items it concerns; all of the scheme's when empty."""


class Limit(Rule, frozen=True, kw_only=True):
    """A ceiling over a person's subsidies: the sum at most, or the count at most.

    `counts`: which past subsidies enter (this item's, this scheme's, or all); grouped by `per`.
    """

    id: Id
    per: list[Per]
    amount_at_most: Formula | None = None
    count_at_most: Formula | None = None
    counts: Literal["item", "scheme", "all"] = "scheme"
    items: list[Id] = []


class Sequence(Rule, frozen=True, kw_only=True):
    """The class may begin only after the person's previous one under the scheme (or anywhere) has ended."""

    id: Id
    counts: Literal["item", "scheme", "all"] = "scheme"
    items: list[Id] = []


class Exclusion(Rule, frozen=True, kw_only=True):
    """Not together with another subsidy."""

    id: Id
    subsidy: str
    remedy: Label | None = None
    items: list[Id] = []


class Span(Part, frozen=True, kw_only=True):
    """A length of time, in exactly one of these."""

    workdays: int | None = None
    days: int | None = None
    months: int | None = None


class Advance(Rule, frozen=True, kw_only=True):
    """Money paid ahead and set off at settlement: `each` for every trainee for whom `who` holds, `when` the class
    qualifies. `basis` names the shape: registered, qualified or budgeted persons."""

    basis: Literal["registered", "qualified", "budgeted"]
    each: Formula
    who: Formula = "True"
    when: Formula = "True"
    due: Span | None = None
    after: Event = "approval"


class Item(Part, frozen=True, kw_only=True):
    """One subsidy of the notice: who is paid, for what, how much."""

    id: Id
    title: Label
    clause: str
    payee: list[Payee]
    fund: str
    """失业保险基金专账, 就业补助资金 or 职业技能提升行动资金 (code of the fund)."""
    amount: Formula
    class_hours: Formula
    training_types: list[str] = []
    """Training types it pays for; any when empty."""
    part_of: list[Id] = []
    """Items whose payment for the same training is a part of this one, so not a second subsidy."""
    quantities: dict[str, Quantity] = {}
    requirements: list[Requirement] = []
    limits: list[Limit] = []
    sequences: list[Sequence] = []
    exclusions: list[Exclusion] = []
    advance: Advance | None = None


class Clock(Rule, frozen=True, kw_only=True):
    """A time limit: `within` after an event, or at least `before` one. `silence` says what no answer means."""

    id: Id
    stage: Stage
    event: Event
    duty_of: Actor
    within: Span | None = None
    before: Span | None = None
    silence: Label | None = None


class Step(Rule, frozen=True, kw_only=True):
    """One step of the procedure: who acts, at which level, under which clock."""

    id: Id
    stage: Stage
    by: Actor
    level: Literal["provider", "evaluation-centre", "district", "city", "province", "public"]
    clock: Id | None = None


class Material(Rule, frozen=True, kw_only=True):
    """A document to hand in or keep: at which stage, for which items, on which form, in which case (`when`).

    `only_if` says the case as a formula over facts of class and organisation: where it is false, nobody is asked.
    `third_party`: it is the agreement with the operator of the platform, and needed whenever that is somebody else.
    """

    id: Id
    stage: Stage
    form: Id | None = None
    when: Label | None = None
    only_if: str | None = None
    copies: int = 1
    items: list[Id] = []
    third_party: bool = False


class FormField(Part, frozen=True, kw_only=True):
    """One blank of a form. `fact` names the vocabulary where the system fills it in."""

    id: Id
    label: Label
    kind: Literal["text", "number", "date", "choice", "checkbox", "table", "signature", "opinion"] = "text"
    choices: list[Label] = []
    columns: list[Label] = []
    fact: str | None = None


class Form(Rule, frozen=True, kw_only=True):
    """A form. `ours`: the notice names it without printing it, so its layout is ours."""

    id: Id
    number: str = ""
    ours: bool = False
    copies: int = 1
    fields: list[FormField]
    notes: list[Label] = []
    promises: list[Label] = []


class PublicNotice(Rule, frozen=True, kw_only=True):
    """What the public notice shows, where and for how long."""

    shows: list[Shown]
    where: Label
    period: Span


class Return(Rule, frozen=True, kw_only=True):
    """A statistical return: its period, the day it is due and what it counts."""

    id: Id
    period: Literal["week", "month"]
    due_weekday: int | None = None
    due_time: str | None = None
    sent_to: Label
    columns: list[Label] = []
    headcount: Label | None = None


class Check(Part, frozen=True, kw_only=True):
    """One line of an evaluation's check list."""

    id: Id
    text: Label
    clause: str


class Evaluation(Rule, frozen=True, kw_only=True):
    """The evaluation of platforms, courses or occupations: levels in order, check list, exemptions, time limit.

    `files_with` is an office above the last level to which a positive result is reported, on `filing_form`; it takes
    note and decides nothing.
    """

    id: Id
    subject: Literal["platform", "course", "occupation"]
    levels: list[Actor]
    checks: list[Check] = []
    exempt: Label | None = None
    form: Id | None = None
    clock: Id | None = None
    valid_until: date | None = None
    files_with: Actor | None = None
    filing_form: Id | None = None


class Platform(Part, frozen=True, kw_only=True):
    """A platform that the notice recommends. `registration` says where using it needs one."""

    name: str
    clause: str
    url: str = ""
    registration: Label | None = None


class Office(Part, frozen=True, kw_only=True):
    """A service window of the notice."""

    name: str
    address: str
    phone: str
    clause: str
    region: RegionCode | None = None


class HourRule(Rule, frozen=True, kw_only=True):
    """How minutes become class hours: at least `minutes` each, on whose minutes, what a remainder does."""

    minutes: int
    basis: Literal["trainee", "course"]
    remainder: Literal["drop"] | int

    def in_minutes(self, minutes: int) -> int:
        """The class hours that so many minutes make."""
        whole, rest = divmod(minutes, self.minutes)
        return whole + (self.remainder != "drop" and rest >= self.remainder)


class Blend(Rule, frozen=True, kw_only=True):
    """Shares of online and theory hours of the total: a largest online share or a least theory share."""

    id: Id
    online_at_most: Figure | None = None
    theory_at_least: Figure | None = None
    applies_to: Label
    judged_by: Id | None = None
    """The requirement that settlement applies; none where the rule concerns classes that it does not pay."""


class Duty(Rule, frozen=True, kw_only=True):
    """A duty or service the notice orders around the money: supervision, directories, teachers, privacy, surveys."""

    id: Id
    topic: Literal[
        "process", "records", "supervision", "tip-off", "integrity", "privacy", "teachers", "directory", "survey",
        "priority", "administrator", "submission", "jurisdiction", "archive", "late-entry", "content", "fund",
        "contract", "follow-up",
    ]  # fmt: skip
    of: Actor
    details: list[Label] = []


class SchemeFile(Part, frozen=True, kw_only=True):
    """A whole scheme.toml."""

    id: Id
    version: int = 1
    region: RegionCode
    title: Label
    notice: str
    issued_on: date
    issuer: Label
    related: list[str] = []
    applies: Applies = Applies()
    without_common: list[Id] = []
    """Common limits (the national plan's) that the region has switched off."""
    closed_days: list[date] = []
    opened_days: list[date] = []
    parameters: dict[str, Parameter] = {}
    tables: dict[str, TableSpec] = {}
    quantities: dict[str, Quantity] = {}
    items: list[Item]
    requirements: list[Requirement] = []
    limits: list[Limit] = []
    sequences: list[Sequence] = []
    exclusions: list[Exclusion] = []
    hours: HourRule
    blends: list[Blend] = []
    clocks: list[Clock] = []
    steps: list[Step] = []
    materials: list[Material] = []
    forms: list[Form] = []
    public_notice: PublicNotice | None = None
    returns: list[Return] = []
    evaluations: list[Evaluation] = []
    platforms: list[Platform] = []
    offices: list[Office] = []
    duties: list[Duty] = []


class CommonFile(Part, frozen=True, kw_only=True):
    """Rules above the notices, on unless a region switches them off."""

    limits: list[Limit]
