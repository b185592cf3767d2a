"""Logs as people and systems write them: read strictly, credited exactly."""

import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from keshi.hours import Rules, credit_events, decode_events, events
from keshi.problems import BadInput, Problem

from .kit import (
    MIDNIGHT,
    NINE,
    NINE_MS,
    Step,
    beat,
    iso,
    lesson,
    ready,
    sign_in,
    start,
    step,
    watched,
)

GOOD = beat(0, 1, (0, 5)).entry


def log(steps: list[Step]) -> list[dict[str, Any]]:
    return [s.entry for s in steps]


def problems(entries: object, rules: Rules | None = None, **more: Any) -> list[Problem]:
    with pytest.raises(BadInput) as caught:
        credit_events(entries, rules or Rules(), **more)  # type: ignore[arg-type]
    for problem in caught.value.problems:
        assert problem.line("zh") != problem.line("en")
    return list(caught.value.problems)


def test_minutes_are_exact_fractions() -> None:
    credited = credit_events(log([*ready(), beat(20_001, 1, (0, 20_001))]), Rules(challenges=False))
    assert credited.confirmed_minutes == Fraction(20_001, 60_000)
    assert credit_events([]).confirmed_minutes == 0
    assert credit_events([]).rows_json() == b"[]"


def test_a_row_says_everything() -> None:
    steps = [lesson(version="v3"), sign_in(), start(0), beat(20_000, 7, (0, 5_000))]
    [row] = json.loads(credit_events(log(steps), person="p1").rows_json())
    assert row == {
        "number": 1, "person": "p1", "enrolment": "E1",
        "lesson": "L1", "lesson_version": "v3", "session": "s1",
        "seq": 7,
        "media_start_ms": 0, "media_end_ms": 5_000, "wall_start_ms": NINE_MS, "wall_end_ms": NINE_MS + 5_000,
        "status": "provisional", "rule_version": "hours-1",
    }  # fmt: skip


def test_rows_are_numbered_and_split_at_midnight() -> None:
    steps = [*ready(MIDNIGHT - 5_000), beat(MIDNIGHT + 15_000, 1, (0, 4_000), (4_100, 20_100))]
    credited = credit_events(log(steps))
    assert [
        (r.number, r.media_start_ms, r.media_end_ms, r.wall_start_ms - NINE_MS - MIDNIGHT)
        for r in credited.rows
    ] == [
        (1, 0, 4_000, -5_000),
        (2, 4_100, 5_100, -1_000),
        (3, 5_100, 20_100, 0),
    ]
    assert [(d.date, d.provisional_ms, d.confirmed_ms, d.void_ms) for d in credited.days] == [
        ("2020-03-10", 5_000, 0, 0),
        ("2020-03-11", 15_000, 0, 0),
    ]


def test_times_may_come_as_dates_and_are_rounded_down_to_milliseconds() -> None:
    [(at, event)] = decode_events([{"at": NINE, "type": "answer", "correct": True}])
    assert (at, event) == (NINE_MS, events.Reply(True))
    assert decode_events([{"at": "2020-03-10T01:00:00.001999Z", "type": "sign-in"}]) == [
        (NINE_MS + 1, events.SignIn())
    ]
    [(_, live)] = decode_events([lesson(live_from=iso(0)).entry])
    assert isinstance(live, events.Lesson)
    assert live.live_from == NINE


def test_what_may_be_left_out() -> None:
    [(_, event)] = decode_events([GOOD])
    assert event == events.Beat("s1", 1, ((0, 5),), True, True, "1", None)
    assert decode_events([step(0, "finish").entry]) == [(NINE_MS, events.Finish(None))]
    assert decode_events([lesson().entry]) == [(NINE_MS, events.Lesson("E1", "L1", 3_000_000, "1", None))]
    assert decode_events([step(0, "challenge").entry]) == [(NINE_MS, events.Recorded(None))]


