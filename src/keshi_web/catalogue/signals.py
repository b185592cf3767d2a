"""What other apps may listen to, and what the catalogue asks of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.dispatch import Signal

from keshi_web.accounts.actor import Actor
from keshi_web.catalogue.models import Listing

delisted = Signal()
"""A platform or course was taken out of the directory; `listing`, `by`. Sent inside the transaction of the act."""


@dataclass(frozen=True)
class Use:
    """A class that uses what is listed. `decided`: agreed to before, so a delisting no longer touches it."""

    number: str
    url: str
    state: str
    decided: bool


Uses = Callable[[Listing, Actor], Iterable[Use]]
"""The classes an actor sees that use what is listed, those still to be decided first."""

_uses: list[Uses] = []


def register_uses(source: Uses) -> None:
    """Let the app that keeps the classes say where a platform or course is used; called once, when it is ready."""
    if source not in _uses:
        _uses.append(source)


def uses_of(listing: Listing, actor: Actor) -> list[Use]:
    """Where it is used, as far as the actor sees it."""
    return [use for source in _uses for use in source(listing, actor)]
