"""Random notices: valid formulas of every kind, limits that interact, sequences, advances, tables."""

from pathlib import Path

from hypothesis import strategies as st

from keshi.scheme import Scheme, load_scheme

HEAD = """
id = "random-2020"
region = "440200"
notice = "n"
issued_on = 2020-01-01
issuer = {{ zh = "局", en = "bureau" }}
title = {{ zh = "题", en = "title" }}
without_common = {without}

[parameters]
one_minute = {{ value = 1, unit = "minute", clause = "-" }}
one_hour = {{ value = 1, unit = "class_hour", clause = "-" }}
one_yuan = {{ value = 1, unit = "yuan", clause = "-" }}
one_time = {{ value = 1, unit = "time", clause = "-" }}
one_month = {{ value = 1, unit = "month", clause = "-" }}
one_wan = {{ value = 1, unit = "wan_yuan", clause = "-" }}
one_day = {{ value = 1, unit = "day", clause = "-" }}
one_workday = {{ value = 1, unit = "workday", clause = "-" }}
one_year = {{ value = 1, unit = "year", clause = "-" }}
third = {{ value = "0.333", clause = "-" }}
share = {{ value = "130%", clause = "-" }}
stepped = {{ dated = [{{ from = 2020-03-15, value = 2 }}, {{ from = 2020-04-15, value = "2.5" }}], clause = "-" }}
day = {{ day = 2020-04-01, clause = "-" }}
places = {{ regions = ["440203", "370100", "210000"], clause = "-" }}

[tables.tariff]
keys = ["occupation", "level", "certificate"]
value = "amount"
unit = "yuan"
file = "tariff.csv"
clause = "-"
text = {{ zh = "表", en = "table" }}

[hours]
minutes = 45
basis = "trainee"
remainder = "drop"
clause = "-"
text = {{ zh = "时", en = "hours" }}
"""
TARIFF = """occupation,level,certificate,amount,valid_from,valid_to
6-31-01-03,5,,1500.55,,
6-31-01-03,5,completion,1000,2020-03-20,2020-04-10
6-31-01-03,,,333.33,,2020-04-20
,4,skill-level,777.10,,
6-18-02-04,,,0.005,2020-03-01,
"""
TEXT = '{ zh = "条", en = "rule" }'
RULE = f'clause = "-"\ntext = {TEXT}\n'

NUMBERS = st.sampled_from([
    "trainee.minutes / one_minute", "class.online_hours / one_hour", "class.total_hours / one_hour", "class.level",
    "trainee.certificate.level", "third", "share", "stepped", "0", "1", "7", "2.5", "0.005", "1_000",
    "days_between(class.starts_on, class.ends_on) / one_day",
    "years_between(trainee.contract_signed_on, class.starts_on) / one_year",
    "workdays_between(class.filed_on, class.starts_on) / one_workday", "organisation.revenue_wan / one_wan",
    "workdays_between(trainee.contract_signed_on, class.ends_on) / one_workday", "class.major_group",
    "lookup(tariff, occupation=class.occupation, level=class.level, certificate=trainee.certificate.kind) / one_yuan",
    "lookup(tariff, occupation=class.occupation, level=trainee.certificate.level, certificate='completion') / one_yuan",
    "class.online_hours / class.total_hours", "first", "second",
])  # fmt: skip
PAID = st.sampled_from([
    "sum_paid() / one_yuan", "count_paid() / one_time", "count_paid(scheme='random-2020', item='one') / one_time",
    "sum_paid(occupation=class.occupation, level=trainee.certificate.level) / one_yuan",
    "sum_paid(year=2020) / one_yuan",
    "count_paid(project=class.project) / one_time",
    "sum_paid(year=2_020 * one_year, level=class.level + 0.5) / one_yuan",
])  # fmt: skip
DATES = st.sampled_from([
    "class.starts_on", "class.ends_on", "class.filed_on", "day", "trainee.contract_signed_on", "class.claim_date",
    "facts.epidemic_ended_on", "as_of", "min(class.starts_on, trainee.contract_signed_on)",
    "months_after(class.starts_on, -1)", "months_after(trainee.contract_signed_on, 13)",
    "months_after(day, class.level * one_month)",
    "max(day, months_after(class.ends_on, trainee.certificate.level * 2 * one_month))",
])  # fmt: skip
FACTS = st.sampled_from([
    "trainee.completed", "trainee.insured", "class.free_of_charge", "organisation.legal_person",
    'organisation.kind == "enterprise"', 'trainee.category in ["employee", "dispatched"]',
    "trainee.relation == 'contract'",
    "organisation.region in places", "organisation.region in scheme.region",
    "organisation.region not in ['440200', '370102']",
    "organisation.region in ['440000']", "class.occupation in ['6-31-01-03', class.project]", "class.project == '甲'",
    "'unemployment-insurance-skill' in trainee.other_subsidies", "trainee.certificate.kind is not None",
    "class.level is None", "class.level in [4, 5, class.major_group]", "organisation.size in ['small', 'micro']",
    "trainee.certificate.level is not None", "class.level == trainee.certificate.level", "True", "False",
    "trainee.category != 'other'", "class.occupation is None",
])  # fmt: skip


