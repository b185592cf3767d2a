"""The words of messages, made from a kind and its parameters when they are read, in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keshi_web.ui.dates import day_text
from keshi_web.workflow.table import Text, workflow_of


@dataclass(frozen=True)
class Words:
    """A message as it is read: one line, and a sentence on what it means and what to do."""

    title: str
    body: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of message. `title` and `body` are texts with places for the parameters, or a function makes them.

    `reminder`: about a time limit, so also sent out where a user wants reminders only.
    """

    title: Text = ""
    body: Text = ""
    icon: str = "mail"
    colour: str = "blue"
    reminder: bool = False
    words: Callable[[Mapping[str, Any]], Words] | None = None


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Make a kind of message known.

    Raises ValueError when another kind has the name.
    """
    if _kinds.get(name, kind) is not kind:
        raise ValueError(f"two kinds of message are called {name}")
    _kinds[name] = kind


def kind_of(name: str) -> Kind:
    """The description of a kind. Raises KeyError for one nobody registered."""
    return _kinds[name]


def words_of(name: str, params: Mapping[str, Any]) -> Words:
    """A message in the language that is active now."""
    kind = kind_of(name)
    if kind.words:
        return kind.words(params)
    return Words(str(kind.title) % params, str(kind.body) % params)


def _transition(params: Mapping[str, Any]) -> Words:
    workflow = workflow_of(params["workflow"])
    event = workflow.event(params["event"])
    state = workflow.by_state[event.target]
    said = {"number": params["number"], "title": params["title"], "act": event.label, "state": state.label}
    return Words(_("%(number)s：%(act)s") % said, _("“%(title)s”现在的状态为“%(state)s”。") % said)


def _assigned(params: Mapping[str, Any]) -> Words:
    return Words(
        _("%(number)s 交由您承办") % params,
        _("%(by)s将“%(title)s”交由您承办。") % params,
    )


def _clock(title: Text, body: Text) -> Callable[[Mapping[str, Any]], Words]:
    def words(params: Mapping[str, Any]) -> Words:
        from datetime import date

        said = {**params, "due": day_text(date.fromisoformat(params["due_on"]))}
        return Words(str(title) % said, str(body) % said)

    return words


register("transition", Kind(icon="arrow-right-circle", words=_transition))
register("assigned", Kind(icon="user-check", words=_assigned))
register(
    "clock-soon",
    Kind(
        icon="clock",
        colour="amber",
        reminder=True,
        words=_clock(
            gettext_lazy("%(number)s：期限将至（%(due)s）"),
            gettext_lazy("“%(title)s”的办理期限至 %(due)s，请及时办理。"),
        ),
    ),
)
register(
    "clock-last-day",
    Kind(
        icon="alert-triangle",
        colour="red",
        reminder=True,
        words=_clock(
            gettext_lazy("%(number)s：今日为最后办理日"),
            gettext_lazy("“%(title)s”须在 %(due)s 前办结，今天是最后一个工作日。"),
        ),
    ),
)
register(
    "clock-overdue",
    Kind(
        icon="alert-octagon",
        colour="red",
        reminder=True,
        words=_clock(
            gettext_lazy("%(number)s：已超过期限（%(due)s）"),
            gettext_lazy("“%(title)s”应在 %(due)s 前办理，至今未办。请尽快办理并说明情况。"),
        ),
    ),
)
