"""The file of outcomes, and its totals."""

from pathlib import Path

from keshi.settlement.batch.claims import Claims
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.files import Files
from keshi.settlement.batch.rules import Item


def write_output(engine: Engine, files: Files, claims: Claims, path: Path) -> tuple[int, int, int, int]:
    """Write the outcomes; return rows, eligible people, amount and advance (fen)."""
    parts = [_outcomes(engine, files, claims, item) for item in claims.items]
    engine.write(" union all ".join(parts), path)
    totals = "count(*), sum(case when eligible then 1 else 0 end), sum(amount_fen), sum(advance_fen)"
    row = engine.run(f"select {totals} from {engine.source(path)}")[0]
    rows, eligible, amount, advance = (int(value or 0) for value in row)
    return rows, eligible, amount, advance


def _outcomes(engine: Engine, files: Files, claims: Claims, item: Item) -> str:
    """The rows of one item. Lists are looked up by the words of the verdicts: there are few different ones."""
    index = item.index
    head = [name for name in item.columns if name[0] == "v"]
    tail = [name for name in item.results if name[0] == "w"]
    group = [f"u{place}" for place in range(len(item.class_level.verdicts.words()))]
    words = [*group, *head, *tail]
    changed = ["hours", "amount", "advance", *head, *tail] if item.historic else ["amount", *tail]
    columns = [f"l.{name}" for name in ("id_number", "rank", "hours", "amount", "advance", *head, *tail)]
    columns = [
        f"coalesce(a.{name[2:]}, {name}) as {name[2:]}" if name[2:] in changed else name for name in columns
    ]
    if item.historic:
        columns = [name if " as hours" not in name else "case when a.key is null then l.hours else a.hours end as hours" for name in columns]
    join = f" left join again_{index} a on a.rank = l.rank and a.key = l.key"
    source = f"select {', '.join(columns)} from claim_{index} l{join}"
    listed = ", ".join(f"{'k' if name in group else 'l'}.{name} as {name}" for name in words)
    found = engine.run(
        f"select distinct {listed} from ({source}) l join class_{index} k on k.rank = l.rank"
    )
    _load_lists(engine, item, words, len(group), len(head), found)
    same = " and ".join(f"r.{name} = {'k' if name in group else 'l'}.{name}" for name in words)
    good = " and ".join(f"{'k' if name in group else 'l'}.{name} = 0" for name in words)
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
        both = ([*failed, *_ordered(item, of_head[0], of_tail[0])], [*unknown, *_ordered(item, of_head[1], of_tail[1])])
        rows.append([*row, *both])
    columns = {**dict.fromkeys(words, "bigint"), "failed": "varchar[]", "unknown": "varchar[]"}
    engine.load(f"lists_{item.index}", columns, rows)


def _ordered(item: Item, head: list[str], tail: list[str]) -> list[str]:
    """Rules in the order in which the row engine reports them: sequences stand before advance and amount."""
    last = [rule for rule in ("advance-known", "amount-known") if rule in head]
    first = [rule for rule in head if rule not in last]
    sequences = {rule.id for rule in item.plan.rules.sequences}
    return [*first, *(r for r in tail if r in sequences), *last, *(r for r in tail if r not in sequences)]