def numbers(depth: int, paid: bool) -> st.SearchStrategy[str]:
    """A number without a unit."""
    leaf = NUMBERS | PAID if paid else NUMBERS
    if depth == 0:
        return leaf.map("({})".format)
    below = numbers(depth - 1, paid)
    pair = st.tuples(below, below)
    return st.one_of(
        leaf.map("({})".format),
        st.tuples(below, st.sampled_from(["+", "-", "*"]), below).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(below, st.sampled_from(["/ 3", "/ 0.7", "// 4", "% 7", "% -2.5", "// -3", "* -1.5"])).map(
            lambda t: f"({t[0]} {t[1]})"
        ),
        st.tuples(below, leaf).map(lambda t: f"({t[0]} / max(1, {t[1]}))"),
        st.tuples(below, leaf).map(lambda t: f"({t[0]} % min(-1, {t[1]}))"),
        st.tuples(st.sampled_from(["min", "max"]), below, below).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(st.sampled_from(["floor", "ceil", "round_half_up"]), below).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(pair, truths(depth - 1, paid)).map(lambda t: f"({t[0][0]} if {t[1]} else {t[0][1]})"),
        below.map("(-{})".format),
    )


def truths(depth: int, paid: bool = False) -> st.SearchStrategy[str]:
    """A truth value."""
    if depth == 0:
        return FACTS.map("({})".format)
    below = truths(depth - 1, paid)
    order = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    number = numbers(depth - 1, paid)
    return st.one_of(
        FACTS.map("({})".format),
        st.tuples(number, order, number).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(DATES, order, DATES).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(below, st.sampled_from(["and", "or"]), below, below).map(
            lambda t: f"({t[0]} {t[1]} {t[2]} {t[1]} {t[3]})"
        ),
        below.map("(not {})".format),
        st.tuples(below, below, below).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        DATES.map(lambda day: f"(({day}) is None)"),
        number.map(lambda n: f"({n} is None)"),
        st.tuples(number, number, number).map(lambda t: f"({t[0]} in [{t[1]}, {t[2]}])"),
        st.tuples(number, number, number).map(lambda t: f"({t[0]} <= {t[1]} < {t[2]})"),
    )


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


CEILINGS = st.sampled_from(["1", "2", "3", "1.5", "class.level", "stepped"])
SUMS = st.sampled_from(["1_000 * one_yuan", "500.005 * one_yuan", "third * one_yuan * 1_000",
                        "stepped * 400 * one_yuan",
                        "class.online_hours / one_hour * 50 * one_yuan"])  # fmt: skip
WHEN = st.sampled_from(["class.free_of_charge", "class.level > 4", "True"])
PERS = st.sampled_from(['["person"]', '["person", "year"]', '["person", "project"]', '["person", "occupation-level"]',
                        '["person", "year", "project"]'])  # fmt: skip
COUNTS = st.sampled_from(["item", "scheme", "all"])


