"""`min` and `max` in SQL: unknown as soon as one part is, where `least` and `greatest` would skip it."""

from fractions import Fraction
from typing import cast

from keshi.settlement.batch.compile import Compiler
from keshi.settlement.batch.sql import Compiled, Number, Whole, any_of, constant, known_only, of


def extreme(compiler: Compiler, parts: list[Compiled], smallest: bool) -> Compiled:
    """`min` and `max`: unknown as soon as one part is, where SQL's own would skip it."""
    nulls = [part.null for part in parts if part.null is not None]
    null = any_of(nulls) if nulls else None
    faults = tuple(fault for part in parts for fault in part.faults)
    word = "least" if smallest else "greatest"
    if parts[0].number is None:
        pick = min if smallest else max
        days = None
        if all(part.days for part in parts):
            bounds = [cast("tuple[int, int]", part.days) for part in parts]
            days = (pick(b[0] for b in bounds), pick(b[1] for b in bounds))
        sql = known_only(null, f"{word}({', '.join(part.sql for part in parts)})")
        return Compiled(sql=sql, null=null, days=days, faults=faults)
    numbers = [of(part) for part in parts]
    alike = compiler.arithmetic.alike(numbers)
    if alike is not None:
        unit, wholes = alike
        return Compiled(null=null, number=_of_wholes(compiler, word, null, unit, wholes), faults=faults)
    found = numbers[0]
    for number in numbers[1:]:
        first, second = compiler.short(found), compiler.short(number)
        a, b = compiler.arithmetic.sides(first, second)
        found = compiler.either_number(f"({a} {'<=' if smallest else '>='} {b})", first, second)
    return Compiled(null=null, number=found, faults=faults)


def _of_wholes(
    compiler: Compiler, word: str, null: str | None, unit: Fraction, wholes: list[Whole]
) -> Number:
    pick = min if word == "least" else max
    low, high = pick(w.low for w in wholes), pick(w.high for w in wholes)
    if all(whole.constant for whole in wholes):
        return constant(low * unit)
    wide = any(whole.wide for whole in wholes)
    sql = known_only(null, f"{word}({', '.join(compiler.arithmetic.typed(w, wide) for w in wholes)})")
    return Number(Whole(sql, low, high, wide), unit)
