"""Make the sample workbooks: each notice's own template, filled in as an enterprise or institution would.

Run it after a template changes: `.venv/bin/python scripts/make_samples.py`. All people are invented.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from keshi.hours import credit_events
from keshi.identity import make_id_number, make_uscc
from keshi.scheme import find_scheme
from keshi.settlement.plan import needed_facts
from keshi.vocabulary import Fact, vocabulary
from keshi.workbook import write_template

FOLDER = Path(__file__).parents[1] / "samples"
SURNAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"

Facts = Mapping[str, Any]

EMPLOYEE = {
    "category": "employee", "relation": "contract", "contract_signed_on": date(2019, 8, 1), "contract_months": 36,
    "insured": True, "front_line": True, "drawing_pension": False, "minutes": 2400, "completed": True,
    "exam_passed": True, "evaluation_passed": True,
}  # fmt: skip
COMPLETION = {"certificate.kind": "completion", "certificate.number": "HG2020-0001"}
SKILL = {"certificate.kind": "skill-level", "certificate.level": 5, "certificate.number": "JN2020-0001"}

SAMPLES: dict[str, tuple[str, Facts, Sequence[Facts]]] = {
    "yingkou-2020": (
        "sme-online",
        {
            "organisation.name": "营口某机械制造有限公司", "organisation.region": "210804",
            "organisation.industry": "工业", "organisation.employees": 120, "organisation.revenue_wan": 3000,
            "class.project": "焊接基础", "class.training_type": "in-post", "class.filed_on": date(2020, 3, 9),
            "class.starts_on": date(2020, 3, 16), "class.ends_on": date(2020, 4, 24),
            "class.claimed_on": date(2020, 5, 11),
        },
        [
            {"minutes": 2000}, {"minutes": 2040}, {"minutes": 2399}, {"category": "dispatched", "minutes": 2001},
            {"minutes": 1999}, {"front_line": False}, {"relation": "none"}, {"completed": False, "minutes": 900},
            {"minutes": 2200, "had": [("安全生产", date(2020, 2, 20), date(2020, 3, 10), "500.00")]},
            {"minutes": 2200, "had": [("焊接基础", date(2020, 2, 20), date(2020, 3, 10), "500.00")]},
        ],
    ),
    "jinan-2020": (
        "institution-practical",
        {
            "organisation.name": "济南某职业培训学校", "organisation.region": "370102",
            "organisation.kind": "institution", "organisation.in_catalogue": True, "class.project": "中式烹调师",
            "class.training_type": "skill", "class.occupation": "4-03-02-01", "class.level": 5,
            "class.filed_on": date(2020, 4, 13), "class.starts_on": date(2020, 4, 20),
            "class.ends_on": date(2020, 6, 19), "class.claimed_on": date(2020, 7, 6), "class.video_minutes": 1215,
            "class.online_hours": 30, "class.total_hours": 80, "class.course_evaluated_on": date(2020, 4, 10),
        },
        [
            {"category": "laid-off", "relation": "none", **SKILL}, {"category": "rural-migrant", **SKILL},
            {"category": "graduate", "relation": "none", **COMPLETION}, {**SKILL, "exam_passed": False}, {},
            {**COMPLETION, "category": "veteran"},
        ],
    ),
    "ankang-2020": (
        "training",
        {
            "organisation.name": "安康某机电有限公司", "organisation.region": "610902", "class.project": "电工",
            "class.training_type": "in-post", "class.occupation": "6-31-01-03", "class.level": 5,
            "class.filed_on": date(2020, 2, 24), "class.approved_on": date(2020, 2, 26),
            "class.starts_on": date(2020, 3, 2), "class.ends_on": date(2020, 4, 30),
            "class.claimed_on": date(2020, 5, 15), "class.online_hours": 40, "class.total_hours": 60,
            "class.theory_online_hours": 30, "class.has_epidemic_course": True, "class.all_theory": False,
        },
        [
            SKILL, COMPLETION, {**SKILL, "category": "dispatched"}, {}, {**SKILL, "category": "poor-labourer"},
            {**COMPLETION, "completed": False},
        ],
    ),
    "wuhai-2020": (
        "training",
        {
            "organisation.name": "乌海某机械有限公司", "organisation.region": "150302", "class.project": "磨工",
            "class.training_type": "upgrade", "class.occupation": "6-18-02-04", "class.level": 5,
            "class.filed_on": date(2020, 3, 17), "class.approved_on": date(2020, 3, 20),
            "class.starts_on": date(2020, 3, 23), "class.ends_on": date(2020, 6, 30),
            "class.claimed_on": date(2020, 7, 10), "class.online_hours": 24, "class.total_hours": 60,
        },
        [
            SKILL, COMPLETION, {**SKILL, "category": "dispatched"}, {**COMPLETION, "drawing_pension": True}, {},
            {**COMPLETION, "exam_passed": False},
        ],
    ),
    "shaoguan-2020": (
        "on-the-job",
        {
            "organisation.name": "韶关某铸锻有限公司", "organisation.region": "440203", "class.project": "铸造安全操作",
            "class.training_type": "in-post", "class.filed_on": date(2020, 3, 9), "class.starts_on": date(2020, 3, 16),
            "class.ends_on": date(2020, 4, 17), "class.claimed_on": date(2020, 5, 6),
        },
        [
            {"minutes": 1350}, {"minutes": 1349}, {"minutes": 1800}, {"minutes": "1214.5", "category": "dispatched"},
            {"minutes": 1200, "had": [("消防安全", date(2020, 1, 6), date(2020, 1, 15), "870.00")]},
            {"minutes": 1200, "other_subsidies": ["affected-enterprise-retraining"]},
            {"minutes": 1200, "relation": "intern"}, {"minutes": 600, "completed": False},
            {"minutes": 1200, "category": "domestic-service", "relation": "domestic-service"},
        ],
    ),
}  # fmt: skip

EVERYWHERE: Facts = {
    "organisation.kind": "enterprise", "organisation.legal_person": True, "organisation.affected_by_epidemic": True,
    "organisation.in_catalogue": False, "class.free_of_charge": True, "class.platform.recommended": True,
}  # fmt: skip


def main() -> None:
    """Write samples/<scheme>.xlsx and samples/events.json."""
    FOLDER.mkdir(exist_ok=True)
    for number, (scheme, (item, class_facts, people)) in enumerate(SAMPLES.items(), start=1):
        write_sample(scheme, item, {**EVERYWHERE, **class_facts}, people, number)
    (FOLDER / "events.json").write_text(
        json.dumps(evening(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def write_sample(scheme_id: str, item: str, class_facts: Facts, people: Sequence[Facts], number: int) -> None:
    """One filled-in template."""
    scheme = find_scheme(scheme_id)
    rules = scheme.item(item)
    path = FOLDER / f"{scheme_id}.xlsx"
    titles = [(item, rules.item.title.zh)]
    write_template(scheme.id, scheme.file.title.zh, titles, needed_facts([rules]), path, "zh")
    book = openpyxl.load_workbook(path)
    region = str(class_facts["organisation.region"])
    uscc = make_uscc(region, f"MA0K{number:04d}")
    fill_class(book["班级"], {**class_facts, "as_of": date(2020, 7, 31), "organisation.uscc": uscc})
    roster, history = [], []
    for index, changes in enumerate(people):
        birth = date(1975, 1, 1) + timedelta(days=397 * index + 31 * number)
        own = {
            **EMPLOYEE,
            **changes,
            "name": f"测试{SURNAMES[index]}",
            "id_number": make_id_number(region, birth, index + 1),
        }
        roster.append({f"trainee.{key}": value for key, value in own.items() if key != "had"})
        for project, since, until, amount in own.get("had", ()):
            row = {
                "scheme": scheme_id,
                "item": item,
                "project": project,
                "started_on": since,
                "ended_on": until,
            }
            had = {f"history.{key}": value for key, value in {**row, "amount": amount}.items()}
            history.append({"trainee.id_number": own["id_number"], **had})
    fill_rows(book["学员"], roster)
    fill_rows(book["历史补贴"], history)
    book.save(path)


def fill_class(sheet: Worksheet, facts: Facts) -> None:
    """The value beside each label."""
    by_label = {
        fact.label.zh: fact for fact in vocabulary().values() if fact.room not in ("trainee", "history")
    }
    for row in range(2, sheet.max_row + 1):
        fact = by_label.get(str(sheet.cell(row, 1).value).rstrip("*"))
        if fact is not None and facts.get(fact.name) is not None:
            sheet.cell(row, 2).value = as_written(fact, facts[fact.name])


def fill_rows(sheet: Worksheet, rows: Sequence[Facts]) -> None:
    """One row each below the header, which is the third row."""
    room = {fact.label.zh: fact for fact in vocabulary().values() if fact.room in ("trainee", "history")}
    if sheet.title == "学员":
        room = {fact.label.zh: fact for fact in vocabulary().values() if fact.room == "trainee"}
    header = {
        column: str(sheet.cell(3, column).value).rstrip("*") for column in range(1, sheet.max_column + 1)
    }
    for index, facts in enumerate(rows):
        for column, label in header.items():
            fact = room.get(label)
            if label == "序号":
                sheet.cell(4 + index, column).value = index + 1
            elif fact is not None and facts.get(fact.name) is not None:
                sheet.cell(4 + index, column).value = as_written(fact, facts[fact.name])


def as_written(fact: Fact, value: Any) -> Any:
    """A value as people write it into the cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(fact.values[each].zh for each in value) if fact.values else ""
    if fact.type == "choice" and fact.values:
        return fact.values[value].zh
    return value


