"""Numbers that identify people, organisations and accounts: read, judged, masked, and made up for tests.

A check answers a `Problem` or None and never raises; it judges the text as `normalise` would leave it, so a
caller that stores the text must store the normalised one. What a Problem shows of an identity number is
masked; phones and accounts are not shown at all.

Sources: GB 11643-1999 (citizen identity number, check digit by ISO 7064 MOD 11-2), the rules of the 2023
foreign permanent resident card, GB 32100-2015 with amendment 1 (unified social credit code), GB 11714-1997
(organisation code), ISO/IEC 7812-1 (Luhn), GB/T 17710 (MOD 11,10 for bank codes).
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, lru_cache
from typing import Literal

from keshi.money import round_half_up
from keshi.problems import BadInput, Problem

# ---------------------------------------------------------------------------------------------------------
# Writing

_PLAIN = re.compile(r"[0-9A-Z-]*")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_HALF_WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, _INVISIBLE), None),
}


def normalise(text: str) -> tuple[str, bool]:
    """The number as it should be stored, and whether that differs from what was written.

    Full-width characters become half-width, white space of every kind (also inside, also U+3000, no-break
    and zero-width) goes, letters become capitals.
    """
    if _PLAIN.fullmatch(text):
        return text, False
    clean = "".join(text.translate(_HALF_WIDTH).split()).upper()
    return clean, clean != text


# ---------------------------------------------------------------------------------------------------------
# Identity numbers

_ID_SHAPE = re.compile(r"([0-9]{3})([0-9]{3})([0-9]{8})([0-9]{3})([0-9X])")
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECK = "10X98765432"
"""Check character by the weighted sum of the 17 digits modulo 11."""
_EARLIEST_BIRTH_YEAR = 1900

_PROVINCES_BY_AREA = {
    "1": "12345",
    "2": "123",
    "3": "1234567",
    "4": "123456",
    "5": "01234",
    "6": "12345",
    "7": "1",
    "8": "123",
}
"""GB/T 2260 provinces; 81, 82, 83 are residence permits for people from Hong Kong, Macau and Taiwan."""


def _weighted(digits: str, start: int = 0) -> int:
    """Weighted sum of digits whose first one stands at place `start` (from 0) of the number."""
    return sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS[start:], strict=False))


# A roster repeats its regions, birthdays and sequence numbers, so each part is weighed once.
@cache
def _three_weight(digits: str, start: int) -> int:
    return _weighted(digits, start)


@lru_cache(maxsize=1 << 16)
def _birth_weight(digits: str) -> tuple[int, date | None]:
    """Weight of the eight birth digits, and the day they name if it is a real one that counts."""
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return 0, None
    return _weighted(digits, 6), birth if birth.year >= _EARLIEST_BIRTH_YEAR else None


def check_id_number(text: str, *, on: date | None = None) -> Problem | None:
    """What is wrong with an identity number, or None.

    Judged are the 18 characters, the birth date (a real day, 1900 or later, not after `on`) and the check
    character. The region code is not: it is that of the year of issue and may have been abolished since (see
    `id_number_warnings`). The 18-digit card of foreign permanent residents (first digit 9, then 2 digits of
    where it was applied for, 3 of nationality, 8 of birth, 3 of sequence) has birth date and check digit in
    the same places and is judged alike. Old 15-digit numbers get a message of their own.

    Problem codes: identity-id-missing, -id-old, -id-length, -id-characters, -id-birth, -id-future, -id-check.
    """
    shape = _ID_SHAPE.fullmatch(text)
    if shape is None:
        clean, changed = normalise(text)
        if changed:
            return check_id_number(clean, on=on)
        return _misshapen_id(clean)
    region, county, born, sequence, check = shape.groups()
    birth_weight, birth = _birth_weight(born)
    if birth is None:
        return Problem("identity-id-birth", value=mask_id_number(text))
    if on is not None and birth > on:
        return Problem("identity-id-future", value=mask_id_number(text), params={"on": on.isoformat()})
    weight = _three_weight(region, 0) + _three_weight(county, 3) + birth_weight + _three_weight(sequence, 14)
    expected = _ID_CHECK[weight % 11]
    if check != expected:
        return Problem("identity-id-check", value=mask_id_number(text), params={"expected": expected})
    return None


def _misshapen_id(clean: str) -> Problem:
    if not clean:
        return Problem("identity-id-missing")
    value = mask_id_number(clean)
    if re.fullmatch("[0-9]{15}", clean):
        return Problem("identity-id-old", value=value)
    if len(clean) != 18:
        return Problem("identity-id-length", value=value, params={"length": len(clean)})
    return Problem("identity-id-characters", value=value)


def id_number_warnings(text: str) -> list[Problem]:
    """What a person should look at in a number that may well be right: an unknown province code.

    Never a reason to refuse. Empty for a text that `check_id_number` refuses, so nothing is said twice.
    """
    clean, _ = normalise(text)
    if check_id_number(clean) is not None:
        return []
    province = clean[1:3] if clean[0] == "9" else clean[:2]
    if province[1] in _PROVINCES_BY_AREA.get(province[0], ""):
        return []
    return [Problem("identity-id-region", value=mask_id_number(clean), params={"province": province})]


def _sound_id(text: str) -> str:
    clean, _ = normalise(text)
    problem = check_id_number(clean)
    if problem is not None:
        raise BadInput(problem)
    return clean


def birth_date(text: str) -> date:
    """The birth date in an identity number. Raises BadInput when `check_id_number` finds a problem."""
    clean = _sound_id(text)
    return date(int(clean[6:10]), int(clean[10:12]), int(clean[12:14]))


def sex(text: str) -> Literal["male", "female"]:
    """The sex in an identity number: an odd 17th digit is male. Raises BadInput for an unsound number."""
    return "male" if int(_sound_id(text)[16]) % 2 else "female"


def make_id_number(prefix6: str, birth: date, seq: int) -> str:
    """A sound number for a synthetic person: six digits of region, a birth date, a sequence of 0..999.

    Raises:
        BadInput: a part that no number can hold.
    """
    if not re.fullmatch("[0-9]{6}", prefix6) or not 0 <= seq <= 999 or birth.year < _EARLIEST_BIRTH_YEAR:
        raise BadInput(Problem("identity-cannot-make", value=f"{prefix6} {birth.isoformat()} {seq}"))
    body = f"{prefix6}{birth:%Y%m%d}{seq:03d}"
    return body + _ID_CHECK[_weighted(body, 0) % 11]


# ---------------------------------------------------------------------------------------------------------
# Masks

_ID_LENGTH = 18
_FEWEST_CANDIDATES = 100_000
_COUNTIES = 2_844
"""County-level units of the country at the end of 2020: no region code hides among more."""
_FIRST_WORKING_BIRTH = date(1960, 1, 1)
_WORKING_DAYS = 17_532
"""Birth dates of 48 years (1960 to 2007), about as many as are of working age at one time."""
_FEWEST_HIDDEN = 9
"""A text with fewer hidden characters than the standard mask leaves of a 15-digit number is hidden whole."""


@cache
def _births_alike(head: int, tail: int) -> int:
    """The fewest working-age birthdays alike in the first `head` and last `tail` of their eight digits."""
    if head == tail == 0:
        return _WORKING_DAYS
    days = (_FIRST_WORKING_BIRTH + timedelta(days=day) for day in range(_WORKING_DAYS))
    written = (f"{day:%Y%m%d}" for day in days)
    return min(Counter((born[:head], born[max(0, 8 - tail) :]) for born in written).values())


def candidates(head: int, tail: int) -> int:
    """How many sound identity numbers share the characters shown when the first `head` and last `tail` stay.

    Counted as an attacker would, who knows that the person is of working age:

    - region: every hidden digit of the six has ten possibilities, but the country has only 2 844 counties;
    - birth: the days of 48 years (17 532) whose digits agree with those shown, for the birthday that shares
      them with the fewest others, since a mask has to protect that person too;
    - sequence: ten possibilities for every hidden digit of the three;
    - the check character, when shown, rules out ten of eleven.

    First 4 and last 2 leave 100 · 17 532 · 100 / 11 = 15 938 182, first 6 and last 4 leave 17 532 / 11 =
    1 594, month and day alone hidden (first 10, last 4) leave 365 / 11 = 33. The quotient is rounded half up.

    Raises:
        BadInput: a negative count, or more than 18 characters shown.
    """
    if head < 0 or tail < 0 or head + tail > _ID_LENGTH:
        raise BadInput(Problem("identity-mask-impossible", value=f"{head}+{tail}"))
    hidden_to = _ID_LENGTH - tail

    def hidden_between(start: int, end: int) -> int:
        return max(0, min(end, hidden_to) - max(start, head))

    regions = min(10 ** hidden_between(0, 6), _COUNTIES)
    sequences = 10 ** hidden_between(14, 17)
    births = _births_alike(max(0, head - 6), max(0, tail - 4))
    return max(1, round_half_up(Fraction(regions * births * sequences, 11 if tail else 1)))


@dataclass(frozen=True, slots=True)
class Mask:
    """Shows the first `head` and last `tail` characters of an identity number.

    Raises:
        BadInput: on construction, when fewer than 100 000 people could be meant (`candidates`).
    """

    head: int
    tail: int

    def __post_init__(self) -> None:
        left = candidates(self.head, self.tail)
        if left < _FEWEST_CANDIDATES:
            params = {"head": self.head, "tail": self.tail, "left": left, "fewest": _FEWEST_CANDIDATES}
            raise BadInput(Problem("identity-mask-too-open", value=f"{self.head}+{self.tail}", params=params))

    def __call__(self, text: str) -> str:
        """The masked text, as long as the text; all hidden when it is too short to be an identity number."""
        hidden = len(text) - self.head - self.tail
        if hidden < _FEWEST_HIDDEN:
            return "*" * len(text)
        return text[: self.head] + "*" * hidden + text[len(text) - self.tail :]


STANDARD_MASK = Mask(4, 2)
"""The one mask of pages, files, mails, filters and logs."""


def mask_id_number(text: str) -> str:
    """The standard mask: first 4 and last 2 characters of an identity number, the rest hidden."""
    return STANDARD_MASK(text)


# ---------------------------------------------------------------------------------------------------------
# Organisations

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_SHAPE = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_REGISTRARS = {
    "1": "1239",  # 机构编制
    "2": "19",  # 外交
    "3": "123459",  # 司法行政
    "4": "19",  # 文化
    "5": "1239",  # 民政
    "6": "129",  # 旅游
    "7": "129",  # 宗教
    "8": "19",  # 工会
    "9": "1239",  # 工商: 企业, 个体工商户, 农民专业合作社, and 9, which the others have
    "A": "19",  # 中央军委改革和编制办公室
    "N": "1239",  # 农业
    "Y": "1",  # 其他
}
"""Classes of organisation by registrar, with amendment 1."""


def _organisation_check(body: str) -> str:
    # GB 11714 counts letters without gaps (A = 10 … Z = 35), unlike the code it is now part of.
    total = sum(
        int(character, 36) * weight for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0X987654321"[total % 11]


def _uscc_check(body: str) -> str:
    total = sum(
        _USCC_VALUE[character] * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True)
    )
    return _USCC_ALPHABET[-total % 31]


def check_uscc(text: str) -> Problem | None:
    """What is wrong with a unified social credit code, or None.

    Judged are the 18 characters (no I, O, S, V, Z), registrar and class, the organisation code's own check
    character (place 17) and the outer one (place 18). The region is not: codes keep that of registration.

    Problem codes: identity-uscc-missing, -uscc-length, -uscc-characters, -uscc-registrar, -uscc-inner-check,
    -uscc-check.
    """
    clean, _ = normalise(text)
    if not clean:
        return Problem("identity-uscc-missing")
    if len(clean) != 18:
        return Problem("identity-uscc-length", value=clean, params={"length": len(clean)})
    if not _USCC_SHAPE.fullmatch(clean):
        return Problem("identity-uscc-characters", value=clean)
    if clean[1] not in _REGISTRARS.get(clean[0], ""):
        return Problem("identity-uscc-registrar", value=clean, params={"registrar": clean[:2]})
    if clean[16] != _organisation_check(clean[8:16]):
        return Problem("identity-uscc-inner-check", value=clean)
    if clean[17] != _uscc_check(clean[:17]):
        return Problem("identity-uscc-check", value=clean, params={"expected": _uscc_check(clean[:17])})
    return None


def make_uscc(region6: str, entity8: str, *, registrar: str = "91") -> str:
    """A sound code for a synthetic organisation; `entity8` is its organisation code but for the check.

    Raises:
        BadInput: a part that no code can hold.
    """
    body = f"{registrar}{region6}{entity8}"
    lengths = (len(registrar), len(region6), len(entity8))
    if (
        lengths != (2, 6, 8)
        or not _USCC_SHAPE.fullmatch(body + "00")
        or registrar[1] not in _REGISTRARS.get(registrar[0], "")
    ):
        raise BadInput(Problem("identity-cannot-make", value=f"{registrar} {region6} {entity8}"))
    body += _organisation_check(entity8)
    return body + _uscc_check(body)


# ---------------------------------------------------------------------------------------------------------
# Phones and accounts: never shown, so their problems carry no value


def check_mobile(text: str) -> Problem | None:
    """What is wrong with a mobile number of the mainland (11 digits, 13x to 19x, without +86), or None."""
    clean, _ = normalise(text)
    return None if re.fullmatch("1[3-9][0-9]{9}", clean) else Problem("identity-mobile")


def check_bank_card(text: str) -> Problem | None:
    """What is wrong with a person's card number (12 to 19 digits, Luhn), or None.

    Company accounts often have no Luhn digit: use `check_bank_account` for them.
    """
    clean, _ = normalise(text)
    if not re.fullmatch("[0-9]{12,19}", clean):
        return Problem("identity-card-shape")
    doubled = [divmod(2 * int(digit), 10) for digit in clean[-2::-2]]
    total = sum(map(int, clean[::-2])) + sum(tens + ones for tens, ones in doubled)
    return None if total % 10 == 0 else Problem("identity-card-check")


def check_bank_account(text: str) -> Problem | None:
    """What is wrong with a company's account number, or None.

    Banks agree on nothing but digits, so: 8 to 30 characters, digits with single dashes between them.
    """
    clean, _ = normalise(text)
    sound = 8 <= len(clean) <= 30 and re.fullmatch("[0-9]+(?:-[0-9]+)*", clean)
    return None if sound else Problem("identity-account-shape")


def check_bank_code(text: str) -> Problem | None:
    """What is wrong with a bank's code in the payment system (支付系统行号, 联行号), or None.

    12 digits: 3 of the bank, 4 of the place, 4 of the branch and a check digit by MOD 11,10 of GB/T 17710
    (ISO 7064). The code is public, so it is shown.
    """
    clean, _ = normalise(text)
    if not re.fullmatch("[0-9]{12}", clean):
        return Problem("identity-bank-code-shape", value=clean)
    product = 10
    for digit in clean[:11]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    expected = str((11 - product) % 10)
    if clean[11] != expected:
        return Problem("identity-bank-code-check", value=clean, params={"expected": expected})
    return None
