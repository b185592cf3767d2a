"""Two rules on openfisca-core, on bare numpy, and exactly: `peers.py PEOPLE`.

韶关: 30 yuan for every 45 minutes, with what was paid this year at most 1 000 yuan. 陕西: the standard, its online
share at 130 %. openfisca-core holds money as float32; what it pays is rounded to the fen once, as the rule says.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2020"
PERSON = Entity("person", "persons", "", "")
Ints = np.ndarray


def variable(name: str, formula: Callable[..., np.ndarray] | None = None) -> type[Variable]:
    members = {
        "value_type": float, "entity": PERSON, "definition_period": DateUnit.YEAR, "label": name,
        **({"formula": formula} if formula else {}),
    }  # fmt: skip
    return type(name, (Variable,), members)


def on_the_job(person, period, parameters):  # type: ignore[no-untyped-def]
    earned = np.floor(person("minutes", period) / 45) * 30
    return np.maximum(0, np.minimum(earned, 1_000 - person("paid", period)))


def whole_standard(person, period, parameters):  # type: ignore[no-untyped-def]
    share = person("online", period) / person("total", period)
    online = person("standard", period) * share * 1.3
    return online + person("standard", period) * (1 - share)


SYSTEM = TaxBenefitSystem([PERSON])
for name in ("minutes", "paid", "online", "total", "standard"):
    SYSTEM.add_variable(variable(name))
SYSTEM.add_variable(variable("on_the_job", on_the_job))
SYSTEM.add_variable(variable("whole_standard", whole_standard))


def openfisca(rule: str, inputs: dict[str, np.ndarray]) -> tuple[float, Ints]:
    """Seconds for one calculation with its inputs set, and the amounts in fen."""
    simulation = SimulationBuilder().build_default_simulation(SYSTEM, len(next(iter(inputs.values()))))
    started = time.perf_counter()
    for name, values in inputs.items():
        simulation.set_input(name, PERIOD, values)
    yuan = simulation.calculate(rule, PERIOD)
    seconds = time.perf_counter() - started
    return seconds, np.floor(yuan.astype(np.float64) * 100 + 0.5).astype(np.int64)


def exact_on_the_job(minutes: Ints, paid: Ints) -> Ints:
    return np.maximum(0, np.minimum(minutes // 45 * 3_000, 100_000 - paid))


def exact_whole_standard(standard: Ints, online: Ints, total: Ints) -> Ints:
    return (2 * standard * (10 * total + 3 * online) + 10 * total) // (20 * total)


def best(measure: Callable[[], tuple[float, Ints]]) -> tuple[float, Ints]:
    return min((measure() for _ in range(3)), key=lambda found: found[0])


def timed(operation: Callable[[], Ints]) -> tuple[float, Ints]:
    started = time.perf_counter()
    found = operation()
    return time.perf_counter() - started, found


people = int(sys.argv[1])
rng = np.random.Generator(np.random.PCG64(20200302))
minutes, paid = rng.integers(0, 3_000, people), rng.integers(0, 100_000, people)
standard, online = rng.integers(50_000, 400_000, people), rng.integers(10, 60, people)
total = online + rng.integers(0, 60, people)
rows = []
for rule, inputs, exact in (
    ("on_the_job", {"minutes": minutes, "paid": paid / 100}, lambda: exact_on_the_job(minutes, paid)),
    ("whole_standard", {"standard": standard / 100, "online": online, "total": total},
     lambda: exact_whole_standard(standard, online, total)),
):  # fmt: skip
    seconds, right = best(lambda exact=exact: timed(exact))  # type: ignore[misc]
    other, found = best(lambda rule=rule, inputs=inputs: openfisca(rule, inputs))  # type: ignore[misc]
    shown = {"on_the_job": "韶关, annual cap", "whole_standard": "陕西, whole standard"}[rule]
    rows.append({"rule": shown, "engine": "openfisca-core (float32)", "seconds": other,
                 "wrong": int((found != right).sum()), "total_off": int(found.sum() - right.sum())})  # fmt: skip
    rows.append(
        {"rule": shown, "engine": "numpy int64 by hand", "seconds": seconds, "wrong": 0, "total_off": 0}
    )
print(json.dumps({"rows": rows}))
