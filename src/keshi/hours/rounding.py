"""From minutes to class hours (课时): a sum is rounded, never its parts."""

from fractions import Fraction
from typing import Literal

from keshi.problems import BadInput, Problem


def class_hours(minutes: Fraction | int, minutes_per_hour: int, remainder: Literal["drop"] | int) -> int:
    """Whole class hours in a sum of minutes.

    `remainder` says what a broken hour is worth: "drop" for nothing, or the least minutes that make it a
    whole one. Three videos of 50 minutes at 40 minutes an hour with remainder 20 are four hours
    (150 = 3 × 40 + 30), not three.

    Raises:
        BadInput: for negative minutes, an hour without length, a remainder outside 1 … minutes_per_hour - 1.
    """
    problems = []
    if minutes < 0:
        problems.append(Problem("hours-minutes-negative", "minutes", str(minutes)))
    if minutes_per_hour < 1:
        problems.append(Problem("hours-hour-empty", "minutes_per_hour", str(minutes_per_hour)))
    elif remainder != "drop" and not 0 < remainder < minutes_per_hour:
        problems.append(
            Problem("hours-remainder-outside", "remainder", str(remainder), {"most": minutes_per_hour - 1})
        )
    if problems:
        raise BadInput(problems)
    whole, rest = divmod(minutes, minutes_per_hour)
    return whole + (remainder != "drop" and rest >= remainder)
