"""The official forms of a filing, filled from the filing itself.

A blank is filled from, in this order: what the provider answered for it, the vocabulary's fact it names, and what
the service knows under well-known blank ids (`KNOWN`). Tables are filled column by column by their headings
(columns.toml). docs/writing-a-scheme.md lists ids and headings, so that a new notice needs no code.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from keshi.scheme import Scheme
from keshi.scheme.model import Form, FormField
from keshi.vocabulary import choice_label, vocabulary
from keshi_web.classes.case import class_facts
from keshi_web.classes.completeness import form_of, materials_of
from keshi_web.classes.models import Enrolment, Filing, Module
from keshi_web.common import clock
from keshi_web.documents.data import FormData, Signed, long_date
from keshi_web.documents.forms import fill
from keshi_web.documents.models import Document
from keshi_web.organisations.facts import organisation_facts
from keshi_web.organisations.papers import CONTACTS

ASKED_KINDS = frozenset({"text", "number", "choice", "date", "checkbox"})
Source = Callable[[Filing], Any]


def _share_online(filing: Filing) -> Any:
    modules = list(filing.modules.all())
    total = sum(module.hours for module in modules)
    return f"{round(100 * sum(m.hours for m in modules if m.online) / total)}%" if total else None


def _platform(filing: Filing) -> str | None:
    if filing.platform is None:
        return None
    return "\n".join(part for part in (filing.platform.name, filing.platform.url) if part)


KNOWN: Mapping[str, Source] = {
    "platform": _platform,
    "platform-name": lambda filing: filing.platform and filing.platform.name,
    "platform-name-and-address": _platform,
    "site-address": lambda filing: filing.platform and filing.platform.url,
    "persons": lambda filing: filing.head_count or None,
    "planned-persons": lambda filing: filing.head_count or None,
    "enterprise-address": lambda filing: filing.organisation.address,
    "institution-uscc": lambda filing: filing.delegate and filing.delegate.uscc,
    "institution-address": lambda filing: filing.delegate and filing.delegate.address,
    "responsible": lambda filing: filing.administrator and filing.administrator.name,
    "filled-on": lambda filing: filing.filed_on or clock.today(),
    "promise-date": lambda filing: filing.committed_at and clock.day_of(filing.committed_at),
    "promised-date": lambda filing: filing.completion_due_on,
    "provisional": lambda filing: filing.completion_due_on is not None,
    "agreement": lambda filing: (
        filing.delegate_id is not None or any(filing.answers.get("agreement", {}).values())
    ),
    "online-share": _share_online,
    "certificate": lambda filing: filing.planned_certificate or None,
}
"""Blanks that the service fills in by itself, by their id."""


PROPOSED: Mapping[str, Source] = {"icp": lambda filing: filing.platform and filing.platform.icp}
"""What stands in a blank that the provider left open."""


BY_HAND = frozenset({"institution-head", "institution-phone"})
"""Blanks about people of another organisation: filled in by hand."""
DECIDED = {
    "approve": "同意备案，准予开班。",
    "confirm": "补报材料齐全，准予开班。",
    "approve-provisionally": "同意先行开班，请按期补报。",
    "refuse": "不予备案。",
}
"""What the bureau's opinion says, by the act of its decision."""


@dataclass(frozen=True)
class Asked:
    """A blank of an official form that only the provider can fill in."""

    form: Form
    field: FormField

    @property
    def key(self) -> str:
        """Where the answer is kept, and the name of the control."""
        return f"{self.form.id}.{self.field.id}"


def forms_of(filing: Filing, scheme: Scheme) -> list[Form]:
    """The official forms of the filing, in the order of the notice's materials, each once."""
    by_id = {form.id: form for form in scheme.file.forms}
    wanted = dict.fromkeys(material.form for material in materials_of(filing, scheme) if material.form)
    return [by_id[form_id] for form_id in wanted if form_id in by_id]


