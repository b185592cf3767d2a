"""Cases that are complete and pass everywhere, and small changes to them."""

import copy
import re
from collections.abc import Mapping
from typing import Any

from keshi.case import Case, read_case
from support.people import USCC, id_number

Structure = dict[str, Any]
ABSENT = object()
"""As the value of a change: take the key away."""

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def organisation() -> Structure:
    return {
        "kind": "enterprise",
        "name": "测试制造有限公司",
        "uscc": USCC,
        "region": "440203",
        "legal_person": True,
        "industry": "工业",
        "employees": 120,
        "revenue_wan": "3000",
        "assets_wan": None,
        "affected_by_epidemic": True,
        "in_catalogue": False,
    }


def training_class() -> Structure:
    return {
        "code": "T-1",
        "project": "车工岗位",
        "training_type": "in-post",
        "occupation": "6-31-01-03",
        "level": 5,
        "filed_on": "2020-03-02",
        "approved_on": "2020-03-04",
        "starts_on": "2020-03-10",
        "ends_on": "2020-03-31",
        "claimed_on": "2020-04-20",
        "online_hours": 40,
        "total_hours": 60,
        "theory_online_hours": 30,
        "video_minutes": 1215,
        "all_theory": False,
        "has_epidemic_course": True,
        "free_of_charge": True,
        "platform": {"recommended": True, "evaluated_on": None},
        "course_evaluated_on": None,
        "delegate": None,
    }


def trainee(n: int = 0, **changes: Any) -> Structure:
    return {
        "name": f"测试员{n}",
        "id_number": id_number(n),
        "category": "employee",
        "relation": "contract",
        "contract_signed_on": "2019-08-01",
        "contract_months": 36,
        "insured": True,
        "front_line": True,
        "drawing_pension": False,
        "minutes": "1830",
        "completed": True,
        "exam_passed": True,
        "evaluation_passed": True,
        "certificate": {"kind": "completion", "level": None, "number": "Z-1", "issued_on": "2020-04-02"},
        "history": [],
        "other_subsidies": [],
        **changes,
    }


def award(**changes: Any) -> Structure:
    """A past subsidy under the small scheme; every part can be changed."""
    return {
        "scheme": "small-2020",
        "item": "training",
        "project": "钳工岗位",
        "started_on": "2020-01-06",
        "ended_on": "2020-02-20",
        "occupation": None,
        "level": None,
        "amount": "100.00",
        **changes,
    }


def structure(changes: Mapping[str, Any] | None = None, /, *, people: int = 1, **top: Any) -> Structure:
    """A complete case; `changes` by path: `{"trainees[0].minutes": 10, "class.level": ABSENT}`."""
    found: Structure = {
        "scheme": "small-2020",
        "item": "training",
        "as_of": "2020-06-01",
        "facts": {"epidemic_ended_on": None},
        "organisation": organisation(),
        "class": training_class(),
        "trainees": [trainee(n) for n in range(people)],
        **top,
    }
    for path, value in (changes or {}).items():
        change(found, path, value)
    return found


def change(found: Structure, path: str, value: Any) -> None:
    *way, last = [int(index) if index else name for name, index in _STEP.findall(path)]
    target: Any = found
    for step in way:
        target = target[step]
    if value is ABSENT:
        del target[last]
    else:
        target[last] = copy.deepcopy(value)


def case(changes: Mapping[str, Any] | None = None, /, *, people: int = 1, **top: Any) -> Case:
    return read_case(structure(changes, people=people, **top))
