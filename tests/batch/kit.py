"""Cases as Parquet files, and the row engine applied class after class: what a batch must equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import settings

from keshi.case import Award, Case, Trainee
from keshi.scheme import Scheme
from keshi.settlement import settle
from keshi.settlement.batch import BatchSummary, settle_batch
from keshi.settlement.plan import make_plan
from keshi.vocabulary import vocabulary

ARROW = {
    "text": pa.string(),
    "choice": pa.string(),
    "region": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
DECIMALS = pa.decimal128(18, 2)


@dataclass
class Class:
    """A class with its trainees; facts by full name."""

    id: str
    item: str
    as_of: date
    facts: dict[str, Any]
    trainees: list[dict[str, Any]]
    judgements: dict[str, bool] = field(default_factory=dict)


@dataclass
class Set:
    """A whole set: classes, and past subsidies by ID number."""

    classes: list[Class]
    history: dict[str, list[Award]] = field(default_factory=dict)


Outcome = tuple[bool, int | None, int, int, list[str], list[str]]
"""eligible, class hours, amount, advance, failed rules, unknown rules"""


def by_rows(found: Set, scheme: Scheme) -> dict[tuple[str, str], Outcome]:
    """The row engine: class after class in claim order, each grant appended to the person's history."""
    had = {person: list(awards) for person, awards in found.history.items()}
    outcomes: dict[tuple[str, str], Outcome] = {}
    plans = {item: make_plan(scheme, item) for item in {one.item for one in found.classes}}
    for one in sorted(found.classes, key=lambda c: (c.facts.get("class.claimed_on") or c.as_of, c.id)):
        trainees = [
            Trainee(dict(facts), tuple(had.get(facts["trainee.id_number"], ())), path=f"trainees[{index}]")
            for index, facts in enumerate(one.trainees)
        ]
        case = Case(scheme.id, one.item, one.as_of, dict(one.facts), trainees, judgements=one.judgements)
        result = settle(case, scheme, plans[one.item])
        above = {o: [f.rule for f in result.findings if f.outcome == o] for o in ("failed", "unknown")}
        for settled in result.trainees:
            own = {o: [f.rule for f in settled.findings if f.outcome == o] for o in ("failed", "unknown")}
            outcomes[one.id, settled.id_number] = (
                settled.eligible, settled.class_hours, settled.amount, settled.advance,
                above["failed"] + own["failed"], above["unknown"] + own["unknown"],
            )  # fmt: skip
            if settled.eligible and settled.amount > 0:
                had.setdefault(settled.id_number, []).append(
                    Award(
                        scheme.id, one.item, one.facts.get("class.project"), one.facts.get("class.starts_on"),
                        one.facts["class.ends_on"], one.facts.get("class.occupation"), one.facts.get("class.level"),
                        settled.amount,
                    )
                )  # fmt: skip
    return outcomes


def arrow_type(name: str, values: Sequence[Any]) -> pa.DataType:
    fact = vocabulary()[name]
    if fact.type == "texts":
        return pa.list_(pa.string())
    if fact.type == "number":
        fractional = any(isinstance(value, Fraction) for value in values)
        return DECIMALS if fractional else pa.int64()
    return ARROW[fact.type]


def as_arrow(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        exact = Fraction(value)
        return Decimal(exact.numerator) / Decimal(exact.denominator)
    return list(value) if isinstance(value, tuple) else value


def fact_columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str], cut: str) -> dict[str, pa.Array]:
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        kind = arrow_type(name, values)
        columns[name.removeprefix(cut).replace(".", "_")] = pa.array(
            [as_arrow(v, kind) for v in values], kind
        )
    return columns


