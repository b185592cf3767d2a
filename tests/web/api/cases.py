"""A whole filing as a provider's system sends it, for the sample cities."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from keshi.identity import make_id_number
from keshi_web.classes.models import Filing
from keshi_web.classes.services import decisions, review

from .conftest import System, actor

PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


@dataclass(frozen=True)
class City:
    """How a class is filed in a city."""

    slug: str
    district: str
    scheme: str
    item: str
    training_type: str
    online: int
    practice: int
    certificate: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


SHAOGUAN = City("shaoguan", "440203", "shaoguan-2020", "on-the-job", "in-post", 30, 0)
YINGKOU = City("yingkou", "210802", "yingkou-2020", "sme-online", "skill", 52, 0)
USUAL = {
    "trainee.category": "employee", "trainee.relation": "contract", "trainee.contract_signed_on": "2019-07-01",
    "trainee.contract_months": 36, "trainee.insured": True, "trainee.front_line": True,
    "trainee.drawing_pension": False,
}  # fmt: skip


def number_of(place: int, district: str = "440203") -> str:
    """A synthetic identity number."""
    return make_id_number(district, date(1970, 1, 1) + timedelta(days=place % 9000), place % 999 + 1)


def people(count: int, wanted: set[str], district: str = "440203") -> list[dict[str, Any]]:
    """Rows of a roster with the facts that the notice wants."""
    facts = {name: value for name, value in USUAL.items() if name in wanted}
    return [
        {
            "name": "测试" + "甲乙丙丁戊己庚辛"[place % 8],
            "id_number": number_of(place, district),
            "facts": facts,
        }
        for place in range(count)
    ]


def fill(system: System, city: City) -> str:
    """A filing filled by requests alone, ready to be handed in; its number."""
    detail = system.ok("GET", f"/schemes/{city.scheme}")
    [needs] = [one for one in detail["needs"] if one["item"] == city.item]
    number = system.ok("POST", "/filings", {"scheme": city.scheme, "item": city.item})["number"]
    usable = [
        one
        for one in system.ok("GET", f"/platforms?scheme={city.scheme}")["items"]
        if any(listing["ground"] in ("recommended", "evaluated") for listing in one["listings"])
    ] or system.ok("GET", "/platforms?limit=1")["items"]  # a notice may say nothing of platforms
    [someone, *_others] = system.ok("GET", "/organisation/administrators")
    plan: dict[str, Any] = {
        "project": "数控车床操作工在岗培训",
        "starts_on": "2020-03-23",
        "ends_on": "2020-05-07",
        "platform": usable[0]["id"],
        "administrator": someone["id"],
        "training_type": city.training_type,
        "occupation": "6-18-01-01",
        "level": 5,
        "facts": dict(city.facts),
    }
    if "planned_certificate" in needs["plan_columns"]:
        plan["planned_certificate"] = city.certificate or "completion"
    for fact in needs["plan_facts"]:
        if fact["name"] == "class.free_of_charge":
            plan["facts"][fact["name"]] = True
    filing = system.ok("PATCH", f"/filings/{number}", plan)
    courses = system.ok("GET", "/courses")["items"]
    longest = max(courses, key=lambda one: one["video_minutes"], default=None)
    modules = [
        {"kind": "common", "name": "安全生产与疫情防控知识", "hours": 6, "epidemic_prevention": True},
        {"name": "岗位操作规程", "hours": city.online - 6, "course": longest["id"] if longest else None},
    ]
    if city.practice:
        modules.append(
            {"kind": "practice", "name": "岗位实操", "hours": city.practice, "online": False, "theory": False}
        )
    filing = system.ok("PUT", f"/filings/{number}/syllabus", {"modules": modules}, If_Match=filing["etag"])
    wanted = {one["name"] for one in needs["roster_facts"]}
    system.ok("POST", f"/filings/{number}/roster", {"rows": people(12, wanted, city.district)})
    for material in needs["materials"]:
        if not material["generated"]:
            path = f"/filings/{number}/materials/{material['id']}/not-applicable"
            system.ok("PUT", path, {"reason": "原件已在窗口核验"})
    system.ok("POST", f"/filings/{number}/commitment", {"accepted": True})
    return str(number)


def approve(number: str, city: City) -> None:
    """The bureau's side: the district's clerk endorses, the city's leader approves."""
    filing = Filing.objects.get(process__number=number)
    clerk = actor(f"{city.slug}-{city.district}-clerk")
    for task in filing.tasks.filter(judgement=None):
        if not task.settled:
            review.judge(task.pk, True, by=clerk, note="已核对原件")
    decisions.act(filing.process, "endorse", by=clerk, given={"note": "材料齐全，拟同意。"})
    decisions.act(filing.process, "approve", by=actor(f"{city.slug}-leader"), given={"note": "同意。"})