@pytest.mark.parametrize(
    ("change", "code", "place", "value"),
    [
        ({"at": "2020-03-10T09:00:00"}, "hours-time-wrong", ".at", '"2020-03-10T09:00:00"'),
        ({"at": "nine"}, "hours-time-wrong", ".at", '"nine"'),
        ({"at": 1_583_802_000_000}, "hours-time-wrong", ".at", "1583802000000"),
        ({"at": datetime(2020, 3, 10)}, "hours-time-wrong", ".at", '"2020-03-10 00:00:00"'),  # noqa: DTZ001
        ({"type": "beet"}, "hours-type-unknown", ".type", '"beet"'),
        ({"type": 5}, "hours-type-unknown", ".type", "5"),
        ({"seq": "1"}, "hours-expected-int", ".seq", '"1"'),
        ({"seq": -1}, "hours-expected-int", ".seq", "-1"),
        ({"seq": 1.0}, "hours-expected-int", ".seq", "1.0"),
        ({"seq": True}, "hours-expected-int", ".seq", "true"),
        ({"session": ""}, "hours-expected-str", ".session", '""'),
        ({"session": "x" * 201}, "hours-expected-str", ".session", f'"{"x" * 56}...'),
        ({"rate": 1}, "hours-expected-str", ".rate", "1"),
        ({"client_at": 1}, "hours-expected-str", ".client_at", "1"),
        ({"playing": 1}, "hours-expected-bool", ".playing", "1"),
        ({"segments": [[0, 1, 2]]}, "hours-expected-array", ".segments[0]", "[0, 1, 2]"),
        ({"segments": [[0, 1], [0, None]]}, "hours-expected-int", ".segments[1][1]", "null"),
        ({"segments": [[0, 1]] * 257}, "hours-expected-array", ".segments", str([[0, 1]] * 257)[:57] + "..."),
        ({"segments": {}}, "hours-expected-array", ".segments", "{}"),
        ({"speed": 2}, "hours-unknown-field", "", None),
    ],
)
def test_a_wrong_value_is_named_with_its_place(
    change: dict[str, Any], code: str, place: str, value: str | None
) -> None:
    [problem] = problems([sign_in().entry, {**GOOD, **change}], where="case.trainees[2].events")
    assert (problem.code, problem.where, problem.value) == (code, f"case.trainees[2].events[1]{place}", value)


def test_sixty_characters_are_shown_and_not_one_more() -> None:
    assert problems([{**GOOD, "at": "x" * 58}])[0].value == f'"{"x" * 58}"'
    assert problems([{**GOOD, "at": "x" * 59}])[0].value == f'"{"x" * 56}...'
    assert problems([{**GOOD, "at": "九点"}])[0].value == '"九点"'


def test_a_wrong_live_start_is_a_wrong_time() -> None:
    for wrong in ("2020-03-10T09:00:00", "soon", 5):
        [problem] = problems([lesson(live_from=wrong).entry])
        assert (problem.code, problem.where) == ("hours-time-wrong", "events[0].live_from")
    [problem] = problems([lesson(length=0).entry])
    assert (problem.code, problem.where, problem.text("en")) == (
        "hours-expected-int", "events[0].length_ms", "an integer >= 1 is expected here",
    )  # fmt: skip


@pytest.mark.parametrize("field", ["at", "type", "session", "seq", "segments", "playing", "visible"])
def test_a_missing_field_is_named(field: str) -> None:
    [problem] = problems([{key: value for key, value in GOOD.items() if key != field}])
    assert (problem.code, problem.where, problem.params) == (
        "hours-missing-field",
        "events[0]",
        {"field": field},
    )


def test_an_unknown_field_is_named() -> None:
    [problem] = problems([{**GOOD, "倍速": 2}])
    assert (problem.code, problem.where, problem.params) == (
        "hours-unknown-field",
        "events[0]",
        {"field": "倍速"},
    )


