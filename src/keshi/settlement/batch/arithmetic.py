"""Exact rational arithmetic in SQL integers: every operation knows the bounds of its result.

A result that could pass 63 bits is computed in the engine's wide type, one that could pass 127 bits is refused, so
nothing can wrap. Constants are folded, common factors of constants cancelled.
"""

from fractions import Fraction
from math import gcd, lcm

from keshi.settlement.batch.engine import TooLarge
from keshi.settlement.batch.sql import ONE, Number, Whole, literal

LARGEST = 2**63 - 1
WIDEST = 2**127 - 1
EXACT_DOUBLE = 2**53


class Arithmetic:
    """Operations on integers and rational numbers of SQL. Raises TooLarge where no integer type suffices."""

    def __init__(self, wide: str) -> None:
        self.wide = wide

    # Integers

    def typed(self, whole: Whole, wide: bool) -> str:
        """The integer as SQL, cast where a narrower type would overflow in what follows."""
        if whole.constant:
            return literal(whole.low) if not wide else f"cast({literal(whole.low)} as {self.wide})"
        return f"cast({whole.sql} as {self.wide})" if wide and not whole.wide else whole.sql

    def _result(self, operator: str, a: Whole, b: Whole, bounds: list[int]) -> Whole:
        low, high = min(bounds), max(bounds)
        if a.constant and b.constant:
            return fixed(low)
        wide = _is_wide(low, high) or a.wide or b.wide
        return Whole(f"({self.typed(a, wide)} {operator} {self.typed(b, wide)})", low, high, wide)

    def plus(self, a: Whole, b: Whole) -> Whole:
        return self._result("+", a, b, [a.low + b.low, a.high + b.high])

    def minus(self, a: Whole, b: Whole) -> Whole:
        return self._result("-", a, b, [a.low - b.high, a.high - b.low])

    def times(self, a: Whole, b: Whole) -> Whole:
        if a == ONE:
            return b
        if b == ONE:
            return a
        return self._result("*", a, b, [x * y for x in (a.low, a.high) for y in (b.low, b.high)])

    def quotient(self, a: Whole, b: Whole) -> Whole:
        """The floor of a ÷ b for b > 0.

        Up to 53 bits the exactly divisible difference is divided, which every engine answers exactly even where
        its `/` is a float; beyond that only integer division is exact.
        """
        if b == ONE:
            return a
        bounds = [x // y for x in (a.low, a.high) for y in (b.low, b.high)]
        low, high = min(bounds), max(bounds)
        if a.constant and b.constant:
            return fixed(a.low // b.low)
        wide = a.wide or b.wide or (a.low < 0 and _is_wide(a.low - 2 * b.high, a.high + 2 * b.high))
        top, below = self.typed(a, wide), self.typed(b, wide)
        if a.low < 0:  # SQL's remainder has the sign of the dividend
            exact = top = f"({top} - ({top} % {below} + {below}) % {below})"
        else:
            exact = f"({top} - {top} % {below})"
        if max(-a.low, a.high) + b.high < EXACT_DOUBLE:
            return Whole(f"cast({exact} / {below} as bigint)", low, high)
        whole = f"({top} // {below})"
        narrow = not _is_wide(low, high)
        return Whole(f"cast({whole} as bigint)" if narrow else whole, low, high, not narrow)

    # Rational numbers

    def parts(self, number: Number) -> tuple[Whole, Whole]:
        """Numerator and positive denominator."""
        above = self.times(fixed(number.scale.numerator), number.top)
        below = fixed(number.scale.denominator)
        return above, below if number.bottom is None else self.times(below, number.bottom)

    def add(self, a: Number, b: Number, sign: int = 1) -> Number:
        """a + b, or a - b with sign -1."""
        if a.fixed == 0:
            return Number(b.top, b.scale * sign, b.bottom)
        if b.fixed == 0:
            return a
        unit = _unit(a, b)
        left = self.times(fixed(int(a.scale / unit)), a.top)
        right = self.times(fixed(int(b.scale / unit)), b.top)
        bottom = a.bottom
        if a.bottom != b.bottom:
            left = self.times(left, b.bottom or ONE)
            right = self.times(right, a.bottom or ONE)
            bottom = _one_less(self.times(a.bottom or ONE, b.bottom or ONE))
        top = self.plus(left, right) if sign > 0 else self.minus(left, right)
        if top.constant:
            return Number(ONE, unit * top.low, bottom)
        return Number(top, unit, bottom)

    def multiply(self, a: Number, b: Number) -> Number:
        top = self.times(a.top, b.top)
        return Number(top, a.scale * b.scale, _one_less(self.times(a.bottom or ONE, b.bottom or ONE)))

    def divide(self, a: Number, b: Number) -> Number:
        """a ÷ b; NULL where b is 0, which the caller reports."""
        if b.fixed is not None:
            return Number(a.top, a.scale / b.fixed, a.bottom)
        top, below = self.times(a.top, b.bottom or ONE), b.top
        if below.low <= 0:
            top, below = self._positive(top, below)
        return Number(top, a.scale / b.scale, _one_less(self.times(a.bottom or ONE, below)))

    def _positive(self, top: Whole, below: Whole) -> tuple[Whole, Whole]:
        """The same quotient with a divisor above zero; NULL where it is zero."""
        signed = self.times(top, Whole(f"(case when {below.sql} < 0 then -1 else 1 end)", -1, 1))
        size = max(-below.low, below.high, 1)
        _is_wide(-size, size)
        return signed, Whole(f"nullif(abs({below.sql}), 0)", 1, size, below.wide)

    def floor(self, number: Number) -> Number:
        if is_whole(number):
            return number
        above, below = self.parts(number)
        whole = self.quotient(above, below)
        return constant_or(whole)

    def ceil(self, number: Number) -> Number:
        if is_whole(number):
            return number
        lower = self.floor(self.multiply(number, Number(ONE, Fraction(-1))))
        return self.multiply(lower, Number(ONE, Fraction(-1)))

    def round_half_up(self, number: Number) -> Number:
        return number if is_whole(number) else self.floor(self.add(number, Number(ONE, Fraction(1, 2))))

    def modulo(self, a: Number, b: Number) -> Number:
        """a - b × floor(a ÷ b), with the sign of b as in Python."""
        return self.add(a, self.multiply(b, self.floor(self.divide(a, b))), -1)

    def sides(self, a: Number, b: Number) -> tuple[str, str]:
        """Two integers that compare as the two numbers do."""
        unit = _unit(a, b)
        left = self.times(fixed(int(a.scale / unit)), a.top)
        right = self.times(fixed(int(b.scale / unit)), b.top)
        if a.bottom != b.bottom:
            left, right = self.times(left, b.bottom or ONE), self.times(right, a.bottom or ONE)
        wide = left.wide or right.wide
        return self.typed(left, wide), self.typed(right, wide)

    def alike(self, numbers: list[Number]) -> tuple[Fraction, list[Whole]] | None:
        """A common unit and the multiples of it that the numbers are; None where a denominator is not constant."""
        if any(number.bottom is not None for number in numbers):
            return None
        scales = [number.scale for number in numbers]
        unit = Fraction(gcd(*(s.numerator for s in scales)) or 1, lcm(*(s.denominator for s in scales)))
        return unit, [self.times(fixed(int(n.scale / unit)), n.top) for n in numbers]


def fixed(value: int) -> Whole:
    """An integer literal. Raises TooLarge beyond 127 bits."""
    wide = _is_wide(value, value)
    return Whole(literal(value), value, value, wide, constant=True)


def is_whole(number: Number) -> bool:
    """Whether it cannot have a fraction."""
    return number.scale.denominator == 1 and number.bottom is None


def constant_or(whole: Whole) -> Number:
    """An integer as a number."""
    return Number(ONE, Fraction(whole.low)) if whole.constant else Number(whole)


def _unit(a: Number, b: Number) -> Fraction:
    """The largest number of which the constant parts of both are multiples."""
    above = gcd(a.scale.numerator, b.scale.numerator) or 1
    return Fraction(above, lcm(a.scale.denominator, b.scale.denominator))


def _one_less(whole: Whole) -> Whole | None:
    return None if whole == ONE else whole


def _is_wide(low: int, high: int) -> bool:
    if low < -WIDEST or high > WIDEST:
        raise TooLarge(str(max(-low, high)))
    return low < -LARGEST or high > LARGEST
