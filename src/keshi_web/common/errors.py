"""What an act may answer instead of doing its work. Every one carries a sentence for the person who asked."""

from collections.abc import Sequence

from keshi.problems import Problem


class Refusal(Exception):
    """An act that was not done; nothing was written. `reason` is shown to the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class NotAllowed(Refusal):
    """This person may not do this now: another role, another office, an own case, an open check."""


class Stale(Refusal):
    """Somebody acted first; the page shown was older than the case."""


class Invalid(Refusal):
    """What was handed in has faults; `problems` names each with its place."""

    def __init__(self, reason: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(reason)
        self.problems = list(problems)
