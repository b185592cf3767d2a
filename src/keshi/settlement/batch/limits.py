"""Sequences and limits of an item over a person's history, compiled."""

from keshi.scheme import Scheme
from keshi.scheme.model import Limit
from keshi.settlement.batch.arithmetic import LARGEST
from keshi.settlement.batch.extremes import extreme
from keshi.settlement.batch.functions import Functions
from keshi.settlement.batch.item import Aggregate, Item, tag_of
from keshi.settlement.batch.sql import Compiled, Number, Whole, any_of, constant, of


class Limits:
    """Compiles what earlier subsidies change, once the formulas of the item are there."""

    def __init__(self, item: Item, functions: Functions, scheme: Scheme) -> None:
        self.item = item
        self.functions = functions
        self.scheme = scheme
        self.rules = item.plan.rules

    def tail(self) -> None:
        """Sequences, then the limits in their order on the rounded amount."""
        level = self.item.tail
        for rule in self.rules.sequences:
            after = "p_ended >= a_started and not coalesce(p_started > a_ended, false)"
            name = self.aggregate(f"({self.relevant(rule.counts)}) and (a_started is null or ({after}))")
            level.verdicts.add(
                rule.id, f"({name} > 0 and a_started is not null)", f"({name} > 0 and a_started is null)"
            )
        known = self.item.known("amount").null is None
        amount = Compiled(
            null=None if known else "(raw is null)", number=Number(Whole("raw", -LARGEST, LARGEST))
        )
        for limit in self.rules.limits:
            amount = self.limited(limit.rule, self.item.class_level.formula(limit.ceiling), amount)
        words = enumerate(level.verdicts.words())
        self.item.results = {"limited": of(amount).top.sql, **{f"w{place}": word for place, word in words}}

    def limited(self, rule: Limit, ceiling: Compiled, amount: Compiled) -> Compiled:
        """The amount that one limit leaves; unknown where its ceiling is, or a project that is to be compared."""
        compiler = self.item.tail.compiler
        ceiling = self.item.class_level.compiler.keep(ceiling, rule.id)
        fits = self.matching(rule)
        name = self.aggregate(fits, counting=rule.amount_at_most is None)
        unknowns = [] if ceiling.null is None else [ceiling.null]
        if "project" in rule.per:
            count = name if rule.amount_at_most is None else self.aggregate(fits)
            unknowns.append(f"(a_project is null and {count} > 0)")
        unknown = any_of(unknowns) if unknowns else "false"
        self.item.tail.verdicts.add(rule.id, unknown=_and_known(unknown, amount))
        if rule.amount_at_most is not None:
            left = compiler.arithmetic.add(
                compiler.arithmetic.multiply(of(ceiling), constant(100)),
                Number(Whole(name, 0, self.functions.most_paid)),
                -1,
            )
            least = extreme(compiler, [amount, Compiled(null=ceiling.null, number=left)], True)
            kept = compiler.rounded(extreme(compiler, [least, Compiled(number=constant(0))], False), "floor")
            after = of(kept).top.sql
        else:
            count_after = Number(Whole(f"({name} + 1)", 1, self.functions.most_times))
            a, b = compiler.arithmetic.sides(count_after, of(ceiling))
            after = f"(case when {a} <= {b} then {of(amount).top.sql} else 0 end)"
        if unknown != "false":
            after = f"(case when {unknown} then {of(amount).top.sql} else {after} end)"
        column = compiler.stage.column(f"cast({after} as bigint)", rule.id)
        null = None if amount.null is None else f"({column} is null)"
        return Compiled(null=null, number=Number(Whole(column, -LARGEST, LARGEST)))

    def aggregate(self, when: str, counting: bool = True) -> str:
        """The column with a count or sum of past subsidies, the same question asked once."""
        for known in self.item.aggregates:
            if (known.counting, known.when) == (counting, when):
                return known.name
        name = f"h{len(self.item.aggregates)}_{'times' if counting else 'fen'}"
        self.item.aggregates.append(Aggregate(name, counting, when))
        self.item.tail.compiler.stage.source(name)
        return name

    def relevant(self, counts: str) -> str:
        """Past subsidies of this item, of this scheme, or all."""
        own = self.own_tag()
        return {"all": "true", "scheme": "p_tag >= -1"}.get(counts, f"p_tag = {own}")

    def own_tag(self) -> int:
        return tag_of(self.scheme, self.item.id)

    def matching(self, rule: Limit) -> str:
        """When a past subsidy stands in the same group as the class. NULLs on either side do not match."""
        parts = [self.relevant(rule.counts)]
        if rule.count_at_most is not None and self.item.plan.relatives:
            tags = ", ".join(str(tag_of(self.scheme, item)) for item in sorted(self.item.plan.relatives))
            parts.append(f"p_tag not in ({tags})")
        if "year" in rule.per:
            parts.append("p_year = a_year")
        if "occupation-level" in rule.per:
            parts.append("p_occupation = a_occupation and p_level = a_level")
        if "project" in rule.per:
            parts.append("p_project is not null and (a_project is null or p_project = a_project)")
        return " and ".join(f"({part})" for part in parts if part != "true") or "true"


def _and_known(unknown: str, amount: Compiled) -> str:
    """A limit is looked at only where there is an amount."""
    return unknown if unknown == "false" or amount.null is None else f"(({unknown}) and raw is not null)"


def compile_limits(item: Item, functions: Functions, scheme: Scheme) -> None:
    """Compile sequences and limits; the item's formulas come first."""
    Limits(item, functions, scheme).tail()
