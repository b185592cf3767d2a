"""The main menu. An app that has an entry registers it in its own `navigation.py`, which is imported at start-up.

from keshi_web.ui import navigation

navigation.register(
    navigation.Entry(
        "filings", _("开班备案"), "clipboard-check", "classes:list", frozenset({Role.CLERK}), order=20
    )
)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """One entry of the menu.

    `icon` is a Tabler icon's name without `ti-`; `roles` are those that see it (None: everybody, signed out too);
    entries stand in the order of `order`, then of their registration.
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str
    roles: frozenset[str] | None = None
    order: int = 100


@dataclass(frozen=True)
class Item:
    """An entry as one request sees it."""

    key: str
    label: str
    icon: str
    url: str
    active: bool


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry to the menu.

    Raises ValueError when another entry has the same key.
    """
    if _entries.get(entry.key, entry) != entry:
        raise ValueError(f"two navigation entries are called {entry.key!r}")
    _entries[entry.key] = entry


def registered() -> Sequence[Entry]:
    """All entries in order."""
    return sorted(_entries.values(), key=lambda entry: entry.order)


def items(request: HttpRequest) -> list[Item]:
    """The menu for who asks, with the entry of the present page marked.

    The present entry is the one a view named in `request.navigation_key`, else the one whose address is the longest
    beginning of the present address.
    """
    actor = getattr(request, "actor", None)
    visible = [(entry, url) for entry, url in _addressed() if _may_see(entry, actor and actor.role)]
    active = getattr(request, "navigation_key", None) or _nearest(request.path, visible)
    return [
        Item(entry.key, str(entry.label), entry.icon, url, active=entry.key == active)
        for entry, url in visible
    ]


def _may_see(entry: Entry, role: str | None) -> bool:
    return entry.roles is None or (role is not None and role in entry.roles)


def _addressed() -> Iterator[tuple[Entry, str]]:
    for entry in registered():
        try:
            yield entry, reverse(entry.url_name)
        except NoReverseMatch:
            # An address that this installation does not have: portal-only or demonstration-only pages.
            continue


def _nearest(path: str, visible: Sequence[tuple[Entry, str]]) -> str | None:
    matching = [
        (len(url), entry.key)
        for entry, url in visible
        if path == url or (url != "/" and path.startswith(url))
    ]
    return max(matching)[1] if matching else None
