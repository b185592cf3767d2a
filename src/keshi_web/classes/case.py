"""A filing as a case of the library: facts gathered from plan, syllabus, roster, organisation, catalogue, region.

Before the training nobody knows its outcome. For the check before filing and the estimate the plan is taken as
carried out (`ASSUMED`); every finding that rests on such a fact belongs to a later stage and is not shown.
Roster rows go in by their number, not by name or identity number: the rules need neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keshi.case import Case, Trainee
from keshi.case.values import Refused, reader
from keshi.expression import Value
from keshi.scheme import Scheme
from keshi.settlement.plan import needed_facts
from keshi.vocabulary import Fact, vocabulary
from keshi_web.catalogue.facts import course_evaluated_on, platform_facts, tariffs_for
from keshi_web.classes.models import Enrolment, Filing, Module
from keshi_web.common import clock
from keshi_web.organisations.facts import organisation_facts
from keshi_web.schemes.queries import facts_for

ASSUMED = frozenset(
    {
        "class.claimed_on", "class.approved_on",
        "trainee.minutes", "trainee.completed", "trainee.exam_passed", "trainee.evaluation_passed",
        "trainee.certificate.kind", "trainee.certificate.level", "trainee.certificate.number",
        "trainee.certificate.issued_on",
    }
)  # fmt: skip
"""Facts that only the training brings."""
OF_SYLLABUS = (
    "class.online_hours", "class.total_hours", "class.theory_online_hours", "class.video_minutes",
    "class.all_theory", "class.has_epidemic_course",
)  # fmt: skip
"""Facts of the plan that follow from the syllabus, so nobody is asked for them."""


def typed(fact: Fact, stored: Any) -> Value:
    """A stored value (ISO day, figure as text, choice) as the library takes it; None where it cannot be read."""
    if stored is None or stored == "":
        return None
    try:
        return reader(fact)(stored)
    except Refused:
        return None


def needed(filing: Filing, scheme: Scheme) -> list[str]:
    """Names of the facts that the item's rules use, in the order of the vocabulary."""
    return needed_facts([scheme.item(filing.item)])


def syllabus_facts(modules: Iterable[Module]) -> dict[str, Any]:
    """What the syllabus says: class hours by kind, minutes of video, what is taught."""
    rows = list(modules)
    courses = {module.course_id: module.course for module in rows if module.course is not None}
    return {
        "class.online_hours": sum(module.hours for module in rows if module.online),
        "class.total_hours": sum(module.hours for module in rows),
        "class.theory_online_hours": sum(module.hours for module in rows if module.online and module.theory),
        "class.video_minutes": sum(course.video_minutes for course in courses.values()),
        "class.all_theory": all(module.theory for module in rows),
        "class.has_epidemic_course": any(
            module.epidemic_prevention or (module.course is not None and module.course.epidemic_prevention)
            for module in rows
        ),
    }


def class_facts(filing: Filing, modules: list[Module]) -> dict[str, Value]:
    """Facts of the class by full name. A fact that nobody gave is None."""
    day = filing.filed_on or clock.today()
    path = filing.process.path
    scheme = filing.scheme_version.scheme
    # What was agreed to keeps the directory of its day; until then a platform taken out is out.
    known = filing.approved_on or max(clock.today(), day)
    platform = platform_facts(filing.platform, scheme, path, day, known_on=known)
    courses = [module.course for module in modules if module.course is not None]
    given: dict[str, Any] = {
        **filing.facts,
        **(syllabus_facts(modules) if modules else {}),
        "class.code": filing.process.number,
        "class.project": filing.project,
        "class.training_type": filing.training_type,
        "class.occupation": filing.occupation.code if filing.occupation else None,
        "class.level": filing.level,
        "class.filed_on": day,
        "class.approved_on": filing.approved_on,
        "class.starts_on": filing.starts_on,
        "class.ends_on": filing.ends_on,
        "class.platform.recommended": platform["recommended"],
        "class.platform.evaluated_on": platform["evaluated_on"],
        "class.course_evaluated_on": course_evaluated_on(courses, scheme, path, day, known_on=known),
        "class.delegate": filing.delegate.name if filing.delegate else None,
    }
    return _read(given, "class")


