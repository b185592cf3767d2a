"""Random sets of classes for the notices: values near every boundary, gaps everywhere, people who claim often."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from tests.batch.kit import Class, Set, person

from keshi.case import Award
from keshi.scheme import Scheme
from keshi.settlement.plan import make_plan
from keshi.vocabulary import Fact, vocabulary

INDUSTRIES = ["工业", "批发业", "房地产开发经营", "其他未列明行业", "不存在的行业"]
OCCUPATIONS = ["6-31-01-03", "6-18-01-01", "4-03-02-01", "5-01-02-01", "9"]
REGIONS = ["440203", "440200", "370102", "371202", "210802", "150302", "610902", "110101"]
DAYS = st.integers(0, 420).map(lambda n: date(2019, 12, 20) + timedelta(n))
NUMBERS = {
    "class.online_hours": st.integers(0, 40), "class.total_hours": st.integers(40, 60),
    "class.theory_online_hours": st.integers(0, 0) , "class.video_minutes": st.integers(1170, 1225),
    "trainee.minutes": st.one_of(
        st.integers(1_795, 2_005), st.sampled_from([0, 44, 45, 1_500, Fraction(4499, 100), Fraction(17_995, 10)])
    ),
    "organisation.employees": st.sampled_from([0, 19, 20, 299, 300, 999, 1_000, 5_000]),
    "organisation.revenue_wan": st.sampled_from([299, 300, 1_999, 2_000, Fraction(79_999, 2), 40_000, 300_000]),
    "organisation.assets_wan": st.sampled_from([0, 1_999, 2_000, 10_000]),
    "trainee.contract_months": st.integers(10, 14),
}  # fmt: skip
TEXTS = {
    "organisation.industry": INDUSTRIES,
    "class.occupation": OCCUPATIONS,
    "class.project": ["甲", "乙", "丙"],
}


def values(fact: Fact, item_types: list[str]) -> st.SearchStrategy[Any]:
    if fact.name in NUMBERS:
        return NUMBERS[fact.name]
    if fact.name in TEXTS:
        return st.sampled_from(TEXTS[fact.name])
    if fact.name == "class.training_type":
        return st.sampled_from((item_types or ["skill"]) * 4 + ["skill", "startup-ability"])
    match fact.type:
        case "number":
            return st.integers(fact.least or 0, fact.most or 12)
        case "boolean":
            return st.sampled_from([True, True, True, True, True, False])
        case "choice":
            return st.sampled_from(list(fact.values or {}))
        case "region":
            return st.sampled_from(REGIONS)
        case "date":
            return DAYS
        case "texts":
            return st.lists(st.sampled_from(list(fact.values or {})), max_size=2, unique=True).map(tuple)
    return st.sampled_from(["甲", "乙", "O'丙"])


def maybe(strategy: st.SearchStrategy[Any], often: int = 14) -> st.SearchStrategy[Any]:
    """Mostly a value, now and then not known."""
    return st.integers(0, often).flatmap(lambda n: st.none() if n == 0 else strategy)


KINDS = {
    "platform-online": "platform",
    "institution-online": "institution",
    "institution-practical": "institution",
}
PAID_TARIFFS = [
    ("6-31-01-03", 5, "completion"), ("6-31-01-03", 4, "skill-level"), ("4-10-01-06", 5, "special-ability"),
    ("6-18-02-04", 5, "skill-level"), ("5-01-02-01", None, "completion"), ("4-10-01-05", 5, "special-ability"),
]  # fmt: skip
HOURS = [("class.online_hours", "class.total_hours"), ("class.theory_online_hours", "class.online_hours")]
RARELY = 12
"""One fact in so many is anything at all, or not known."""


@st.composite
def sets(draw: st.DrawFn, scheme: Scheme, items: list[str], people: int = 5) -> Set:
    """Some classes under the items with history: mostly fit to be paid, each with a few facts that may be anything."""
    facts = vocabulary()
    plans = {item: make_plan(scheme, item) for item in items}
    needed: set[str] = set().union(*(plan.needed for plan in plans.values()))
    needed |= {
        "class.starts_on",
        "class.ends_on",
        "class.project",
        "class.occupation",
        "class.level",
        "class.claimed_on",
    }
    gone = sorted(n for n in needed if facts[n].optional and facts[n].room != "trainee")
    if gone and draw(st.integers(0, 5)) == 0:
        needed.discard(draw(st.sampled_from(gone)))
    own_facts = {n for n in needed if facts[n].room == "trainee"} - {"trainee.id_number"} | {
        "trainee.other_subsidies"
    }
    class_facts = needed - own_facts - {"trainee.id_number"}
    classes = []
    for index in range(draw(st.integers(1, 5))):
        item = draw(st.sampled_from(items))
        types = plans[item].rules.item.training_types
        good = draw(fit_class(scheme, item, types))
        own = {name: draw(near(good.get(name), facts[name], types)) for name in sorted(class_facts)}
        own["class.ends_on"] = max(
            own["class.ends_on"] or good["class.ends_on"], own.get("class.starts_on") or date.min
        )
        for less, more in HOURS:
            if None not in (own.get(less), own.get(more)):
                own[less] = min(own[less], own[more])
        rules = [rule.id for rule, _ in plans[item].rules.requirements if rule.manual or rule.waivable]
        judged = draw(
            st.dictionaries(st.sampled_from(rules or ["-"]), st.sampled_from([True, True, False]), max_size=1)
        )
        judged.pop("-", None)
        roster = []
        for number in draw(
            st.lists(st.integers(0, people), min_size=int(index == 0), max_size=4, unique=True)
        ):
            person_good = draw(fit_trainee(good))
            row = {name: draw(near(person_good.get(name), facts[name], types)) for name in sorted(own_facts)}
            roster.append({"trainee.id_number": person(number), **row})
        classes.append(Class(f"班{index}", item, draw(DAYS), own, roster, judged))
    history = {}
    for number in draw(st.lists(st.integers(0, people), max_size=3, unique=True)):
        history[person(number)] = [
            draw(awards(scheme, list(scheme.rules))) for _ in range(draw(st.integers(1, 3)))
        ]
    return Set(classes, history)


def near(good: Any, fact: Fact, types: list[str]) -> st.SearchStrategy[Any]:
    """Mostly the fit value, sometimes any other or none."""
    other = maybe(values(fact, types), 3)
    return st.integers(0, RARELY).flatmap(lambda n: other if n == RARELY else st.just(good))


@st.composite
def fit_class(draw: st.DrawFn, scheme: Scheme, item: str, types: list[str]) -> dict[str, Any]:
    """A class that meets the rules."""
    start = date(2020, 3, 5) + timedelta(draw(st.integers(0, 60)))
    end = start + timedelta(draw(st.integers(0, 50)))
    occupation, level, kind = draw(st.sampled_from(PAID_TARIFFS))
    claimed = draw(st.none() | st.integers(0, 90))
    return {
        "facts.epidemic_ended_on": draw(st.sampled_from([None, None, date(2020, 4, 1), date(2020, 9, 1)])),
        "organisation.kind": KINDS.get(item, "enterprise"),
        "organisation.region": f"{scheme.file.region[:4]}0{draw(st.integers(2, 5))}",
        "organisation.legal_person": True, "organisation.industry": draw(st.sampled_from(INDUSTRIES[:4])),
        "organisation.employees": draw(st.integers(5, 1_200)),
        "organisation.revenue_wan": draw(st.sampled_from([299, 300, Fraction(39_999, 2), 40_000, 1_000])),
        "organisation.assets_wan": draw(st.sampled_from([1_999, 4_000, 9_999])),
        "organisation.affected_by_epidemic": True, "organisation.in_catalogue": True,
        "class.project": draw(st.sampled_from(["甲", "乙", "丙", "丁"])),
        "class.training_type": draw(st.sampled_from(types or ["skill"])),
        "class.occupation": occupation, "class.level": level,
        "class.filed_on": start - timedelta(draw(st.integers(7, 14))),
        "class.approved_on": start - timedelta(draw(st.integers(0, 5))),
        "class.starts_on": start, "class.ends_on": end,
        "class.claimed_on": None if claimed is None else end + timedelta(claimed),
        "class.online_hours": draw(st.integers(10, 20)), "class.total_hours": draw(st.integers(50, 60)),
        "class.theory_online_hours": draw(st.integers(0, 10)), "class.video_minutes": draw(st.integers(1_190, 1_225)),
        "class.all_theory": True, "class.has_epidemic_course": True, "class.free_of_charge": True,
        "class.platform.recommended": True, "class.platform.evaluated_on": start - timedelta(20),
        "class.course_evaluated_on": start - timedelta(draw(st.integers(0, 9))), "_kind": kind,
    }  # fmt: skip


@st.composite
def fit_trainee(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """A person who meets the rules, with minutes near the boundaries of hours and caps."""
    return {
        "trainee.category": draw(st.sampled_from(["employee", "dispatched", "employee", "laid-off"])),
        "trainee.relation": "contract", "trainee.insured": True, "trainee.front_line": True,
        "trainee.contract_signed_on": good["class.starts_on"] - timedelta(draw(st.integers(0, 330))),
        "trainee.contract_months": draw(st.integers(11, 13)), "trainee.drawing_pension": False,
        "trainee.minutes": draw(st.sampled_from([1_999, 2_000, 2_500, 449, 450, 1_484, 1_485, Fraction(4_499, 10)])),
        "trainee.completed": True, "trainee.exam_passed": True, "trainee.evaluation_passed": True,
        "trainee.certificate.kind": good["_kind"], "trainee.certificate.level": draw(st.sampled_from([None, 5, 4])),
        "trainee.other_subsidies": (),
    }  # fmt: skip


@st.composite
def awards(draw: st.DrawFn, scheme: Scheme, items: list[str]) -> Award:
    ended = draw(DAYS)
    started = draw(maybe(st.integers(0, 40).map(lambda n: ended - timedelta(n)), 4))
    return Award(
        scheme=draw(st.sampled_from([scheme.id, scheme.id, "another-2020"])),
        item=draw(st.sampled_from([*items, "something-else"])),
        project=draw(maybe(st.sampled_from(["甲", "乙", "丙"]), 4)),
        started_on=started,
        ended_on=ended,
        occupation=draw(maybe(st.sampled_from(OCCUPATIONS), 3)),
        level=draw(maybe(st.integers(1, 5), 3)),
        amount=draw(st.sampled_from([0, 1, 30_000, 99_999, 100_000, 250_000])),
    )
