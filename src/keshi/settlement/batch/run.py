"""Settling a whole set: files in, one file out, the same amounts as class after class in the row engine."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from time import perf_counter

from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme
from keshi.settlement.batch.claims import Claims
from keshi.settlement.batch.engine import Engine, TooLarge
from keshi.settlement.batch.files import open_files
from keshi.settlement.batch.history import load_history
from keshi.settlement.batch.output import write_output
from keshi.settlement.batch.rounds import settle_later

Progress = Callable[[str, int, int], None]
"""Called before each step with its name (a message's key), its number from 1 and how many steps there are."""
STEPS = ("batch-step-read", "batch-step-settle", "batch-step-history", "batch-step-again", "batch-step-write")


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What a batch came to. Amounts in fen; `absent` names the facts that the rules read and no column brought."""

    rows: int
    eligible: int
    amount: int
    advance: int
    seconds: float
    absent: tuple[str, ...] = ()

    @property
    def payable(self) -> int:
        """Amount less advance, in fen; negative is to be recovered."""
        return self.amount - self.advance


def settle_batch(
    trainees: Path,
    history: Path | None,
    classes: Path,
    scheme: Scheme,
    item: str | None,
    output: Path,
    *,
    engine: Engine | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
    progress: Progress | None = None,
) -> BatchSummary:
    """Settle every trainee of every class, Parquet in, Parquet out; equal to `settle` class after class.

    Classes come in the order of their claims: claim date, then `class_id`. What a person is granted (eligible and
    more than 0 fen) is part of that person's history for every later class.

    classes: one row a class. `class_id` (text or integer, unique), `as_of` (date), `item` (text; or the argument
    `item`, or the scheme's only one), the facts that the rules name as `organisation_kind`, `class_starts_on`,
    `class_platform_recommended`, `facts_epidemic_ended_on`, …; `judgement_<rule>` (boolean, null for not judged).
    `class_ends_on` must be filled in, since a grant is dated by it.
    trainees: one row a person and class. `class_id`, `id_number` (18 characters, capital X), and the facts that the
    rules name as `category`, `minutes`, `certificate_kind`, …; `other_subsidies` a list of texts.
    history: one row a past subsidy. `id_number`, `scheme`, `item`, `ended_on`, `amount` (integers are fen, decimals
    yuan), and as the rules need them `project`, `started_on`, `occupation`, `level`.
    Numbers are integers or decimals of at most 6 places, never floats; a null is "not known".
    output: `class_id`, `id_number`, `eligible`, `class_hours` (null where not known), `amount_fen`, `advance_fen`,
    `failed` and `unknown` (lists of rule ids, the class's first). The order of rows is not promised.

    `threads` and `memory_limit` (`1GB`) are for the engine made here when none is given; an engine that is given
    serves one batch and stays open.

    Raises BadInput, with nothing written: a column that is missing, of a wrong type or not known; bad rows, each
    kind with its count and first examples; a division by zero, an unpublished year or a tied tariff where `settle`
    would raise too; a formula or sum too large for 127 bits; formulas whose history depends on history.
    """
    started = perf_counter()  # a stopwatch for the summary; nothing is decided by it
    own = engine is None
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    spill = output.with_name(f"{part.name}.spill")
    if engine is None:
        from keshi.settlement.batch.duck import DuckEngine

        engine = DuckEngine(threads, memory_limit, spill)
    tell = _telling(progress)
    try:
        tell()
        files = open_files(engine, trainees, history, classes, scheme, item)
        tell()
        claims = Claims(engine, files)
        claims.settle_first()
        tell()
        load_history(engine, files, claims)
        tell()
        settle_later(engine, files, claims)
        tell()
        rows, eligible, amount, advance = write_output(engine, claims, part)
        part.replace(output)
    except TooLarge as error:
        raise BadInput(Problem("batch-too-large", params={"detail": _first_line(error)})) from None
    except (OSError, MemoryError) as error:
        raise BadInput(
            Problem("batch-resources", str(output), params={"detail": _first_line(error)})
        ) from None
    finally:
        if own:
            engine.close()
        part.unlink(missing_ok=True)
        rmtree(spill, ignore_errors=True)
    return BatchSummary(rows, eligible, amount, advance, perf_counter() - started, files.absent)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def _telling(progress: Progress | None) -> Callable[[], None]:
    steps = iter(enumerate(STEPS, 1))

    def tell() -> None:
        number, step = next(steps)
        if progress is not None:
            progress(step, number, len(STEPS))

    return tell