def organisation_values(filing: Filing) -> dict[str, Value]:
    """Facts of the organisation by full name, as they were on the day of filing."""
    day = filing.filed_on or clock.today()
    known = organisation_facts(filing.organisation, day, kind=filing.facts.get("organisation.kind"))
    facts = vocabulary()
    return {
        name: value if isinstance(value, date) else typed(facts[name], value) for name, value in known.items()
    }


def _read(given: Mapping[str, Any], room: str) -> dict[str, Value]:
    facts = vocabulary()
    return {
        name: value if isinstance(value, date) else typed(fact, value)
        for name, fact in facts.items()
        if fact.room == room and not fact.derived
        for value in (given.get(name),)
    }


@dataclass(frozen=True)
class Planned:
    """The case with the plan taken as carried out, and the rows it was made from, in the same order."""

    case: Case
    scheme: Scheme
    enrolments: list[Enrolment]
    modules: list[Module]


def planned_case(filing: Filing, enrolments: list[Enrolment] | None = None) -> Planned:
    """The filing as a case, every assumed fact at its best."""
    scheme = filing.scheme
    modules = list(filing.modules.select_related("course"))
    rows = (
        enrolments
        if enrolments is not None
        else list(filing.enrolments.filter(left_on=None).select_related("person"))
    )
    facts = class_facts(filing, modules)
    day = filing.filed_on or clock.today()
    facts["class.approved_on"] = filing.approved_on or day
    facts["class.claimed_on"] = filing.ends_on
    facts.update(organisation_values(filing))
    declared = facts_for(filing.process.path)
    for name in vocabulary():
        if name.startswith("facts."):
            facts[name] = declared.get(name.removeprefix("facts."))
    carried_out = _carried_out(filing, scheme, facts)
    return Planned(
        Case(
            scheme=scheme.id,
            item=filing.item,
            as_of=filing.ends_on or day,
            facts=facts,
            trainees=[_trainee(row, carried_out) for row in rows],
            tables={
                name: list(table)
                for name, table in tariffs_for(
                    scheme.id, filing.process.path, filing.starts_on or day
                ).items()
            },
            judgements=judgements(filing),
        ),
        scheme,
        rows,
        modules,
    )


def judgements(filing: Filing) -> dict[str, bool]:
    """The rules that reviewers have judged to be fulfilled, or waived.

    What one judged to fail is told to the provider and judged anew after the correction: it must not keep the
    corrected filing from being handed in.
    """
    rows = filing.tasks.filter(key__startswith="rule:", judgement=True) if filing.pk else []
    judged = {
        rule.id for rule, _ in filing.scheme.item(filing.item).requirements if rule.manual or rule.waivable
    }
    return {rule: True for row in rows if (rule := row.key.removeprefix("rule:")) in judged}


def _carried_out(filing: Filing, scheme: Scheme, facts: Mapping[str, Value]) -> dict[str, Value]:
    """The outcome of the training as planned, for every trainee."""
    hours = facts.get("class.online_hours") or facts.get("class.total_hours")
    minutes = int(hours) * scheme.file.hours.minutes if isinstance(hours, int) else None
    return {
        "trainee.minutes": minutes,
        "trainee.completed": True,
        "trainee.exam_passed": True,
        "trainee.evaluation_passed": True,
        "trainee.certificate.kind": filing.planned_certificate or None,
        "trainee.certificate.level": filing.level,
        "trainee.certificate.issued_on": filing.ends_on,
        "trainee.certificate.number": None,
    }


def _trainee(row: Enrolment, carried_out: Mapping[str, Value]) -> Trainee:
    given = {**row.facts, "trainee.category": row.category}
    facts = {**_read(given, "trainee"), **carried_out}
    facts["trainee.id_number"] = str(row.number)
    facts["trainee.name"] = ""
    if facts.get("trainee.other_subsidies") is None:
        facts["trainee.other_subsidies"] = ()
    return Trainee(facts, path=f"trainees[{row.number}]")
