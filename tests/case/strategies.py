"""Any valid case, drawn from the vocabulary itself."""

from datetime import date

from hypothesis import strategies as st

from keshi.vocabulary import vocabulary
from support.people import id_number

DAYS = st.dates(date(2019, 1, 1), date(2021, 12, 31))
WORDS = st.text("测试甲乙abc XYZ-（）·1", min_size=1, max_size=12).filter(str.strip)


def value_of(fact):
    match fact.type:
        case "text":
            return WORDS
        case "choice":
            return st.sampled_from(sorted(fact.values))
        case "texts":
            return st.lists(st.sampled_from(sorted(fact.values)), unique=True)
        case "boolean":
            return st.booleans()
        case "date":
            return DAYS.map(date.isoformat)
        case "region":
            return st.sampled_from(["440203", "440200", "610900", "210800"])
    low, high = fact.least or 0, min(fact.most or 10**6, 10**6)
    whole = st.integers(low, high)
    written = st.tuples(st.integers(low, max(low, high - 1)), st.integers(0, 99)).map(
        lambda p: f"{p[0]}.{p[1]:02d}"
    )
    return whole if fact.whole else st.one_of(whole, whole.map(str), written)


@st.composite
def rooms(draw, room, skip=()):
    """One object of a case: every fact given, or null, or left out."""
    found = {}
    for fact in vocabulary().values():
        if fact.room != room or fact.derived or fact.name in skip:
            continue
        _, *path, last = fact.name.split(".")
        if draw(st.integers(0, 9)) == 0:
            continue
        target = found
        for part in path:
            target = target.setdefault(part, {})
        target[last] = draw(st.none() | value_of(fact))
    return found


def ordered(holder, less, more, swap=True):
    a, b = holder.get(less), holder.get(more)
    if a is not None and b is not None and a > b:
        holder[less], holder[more] = b, a


@st.composite
def awards(draw):
    row = draw(rooms("history"))
    row |= {
        "scheme": draw(WORDS),
        "item": draw(WORDS),
        "ended_on": draw(DAYS).isoformat(),
        "amount": draw(st.integers(0, 10**7).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")),
    }
    ordered(row, "started_on", "ended_on")
    return row


@st.composite
def trainees(draw, n):
    row = draw(rooms("trainee", skip={"trainee.id_number"}))
    row["id_number"] = id_number(n)
    if draw(st.booleans()):
        row["history"] = draw(st.lists(awards(), max_size=2) | st.none())
    if draw(st.integers(0, 5)) == 0:
        row["certificate"] = None
    return row


@st.composite
def structures(draw):
    the_class = draw(rooms("class"))
    for less, more in (
        ("theory_online_hours", "online_hours"),
        ("online_hours", "total_hours"),
        ("theory_online_hours", "online_hours"),
        ("starts_on", "ends_on"),
    ):
        ordered(the_class, less, more)
    if the_class.get("total_hours") == 0:
        the_class["total_hours"] = 1
    found = {
        "scheme": draw(WORDS),
        "item": draw(WORDS),
        "as_of": draw(DAYS).isoformat(),
        "organisation": draw(rooms("organisation")),
        "class": the_class,
        "trainees": [draw(trainees(n)) for n in range(draw(st.integers(0, 3)))],
    }
    if draw(st.booleans()):
        found["facts"] = draw(rooms("facts"))
    if draw(st.booleans()):
        found["judgements"] = draw(st.dictionaries(WORDS, st.booleans(), max_size=3))
    return found