def test_what_is_no_log_at_all() -> None:
    assert [(p.code, p.where, p.value) for p in problems({"a": 1})] == [
        ("hours-not-a-list", "events", '{"a": 1}')
    ]
    assert [(p.code, p.where, p.value) for p in problems([5, None, "at", []])] == [
        ("hours-not-an-object", "events[0]", "5"),
        ("hours-not-an-object", "events[1]", "null"),
        ("hours-not-an-object", "events[2]", '"at"'),
        ("hours-not-an-object", "events[3]", "[]"),
    ]
    [problem] = problems([{**GOOD, 5: 6}])
    assert (problem.code, problem.where) == ("hours-not-an-object", "events[0]")


def test_every_problem_is_listed() -> None:
    found = problems([{**GOOD, "seq": "x"}, GOOD, {**GOOD, "at": 1}, {}])
    assert [p.where for p in found] == ["events[0].seq", "events[2].at", "events[3]"]


def test_a_raw_log_without_answers_counts_for_nothing() -> None:
    """Another system's log: checks come up by the draw, nobody answers, nothing is confirmed."""
    credited = credit_events(log([*ready(), *watched(1, 150)]))
    assert credited.confirmed_minutes == 0
    assert 480_000 <= credited.void_ms < 920_000
    assert any(told.opened for told in credited.answers)


def test_the_seed_and_the_person_decide_when_a_raw_log_is_checked() -> None:
    steps = log([*ready(), *watched(1, 150)])
    totals = {credit_events(steps, seed=bytes([n])).void_ms for n in range(12)}
    assert len(totals) > 3
    assert len({credit_events(steps, person=str(n)).void_ms for n in range(12)}) > 3
    assert credit_events(steps, seed=b"a") == credit_events(steps, seed=b"a")


def test_the_log_in_the_documentation_is_credited_as_it_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "hours.md").read_text(encoding="utf-8")
    entries = json.loads(text.partition("```json\n")[2].partition("```")[0])
    assert credit_events(entries).confirmed_minutes == Fraction(1, 3)


def test_entries_that_earned_nothing_for_one_reason_share_a_sentence() -> None:
    beats = [
        {
            "at": f"2020-03-10T09:00:{second:02d}+08:00",
            "type": "beat",
            "session": "s",
            "seq": second,
            "segments": [],
            "playing": True,
            "visible": False,
        }
        for second in (20, 40)
    ]
    lesson = {"enrolment": "E", "lesson": "L"}
    head = [
        {"at": "2020-03-10T09:00:00+08:00", "type": "lesson", **lesson, "length_ms": 60_000},
        {"at": "2020-03-10T09:00:00+08:00", "type": "sign-in"},
        {"at": "2020-03-10T09:00:00+08:00", "type": "start", "session": "s", **lesson},
    ]
    one = credit_events([*head, beats[0]]).explain("en")
    two = credit_events([*head, *beats]).explain("en")
    assert len(one) == len(two)
    assert "(2 times)" in two[0]
    assert "times" not in one[0]


def test_a_run_of_entries_says_from_when_to_when() -> None:
    lesson = {"enrolment": "E", "lesson": "L"}
    events: list[dict[str, object]] = [
        {"at": "2020-03-10T09:00:00+08:00", "type": "lesson", **lesson, "length_ms": 600_000},
        {"at": "2020-03-10T09:00:00+08:00", "type": "sign-in"},
        {"at": "2020-03-10T09:00:00+08:00", "type": "start", "session": "s", **lesson},
    ]
    beat = {"type": "beat", "session": "s", "segments": [[0, 20_000]], "playing": True}
    for number, (moment, visible) in enumerate(
        [
            ("09:00:20", False),
            ("09:00:40", False),
            ("09:01:00", False),
            ("09:02:30", True),
            ("09:04:00", True),
        ],
        1,
    ):
        events.append({"at": f"2020-03-10T{moment}+08:00", **beat, "seq": number, "visible": visible})
    lines = credit_events(events).explain("en")
    assert lines[0].startswith("2020-03-10 09:00:20 to 2020-03-10 09:01:00")
    assert "(3 times)" in lines[0]
    assert "90 s" in lines[1]
    assert "90 s" in lines[2], "gaps have lengths of their own and stand alone"