def evening() -> list[dict[str, Any]]:
    """One evening: 50 minutes watched, ten with the page hidden, every check answered, then a second device."""
    start = 19 * 3600

    def at(seconds: int) -> str:
        moment = start + seconds
        return f"2020-03-16T{moment // 3600:02d}:{moment // 60 % 60:02d}:{moment % 60:02d}+08:00"

    lesson = {"enrolment": "SG-1", "lesson": "铸造安全操作 第一讲"}
    events: list[dict[str, Any]] = [
        {"at": at(0), "type": "lesson", **lesson, "length_ms": 3_600_000},
        {"at": at(0), "type": "sign-in"},
        {"at": at(0), "type": "start", "session": "phone", **lesson},
    ]

    def tell(seconds: int, **event: Any) -> None:
        events.append({"at": at(seconds), **event})
        if credit_events(events).answers[-1].opened is not None:
            events.append({"at": at(seconds), "type": "answer", "correct": True})

    media = 0
    for number in range(1, 181):
        hidden = 60 < number <= 90
        segments = [] if hidden else [[media, media + 20_000]]
        media += 0 if hidden else 20_000
        beat = {"type": "beat", "session": "phone", "seq": number, "segments": segments}
        tell(number * 20, **beat, playing=True, visible=not hidden)
    tell(3605, type="start", session="tablet", **lesson)
    late = {"type": "beat", "session": "phone", "seq": 181, "segments": [[media, media + 15_000]]}
    tell(3615, **late, playing=True, visible=True)
    tell(3620, type="finish")
    return events


if __name__ == "__main__":
    main()
