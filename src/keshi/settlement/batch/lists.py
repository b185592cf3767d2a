"""Lists in formulas, and regions that lie in others."""

from collections.abc import Callable
from typing import cast

from keshi.settlement.batch.arithmetic import Arithmetic
from keshi.settlement.batch.sql import Compiled, Members, any_of, choose, constant_part, literal, of


def listed(items: list[Compiled], arithmetic: Arithmetic) -> Compiled:
    """A list of parts. Where it does not hold a value and one of its parts is unknown, so is the answer."""

    def equal(value: Compiled, item: Compiled) -> str:
        if value.number is None:
            return f"{value.sql} = {item.sql}"
        a, b = arithmetic.sides(value.number, of(item))
        return f"{a} = {b}"

    def holds(value: Compiled) -> str:
        if value.number is None and all(item.fixed is not None for item in items):
            return f"{value.sql} in ({', '.join(item.sql for item in items)})"
        return any_of([equal(value, item) for item in items])

    textual = items[0].number is None
    return Compiled(
        members=Members(
            holds,
            (lambda region: any_of([within(region, wider) for wider in items])) if textual else None,
            unsure=any(item.null is not None for item in items),
        ),
        faults=tuple(fault for item in items for fault in item.faults),
        fixed=tuple(item.fixed for item in items) if all(item.fixed is not None for item in items) else None,
    )


def either(condition: str, then: Compiled, otherwise: Compiled) -> Members:
    """The list that a condition chooses."""
    first, second = cast(Members, then.members), cast(Members, otherwise.members)
    contains: Callable[[Compiled], str] | None = None
    if first.contains is not None and second.contains is not None:
        a, b = first.contains, second.contains

        def contains(region: Compiled) -> str:
            return choose(condition, a(region), b(region))

    return Members(
        lambda value: choose(condition, first.holds(value), second.holds(value)),
        contains,
        unsure=first.unsure or second.unsure,
    )


def texts(values: tuple[str, ...], arithmetic: Arithmetic) -> Compiled:
    """A constant list of texts, such as region codes."""
    return listed([constant_part(value) for value in values], arithmetic)


def within(region: Compiled, wider: Compiled) -> str:
    """Whether a region lies in another: compared by the part of the wider code that is not filled with zeros."""
    if isinstance(wider.fixed, str):
        return _within_code(region.sql, wider.fixed)
    a, b = region.sql, wider.sql
    return (
        f"(case when substr({b}, 3, 4) = '0000' then substr({a}, 1, 2) = substr({b}, 1, 2) "
        f"when substr({b}, 5, 2) = '00' then substr({a}, 1, 4) = substr({b}, 1, 4) else {a} = {b} end)"
    )


def _within_code(region: str, code: str) -> str:
    kept = 2 if code.endswith("0000") else 4 if code.endswith("00") else 6
    if kept == 6:
        return f"{region} = {literal(code)}"
    return f"substr({region}, 1, {kept}) = {literal(code[:kept])}"
