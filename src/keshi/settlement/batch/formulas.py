"""Quantities, requirements, exclusions and the advance of an item, compiled."""

from keshi.expression import Node, names_in
from keshi.expression.nodes import Call, walk
from keshi.problems import BadInput, Problem
from keshi.scheme import Formula
from keshi.settlement.batch.compile import PAID
from keshi.settlement.batch.functions import Functions
from keshi.settlement.batch.item import Aggregate, Item
from keshi.settlement.batch.sql import Compiled, Number, Whole, constant, literal, of


class Formulas:
    """Compiles the formulas of an item into its two levels; the class level must have its facts already."""

    def __init__(self, item: Item, functions: Functions) -> None:
        self.item = item
        self.functions = functions
        self.rules = item.plan.rules

    def quantities(self) -> None:
        """Both levels' quantities in computing order; those that read history are remembered."""
        historic: set[str] = set()
        ordered = {
            q.slot: q.kind.name
            for q in (*self.item.plan.class_quantities, *self.item.plan.trainee_quantities)
        }
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
                problem = Problem(
                    "batch-nested-history", formula.source.file, params={"formula": formula.text}
                )
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
            assert received is not None
            assert received.members is not None
            has = received.members.holds(Compiled(sql=literal(exclusion.subsidy)))
            level.verdicts.add(exclusion.id, f"coalesce({has}, false)", received.is_null)
        advance = self.advance()
        amount = self.item.known("amount")
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
        known = self.item.known("class_hours")
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


def asks_history(node: Node) -> bool:
    """Whether a formula itself reads a person's history."""
    return any(isinstance(part, Call) and part.function in PAID for part in walk(node))


def compile_formulas(item: Item, functions: Functions) -> None:
    """Compile everything that does not depend on limits. Raises BadInput where that cannot be done exactly."""
    formulas = Formulas(item, functions)
    formulas.quantities()
    formulas.class_rules()
    formulas.head()
    formulas.pasts()
