"""The five notices once more, in plain Python with whole numbers, read from their texts and not from the packs.

`settled(case, folder)` gives, for every trainee, (eligible, fen, fen paid ahead, class hours). Nothing of the
engine is used: days are compared as dates, money is fen, workdays are walked one by one.
"""

import csv
from collections import namedtuple
from datetime import date, timedelta
from fractions import Fraction

from chinese_calendar import is_workday

Person = namedtuple("Person", "eligible amount advance class_hours")

KEY_GROUPS = {
    "poor-family-child", "poor-labourer", "school-leaver", "rural-migrant", "laid-off", "transferred", "veteran",
    "disabled", "graduate",
}  # fmt: skip


def day(text):
    return None if text is None else date.fromisoformat(text)


def half_up(x):
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)


def fen(text):
    return int(Fraction(str(text)) * 100)


def months_later(d, n):
    year, month = (d.year, d.month + n) if d.month + n <= 12 else (d.year + 1, d.month + n - 12)
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(d.day, last))


def workdays_until(d, end):
    count = 0
    while d < end:
        d += timedelta(days=1)
        count += is_workday(d)
    return count


def size(o):
    """Four industries of the standard: large, medium and small begin at these figures."""
    table = {
        "工业": {"employees": (1000, 300, 20), "revenue_wan": (40000, 2000, 300)},
        "零售业": {"employees": (300, 50, 10), "revenue_wan": (20000, 500, 100)},
        "建筑业": {"revenue_wan": (80000, 6000, 300), "assets_wan": (80000, 5000, 300)},
        "租赁和商务服务业": {"employees": (300, 100, 10), "assets_wan": (120000, 8000, 100)},
    }
    if o["industry"] not in table:
        return None
    reached = []
    for name, bounds in table[o["industry"]].items():
        if o[name] is None:
            reached.append(None)
            continue
        value = Fraction(str(o[name]))
        reached.append(next((place for place, low in enumerate(bounds) if value >= low), 3))
    if 3 in reached:
        return 3
    return None if None in reached else max(reached)


def rate(rows, keys, on):
    """The most specific row in force whose filled columns all fit."""
    best = (-1, None)
    for row in rows:
        since, until = row.get("valid_from") or "0001-01-01", row.get("valid_to") or "9999-12-31"
        filled = {key: row[key] for key in keys if row.get(key) not in (None, "")}
        fits = all(keys[key] is not None and str(keys[key]) == str(value) for key, value in filled.items())
        if fits and since <= on.isoformat() <= until and len(filled) > best[0]:
            best = (len(filled), row)
    return best[1]


class Reading:
    def __init__(self, case, folder):
        self.case = case
        self.o, self.c = case["organisation"], case["class"]
        self.starts, self.ends = day(self.c["starts_on"]), day(self.c["ends_on"])
        self.filed, self.approved = day(self.c["filed_on"]), day(self.c["approved_on"])
        self.claim = day(self.c["claimed_on"]) or day(case["as_of"])
        self.over = day(case["facts"]["epidemic_ended_on"])
        self.platform = self.c["platform"]
        self.tables = dict(case.get("tables") or {})
        for file in (folder / "tables").glob("*.csv"):
            if file.stem not in self.tables:
                with file.open(encoding="utf-8", newline="") as lines:
                    self.tables[file.stem] = list(csv.DictReader(lines))
        self.judged = case.get("judgements", {})

    def by(self, limit, *days):
        """All the days are there and not after the limit."""
        return all(d is not None and d <= limit for d in days)

    def in_region(self, *prefixes):
        return self.o["region"].startswith(prefixes)

    def standard(self, t):
        """Fen of the standard by occupation, level and certificate; None where no row fits."""
        certificate = t["certificate"] or {}
        level = certificate.get("level")
        keys = {
            "occupation": self.c["occupation"],
            "level": self.c["level"] if level is None else level,
            "certificate": certificate.get("kind"),
        }
        row = rate(self.tables["standard"], keys, self.starts)
        return None if row is None else fen(row["amount"])

    def national(self, t, same_training=()):
        """Whether the national plan lets the person have one more subsidy."""
        past = [
            h for h in t["history"] if not (h["scheme"] == self.case["scheme"] and h["item"] in same_training)
        ]
        again = [
            h
            for h in past
            if (h["scheme"], h["item"]) == (self.case["scheme"], self.case["item"])
            and h["project"] == self.c["project"]
        ]
        own = (self.c["occupation"], self.c["level"])
        learnt = [h for h in past if None not in own and (h["occupation"], h["level"]) == own]
        this_year = [h for h in past if day(h["ended_on"]).year == self.ends.year]
        return not again and not learnt and len(this_year) < 3

    def unwaived(self, *waivable):
        return all(v for rule, v in self.judged.items() if rule not in waivable)


