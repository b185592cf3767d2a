"""What the page header shows but this layer cannot know: unread messages, assignments, the authority's name.

The app that knows registers a function in its `navigation.py`; without one, the header leaves that part out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Assignment:
    """One role a person may switch to. `id` is posted as `assignment`."""

    id: int | str
    label: str
    place: str = ""
    current: bool = False


@dataclass
class _Providers:
    unread: Callable[[HttpRequest], int] | None = None
    inbox: str = ""
    assignments: Callable[[HttpRequest], Sequence[Assignment]] | None = None
    switch: str = ""
    authority: Callable[[HttpRequest], str] | None = None


_providers = _Providers()


def provide_messages(unread: Callable[[HttpRequest], int], url_name: str) -> None:
    """How many messages of the signed-in person are unread, and the page that lists them."""
    _providers.unread, _providers.inbox = unread, url_name


def provide_assignments(choices: Callable[[HttpRequest], Sequence[Assignment]], url_name: str) -> None:
    """Which roles the signed-in person holds, and the address that a choice (`assignment`, `next`) is posted to."""
    _providers.assignments, _providers.switch = choices, url_name


def provide_authority(name: Callable[[HttpRequest], str]) -> None:
    """The authority's name under the product's name where nobody is signed in."""
    _providers.authority = name


def unread(request: HttpRequest) -> int:
    """Unread messages of the signed-in person."""
    return _providers.unread(request) if _providers.unread and _signed_in(request) else 0


def inbox_url() -> str:
    """Address of the messages, empty when there is none."""
    return address(_providers.inbox)


def assignments(request: HttpRequest) -> Sequence[Assignment]:
    """Roles to choose from; empty when there is nothing to choose."""
    if not (_providers.assignments and _signed_in(request)):
        return ()
    choices = _providers.assignments(request)
    return choices if len(choices) > 1 else ()


def switch_url() -> str:
    """Where a chosen role is posted to, empty when nowhere."""
    return address(_providers.switch)


def authority(request: HttpRequest) -> str:
    """The office or organisation the person works for, else the authority's name."""
    actor = getattr(request, "actor", None)
    place = actor.place_shown if actor else ""
    return place or (_providers.authority(request) if _providers.authority else "")


def address(url_name: str) -> str:
    """The address of a name, empty when this installation has none of that name."""
    if not url_name:
        return ""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _signed_in(request: HttpRequest) -> bool:
    return getattr(request, "actor", None) is not None
