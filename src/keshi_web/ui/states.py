"""Which colour a state has. A process with a state of its own adds it with `colour`, in its `navigation.py`."""

KINDS = frozenset({"neutral", "blue", "green", "amber", "red", "violet"})

_kinds: dict[str, str] = {
    **dict.fromkeys(
        ("draft", "withdrawn", "closed", "archived", "superseded", "inactive", "unverified"), "neutral"
    ),
    **dict.fromkeys(("submitted", "received", "reviewing", "endorsed", "running", "published"), "blue"),
    **dict.fromkeys(("approved", "accepted", "verified", "passed", "active", "completed", "paid"), "green"),
    **dict.fromkeys(("returned", "correcting", "provisional", "suspended", "pending", "expiring"), "amber"),
    **dict.fromkeys(("refused", "rejected", "overdue", "expired", "failed", "revoked", "blacklisted"), "red"),
}


def colour(**kinds: str) -> None:
    """Give states their colours, e.g. `colour(listed="green")`.

    Raises ValueError for a colour that does not exist.
    """
    if unknown := set(kinds.values()) - KINDS:
        raise ValueError(f"no such badge colours: {', '.join(sorted(unknown))}")
    _kinds.update(kinds)


def kind_of(state: str) -> str:
    """The colour of a state; neutral for one nobody has coloured."""
    return _kinds.get(str(state), "neutral")
