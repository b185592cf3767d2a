"""The crediting machine of one person: pure rules over a state, told the server's time with every input.

It reads no clock and draws nothing itself; the same inputs, rules and draw give the same rows.
"""

from datetime import UTC, datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from keshi.hours import events as ev
from keshi.hours.beats import resume_at, take_beat, tell
from keshi.hours.checks import close_course, failed, open_check, passed
from keshi.hours.credit import Outcome
from keshi.hours.draws import Draw
from keshi.hours.rules import DEFAULT, Rules
from keshi.hours.state import Course, Session, State, Study

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def moment(at: datetime) -> int:
    """Whole milliseconds since 1970 of an aware datetime, rounded down."""
    return (at - _EPOCH) // _MS


class Machine:
    """Applies inputs to the state of a person, changing it in place."""

    def __init__(self, draw: Draw, rules: Rules = DEFAULT) -> None:
        self.rules = rules
        self.draw = draw

    def apply(self, state: State, at: int, event: ev.Event) -> Outcome:
        """Take one input that reached the server at `at` (ms since 1970) and say all it did.

        Never raises for what a client may send: whatever is not allowed earns nothing and says why.
        """
        state.now_ms = max(state.now_ms, at)
        challenge = state.challenge
        if challenge is None or state.now_ms <= challenge.deadline_ms:
            return self._dispatch(state, at, event)
        settled = failed(state, self.rules)
        if isinstance(event, ev.Reply):
            return Outcome(tell(state, self.rules, "check-late"), settled=settled)
        return replace(self._dispatch(state, at, event), settled=settled)

    def _dispatch(self, state: State, at: int, event: ev.Event) -> Outcome:
        match event:
            case ev.Beat():
                return take_beat(state, self.rules, self.draw, at, event)
            case ev.Start():
                return self._start(state, at, event)
            case ev.Reply():
                return self._reply(state, event)
            case ev.End():
                return self._end(state, event)
            case ev.LivePlay() | ev.LiveStop():
                return self._live(state, at, event)
            case ev.Lesson():
                return self._lesson(state, event)
            case ev.Enrolment():
                return self._enrolment(state, event)
            case ev.SignIn():
                state.signed_in_day = self.rules.day_of(state.now_ms)
                state.verified = event.verified
                return self._said(state)
            case ev.Finish():
                return self._finish(state, event)
            case ev.Recorded():
                return self._recorded(state, event)
            case ev.Header():
                return self._said(state)
            case _:
                assert_never(event)

    def _said(self, state: State, reason: str | None = None, *, flag: str | None = None) -> Outcome:
        return Outcome(tell(state, self.rules, reason), flag=flag)

    def _start(self, state: State, at: int, event: ev.Start) -> Outcome:
        """The newest start takes the lease, if the person may study now."""
        course = state.courses.get(event.enrolment)
        if course is None or not course.active:
            return self._said(state, "enrolment-not-active")
        if event.lesson not in course.lessons:
            return self._said(state, "unknown-lesson")
        if not state.verified:
            return self._said(state, "identity-not-verified")
        if state.signed_in_day != self.rules.day_of(state.now_ms):
            return self._said(state, "no-sign-in-today")
        if state.challenge is not None:
            return self._said(state, "challenge-open")
        if event.session in state.sessions:
            return self._said(state, "session-exists", flag="session-exists")
        if state.lease is not None:
            state.close(state.lease, "another-device")
        study = course.lessons[event.lesson][-1]
        state.sessions[event.session] = Session(event.enrolment, event.lesson, study.version, at)
        state.lease = event.session
        return Outcome(tell(state, self.rules, resume_ms=resume_at(study, self.rules)))

    def _reply(self, state: State, event: ev.Reply) -> Outcome:
        if state.challenge is None:
            return self._said(state, "no-challenge")
        if not event.correct:
            settled = failed(state, self.rules)
            return Outcome(tell(state, self.rules, "check-wrong"), settled=settled)
        settled = passed(state)
        if state.lease is not None:  # an answer is a sign of life
            state.sessions[state.lease].last_ms = state.now_ms
        return Outcome(tell(state, self.rules), settled=settled)

    def _end(self, state: State, event: ev.End) -> Outcome:
        if event.session not in state.sessions:
            return self._said(state, "unknown-session")
        state.close(event.session, "ended")
        return self._said(state)

    def _live(self, state: State, at: int, event: ev.LivePlay | ev.LiveStop) -> Outcome:
        """The media server's own record; a second play or stop in a row says nothing new."""
        session = state.sessions.get(event.session)
        if session is None:
            return self._said(state, "unknown-session")
        if isinstance(event, ev.LivePlay):
            if session.playing_since is None:
                session.playing_since = at
        elif session.playing_since is not None:
            session.plays.append((session.playing_since, at))
            session.playing_since = None
        return self._said(state)

    def _lesson(self, state: State, event: ev.Lesson) -> Outcome:
        """A lesson version is frozen: saying it again changes nothing, saying it otherwise is refused."""
        live = None if event.live_from is None else moment(event.live_from)
        versions = state.courses.setdefault(event.enrolment, Course()).lessons.setdefault(event.lesson, [])
        for study in versions:
            if study.version == event.version:
                if (study.length_ms, study.live_from_ms) == (event.length_ms, live):
                    return self._said(state)
                return self._said(state, "lesson-frozen", flag="lesson-frozen")
        versions.append(Study(event.version, event.length_ms, live))
        return self._said(state)

    def _enrolment(self, state: State, event: ev.Enrolment) -> Outcome:
        course = state.courses.setdefault(event.enrolment, Course())
        if event.active:
            course.active = True
        else:
            close_course(state, event.enrolment)
        return self._said(state)

    def _finish(self, state: State, event: ev.Finish) -> Outcome:
        """End a course by a last check, or at once if none of its credit waits for one."""
        active = tuple(name for name, course in state.courses.items() if course.active)
        ending = (
            active if event.enrolment is None else tuple(name for name in active if name == event.enrolment)
        )
        if not ending:
            return self._said(state, "enrolment-not-active")
        waiting = {row.enrolment for row in state.waiting}
        to_check = tuple(name for name in ending if name in waiting)
        for name in ending:
            if name not in waiting:
                close_course(state, name)
        if not to_check:
            return self._said(state)
        if state.challenge is None:
            opened = open_check(state, self.rules, None, to_check)
            return Outcome(tell(state, self.rules), opened=opened)
        # The check that is open already is as good a last one.
        finishes = state.challenge.finishes
        finishes += tuple(name for name in to_check if name not in finishes)
        state.challenge = replace(state.challenge, finishes=finishes)
        return self._said(state)

    def _recorded(self, state: State, event: ev.Recorded) -> Outcome:
        """A recorded check must be the one these rules opened by the inputs before it."""
        challenge = state.challenge
        if challenge is None or (challenge.opened_ms, challenge.threshold_ms) != (
            state.now_ms,
            event.threshold_ms,
        ):
            return self._said(state, "record-differs", flag="record-differs")
        return self._said(state)
