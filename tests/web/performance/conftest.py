"""The sample cities, on the day of the demonstration."""

from functools import partial

import pytest

from keshi_web.classes.generate import run as generating
from support.sample import sample_database, settings_day

__all__ = ["sample_database", "settings_day"]

STATES = ("draft", "submitted", "running", "finished")


@pytest.fixture(autouse=True)
def fewer_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patterns are made by the real acts, which takes a while; these states show the rest."""
    monkeypatch.setattr(generating, "patterns", partial(generating.patterns, states=STATES))
