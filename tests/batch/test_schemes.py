"""Random notices: whatever the formulas and limits, a batch pays what the row engine pays."""

import tempfile
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.batch.kit import assert_same, examples
from tests.batch.schemes import load, schemes
from tests.batch.sets import sets

from keshi.problems import BadInput


def same(data: st.DataObject, *, paid: bool, items: int, people: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scheme = load(folder / "scheme", data.draw(schemes(paid=paid, items=items)))
        found = data.draw(sets(scheme, list(scheme.rules), people))
        try:
            assert_same(folder, found, scheme, with_item=items > 1)
        except BadInput as error:
            assume(all(problem.code != "batch-formula-too-large" for problem in error.problems))
            raise


@examples(70)
@given(data=st.data())
def test_random_formulas_and_limits(data: st.DataObject) -> None:
    same(data, paid=False, items=1, people=5)


@examples(35)
@given(data=st.data())
def test_formulas_that_read_history_see_earlier_grants(data: st.DataObject) -> None:
    same(data, paid=True, items=1, people=1)


@examples(35)
@given(data=st.data())
def test_items_of_one_scheme_limit_each_other(data: st.DataObject) -> None:
    same(data, paid=False, items=3, people=1)
