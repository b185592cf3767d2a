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
from keshi.settlement.batch.item import Item, tag_of
from keshi.settlement.batch.sql import literal


def settle_later(engine: Engine, files: Files, claims: Claims) -> None:
    """Make per item `again_<n>`: the outcomes that replace those of `claim_<n>`.

    Raises BadInput for a person who stands twice in a class.
    """
    last = _turns(engine, files, claims)
    for item in claims.items:
        engine.run(f"create temp table again_{item.index} as {_firsts(files, claims, item)}")
    if last > 1:
        _later_turns(engine, files, claims, last)
    for item in claims.items:
        if item.historic:
            claims.refuse_faults(item.head.faults, f"again_{item.index}")


def _later_turns(engine: Engine, files: Files, claims: Claims, last: int) -> None:
    """The second claims of everybody, then the third ones, each with the grants before it."""
    columns = used_columns(claims)
    engine.run(f"create temp table granted ({', '.join(f'{name} {COLUMNS[name]}' for name in columns)})")
    for item in claims.items:
        source = f"{claims.with_class(item, ', t.turn')} join turns t on t.place = l.place"
        engine.run(f"create temp table repeated_{item.index} as {source}")
        engine.run(f"insert into granted {_grants(files, item, 1, columns)}")
    (total,) = engine.run("select coalesce(sum(p_amount), 0) from past")[0] if files.history else (0,)
    for turn in range(2, last + 1):
        (paid, times) = engine.run("select coalesce(sum(p_amount), 0), count(*) from granted")[0]
        refuse_too_much(total + paid, times)
        for item in claims.items:
            engine.run(f"insert into again_{item.index} {_turn(files, claims, item, turn)}")
        if turn < last:
            for item in claims.items:
                engine.run(f"insert into granted {_grants(files, item, turn, columns)}")


def _turns(engine: Engine, files: Files, claims: Claims) -> int:
    """Make `turns`: which claim of theirs each one is, of people with several. Returns the highest."""
    engine.run(
        f"create temp table several as select key from ({claims.union(['key'])}) s group by key having count(*) > 1"
    )
    every = claims.union(["place", "rank", "key"], " where key in (select key from several)")
    engine.run(
        "create temp table turns as select place, rank, key, "
        f"row_number() over (partition by key order by rank) as turn from ({every}) s"
    )
    twice = engine.run(
        "select rank, key from turns group by rank, key having count(*) > 1 order by rank, key"
    )
    if twice:
        shown = []
        for rank, key in twice[:3]:
            (class_id,) = engine.run(f"select class_id from ranked where rank = {rank}")[0]
            shown.append(pointed(("class_id", "id_number"), (class_id, f"{-key}X" if key < 0 else key)))
        params = {"count": len(twice)}
        raise BadInput(Problem("batch-rows-person-twice", str(files.trainees.path), ", ".join(shown), params))
    return int(engine.run("select coalesce(max(turn), 1) from turns")[0][0])


def _firsts(files: Files, claims: Claims, item: Item) -> str:
    """First or only claims of people with history; those without any are settled already."""
    if files.history is None:
        return _resettled(claims, item, f"{claims.with_class(item, claims.nothing(item))} where false")
    numbers = "".join(f", b.{aggregate.name}" for aggregate in item.aggregates)
    source = (
        f"{claims.with_class(item, numbers)} join before_{item.index} b on b.place = l.place "
        "left join turns t on t.place = l.place where coalesce(t.turn, 1) = 1"
    )
    return _resettled(claims, item, source)


def _turn(files: Files, claims: Claims, item: Item, turn: int) -> str:
    """Everybody's claim of this turn, with what the file and the earlier turns gave."""
    due = f"(select * from repeated_{item.index} where turn = {turn})"
    joins = f" left join ({summed(claims, item, 'granted', due)}) e on e.place = l.place"
    sources = ["e"]
    if files.history is not None:
        joins += f" left join before_{item.index} b on b.place = l.place"
        sources.append("b")
    numbers = ""
    for aggregate in item.aggregates:
        terms = " + ".join(f"coalesce({source}.{aggregate.name}, 0)" for source in sources)
        numbers += f", {terms} as {aggregate.name}"
    return _resettled(claims, item, f"select l.*{numbers} from {due} l{joins}")


def _resettled(claims: Claims, item: Item, source: str) -> str:
    return claims.settled(item, source) if item.historic else claims.limited(item, source, {}, full=False)


def _grants(files: Files, item: Item, turn: int, columns: list[str]) -> str:
    """What this turn granted, as past subsidies; a person who is not eligible was granted 0."""
    source = {
        "p_key": "l.key",
        "p_tag": str(tag_of(files.scheme, item.id)),
        "p_year": "k.a_year",
        "p_project": "k.a_project",
        "p_started": "k.a_started",
        "p_ended": "k.a_ended",
        "p_occupation": "k.a_occupation",
        "p_level": "k.a_level",
        "p_scheme": literal(files.scheme.id),
        "p_item": literal(item.id),
        "p_amount": "coalesce(a.amount, l.amount)",
    }
    listed = ", ".join(source[name] for name in columns)
    return (
        f"select {listed} from repeated_{item.index} l left join again_{item.index} a on a.place = l.place "
        f"join class_{item.index} k on k.rank = l.rank "
        f"where l.turn = {turn} and coalesce(a.amount, l.amount) > 0"
    )
