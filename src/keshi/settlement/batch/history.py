"""What people had before: the past subsidies that the rules ask for, and their numbers per claim."""

from keshi.problems import BadInput, Problem
from keshi.settlement.batch.claims import MOST_PAID, MOST_TIMES, WORD, Claims
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.files import GOOD_KEY, KEY, NUMBERED, Files
from keshi.settlement.batch.inputs import Input, pointed
from keshi.settlement.batch.item import Item
from keshi.settlement.batch.sql import any_of, literal, quoted
from keshi.vocabulary import vocabulary

COLUMNS = {
    "p_key": "bigint", "p_tag": "bigint", "p_year": "bigint", "p_project": "varchar", "p_started": "date",
    "p_ended": "date", "p_occupation": "varchar", "p_level": "bigint", "p_scheme": "varchar", "p_item": "varchar",
    "p_amount": "bigint",
}  # fmt: skip
OTHER_SCHEME = -2


def load_history(engine: Engine, files: Files, claims: Claims) -> None:
    """Make the table `past` of the history file and per item `before_<n>`: the aggregates of claims that have any."""
    if files.history is None:
        return
    used = used_columns(claims)
    source = _source(files, files.history)
    listed = ", ".join(f"cast({source[name]} as {COLUMNS[name]}) as {name}" for name in used)
    path = engine.source(files.history.path)
    engine.run(f"create temp table past as select {listed} from (select *, {NUMBERED} from {path}) n")
    _refuse_unidentified(engine, files.history)
    total, rows = engine.run("select coalesce(sum(p_amount), 0), count(*) from past")[0]
    refuse_too_much(total, rows)
    for item in claims.items:
        engine.run(f"create temp table before_{item.index} as {summed(claims, item, 'past')}")


def used_columns(claims: Claims) -> list[str]:
    """The columns of past subsidies that any rule reads; key and amount always."""
    words = {
        word
        for item in claims.items
        for aggregate in item.aggregates
        for word in WORD.findall(aggregate.when)
    }
    return [name for name in COLUMNS if name in words or name in ("p_key", "p_amount")]


def summed(claims: Claims, item: Item, past: str, rows: str | None = None) -> str:
    """The item's aggregates over a table of past subsidies, for the claims (with their class) that any of it fits.

    A claim that nothing fits is left out: its numbers are zeros, as for somebody without history.
    """
    wanted = {
        word for aggregate in item.aggregates for word in WORD.findall(aggregate.when) if word[:2] != "p_"
    }
    claim = claims.with_class(item) if rows is None else rows[1:-1]
    if item.historic:
        stage = item.head.compiler.stage
        made = {*stage.depth, *item.class_level.compiler.stage.depth}
        names = sorted(name for name in wanted if name in made or name[:2] == "a_")
        source = f"select s.*{claims.nothing(item)} from ({claim}) s"
        claim = stage.select(source, {name: name for name in ("place", "key", *names)})
    columns = "".join(
        f", cast(sum(case when {a.when} then {'1' if a.counting else 'p_amount'} else 0 end) as bigint) as {a.name}"
        for a in item.aggregates
    )
    fits = any_of(sorted({aggregate.when for aggregate in item.aggregates}))
    return f"select place{columns} from {past} join ({claim}) c on p_key = key where {fits} group by place"


def refuse_too_much(total: int, rows: int) -> None:
    """Raise BadInput when sums could pass what their bounds were computed for."""
    if total > MOST_PAID or rows > MOST_TIMES:
        raise BadInput(Problem("batch-too-large", params={"detail": f"{total} / {rows}"}))


def _source(files: Files, history: Input) -> dict[str, str]:
    """Each column of `past` from the file's."""
    facts = vocabulary()

    def column(name: str) -> str:
        own = history.column(facts[f"history.{name}"])
        return quoted(own) if own in history.kinds else "null"

    items = "".join(
        f" when item = {literal(item.id)} then {n}" for n, item in enumerate(files.scheme.file.items)
    )
    factor = "amount" if history.kinds["amount"] == "integer" else "cast(amount as decimal(38, 6)) * 100"
    return {
        "p_key": KEY,
        "p_tag": f"case when scheme <> {literal(files.scheme.id)} then {OTHER_SCHEME}{items} else -1 end",
        "p_year": "extract(year from ended_on)",
        "p_project": column("project"),
        "p_started": column("started_on"),
        "p_ended": "ended_on",
        "p_occupation": column("occupation"),
        "p_level": column("level"),
        "p_scheme": "scheme",
        "p_item": "item",
        "p_amount": factor,
    }


def _refuse_unidentified(engine: Engine, history: Input) -> None:
    good = GOOD_KEY.replace("key", "p_key")
    (count,) = engine.run(f"select count(*) from past where not coalesce({good}, false)")[0]
    if count:
        rows = engine.run(
            f"select id_number, ended_on from (select id_number, ended_on, {KEY} as key "
            f"from (select *, {NUMBERED} from {engine.source(history.path)}) n) s "
            f"where not coalesce({GOOD_KEY}, false) limit 3"
        )
        examples = ", ".join(pointed(("id_number", "ended_on"), row) for row in rows)
        raise BadInput(Problem("batch-rows-id", str(history.path), examples, {"count": count}))
