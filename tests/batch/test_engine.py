"""The engine: portable SQL, and an output that is there whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp
from tests.batch.kit import write
from tests.batch.test_exactness import notice, one, rule
from tests.batch.test_inputs import settle, tables

from keshi.problems import BadInput
from keshi.settlement.batch import settle_batch
from keshi.settlement.batch.duck import DuckEngine

PORTABLE_CALLS = frozenset()
"""Functions that sqlglot knows by no name of its own; none is needed."""


class Recording(DuckEngine):
    """Keeps the text of every statement; files are tables, as they are where Parquet is registered in a catalogue."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.texts: list[str] = []

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        if not sql.startswith(("describe", "copy", "create view")):
            self.texts.append(sql)
        return super().run(sql)

    def source(self, path: Path) -> str:
        name = f"file_{path.stem}" if path.suffix == ".parquet" else "file_output"
        super().run(f"create view if not exists {name} as select * from {super().source(path)}")
        return name

    def numbered(self, path: Path) -> str:
        return f"(select s.*, row_number() over (order by id_number) as place from {self.source(path)} s)"

    def strangers(self, column: str, values: Any) -> str:
        return "false"

    def write(self, select: str, path: Path) -> None:
        self.texts.append(select)
        super().write(select, path)


def statements(folder: Path) -> list[str]:
    """Everything that the batches of several notices run, whichever functions of the language they use."""
    engines = []
    engines.append(Recording())
    settle(folder, tables(), engine=engines[-1])
    rich = notice(
        folder / "s",
        "(lookup(tariff, occupation=class.occupation, level=class.level, certificate=trainee.certificate.kind)"
        " / one_yuan / max(1, trainee.minutes / one_minute) + sum_paid(year=2020) / one_yuan % 7) * one_yuan",
        rule("months_after(trainee.contract_signed_on, class.level * one_month) <= class.ends_on"),
        rule("workdays_between(class.filed_on, class.ends_on) > 3 and organisation.size != 'micro'", "class"),
        rule(
            "years_between(class.starts_on, class.ends_on) < 2 * one_year and 'x' not in [class.project]",
            "organisation",
        ),
    )
    facts = {"organisation__industry": "工业", "organisation__employees": 5, "organisation__revenue_wan": 5,
             "organisation__assets_wan": None}  # fmt: skip
    found = one(0, **facts)
    found.classes += one(0, **facts).classes
    found.classes[1].id = "C2"
    trainees, history, classes = write(folder, found)
    engines.append(Recording())
    settle_batch(trainees, history, classes, rich, None, folder / "rich.parquet", engine=engines[-1])
    return [text for engine in engines for text in engine.texts]


def test_the_sql_is_a_subset_that_other_engines_share(tmp_path: Path) -> None:
    texts = statements(tmp_path)
    assert len(texts) > 60
    for text in texts:
        tree = sqlglot.parse_one(text, read="duckdb")
        unknown = {call.name.lower() for call in tree.find_all(exp.Anonymous)}
        assert unknown <= PORTABLE_CALLS, text
        for dialect in ("spark", "postgres"):
            made = sqlglot.transpile(
                text, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
            )
            assert made, text


def test_division_never_goes_through_a_double_that_could_round(tmp_path: Path) -> None:
    """A `/` stands only between an exactly divisible difference and its divisor, inside a cast."""
    for text in statements(tmp_path):
        for division in sqlglot.parse_one(text, read="duckdb").find_all(exp.Div):
            assert isinstance(division.parent, exp.Cast)
            assert isinstance(division.this, exp.Paren)
            assert isinstance(division.this.this, exp.Sub)


class Failing(DuckEngine):
    def write(self, select: str, path: Path) -> None:
        path.write_text("half")
        raise OSError("no space left")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        settle(tmp_path, tables(), engine=Failing(threads=1))
    assert caught.value.problems[0].code == "batch-resources"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "classes.parquet",
        "history.parquet",
        "trainees.parquet",
    ]


KILLED = """
import sys, time
from pathlib import Path
from keshi.scheme import find_scheme
from keshi.settlement.batch import settle_batch
from keshi.settlement.batch.duck import DuckEngine

class Slow(DuckEngine):
    def write(self, select, path):
        super().write(select, path)
        print("written", flush=True)
        time.sleep(60)

folder = Path(sys.argv[1])
files = [folder / f"{name}.parquet" for name in ("trainees", "history", "classes")]
settle_batch(*files, find_scheme("shaoguan-2020"), None, folder / "out.parquet", engine=Slow(threads=1))
"""


def test_a_batch_that_is_killed_leaves_the_old_output(tmp_path: Path) -> None:
    settle(tmp_path, tables())
    before = (tmp_path / "out.parquet").read_bytes()
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"written\n"
        os.kill(running.pid, signal.SIGKILL)
    assert (tmp_path / "out.parquet").read_bytes() == before


def test_little_memory_is_enough_or_said_so(tmp_path: Path) -> None:
    found = tables()
    settle(tmp_path, found, threads=1, memory_limit="64MB")
    with pytest.raises(BadInput) as caught:
        settle(tmp_path, found, threads=1, memory_limit="1MB")
    assert caught.value.problems[0].code == "batch-resources"


def test_an_engine_that_was_given_stays_open(tmp_path: Path) -> None:
    engine = DuckEngine(threads=1)
    settle(tmp_path, tables(), engine=engine)
    assert engine.run("select 1") == [(1,)]
    engine.close()


def test_a_hundred_thousand_rows_take_seconds(tmp_path: Path) -> None:
    """Not a measurement: a plan that went quadratic would not end here."""
    count = 100_000
    found = tables()
    trainees = {name: [values[0]] * count if name != "other_subsidies" else [[]] * count
                for name, values in found["trainees"].items()}  # fmt: skip
    trainees["id_number"] = [
        f"44020319800101{n % 10_000:04d}" if n < 10_000 else f"{440203198000000000 + n}" for n in range(count)
    ]
    found["trainees"] = trainees
    started = time.monotonic()
    assert settle(tmp_path, found).rows == count
    assert time.monotonic() - started < 30
    assert pq.read_metadata(tmp_path / "out.parquet").num_rows == count
