"""One item of a scheme for the batch: its two levels of formulas and what its limits ask of history."""

from dataclasses import dataclass, field

from keshi.problems import BadInput, Problem
from keshi.scheme import Formula, NamedFormula, Scheme
from keshi.settlement.batch.compile import Compiler
from keshi.settlement.batch.engine import TooLarge
from keshi.settlement.batch.sql import Compiled
from keshi.settlement.batch.verdicts import Faults, Verdicts
from keshi.settlement.plan import Plan


@dataclass(slots=True)
class Level:
    """The formulas of one level: the compiler with its stage, the rules' outcomes and the faults."""

    compiler: Compiler
    verdicts: Verdicts = field(default_factory=Verdicts)
    faults: Faults = field(default_factory=Faults)

    def quantity(self, quantity: NamedFormula) -> None:
        """Compile a quantity into a column that later formulas name."""
        found = self.formula(quantity.formula)
        self.compiler.names[quantity.name] = self.compiler.keep(found, quantity.name)

    def formula(self, formula: Formula, guard: str = "true") -> Compiled:
        """A formula in SQL, its faults noted. Raises BadInput where its numbers could pass every integer type."""
        try:
            found = self.compiler.compile(formula.node)
        except TooLarge:
            params = {"formula": formula.text}
            raise BadInput(Problem("batch-formula-too-large", formula.source.file, params=params)) from None
        self.faults.add(formula.text, found, guard)
        return found

    def rule(self, rule: str, holds: Compiled, waived: str | None = None) -> None:
        """A requirement: `waived` names the column with a judgement that overrules a failure."""
        name = self.compiler.repeatable(holds.sql, "holds")
        unknown = "false" if holds.null is None else f"({name} is null)"
        failed = f"coalesce(not {name}, false)"
        if waived is not None:
            failed = f"({failed} and not coalesce({waived}, false))"
        self.verdicts.add(rule, failed, unknown)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number over the past subsidies of a person: how many fit, or their sum in fen.

    `when` names columns of the claim and, as `p_…`, of the past subsidy; it may be NULL, which does not fit.
    """

    name: str
    counting: bool
    when: str


@dataclass(slots=True)
class Item:
    """Everything that settling one item in bulk needs."""

    index: int
    id: str
    plan: Plan
    class_level: Level
    head: Level
    """Trainees' formulas and requirements."""
    tail: Level
    """Sequences and limits: what an earlier grant changes."""
    aggregates: list[Aggregate] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Outputs of the head by name: hours, raw, advance, fault, words of the verdict."""
    class_columns: list[str] = field(default_factory=list)
    """Columns of the class's table that claims are joined with, beside its rank."""
    results: dict[str, str] = field(default_factory=dict)
    """Outputs of the tail: amount, words of the verdict."""
    historic: bool = False
    """Whether formulas read history, so that a later claim must be computed again from the facts."""

    def known(self, name: str) -> Compiled:
        """What a quantity of either level is for a trainee."""
        own = self.head.compiler.names.get(name)
        return self.class_level.compiler.names[name] if own is None else own


def tag_of(scheme: Scheme, item: str) -> int:
    """The number of an item among the scheme's; -1 for none of them, -2 stands for another scheme."""
    items = [known.id for known in scheme.file.items]
    return items.index(item) if item in items else -1
