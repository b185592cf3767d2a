"""Amounts to the fen, and capital numerals beside the printed rule and an independent slow speller."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keshi.money import capital, fen_to_yuan, parse_capital, round_half_up, yuan_to_fen
from keshi.problems import BadInput

LARGEST = 10**18 - 1
amounts = st.one_of(
    st.integers(-LARGEST, LARGEST),
    # Amounts full of zeros, where the numerals go wrong if they do.
    st.lists(st.sampled_from("0000001259"), min_size=1, max_size=18).map(lambda digits: int("".join(digits))),
)


def code_of(refusal: pytest.ExceptionInfo[BadInput]) -> str:
    (problem,) = refusal.value.problems
    assert problem.text("zh")
    assert problem.text("en")
    return problem.code


# Conversions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("1234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("0", 0),
        ("0.05", 5),
        ("-0.05", -5),
        ("-12", -1200),
        ("+3.10", 310),
        ("1,234.56", 123456),
        ("12,345,678", 1234567800),
        ("999,999", 99999900),
        ("007", 700),
        (" 30 ", 3000),
        (30, 3000),
        (-1, -100),
        (0, 0),
        (Decimal("12.34"), 1234),
        (Decimal("1.230"), 123),
        (Decimal("-1E+2"), -10000),
        (Fraction(1, 4), 25),
        (Fraction(-1, 100), -1),
        (10**20, 10**22),
    ],
)
def test_yuan_become_fen_exactly(yuan: str | int | Decimal | Fraction, fen: int) -> None:
    found = yuan_to_fen(yuan)
    assert found == fen
    assert type(found) is int


@pytest.mark.parametrize(
    "yuan", ["1.005", "1.230", "0.000", "-7.001", Decimal("0.001"), Fraction(1, 3), Fraction(1, 200)]
)
def test_more_precise_than_a_fen_is_refused(yuan: str | Decimal | Fraction) -> None:
    with pytest.raises(BadInput) as refusal:
        yuan_to_fen(yuan)
    assert code_of(refusal) == "money-too-precise"
    assert refusal.value.problems[0].value == str(yuan)


@pytest.mark.parametrize(
    "yuan",
    [
        "", ".", "1.", ".5", "1,23", "1,2345", "1234,567", ",123", "1.2.3", "--1", "1e3", "¥5", "５", "٣",
        "1 2", "五", "12元", Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), 1.5, 0.0, True,
        None,
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(yuan: object) -> None:
    with pytest.raises(BadInput) as refusal:
        yuan_to_fen(yuan)  # type: ignore[arg-type]
    assert code_of(refusal) == "money-not-an-amount"
    assert refusal.value.problems[0].value == str(yuan)


@pytest.mark.parametrize(
    ("fen", "yuan"),
    [
        (123450, "1234.50"),
        (0, "0.00"),
        (5, "0.05"),
        (-5, "-0.05"),
        (-1, "-0.01"),
        (100, "1.00"),
        (-150, "-1.50"),
        (99, "0.99"),
    ],
)
def test_fen_are_shown_as_yuan_with_two_decimals(fen: int, yuan: str) -> None:
    assert fen_to_yuan(fen) == yuan


@given(amounts)
def test_shown_amounts_are_read_back(fen: int) -> None:
    shown = fen_to_yuan(fen)
    assert yuan_to_fen(shown) == fen
    assert yuan_to_fen(Decimal(shown)) == yuan_to_fen(Fraction(shown)) == fen
    assert yuan_to_fen(f"{Decimal(shown):,}") == fen


# Rounding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), 0),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -2),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(51, 100), 1),
        (Fraction(4, 3), 1),
        (Fraction(5, 3), 2),
        (Fraction(0), 0),
        (7, 7),
        (-7, -7),
    ],
)
def test_a_half_goes_up(exact: Fraction | int, rounded: int) -> None:
    assert round_half_up(exact) == rounded


@given(st.fractions())
@example(Fraction(10**40 + 1, 2))
def test_rounding_is_to_the_nearest_and_a_half_goes_up(exact: Fraction) -> None:
    rounded = round_half_up(exact)
    assert type(rounded) is int
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert rounded > exact


# Capital numerals ----------------------------------------------------------------------------------------

PRINTED_IN_THE_RULE = [
    (140950, "壹仟肆佰零玖元伍角"),
    (600714, "陆仟零柒元壹角肆分"),
    (168032, "壹仟陆佰捌拾元零叁角贰分"),
    (10700053, "壹拾万柒仟元零伍角叁分"),
    (1640902, "壹万陆仟肆佰零玖元零贰分"),
    (32504, "叁佰贰拾伍元零肆分"),
]


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        *PRINTED_IN_THE_RULE,
        (3484000, "叁万肆仟捌佰肆拾元整"),
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角"),
        (53, "伍角叁分"),
        (100, "壹元整"),
        (150, "壹元伍角"),
        (1000, "壹拾元整"),
        (1005, "壹拾元零伍分"),
        (1050, "壹拾元零伍角"),
        (10010, "壹佰元零壹角"),
        (11100, "壹佰壹拾壹元整"),
        (10100, "壹佰零壹元整"),
        (100100, "壹仟零壹元整"),
        (101000, "壹仟零壹拾元整"),
        (110000, "壹仟壹佰元整"),
        (1000000, "壹万元整"),
        (1000100, "壹万零壹元整"),
        (1099900, "壹万零玖佰玖拾玖元整"),
        (1100000, "壹万壹仟元整"),
        (10100000, "壹拾万壹仟元整"),
        (10010000, "壹拾万零壹佰元整"),
        (100000000, "壹佰万元整"),
        (10**10, "壹亿元整"),
        (10**10 + 100, "壹亿零壹元整"),
        (10**10 + 10**6, "壹亿零壹万元整"),
        (10**10 + 9 * 10**8, "壹亿零玖佰万元整"),
        (10**10 + 10**9, "壹亿壹仟万元整"),
        (10**10 + 10**9 + 10**5, "壹亿壹仟万壹仟元整"),
        (10**11 + 10**9, "壹拾亿壹仟万元整"),
        (10**14, "壹万亿元整"),
        (10**14 + 10**10, "壹万零壹亿元整"),
        (10**14 + 10**6, "壹万亿零壹万元整"),
        (-5, "负伍分"),
        (-123456, "负壹仟贰佰叁拾肆元伍角陆分"),
        (123456789012345, "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
        (LARGEST, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capitals_as_on_a_voucher(fen: int, capitals: str) -> None:
    assert capital(fen) == capitals
    assert parse_capital(capitals) == fen


def slow_capitals(fen: int) -> str:
    """The same numerals by another way: walk the digits and ask at each whether zeros are heard."""
    numerals = "零壹贰叁肆伍陆柒捌玖"
    yuan, jiao, lone = abs(fen) // 100, abs(fen) // 10 % 10, abs(fen) % 10
    text = ""
    zeros = 0
    for place, digit in zip(range(15, -1, -1), map(int, f"{yuan:016d}"), strict=True):
        if digit:
            # Zeros that only end the section above are not heard; those inside or of a whole empty 万 are.
            heard = place % 4 != 3 or (place == 3 and zeros >= 4)
            text += (
                ("零" if text and zeros and heard else "")
                + numerals[digit]
                + ["", "拾", "佰", "仟"][place % 4]
            )
        zeros = 0 if digit else zeros + 1
        if place in (12, 4) and yuan // 10**place % 10**4:
            text += "万"
        if place == 8 and yuan >= 10**8:
            text += "亿"
    if yuan:
        text += "元"
    if jiao:
        text += ("零" if yuan and zeros else "") + numerals[jiao] + "角"
    if lone:
        text += ("零" if yuan and not jiao else "") + numerals[lone] + "分"
    if not jiao and not lone:
        text += "整" if yuan else "零元整"
    return ("负" if fen < 0 else "") + text


@given(amounts)
@example(10**14)
@example(-(10**14) - 100)
def test_capitals_agree_with_the_slow_speller(fen: int) -> None:
    assert capital(fen) == slow_capitals(fen)


@given(amounts)
def test_capitals_are_read_back(fen: int) -> None:
    assert parse_capital(capital(fen)) == fen


def test_all_amounts_below_two_hundred_yuan_are_different_and_read_back() -> None:
    spelt = {capital(fen): fen for fen in range(20_000)}
    assert len(spelt) == 20_000
    assert all(parse_capital(text) == fen for text, fen in spelt.items())


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("壹仟陆佰捌拾元叁角贰分", 168032),  # the rule's second way
        ("壹拾万零柒仟元伍角叁分", 10700053),
        ("壹拾万零柒仟元零伍角叁分", 10700053),
        ("壹拾亿零壹仟万元整", 10**11 + 10**9),
        ("人民币壹仟肆佰零玖元伍角整", 140950),
        ("伍角整", 50),
        ("负伍角正", -50),
        ("負伍角正", -50),
        ("壹佰圆正", 10000),
        ("貳萬參仟陸佰億圓整", 23600 * 10**10),
        ("叄元整", 300),
        (" 叁元整 ", 300),
    ],
)
def test_other_ways_that_the_rule_allows_are_read(written: str, fen: int) -> None:
    assert parse_capital(written) == fen


@pytest.mark.parametrize(
    "written",
    [
        "", "元", "整", "负", "人民币", "零", "零元", "零分", "负零元整", "壹元", "壹元零整",
        "壹佰零元整", "零壹元整", "壹仟壹元整", "壹万壹元整", "壹元零壹角", "壹元壹分", "壹元零角伍分",
        "壹分整", "壹元壹角零贰分", "壹佰壹佰元整", "壹拾壹佰元整", "壹亿壹亿元整", "拾元整", "壹壹元整",
        "一元整", "100元整", "壹元整整", "壹元伍角a", "壹仟万万元整", "壹分壹角", "万亿元整",
        "壹仟零零壹元整", "壹元整负", "人民币人民币壹元整", "壹万万万万万万元整", "壹角壹元整", "壹",
        "壹x元整",
        "壹拾壹万零壹仟元整", "壹亿零壹仟万元整",
    ],
)  # fmt: skip
def test_badly_written_capitals_are_refused(written: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_capital(written)
    assert code_of(refusal) == "money-not-capitals"
    assert refusal.value.problems[0].value == written


@given(st.text("零壹贰玖拾佰仟万亿元角分整负", max_size=14))
def test_what_is_read_was_well_written(written: str) -> None:
    try:
        fen = parse_capital(written)
    except BadInput:
        return
    assert capital(fen).replace("零", "").removesuffix("整") == written.replace("零", "").removesuffix("整")


@pytest.mark.parametrize("fen", [LARGEST + 1, -LARGEST - 1])
def test_amounts_beyond_the_numerals_are_refused(fen: int) -> None:
    with pytest.raises(BadInput) as refusal:
        capital(fen)
    assert code_of(refusal) == "money-too-large-for-capitals"
    assert refusal.value.problems[0].value == fen_to_yuan(fen)
