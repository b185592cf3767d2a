"""Random classes near the edges of the notices: mostly in order, each with a few things changed."""

from datetime import date, timedelta

from support.cases import structure, trainee

HOME = {
    "yingkou-2020": "210804",
    "shaoguan-2020": "440203",
    "ankang-2020": "610902",
    "wuhai-2020": "150302",
    "jinan-2020": "370102",
}
OCCUPATIONS = ["6-31-01-03", "6-31-01-03", "6-18-01-01", "4-03-02-01", "4-10-01-05", "2-02-01-01", None]
STANDARD = [
    {"occupation": "6-31-01-03", "level": 5, "amount": "1500.00"},
    {"occupation": "6-31-01-03", "level": 5, "certificate": "completion", "amount": "1001.01"},
    {"occupation": "6-31-01-03", "level": 4, "amount": "2000.55"},
    {"occupation": "6-31-01-03", "amount": "333.33", "valid_to": "2020-03-15"},
    {"occupation": "6-18-01-01", "amount": "777.77"},
    {"occupation": "4-03-02-01", "level": "3", "amount": 900},
    {"occupation": "2-02-01-01", "level": None, "certificate": "special-operation", "amount": "50.05",
     "valid_from": "2020-03-11"},
]  # fmt: skip
SHARES = [
    {"occupation": "6-31-01-03", "share": "0.7"},
    {"occupation": "6-18-01-01", "share": "0.85"},
    {"share": "0.333333"},
]
CATEGORIES = [
    "employee", "dispatched", "platform-worker", "domestic-service", "poor-family-child", "poor-labourer",
    "school-leaver", "rural-migrant", "laid-off", "transferred", "veteran", "disabled", "graduate", "other",
]  # fmt: skip
TYPES = [
    "induction", "in-post", "transfer", "upgrade", "safety", "skill", "startup-awareness", "startup-ability",
    "startup-upgrade", "special-operation",
]  # fmt: skip
JUDGED = {
    "yingkou-2020": ["fits-the-business", "platform-lawful", "materials-complete"],
    "shaoguan-2020": ["plan-carried-out", "target-reached", "fits-the-business", "materials-complete"],
    "ankang-2020": ["occupation-in-catalogue", "home-practice", "materials-complete"],
    "wuhai-2020": ["real-identity-and-hours", "materials-complete", "online-share"],
    "jinan-2020": ["occupation-in-catalogue", "meets-national-standard", "materials-complete"],
}


def near(chance, text, spread=3):
    return (date.fromisoformat(text) + timedelta(days=chance.randint(-spread, spread))).isoformat()


