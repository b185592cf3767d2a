"""The rules of a beat, of checks, starts and ends, each at its boundary."""

import pytest

import keshi.hours

from .cases import CASES, Case, differences


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answers_are_as_written(case: Case) -> None:
    assert differences(keshi.hours, case) == []
