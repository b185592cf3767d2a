"""The small parts: sets of milliseconds, draws, days, class hours, and the sentences."""

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.hours import Answer, Rules, class_hours, keyed_draw, local_time, recorded_draw
from keshi.hours.beats import tell
from keshi.hours.credit import clock
from keshi.hours.events import MAX_SEGMENTS, Event
from keshi.hours.intervals import Interval, cut, lay, length, minus, prefix, touching, union
from keshi.hours.machine import moment
from keshi.hours.state import State
from keshi.messages import LANGUAGES, catalogue, message
from keshi.problems import BadInput

from .attack import modest
from .kit import MIDNIGHT, NINE, NINE_MS
from .slow import threshold

places = st.integers(-5, 30)
disorder = st.lists(st.tuples(places, places), max_size=6)
parts = disorder.map(union)


def members(intervals: list[Interval]) -> set[int]:
    return {ms for start, end in intervals for ms in range(start, end)}


def tidy(intervals: list[Interval]) -> bool:
    edges = [edge for interval in intervals for edge in interval]
    return edges == sorted(edges) and all(a < b for a, b in intervals)


@modest
@given(disorder)
def test_a_union_has_every_millisecond_once(some: list[Interval]) -> None:
    merged = union(some)
    assert members(merged) == members(some)
    assert length(merged) == len(members(some))
    assert all(before[1] < after[0] for before, after in pairwise(merged))


@modest
@given(parts, parts, places, places)
def test_cut_and_minus_are_those_of_sets(
    some: list[Interval], others: list[Interval], low: int, high: int
) -> None:
    assert members(cut(some, low, high)) == members(some) & set(range(low, high))
    assert members(minus(some, others)) == members(some) - members(others)
    assert tidy(cut(some, low, high))
    assert tidy(minus(some, others))


def test_neighbours_become_one() -> None:
    assert union([(5, 7), (0, 5), (9, 9), (8, 6)]) == [(0, 7)]
    assert union([(0, 9), (2, 3)]) == [(0, 9)]
    assert cut([(0, 5), (5, 9)], 5, 5) == []
    assert minus([(0, 5)], [(0, 5)]) == []


@pytest.mark.parametrize(
    ("some", "hole", "frontier"),
    [
        ([], 5, 0),
        ([(5, 9)], 5, 9),
        ([(6, 9)], 5, 0),
        ([(0, 3), (8, 9)], 5, 9),
        ([(0, 3), (9, 10)], 5, 3),
        ([(0, 4)], 0, 4),
    ],
)
def test_the_covered_beginning_ends_at_the_first_real_hole(
    some: list[Interval], hole: int, frontier: int
) -> None:
    assert prefix(some, hole) == frontier


@pytest.mark.parametrize(
    ("some", "carried"),
    [
        ([(10, 12)], [(10, 12)]),
        ([(12, 14)], [(12, 14)]),
        ([(13, 14)], []),
        ([(5, 10)], []),
        ([(5, 11)], [(10, 11)]),
        ([(2, 3), (10, 11), (13, 14), (16, 17), (20, 22)], [(10, 11), (13, 14), (16, 17)]),
    ],
)
def test_only_what_carries_on_from_the_frontier_counts(some: list[Interval], carried: list[Interval]) -> None:
    assert touching(some, 10, 2) == carried


@modest
@given(parts, parts)
def test_media_is_laid_on_wall_time_one_for_one(media: list[Interval], wall: list[Interval]) -> None:
    laid = lay(media, wall)
    pairs = [(a + k, x + k) for a, x, n in laid for k in range(n)]
    assert pairs == list(zip(sorted(members(media)), sorted(members(wall)), strict=False))
    assert all(n > 0 for _, _, n in laid)


def test_days_change_at_local_midnight() -> None:
    rules = Rules()
    midnight = NINE_MS + MIDNIGHT
    assert rules.day_of(midnight) == rules.day_of(midnight - 1) + 1
    assert (rules.date_of(midnight - 1), rules.date_of(midnight)) == (date(2020, 3, 10), date(2020, 3, 11))
    today = rules.day_of(NINE_MS)
    assert list(rules.by_day(midnight - 5, midnight + 86_400_001)) == [
        (today, midnight - 5, midnight),
        (today + 1, midnight, midnight + 86_400_000),
        (today + 2, midnight + 86_400_000, midnight + 86_400_001),
    ]
    assert list(rules.by_day(midnight - 5, midnight)) == [(today, midnight - 5, midnight)]
    assert list(rules.by_day(5, 5)) == []
    assert moment(NINE) == NINE_MS
    assert local_time(NINE_MS + 61_999) == "2020-03-10 09:01:01"


def test_the_rules_as_designed() -> None:
    rules = Rules()
    assert (rules.version, rules.max_gap_ms, rules.no_skip, rules.hole_ms) == ("hours-1", 60_000, True, 500)
    assert (rules.daily_cap_ms, rules.challenges, rules.on_failed) == (None, True, "void")
    assert (rules.challenge_after_ms, rules.challenge_deadline_ms) == ((480_000, 900_000), 60_000)
    assert rules.utc_offset_ms == 28_800_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": ""},
        {"max_gap_ms": 0},
        {"hole_ms": -1},
        {"daily_cap_ms": -1},
        {"challenge_after_ms": (0, 5)},
        {"challenge_after_ms": (6, 5)},
        {"challenge_deadline_ms": 0},
        {"on_failed": "perhaps"},
        {"utc_offset_ms": 86_400_000},
        {"utc_offset_ms": -86_400_000},
    ],
)
def test_rules_without_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        Rules(**wrong)  # type: ignore[arg-type]
    [problem] = caught.value.problems
    [(name, value)] = wrong.items()
    assert (problem.code, problem.where, problem.value) == ("hours-rule-unsound", f"rules.{name}", str(value))
    assert problem.text("zh")