def yingkou(r, t):
    c, o = r.c, r.o
    fine = (
        o["kind"] == "enterprise"
        and r.in_region("2108")
        and o["legal_person"]
        and size(o) in (1, 2, 3)
        and o["affected_by_epidemic"]
        and c["free_of_charge"]
        and date(2020, 2, 18) <= r.starts
        and r.ends <= date(2020, 6, 30)
        and r.by(r.starts, r.filed)
        and r.claim >= r.ends
        and (r.over is None or r.claim <= months_later(r.over, 3))
        and r.unwaived()
    )
    hours = int(Fraction(str(t["minutes"]))) // 40
    worker = t["category"] == "dispatched" or (t["category"] == "employee" and t["relation"] == "contract")
    own = [h for h in t["history"] if h["scheme"] == "yingkou-2020"]
    apart = all(
        day(h["ended_on"]) < r.starts or (h["started_on"] is not None and day(h["started_on"]) > r.ends)
        for h in own
    )
    person = t["front_line"] and worker and t["completed"] and hours >= 50 and apart
    paid = len(own) < 3 and c["project"] not in [h["project"] for h in own] and r.national(t)
    return Person(bool(fine and person), 50_000 if paid else 0, 0, hours)


def shaoguan(r, t):
    c = r.c
    opinion = day(r.platform["evaluated_on"])
    fine = (
        r.o["kind"] == "enterprise"
        and r.in_region("4402")
        and c["training_type"] in ("induction", "in-post", "transfer")
        and c["free_of_charge"]
        and (r.platform["recommended"] or (r.filed is not None and r.by(r.filed, opinion)))
        and r.filed is not None
        and workdays_until(r.filed, r.starts) >= 5
        and r.ends <= r.claim <= months_later(r.ends, 6)
        and r.unwaived()
    )
    hours = int(Fraction(str(t["minutes"]))) // 45
    agreed = t["relation"] in ("contract", "domestic-service") and t["category"] in (
        "employee",
        "domestic-service",
    )
    person = (t["category"] == "dispatched" or agreed) and t["completed"]
    person = person and "affected-enterprise-retraining" not in t["other_subsidies"]
    had = sum(
        fen(h["amount"])
        for h in t["history"]
        if h["scheme"] == "shaoguan-2020" and h["ended_on"][:4] == c["ends_on"][:4]
    )
    amount = min(hours * 3_000, max(0, 100_000 - had))
    return Person(bool(fine and person), amount if r.national(t) else 0, 0, hours)


def ankang(r, t):
    c, o = r.c, r.o
    epidemic = r.over is None or r.starts < r.over
    open_before = r.starts < date(2020, 2, 16)
    school = o["kind"] == "institution" and o["in_catalogue"]
    group = (c["occupation"] or "?")[0]
    fine = (
        (school or (epidemic and o["kind"] == "enterprise"))
        and c["free_of_charge"]
        and (open_before or r.by(r.starts, r.filed, r.approved))
        and (o["kind"] != "enterprise" or not epidemic or group in "456")
        and (not epidemic or c["has_epidemic_course"])
        and (c["all_theory"] or 10 * c["theory_online_hours"] >= 3 * c["total_hours"])
        and r.claim >= r.ends
        and r.unwaived()
    )
    certified = t["certificate"] is not None and t["certificate"]["kind"] is not None
    welcome = t["category"] in KEY_GROUPS | {"employee", "dispatched"} or (
        t["category"] == "domestic-service" and t["relation"] == "contract"
    )
    person = welcome and (t["category"] not in KEY_GROUPS or school) and t["completed"] and certified
    whole = r.standard(t)
    amount = 0
    if whole is not None:
        online, total = c["online_hours"], c["total_hours"]
        extra = Fraction(whole * online * 30, total * 100) if epidemic else 0
        amount = half_up(Fraction(whole) + extra)
    advance = half_up(Fraction(c["online_hours"] * 750, 2)) if epidemic and r.approved is not None else 0
    eligible = bool(fine and person and whole is not None)
    return Person(
        eligible, amount if r.national(t) else 0, advance, c["total_hours"] if t["completed"] else 0
    )


def wuhai(r, t):
    c, o = r.c, r.o
    school = o["kind"] == "institution" and o["in_catalogue"]
    share = 5 * c["online_hours"] <= 2 * c["total_hours"] or r.judged.get("online-share") is True
    fine = (
        (o["kind"] == "enterprise" or school)
        and c["free_of_charge"]
        and (r.platform["recommended"] or r.by(r.starts, day(r.platform["evaluated_on"])))
        and r.by(r.starts, r.filed, r.approved)
        and share
        and r.claim >= r.ends
        and r.unwaived("online-share")
    )
    certified = t["certificate"] is not None and t["certificate"]["kind"] is not None
    welcome = t["category"] in KEY_GROUPS | {"employee", "dispatched"} or (
        t["category"] in ("domestic-service", "platform-worker") and t["relation"] == "contract"
    )
    person = (
        welcome
        and not t["drawing_pension"]
        and (t["category"] not in KEY_GROUPS or school)
        and t["completed"]
        and certified
    )
    whole = r.standard(t)
    qualified = t["completed"] and t["exam_passed"] and not t["drawing_pension"]
    advance = half_up(Fraction(whole, 5)) if r.approved is not None and qualified and whole is not None else 0
    amount = whole if whole is not None and r.national(t) else 0
    hours = c["total_hours"] if t["completed"] else 0
    return Person(bool(fine and person and whole is not None), amount, advance, hours)


