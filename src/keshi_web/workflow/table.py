"""What a process is made of: states, transitions, who may make them, which clocks they touch. Data, no behaviour."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role

Text = str | Promise


class Side(StrEnum):
    """Whose turn it is, or whose duty a clock measures."""

    PROVIDER = "provider"
    OFFICE = "office"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Verdict:
    """Whether an act is possible now, and if not, why, in words for the person."""

    allowed: bool
    reason: Text = ""


YES = Verdict(True)


def no(reason: Text) -> Verdict:
    """A refusal with its reason."""
    return Verdict(False, reason)


Guard = Callable[[Any, Actor], Verdict]
"""From the subject (a filing, an evaluation …) and the actor to a verdict."""


@dataclass(frozen=True)
class State:
    """A state of a process. `tone` colours its badge: grey, blue, amber, green, red."""

    key: str
    label: Text
    waits_for: Side
    tone: str = "grey"
    final: bool = False


@dataclass(frozen=True)
class Transition:
    """One act: from where to where, by whom, with what, under which guards, with what consequences.

    `at` says where the actor must stand: at the office whose turn it is ("office"), there or at one above it
    ("above"), at the organisation of the process ("provider"), or nowhere because the system acts ("system").
    `needs` names the inputs without which the act is refused. `moves` is the step along the chain of offices.
    """

    event: str
    source: tuple[str, ...]
    target: str
    label: Text
    by: frozenset[Role] = frozenset()
    at: str = "office"
    needs: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    moves: int = 0
    letter: str = ""
    notifies: tuple[Side, ...] = ()
    tone: str = "primary"
    bulk: bool = False
    """May be done to many cases at once from the list."""


@dataclass(frozen=True)
class ClockSpec:
    """A time limit about to start: exactly one of workdays, days, months or a fixed last day."""

    name: str
    text_zh: str
    text_en: str
    clause: str
    duty_of: Side
    workdays: int | None = None
    days: int | None = None
    months: int | None = None
    last_day: Any = None


@dataclass(frozen=True)
class Workflow:
    """A process: its table and the functions that tie it to its subject.

    `subject_of` loads the subject from the process; `clock` answers the specification of a clock that a
    transition starts (None: this case has no such clock); `url` is the page of the subject for an actor's side.
    """

    name: str
    title: Text
    start: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    subject_of: Callable[[Any], Any]
    clock: Callable[[Any, str], ClockSpec | None] = lambda subject, name: None
    url: Callable[[Any], str] = lambda process: ""
    icon: str = "file-text"
    by_state: dict[str, State] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_state", {state.key: state for state in self.states})
        known = self.by_state.keys()
        for transition in self.transitions:
            unknown = {*transition.source, transition.target} - known
            if unknown or self.start not in known:
                raise ValueError(f"{self.name}.{transition.event}: unknown states {sorted(unknown)}")

    def from_state(self, state: str) -> list[Transition]:
        """Transitions that leave a state, in the order of the table."""
        return [transition for transition in self.transitions if state in transition.source]

    def find(self, event: str, state: str) -> Transition | None:
        """The transition of an event out of a state."""
        return next((one for one in self.from_state(state) if one.event == event), None)

    def event(self, event: str) -> Transition:
        """Any transition of that name, for its label. Raises KeyError."""
        for one in self.transitions:
            if one.event == event:
                return one
        raise KeyError(event)


_registered: dict[str, Workflow] = {}


def register(workflow: Workflow) -> Workflow:
    """Make a workflow known to the queue, the timeline and the diagrams."""
    _registered[workflow.name] = workflow
    return workflow


def workflow_of(name: str) -> Workflow:
    """The workflow of a process kind."""
    return _registered[name]


def all_workflows() -> Iterable[Workflow]:
    """Every workflow of the service, by name."""
    return [_registered[name] for name in sorted(_registered)]
