"""Identity numbers, organisation codes, accounts and masks; every person and organisation here is made up."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.identity import (
    STANDARD_MASK,
    Mask,
    birth_date,
    candidates,
    check_bank_account,
    check_bank_card,
    check_bank_code,
    check_id_number,
    check_mobile,
    check_uscc,
    id_number_warnings,
    make_id_number,
    make_uscc,
    mask_id_number,
    normalise,
    sex,
)
from keshi.problems import BadInput, Problem

ID_CHARACTERS = "0123456789X"
USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

births = st.dates(date(1900, 1, 1), date(2099, 12, 31))
regions = st.text("0123456789", min_size=6, max_size=6)
id_numbers = st.builds(make_id_number, regions, births, st.integers(0, 999))
entities = st.text(USCC_CHARACTERS, min_size=8, max_size=8)
usccs = st.builds(
    make_uscc, regions, entities, registrar=st.sampled_from(["91", "92", "93", "12", "52", "A1", "N3", "Y1"])
)


def code(problem: Problem | None) -> str | None:
    """The problem's key, after seeing that both languages can say it."""
    if problem is None:
        return None
    assert problem.line("zh")
    assert problem.line("en")
    return problem.code


# Writing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("２１０８０２１９８５０２２８０１２１", "210802198502280121"),
        ("21080219850228012x", "21080219850228012X"),
        ("21080219850228012ｘ", "21080219850228012X"),
        (" 210802 19850228\u30000121\u00a0", "210802198502280121"),
        ("\u200b210802198502280121\ufeff\t\n", "210802198502280121"),
        ("６２２－８", "622-8"),
        ("中", "中"),
    ],
)
def test_writing_is_normalised_and_said_so(written: str, stored: str) -> None:
    assert normalise(written) == (stored, written != stored)


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once, changed = normalise(text)
    assert changed == (once != text)
    assert normalise(once) == (once, False)


@given(st.text("0123456789ABCXYZ-", max_size=20))
def test_clean_text_stays(text: str) -> None:
    assert normalise(text) == (text, False)


# Identity numbers ----------------------------------------------------------------------------------------


def slow_check_character(body: str) -> str:
    """ISO 7064 MOD 11-2 as the standard recurs it, digit by digit, without weights."""
    product = 0
    for digit in body:
        product = (product + int(digit)) * 2 % 11
    return ID_CHARACTERS[(12 - product) % 11]


@given(id_numbers)
def test_made_numbers_are_sound_by_the_recursive_rule(number: str) -> None:
    assert number[17] == slow_check_character(number[:17])
    assert check_id_number(number) is None


@given(id_numbers, st.data())
def test_one_wrong_check_character_is_told_the_right_one(number: str, data: st.DataObject) -> None:
    wrong = data.draw(st.sampled_from([c for c in ID_CHARACTERS if c != number[17]]))
    problem = check_id_number(number[:17] + wrong)
    assert code(problem) == "identity-id-check"
    assert problem is not None
    assert problem.text("zh") == f"身份证号校验位不符（末位应为 {number[17]}），请核对原件。"