LEAST_ONLINE = {
    "startup-awareness": 24,
    "startup-ability": 40,
    "startup-upgrade": 32,
    "induction": 16,
    "special-operation": 0,
}
LEAST_PRACTICAL = {"startup-awareness": 12, "startup-ability": 16, "startup-upgrade": 24}
ONLINE = ("platform-online", "institution-online", "enterprise-induction", "enterprise-online")
PARTS = {
    "institution-practical": ("platform-online", "institution-online"),
    "enterprise-practical": ("platform-online", "enterprise-induction", "enterprise-online"),
    "platform-online": ("institution-practical", "enterprise-practical"),
    "institution-online": ("institution-practical",),
    "enterprise-induction": ("enterprise-practical",),
    "enterprise-online": ("enterprise-practical",),
}


def jinan(r, t):
    c, o, item = r.c, r.o, r.case["item"]
    kind = c["training_type"]
    minutes = Fraction(str(c["video_minutes"]))
    course, rest = divmod(minutes, 40)
    course = int(course) + (rest >= 20)
    course_judged = r.by(r.starts, day(c["course_evaluated_on"]))
    platform_judged = r.by(r.starts, day(r.platform["evaluated_on"]))
    fine = c["free_of_charge"] and r.claim >= r.ends and r.unwaived()
    if item in ONLINE:
        fine = fine and r.ends <= date(2020, 6, 30) and course >= LEAST_ONLINE.get(kind, 30)
    elif item.endswith("practical"):
        fine = fine and c["total_hours"] - c["online_hours"] >= LEAST_PRACTICAL.get(kind, 0)
    if item.startswith("enterprise"):
        fine = fine and o["kind"] == "enterprise" and r.in_region("3701", "3712")
    elif item.startswith("institution"):
        fine = fine and o["kind"] == "institution" and o["in_catalogue"]
    elif item == "platform-online":
        fine = fine and o["kind"] == "platform" and platform_judged
    if item == "institution-online":
        fine = fine and course_judged
    if item in ("enterprise-induction", "enterprise-online"):
        fine = fine and (course_judged or platform_judged)
    allowed = {
        "enterprise-induction": ("induction",),
        "enterprise-online": ("in-post", "upgrade", "transfer", "safety"),
    }
    fine = fine and (item not in allowed or kind in allowed[item])

    certificate = (t["certificate"] or {}).get("kind")
    if item == "enterprise-induction":
        signed = day(t["contract_signed_on"])
        person = (
            t["relation"] == "contract"
            and (t["contract_months"] or 0) >= 12
            and t["insured"]
            and signed is not None
            and signed <= r.starts
            and r.ends <= months_later(signed, 12)
            and t["completed"]
            and t["evaluation_passed"]
        )
    elif item == "special-operation":
        person = t["category"] != "other" and certificate == "special-operation"
    else:
        person = t["completed"] and t["exam_passed"]
        if item.startswith("enterprise"):
            works = t["relation"] in ("contract", "platform", "domestic-service")
            person = person and (works or t["category"] in ("employee", "dispatched", "platform-worker"))
        else:
            person = person and t["category"] != "other"
        if item.endswith("practical"):
            person = person and certificate is not None
        if item == "enterprise-practical":
            person = person and "unemployment-insurance-skill" not in t["other_subsidies"]

    whole = r.standard(t)
    if item == "enterprise-induction":
        amount = 50_000
    elif item == "special-operation":
        amount = 80_000
    elif whole is None:
        amount = None
    elif item.endswith("practical"):
        row = rate(r.tables["practical_share"], {"occupation": c["occupation"]}, r.starts)
        amount = None if row is None else half_up(whole * min(Fraction(row["share"]), Fraction(4, 5)))
    else:
        amount = half_up(Fraction(whole, 5))
    hours = c["total_hours"] if item.endswith("practical") else course
    if not t["completed"]:
        hours = 0
    paid = amount if amount is not None and r.national(t, PARTS.get(item, ())) else 0
    return Person(bool(fine and person and amount is not None), paid, 0, hours)


NOTICES = {
    "yingkou-2020": (yingkou, ("sme-online",)),
    "shaoguan-2020": (shaoguan, ("on-the-job",)),
    "ankang-2020": (ankang, ("training",)),
    "wuhai-2020": (wuhai, ("training",)),
    "jinan-2020": (jinan, (*ONLINE, "institution-practical", "enterprise-practical", "special-operation")),
}


def settled(case, folder):
    reading = Reading(case, folder)
    notice, _ = NOTICES[case["scheme"]]
    people = [notice(reading, trainee) for trainee in case["trainees"]]
    return [person._replace(amount=person.amount if person.eligible else 0) for person in people]
