"""Which documents of an item a class has to hand in, by what is known of it."""

from collections.abc import Mapping

from keshi.expression import Environment, Value, compile_formula
from keshi.scheme import Scheme
from keshi.vocabulary import vocabulary


def not_asked(scheme: Scheme, item: str, facts: Mapping[str, Value]) -> frozenset[str]:
    """Ids of the documents whose condition does not hold for these facts, by full name.

    A condition that cannot be decided, for want of a fact, asks for its document.
    """
    conditions = {rule.id: formula for rule, formula in scheme.item(item).materials if formula is not None}
    slots = {name: index for index, name in enumerate(vocabulary())}
    environment = Environment(slots, {}, scheme.workdays)
    values = [facts.get(name) for name in slots]
    return frozenset(
        key
        for key, formula in conditions.items()
        if compile_formula(formula.node, environment)(values) is False
    )
