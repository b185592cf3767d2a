"""What one beat earns: whose it is, which wall time it may use, which media it may cover."""

from keshi.hours.checks import open_if_due
from keshi.hours.credit import Answer, Command, Outcome, Row
from keshi.hours.draws import Draw
from keshi.hours.events import Beat
from keshi.hours.intervals import Interval, cut, lay, minus, prefix, touching, union
from keshi.hours.rules import Rules
from keshi.hours.state import Session, State, Stored, Study


def tell(
    state: State,
    rules: Rules,
    reason: str | None = None,
    *,
    credited_ms: int = 0,
    gap_ms: int = 0,
    resume_ms: int | None = None,
    command: Command | None = None,
) -> Answer:
    """An answer with the person's sums as they stand."""
    challenge = state.challenge
    return Answer(
        credited_ms,
        state.days.get(rules.day_of(state.now_ms), 0),
        state.confirmed_ms,
        state.waiting_ms,
        reason,
        gap_ms,
        resume_ms,
        command or (None if challenge is None else "challenge"),
        None if challenge is None else challenge.deadline_ms,
    )


def take_beat(state: State, rules: Rules, draw: Draw, at: int, beat: Beat) -> Outcome:
    """Judge a beat that arrived at `at`; the same beat again gets the same answer and changes nothing."""
    session = state.sessions.get(beat.session)
    if session is None:
        return Outcome(tell(state, rules, "unknown-session"))
    if session.closed == "ended":
        return Outcome(tell(state, rules, "session-ended"))
    stored = session.seen.get(beat.seq)
    if stored is None:
        outcome = _judge(state, rules, draw, at, beat, session)
        session.seen[beat.seq] = Stored(beat, outcome.answer)
        return outcome
    if stored.beat == beat:
        return Outcome(stored.answer, repeated=True)
    return Outcome(tell(state, rules, "beat-conflict"), flag="beat-conflict")


def resume_at(study: Study, rules: Rules) -> int | None:
    """The place to play from; a live class has none, and without no-skip any uncovered place does."""
    if study.live_from_ms is not None or not rules.no_skip:
        return None
    return prefix(study.covered, rules.hole_ms)


def _judge(state: State, rules: Rules, draw: Draw, at: int, beat: Beat, session: Session) -> Outcome:
    if beat.seq < session.top:
        return Outcome(tell(state, rules, "old-beat"))
    session.top = beat.seq
    if session.closed is not None:
        return Outcome(tell(state, rules, session.closed, command="kicked"))

    gap = at - session.last_ms
    window = (max(session.last_ms, state.watermark_ms), at)
    # Time is used up whether it pays or not, and never given back when the clock steps back.
    session.last_ms = max(session.last_ms, at)
    state.watermark_ms = max(state.watermark_ms, at)
    study = state.study_of(session)

    if state.challenge is not None:
        return Outcome(tell(state, rules, "challenge-open", resume_ms=resume_at(study, rules)))
    reason = _unpayable(beat, gap, window, rules)
    laid: list[tuple[int, int, int]] = []
    if reason is None:
        claim, reason = _claim(beat, study, at, rules)
        wall, no_wall = _payable(window, session, study, state, rules)
        reason = reason or no_wall
        laid = lay(claim, wall)
    if session.plays:
        session.plays = [play for play in session.plays if play[1] > state.watermark_ms]
    if not laid:
        late = gap if reason == "gap" else 0
        return Outcome(tell(state, rules, reason, gap_ms=late, resume_ms=resume_at(study, rules)))

    rows = _credit(state, rules, beat, session, study, laid)
    opened = open_if_due(state, rules, draw) if rules.challenges else None
    credited = sum(n for _, _, n in laid)
    return Outcome(
        tell(state, rules, credited_ms=credited, resume_ms=_resume_after(claim, credited, study, rules)),
        rows,
        opened=opened,
    )


def _unpayable(beat: Beat, gap: int, window: Interval, rules: Rules) -> str | None:
    """Why the wall window of a beat is empty, if it is."""
    if gap > rules.max_gap_ms:
        return "gap"
    if not beat.playing:
        return "paused"
    if not beat.visible:
        return "hidden"
    start, end = window
    if start == end:
        return "no-time"
    return "clock-back" if start > end else None


def _claim(beat: Beat, study: Study, at: int, rules: Rules) -> tuple[list[Interval], str | None]:
    """The media a beat may cover, or why it is none."""
    live = study.live_from_ms
    # Nobody can have seen what the class has not reached.
    end = study.length_ms if live is None else min(study.length_ms, at - live)
    played = cut(union(beat.segments), 0, end)
    if not played:
        return [], "nothing-played"
    fresh = minus(played, study.covered)
    if not fresh:
        return [], "already-watched"
    if live is not None or not rules.no_skip:
        return fresh, None
    frontier = prefix(study.covered, rules.hole_ms)
    carried = touching(fresh, frontier, rules.hole_ms)
    if carried:
        return carried, None
    return [], "already-watched" if fresh[-1][1] <= frontier else "skipped"


def _payable(
    window: Interval, session: Session, study: Study, state: State, rules: Rules
) -> tuple[list[Interval], str | None]:
    """The wall window cut to the media server's record, to local days and to what the cap leaves of each."""
    parts = [window]
    if study.live_from_ms is not None:
        plays = (
            session.plays
            if session.playing_since is None
            else [*session.plays, (session.playing_since, window[1])]
        )
        parts = cut(union(plays), *window)
        if not parts:
            return [], "not-received"
    wall: list[Interval] = []
    left: dict[int, int] = {}
    for part in parts:
        for day, start, end in rules.by_day(*part):
            if rules.daily_cap_ms is not None:
                rest = left.get(day, rules.daily_cap_ms - state.days.get(day, 0))
                end = min(end, start + rest)
                left[day] = rest - max(0, end - start)
            if end > start:
                wall.append((start, end))
    return wall, None if wall else "cap-reached"


def _credit(
    state: State, rules: Rules, beat: Beat, session: Session, study: Study, laid: list[tuple[int, int, int]]
) -> tuple[Row, ...]:
    """Write the rows and everything that is summed over them."""
    rows = []
    for a, x, n in laid:
        state.rows += 1
        row = Row(
            state.rows,
            state.person,
            session.enrolment,
            session.lesson,
            study.version,
            beat.session,
            beat.seq,
            a,
            a + n,
            x,
            x + n,
            "provisional" if rules.challenges else "confirmed",
            rules.version,
        )
        rows.append(row)
        day = rules.day_of(x)
        state.days[day] = state.days.get(day, 0) + n
        if rules.challenges:
            state.waiting.append(row)
            state.waiting_ms += n
            state.since_ms += n
        else:
            state.confirmed_ms += n
    covered = study.covered
    a, _, n = laid[0]
    if len(laid) == 1 and covered and covered[-1][1] == a:
        covered[-1] = (covered[-1][0], a + n)  # what nearly every beat does: carry on
    else:
        study.covered = union([*covered, *((a, a + n) for a, _, n in laid)])
    return tuple(rows)


def _resume_after(claim: list[Interval], credited: int, study: Study, rules: Rules) -> int | None:
    """Where to go on: the frontier, or without no-skip the first claimed ms that real time did not reach."""
    if study.live_from_ms is None and not rules.no_skip:
        for start, end in claim:
            if credited < end - start:
                return start + credited
            credited -= end - start
    return resume_at(study, rules)
