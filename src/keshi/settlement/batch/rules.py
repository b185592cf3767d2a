"""One item of a scheme for the batch: its rules at both levels compiled, and what they ask of history."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from keshi.expression import names_in
from keshi.expression.nodes import Call, Node, walk
from keshi.problems import BadInput, Problem
from keshi.scheme import Formula, NamedFormula, Scheme, parameter_value
from keshi.scheme.model import Limit, Parameter
from keshi.settlement.batch.arithmetic import LARGEST, Arithmetic
from keshi.settlement.batch.compile import PAID, Compiler, fixed_date, of, texts
from keshi.settlement.batch.engine import TooLarge
from keshi.settlement.batch.functions import Functions
from keshi.settlement.batch.sql import Compiled, Fault, Number, Whole, any_of, constant, literal
from keshi.settlement.batch.stage import Stage
from keshi.settlement.plan import Plan

RULES_PER_WORD = 31
"""Two bits a rule (failed, unknown) in 63 bits."""


@dataclass(slots=True)
class Verdicts:
    """The outcomes of rules, two bits each, in as many integers as it takes."""

    rules: list[str] = field(default_factory=list)
    bits: list[tuple[int, str]] = field(default_factory=list)
    """(place of the bit, condition that is never NULL)"""

    def add(self, rule: str, failed: str = "false", unknown: str = "false") -> None:
        """A rule with the conditions of the two outcomes that keep a person from the money."""
        place = 2 * len(self.rules)
        self.rules.append(rule)
        self.bits += [(at, when) for at, when in ((place, failed), (place + 1, unknown)) if when != "false"]

    def words(self) -> list[str]:
        """The integers in SQL."""
        words = -(-len(self.rules) // RULES_PER_WORD) or 1
        found = []
        for word in range(words):
            first = word * 2 * RULES_PER_WORD
            terms = [
                f"(case when {when} then {1 << (place - first)} else 0 end)"
                for place, when in self.bits
                if first <= place < first + 2 * RULES_PER_WORD
            ]
            found.append(f"cast({' + '.join(terms) or '0'} as bigint)")
        return found

    def read(self, words: Iterable[int]) -> tuple[list[str], list[str]]:
        """The rules that failed and those that are unknown, in their order."""
        failed, unknown = [], []
        for number, word in enumerate(words):
            for place, rule in enumerate(self.rules[number * RULES_PER_WORD : (number + 1) * RULES_PER_WORD]):
                if word >> (2 * place) & 1:
                    failed.append(rule)
                if word >> (2 * place) & 2:
                    unknown.append(rule)
        return failed, unknown


@dataclass(slots=True)
class Faults:
    """Where formulas would raise, by formula."""

    found: list[tuple[str, Fault]] = field(default_factory=list)

    def add(self, text: str, compiled: Compiled, guard: str = "true") -> None:
        self.found += [(text, fault) for fault in compiled.within(guard)]

    def word(self) -> str:
        """The number of the first fault of a row from 1, 0 for none."""
        cases = "".join(f" when {fault.when} then {n}" for n, (_, fault) in enumerate(self.found, 1))
        return f"(case{cases} else 0 end)" if cases else "0"


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


def parameters(scheme: Scheme, starts_on: Compiled) -> dict[str, Compiled]:
    """Every parameter; one with dated values by the day the class starts."""
    return {name: _parameter(parameter, starts_on) for name, parameter in scheme.file.parameters.items()}


def _parameter(parameter: Parameter, starts_on: Compiled) -> Compiled:
    if parameter.day is not None:
        return fixed_date(parameter.day)
    if parameter.regions:
        return texts(tuple(parameter.regions))
    if parameter.value is not None:
        value = parameter_value(parameter, None)
        assert isinstance(value, int | Fraction)  # checked when the scheme was loaded
        return Compiled(number=constant(value))
    periods = sorted(parameter.dated, key=lambda period: period.since, reverse=True)
    values = [parameter_value(parameter, period.since) for period in periods]
    arithmetic = Arithmetic("hugeint")
    alike = arithmetic.alike([constant(value) for value in values if isinstance(value, int | Fraction)])
    assert alike is not None  # constants have no denominators
    unit, wholes = alike
    cases = "".join(
        f" when {starts_on.sql} >= {literal(period.since)} then {whole.low}"
        for period, whole in zip(periods, wholes, strict=True)
    )
    sql = f"cast((case{cases} end) as bigint)"
    early = f"coalesce({starts_on.sql} < {literal(periods[-1].since)}, true)"
    number = Number(Whole(sql, min(w.low for w in wholes), max(w.high for w in wholes)), unit)
    return Compiled(null=early, number=number)


def asks_history(node: Node) -> bool:
    """Whether a formula itself reads a person's history."""
    return any(isinstance(part, Call) and part.function in PAID for part in walk(node))


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


