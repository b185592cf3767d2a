"""Every line that keeps a cheat out is needed: made wrong, one at a time, each mistake must be noticed."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

import keshi.hours

from .adversary import SEED, VARIANTS, script
from .cases import CASES, EIGHT, EIGHT_MINUTES, differences
from .kit import Entry, answer, beat, ready, step, watched
from .mutants import MUTATIONS, Mutation

SOURCE = Path(keshi.hours.__file__).parent
SCRIPTS_PER_VARIANT = 12


@cache
def scripts() -> list[tuple[dict[str, Any], list[Entry], list[list[Any]]]]:
    """Seeded logs of the adversary and what the slow rules credit for them; no mutant has a part in this."""
    made = []
    for variant in VARIANTS:
        for seed in range(SCRIPTS_PER_VARIANT):
            log, _, slow = script(Random(seed), keshi.hours.Rules(**variant), 60)
            made.append((variant, log, slow.credits))
    return made


def mistakes(hours: Any) -> Iterator[str]:
    """What a build of the package gets wrong, found cheaply and in a fixed order."""
    for case in CASES:
        yield from differences(hours, case)
    pieces = [*ready(), beat(20_000, 1, (0, 5_000), (5_000, 9_000))]
    if len(hours.credit_events([s.entry for s in pieces]).rows) != 1:
        yield "one stretch, one row"
    if hours.intervals.prefix([(0, 3), (9, 10)], 5) != 3:
        yield "the covered beginning"
    if hours.class_hours(Fraction(140), 40, 20) != 4:
        yield "class hours"
    steps = [s.entry for s in (*EIGHT_MINUTES, answer(480_000), *watched(25, 3, 480_000, 480_000))]
    credited = hours.credit_events(steps, hours.Rules(**EIGHT))
    if credited.confirmed_minutes != 8:
        yield "confirmed minutes"
    record = hours.with_record(steps, credited)
    if hours.credit_events(record, hours.Rules()).rows_json() != credited.rows_json():
        yield "recomputed rows"
    evading = [s.entry for s in (step(0, "rules", version="hours-1"), *ready(), *watched(1, 60))]
    if hours.credit_events(evading).void_ms != 900_000:
        yield "a record without checks"
    if {hours.keyed_draw(b"seed", "p", (8, 15))(n) for n in range(200)} != set(range(8, 16)):
        yield "draws"
    for variant, log, expected in scripts():
        rows = hours.credit_events(log, hours.Rules(**variant), seed=SEED, person="p").rows
        if [
            [
                r.enrolment,
                r.lesson,
                r.lesson_version,
                r.session,
                r.seq,
                r.media_start_ms + k,
                r.wall_start_ms + k,
                r.status,
            ]
            for r in rows
            for k in range(r.ms)
        ] != expected:
            yield f"rows of {variant}"


def build(name: str, folder: Path, mutation: Mutation | None) -> Any:
    """The package under another name, with one line of it made wrong."""
    package = folder / name
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in package.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        if mutation is not None and file.name == mutation.file:
            assert text.count(mutation.old) == 1, (
                f"{mutation.file}: {mutation.old!r} occurs {text.count(mutation.old)} times"
            )
            text = text.replace(mutation.old, mutation.new)
        file.write_text(text.replace("keshi.hours", name), encoding="utf-8")
    importlib.invalidate_caches()
    return importlib.import_module(name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.partition(".")[0].startswith("hours_build_"):
            del sys.modules[name]


def test_the_package_itself_makes_no_mistakes(folder: Path) -> None:
    assert list(mistakes(build("hours_build_true", folder, None))) == []


@pytest.mark.parametrize("number", range(len(MUTATIONS)), ids=lambda n: f"{n}-{MUTATIONS[n].breaks}")
def test_a_mistake_is_noticed(number: int, folder: Path) -> None:
    mutation = MUTATIONS[number]
    mutant = build(f"hours_build_{number}", folder, mutation)
    try:
        noticed = next(mistakes(mutant), None)
    except Exception as error:
        noticed = f"it breaks down: {error!r}"
    assert noticed is not None, f"nobody notices that {mutation.breaks}: {mutation.new!r} in {mutation.file}"


def test_there_are_enough_mistakes_to_notice() -> None:
    assert len(MUTATIONS) >= 25
    assert len({(m.file, m.old, m.new) for m in MUTATIONS}) == len(MUTATIONS)
