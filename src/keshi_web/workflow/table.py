"""What a process is made of: states, transitions, who may make them, which clocks they touch. Data, no behaviour."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
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
    `needs` names the inputs without which the act is refused, `offers` further ones that may be left empty
    (`inputs.py` says what each looks like). `moves` is the step along the chain of offices.
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
    offers: tuple[str, ...] = ("note", "remark")
    aside: bool = False
    """Possible, but nobody waits for it: it alone does not put a case on somebody's list (a withdrawal)."""
    phrases: tuple[Text, ...] = ()
    """Sentences offered for the note with one click."""
    happened: str = ""
    """The input that says on which day it really happened, where it is written down later (papers that came in)."""


@dataclass(frozen=True)
class ClockSpec:
    """A time limit about to start: exactly one of workdays, days, months or a fixed last day.

    `started_on`: the day of the event where that is not today, as for papers that a clerk registers later.
    """

    name: str
    text_zh: str
    text_en: str
    clause: str
    duty_of: Side
    workdays: int | None = None
    days: int | None = None
    months: int | None = None
    last_day: date | None = None
    started_on: date | None = None


PLACES = frozenset({"office", "above", "provider", "system"})
TONES = frozenset({"grey", "blue", "amber", "green", "red"})


@dataclass(frozen=True)
class Workflow:
    """A process: its table and the functions that tie it to its subject.

    `subject_of` loads the subject from the process; `clock` answers the specification of a clock that a
    transition starts (None: this case has no such clock); `url` is the page of the subject. `act` is the
    domain's own service for every act, called with (process, event, actor, version, given) and answering the
    timeline entry: there the domain runs its effects in the engine's transaction. None: the engine alone.
    `steps` are the main states in order, for the progress bar; where empty, the shortest way to success.
    `notes` are the words for lines of the timeline that `engine.record` writes. `told` answers what the letter of an
    event will say by itself, besides what the person writes.
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
    act: Callable[..., Any] | None = None
    steps: tuple[str, ...] = ()
    notes: Mapping[str, Text] = field(default_factory=dict)
    told: Callable[[Any, str], Iterable[Text]] = lambda subject, event: ()
    by_state: dict[str, State] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_state", {state.key: state for state in self.states})
        faults = list(self._faults())
        if faults:
            raise ValueError(f"workflow {self.name}: " + "; ".join(faults))
        if not self.steps:
            object.__setattr__(self, "steps", self._shortest())

    def _faults(self) -> Iterable[str]:
        known = self.by_state.keys()
        if len(known) < len(self.states):
            yield "a state is named twice"
        for key in {self.start, *self.steps} - known:
            yield f"unknown state {key}"
        for state in self.states:
            if state.tone not in TONES:
                yield f"state {state.key}: unknown tone {state.tone}"
        taken: set[tuple[str, str]] = set()
        for one in self.transitions:
            for key in {*one.source, one.target} - known:
                yield f"{one.event}: unknown state {key}"
            for source in one.source:
                if (source, one.event) in taken:
                    yield f"{one.event}: twice out of {source}"
                taken.add((source, one.event))
                if source in known and self.by_state[source].final:
                    yield f"{one.event}: leaves the final state {source}"
            if one.at not in PLACES:
                yield f"{one.event}: unknown place {one.at}"
            if (one.at == "system") == bool(one.by):
                yield f"{one.event}: roles and place do not fit"
        reached = {self.start}
        for _round in self.states:
            reached |= {one.target for one in self.transitions if reached & set(one.source)}
        for key in known - reached:
            yield f"state {key} cannot be reached"

    def _shortest(self) -> tuple[str, ...]:
        """The shortest way from the start to a final state in green, else to any final state."""
        ways: deque[tuple[str, ...]] = deque([(self.start,)])
        seen, ends = {self.start}, []
        while ways:
            way = ways.popleft()
            if self.by_state[way[-1]].final:
                ends.append(way)
            for one in self.from_state(way[-1]):
                if one.target not in seen:
                    seen.add(one.target)
                    ways.append((*way, one.target))
        good = [way for way in ends if self.by_state[way[-1]].tone == "green"]
        return (good or ends or [(self.start,)])[0]

    def from_state(self, state: str) -> list[Transition]:
        """Transitions that leave a state, in the order of the table."""
        return [transition for transition in self.transitions if state in transition.source]

    def roles_in(self, state: str) -> set[Role]:
        """Whose step is waited for in a state."""
        return {role for one in self.from_state(state) for role in one.by if not one.aside}

    def find(self, event: str, state: str) -> Transition | None:
        """The transition of an event out of a state."""
        return next((one for one in self.from_state(state) if one.event == event), None)

    def event(self, event: str) -> Transition:
        """Any transition of that name, for its label. Raises KeyError."""
        for one in self.transitions:
            if one.event == event:
                return one
        raise KeyError(event)

    def label_of(self, event: str) -> Text:
        """The words for an event: a transition's label, or those of a line that changes no state (`notes`)."""
        found = next((one.label for one in self.transitions if one.event == event), None)
        return found if found is not None else self.notes.get(event, event)


_registered: dict[str, Workflow] = {}


def register(workflow: Workflow) -> Workflow:
    """Make a workflow known to the queue, the timeline and the diagrams.

    Raises ValueError when another workflow has the name.
    """
    if _registered.get(workflow.name, workflow) is not workflow:
        raise ValueError(f"two workflows are called {workflow.name}")
    _registered[workflow.name] = workflow
    return workflow


def workflow_of(name: str) -> Workflow:
    """The workflow of a process kind."""
    return _registered[name]


def workflows_by_name() -> Mapping[str, Workflow]:
    """Every workflow of the service under its name."""
    return _registered


def all_workflows() -> Iterable[Workflow]:
    """Every workflow of the service, by name."""
    return [_registered[name] for name in sorted(_registered)]


def states_for(role: Role) -> dict[str, list[str]]:
    """For every workflow, the states in which this role is waited for."""
    found = {}
    for workflow in all_workflows():
        keys = [
            state.key
            for state in workflow.states
            if any(role in one.by and not one.aside for one in workflow.from_state(state.key))
        ]
        if keys:
            found[workflow.name] = keys
    return found
