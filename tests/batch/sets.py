"""Random sets of classes for the notices: values near every boundary, gaps everywhere, people who claim often."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from keshi.case import Award
from keshi.scheme import Scheme
from keshi.settlement.plan import make_plan
from keshi.vocabulary import Fact, vocabulary
from tests.batch.kit import Class, Set, person

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
TEXTS = {"organisation.industry": INDUSTRIES, "class.occupation": OCCUPATIONS, "class.project": ["甲", "乙", "丙"]}


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


@st.composite
def sets(draw: st.DrawFn, scheme: Scheme, items: list[str], people: int = 5) -> Set:
    """A set of some classes under the items, with history."""
    facts = vocabulary()
    plans = {item: make_plan(scheme, item) for item in items}
    needed = set().union(*(plan.needed for plan in plans.values()))
    needed |= {"class.starts_on", "class.ends_on", "class.project", "class.occupation", "class.level", "class.claimed_on"}
    absent = draw(st.sets(st.sampled_from(sorted(n for n in needed if facts[n].optional and facts[n].room != "trainee") or ["none"]), max_size=1))
    needed -= absent - {"class.ends_on"}
    trainee_facts = sorted({n for n in needed if facts[n].room == "trainee"} - {"trainee.id_number"} | {"trainee.other_subsidies"})
    class_facts = sorted(n for n in needed if facts[n].room != "trainee")
    classes = []
    for index in range(draw(st.integers(1, 4))):
        item = draw(st.sampled_from(items))
        types = plans[item].rules.item.training_types
        own = {name: draw(maybe(values(facts[name], types))) for name in class_facts}
        _sensible(draw, own)
        judged = [rule.id for rule, _ in plans[item].rules.requirements if rule.manual or rule.waivable]
        judgements = {r: draw(st.booleans() | st.just(True)) for r in judged if draw(st.integers(0, 9)) == 0}
        numbers = draw(st.lists(st.integers(0, people), min_size=int(index == 0), max_size=4, unique=True))
        roster = []
        for number in numbers:
            row = {name: draw(maybe(values(facts[name], types))) for name in trainee_facts}
            roster.append({"trainee.id_number": person(number), **row})
        classes.append(Class(f"班{index}", item, draw(DAYS), own, roster, judgements))
    history = {}
    for number in draw(st.lists(st.integers(0, people), max_size=3, unique=True)):
        history[person(number)] = [draw(awards(scheme, list(scheme.rules))) for _ in range(draw(st.integers(1, 3)))]
    return Set(classes, history)


def _sensible(draw: st.DrawFn, own: dict[str, Any]) -> None:
    """Most classes are filed, approved, held and claimed in that order, or nothing would ever be paid."""
    start = date(2020, 3, 10) + timedelta(draw(st.integers(-30, 60)))
    if own.get("class.starts_on") is not None or draw(st.integers(0, 9)):
        own["class.starts_on"] = start
    base = own.get("class.starts_on") or start
    own["class.ends_on"] = base + timedelta(draw(st.integers(0, 60)))
    for name, low, high in (("class.filed_on", -12, 0), ("class.approved_on", -6, 0), ("class.platform.evaluated_on", -20, 2),
                            ("class.course_evaluated_on", -20, 2), ("class.claimed_on", 0, 260)):  # fmt: skip
        if own.get(name) is not None and draw(st.integers(0, 4)):
            own[name] = (own["class.ends_on"] if name == "class.claimed_on" else base) + timedelta(draw(st.integers(low, high)))
    if own.get("organisation.kind") is not None and draw(st.integers(0, 3)):
        own["organisation.kind"] = draw(st.sampled_from(["enterprise", "enterprise", "institution", "platform"]))
    if own.get("class.theory_online_hours") is not None:
        own["class.theory_online_hours"] = draw(st.integers(0, own.get("class.online_hours") or 0))
    if "organisation.region" in own and draw(st.integers(0, 3)):
        own["organisation.region"] = draw(st.sampled_from(REGIONS))


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
