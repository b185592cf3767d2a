"""Hypothesis profiles: modest by default, the same examples every time in CI. Slow files begin first."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("mutation", settings.get_profile("ci"), max_examples=12)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))

SLOW = (
    "tests/browser/",
    "tests/fault/",
    "tests/web/performance/",
    "tests/web/ui/",
    "tests/web/api/",
    "tests/batch/",
)
"""Folders whose files take longest: begun first, so that no process is left alone with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of slow folders first; within that the order (of chance) stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))
