"""Bodies of answers about what a filing refers to: notices and what they ask for, the organisation, the catalogue."""

from datetime import date

from ninja import Schema

from keshi_web.api.v1.outputs import Named


class Choice(Schema):
    value: str
    label: str


class Fact(Schema):
    """A fact that a notice asks for."""

    name: str
    label: str
    type: str
    unit: str
    required: bool
    choices: list[Choice]


class Item(Schema):
    """One subsidy of a notice."""

    id: str
    title: str
    clause: str
    payees: list[str]
    training_types: list[str]


class Limit(Schema):
    """A time limit of a notice."""

    id: str
    text: str
    clause: str
    stage: str
    event: str
    duty_of: str
    within: str | None
    before: str | None


class MaterialRule(Schema):
    """A document to hand in. `generated`: the service prints it from the filing, nothing is to be uploaded."""

    id: str
    text: str
    clause: str
    when: str
    form: str | None
    generated: bool


class Blank(Schema):
    """A blank of an official form that only the provider can fill in; `key` goes into `answers`."""

    key: str
    label: str
    kind: str
    choices: list[Choice]


class FormRule(Schema):
    id: str
    number: str
    text: str
    blanks: list[Blank]
    promises: list[str]


class SchemeLine(Schema):
    """A notice in force for the organisation today."""

    id: str
    version: int
    title: str
    notice: str
    issued_on: date
    region: str
    items: list[Item]


class ItemNeeds(Schema):
    """What a filing of an item has to bring."""

    item: str
    plan_columns: list[str]
    plan_facts: list[Fact]
    roster_facts: list[Fact]
    materials: list[MaterialRule]
    forms: list[FormRule]


class SchemeDetail(SchemeLine):
    digest: str
    needs: list[ItemNeeds]
    clocks: list[Limit]


class Organisation(Schema):
    id: str
    name: str
    uscc: str
    state: str
    region: str
    kinds: list[str]
    size: str


class Platform(Schema):
    """A platform and why it may be used: recommended, registered or evaluated under which notices; own."""

    id: int
    name: str
    url: str
    kind: str
    own: bool
    listings: list["PlatformListing"]


class PlatformListing(Schema):
    scheme: str
    ground: str
    clause: str
    valid_from: date
    valid_until: date | None


class Course(Schema):
    id: int
    name: str
    platform: Named | None
    occupation: str | None
    level: int | None
    video_minutes: int
    epidemic_prevention: bool


class Occupation(Schema):
    id: int
    edition: int
    code: str
    name: str
    levels: list[int]


class Teacher(Schema):
    id: int
    name: str
    title: str
    subject: str
    honours: list[str]
