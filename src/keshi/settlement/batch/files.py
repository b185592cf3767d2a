"""Opening the files of a batch: which items they are for, the columns those need, the rows checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.inputs import Check, Input
from keshi.settlement.batch.sql import literal, quoted
from keshi.settlement.plan import Plan, make_plan
from keshi.vocabulary import vocabulary

ALWAYS = ("class.ends_on",)
"""Facts of a class without which a grant could not become history."""
OF_GRANTS = ("class.starts_on", "class.project", "class.occupation", "class.level", "class.claimed_on")
"""Facts of a class that go into the history of a grant, or order it, where the file brings them."""
PAST = ("history.scheme", "history.item", "history.ended_on")
PAST_OPTIONAL = ("history.project", "history.started_on", "history.occupation", "history.level")
_ID = ("id_number", "身份证号码")
JUDGEMENT = "judgement_"


@dataclass(slots=True)
class Files:
    """The opened files of a batch and the plans of the items that occur in it."""

    scheme: Scheme
    plans: dict[str, Plan]
    classes: Input
    trainees: Input
    history: Input | None
    item_column: bool
    judgements: dict[str, str]
    """By rule: the column with its judgement."""
    absent: tuple[str, ...]


NUMBERED = "try_cast(id_number as bigint) as digits"
"""A column that `KEY` reads."""
KEY = (
    "(case when length(id_number) <> 18 then null "
    "when digits is null then "
    "case when substr(id_number, 18, 1) = 'X' then -try_cast(substr(id_number, 1, 17) as bigint) end "
    "when digits % 100 = 0 and regexp_matches(id_number, '[^0-9]') then null else digits end)"
)
"""An ID number as one integer: digits as they are, one that ends in X as its digits below zero; NULL for others.

Integers compare, hash and group much faster than texts, and a text in any other form (a small x, blanks, an exponent)
has none, so nobody is two people. An exponent leaves zeros at the end: only such numbers are looked at again.
"""
GOOD_KEY = "(key >= 100000000000000000 or key between -99999999999999999 and -10000000000000000)"
"""18 digits, or 17 and an X, none beginning with 0: a sign, blank or point in the text leaves fewer."""


def open_files(
    engine: Engine, trainees: Path, history: Path | None, classes: Path, scheme: Scheme, item: str | None
) -> Files:
    """The files with every needed column there and every row fit. Raises BadInput otherwise."""
    of_class = Input(engine, classes, ("organisation", "class", "facts"), ("class_id",))
    of_trainee = Input(engine, trainees, ("trainee",), ("class_id", "id_number"))
    of_past = (
        None if history is None else Input(engine, history, ("history",), ("id_number", "scheme", "ended_on"))
    )
    of_class.open(("class_id", "item", "as_of"), (JUDGEMENT,))
    of_trainee.open(("class_id", "id_number"))
    if of_past is not None:
        of_past.open(("id_number",))
    problems: list[Problem] = []
    known = of_class.structural("class_id", ("text", "integer"), "班级标识", problems)
    known &= of_trainee.structural("class_id", ("text", "integer"), "班级标识", problems)
    if known and of_class.kinds["class_id"] != of_trainee.kinds["class_id"]:
        params = {
            "column": "class_id",
            "label": "班级标识",
            "label_en": "class_id",
            "expected": of_class.kinds["class_id"],
        }
        problems.append(Problem("batch-column-type", str(trainees), of_trainee.kinds["class_id"], params))
    of_class.structural("as_of", ("date",), vocabulary()["as_of"].label.zh, problems)
    of_trainee.structural(_ID[0], ("text",), _ID[1], problems)
    if of_past is not None:
        of_past.structural(_ID[0], ("text",), _ID[1], problems)
    if "item" in of_class.kinds:
        of_class.structural("item", ("text",), "补贴项目", problems)
    if problems:
        raise BadInput(problems)
    items = _items(engine, of_class, scheme, item)
    plans = {name: make_plan(scheme, name) for name in items}
    judgements = _judgements(of_class, scheme, problems)
    class_facts, trainee_facts, absent = _columns(of_class, of_trainee, plans, problems)
    if of_past is not None:
        _past_columns(of_past, problems)
    if problems:
        raise BadInput(problems)
    files = Files(scheme, plans, of_class, of_trainee, of_past, "item" in of_class.kinds, judgements, absent)
    of_class.read(class_facts, "f", _class_checks(engine, files))
    of_trainee.read(trainee_facts, "g", [])
    if of_past is not None:
        of_past.read([*PAST, *PAST_OPTIONAL], "p", _past_checks(of_past))
    return files


def _items(engine: Engine, classes: Input, scheme: Scheme, item: str | None) -> list[str]:
    """The items of the batch, in the scheme's order."""
    if "item" not in classes.kinds:
        only = item or (next(iter(scheme.rules)) if len(scheme.rules) == 1 else None)
        if only is None:
            params = {"items": ", ".join(scheme.rules)}
            raise BadInput(Problem("batch-item-needed", str(classes.path), params=params))
        scheme.item(only)
        return [only]
    found = {name for (name,) in engine.run(f"select distinct item from {engine.source(classes.path)}")}
    if item is not None:
        scheme.item(item)
        found |= {item}
    unknown = found - ({item} if item is not None else set(scheme.rules))
    if unknown:
        params = {"items": item or ", ".join(scheme.rules)}
        shown = ", ".join(sorted("null" if name is None else str(name) for name in unknown))
        raise BadInput(Problem("batch-item-unknown", str(classes.path), shown, params))
    return [name for name in scheme.rules if name in found] or list(scheme.rules)[:1]


