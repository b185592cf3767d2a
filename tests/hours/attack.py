"""One attack: a log by the adversary, credited by the library and by the slow rules."""

from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from keshi.hours import (
    Credited,
    Rules,
    credit_events,
)

from .adversary import SEED, VARIANTS, script
from .kit import Entry
from .slow import Slow

modest = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
randoms = st.integers(0, 2**32).map(Random)
variants = st.sampled_from(VARIANTS)


def attack(
    rng: Random, variant: dict[str, Any], steps: int = 60
) -> tuple[Rules, list[Entry], Slow, Credited]:
    rules = Rules(**variant)
    log, _, slow = script(rng, rules, steps)
    return rules, log, slow, credit_events(log, rules, seed=SEED, person="p")
