"""The packs of the five notices agree with a second reading of the notices, on thousands of random classes."""

import random

import pytest

from keshi.case import read_case
from keshi.scheme import load_scheme, scheme_root
from keshi.settlement import settle
from settlement.chance import random_case
from settlement.reference import NOTICES, Person, settled

PAIRS = [(scheme, item) for scheme, (_, items) in NOTICES.items() for item in items]
CLASSES = {"jinan-2020": 120}


@pytest.mark.parametrize(("scheme", "item"), PAIRS, ids=[f"{scheme} {item}" for scheme, item in PAIRS])
def test_the_pack_pays_what_the_notice_says(scheme, item):
    folder = scheme_root() / scheme
    loaded = load_scheme(folder)
    chance = random.Random(f"{scheme} {item}")
    seen = []
    for _ in range(CLASSES.get(scheme, 400)):
        raw = random_case(chance, scheme, item)
        result = settle(read_case(raw), loaded)
        found = [Person(p.eligible, p.amount, p.advance, p.class_hours) for p in result.trainees]
        assert found == settled(raw, folder), raw
        seen += found
    # the comparison is worth something only when all kinds of outcome are met
    assert sum(p.eligible for p in seen) > len(seen) / 60
    assert sum(not p.eligible for p in seen) > len(seen) / 25
    assert len({p.amount for p in seen}) > 1
    assert any(p.eligible and p.amount == 0 for p in seen)
