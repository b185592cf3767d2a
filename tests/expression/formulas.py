"""Random formulas that fit in names, types and units, and random values for their names."""

from datetime import date

from hypothesis import strategies as st

from keshi.calendar import STATE_COUNCIL
from keshi.case import Award
from keshi.expression import (
    BOOLEAN,
    DATE,
    REGION,
    TEXT,
    Environment,
    Row,
    Source,
    Symbol,
    Table,
    check,
    choice,
    compile_formula,
    number,
    parse,
)

COLOURS = ("blue", "green", "red")
REGIONS = ("440000", "440200", "440203", "440204", "610900", "610925")
UNITS = {
    "1": ("n.a", "n.b"),
    "minute": ("trainee.minutes", "m.b"),
    "yuan": ("y.a", "y.b"),
    "class_hour": ("class.total_hours", "h.b"),
    "yuan/class_hour": ("r.a",),
}
FACTS = {
    **{name: number(unit) for unit, names in UNITS.items() for name in names},
    "b.a": BOOLEAN, "b.b": BOOLEAN, "b.c": BOOLEAN,
    "class.starts_on": DATE, "class.ends_on": DATE,
    "c.a": choice(COLOURS), "c.b": choice(COLOURS),
    "t.a": TEXT,
    "organisation.region": REGION, "scheme.region": REGION,
}  # fmt: skip
KEYS = {"colour": TEXT, "level": number()}
SCOPE = {name: Symbol(type_, "fact") for name, type_ in FACTS.items()}
SCOPE["tariff"] = Symbol(number("yuan"), "table", KEYS)


def quote(text):
    return f"'{text}'"


def joined(operators, operand, other=None):
    return st.tuples(operand, st.sampled_from(operators), operand if other is None else other).map(
        lambda p: f"({p[0]} {p[1]} {p[2]})"
    )


def called(name, *arguments):
    return st.tuples(*arguments).map(lambda a: f"{name}({', '.join(a)})")


def chosen(condition, then):
    return st.tuples(then, condition, then).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})")


def numbers(unit, depth, nulls):
    leaves = [st.sampled_from(UNITS[unit])] if unit in UNITS else []
    if unit == "1":
        leaves.append(st.sampled_from(["1", "2", "7", "0.1", "7.5", "12.25", ".5", "3."]))
        leaves.append(st.just("(count_paid(year=2020) / count_paid(scheme='a', level=5))"))
    if unit == "yuan":
        leaves.append(st.just("sum_paid(year=2020)"))
        if nulls:  # a key that is null means "not there", so filling it in may change what is found
            leaves.append(st.just("lookup(tariff, level=n.a, colour=c.a)"))
        leaves.append(st.just("lookup(tariff, colour='red', level=5)"))
    if depth == 0:
        return st.one_of(leaves) if leaves else numbers("yuan", 0, nulls).map(lambda t: f"({t}) / h.b")
    same = st.deferred(lambda: numbers(unit, depth - 1, nulls))
    plain = st.deferred(lambda: numbers("1", depth - 1, nulls))
    truth = st.deferred(lambda: booleans(depth - 1, nulls))
    grown = [
        same,
        joined("+-%", same),
        joined("*", same, plain),
        joined(["/", "//"], same, plain),
        same.map(lambda t: f"-{t}"),
        called("min", same, same),
        called("max", same, same, same),
        st.tuples(st.sampled_from(["floor", "ceil", "round_half_up"]), same).map(lambda p: f"{p[0]}({p[1]})"),
        chosen(truth, same),
    ]
    if unit == "yuan":
        grown.append(
            joined("*", numbers("yuan/class_hour", 0, nulls), numbers("class_hour", depth - 1, nulls))
        )
    if unit == "1":
        grown.append(joined("/", numbers("minute", depth - 1, nulls)))
    if unit == "minute":
        grown.append(joined("+-", same, st.just("45")))
    grown.append(joined("+-", same, st.just("0")))
    return st.one_of(leaves + grown)


def dates(depth, nulls):
    leaf = st.sampled_from(["class.starts_on", "class.ends_on"])
    if depth == 0:
        return leaf
    same = dates(depth - 1, nulls)
    return st.one_of(
        leaf,
        same.map(lambda t: f"months_after({t}, 3)"),
        called("min", same, same),
        called("max", same, same),
        chosen(booleans(depth - 1, nulls), same),
    )


