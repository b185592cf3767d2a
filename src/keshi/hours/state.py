"""Everything the machine remembers of one person: plain data that goes to JSON and back."""

from typing import Literal

from msgspec import Struct, field

from keshi.hours.credit import Answer, Challenge, Row
from keshi.hours.events import Beat
from keshi.hours.intervals import Interval

Closed = Literal["ended", "another-device", "check-failed"]


class Study(Struct):
    """One lesson version under one enrolment, and the union of media credited for it, void credit apart."""

    version: str
    length_ms: int
    live_from_ms: int | None = None
    covered: list[Interval] = field(default_factory=list)


class Course(Struct):
    """An enrolment: whether sessions may start, and the versions of its lessons as they appeared."""

    active: bool = True
    lessons: dict[str, list[Study]] = field(default_factory=dict)

    def study(self, lesson: str, version: str) -> Study:
        """The lesson version, which every session and row has."""
        return next(study for study in self.lessons[lesson] if study.version == version)


class Stored(Struct, frozen=True):
    """A beat that was seen and what was answered."""

    beat: Beat
    answer: Answer


class Session(Struct):
    """One page or device. `last_ms` is its last sign of life by the server's clock, `top` its highest number.

    `plays` are the stretches the media server sent to it, `playing_since` the start of one still running.
    """

    enrolment: str
    lesson: str
    version: str
    last_ms: int
    top: int = -1
    closed: Closed | None = None
    seen: dict[int, Stored] = field(default_factory=dict)
    plays: list[Interval] = field(default_factory=list)
    playing_since: int | None = None


class State(Struct):
    """One person. Times are ms since 1970 by the server's clock.

    `now_ms`: latest moment heard of. `watermark_ms`: end of the wall time already accounted for.
    `days`: credit per local day, void credit taken off. `waiting`: the provisional rows.
    `since_ms`: credit since the last check. `draws`: thresholds used up. `rows`: rows ever made.
    """

    person: str = ""
    now_ms: int = 0
    watermark_ms: int = 0
    lease: str | None = None
    signed_in_day: int | None = None
    verified: bool = False
    courses: dict[str, Course] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    days: dict[int, int] = field(default_factory=dict)
    waiting: list[Row] = field(default_factory=list)
    waiting_ms: int = 0
    confirmed_ms: int = 0
    void_ms: int = 0
    rows: int = 0
    since_ms: int = 0
    draws: int = 0
    threshold_ms: int | None = None
    challenge: Challenge | None = None

    def study_of(self, session: Session) -> Study:
        """The lesson version a session studies."""
        return self.courses[session.enrolment].study(session.lesson, session.version)

    def close(self, name: str, why: Closed) -> None:
        """End the earning of a session; a lease it held is free."""
        self.sessions[name].closed = why
        if self.lease == name:
            self.lease = None