class _Builder:
    """Compiles an item; the class level must have its facts already."""

    def __init__(self, item: Item, functions: Functions, scheme: Scheme) -> None:
        self.item = item
        self.functions = functions
        self.scheme = scheme
        self.rules = item.plan.rules

    def quantities(self) -> None:
        """Both levels' quantities in computing order; those that read history are remembered."""
        historic: set[str] = set()
        ordered = {q.slot: q.kind.name for q in (*self.item.plan.class_quantities, *self.item.plan.trainee_quantities)}
        by_name = {q.name: q for q in (*self.rules.quantities, self.rules.class_hours, self.rules.amount)}
        for name in ordered.values():
            quantity = by_name[name]
            node = quantity.formula.node
            if asks_history(node) or names_in(node) & historic:
                self.refuse_nested(quantity.formula, historic)
                historic.add(name)
            level = self.item.class_level if quantity.formula.level == "class" else self.item.head
            level.quantity(quantity)
        formulas = [formula for _, formula in self.rules.requirements if formula is not None]
        advance = self.rules.advance
        formulas += [advance.each, advance.who] if advance else []
        for formula in formulas:
            self.refuse_nested(formula, historic)
        self.item.historic = bool(historic) or any(asks_history(formula.node) for formula in formulas)

    @staticmethod
    def refuse_nested(formula: Formula, historic: set[str]) -> None:
        """History asked by keys that depend on history themselves is left to the row engine."""
        for call in walk(formula.node):
            if not (isinstance(call, Call) and call.function in PAID):
                continue
            if any(asks_history(key) or names_in(key) & historic for _, key in call.named):
                problem = Problem("batch-nested-history", formula.source.file, params={"formula": formula.text})
                raise BadInput(problem)

    def head(self) -> None:
        """Requirements, exclusions, advance and the amount before limits."""
        level, plan = self.item.head, self.item.plan
        for rule, formula in self.rules.requirements:
            if rule.of != "trainee":
                continue
            judged = self.judgement(rule.id)
            if formula is None:
                if judged is not None:
                    level.verdicts.add(rule.id, f"coalesce(not {judged}, false)")
                else:
                    level.verdicts.add(rule.id)
                continue
            level.rule(rule.id, level.formula(formula), judged if rule.waivable else None)
        received = level.compiler.names.get("trainee.other_subsidies")
        for exclusion in plan.rules.exclusions:
            assert received is not None and received.members is not None
            has = received.members.holds(Compiled(sql=literal(exclusion.subsidy)))
            level.verdicts.add(exclusion.id, f"coalesce({has}, false)", received.is_null)
        advance = self.advance()
        amount = self.known("amount")
        fen = level.compiler.rounded(self.times(amount, 100), "round_half_up")
        level.verdicts.add("amount-known", unknown=amount.is_null)
        self.item.columns = {
            "hours": self.hours(),
            "raw": self.as_bigint(of(fen).top, of(fen)),
            "advance": advance,
            "fault": level.faults.word(),
            **{f"v{place}": word for place, word in enumerate(level.verdicts.words())},
        }

    def judgement(self, rule: str) -> str | None:
        """The class's column with a recorded judgement of the rule, None where the file has none."""
        name = f"jd_{rule.replace('-', '_')}"
        return name if name in self.item.class_level.compiler.stage.depth else None

    def known(self, name: str) -> Compiled:
        """A quantity of either level."""
        own = self.item.head.compiler.names.get(name)
        return self.item.class_level.compiler.names[name] if own is None else own

    def times(self, compiled: Compiled, factor: int) -> Compiled:
        number = self.item.head.compiler.arithmetic.multiply(of(compiled), constant(factor))
        return Compiled(null=compiled.null, number=number)

    @staticmethod
    def as_bigint(top: Whole, number: Number) -> str:
        """A whole number as SQL."""
        value = number.scale.numerator
        if top.constant:
            return f"cast({value} as bigint)"
        return f"cast({top.sql} as bigint)" if value == 1 else f"cast({top.sql} * {literal(value)} as bigint)"

    def hours(self) -> str:
        """Class hours without the part of an hour, towards zero as the row engine cuts it."""
        compiler = self.item.head.compiler
        known = self.known("class_hours")
        number = of(known)
        if number.scale.denominator == 1 and number.bottom is None:
            return self.as_bigint(number.top, number)
        down = of(compiler.rounded(known, "floor"))
        up = of(compiler.rounded(known, "ceil"))
        left, right = compiler.arithmetic.sides(number, constant(0))
        lower, upper = self.as_bigint(down.top, down), self.as_bigint(up.top, up)
        return f"(case when {left} >= {right} then {lower} else {upper} end)"

    def advance(self) -> str:
        """Fen paid ahead for the person: 0 unless the class is due, `who` holds and `each` is known."""
        level, rules = self.item.head, self.rules.advance
        if rules is None:
            return "cast(0 as bigint)"
        due = self.item.class_level.formula(rules.when)
        column = self.item.class_level.compiler.stage.column(f"coalesce({due.sql}, false)", "due")
        who = level.formula(rules.who, column)
        paid = f"({column} and coalesce({who.sql}, false))"
        each = level.formula(rules.each, paid)
        level.verdicts.add("advance-known", unknown=f"({paid} and ({each.is_null}))")
        fen = of(level.compiler.rounded(self.times(each, 100), "round_half_up"))
        return f"coalesce(case when {paid} then {self.as_bigint(fen.top, fen)} else 0 end, 0)"

    def class_rules(self) -> None:
        """Requirements of class and organisation; the training type comes first."""
        level = self.item.class_level
        types = self.rules.item.training_types
        if types:
            held = level.compiler.names["class.training_type"]
            listed = ", ".join(literal(value) for value in types)
            level.rule("training-type", Compiled(sql=f"({held.sql} in ({listed}))", null=held.null))
        for rule, formula in self.rules.requirements:
            if rule.of == "trainee":
                continue
            judged = self.judgement(rule.id)
            if formula is None:
                level.verdicts.add(rule.id, "false" if judged is None else f"coalesce(not {judged}, false)")
            else:
                level.rule(rule.id, level.formula(formula), judged if rule.waivable else None)

    def pasts(self) -> None:
        """What formulas ask of history, as aggregates; the filters are columns of the claim."""
        compiler = self.item.head.compiler
        for past in self.functions.pasts:
            parts = []
            for key, compiled in past.filters.items():
                parts.append(self.equals(key, compiled))
            self.item.aggregates.append(Aggregate(past.name, past.counting, " and ".join(parts) or "true"))
        compiler.stage.source(*(aggregate.name for aggregate in self.item.aggregates))

    def equals(self, key: str, asked: Compiled) -> str:
        column = f"p_{key}"
        if asked.number is not None:
            a, b = self.item.head.compiler.arithmetic.sides(Number(Whole(column, 0, 9_999)), asked.number)
            return f"{a} = {b}"
        return f"{column} = {asked.sql}"

    def tail(self) -> None:
        """Sequences, then the limits in their order on the rounded amount."""
        level = self.item.tail
        for rule in self.rules.sequences:
            after = "p_ended >= a_started and not coalesce(p_started > a_ended, false)"
            name = self.aggregate(f"({self.relevant(rule.counts)}) and (a_started is null or ({after}))")
            level.verdicts.add(rule.id, f"({name} > 0 and a_started is not null)", f"({name} > 0 and a_started is null)")
        known = self.known("amount").null is None
        amount = Compiled(null=None if known else "(raw is null)", number=Number(Whole("raw", -LARGEST, LARGEST)))
        for limit in self.rules.limits:
            amount = self.limited(limit.rule, self.item.class_level.formula(limit.ceiling), amount)
        words = enumerate(level.verdicts.words())
        self.item.results = {"limited": of(amount).top.sql, **{f"w{place}": word for place, word in words}}

    def limited(self, rule: Limit, ceiling: Compiled, amount: Compiled) -> Compiled:
        """The amount that one limit leaves; unknown where its ceiling is, or the class's project with something to compare."""
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
                compiler.arithmetic.multiply(of(ceiling), constant(100)), Number(Whole(name, 0, self.functions.most_paid)), -1
            )
            least = compiler.extreme([amount, Compiled(null=ceiling.null, number=left)], True)
            kept = compiler.rounded(compiler.extreme([least, Compiled(number=constant(0))], False), "floor")
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


def tag_of(scheme: Scheme, item: str) -> int:
    """The number of an item among the scheme's; -1 for none of them, -2 stands for another scheme."""
    items = [known.id for known in scheme.file.items]
    return items.index(item) if item in items else -1


def build(item: Item, functions: Functions, scheme: Scheme) -> None:
    """Compile everything of the item. Raises BadInput where a formula cannot be settled in bulk exactly."""
    builder = _Builder(item, functions, scheme)
    builder.quantities()
    builder.class_rules()
    builder.head()
    builder.pasts()
    builder.tail()


__all__ = ["Aggregate", "Faults", "Item", "Level", "Stage", "Verdicts", "build", "parameters", "tag_of"]
