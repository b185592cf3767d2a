"""How names, numbers, phones and accounts are written, masked and indexed before they are sealed."""

import re
import unicodedata

from keshi.identity import normalise
from keshi_web.common.crypto import blind_index

_DOTS = str.maketrans(dict.fromkeys("•‧∙・．.●", "·"))
_BUCKET = 2
"""Bytes of a name's index: 65 536 values, so that in a vault of a million some fifteen names share one."""


def normal_name(text: str) -> str:
    """A name as it is compared: compatible characters alike, one kind of dot, no stray spaces.

    Chinese names lose all spaces (测　试 is 测试); other ones keep single spaces between their words.
    """
    clean = " ".join(unicodedata.normalize("NFKC", text).translate(_DOTS).split())
    return clean if re.search("[A-Za-z]", clean) else clean.replace(" ", "")


def normal_number(text: str) -> str:
    """An identity number, phone or account as it is compared."""
    return normalise(text)[0]


def masked_name(name: str) -> str:
    """The first character and two stars, however long the name is."""
    return f"{name[:1]}**"


def name_bucket(name: str) -> int:
    """The short index of a name."""
    return int.from_bytes(blind_index("person.name", normal_name(name), size=_BUCKET), "big")


def id_number_index(number: str) -> bytes:
    """The index of an identity number."""
    return blind_index("person.id_number", normal_number(number))


def phone_index(phone: str) -> bytes:
    """The index of a phone."""
    return blind_index("person.phone", normal_number(phone))


def account_index(number: str) -> bytes:
    """The index of a bank account."""
    return blind_index("person.bank_account", normal_number(number))
