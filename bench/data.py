"""Synthetic sets: of nobody, the same for the same seed, mostly fit to be paid. `data.py NOTICE FOLDER PEOPLE`."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from keshi.scheme import Scheme, find_scheme
from keshi.settlement.plan import make_plan
from keshi.vocabulary import Fact, vocabulary

CLASS_SIZE = 40
SEED = 20200302
ROW_GROUP = 100_000
"""A reader gives each of its threads whole row groups."""
ITEMS = {
    "yingkou-2020": "sme-online", "jinan-2020": "enterprise-practical", "ankang-2020": "training",
    "wuhai-2020": "training", "shaoguan-2020": "on-the-job",
}  # fmt: skip
_WEIGHTS = np.array([pow(2, 17 - place, 11) for place in range(17)], dtype=np.int64)
_OCCUPATIONS = ["6-31-01-03", "6-18-02-04", "4-03-02-01", "6-18-01-01"]
_TRAINEE = {
    "trainee.category": (["employee", "dispatched", "laid-off", "other"], [0.85, 0.1, 0.03, 0.02]),
    "trainee.relation": (["contract", "none"], [0.96, 0.04]),
    "trainee.certificate.kind": (["completion", "skill-level", None], [0.6, 0.3, 0.1]),
    "trainee.certificate.level": ([5, 4, None], [0.5, 0.2, 0.3]),
    "trainee.other_subsidies": (
        [[], ["affected-enterprise-retraining"], ["unemployment-insurance-skill"]],
        [0.96, 0.02, 0.02],
    ),
}
_CLASS: dict[str, tuple[list[Any], list[float]]] = {
    "organisation.kind": (["enterprise", "institution"], [0.97, 0.03]),
    "organisation.industry": (["工业", "批发业", "零售业", "住宿业"], [0.7, 0.1, 0.1, 0.1]),
    "class.training_type": (["in-post", "induction", "transfer", "upgrade"], [0.5, 0.2, 0.2, 0.1]),
    "class.occupation": (_OCCUPATIONS, [0.4, 0.3, 0.2, 0.1]),
    "class.level": ([5, 4], [0.8, 0.2]),
    "facts.epidemic_ended_on": ([None, date(2020, 5, 1)], [0.5, 0.5]),
}


@dataclass(frozen=True)
class Files:
    """The three files of a set."""

    trainees: Path
    history: Path
    classes: Path


def make(scheme: Scheme, item: str, folder: Path, people: int, seed: int = SEED) -> Files:
    """A set of `people` rows in classes of 40; one person in eight claims again, three in ten have history."""
    rng = np.random.Generator(np.random.PCG64(seed))
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder / "trainees.parquet", folder / "history.parquet", folder / "classes.parquet")
    facts = [vocabulary()[name] for name in sorted(make_plan(scheme, item).needed)]
    classes = -(-people // CLASS_SIZE)
    pq.write_table(
        _classes(rng, scheme, [f for f in facts if f.room != "trainee"], classes),
        files.classes,
        row_group_size=ROW_GROUP,
    )
    ids = _ids(rng, people)
    pq.write_table(
        _trainees(rng, [f for f in facts if f.room == "trainee"], ids),
        files.trainees,
        row_group_size=ROW_GROUP,
    )
    pq.write_table(_history(rng, scheme, item, ids), files.history, row_group_size=ROW_GROUP)
    return files


def _ids(rng: np.random.Generator, people: int) -> pa.Array:
    """ID numbers with a right check character; one row in eight repeats somebody of an earlier class."""
    digits = np.zeros((people, 17), dtype=np.int64)
    number = np.arange(people)
    again = (rng.random(people) < 0.125) & (number >= 8 * CLASS_SIZE)
    number = np.where(again, number - CLASS_SIZE * rng.integers(1, 8, people), number)
    number = np.where(number < 0, 0, number)
    digits[:, :6] = [4, 4, 0, 2, 0, 3]
    days = number // 999
    year, rest = 1960 + days // 336 % 40, days % 336
    day = year * 10_000 + (1 + rest // 28) * 100 + 1 + rest % 28
    serial = number % 999 + 1
    for place in range(8):
        digits[:, 6 + place] = day // 10 ** (7 - place) % 10
    for place in range(3):
        digits[:, 14 + place] = serial // 10 ** (2 - place) % 10
    checks = np.frombuffer(b"10X98765432", dtype=np.uint8)[(digits * _WEIGHTS).sum(axis=1) % 11]
    text = np.concatenate([(digits + ord("0")).astype(np.uint8), checks[:, None]], axis=1)
    offsets = np.arange(people + 1, dtype=np.int32) * 18
    return pa.StringArray.from_buffers(
        people, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text))
    )


def _pick(rng: np.random.Generator, options: tuple[list[Any], list[float]], count: int) -> list[Any]:
    values, weights = options
    return [values[place] for place in rng.choice(len(values), count, p=weights)]


def _days(start: np.ndarray, low: int, high: int, rng: np.random.Generator) -> pa.Array:
    moved = start + rng.integers(low, high + 1, len(start))
    return pa.array(moved.astype(np.int32), pa.int32()).cast(pa.date32())


def _classes(rng: np.random.Generator, scheme: Scheme, facts: list[Fact], count: int) -> pa.Table:
    start = (date(2020, 3, 1) - date(1970, 1, 1)).days + rng.integers(0, 80, count)
    columns: dict[str, Any] = {
        "class_id": pa.array([f"C{number:07d}" for number in range(count)]),
        "as_of": pa.array([date(2020, 9, 1)] * count, pa.date32()),
        "class_project": pa.array([f"P{number % 97:03d}" for number in range(count)]),
        "class_starts_on": _days(start, 0, 0, rng),
        "class_ends_on": _days(start, 20, 30, rng),
        "class_claimed_on": _days(start, 40, 80, rng),
    }
    lead = {"class.filed_on": (-14, -7), "class.approved_on": (-4, 0), "class.platform.evaluated_on": (-40, -20),
            "class.course_evaluated_on": (-40, -5)}  # fmt: skip
    amounts = {"class.online_hours": (20, 24), "class.total_hours": (60, 80), "class.theory_online_hours": (18, 20),
               "class.video_minutes": (1_180, 1_400), "organisation.employees": (5, 900),
               "organisation.revenue_wan": (200, 30_000), "organisation.assets_wan": (200, 30_000)}  # fmt: skip
    for fact in facts:
        column = fact.name.replace(".", "_")
        if column in columns:
            continue
        if fact.name in lead:
            columns[column] = _days(start, *lead[fact.name], rng)
        elif fact.name in amounts:
            low, high = amounts[fact.name]
            columns[column] = pa.array(rng.integers(low, high + 1, count), pa.int64())
        elif fact.type == "boolean":
            columns[column] = pa.array(rng.random(count) < 0.98)
        elif fact.type == "region":
            columns[column] = pa.array(
                [f"{scheme.file.region[:4]}0{place}" for place in rng.integers(2, 6, count)]
            )
        else:
            picked = _pick(rng, _CLASS[fact.name], count)
            kinds = {"date": pa.date32(), "number": pa.int64()}
            columns[column] = pa.array(picked, kinds.get(fact.type, pa.string()))
    return pa.table(columns)


def _trainees(rng: np.random.Generator, facts: list[Fact], ids: pa.Array) -> pa.Table:
    count = len(ids)
    columns: dict[str, Any] = {
        "class_id": pa.array([f"C{number // CLASS_SIZE:07d}" for number in range(count)]),
        "id_number": ids,
    }
    names = [fact.name for fact in facts if fact.name != "trainee.id_number"]
    for name in [*names, *({"trainee.other_subsidies"} - set(names))]:
        fact = vocabulary()[name]
        column = name.removeprefix("trainee.").replace(".", "_")
        if name in _TRAINEE:
            kinds = {"texts": pa.list_(pa.string()), "number": pa.int64()}
            columns[column] = pa.array(_pick(rng, _TRAINEE[name], count), kinds.get(fact.type, pa.string()))
        elif fact.type == "boolean":
            columns[column] = pa.array(
                rng.random(count) < (0.04 if name == "trainee.drawing_pension" else 0.97)
            )
        elif name == "trainee.minutes":
            columns[column] = pa.array(rng.integers(900, 3_000, count), pa.int64())
        else:
            columns[column] = pa.array(
                rng.integers(fact.least or 0, (fact.most or 36) + 1, count), pa.int64()
            )
    return pa.table(columns)


def _history(rng: np.random.Generator, scheme: Scheme, item: str, ids: pa.Array) -> pa.Table:
    rows = int(len(ids) * 0.4)
    who = rng.integers(0, max(1, int(len(ids) * 0.75)), rows)
    ended = (date(2019, 3, 1) - date(1970, 1, 1)).days + rng.integers(0, 360, rows)
    own = rng.random(rows) < 0.6
    return pa.table({
        "id_number": ids.take(pa.array(who)),
        "scheme": pa.array(np.where(own, scheme.id, "another-2019")),
        "item": pa.array(np.where(own, item, "something-else")),
        "project": pa.array([f"P{number:03d}" for number in rng.integers(0, 97, rows)]),
        "started_on": _days(ended, -30, -10, rng),
        "ended_on": _days(ended, 0, 0, rng),
        "occupation": pa.array(_pick(rng, ([*_OCCUPATIONS, "2-02-10-01"], [0.1, 0.1, 0.1, 0.1, 0.6]), rows)),
        "level": pa.array(rng.integers(1, 6, rows), pa.int64()),
        "amount": pa.array(rng.integers(100, 900, rows) * 100, pa.int64()),
    })  # fmt: skip


if __name__ == "__main__":
    notice, folder, people = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    make(find_scheme(notice), ITEMS[notice], folder, people)
    print("{}")
