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
    group: str = ""
    """Key of the group it stands under for people who are signed in."""


@dataclass(frozen=True)
class Group:
    """Entries that share one place in the menu; where a reader sees only one of them, it stands alone."""

    key: str
    label: str | Promise
    icon: str
    order: int = 100


@dataclass(frozen=True)
class Item:
    """An entry as one request sees it."""

    key: str
    label: str
    icon: str
    url: str
    active: bool
    items: "tuple[Item, ...]" = ()
    """The entries under it, for a group."""


_entries: dict[str, Entry] = {}
_groups: dict[str, Group] = {}


def group(found: Group) -> None:
    """Add a group to the menu.

    Raises ValueError when another group has the same key.
    """
    if _groups.get(found.key, found) != found:
        raise ValueError(f"two navigation groups are called {found.key!r}")
    _groups[found.key] = found


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
    shown = [
        (entry, Item(entry.key, str(entry.label), entry.icon, url, active=entry.key == active))
        for entry, url in visible
    ]
    if actor is None:
        return [item for _entry, item in shown]
    return _grouped(shown)


def _grouped(shown: Sequence[tuple[Entry, Item]]) -> list[Item]:
    places: list[tuple[int, Item]] = []
    for key, found in _groups.items():
        members = tuple(item for entry, item in shown if entry.group == key)
        if len(members) == 1:
            places.append((found.order, members[0]))
        elif members:
            active = any(item.active for item in members)
            places.append((found.order, Item(key, str(found.label), found.icon, "", active, members)))
    places += [(entry.order, item) for entry, item in shown if entry.group not in _groups]
    return [item for _order, item in sorted(places, key=lambda place: place[0])]


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
