"""A record of checks lets anybody recompute the rows without the seed."""

from typing import Any

import pytest

from keshi.hours import Rules, credit_events, with_record
from keshi.problems import BadInput, Problem

from .cases import EIGHT, EIGHT_MINUTES, OPEN
from .kit import (
    NINE_MS,
    Step,
    answer,
    iso,
    ready,
    step,
    watched,
)


def log(steps: list[Step]) -> list[dict[str, Any]]:
    return [s.entry for s in steps]


def problems(entries: object, rules: Rules | None = None, **more: Any) -> list[Problem]:
    with pytest.raises(BadInput) as caught:
        credit_events(entries, rules or Rules(), **more)  # type: ignore[arg-type]
    for problem in caught.value.problems:
        assert problem.line("zh") != problem.line("en")
    return list(caught.value.problems)


def recorded(*steps: Step, version: str = "hours-1") -> list[dict[str, Any]]:
    return [step(0, "rules", version=version).entry, *log(list(steps))]


def test_a_record_is_recomputed_without_its_seed() -> None:
    """Also where no check has opened yet: the head of the record alone says that it is one."""
    raw = log([*ready(), *watched(1, 40)])
    for seed in (b"1", b"2", b"3", b"4"):
        for end in range(len(raw) + 1):
            credited = credit_events(raw[:end], seed=seed)
            again = credit_events(with_record(raw[:end], credited), seed=b"none")
            assert again.rows_json() == credited.rows_json()
            assert again.void_ms == credited.void_ms


def test_a_record_shows_thresholds_where_checks_opened() -> None:
    steps = [
        *EIGHT_MINUTES,
        answer(OPEN),
        *watched(25, 1, OPEN, OPEN),
        step(500_000, "finish"),
        answer(500_000),
    ]
    made = with_record(log(steps), credit_events(log(steps), Rules(**EIGHT)))
    assert made[0] == {"at": iso(0), "type": "rules", "version": "hours-1"}
    assert [e for e in made if e["type"] == "challenge"] == [
        {"at": iso(OPEN), "type": "challenge", "threshold_ms": 480_000},
        {"at": iso(500_000), "type": "challenge", "threshold_ms": None},
    ]
    assert [e for e in made[1:] if e["type"] != "challenge"] == log(steps)
    assert credit_events(made).confirmed_ms == 500_000
    assert credit_events(made[1:]).confirmed_ms == 500_000
    assert [told.type for told in credit_events(made).answers] == [e["type"] for e in made]


def test_a_record_that_leaves_checks_out_does_not_escape_them() -> None:
    credited = credit_events(recorded(*ready(), *watched(1, 60), answer(2_000_000, why="check-late")))
    [opened] = [told.opened for told in credited.answers if told.opened]
    assert (opened.threshold_ms, opened.opened_ms, opened.deadline_ms) == (
        900_000,
        NINE_MS + 900_000,
        NINE_MS + 960_000,
    )
    assert (credited.confirmed_ms, credited.void_ms) == (0, 900_000)


@pytest.mark.parametrize(
    ("at", "threshold"), [(OPEN + 1, 480_000), (OPEN, 480_001), (OPEN, None), (OPEN - 20_000, 480_000)]
)
def test_a_recorded_check_must_be_the_one_that_opened(at: int, threshold: int | None) -> None:
    entries = log([*EIGHT_MINUTES, step(at, "challenge", threshold_ms=threshold)])
    entries.sort(key=lambda e: str(e["at"]))
    where = next(i for i, e in enumerate(entries) if e["type"] == "challenge")
    found = problems(entries)
    assert [(p.code, p.where, p.value) for p in found] == [
        ("hours-record-differs", f"events[{where}]", iso(at))
    ]


def test_a_record_without_its_check_differs() -> None:
    assert problems([*recorded(*ready()), step(5, "challenge").entry])[0].code == "hours-record-differs"
    entries = log([*EIGHT_MINUTES, step(OPEN, "challenge", threshold_ms=480_000)])
    assert problems(entries, Rules(challenges=False))[0].code == "hours-record-differs"
    assert credit_events(entries).provisional_ms == 480_000


def test_a_record_is_of_one_rule_version_and_says_so_first() -> None:
    assert credit_events(recorded(*ready(), version="x"), Rules(version="x")).rows == ()
    [problem] = problems(recorded(*ready(), version="x"))
    assert (problem.code, problem.where, problem.value) == ("hours-other-rules", "events[0].version", "x")
    assert "hours-1" in problem.text("en")
    [problem] = problems([*log(ready()), *recorded()], where="log")
    assert (problem.code, problem.where) == ("hours-header-late", "log[3]")


@pytest.mark.parametrize("threshold", [479_999, 900_001])
def test_a_threshold_outside_the_range_was_never_drawn(threshold: int) -> None:
    [problem] = problems([step(0, "challenge", threshold_ms=threshold).entry])
    assert (problem.code, problem.where, problem.value) == (
        "hours-threshold-outside", "events[0].threshold_ms", str(threshold),
    )  # fmt: skip
    assert "480000" in problem.text("en")
    assert "900000" in problem.text("zh")


def test_thresholds_at_both_ends_may_be_recorded() -> None:
    for threshold in (480_000, 900_000):
        steps = [
            *ready(),
            *watched(1, threshold // 20_000),
            step(threshold, "challenge", threshold_ms=threshold),
        ]
        assert credit_events(log(steps)).provisional_ms == threshold