def write(
    folder: Path, found: Set, *, with_item: bool = False, yuan: bool = False
) -> tuple[Path, Path, Path]:
    """trainees.parquet, history.parquet and classes.parquet of a set."""
    classes = found.classes
    names = sorted({name for one in classes for name in one.facts})
    judged = sorted({rule for one in classes for rule in one.judgements})
    table: dict[str, Any] = {
        "class_id": pa.array([one.id for one in classes], pa.string()),
        "as_of": pa.array([one.as_of for one in classes], pa.date32()),
        **fact_columns([one.facts for one in classes], names, ""),
        **{
            f"judgement_{r}": pa.array([one.judgements.get(r) for one in classes], pa.bool_()) for r in judged
        },
    }
    if with_item:
        table["item"] = pa.array([one.item for one in classes], pa.string())
    people = [(one.id, facts) for one in classes for facts in one.trainees]
    own = sorted({name for _, facts in people for name in facts})
    roster = {
        "class_id": pa.array([class_id for class_id, _ in people], pa.string()),
        **fact_columns([facts for _, facts in people], own, "trainee."),
    }
    past = [(person, award) for person, awards in found.history.items() for award in awards]
    amounts = [Decimal(award.amount) / 100 if yuan else award.amount for _, award in past]
    history = {
        "id_number": pa.array([person for person, _ in past], pa.string()),
        "scheme": pa.array([a.scheme for _, a in past], pa.string()),
        "item": pa.array([a.item for _, a in past], pa.string()),
        "project": pa.array([a.project for _, a in past], pa.string()),
        "started_on": pa.array([a.started_on for _, a in past], pa.date32()),
        "ended_on": pa.array([a.ended_on for _, a in past], pa.date32()),
        "occupation": pa.array([a.occupation for _, a in past], pa.string()),
        "level": pa.array([a.level for _, a in past], pa.int32()),
        "amount": pa.array(amounts, pa.decimal128(18, 2) if yuan else pa.int64()),
    }
    paths = folder / "trainees.parquet", folder / "history.parquet", folder / "classes.parquet"
    for path, columns in zip(paths, (roster, history, table), strict=True):
        pq.write_table(pa.table(columns), path)
    return paths


def by_batch(
    folder: Path, found: Set, scheme: Scheme, *, with_item: bool = False, yuan: bool = False
) -> tuple[dict[tuple[str, str], Outcome], BatchSummary]:
    """The batch over the same set."""
    trainees, history, classes = write(folder, found, with_item=with_item, yuan=yuan)
    item = None if with_item else found.classes[0].item
    output = folder / "out.parquet"
    summary = settle_batch(trainees, history, classes, scheme, item, output, threads=1)
    names = ("eligible", "class_hours", "amount_fen", "advance_fen", "failed", "unknown")
    outcomes = {
        (row["class_id"], row["id_number"]): tuple(row[name] for name in names)
        for row in pq.read_table(output).to_pylist()
    }
    return outcomes, summary  # type: ignore[return-value]


def assert_same(folder: Path, found: Set, scheme: Scheme, **how: bool) -> BatchSummary:
    """The batch equals the row engine, row by row, and its totals are the sums."""
    expected = by_rows(found, scheme)
    outcomes, summary = by_batch(folder, found, scheme, **how)
    assert outcomes.keys() == expected.keys()
    for key, outcome in expected.items():
        assert outcomes[key] == outcome, (key, outcomes[key], outcome)
    assert summary.rows == len(expected)
    assert summary.eligible == sum(outcome[0] for outcome in expected.values())
    assert summary.amount == sum(outcome[2] for outcome in expected.values())
    assert summary.advance == sum(outcome[3] for outcome in expected.values())
    return summary


def person(number: int) -> str:
    """A synthetic ID number: written well, of nobody."""
    digits = f"440203{19500101 + number % 28:08d}{number % 1000:03d}"
    return digits + ("X" if number % 3 == 0 else str(number % 10))


def examples(count: int) -> settings:
    """So many random sets in an everyday run, more under a thorough profile. A set takes about a tenth of a second."""
    return settings(max_examples=max(1, count * settings.default.max_examples // 60))
