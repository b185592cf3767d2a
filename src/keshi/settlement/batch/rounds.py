"""Claims of people who had something before, or claim more than once: settled again, in the order of the claims.

A claim's outcome depends on the past only through sums and counts, and those of the history file and of earlier
grants add up. So the k-th claims of everybody are settled together, each with the file's numbers and those of the
grants of the rounds before; a person's k-th claim never needs another person's.
"""

from keshi.problems import BadInput, Problem
from keshi.settlement.batch.claims import Claims
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.files import Files
from keshi.settlement.batch.history import COLUMNS, refuse_too_much, summed, used_columns
from keshi.settlement.batch.inputs import pointed
from keshi.settlement.batch.rules import Item, tag_of
from keshi.settlement.batch.sql import literal


def settle_later(engine: Engine, files: Files, claims: Claims) -> None:
    """Make per item `again_<n>`: the outcomes that replace those of `claim_<n>`.

    Raises BadInput for a person who stands twice in a class.
    """
    _several(engine, files, claims)
    repeated = engine.run("select count(*) from several")[0][0] > 0
    for item in claims.items:
        first = _again(files, claims, item, repeated)
        engine.run(f"create temp table again_{item.index} as {first}")
    if not repeated:
        _refuse_faults(claims)
        return
    columns = used_columns(claims)
    engine.run(f"create temp table granted ({', '.join(f'{name} {COLUMNS[name]}' for name in columns)})")
    (total,) = engine.run("select coalesce(sum(p_amount), 0) from past")[0] if files.history else (0,)
    (last,) = engine.run("select max(turn) from turns")[0]
    for turn in range(1, last + 1):
        for item in claims.items:
            engine.run(f"insert into again_{item.index} {_turn(files, claims, item, turn)}")
        if turn == last:
            break
        for item in claims.items:
            engine.run(f"insert into granted {_grants(files, item, turn, columns)}")
        (paid, times) = engine.run("select coalesce(sum(p_amount), 0), count(*) from granted")[0]
        refuse_too_much(total + paid, times)
    _refuse_faults(claims)


def _refuse_faults(claims: Claims) -> None:
    for item in claims.items:
        claims.refuse_faults(item.head.faults, f"again_{item.index}")


def _several(engine: Engine, files: Files, claims: Claims) -> None:
    """The people with several claims, and which claim of theirs each one is."""
    engine.run(
        f"create temp table several as select key from ({claims.union(['key'])}) s group by key having count(*) > 1"
    )
    every = claims.union(["rank", "key"], " where key in (select key from several)")
    engine.run(
        "create temp table turns as select rank, key, row_number() over (partition by key order by rank) as turn "
        f"from ({every}) s"
    )
    twice = engine.run("select rank, key from turns group by rank, key having count(*) > 1 order by rank, key")
    if twice:
        shown = []
        for rank, key in twice[:3]:
            (class_id,) = engine.run(f"select class_id from ranked where rank = {rank}")[0]
            shown.append(pointed(("class_id", "id_number"), (class_id, f"{-key}X" if key < 0 else key)))
        params = {"count": len(twice)}
        raise BadInput(Problem("batch-rows-person-twice", str(files.trainees.path), ", ".join(shown), params))


def _again(files: Files, claims: Claims, item: Item, repeated: bool) -> str:
    """The only claims of people with history."""
    if files.history is None or not item.aggregates:
        return _resettled(claims, item, f"{claims.with_class(item, claims.nothing(item))} where false")
    numbers = "".join(f", b.{aggregate.name}" for aggregate in item.aggregates)
    source = f"{claims.with_class(item, numbers)} join before_{item.index} b on b.rank = l.rank and b.key = l.key"
    if repeated:
        source += " where l.key not in (select key from several)"
    return _resettled(claims, item, source)


def _turn(files: Files, claims: Claims, item: Item, turn: int) -> str:
    """Everybody's claim of this turn, with what the file and the earlier turns gave."""
    joins = f" join turns t on t.rank = l.rank and t.key = l.key and t.turn = {turn}"
    sources = []
    if files.history is not None and item.aggregates:
        joins += f" left join before_{item.index} b on b.rank = l.rank and b.key = l.key"
        sources.append("b")
    if turn > 1 and item.aggregates:
        due = f" where key in (select key from turns where turn = {turn})"
        joins += f" left join ({summed(claims, item, 'granted', due)}) e on e.rank = l.rank and e.key = l.key"
        sources.append("e")
    numbers = ""
    for aggregate in item.aggregates:
        terms = " + ".join(f"coalesce({source}.{aggregate.name}, 0)" for source in sources) or "cast(0 as bigint)"
        numbers += f", {terms} as {aggregate.name}"
    return _resettled(claims, item, claims.with_class(item, numbers) + joins)


def _resettled(claims: Claims, item: Item, source: str) -> str:
    if item.historic:
        return claims.settled(item, source)
    return claims.limited(item, source, {"fault": "cast(0 as bigint)"})


def _grants(files: Files, item: Item, turn: int, columns: list[str]) -> str:
    """What this turn granted, as past subsidies."""
    source = {
        "p_key": "a.key",
        "p_tag": str(tag_of(files.scheme, item.id)),
        "p_year": "k.a_year",
        "p_project": "k.a_project",
        "p_started": "k.a_started",
        "p_ended": "k.a_ended",
        "p_occupation": "k.a_occupation",
        "p_level": "k.a_level",
        "p_scheme": literal(files.scheme.id),
        "p_item": literal(item.id),
        "p_amount": "a.amount",
    }
    listed = ", ".join(source[name] for name in columns)
    return (
        f"select {listed} from again_{item.index} a join class_{item.index} k on k.rank = a.rank "
        f"join turns t on t.rank = a.rank and t.key = a.key and t.turn = {turn} where a.eligible and a.amount > 0"
    )
