"""People and organisations that do not exist, with sound numbers."""

from datetime import date, timedelta

from keshi.identity import make_id_number, make_uscc

USCC = make_uscc("440203", "MA4TEXTA")


def id_number(n: int = 0) -> str:
    """The ID number of synthetic person `n`; different for every n up to some millions."""
    return make_id_number("440203", date(1970, 1, 1) + timedelta(days=n % 10_000), n // 10_000)


def id_number_ending_in_x() -> str:
    return next(number for number in map(id_number, range(200)) if number.endswith("X"))


FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
"""The digits as a Chinese input method writes them."""