OF_CLASS = {
    "trainee.minutes": "class.video_minutes", "trainee.contract_signed_on": "class.filed_on",
    "trainee.completed": "class.all_theory",
    "trainee.certificate.level": "class.level", "trainee.insured": "organisation.in_catalogue",
    "first": "third", "second": "share",
    "certificate=trainee.certificate.kind": "certificate='completion'", "trainee.certificate.kind": "class.delegate",
}  # fmt: skip


def of_class(text: str) -> str:
    """The formula with facts of the class instead of the trainee's."""
    for own, other in OF_CLASS.items():
        text = text.replace(own, other)
    return "class.free_of_charge" if "trainee." in text else text


@st.composite
def schemes(draw: st.DrawFn, *, paid: bool = False, items: int = 1) -> str:
    """The text of a notice with one or more items."""
    without = draw(
        st.sampled_from(['["same-subsidy-once", "occupation-level-once"]', "[]", '["three-a-year"]'])
    )
    text = HEAD.format(without=without)
    for name in ("first", "second"):
        inner = (
            draw(numbers(1, paid))
            .replace("first", "third")
            .replace("second", "share" if name == "first" else "third")
        )
        text += f"\n[quantities.{name}]\nformula = {quoted(inner)}\n{RULE}"
    for index, item in enumerate(["one", "two", "three"][:items]):
        text += (
            f'\n[[items]]\nid = "{item}"\ntitle = {TEXT}\nclause = "-"\npayee = ["enterprise"]\nfund = "f"\n'
        )
        amount = draw(st.one_of(numbers(1, paid), numbers(2, paid), st.just("(600 + third)")))
        text += f"class_hours = {quoted(draw(numbers(1, paid)) + ' * one_hour')}\n"
        text += f"amount = {quoted(f'{amount} * one_yuan')}\n"
        if index and draw(st.booleans()):
            text += 'part_of = ["one"]\n'
        if draw(st.booleans()):
            text += (
                f'[items.advance]\nbasis = "budgeted"\neach = {quoted(draw(numbers(1, paid)) + " * one_yuan")}\n'
                f"who = {quoted(draw(truths(1, paid)))}\nwhen = {quoted(draw(WHEN))}\n"
                f'clause = "-"\ntext = {TEXT}\n'
            )
    for index in range(draw(st.integers(0, 2))):
        holds = draw(truths(2, paid))
        waivable = "waivable = true\n" if draw(st.booleans()) else ""
        text += (
            f'\n[[requirements]]\nid = "r{index}"\nof = "trainee"\nholds = {quoted(holds)}\n{waivable}{RULE}'
        )
    for index in range(draw(st.integers(0, 2))):
        holds = of_class(draw(truths(2)))
        waivable = "waivable = true\n" if draw(st.booleans()) else ""
        text += (
            f'\n[[requirements]]\nid = "c{index}"\nof = "class"\nholds = {quoted(holds)}\n{waivable}{RULE}'
        )
    for subject in ("class", "trainee"):
        if draw(st.booleans()):
            text += f'\n[[requirements]]\nid = "judged-{subject}"\nof = "{subject}"\nmanual = true\n{RULE}'
    for index in range(draw(st.integers(0, 3))):
        sums = draw(st.booleans())
        ceiling = (
            f"amount_at_most = {quoted(draw(SUMS))}" if sums else f"count_at_most = {quoted(draw(CEILINGS))}"
        )
        text += (
            f'\n[[limits]]\nid = "l{index}"\nper = {draw(PERS)}\n{ceiling}\ncounts = "{draw(COUNTS)}"\n{RULE}'
        )
    if draw(st.booleans()):
        text += f'\n[[sequences]]\nid = "after"\ncounts = "{draw(COUNTS)}"\n{RULE}'
    if draw(st.booleans()):
        text += f'\n[[exclusions]]\nid = "never"\nsubsidy = "affected-enterprise-retraining"\n{RULE}'
    return text


def load(folder: Path, text: str) -> Scheme:
    """The notice in a folder of its own, with its table."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "tables" / "tariff.csv").write_text(TARIFF, encoding="utf-8")
    (folder / "scheme.toml").write_text(text, encoding="utf-8")
    return load_scheme(folder)
