"""People of a batch settled again by the row engine: `check.py NOTICE FOLDER PEOPLE` prints how many rows differ."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from data import ITEMS
from keshi.case import Award, Case, Trainee
from keshi.scheme import Scheme, find_scheme
from keshi.settlement import settle
from keshi.settlement.plan import make_plan
from keshi.vocabulary import vocabulary

NAMES = {name.replace(".", "_"): name for name in vocabulary()}


def read(query: str) -> Iterator[dict[str, Any]]:
    with duckdb.connect() as db:
        found = db.execute(query)
        names = [column[0] for column in found.description or ()]
        while rows := found.fetchmany(10_000):
            for row in rows:
                yield dict(zip(names, row, strict=True))


def facts(row: Mapping[str, Any], room: str = "") -> dict[str, Any]:
    """The facts of a row by full name, lists as the cases hold them."""
    named = {NAMES.get(f"{room}{column}"): value for column, value in row.items()}
    return {
        name: tuple(v) if isinstance(v, list) else v for name, v in named.items() if name and name != "as_of"
    }


def cases(scheme: Scheme, item: str, folder: Path, where: str = "true") -> Iterator[tuple[str, Case]]:
    """The classes in claim order, each with those of its trainees for whom the condition holds."""
    rosters: dict[str, list[Trainee]] = {}
    for row in read(f"select * from '{folder}/trainees.parquet' where {where}"):
        rosters.setdefault(row["class_id"], []).append(Trainee(facts(row, "trainee_")))
    order = "order by coalesce(class_claimed_on, as_of), class_id"
    for row in read(f"select * from '{folder}/classes.parquet' {order}"):
        if row["class_id"] in rosters:
            yield row["class_id"], Case(scheme.id, item, row["as_of"], facts(row), rosters[row["class_id"]])


def awards(folder: Path, where: str = "true") -> dict[str, list[Award]]:
    found: dict[str, list[Award]] = {}
    for row in read(f"select * from '{folder}/history.parquet' where {where}"):
        found.setdefault(row.pop("id_number"), []).append(Award(**row))
    return found


def main() -> None:
    notice, folder, people = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    scheme, item = find_scheme(notice), ITEMS[notice]
    chosen = f"select id_number from '{folder}/trainees.parquet' order by hash(id_number), id_number limit {people}"
    where = f"id_number in ({chosen})"
    had = awards(folder, where)
    columns = "eligible, class_hours, amount_fen, advance_fen, failed, unknown"
    paid = {
        (row.pop("class_id"), row.pop("id_number")): list(row.values())
        for row in read(f"select class_id, id_number, {columns} from '{folder}/out.parquet' where {where}")
    }
    plan = make_plan(scheme, item)
    rows = different = 0
    for class_id, case in cases(scheme, item, folder, where):
        for trainee in case.trainees:
            trainee.history = tuple(had.get(trainee.id_number, ()))
        result = settle(case, scheme, plan)
        for one in result.trainees:
            found = [
                [f.rule for f in (*result.findings, *one.findings) if f.outcome == o]
                for o in ("failed", "unknown")
            ]
            rows += 1
            different += paid[class_id, one.id_number] != [
                one.eligible, one.class_hours, one.amount, one.advance, *found
            ]  # fmt: skip
            if one.eligible and one.amount > 0:
                facts_of = case.facts
                had.setdefault(one.id_number, []).append(
                    Award(
                        scheme.id, item, facts_of.get("class.project"), facts_of.get("class.starts_on"),
                        facts_of["class.ends_on"], facts_of.get("class.occupation"), facts_of.get("class.level"),
                        one.amount,
                    )
                )  # type: ignore[arg-type]  # fmt: skip
    print(json.dumps({"rows": rows, "different": different}))


if __name__ == "__main__":
    main()