def booleans(depth, nulls):
    """`nulls`: whether a value may depend on something being null."""
    leaf = st.sampled_from(["b.a", "b.b", "b.c"])
    if depth == 0:
        return leaf
    same = booleans(depth - 1, nulls)
    compare = ["<", "<=", ">", ">=", "==", "!="]
    member = st.sampled_from(["in", "not in"])
    colour = st.sampled_from(["c.a", "c.b", *map(quote, COLOURS)])
    colours = st.lists(colour, min_size=1, max_size=3).map(lambda x: f"[{', '.join(x)}]")
    choices = [
        leaf,
        *(joined(compare, numbers(unit, depth - 1, nulls)) for unit in UNITS),
        joined(["<", ">="], dates(depth - 1, nulls)),
        st.tuples(dates(depth - 1, nulls), dates(depth - 1, nulls)).map(
            lambda d: f"(days_between({d[0]}, {d[1]}) > 21)"
        ),
        joined(["==", "!="], st.sampled_from(["c.a", "c.b"]), colour),
        st.tuples(st.sampled_from(["c.a", "c.b"]), member, colours).map(lambda p: f"({' '.join(p)})"),
        st.tuples(
            st.just("organisation.region"),
            member,
            st.sampled_from(["scheme.region", "['440200', '610900']", "[scheme.region, '610925']"]),
        ).map(lambda p: f"({' '.join(p)})"),
        st.tuples(*[numbers("minute", depth - 1, nulls)] * 3).map(lambda m: f"({m[0]} < {m[1]} <= {m[2]})"),
        joined(["and", "or"], same),
        same.map(lambda t: f"(not {t})"),
        chosen(same, same),
    ]
    if nulls:
        choices.append(
            st.tuples(st.sampled_from(sorted(FACTS)), st.sampled_from(["is", "is not"])).map(
                lambda p: f"({p[0]} {p[1]} None)"
            )
        )
    return st.one_of(choices)


def value_of(type_):
    match type_.kind:
        case "number":
            return st.one_of(
                st.sampled_from([0, 1, 5, 45]),
                st.integers(-50, 2_000),
                st.fractions(-10, 100, max_denominator=12).filter(lambda f: f.denominator > 1),
            )
        case "boolean":
            return st.booleans()
        case "date":
            return st.dates(date(2019, 1, 1), date(2021, 12, 31))
        case "choice":
            return st.sampled_from(COLOURS)
        case "region":
            return st.sampled_from(REGIONS)
    return st.sampled_from(["x", "y"])


names = st.fixed_dictionaries({name: st.none() | value_of(type_) for name, type_ in FACTS.items()})
awards = st.lists(
    st.builds(
        Award,
        scheme=st.sampled_from("ab"),
        item=st.just("x"),
        project=st.none(),
        started_on=st.none(),
        ended_on=st.dates(date(2019, 6, 1), date(2020, 6, 1)),
        occupation=st.none(),
        level=st.sampled_from([None, 4, 5]),
        amount=st.integers(0, 99_999),
    ),
    max_size=3,
).map(tuple)
rows = st.lists(
    st.builds(
        Row,
        st.tuples(st.sampled_from([None, *COLOURS]), st.sampled_from([None, 1, 5])),
        st.integers(1, 5_000),
        st.sampled_from([None, date(2020, 1, 1)]),
        st.sampled_from([None, date(2020, 12, 31)]),
    ),
    max_size=5,
)


def environment(tariff=()):
    slots = {"history": 0, **{name: place for place, name in enumerate(FACTS, start=1)}}
    return Environment(slots, {"tariff": Table("tariff", ("colour", "level"), list(tariff))}, STATE_COUNCIL)


def listed(values, history=()):
    return [history, *(values[name] for name in FACTS)]


def checked(text, expected=None):
    source = Source(text)
    node = parse(source)
    return node, check(node, SCOPE, source, expected)


def run(text, values, history=(), tariff=()):
    node, _ = checked(text)
    return compile_formula(node, environment(tariff))(listed(values, history))