def asked(filing: Filing, scheme: Scheme) -> list[Asked]:
    """The blanks to ask the provider for: no fact of the vocabulary, nothing the service knows, not for signing."""
    papers = {material.id for material in materials_of(filing, scheme)}
    return [
        Asked(form, field)
        for form in forms_of(filing, scheme)
        for field in form.fields
        if field.fact is None
        and not (field.kind == "checkbox" and field.id in papers)
        and field.kind in ASKED_KINDS
        and field.id not in KNOWN
        and field.id not in CONTACTS
        and field.id not in BY_HAND
    ]


def form_data(
    filing: Filing,
    form: Form,
    people: Sequence[Mapping[str, Any]] = (),
    contacts: Mapping[tuple[str, str], str] | None = None,
) -> FormData:
    """A form filled from the filing.

    `people`: the roster with names and numbers, where the form has a roster; `contacts`: names and phones of the
    organisation's people by whose and which (see `CONTACTS`), where the reader may print them.
    """
    modules = list(filing.modules.select_related("course", "teacher"))
    facts: dict[str, Any] = {
        **organisation_facts(filing.organisation, filing.filed_on or clock.today()),
        **{name: value for name, value in class_facts(filing, modules).items() if value is not None},
    }
    if filing.approved_on is None:
        facts.pop("class.approved_on", None)
    if filing.filed_on is None:
        facts.pop("class.filed_on", None)
    if filing.occupation is not None:
        facts["class.occupation"] = str(filing.occupation)
    ticked = _handed_in(filing) if any(field.kind == "checkbox" for field in form.fields) else {}
    extra: dict[str, Any] = {}
    for field in form.fields:
        value = _answer(filing, form, field)
        if field.fact == "class.level":
            value = filing.level_words
        elif field.kind == "opinion":
            value = _opinion(filing)
        elif field.kind == "checkbox" and field.id in ticked:
            value = ticked[field.id]
        if value is None and field.fact is None and field.id in KNOWN:
            value = KNOWN[field.id](filing)
        if value is None and field.id in PROPOSED:
            value = PROPOSED[field.id](filing)
        if value is None and field.id in CONTACTS:
            value = (contacts or {}).get(CONTACTS[field.id])
        if field.kind == "table":
            value = _rows(field, filing, modules, people)
        if value not in (None, "", []):
            extra[field.id] = _fitting(field, value)
    return fill(form, facts, extra)


def _answer(filing: Filing, form: Form, field: FormField) -> Any:
    answer = filing.answers.get(f"{form.id}.{field.id}")
    if answer in (None, ""):
        return None
    if field.kind == "date" and isinstance(answer, str):
        return clock.read_day(answer)
    if field.kind == "number" and isinstance(answer, str):
        return int(answer) if answer.isdecimal() else answer
    return answer


def _opinion(filing: Filing) -> Signed | None:
    """The bureau's decision, once there is one: what, by which letter, whose, when."""
    made = filing.process.entries.filter(event__in=DECIDED, version__isnull=False).select_related("by")
    entry = made.order_by("id").last()
    if entry is None:
        return None
    letters = Document.objects.filter(
        subject=f"classes.filing:{filing.pk}", letter__in=("approval", "provisional", "refusal")
    )
    letter = letters.order_by("id").last()
    named = f"详见《{letter.title}》（{letter.number}）。" if letter else ""
    return Signed(
        text=DECIDED[entry.event] + named,
        person=entry.by.name if entry.by else "",
        on=clock.day_of(entry.at),
    )


def _handed_in(filing: Filing) -> dict[str, bool]:
    """Every material of the notice, and whether it came: as a file, on paper, or drawn up by the service."""
    scheme = filing.scheme
    came = filing.materials.filter(removed_at=None).exclude(attachment=None, on_paper=False)
    given = set(came.values_list("material", flat=True))
    return {
        material.id: material.id in given or _drawn_up(filing, form_of(scheme, material.form))
        for material in materials_of(filing, scheme)
    }


def _drawn_up(filing: Filing, form: Form | None) -> bool:
    if form is None or (lists_people(form) and not filing.head_count):
        return False
    promised = any(field.id == "promised-date" for field in form.fields)
    return filing.completion_due_on is not None or not promised


