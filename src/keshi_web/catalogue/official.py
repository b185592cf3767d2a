"""The official forms of an evaluation, filled from the platform or course, the applicant's answers and the timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keshi.scheme.model import Form, FormField, HourRule
from keshi_web.catalogue import checklist
from keshi_web.catalogue.models import Course, Evaluation, Platform
from keshi_web.common import clock
from keshi_web.documents.data import FormData, Signed
from keshi_web.documents.forms import fill
from keshi_web.organisations.facts import organisation_facts
from keshi_web.organisations.papers import CONTACTS
from keshi_web.regions.models import Region
from keshi_web.workflow.models import Entry

OPINIONS = {"district": "district", "city": "city", "centre": "evaluation-centre", "province": "province"}
"""How the ids of a level's blanks begin (`district-opinion`, `district-leader` …), and which level it is."""
KIND_WORDS = {
    Platform.Kind.OWN_SITE: "自有网站",
    Platform.Kind.OWN: "自有线上培训平台",
    Platform.Kind.THIRD_PARTY: "第三方",
}


@dataclass
class Stage:
    """What one level did: who looked first, who decided."""

    review: Entry | None = None
    decision: Entry | None = None


def stages(evaluation: Evaluation) -> dict[str, Stage]:
    """The last first look and decision of every level, from the timeline."""
    levels = checklist.rule_of(evaluation).levels
    found = {level: Stage() for level in levels}
    position = 0
    entries = evaluation.process.entries.filter(version__isnull=False).select_related("by").order_by("id")
    for entry in entries:
        stage = found[levels[min(position, len(levels) - 1)]]
        if entry.event == "review":
            stage.review = entry
        elif entry.event in ("agree", "pass", "determine", "fail"):
            stage.decision = entry
            position += entry.event == "agree"
        elif entry.event == "return":
            stage.review = stage.decision = None
    return found


def _platform(evaluation: Evaluation) -> Platform | None:
    return evaluation.platform or (evaluation.course.platform if evaluation.course else None)


def _name_and_address(evaluation: Evaluation) -> str | None:
    platform = _platform(evaluation)
    return " ".join(filter(None, (platform.name, platform.url))) if platform else None


def _kind(evaluation: Evaluation, field: FormField) -> str | None:
    platform = _platform(evaluation)
    if platform is None:
        return None
    word = KIND_WORDS[Platform.Kind(platform.kind)]
    return next((choice.zh for choice in field.choices if word in choice.zh), None)


def _handed_in(evaluation: Evaluation) -> Any:
    made = evaluation.process.entries.filter(event__in=("submit", "resubmit")).order_by("-id").first()
    return clock.day_of(made.at) if made else None


def _of_platform(name: str) -> Callable[[Evaluation, FormField], Any]:
    return lambda evaluation, _field: getattr(_platform(evaluation), name, None)


KNOWN: Mapping[str, Callable[[Evaluation, FormField], Any]] = {
    "platform": lambda evaluation, _field: _name_and_address(evaluation),
    "platform-name": _of_platform("name"),
    "platform-name-and-address": lambda evaluation, _field: _name_and_address(evaluation),
    "site-address": _of_platform("url"),
    "icp": _of_platform("icp"),
    "platform-type": _kind,
    "applicant-date": lambda evaluation, _field: _handed_in(evaluation),
    "enterprise-date": lambda evaluation, _field: _handed_in(evaluation),
}
"""Blanks that the service fills in by itself, by their id (`checklist.FILLED_IN`)."""


def facts_of(evaluation: Evaluation) -> dict[str, Any]:
    """The facts of the vocabulary that an evaluation knows."""
    facts = organisation_facts(evaluation.applicant, clock.day_of(evaluation.process.opened_at))
    subject = evaluation.subject
    if isinstance(subject, Course):
        facts["class.video_minutes"] = subject.video_minutes
        if subject.occupation is not None:
            facts["class.occupation"] = str(subject.occupation)
    if evaluation.passed:
        name = "class.platform.evaluated_on" if evaluation.platform else "class.course_evaluated_on"
        facts[name] = evaluation.decided_on
    return facts


def form_data(
    evaluation: Evaluation, form: Form, contacts: Mapping[tuple[str, str], str] | None = None
) -> FormData:
    """A form filled from the evaluation; `contacts` as `organisations.papers.contacts_for_papers` gives them."""
    application = form.id == checklist.rule_of(evaluation).form
    given = checklist.papers(evaluation)
    judged = stages(evaluation)
    extra: dict[str, Any] = {}
    for field in form.fields:
        value = evaluation.form.get(field.id) if application else None
        if field.kind == "checkbox" and not application:
            # Ticked is what was handed in, not what was said to be inapplicable.
            value = any(one.attachment_id for one in given.get(f"{form.id}.{field.id}", ()))
        if value in (None, "", []):
            value = _from_record(evaluation, field, judged, contacts or {})
        if value not in (None, "", []):
            extra[field.id] = value
    return fill(form, facts_of(evaluation), extra)


