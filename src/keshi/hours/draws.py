"""Where the secret thresholds of the checks of presence come from: a keyed draw, or the record of one."""

import hmac
from collections.abc import Callable, Sequence

Draw = Callable[[int], int]
"""Gives the n-th threshold of a person (n from 0) in credited milliseconds."""


def keyed_draw(seed: bytes, person: str, after_ms: tuple[int, int]) -> Draw:
    """Thresholds from `after_ms[0]` to `after_ms[1]`, both included; nobody without the seed foresees them.

    HMAC-SHA256 of number and person: the same seed gives the same thresholds, so a draw can be proved later.
    """
    least, most = after_ms

    def draw(number: int) -> int:
        digest = hmac.digest(seed, f"{number}:{person}".encode(), "sha256")
        # 256 bits onto less than a million values: the bias of the remainder is beyond any use.
        return least + int.from_bytes(digest, "big") % (most - least + 1)

    return draw


def recorded_draw(thresholds_ms: Sequence[int], most_ms: int) -> Draw:
    """The thresholds a log has recorded, in order.

    After the last recorded one the longest stretch the rules allow is assumed: our own log never gets there,
    and a log that leaves checks out does not escape them.
    """

    def draw(number: int) -> int:
        return thresholds_ms[number] if number < len(thresholds_ms) else most_ms

    return draw
