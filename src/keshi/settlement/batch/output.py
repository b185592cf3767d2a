"""The file of outcomes, and its totals."""

from pathlib import Path

from keshi.settlement.batch.claims import Claims
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.item import Item


def write_output(engine: Engine, claims: Claims, path: Path) -> tuple[int, int, int, int]:
    """Write the outcomes; return rows, eligible people, amount and advance (fen)."""
    parts = [_outcomes(engine, claims, item) for item in claims.items]
    engine.write(" union all ".join(parts), path)
    totals = "count(*), sum(case when eligible then 1 else 0 end), sum(amount_fen), sum(advance_fen)"
    row = engine.run(f"select {totals} from {engine.source(path)}")[0]
    rows, eligible, amount, advance = (int(value or 0) for value in row)
    return rows, eligible, amount, advance


def _outcomes(engine: Engine, claims: Claims, item: Item) -> str:
    """The rows of one item. Lists are looked up by the words of the verdicts: there are few different ones."""
    index = item.index
    head = [name for name in item.columns if name[0] == "v"]
    tail = [name for name in item.results if name[0] == "w"]
    group = [f"u{place}" for place in range(len(item.class_level.verdicts.words()))]
    words = [*group, *head, *tail]
    changed = ["amount", *tail, *(["advance", *head] if item.historic else [])]
    columns = ["l.id_number", "l.rank", *(f"coalesce(a.{name}, l.{name}) as {name}" for name in changed)]
    columns += [f"l.{name}" for name in ("advance", *head) if name not in changed]
    columns.append(
        "case when a.place is null then l.hours else a.hours end as hours" if item.historic else "l.hours"
    )
    source = (
        f"select {', '.join(columns)} from claim_{index} l left join again_{index} a on a.place = l.place"
    )
    prefixed = {name: f"{'k' if name in group else 'l'}.{name}" for name in words}
    listed = ", ".join(f"{sql} as {name}" for name, sql in prefixed.items())
    found = set()
    for table in ("claim", "again"):
        query = f"select distinct {listed} from {table}_{index} l join class_{index} k on k.rank = l.rank"
        found |= set(engine.run(query))
    _load_lists(engine, item, words, len(group), len(head), sorted(found))
    same = " and ".join(f"r.{name} = {sql}" for name, sql in prefixed.items())
    good = " and ".join(f"{sql} = 0" for sql in prefixed.values())
    return (
        f"select k.class_id as class_id, l.id_number as id_number, ({good}) as eligible, l.hours as class_hours, "
        "l.amount as amount_fen, l.advance as advance_fen, r.failed as failed, r.unknown as unknown "
        f"from ({source}) l join class_{index} k on k.rank = l.rank join lists_{index} r on {same}"
    )


def _load_lists(
    engine: Engine, item: Item, words: list[str], classes: int, heads: int, found: list[tuple[int, ...]]
) -> None:
    rows = []
    for row in found:
        failed, unknown = item.class_level.verdicts.read(row[:classes])
        of_head = item.head.verdicts.read(row[classes : classes + heads])
        of_tail = item.tail.verdicts.read(row[classes + heads :])
        both = (
            [*failed, *_ordered(item, of_head[0], of_tail[0])],
            [*unknown, *_ordered(item, of_head[1], of_tail[1])],
        )
        rows.append([*row, *both])
    columns = {**dict.fromkeys(words, "bigint"), "failed": "varchar[]", "unknown": "varchar[]"}
    engine.load(f"lists_{item.index}", columns, rows)


def _ordered(item: Item, head: list[str], tail: list[str]) -> list[str]:
    """Rules in the order in which the row engine reports them: sequences stand before advance and amount."""
    last = [rule for rule in ("advance-known", "amount-known") if rule in head]
    first = [rule for rule in head if rule not in last]
    sequences = {rule.id for rule in item.plan.rules.sequences}
    return [*first, *(r for r in tail if r in sequences), *last, *(r for r in tail if r not in sequences)]
