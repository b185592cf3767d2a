"""What the crediting machine is told, as typed inputs. The server's time stands beside each input, not in it.

A beat is exactly what the client sent, so two beats with one number are the same beat when they are equal.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=200)]
MAX_SEGMENTS = 256
"""A player that reports more pieces than this in one beat is not a player."""


class _Input(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """Strict: an unknown field is an error, so a misspelt one cannot be lost silently."""


class Header(_Input, frozen=True, tag="rules"):
    """First entry of a complete record: the rule version it was credited by, all its checks being in it."""

    version: Name


class Lesson(_Input, frozen=True, tag="lesson"):
    """A lesson version an enrolment may study. The first one makes an unknown enrolment active.

    `live_from` makes it a live lesson: its media is the timeline of the class, which starts at that moment.
    """

    enrolment: Name
    lesson: Name
    length_ms: Annotated[int, Meta(gt=0)]
    version: Name = "1"
    live_from: Annotated[datetime, Meta(tz=True)] | None = None


class Enrolment(_Input, frozen=True, tag="enrolment"):
    """An enrolment becomes active or ceases to be so."""

    enrolment: Name
    active: bool


class SignIn(_Input, frozen=True, tag="sign-in"):
    """The sign-in of the local day, and whether the identity was verified by it."""

    verified: bool = True


class Start(_Input, frozen=True, tag="start"):
    """A page or device asks to study a lesson."""

    session: Name
    enrolment: Name
    lesson: Name


class Beat(_Input, frozen=True, tag="beat"):
    """What a page says it played since its last beat: media intervals in ms.

    `playing` and `visible` describe the stretch reported, so the beat sent on pause still says playing.
    `rate` and `client_at` are kept for forensics; no arithmetic reads them.
    """

    session: Name
    seq: Annotated[int, Meta(ge=0)]
    segments: Annotated[tuple[tuple[int, int], ...], Meta(max_length=MAX_SEGMENTS)]
    playing: bool
    visible: bool
    rate: str = "1"
    client_at: str | None = None


class LivePlay(_Input, frozen=True, tag="live-play"):
    """The media server began to send to the play token of this session."""

    session: Name


class LiveStop(_Input, frozen=True, tag="live-stop"):
    """The media server stopped sending to the play token of this session."""

    session: Name


class Recorded(_Input, frozen=True, tag="challenge"):
    """Record of a check that opened at this moment, with the threshold drawn (null: a last check)."""

    threshold_ms: Annotated[int, Meta(gt=0)] | None = None


class Reply(_Input, frozen=True, tag="answer"):
    """The person answered the open check."""

    correct: bool


class End(_Input, frozen=True, tag="end"):
    """The page closed its session."""

    session: Name


class Finish(_Input, frozen=True, tag="finish"):
    """The course is over: a last check, then it ends. Without a name: every active enrolment."""

    enrolment: Name | None = None


Event = (
    Header
    | Lesson
    | Enrolment
    | SignIn
    | Start
    | Beat
    | LivePlay
    | LiveStop
    | Recorded
    | Reply
    | End
    | Finish
)
