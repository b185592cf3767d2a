"""The three Parquet files: which columns they must have, of which types, and what their values may be."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from keshi.case.values import MOST_DIGITS, shown
from keshi.identity import mask_id_number
from keshi.problems import BadInput, Problem
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.sql import Compiled, Members, Number, Whole, any_of, literal, quoted
from keshi.vocabulary import Fact, vocabulary

MOST_DECIMALS = 6
_EXAMPLES = 3
_BLANKS = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2028\u2029\u202f\u205f\u3000"
_ACCEPTED = {
    "text": ("text",), "choice": ("text",), "region": ("text",), "boolean": ("boolean",), "date": ("date",),
    "number": ("integer", "decimal"), "texts": ("texts",),
}  # fmt: skip
_EMPTY = {"boolean": "cast(null as boolean)", "date": "cast(null as date)"}


@dataclass(frozen=True, slots=True)
class Check:
    """Rows that must not be: a condition on the file's columns, and the message with its parameters."""

    code: str
    when: str
    params: dict[str, object] = field(default_factory=dict)
    distinct: str = ""
    """The one column that the condition reads, where it has few different values: then only those are looked at."""


@dataclass(slots=True)
class Input:
    """One file: its columns by name with their kinds, and how many rows it has once its rows were checked."""

    engine: Engine
    path: Path
    rooms: tuple[str, ...]
    shown: tuple[str, ...]
    """The columns that point out a bad row."""
    kinds: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    facts: dict[str, Compiled] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def open(self, others: Iterable[str], prefixed: Iterable[str] = ()) -> None:
        """Read the columns. Raises BadInput naming those that are neither a fact nor one of `others`."""
        self.kinds = self.engine.kinds(self.path)
        known = {
            self.column(fact)
            for fact in vocabulary().values()
            if fact.room in self.rooms and not fact.derived
        }
        known |= set(others)
        problems = []
        for name in sorted(self.kinds.keys() - known):
            if any(name.startswith(prefix) for prefix in prefixed):
                continue
            near = difflib.get_close_matches(name, known, n=1)
            code = "case-unknown-key-near" if near else "case-unknown-key"
            params = {"key": name, "near": near[0]} if near else {"key": name}
            problems.append(Problem(code, str(self.path), params=params))
        if problems:
            raise BadInput(problems)

    def column(self, fact: Fact) -> str:
        """The column of a fact: its name with the room where the file has several rooms, points as underscores."""
        name = fact.name if len(self.rooms) > 1 else fact.name.partition(".")[2]
        return name.replace(".", "_")

    def structural(self, name: str, kinds: tuple[str, ...], label: str, problems: list[Problem]) -> bool:
        """Whether a column that is no fact is there with one of the kinds; notes the problem otherwise."""
        kind = self.kinds.get(name)
        params = {"column": name, "label": label, "label_en": name}
        if kind is None:
            problems.append(Problem("batch-column-missing", str(self.path), params=params))
        elif kind.partition("(")[0] not in kinds:
            params |= {"expected": " / ".join(kinds)}
            problems.append(Problem("batch-column-type", str(self.path), kind, params))
        return kind is not None

    def wants(self, name: str, problems: list[Problem], *, required: bool | None = None) -> None:
        """Note the problems of a fact's column: missing where it is required, of a type that it cannot have."""
        fact = vocabulary()[name]
        column = self.column(fact)
        kind = self.kinds.get(column)
        params: dict[str, object] = {"column": column, "label": fact.label.zh, "label_en": fact.label.en}
        if kind is None:
            if required if required is not None else not fact.optional:
                problems.append(Problem("batch-column-missing", str(self.path), params=params))
            return
        base, _, rest = kind.partition("(")
        decimals = int(rest.rstrip(")").partition(",")[2] or 0) if base == "decimal" else 0
        if base not in _ACCEPTED[fact.type] or decimals > MOST_DECIMALS:
            expected = " / ".join(_ACCEPTED[fact.type])
            problems.append(
                Problem("batch-column-type", str(self.path), kind, {**params, "expected": expected})
            )

    def read(self, names: Iterable[str], prefix: str, other: Iterable[Check] = ()) -> None:
        """Go through the rows once: refuse bad ones, learn the bounds and gaps of every fact's column.

        Fills `facts` with what each name stands for in SQL; `source_columns` gives the columns behind them.
        """
        facts = vocabulary()
        wanted = [facts[name] for name in names]
        present = [fact for fact in wanted if self.column(fact) in self.kinds]
        every = [*other, *(check for fact in present for check in self._checks(fact))]
        self.checks = [check for check in every if not check.distinct or self._found(check)]
        asked = ["count(*)"]
        asked += [f"coalesce(sum(case when {check.when} then 1 else 0 end), 0)" for check in self.checks]
        for fact in present:
            column = quoted(self.column(fact))
            asked.append(f"count({column})")
            if fact.type in ("number", "date"):
                asked += [f"cast({end}({column}) as varchar)" for end in ("min", "max")]
        row = list(self.engine.run(f"select {', '.join(asked)} from {self.engine.source(self.path)}")[0])
        self.rows = row.pop(0)
        counts, row = row[: len(self.checks)], row[len(self.checks) :]
        self.refuse([(check, count) for check, count in zip(self.checks, counts, strict=True) if count])
        for fact in wanted:
            if fact not in present:
                self.facts[fact.name] = _absent(fact)
                continue
            filled = row.pop(0)
            ends = (row.pop(0), row.pop(0)) if fact.type in ("number", "date") else ("", "")
            self.facts[fact.name] = self._fact(fact, prefix, filled, ends)

    def _found(self, check: Check) -> bool:
        """Whether any of the different values of the column fails; engines find those without reading every row."""
        values = f"select distinct {check.distinct} from {self.engine.source(self.path)}"
        return bool(self.engine.run(f"select count(*) from ({values}) s where {check.when}")[0][0])

    def _fact(self, fact: Fact, prefix: str, filled: int, ends: tuple[Any, Any]) -> Compiled:
        name = f"{prefix}_{self.column(fact)}"
        null = f"({name} is null)" if filled < self.rows else None
        if filled == 0 and self.rows:
            return _absent(fact)
        if fact.type == "number":
            scale = 10 ** self.decimals(fact)
            low, high = (0, 0) if not filled else (int(Fraction(end) * scale) for end in ends)
            return Compiled(
                null=null, number=Number(Whole(name, low, high, high >= 2**63), Fraction(1, scale))
            )
        if fact.type == "date":
            days = None if not filled else tuple(date.fromisoformat(end).toordinal() for end in ends)
            return Compiled(sql=name, null=null, days=days)  # type: ignore[arg-type]
        if fact.type == "texts":
            return Compiled(null=null, members=Members(lambda value: f"list_contains({name}, {value.sql})"))
        return Compiled(sql=name, null=null)

    def decimals(self, fact: Fact) -> int:
        """Places after the point of a number's column."""
        kind = self.kinds[self.column(fact)]
        return int(kind.rstrip(")").partition(",")[2]) if kind.startswith("decimal") else 0

    def source_columns(self, prefix: str) -> dict[str, str]:
        """The columns to select from the file, by the names that `facts` use."""
        found = {}
        for name, compiled in self.facts.items():
            fact = vocabulary()[name]
            if compiled.null == "true":
                continue
            column = quoted(self.column(fact))
            if fact.type == "number":
                number = compiled.number
                kind = self.engine.wide if number is not None and number.top.wide else "bigint"
                places = self.decimals(fact)
                if self.kinds[self.column(fact)].startswith("decimal"):
                    digits = MOST_DIGITS + MOST_DECIMALS
                    column = f"cast({column} as decimal({digits},{places})) * {10**places}"
                column = f"cast({column} as {kind})"
            found[f"{prefix}_{self.column(fact)}"] = column
        return found

    def _checks(self, fact: Fact) -> Iterable[Check]:
        column = quoted(self.column(fact))
        params: dict[str, object] = {"label": fact.label.zh, "label_en": fact.label.en}
        match fact.type:
            case "choice":
                values = ", ".join(literal(value) for value in fact.values or {})
                choices = ", ".join(fact.values or {})
                yield Check(
                    "batch-rows-choice", f"{column} not in ({values})", {**params, "choices": choices}, column
                )
            case "texts":
                strange = self.engine.strangers(column, list(fact.values or {}))
                yield Check("batch-rows-choice", strange, {**params, "choices": ", ".join(fact.values or {})})
            case "number":
                if fact.least is not None:
                    yield Check(
                        "batch-rows-least", f"{column} < {fact.least}", {**params, "least": fact.least}
                    )
                if fact.most is not None:
                    yield Check("batch-rows-most", f"{column} > {fact.most}", {**params, "most": fact.most})
                size = 10**MOST_DIGITS
                yield Check("batch-rows-large", f"{column} >= {size} or {column} <= -{size}", params)
                if fact.whole and self.decimals(fact):
                    yield Check("batch-rows-whole", f"{column} % 1 <> 0", params)
            case "date":
                outside = f"{column} < date '0001-01-01' or {column} > date '9999-12-31'"
                yield Check("batch-rows-date", outside, params)
            case "region":
                yield Check(
                    "batch-rows-region", f"not regexp_matches({column}, '^[1-9][0-9]{{5}}$')", params, column
                )
            case "text":
                yield Check("batch-rows-text", untidy(column), params, column)

    def refuse(self, found: list[tuple[Check, int]]) -> None:
        """Raise BadInput with how many rows fail each check and the first few of them, identities masked."""
        problems = []
        names = [name for name in self.shown if name in self.kinds]
        columns = ", ".join(f"cast({quoted(name)} as varchar)" for name in names)
        for check, count in found:
            rows = self.engine.run(
                f"select {columns} from {self.engine.source(self.path)} where {check.when} limit {_EXAMPLES}"
            )
            examples = ", ".join(pointed(names, row) for row in rows)
            problems.append(Problem(check.code, str(self.path), examples, {**check.params, "count": count}))
        if problems:
            raise BadInput(problems)


def pointed(names: Iterable[str], row: Iterable[Any]) -> str:
    """A row as a message points it out: `class_id=C1 id_number=4402************3X`."""
    parts = []
    for name, value in zip(names, row, strict=True):
        text = (
            "null" if value is None else mask_id_number(str(value)) if name == "id_number" else shown(value)
        )
        parts.append(f"{name}={text}")
    return " ".join(parts)


def untidy(column: str) -> str:
    """Empty, or with blanks at an end: such a text would differ from the same one written properly."""
    blanks = literal(_BLANKS)
    ends = (f"substr({column}, 1, 1)", f"substr({column}, length({column}), 1)")
    return any_of([f"{column} = ''", *(f"contains({blanks}, {end})" for end in ends)])


def _absent(fact: Fact) -> Compiled:
    """A fact that nobody brings: unknown everywhere."""
    if fact.type == "number":
        return Compiled(null="true", number=Number(Whole("cast(null as bigint)", 0, 0)))
    if fact.type == "texts":
        return Compiled(null="true", members=Members(lambda _: "cast(null as boolean)"))
    return Compiled(sql=_EMPTY.get(fact.type, "cast(null as varchar)"), null="true")
