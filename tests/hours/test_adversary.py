"""More that holds against the adversary, first of all the slow rules themselves."""

from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given

from keshi.hours import (
    Credited,
    Machine,
    Rules,
    State,
    credit_events,
    decode_events,
    keyed_draw,
)
from keshi.hours.events import Beat

from .adversary import SEED, VARIANTS, script
from .attack import attack, modest, randoms, variants
from .kit import iso
from .slow import ms_of


def by_millisecond(credited: Credited) -> list[list[object]]:
    return [
        [
            r.enrolment,
            r.lesson,
            r.lesson_version,
            r.session,
            r.seq,
            r.media_start_ms + k,
            r.wall_start_ms + k,
            r.status,
        ]
        for r in credited.rows
        for k in range(r.media_end_ms - r.media_start_ms)
    ]


@modest
@given(randoms, variants)
def test_the_slow_rules_agree_millisecond_by_millisecond(rng: Random, variant: dict[str, Any]) -> None:
    rules = Rules(**variant)
    log, earned, slow = script(rng, rules, 80)
    credited = credit_events(log, rules, seed=SEED, person="p")
    assert [told.credited_ms for told in credited.answers] == earned
    assert by_millisecond(credited) == slow.credits
    for status, total in (
        ("confirmed", credited.confirmed_ms),
        ("provisional", credited.provisional_ms),
        ("void", credited.void_ms),
    ):
        assert total == sum(c[7] == status for c in slow.credits)


@modest
@given(randoms, variants)
def test_a_blocked_check_confirms_nothing(rng: Random, variant: dict[str, Any]) -> None:
    rules, log, _, _ = attack(rng, variant)
    blocked = [e for e in log if e["type"] != "answer"]
    credited = credit_events(blocked, rules, seed=SEED, person="p")
    if rules.challenges:
        assert credited.confirmed_ms == 0
        assert all(r.status != "confirmed" for r in credited.rows)
    else:
        assert credited.provisional_ms == credited.void_ms == 0


@modest
@given(randoms, variants)
def test_nothing_is_earned_while_a_check_is_open(rng: Random, variant: dict[str, Any]) -> None:
    _, _, slow, credited = attack(rng, variant)
    for opened, closed in slow.open_spans:
        assert all(row.wall_end_ms <= opened or row.wall_start_ms >= closed for row in credited.rows)


@modest
@given(randoms, variants)
def test_unconfirmed_credit_stays_below_the_longest_stretch(rng: Random, variant: dict[str, Any]) -> None:
    rules, log, _, _ = attack(rng, {**variant, "on_failed": "void"})
    machine, state = Machine(keyed_draw(SEED, "p", rules.challenge_after_ms), rules), State("p")
    for at, event in decode_events(log):
        machine.apply(state, at, event)
        assert state.waiting_ms == sum(row.ms for row in state.waiting) == state.since_ms
        assert state.waiting_ms < rules.challenge_after_ms[1] + rules.max_gap_ms


@modest
@given(randoms, variants)
def test_a_state_can_be_put_away_and_taken_up_again(rng: Random, variant: dict[str, Any]) -> None:
    rules, log, _, _ = attack(rng, variant)
    machine = Machine(keyed_draw(SEED, "p", rules.challenge_after_ms), rules)
    kept, stored = State("p"), State("p")
    for at, event in decode_events(log):
        outcome = machine.apply(kept, at, event)
        stored = msgspec.json.decode(msgspec.json.encode(stored), type=State)
        assert machine.apply(stored, at, event) == outcome
        assert stored == kept
        if isinstance(event, Beat):
            assert msgspec.json.decode(msgspec.json.encode(event), type=Beat) == event


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_adversary_reaches_every_outcome(variant: dict[str, Any]) -> None:
    """The properties above mean little if the scripts never get anywhere."""
    seen: set[str] = set()
    statuses: set[str] = set()
    for n in range(60):
        _, _, _, credited = attack(Random(n), variant)
        seen |= {told.reason for told in credited.answers if told.reason is not None}
        statuses |= {row.status for row in credited.rows}
    assert {
        "gap",
        "paused",
        "hidden",
        "repeated",
        "beat-conflict",
        "old-beat",
        "another-device",
        "clock-back",
        "already-watched",
        "nothing-played",
        "no-time",
        "session-ended",
        "not-received",
    } <= seen
    if Rules(**variant).challenges:
        assert {"check-late", "check-wrong", "check-failed", "challenge-open"} <= seen
        assert statuses == (
            {"confirmed", "provisional", "void"}
            if "on_failed" not in variant
            else {"confirmed", "provisional"}
        )
    if "daily_cap_ms" in variant:
        assert "cap-reached" in seen
    if Rules(**variant).no_skip:
        assert "skipped" in seen


def test_moments_are_written_as_the_server_gives_them() -> None:
    assert ms_of(iso(0)) == 1_583_802_000_000
