"""What must hold whatever the class: no negative money, no amount above its ceiling, no favour by order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.case import read_case
from keshi.problems import BadInput
from keshi.scheme import load_scheme, scheme_root
from keshi.settlement import settle
from settlement.chance import random_case
from settlement.reference import NOTICES
from support import schemes
from support.cases import award, case
from support.schemes import item, limit

PACKS = {scheme: load_scheme(scheme_root() / scheme) for scheme in NOTICES}
PAIRS = [(scheme, item_id) for scheme, (_, items) in NOTICES.items() for item_id in items]
seeds = st.integers(0, 10**6)


def drawn(pair, seed):
    scheme, item_id = pair
    return random_case(random.Random(f"{scheme} {item_id} {seed}"), scheme, item_id)


def settled(raw):
    return settle(read_case(raw), PACKS[raw["scheme"]])


@given(st.sampled_from(PAIRS), seeds)
def test_nobody_gets_less_than_nothing_and_totals_are_sums(pair, seed):
    result = settled(drawn(pair, seed))
    assert all(person.amount >= 0 and person.advance >= 0 for person in result.trainees)
    assert all(person.amount == 0 for person in result.trainees if not person.eligible)
    assert result.amount == sum(person.amount for person in result.trainees)
    assert result.payable == result.amount - sum(person.advance for person in result.trainees)


@given(seeds)
def test_shaoguan_never_pays_more_than_a_thousand_a_year(seed):
    raw = drawn(("shaoguan-2020", "on-the-job"), seed)
    year = raw["class"]["ends_on"][:4]
    for person, row in zip(settled(raw).trainees, raw["trainees"], strict=True):
        had = sum(
            round(float(h["amount"]) * 100)
            for h in row["history"]
            if h["scheme"] == "shaoguan-2020" and h["ended_on"][:4] == year
        )
        assert person.amount <= max(0, 100_000 - had)


@given(seeds, st.integers(0, 4_000), st.integers(0, 600))
def test_shaoguan_never_pays_less_for_more_minutes(seed, minutes, more):
    raw = drawn(("shaoguan-2020", "on-the-job"), seed)
    paid = []
    for learnt in (minutes, minutes + more):
        for row in raw["trainees"]:
            row["minutes"] = learnt
        paid.append([person.amount for person in settled(raw).trainees])
    assert all(less <= plenty for less, plenty in zip(*paid, strict=True))


@given(st.sampled_from(PAIRS), seeds, st.permutations(range(3)))
def test_the_order_of_the_roster_favours_nobody(pair, seed, order):
    raw = drawn(pair, seed)
    plain = settled(raw)
    raw["trainees"] = [raw["trainees"][place] for place in order]
    moved = settled(raw)
    assert moved.trainees == tuple(plain.trainees[place] for place in order)
    assert moved.findings == plain.findings


@given(st.sampled_from(PAIRS), seeds)
def test_everybody_gets_the_same_in_a_class_of_their_own(pair, seed):
    raw = drawn(pair, seed)
    together = settled(raw).trainees
    for place, row in enumerate(raw["trainees"]):
        assert settled({**raw, "trainees": [row]}).trainees == (together[place],)


@given(st.sampled_from(PAIRS), seeds, seeds)
def test_a_longer_past_never_pays_more(pair, seed, other):
    raw = drawn(pair, seed)
    before = [person.amount for person in settled(raw).trainees]
    for row, donor in zip(raw["trainees"], drawn(pair, other)["trainees"], strict=True):
        row["history"] = row["history"] + donor["history"]
    after = [person.amount for person in settled(raw).trainees]
    assert all(now <= then for now, then in zip(after, before, strict=True))


@given(st.sampled_from(PAIRS), seeds)
def test_settling_again_gives_the_same_receipt(pair, seed):
    assert settled(drawn(pair, seed)) == settled(drawn(pair, seed))


@given(st.sampled_from(PAIRS), seeds, st.sampled_from(["null", "absent"]), st.integers(0, 60))
def test_a_fact_that_is_taken_away_never_pays_more(pair, seed, how, place):
    """Nothing is assumed in anybody's favour: what is missing is asked for, or costs."""
    raw = drawn(pair, seed)
    before = [person.amount for person in settled(raw).trainees]
    rooms = [raw["organisation"], raw["trainees"][0]]
    keys = [
        (room, key)
        for room in rooms
        for key in room
        if key not in ("id_number", "name", "history", "other_subsidies", "certificate")
    ]
    room, key = keys[place % len(keys)]
    room[key] = None
    if how == "absent":
        del room[key]
    try:
        after = settled(raw)
    except BadInput as refusal:
        if {found.code for found in refusal.problems} != {"fact-missing"}:
            raise
        return
    assert all(now.amount <= then for now, then in zip(after.trainees, before, strict=True))
    for person in after.trainees:
        unknown = [f for f in (*after.findings, *person.findings) if f.outcome == "unknown"]
        assert not (unknown and person.eligible)
        assert all(finding.needs for finding in unknown)


@pytest.fixture(scope="module")
def capped(tmp_path_factory):
    text = schemes.text(
        limit("amount_at_most = 'rate * class.total_hours'", '["person", "year"]', id="sum"),
        limit("count_at_most = '3'", id="count"),
        items=item(amount="rate * class_hours / 7"),
    )
    return schemes.load(tmp_path_factory.mktemp("capped"), text)


past = st.builds(
    award,
    amount=st.integers(0, 200_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
    ended_on=st.sampled_from(["2019-12-31", "2020-02-20"]),
    started_on=st.none(),
    project=st.sampled_from(["车工岗位", "x", None]),
)


@given(st.lists(past, max_size=4), st.integers(0, 20_000))
def test_a_ceiling_holds_together_with_the_past(capped, history, minutes):
    person = settle(case({"trainees[0].history": history, "trainees[0].minutes": minutes}), capped).trainees[
        0
    ]
    this_year = sum(int(row["amount"].replace(".", "")) for row in history if row["ended_on"] == "2020-02-20")
    assert 0 <= person.amount <= max(0, 180_000 - this_year)
    assert person.amount <= (minutes // 45 * 3_000 * 2 + 7) // 14
    if len(history) >= 3:
        assert person.amount == 0
