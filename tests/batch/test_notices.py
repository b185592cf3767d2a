"""Every notice: a batch pays what the row engine pays, class after class."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.batch.kit import assert_same, examples
from tests.batch.sets import sets

from keshi.scheme import find_scheme

NOTICES = ["yingkou-2020", "jinan-2020", "ankang-2020", "wuhai-2020", "shaoguan-2020"]


@pytest.mark.parametrize("notice", NOTICES)
@examples(15)
@given(data=st.data())
def test_a_batch_equals_the_row_engine(notice: str, data: st.DataObject) -> None:
    scheme = find_scheme(notice)
    item = data.draw(st.sampled_from(list(scheme.rules)))
    found = data.draw(sets(scheme, [item]))
    with tempfile.TemporaryDirectory() as folder:
        assert_same(Path(folder), found, scheme, yuan=data.draw(st.booleans()))


@examples(20)
@given(data=st.data())
def test_several_items_in_one_set_see_each_others_grants(data: st.DataObject) -> None:
    scheme = find_scheme("jinan-2020")
    found = data.draw(sets(scheme, ["enterprise-online", "enterprise-practical", "enterprise-induction"], 2))
    with tempfile.TemporaryDirectory() as folder:
        assert_same(Path(folder), found, scheme, with_item=True)