def _fitting(field: FormField, value: Any) -> Any:
    """A choice by its Chinese label; a certificate kind of the vocabulary reads as its label."""
    if field.kind == "choice" and isinstance(value, str):
        known = vocabulary()["trainee.certificate.kind"].values or {}
        if value in known and value not in {choice.zh for choice in field.choices}:
            word = choice_label("trainee.certificate.kind", value)
            return next(
                (choice.zh for choice in field.choices if word[:4] in choice.zh or choice.zh[:4] in word),
                None,
            )
    if field.kind == "checkbox":
        return bool(value)
    return value


# ---------------------------------------------------------------------------------------------------------
# Tables


@cache
def _columns() -> dict[str, dict[str, list[str]]]:
    """Headings by kind of table and source."""
    raw: dict[str, dict[str, list[str]]] = tomllib.loads(
        (Path(__file__).parent / "columns.toml").read_text("utf-8")
    )
    return raw


def source_of(kind: str, heading: str) -> str | None:
    """Which value stands under a heading: the longest known word that it begins with or holds."""
    found = [
        (heading.startswith(word), len(word), source)
        for source, words in _columns()[kind].items()
        for word in words
        if word in heading
    ]
    return max(found)[2] if found else None


def table_kind(field: FormField) -> str:
    """What a table lists: people where a column holds identity numbers, teachers by id, else the syllabus."""
    if any(source_of("people", column.zh) == "id_number" for column in field.columns):
        return "people"
    return "teachers" if "teacher" in field.id else "modules"


def lists_people(form: Form) -> bool:
    """Whether the form holds a roster, so that printing it reads the vault."""
    return any(field.kind == "table" and table_kind(field) == "people" for field in form.fields)


def names_contacts(form: Form) -> bool:
    """Whether the form prints a person of the organisation, so that printing it opens their record."""
    return any(field.id in CONTACTS for field in form.fields)


def _rows(
    field: FormField, filing: Filing, modules: list[Module], people: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    kind = table_kind(field)
    headings = [column.zh for column in field.columns]
    if kind == "people":
        values = [_person(filing, person) for person in people]
    elif kind == "teachers":
        values = [_teacher(module) for module in modules if module.teacher is not None]
        values = list({row["name"]: row for row in values}.values())
    else:
        values = [_module(filing, module) for module in modules]
    return [
        {heading: row.get(source_of(kind, heading) or "") for heading in headings if heading != "序号"}
        for row in values
    ]


def _module(filing: Filing, module: Module) -> dict[str, Any]:
    scheme = filing.scheme.file
    platform = (module.course.platform if module.course else None) or filing.platform
    return {
        "name": module.name,
        "content": module.content,
        "hours": module.hours,
        "minutes": module.hours * scheme.hours.minutes,
        "kind": str(module.get_kind_display()),
        "teacher": module.teacher.name if module.teacher else "",
        "goal": module.goal,
        "shape": module.delivery or ("线上" if module.online else "线下"),
        "subject": "理论" if module.theory else "实训",
        "platform": platform.name if platform else "",
        "people": filing.head_count or "",
        "period": _period(filing),
    }


def _period(filing: Filing) -> str:
    known = filing.starts_on and filing.ends_on
    return f"{long_date(filing.starts_on)}至{long_date(filing.ends_on)}" if known else ""


def _teacher(module: Module) -> dict[str, Any]:
    assert module.teacher is not None
    return {
        "name": module.teacher.name,
        "title": module.teacher.title,
        "subject": module.teacher.subject or module.name,
    }


def _person(filing: Filing, person: Mapping[str, Any]) -> dict[str, Any]:
    row: Enrolment = person["enrolment"]
    return {
        "name": person.get("name"),
        "id_number": person.get("id_number"),
        "phone": person.get("phone"),
        "sex": person.get("sex"),
        "post": row.facts.get("trainee.post", ""),
        "category": choice_label("trainee.category", row.category) if row.category else "",
        "relation": _choice("trainee.relation", row.facts.get("trainee.relation")),
        "occupation": filing.occupation.name if filing.occupation else "",
        "period": _period(filing),
    }


def _choice(fact: str, value: Any) -> str:
    return choice_label(fact, value) if isinstance(value, str) and value else ""
