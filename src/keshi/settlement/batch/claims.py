"""The claims of a set: classes in order, every claim settled as if the person never had anything before."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from keshi.problems import BadInput, Problem
from keshi.settlement.batch.arithmetic import Arithmetic
from keshi.settlement.batch.compile import Compiler
from keshi.settlement.batch.derived import derived
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.files import GOOD_KEY, KEY, NUMBERED, Files
from keshi.settlement.batch.formulas import compile_formulas
from keshi.settlement.batch.functions import Functions
from keshi.settlement.batch.inputs import pointed
from keshi.settlement.batch.item import Item, Level
from keshi.settlement.batch.limits import compile_limits
from keshi.settlement.batch.parameters import parameters
from keshi.settlement.batch.sql import Compiled, literal, quoted
from keshi.settlement.batch.stage import Stage
from keshi.settlement.batch.verdicts import Faults

MOST_PAID = 10**15
"""Most fen that all past and granted subsidies of a set may come to; the bounds of sums build on it."""
MOST_TIMES = 10**10
WORD = re.compile(r"\b[a-z]\w*\b")
_AWARD = {
    "a_project": ("class.project", "varchar"),
    "a_occupation": ("class.occupation", "varchar"),
    "a_level": ("class.level", "bigint"),
    "a_started": ("class.starts_on", "date"),
    "a_ended": ("class.ends_on", "date"),
}


@dataclass(slots=True)
class Claims:
    """Tables in the engine: `ranked` classes, per item `class_<n>` and `claim_<n>`.

    A claim is found by its `place` in the file of trainees; it has the rank of its class and the key of the
    person. `claim_<n>` holds what earlier subsidies cannot change (hours, raw amount, advance, verdict words v…)
    and the outcome without any (amount, words w…).
    """

    engine: Engine
    files: Files
    items: list[Item] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    """Columns of `ranked`."""

    def settle_first(self) -> None:
        """Compile and settle. Raises BadInput on bad rows and where the row engine would raise."""
        self._rank()
        for index, name in enumerate(self.files.plans):
            self.items.append(self._compiled(index, name))
        for item in self.items:
            self._classes(item)
            self._claims(item)
        self._complete()
        for item in self.items:
            self.refuse_faults(item.head.faults, f"claim_{item.index}")

    def _rank(self) -> None:
        """Classes with their facts, numbered in the order in which they are settled."""
        classes = self.files.classes
        columns = {"class_id": "class_id", "f_as_of": "as_of", **classes.source_columns("f")}
        columns |= {judged(rule): quoted(column) for rule, column in self.files.judgements.items()}
        columns |= {"item": "item"} if self.files.item_column else {}
        claimed = classes.facts["class.claimed_on"]
        order = "as_of" if claimed.null == "true" else f"coalesce({quoted('class_claimed_on')}, as_of)"
        listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        self.engine.run(
            f"create temp table ranked as select {listed}, row_number() over (order by {order}, class_id) as rank "
            f"from {self.engine.source(classes.path)}"
        )
        self.columns = [*columns, "rank"]

    def _compiled(self, index: int, name: str) -> Item:
        files = self.files
        arithmetic = Arithmetic(self.engine.wide)
        rules = files.plans[name]
        functions = Functions(
            self.engine, {**files.scheme.tables}, files.scheme.workdays, MOST_PAID, MOST_TIMES, f"{index}"
        )
        of_class = Compiler(Stage("c"), arithmetic, dict(files.classes.facts), functions)
        of_class.stage.source(*self.columns)
        of_class.names |= derived(of_class, files.scheme, self.engine)
        of_class.names |= parameters(files.scheme, of_class.names["class.starts_on"], arithmetic)
        of_trainee = Compiler(Stage("t"), arithmetic, dict(files.trainees.facts), functions, of_class)
        of_trainee.names["trainee.id_number"] = Compiled(sql="id_number")
        of_trainee.stage.source(*files.trainees.source_columns("g"))
        of_claim = Compiler(Stage("l"), arithmetic, {}, functions, of_class)
        of_claim.stage.source("raw", "a_project", "a_year")
        item = Item(index, name, rules, Level(of_class), Level(of_trainee), Level(of_claim))
        compile_formulas(item, functions)
        compile_limits(item, functions, files.scheme)
        return item

    def exports(self, item: Item) -> list[str]:
        """The class's columns that trainees' formulas and limits name."""
        made = item.class_level.compiler.stage.depth
        text = " ".join((
            item.head.compiler.stage.select("", item.columns),
            item.tail.compiler.stage.select("", item.results),
            *(aggregate.when for aggregate in item.aggregates),
        ))  # fmt: skip
        return sorted(set(WORD.findall(text)) & made.keys())

    def _classes(self, item: Item) -> None:
        """The classes of the item with their rules' outcomes and what a grant of theirs carries into history."""
        stage = item.class_level.compiler.stage
        facts = self.files.classes.facts
        words = item.class_level.verdicts.words()
        columns = {"rank": "rank", "class_id": "class_id", "fault": item.class_level.faults.word()}
        columns |= {f"u{place}": word for place, word in enumerate(words)}
        columns |= {"a_year": f"extract(year from {facts['class.ends_on'].sql})"}
        for name, (fact, kind) in _AWARD.items():
            compiled = facts[fact]
            sql = compiled.sql
            if compiled.number is not None:
                number = item.class_level.compiler.rounded(compiled, "floor").number or compiled.number
                sql = number.top.sql
            columns[name] = f"cast({sql} as {kind})"
        columns |= {name: name for name in self.exports(item) if name != "rank"}
        item.class_columns = [*(name for name in columns if name not in ("rank", "fault")), "blocked"]
        where = f" where item = {literal(item.id)}" if self.files.item_column else ""
        made = stage.select(f"select * from ranked{where}", columns)
        blocked = " or ".join(f"u{place} <> 0" for place in range(len(words)))
        self.engine.run(
            f"create temp table class_{item.index} as select s.*, ({blocked}) as blocked from ({made}) s"
        )
        self.refuse_faults(item.class_level.faults, f"class_{item.index}")

    def _claims(self, item: Item) -> None:
        trainees = self.files.trainees
        own = trainees.source_columns("g")
        listed = "".join(f", {sql} as {name}" for name, sql in own.items())
        numbered = f"select *, {NUMBERED} from {self.engine.numbered(trainees.path)} p"
        source = f"select place, class_id as own_class, id_number, {KEY} as key{listed} from ({numbered}) n"
        columns = "".join(f", k.{name}" for name in ("rank", *item.class_columns))
        joined = (
            f"select t.*{columns}{self.nothing(item)} from ({source}) t "
            f"join class_{item.index} k on t.own_class = k.class_id"
        )
        kept = {"id_number": "id_number", **({name: name for name in own} if item.historic else {})}
        self.engine.run(f"create temp table claim_{item.index} as {self.settled(item, joined, kept)}")

    def nothing(self, item: Item) -> str:
        """The history of somebody who has none."""
        return "".join(f", cast(0 as bigint) as {aggregate.name}" for aggregate in item.aggregates)

    def settled(self, item: Item, source: str, kept: dict[str, str] | None = None) -> str:
        """The query that settles rows of facts with their class and history, formulas and limits."""
        through = {"place": "place", "rank": "rank", "key": "key", **(kept or {}), "blocked": "blocked"}
        through |= {name: name for name in self._tail_reads(item)}
        head = item.head.compiler.stage.select(source, {**through, **item.columns})
        return self.limited(
            item, head, {**(kept or {}), **({"fault": "fault"} if item.head.faults.found else {})}
        )

    def limited(self, item: Item, source: str, kept: dict[str, str], *, full: bool = True) -> str:
        """The query that lays sequences and limits over raw amounts with their class and history.

        `full` keeps the columns that do not change when it is asked again.
        """
        words = [name for name in item.columns if name[0] == "v"]
        stable = ["place", "rank", "key", *(["hours", "raw", "advance"] if full else []), *words]
        columns = {**{name: name for name in stable}, **kept, "blocked": "blocked", **item.results}
        made = item.tail.compiler.stage.select(source, columns)
        later = [name for name in item.results if name[0] == "w"]
        eligible = " and ".join(["not blocked", *(f"{word} = 0" for word in (*words, *later))])
        listed = ", ".join([*stable, *kept, *later])
        return f"select {listed}, (case when {eligible} then limited else 0 end) as amount from ({made}) s"

    def with_class(self, item: Item, extra: str = "") -> str:
        """The claims of an item with what settling them again reads of their class, and more columns after a comma."""
        if item.historic:
            own = ["l.*", *(f"k.{name}" for name in item.class_columns if name != "class_id")]
        else:
            names = [name for name in item.columns if name not in ("fault", "hours", "advance")]
            words = {word for aggregate in item.aggregates for word in WORD.findall(aggregate.when)}
            reads = {*self._tail_reads(item), *words, "blocked"} & set(item.class_columns)
            own = [f"l.{name}" for name in ("place", "rank", "key", "amount", *names)]
            own += [f"k.{name}" for name in sorted(reads)]
        listed = ", ".join(own)
        return (
            f"select {listed}{extra} from claim_{item.index} l join class_{item.index} k on l.rank = k.rank"
        )

    def _tail_reads(self, item: Item) -> list[str]:
        """Columns that sequences and limits read beside what the head makes."""
        text = item.tail.compiler.stage.select("", item.results)
        words = set(WORD.findall(text))
        known = {
            *item.class_level.compiler.stage.depth,
            *_AWARD,
            "a_year",
            *(a.name for a in item.aggregates),
        }
        return sorted(words & known - {"rank", "class_id", "raw"})

    def union(self, columns: Iterable[str], where: str = "") -> str:
        """Columns of the claims of all items, one below the other."""
        listed = ", ".join(columns)
        return " union all ".join(f"select {listed} from claim_{item.index}{where}" for item in self.items)

    def _complete(self) -> None:
        """Every row of the roster has become a claim of a known class and an identifiable person."""
        counted = f"count(*), coalesce(sum(case when {GOOD_KEY} then 0 else 1 end), 0)"
        found, unidentified = self.engine.run(f"select {counted} from ({self.union(['key'])}) s")[0]
        problems = []
        if unidentified:
            keyed = f"select class_id, id_number, {KEY} as key from (select *, {NUMBERED} from {{}}) n"
            bad = f"select class_id, id_number from ({keyed}) s where not coalesce({GOOD_KEY}, false)"
            problems.append(self._bad_rows("batch-rows-id", unidentified, bad))
        if found != self.files.trainees.rows:
            unknown = "class_id is null or class_id not in (select class_id from ranked)"
            bad = f"select class_id, id_number from {{}} where {unknown}"
            problems.append(self._bad_rows("batch-rows-no-class", self.files.trainees.rows - found, bad))
        if problems:
            raise BadInput(problems)

    def _bad_rows(self, code: str, count: int, query: str) -> Problem:
        trainees = self.files.trainees
        rows = self.engine.run(query.format(self.engine.source(trainees.path)) + " limit 3")
        examples = ", ".join(pointed(("class_id", "id_number"), row) for row in rows)
        return Problem(code, str(trainees.path), examples, {"count": count})

    def refuse_faults(self, faults: Faults, table: str) -> None:
        """Raise BadInput where a formula divides by zero, leaves the calendar or ties, with how often and where."""
        if not faults.found:
            return
        counts = self.engine.run(
            f"select fault, count(*), min(rank) from {table} where fault <> 0 group by fault order by fault"
        )
        problems = []
        for number, count, rank in counts:
            text, fault = faults.found[number - 1]
            shown = self.engine.run(f"select class_id from ranked where rank = {rank}")[0]
            params = {"formula": text, "count": count}
            code = fault.code if fault.code.startswith("batch-") else f"batch-{fault.code}"
            problems.append(
                Problem(code, str(self.files.classes.path), pointed(("class_id",), shown), params)
            )
        if problems:
            raise BadInput(problems)


def judged(rule: str) -> str:
    """The name of a judgement's column inside the batch."""
    return f"jd_{rule.replace('-', '_')}"