def random_case(chance, scheme, item):
    """`chance`: a random.Random with a seed that the test names."""

    def sometimes(one_in, *values):
        """One of the values now and then, otherwise the first."""
        return chance.choice(values[1:]) if chance.random() < 1 / one_in else values[0]

    home = HOME[scheme]
    kind = (
        "platform"
        if item == "platform-online"
        else "institution"
        if item.startswith("institution")
        else "enterprise"
    )
    starts = chance.choice(
        ["2020-02-14", "2020-02-18", "2020-03-10", "2020-03-10", "2020-03-15", "2020-04-06"]
    )
    ends = sometimes(6, "2020-04-30", "2020-06-30", "2020-07-01", "2020-12-31", "2021-01-02")
    ending = {"enterprise-induction": "induction", "special-operation": "special-operation"}
    first_type = ending.get(item, "in-post")
    total = chance.choice([20, 30, 40, 60, 61, 70])
    online = (
        chance.randint(0, total) if chance.random() < 0.5 else min(total, 2 * total // 5 + sometimes(4, 0, 1))
    )
    found = structure(
        {
            "scheme": scheme,
            "item": item,
            "as_of": chance.choice(["2020-05-01", "2020-11-01", "2021-02-01"]),
            "facts.epidemic_ended_on": sometimes(2, None, starts, "2020-02-20", "2020-03-31", "2020-07-31"),
            "organisation.kind": sometimes(9, kind, "enterprise", "institution", "platform"),
            "organisation.region": sometimes(9, home, home[:4] + "00", "371202", "440203", "610925"),
            "organisation.legal_person": sometimes(20, True, False),
            "organisation.industry": chance.choice(
                ["工业", "工业", "零售业", "建筑业", "租赁和商务服务业", "金融业"]
            ),
            "organisation.employees": sometimes(2, 120, 5, 19, 20, 299, 300, 999, 1000),
            "organisation.revenue_wan": sometimes(5, "3000", "299.99", "300", "40000", "80000", None),
            "organisation.assets_wan": sometimes(3, "3000", "120000", "99", "80000", None),
            "organisation.affected_by_epidemic": sometimes(20, True, False),
            "organisation.in_catalogue": sometimes(9, kind == "institution", True, False),
            "class.project": chance.choice(["甲", "乙"]),
            "class.training_type": sometimes(4, first_type, *TYPES),
            "class.occupation": chance.choice(OCCUPATIONS),
            "class.level": sometimes(3, 5, 4, 3, None),
            "class.starts_on": starts,
            "class.ends_on": ends,
            "class.filed_on": sometimes(
                4, "2020-02-10", starts, near(chance, starts, 9), "2020-03-02", "2020-03-03", None
            ),
            "class.approved_on": sometimes(5, "2020-02-12", starts, near(chance, starts), None),
            "class.claimed_on": sometimes(
                3, "2020-10-20", ends, "2020-10-30", "2020-10-31", "2020-09-30", None, "2021-01-31"
            ),
            "class.total_hours": total,
            "class.online_hours": online,
            "class.theory_online_hours": min(online, chance.choice([0, 6, 9, 12, 18, 19, 60])),
            "class.video_minutes": chance.choice([0, 619, 620, 640, "939.5", 940, 1179, 1180, 1215, 1600]),
            "class.all_theory": sometimes(5, False, True),
            "class.has_epidemic_course": sometimes(9, True, False),
            "class.free_of_charge": sometimes(20, True, False),
            "class.platform": {
                "recommended": chance.random() < 0.6,
                "evaluated_on": sometimes(3, "2020-02-01", None, starts, near(chance, starts)),
            },
            "class.course_evaluated_on": sometimes(3, "2020-02-01", None, starts, near(chance, starts)),
            "trainees": [random_trainee(chance, sometimes, n, scheme, item, starts, ends) for n in range(3)],
        }
    )
    if chance.random() < 0.6:
        found["tables"] = {"standard": STANDARD, "practical_share": SHARES}
        if scheme != "jinan-2020":
            del found["tables"]["practical_share"]
        if scheme in ("yingkou-2020", "shaoguan-2020"):
            del found["tables"]
    if chance.random() < 0.2:
        found["judgements"] = {chance.choice(JUDGED[scheme]): chance.random() < 0.5}
    return found


def random_trainee(chance, sometimes, n, scheme, item, starts, ends):
    kinds = ["completion", "skill-level", "qualification", "special-ability", "special-operation"]
    certificate = {
        "kind": "special-operation"
        if item == "special-operation" and chance.random() < 0.7
        else sometimes(8, chance.choice(kinds), None),
        "level": sometimes(3, None, 5, 4, 3),
        "number": "Z-1",
        "issued_on": ends,
    }
    return trainee(
        n,
        category=sometimes(3, "employee", *CATEGORIES),
        relation=sometimes(4, "contract", "none", "platform", "domestic-service", "intern"),
        contract_signed_on=sometimes(3, "2020-01-06", "2019-04-30", "2019-04-29", starts, near(chance, starts), None),
        contract_months=sometimes(5, 36, 11, 12, None),
        insured=sometimes(9, True, False),
        front_line=sometimes(9, True, False),
        drawing_pension=sometimes(9, False, True),
        minutes=chance.choice([0, 44, 45, 1349, 1350, "1499.5", 1500, 1530, "1999.99", 2000, 2040, 3000, 3000, 3001]),
        completed=sometimes(9, True, False),
        exam_passed=sometimes(9, True, False),
        evaluation_passed=sometimes(9, True, False),
        certificate=sometimes(9, certificate, None),
        other_subsidies=sometimes(
            6, [], ["affected-enterprise-retraining"], ["unemployment-insurance-skill"],
            ["affected-enterprise-retraining", "unemployment-insurance-skill"],
        ),
        history=[past(chance, sometimes, scheme, item, starts) for _ in range(sometimes(2, 0, 1, 2, 3, 4))],
    )  # fmt: skip


def past(chance, sometimes, scheme, item, starts):
    ended = sometimes(2, "2020-01-20", "2019-12-31", starts, near(chance, starts), "2020-12-31", "2020-05-20")
    return {
        "scheme": sometimes(2, scheme, "elsewhere-2020"),
        "item": sometimes(
            2, item, "enterprise-online", "enterprise-practical", "platform-online", "institution-practical"
        ),
        "project": sometimes(2, "丙", "甲", "乙", None),
        "started_on": sometimes(2, None, ended),
        "ended_on": ended,
        "occupation": sometimes(3, None, "6-31-01-03", "6-18-01-01"),
        "level": sometimes(3, None, 5, 4),
        "amount": chance.choice(["0", "100.00", "499.99", "870.05", "1000"]),
    }
