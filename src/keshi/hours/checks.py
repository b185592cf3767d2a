"""Checks of presence: when one opens, and what becomes of provisional credit when it is passed or failed."""

from msgspec.structs import replace

from keshi.hours.credit import Challenge, Row, Status
from keshi.hours.draws import Draw
from keshi.hours.intervals import minus
from keshi.hours.rules import Rules
from keshi.hours.state import State


def open_if_due(state: State, rules: Rules, draw: Draw) -> Challenge | None:
    """Open a check once the credit since the last one has reached the drawn threshold."""
    if state.threshold_ms is None:
        state.threshold_ms = draw(state.draws)
        state.draws += 1
    if state.since_ms < state.threshold_ms:
        return None
    return open_check(state, rules, state.threshold_ms)


def open_check(
    state: State, rules: Rules, threshold_ms: int | None, finishes: tuple[str, ...] = ()
) -> Challenge:
    """Open a check now; only called while none is open."""
    now = state.now_ms
    state.challenge = Challenge(now, now + rules.challenge_deadline_ms, threshold_ms, finishes)
    return state.challenge


def passed(state: State) -> tuple[Row, ...]:
    """The check was passed: all provisional credit is confirmed, courses it was the last check of end."""
    assert state.challenge is not None
    settled = _settle(state, "confirmed")
    state.confirmed_ms += state.waiting_ms
    for enrolment in state.challenge.finishes:
        close_course(state, enrolment)
    _begin_anew(state)
    state.waiting, state.waiting_ms = [], 0
    return settled


def failed(state: State, rules: Rules) -> tuple[Row, ...]:
    """The check was failed: the lease is lost, and provisional credit is void or, by policy, waits."""
    if state.lease is not None:
        state.close(state.lease, "check-failed")
    _begin_anew(state)
    if rules.on_failed == "wait":
        return ()
    settled = _settle(state, "void")
    for row in settled:
        # Void media may be watched again and void time leaves the day's cap; its wall time stays spent.
        state.days[rules.day_of(row.wall_start_ms)] -= row.ms
        study = state.courses[row.enrolment].study(row.lesson, row.lesson_version)
        study.covered = minus(study.covered, [(row.media_start_ms, row.media_end_ms)])
    state.void_ms += state.waiting_ms
    state.waiting, state.waiting_ms = [], 0
    return settled


def close_course(state: State, enrolment: str) -> None:
    """No session of the enrolment starts or earns any more."""
    state.courses[enrolment].active = False
    for name, session in state.sessions.items():
        if session.enrolment == enrolment:
            state.close(name, "ended")


def _settle(state: State, status: Status) -> tuple[Row, ...]:
    return tuple(replace(row, status=status) for row in state.waiting)


def _begin_anew(state: State) -> None:
    """Count from zero again; the time the check stood open is accounted for.

    A threshold that was reached is used up. One that a last check came before still stands, since nobody has
    seen it, and so thresholds are used in the order they were drawn and recorded.
    """
    if state.challenge is not None and state.challenge.threshold_ms is not None:
        state.threshold_ms = None
    state.challenge = None
    state.since_ms = 0
    state.watermark_ms = state.now_ms
