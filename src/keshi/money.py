"""Money: whole fen everywhere, exact conversions, and official capital numerals.

Unit: an amount is an `int` of fen (1 yuan = 10 jiao = 100 fen). There is no float on any path. Capital
numerals follow 《支付结算办法》 (银发〔1997〕393号) 附一《正确填写票据和结算凭证的基本规定》.
"""

import re
from decimal import Decimal
from fractions import Fraction

from keshi.problems import BadInput, Problem

_YUAN_TEXT = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")


def yuan_to_fen(text: str | int | Decimal | Fraction) -> int:
    """Fen of an amount in yuan, exactly.

    Text is digits, with or without thousands commas, a sign and at most two decimals; "1.230" is refused
    because three written decimals may be a thousands point. Numbers are judged by value: Decimal("1.230") is
    123 fen.

    Raises:
        BadInput: not an amount, more precise than a fen, or a type that cannot be exact (float, bool).
    """
    if isinstance(text, str):
        found = _YUAN_TEXT.fullmatch(text.strip())
        if found is None:
            raise BadInput(Problem("money-not-an-amount", value=text))
        sign, yuan, decimals = found.groups(default="")
        if len(decimals) > 2:
            raise BadInput(Problem("money-too-precise", value=text))
        fen = int(yuan.replace(",", "")) * 100 + int(decimals.ljust(2, "0"))
        return -fen if sign == "-" else fen
    if isinstance(text, bool) or not isinstance(text, int | Decimal | Fraction):
        raise BadInput(Problem("money-not-an-amount", value=str(text)))
    if isinstance(text, Decimal) and not text.is_finite():
        raise BadInput(Problem("money-not-an-amount", value=str(text)))
    exact = Fraction(text) * 100
    if exact.denominator != 1:
        raise BadInput(Problem("money-too-precise", value=str(text)))
    return exact.numerator


def fen_to_yuan(fen: int) -> str:
    """The amount in yuan with two decimals and no separators: 123450 → "1234.50", -5 → "-0.05"."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def round_half_up(x: Fraction | int) -> int:
    """The nearest whole number; a half goes up (2.5 → 3, -2.5 → -2), the 四舍五入 of amounts.

    A correction is the difference of two rounded amounts, so it never needs rounding of its own.
    """
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_OPTIONAL_ZERO = "○"
"""A 零 that the rule lets one write or leave out, where our own way leaves it out."""
_OPTIONAL_WRITTEN_ZERO = "●"
"""The same, where our own way writes it."""
_OPTIONAL_END = "□"
"""A 整 that the rule lets one write or leave out; our own way leaves it out."""

_LARGEST_FEN = 10**18 - 1


def _four_digits(number: int) -> str:
    """1..9999 in capitals, inner zeros told once, no leading or trailing 零."""
    spelt = ""
    skipped = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            skipped = True
            continue
        spelt += ("零" if skipped and spelt else "") + _DIGITS[digit] + _PLACES[place]
        skipped = False
    return spelt


def _joined(high: str, high_number: int, low: str, low_number: int, low_size: int) -> str:
    """Two sections put together: 零 if the lower has a leading zero, optional if the upper ends in one."""
    if not high or not low:
        return high + low
    if low_number < low_size // 10:
        return f"{high}零{low}"
    return high + (_OPTIONAL_ZERO if high_number % 10 == 0 else "") + low


def _eight_digits(number: int) -> str:
    """0..99 999 999 in capitals; nothing for 0."""
    high, low = divmod(number, 10_000)
    spelt_high = f"{_four_digits(high)}万" if high else ""
    return _joined(spelt_high, high, _four_digits(low), low, 10_000)


def _template(fen: int) -> str:
    """The amount in capitals with every free choice of the rule marked."""
    if abs(fen) > _LARGEST_FEN:
        raise BadInput(Problem("money-too-large-for-capitals", value=fen_to_yuan(fen)))
    yuan, rest = divmod(abs(fen), 100)
    jiao, lone_fen = divmod(rest, 10)
    high, low = divmod(yuan, 100_000_000)
    spelt_high = f"{_eight_digits(high)}亿" if high else ""
    spelt = _joined(spelt_high, high, _eight_digits(low), low, 100_000_000)
    if yuan or not rest:
        spelt = f"{spelt or '零'}元"
    if not rest:
        spelt += "整"
    elif jiao:
        zero = _OPTIONAL_WRITTEN_ZERO if yuan and yuan % 10 == 0 else ""
        spelt += f"{zero}{_DIGITS[jiao]}角" + (f"{_DIGITS[lone_fen]}分" if lone_fen else _OPTIONAL_END)
    else:
        spelt += ("零" if yuan else "") + f"{_DIGITS[lone_fen]}分"
    return ("负" if fen < 0 else "") + spelt


_OUR_CHOICES = str.maketrans({_OPTIONAL_ZERO: "", _OPTIONAL_WRITTEN_ZERO: "零", _OPTIONAL_END: ""})
_ALL_CHOICES = str.maketrans({_OPTIONAL_ZERO: "零?", _OPTIONAL_WRITTEN_ZERO: "零?", _OPTIONAL_END: "整?"})


def capital(fen: int) -> str:
    """The amount in official capital numerals, without 人民币: 3484000 → 叁万肆仟捌佰肆拾元整.

    An amount that ends at the yuan ends in 整, at the fen without. Where the rule leaves a choice we write
    as its own first examples do: nothing after 角 (壹仟肆佰零玖元伍角), 零 between a yuan that ends in zero
    and 角 (壹仟陆佰捌拾元零叁角贰分), no 零 between 万 or 亿 and a full section (壹拾万柒仟元零伍角叁分).

    Raises:
        BadInput: ten thousand 万亿 yuan or more, for which there is no accepted way of writing.
    """
    return _template(fen).translate(_OUR_CHOICES)


# 附一 itself says that the older full forms are to be accepted on a voucher.
_WRITTEN_OTHERWISE = str.maketrans("貳參叄陸萬億圓圆負正", "贰叁叁陆万亿元元负整")
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def parse_capital(text: str) -> int:
    """Fen of an amount in capital numerals; every way of writing that the rule allows is read.

    Accepted besides `capital`'s own way: a leading 人民币, 圆 for 元, 正 for 整, full forms (貳 參 陸 萬 億),
    整 after 角, and the optional 零.

    Raises:
        BadInput: not an amount in capitals, or one with a unit or 零 out of place.
    """
    written = text.strip().removeprefix("人民币").translate(_WRITTEN_OTHERWISE)
    fen = _read(written)
    if fen is None or re.fullmatch(_template(fen).translate(_ALL_CHOICES), written) is None:
        raise BadInput(Problem("money-not-capitals", value=text))
    return fen


def _read(written: str) -> int | None:
    """The value that the numerals add up to, whether or not well written; None for a foreign character."""
    upper = section = digit = fen = 0
    for character in written.removeprefix("负"):
        if character in _DIGITS:
            digit = _DIGITS.index(character)
            continue
        if character in _UNITS:
            section += digit * _UNITS[character]
        elif character == "万":
            section = (section + digit) * 10_000
        elif character == "亿":
            upper = (section + digit) * 100_000_000
            section = 0
        elif character == "元":
            fen = (upper + section + digit) * 100
        elif character == "角":
            fen += digit * 10
        elif character == "分":
            fen += digit
        elif character != "整":
            return None
        digit = 0
    fen = min(fen, _LARGEST_FEN)
    return -fen if written.startswith("负") else fen