@given(id_numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_never_accepted(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert code(check_id_number(wrong)) in {"identity-id-check", "identity-id-birth"}


@given(id_numbers, st.integers(0, 16))
def test_two_neighbours_swapped_are_never_accepted(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (check_id_number(swapped) is None) == (swapped == number)


def test_numbers_of_the_standard_and_of_residence_permits() -> None:
    assert check_id_number("11010519491231002X") is None  # the example that GB 11643 prints
    for prefix in ("810000", "820000", "830000", "931840", "944036"):
        assert check_id_number(make_id_number(prefix, date(1992, 6, 15), 7)) is None


def test_a_foreign_residents_card_is_judged_like_any_other() -> None:
    number = make_id_number("931840", date(1981, 8, 4), 312)
    assert number.startswith("93184019810804312")
    assert birth_date(number) == date(1981, 8, 4)
    assert sex(number) == "female"
    assert id_number_warnings(number) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("", "identity-id-missing"),
        ("\u3000 ", "identity-id-missing"),
        ("210802850228012", "identity-id-old"),
        ("２１０８０２８５０２２８０１２", "identity-id-old"),
        ("21080285022801X", "identity-id-length"),
        ("2108021985022801", "identity-id-length"),
        ("2108021985022801211", "identity-id-length"),
        ("21080219850228012A", "identity-id-characters"),
        ("2108021985O2280121", "identity-id-characters"),
        ("X10802198502280121", "identity-id-characters"),
        ("٢١٠٨٠٢١٩٨٥٠٢٢٨٠١٢١", "identity-id-characters"),
        ("210802198502300121", "identity-id-birth"),
        ("210802198513010121", "identity-id-birth"),
        ("210802198500010121", "identity-id-birth"),
        ("210802190002290121", "identity-id-birth"),
        ("210802189912310121", "identity-id-birth"),
        ("210802000001010121", "identity-id-birth"),
    ],
)
def test_what_is_wrong_with_a_number(number: str, expected: str) -> None:
    assert code(check_id_number(number)) == expected


def test_a_length_is_told() -> None:
    problem = check_id_number("2108021985022801")
    assert problem is not None
    assert problem.text("zh") == "身份证号应为 18 位，现为 16 位，请核对原件。"


def test_the_earliest_year_of_birth_and_leap_days() -> None:
    assert check_id_number(make_id_number("210802", date(1900, 1, 1), 1)) is None
    assert check_id_number(make_id_number("210802", date(2000, 2, 29), 1)) is None


def test_nobody_is_born_after_the_day_of_judging() -> None:
    number = make_id_number("210802", date(2004, 3, 8), 21)
    assert check_id_number(number) is None
    assert check_id_number(number, on=date(2004, 3, 8)) is None
    problem = check_id_number(number, on=date(2004, 3, 7))
    assert code(problem) == "identity-id-future"
    assert problem is not None
    assert "2004-03-07" in problem.text("zh")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert code(check_id_number(full_width, on=date(2004, 3, 7))) == "identity-id-future"


def test_a_number_is_judged_as_it_would_be_normalised() -> None:
    assert check_id_number(" 110105 19491231 002x") is None


@given(id_numbers, st.sampled_from(["0", "5", "X", "A"]), st.dates(date(1900, 1, 1), date(1950, 1, 1)))
def test_no_problem_shows_a_whole_number(number: str, last: str, on: date) -> None:
    for text in (number[:17] + last, number, number[:16] + last):
        problem = check_id_number(text, on=on)
        if problem is not None:
            assert problem.value == mask_id_number(text)
            assert text[5:16] not in problem.line("zh")


@given(regions, births, st.integers(0, 999))
def test_birth_date_and_sex_are_read_back(region: str, birth: date, seq: int) -> None:
    number = make_id_number(region, birth, seq)
    assert birth_date(number) == birth
    assert sex(number) == ("male" if seq % 2 else "female")
    assert birth_date(f" {number.lower()}") == birth


def test_nothing_is_read_from_an_unsound_number() -> None:
    for read in (birth_date, sex):
        with pytest.raises(BadInput) as refusal:
            read("210802198502280122")
        assert [p.code for p in refusal.value.problems] == ["identity-id-check"]


@pytest.mark.parametrize(
    ("prefix", "provinces"),
    [
        ("110101", None),
        ("610921", None),
        ("540102", None),
        ("830000", None),
        ("710000", None),
        ("931840", None),
        ("929840", "29"),
        ("160101", "16"),
        ("250101", "25"),
        ("000000", "00"),
        ("550101", "55"),
        ("840000", "84"),
        ("987840", "87"),
    ],
)
def test_an_unknown_province_is_a_warning_and_no_more(prefix: str, provinces: str | None) -> None:
    number = make_id_number(prefix, date(1980, 1, 1), 100)
    assert check_id_number(number) is None
    warnings = id_number_warnings(number)
    assert [code(w) for w in warnings] == (["identity-id-region"] if provinces else [])
    assert [w.params["province"] for w in warnings] == ([provinces] if provinces else [])
    assert [w.value for w in warnings] == ([mask_id_number(number)] if provinces else [])


def test_abolished_counties_of_known_provinces_are_not_even_warned_about() -> None:
    assert id_number_warnings(make_id_number("371202", date(1975, 5, 5), 5)) == []
    assert id_number_warnings(make_id_number("610928", date(1975, 5, 5), 5)) == []


def test_thirty_five_provinces_are_known() -> None:
    known = [
        p for p in range(100) if not id_number_warnings(make_id_number(f"{p:02d}0000", date(1980, 1, 1), 1))
    ]
    mainland = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    assert [p for p in known if p < 90] == [*itertools.chain(*mainland), 71, 81, 82, 83]


def test_an_unsound_number_is_not_warned_about_as_well() -> None:
    assert id_number_warnings("000000198502280121") == []


@pytest.mark.parametrize(
    ("prefix", "birth", "seq"),
    [
        ("21080", date(1985, 2, 28), 1),
        ("2108021", date(1985, 2, 28), 1),
        ("21080X", date(1985, 2, 28), 1),
        ("210802", date(1899, 12, 31), 1),
        ("210802", date(1985, 2, 28), -1),
        ("210802", date(1985, 2, 28), 1000),
    ],
)
def test_impossible_parts_make_no_number(prefix: str, birth: date, seq: int) -> None:
    with pytest.raises(BadInput) as refusal:
        make_id_number(prefix, birth, seq)
    assert [code(p) for p in refusal.value.problems] == ["identity-cannot-make"]


# Masks ---------------------------------------------------------------------------------------------------


def test_the_standard_mask_shows_first_four_and_last_two() -> None:
    assert mask_id_number("210802198502280121") == "2108************21"
    assert mask_id_number("11010519491231002X") == "1101************2X"
    assert mask_id_number("210802850228012") == "2108*********12"


@pytest.mark.parametrize("text", ["", "1", "13800138000", "21080219850228"])
def test_what_is_too_short_is_hidden_whole(text: str) -> None:
    assert mask_id_number(text) == "*" * len(text)


@given(id_numbers, st.sampled_from([(4, 2), (0, 0), (4, 0), (0, 2), (6, 2), (3, 3)]))
def test_a_mask_keeps_the_length_and_hides_the_middle(number: str, shown: tuple[int, int]) -> None:
    head, tail = shown
    masked = Mask(head, tail)(number)
    assert len(masked) == 18
    assert masked.count("*") == 18 - head - tail
    assert masked[:head] == number[:head]
    assert masked.endswith("*" + number[18 - tail :])


@pytest.mark.parametrize(
    ("head", "tail", "left"),
    [
        (4, 2, 15_938_182),
        (6, 4, 1_594),
        (10, 4, 33),
        (6, 2, 159_382),
        (6, 0, 17_532_000),
        (5, 2, 1_593_818),
        (3, 2, 159_381_818),
        (2, 2, 453_281_891),
        (0, 0, 49_861_008_000),
        (4, 4, 159_382),
        (4, 5, 15_273),  # the day's last digit shown: only 1 680 days of 17 532 end in 0
        (10, 0, 365_000),
        (14, 4, 1),
        (14, 3, 1),
        (14, 0, 1_000),
        (18, 0, 1),
        (0, 18, 1),
        (0, 12, 259),
        (9, 9, 1),
    ],
)
def test_candidates_are_counted(head: int, tail: int, left: int) -> None:
    assert candidates(head, tail) == left


def test_candidates_by_listing_every_number_that_agrees() -> None:
    """Region and half of the date shown: write all numbers of the window and count the least lucky group."""
    groups: dict[str, int] = {}
    first = date(1960, 1, 1)
    for day, seq in itertools.product(range(17_532), ("000", "001", "002")):
        born = f"{first + timedelta(days=day):%Y%m%d}"
        groups[born[:4] + seq] = groups.get(born[:4] + seq, 0) + 1
    assert min(groups.values()) == 365
    in_a_group = [
        sum(
            make_id_number("210802", date(1985, 1, 1) + timedelta(days=day), 12)[17] == check
            for day in range(365)
        )
        for check in ID_CHARACTERS
    ]
    assert sum(in_a_group) == 365
    assert max(in_a_group) - candidates(10, 4) < 5
    assert candidates(10, 4) - min(in_a_group) < 5


@pytest.mark.parametrize("head", range(18))
def test_showing_more_never_leaves_more(head: int) -> None:
    for tail in range(18 - head):
        assert candidates(head + 1, tail) <= candidates(head, tail)
        assert candidates(head, tail + 1) <= candidates(head, tail)


@pytest.mark.parametrize(("head", "tail"), [(6, 4), (10, 4), (4, 5), (0, 8), (17, 1), (0, 18)])
def test_a_mask_that_hides_too_little_is_refused(head: int, tail: int) -> None:
    with pytest.raises(BadInput) as refusal:
        Mask(head, tail)
    (problem,) = refusal.value.problems
    assert code(problem) == "identity-mask-too-open"
    assert problem.params["left"] == candidates(head, tail) < 100_000
    assert str(candidates(head, tail)) in problem.text("zh")


@pytest.mark.parametrize(("head", "tail"), [(4, 2), (6, 2), (4, 4), (0, 0), (6, 0)])
def test_a_mask_that_hides_enough_is_taken(head: int, tail: int) -> None:
    assert candidates(head, tail) >= 100_000
    assert Mask(head, tail) == Mask(head, tail)
    assert (Mask(head, tail) == STANDARD_MASK) == ((head, tail) == (4, 2))


@pytest.mark.parametrize(("head", "tail"), [(-1, 2), (4, -1), (10, 9), (19, 0)])
def test_impossible_masks_are_refused(head: int, tail: int) -> None:
    for make in (Mask, candidates):
        with pytest.raises(BadInput) as refusal:
            make(head, tail)
        assert [code(p) for p in refusal.value.problems] == ["identity-mask-impossible"]


# Organisations -------------------------------------------------------------------------------------------


def slow_outer_check(body: str) -> str:
    """The one character that makes the weighted sum with it a multiple of 31."""
    fits = []
    for candidate in USCC_CHARACTERS:
        weight, total = 1, 0
        for character in body:
            total += USCC_CHARACTERS.index(character) * weight
            weight = weight * 3 % 31
        if (total + USCC_CHARACTERS.index(candidate)) % 31 == 0:
            fits.append(candidate)
    (only,) = fits
    return only


def slow_inner_check(entity: str) -> str:
    values = [ord(c) - ord("0") if c.isdigit() else ord(c) - ord("A") + 10 for c in entity]
    total = sum(v * w for v, w in zip(values, [3, 7, 9, 10, 5, 8, 4, 2], strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@given(usccs)
def test_made_codes_are_sound_by_both_check_characters(uscc: str) -> None:
    assert uscc[16] == slow_inner_check(uscc[8:16])
    assert uscc[17] == slow_outer_check(uscc[:17])
    assert check_uscc(uscc) is None


def test_the_example_printed_in_the_standard_is_sound() -> None:
    assert check_uscc("91350100M000100Y43") is None
    assert make_uscc("350100", "M000100Y") == "91350100M000100Y43"


def test_made_codes_reach_every_inner_check_character() -> None:
    assert {make_uscc("210802", f"{n:08d}")[16] for n in range(200)} == set(ID_CHARACTERS)


@given(usccs, st.integers(8, 17), st.integers(1, 30))
def test_one_wrong_character_is_never_accepted(uscc: str, place: int, shift: int) -> None:
    other = USCC_CHARACTERS[(USCC_CHARACTERS.index(uscc[place]) + shift) % 31]
    wrong = uscc[:place] + other + uscc[place + 1 :]
    expected = (
        {"identity-uscc-check"} if place == 17 else {"identity-uscc-inner-check", "identity-uscc-check"}
    )
    assert code(check_uscc(wrong)) in expected


@pytest.mark.parametrize(
    ("uscc", "expected"),
    [
        ("", "identity-uscc-missing"),
        ("91350100M000100Y4", "identity-uscc-length"),
        ("91350100M000100Y433", "identity-uscc-length"),
        ("91350100I000100Y43", "identity-uscc-characters"),
        ("91350100O000100Y43", "identity-uscc-characters"),
        ("91350100S000100Y43", "identity-uscc-characters"),
        ("91350100V000100Y43", "identity-uscc-characters"),
        ("91350100Z000100Y43", "identity-uscc-characters"),
        ("9135010AM000100Y43", "identity-uscc-characters"),
        ("B1350100M000100Y43", "identity-uscc-registrar"),
        ("94350100M000100Y43", "identity-uscc-registrar"),
        ("Y2350100M000100Y43", "identity-uscc-registrar"),
        ("91350100M000100Y53", "identity-uscc-inner-check"),
        ("91350100M000100Y44", "identity-uscc-check"),
        ("91350101M000100Y43", "identity-uscc-check"),
    ],
)
def test_what_is_wrong_with_a_code(uscc: str, expected: str) -> None:
    assert code(check_uscc(uscc)) == expected


def test_the_expected_check_character_of_a_code_is_named() -> None:
    problem = check_uscc("91350100M000100Y44")
    assert problem is not None
    assert "末位应为 3" in problem.text("zh")


def test_a_code_is_judged_as_it_would_be_normalised() -> None:
    assert check_uscc("９１350100 m000100y43") is None


@pytest.mark.parametrize(
    ("region", "entity", "registrar"),
    [
        ("35010", "M000100Y", "91"),
        ("350100", "M000100", "91"),
        ("350100", "M000100YY", "91"),
        ("350100", "M000100I", "91"),
        ("35010A", "M000100Y", "91"),
        ("350100", "M000100Y", "9"),
        ("350100", "M000100Y", "B1"),
        ("350100", "M000100Y", "97"),
        ("35010", "0M000100Y", "91"),
    ],
)
def test_impossible_parts_make_no_code(region: str, entity: str, registrar: str) -> None:
    with pytest.raises(BadInput) as refusal:
        make_uscc(region, entity, registrar=registrar)
    assert [code(p) for p in refusal.value.problems] == ["identity-cannot-make"]


# Phones and accounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["13000000000", "19912345678", "１３０００００００００", "130 0000 0000"])
def test_mobile_numbers(text: str) -> None:
    assert check_mobile(text) is None


@pytest.mark.parametrize(
    "text", ["", "12000000000", "1300000000", "130000000000", "+8613000000000", "0417-2800000"]
)
def test_what_is_no_mobile_number(text: str) -> None:
    assert code(check_mobile(text)) == "identity-mobile"


def slow_luhn(body: str) -> str:
    table = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    total = sum(table[int(d)] if n % 2 == 0 else int(d) for n, d in enumerate(reversed(body)))
    return str(-total % 10)


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(1, 9))
def test_card_numbers_by_luhn(body: str, shift: int) -> None:
    check = slow_luhn(body)
    assert check_bank_card(body + check) is None
    assert check_bank_card(f" {body[:4]} {body[4:]}{check}") is None
    assert code(check_bank_card(body + str((int(check) + shift) % 10))) == "identity-card-check"


@pytest.mark.parametrize("text", ["", "00000000000", "0" * 20, "6222-0000-0000-0000", "622200000000000X"])
def test_what_is_no_card_number(text: str) -> None:
    assert code(check_bank_card(text)) == "identity-card-shape"


@pytest.mark.parametrize("text", ["12345678", "1" * 30, "0417-0001-2345", "１２３４５６７８"])
def test_company_accounts(text: str) -> None:
    assert check_bank_account(text) is None


@pytest.mark.parametrize(
    "text", ["", "1234567", "1" * 31, "-12345678", "12345678-", "1234--5678", "1234567A", "--------"]
)
def test_what_is_no_company_account(text: str) -> None:
    assert code(check_bank_account(text)) == "identity-account-shape"


def test_phones_and_accounts_are_never_shown() -> None:
    problems = [
        check_mobile("12000000000"),
        check_bank_card("622200000000"),
        check_bank_card("1"),
        check_bank_account("1"),
    ]
    assert all(problem is not None and problem.value is None and not problem.params for problem in problems)


# Head offices' codes, as the banks publish them.
@pytest.mark.parametrize(
    "text",
    ["102100099996", "103100000026", "104100000004", "105100000017", "403100000004", "１０３100000026"],
)
def test_bank_codes(text: str) -> None:
    assert check_bank_code(text) is None


@given(st.text("0123456789", min_size=11, max_size=11))
def test_exactly_one_check_digit_fits_a_bank_code(body: str) -> None:
    problems = {digit: check_bank_code(body + digit) for digit in "0123456789"}
    (fits,) = (digit for digit, problem in problems.items() if problem is None)
    for digit, problem in problems.items():
        if digit != fits:
            assert code(problem) == "identity-bank-code-check"
            assert problem is not None
            assert problem.params["expected"] == fits
            assert problem.value == body + digit


@pytest.mark.parametrize("text", ["", "10210009999", "1021000999960", "10210009999X"])
def test_what_is_no_bank_code(text: str) -> None:
    problem = check_bank_code(text)
    assert code(problem) == "identity-bank-code-shape"
    assert problem is not None
    assert problem.value == text