def _judgements(classes: Input, scheme: Scheme, problems: list[Problem]) -> dict[str, str]:
    """The columns with judgements by rule; a rule is written with its own dashes or with underscores."""
    judged = {
        rule.id
        for rules in scheme.rules.values()
        for rule, _ in rules.requirements
        if rule.manual or rule.waivable
    }
    by_name = {rule.replace("-", "_"): rule for rule in judged}
    found: dict[str, str] = {}
    for column, kind in classes.kinds.items():
        if not column.startswith(JUDGEMENT):
            continue
        rule = by_name.get(column.removeprefix(JUDGEMENT).replace("-", "_"))
        if rule is None or rule in found:
            params = {"rule": column.removeprefix(JUDGEMENT), "known": ", ".join(sorted(judged))}
            problems.append(Problem("case-judgement-unknown", str(classes.path), column, params))
        elif kind != "boolean":
            params = {"column": column, "label": rule, "label_en": rule, "expected": "boolean"}
            problems.append(Problem("batch-column-type", str(classes.path), kind, params))
        else:
            found[rule] = column
    return found


def _columns(
    classes: Input, trainees: Input, plans: dict[str, Plan], problems: list[Problem]
) -> tuple[list[str], list[str], tuple[str, ...]]:
    """The facts to read from classes and trainees, and those that the rules name and no column brings."""
    facts = vocabulary()
    needed = {name for plan in plans.values() for name in plan.needed}
    if any(plan.rules.exclusions for plan in plans.values()):
        needed.add("trainee.other_subsidies")
    of_class = {name for name in needed if facts[name].room != "trainee"} | set(ALWAYS)
    of_trainee = sorted(needed - of_class - {"trainee.id_number"})
    for name in sorted(of_class):
        classes.wants(name, problems)
    for name in OF_GRANTS:
        if name not in of_class:
            classes.wants(name, problems, required=False)
    for name in of_trainee:
        trainees.wants(name, problems)
    absent = [name for name in sorted(of_class) if classes.column(facts[name]) not in classes.kinds]
    absent += [name for name in of_trainee if trainees.column(facts[name]) not in trainees.kinds]
    return sorted(of_class | set(OF_GRANTS)), of_trainee, tuple(absent)


def _past_columns(history: Input, problems: list[Problem]) -> None:
    for name in (*PAST, "history.amount"):
        history.wants(name, problems, required=True)
    for name in PAST_OPTIONAL:
        history.wants(name, problems, required=False)


def _class_checks(engine: Engine, files: Files) -> Iterable[Check]:
    """What cannot be right about a class whatever the scheme."""
    classes = files.classes
    again = f"select class_id from {engine.source(classes.path)} group by class_id having count(*) > 1"
    yield Check("batch-rows-null", "class_id is null", {"label": "班级标识", "label_en": "class_id"})
    yield Check("batch-rows-class-twice", f"class_id in ({again})")
    if classes.kinds["class_id"] == "text":
        yield Check("batch-rows-null", "class_id = ''", {"label": "班级标识", "label_en": "class_id"})
    for name in ("as_of", *ALWAYS):
        fact = vocabulary()[name]
        column = quoted("as_of" if name == "as_of" else classes.column(fact))
        params: dict[str, object] = {"label": fact.label.zh, "label_en": fact.label.en}
        yield Check("batch-rows-null", f"{column} is null", params)
        yield Check(
            "batch-rows-date", f"{column} < date '0001-01-01' or {column} > date '9999-12-31'", params
        )
    for less, more, code in (
        ("class_starts_on", "class_ends_on", "batch-rows-ends-before"),
        ("class_online_hours", "class_total_hours", "batch-rows-online"),
        ("class_theory_online_hours", "class_online_hours", "batch-rows-theory"),
    ):
        kinds = {classes.kinds.get(name, "other").partition("(")[0] for name in (less, more)}
        if kinds <= {"integer", "decimal"} or kinds == {"date"}:
            yield Check(code, f"{less} > {more}")
    for rule, column in files.judgements.items():
        own = [
            name
            for name, plan in files.plans.items()
            if any(rule == r.id for r, _ in plan.rules.requirements)
        ]
        if len(own) < len(files.plans):
            listed = ", ".join(literal(name) for name in own) or "''"
            yield Check(
                "batch-rows-judgement",
                f"{quoted(column)} is not null and item not in ({listed})",
                {"rule": rule},
            )


def _past_checks(history: Input) -> Iterable[Check]:
    """What cannot be right about a past subsidy."""
    for name in (*PAST, "history.amount"):
        fact = vocabulary()[name]
        params: dict[str, object] = {"label": fact.label.zh, "label_en": fact.label.en}
        yield Check("batch-rows-null", f"{quoted(history.column(fact))} is null", params)
    fact = vocabulary()["history.amount"]
    yield Check(
        "batch-rows-least", "amount < 0", {"label": fact.label.zh, "label_en": fact.label.en, "least": 0}
    )
    if history.kinds["amount"].startswith("decimal") and history.decimals(fact) > 2:
        yield Check("batch-rows-fen", "(amount * 100) % 1 <> 0")
    if "started_on" in history.kinds:
        yield Check("batch-rows-ends-before", "started_on > ended_on")