def _from_record(
    evaluation: Evaluation,
    field: FormField,
    judged: Mapping[str, Stage],
    contacts: Mapping[tuple[str, str], str],
) -> Any:
    if field.id in KNOWN:
        return KNOWN[field.id](evaluation, field)
    if field.id in CONTACTS:
        return contacts.get(CONTACTS[field.id])
    if field.id == "occupation" and (evaluation.occupation or evaluation.proposed):
        return str(evaluation.occupation or evaluation.proposed)
    if field.kind == "table":
        return table_rows(evaluation, field)
    if field.id == "district":
        return Region.objects.get(pk=evaluation.process.chain[0]).name
    word, _, part = field.id.partition("-")
    level = OPINIONS.get(word)
    return _of_level(judged[level], part) if level in judged else None


def _of_level(stage: Stage, part: str) -> Any:
    """What a level's blank says: the opinion with its maker, or a name and day."""
    if part == "handler":
        return _signed(stage.review)
    decided = stage.decision
    if decided is None:
        return None
    match part:
        case "opinion":
            said = {
                "agree": "同意，报上级审核。",
                "pass": "评估合格。",
                "determine": "评估合格，报上级备案。",
                "fail": "评估不合格。",
            }[decided.event]
            note = decided.details.get("reason") or decided.note
            return _signed(decided, said + (f"\n{note}" if note else ""))
        case "leader":
            return _signed(decided)
        case "date":
            return clock.day_of(decided.at)
        case _:
            return None


def _signed(entry: Entry | None, text: str = "") -> Signed | None:
    if entry is None or entry.by is None:
        return None
    return Signed(text=text, person=entry.by.name, on=clock.day_of(entry.at))


# ---------------------------------------------------------------------------------------------------------
# Tables

COURSE_COLUMNS: Mapping[str, Callable[[Course, HourRule], Any]] = {
    "课程名称": lambda course, _hours: course.name,
    "课程资源名称": lambda course, _hours: course.name,
    "专业": lambda course, _hours: str(course.occupation) if course.occupation else "",
    "对应国家职业标准": lambda course, _hours: course.standard,
    "内容要点": lambda course, _hours: course.description,
    "资源形式": lambda course, _hours: "视频" if course.video_minutes else "",
    "视频总时长（分钟）": lambda course, _hours: course.video_minutes,
    "视频时长（分钟）": lambda course, _hours: course.video_minutes,
    "培训时长": lambda course, _hours: f"{course.video_minutes}分钟",
    "课时": lambda course, hours: hours.in_minutes(course.video_minutes),
}
"""Columns of a list of courses, by their heading; class hours as the notice counts them."""


def table_rows(evaluation: Evaluation, field: FormField) -> list[dict[str, Any]]:
    """The rows of a table that the record fills: courses by their headings, experts with their opinions."""
    if field.id in checklist.BY_OFFICE:
        rows = checklist.opinions(evaluation)
        words = {True: "同意", False: "不同意"}
        return [
            {"专家": row.expert, "意见": f"{words[row.agrees]}：{row.opinion}", "签名": ""} for row in rows
        ]
    if field.id == "results":
        return [_result(evaluation)] if evaluation.passed else []
    headings = [column.zh for column in field.columns]
    if not set(headings) <= COURSE_COLUMNS.keys():
        return []
    hours = evaluation.scheme.file.hours
    courses = [evaluation.course] if evaluation.course else list(_courses(evaluation))
    return [{heading: COURSE_COLUMNS[heading](course, hours) for heading in headings} for course in courses]


def _result(evaluation: Evaluation) -> dict[str, Any]:
    """The row by which a course that passed is reported to the office above."""
    course = evaluation.course
    hours = evaluation.scheme.file.hours
    return {
        "企业（培训机构）": evaluation.applicant.name,
        "专业": str(course.occupation) if course and course.occupation else "",
        "课程": str(evaluation.subject),
        "课时": hours.in_minutes(course.video_minutes) if course else "",
        "结果": "合格",
        "评估日期": evaluation.decided_on,
    }


def _courses(evaluation: Evaluation) -> Any:
    platform = evaluation.platform
    if platform is None:
        return ()
    return platform.courses.select_related("occupation").order_by("name", "pk")


def names_contacts(form: Form) -> bool:
    """Whether the form prints a person of the organisation, so that printing it opens their record."""
    return any(field.id in CONTACTS for field in form.fields)