def test_rules_at_their_limits_are_accepted() -> None:
    Rules(max_gap_ms=1, hole_ms=0, daily_cap_ms=0, challenge_after_ms=(1, 1), challenge_deadline_ms=1)
    Rules(utc_offset_ms=86_399_999, on_failed="wait")
    Rules(utc_offset_ms=-86_399_999)


@modest
@given(st.binary(), st.text(), st.integers(0, 50), st.integers(1, 1000), st.integers(0, 1000))
def test_a_threshold_can_be_proved_from_the_seed(
    seed: bytes, person: str, number: int, least: int, more: int
) -> None:
    drawn = keyed_draw(seed, person, (least, least + more))(number)
    assert drawn == threshold(seed, person, number, least, least + more)
    assert least <= drawn <= least + more


def test_draws_reach_both_ends_and_differ_by_person() -> None:
    draw = keyed_draw(b"seed", "p", (8, 15))
    assert {draw(n) for n in range(200)} == set(range(8, 16))
    assert [draw(n) for n in range(20)] != [keyed_draw(b"seed", "q", (8, 15))(n) for n in range(20)]
    assert [draw(n) for n in range(20)] != [keyed_draw(b"other", "p", (8, 15))(n) for n in range(20)]
    recorded = recorded_draw([9, 12], 15)
    assert [recorded(n) for n in range(4)] == [9, 12, 15, 15]


@pytest.mark.parametrize(
    ("minutes", "per_hour", "remainder", "hours"),
    [
        (150, 40, 20, 4),
        (150, 40, "drop", 3),
        (140, 40, 20, 4),
        (139, 40, 20, 3),
        (Fraction(279, 2), 40, 20, 3),
        (0, 45, 1, 0),
        (1, 45, 1, 1),
        (45, 45, 44, 1),
        (89, 45, 44, 2),
        (88, 45, 44, 1),
        (1830, 45, "drop", 40),
        (Fraction(1, 60_000), 45, 1, 0),
        (2, 1, "drop", 2),
    ],
)
def test_a_sum_is_rounded_not_its_parts(
    minutes: Fraction | int, per_hour: int, remainder: Literal["drop"] | int, hours: int
) -> None:
    result = class_hours(minutes, per_hour, remainder)
    assert (result, type(result)) == (hours, int)


@pytest.mark.parametrize(
    ("minutes", "per_hour", "remainder", "problems"),
    [
        (-1, 45, "drop", [("hours-minutes-negative", "minutes", "-1")]),
        (1, 0, 1, [("hours-hour-empty", "minutes_per_hour", "0")]),
        (1, 45, 0, [("hours-remainder-outside", "remainder", "0")]),
        (1, 45, 45, [("hours-remainder-outside", "remainder", "45")]),
        (
            Fraction(-1, 2),
            40,
            41,
            [("hours-minutes-negative", "minutes", "-1/2"), ("hours-remainder-outside", "remainder", "41")],
        ),
    ],
)
def test_hours_that_cannot_be_counted(
    minutes: Fraction, per_hour: int, remainder: Literal["drop"] | int, problems: list[tuple[str, str, str]]
) -> None:
    with pytest.raises(BadInput) as caught:
        class_hours(minutes, per_hour, remainder)
    assert [(p.code, p.where, p.value) for p in caught.value.problems] == problems
    assert all(p.text("en") and p.text("zh") for p in caught.value.problems)
    if per_hour > 1 and problems[-1][0] == "hours-remainder-outside":
        assert str(per_hour - 1) in caught.value.problems[-1].text("en")


def test_the_learner_reads_minutes_and_the_reason() -> None:
    answer = Answer(0, 61_999, 3_600_000, 59_999, "gap", 73_999)
    assert answer.text("en") == (
        "Counted today 1:01, confirmed 60:00, waiting for a check 0:59. "
        "A gap of 73 s since the last report is too long, so this stretch does not count. "
        "Keep the page open and connected."
    )
    assert answer.text() == (
        "今天已计 1:01，已确认 60:00，待核验 0:59。"
        "与上次上报相隔 73 秒，间隔过长，这段时间不计。请保持页面打开、网络畅通。"
    )
    assert answer.why() in answer.text()
    assert Answer(20, 20, 0, 20).why("en") == ""
    assert clock(0) == "0:00"
    assert tell(State(), Rules()) == Answer(0, 0, 0, 0)


def test_every_entry_and_field_has_a_name_in_both_languages() -> None:
    schema = msgspec.json.schema(Event)
    fields = {name for d in schema["$defs"].values() for name in d["properties"]} | {"at"}
    kinds = set(schema["discriminator"]["mapping"])
    assert MAX_SEGMENTS == 256
    for key in [f"hours-field-{name}" for name in fields] + [f"hours-event-{kind}" for kind in kinds]:
        assert all(message(key, lang) for lang in LANGUAGES)
    named = {key for key in catalogue() if key.startswith(("hours-field-", "hours-event-"))}
    assert len(named) == len(fields) + len(kinds)
