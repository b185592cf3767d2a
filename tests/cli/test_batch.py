"""`keshi settle-batch`: Parquet to Parquet."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from keshi.identity import make_id_number

PERSON = make_id_number("440203", date(1990, 1, 1), 1)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One class of 韶关 with two people; one had 870 yuan this year."""
    other = make_id_number("440203", date(1991, 1, 1), 2)
    paths = {name: tmp_path / f"{name}.parquet" for name in ("trainees", "history", "classes")}
    with duckdb.connect() as db:
        db.execute(
            f"""copy (select * from (values
                ('C1', '{PERSON}', 'employee', 'contract', cast(1830 as bigint), true, cast([] as varchar[])),
                ('C1', '{other}', 'employee', 'contract', 1830, true, []))
                t(class_id, id_number, category, relation, minutes, completed, other_subsidies))
                to '{paths["trainees"]}' (format parquet)"""
        )
        db.execute(
            f"""copy (select '{PERSON}' id_number, 'shaoguan-2020' scheme, 'on-the-job' item, 'P0' project,
                date '2020-02-20' ended_on, cast(87000 as bigint) amount)
                to '{paths["history"]}' (format parquet)"""
        )
        db.execute(
            f"""copy (select 'C1' class_id, 'on-the-job' item, date '2020-06-01' as_of, 'enterprise' organisation_kind,
                '440203' organisation_region, 'P1' class_project, 'in-post' class_training_type,
                date '2020-03-02' class_filed_on, date '2020-03-10' class_starts_on, date '2020-03-31' class_ends_on,
                date '2020-04-20' class_claimed_on, true class_free_of_charge, true class_platform_recommended)
                to '{paths["classes"]}' (format parquet)"""
        )
    return paths


def arguments(files: dict[str, Path], output: Path) -> list[str]:
    named = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    return ["settle-batch", *named, "--scheme", "shaoguan-2020", "-o", str(output)]


def test_a_set_is_settled_as_class_after_class(run, files, tmp_path) -> None:
    output = tmp_path / "out.parquet"
    ran = run(*arguments(files, output))
    assert ran.code == 0, ran.err
    assert "1130.00" in ran.out
    with duckdb.connect() as db:
        rows = db.execute(f"select amount_fen, eligible from '{output}' order by amount_fen").fetchall()
    assert rows == [(13_000, True), (100_000, True)]


def test_a_missing_column_is_named_and_nothing_is_written(run, files, tmp_path) -> None:
    with duckdb.connect() as db:
        path = tmp_path / "short.parquet"
        db.execute(
            f"copy (select * exclude (minutes) from '{files['trainees']}') to '{path}' (format parquet)"
        )
    output = tmp_path / "out.parquet"
    ran = run(*arguments({**files, "trainees": path}, output))
    assert ran.code == 2
    assert "学习分钟数" in ran.err
    assert not output.exists()
    assert PERSON not in ran.err


def test_a_file_that_is_no_parquet_is_refused(run, files, tmp_path) -> None:
    bad = tmp_path / "bad.parquet"
    bad.write_text("not parquet")
    assert run(*arguments({**files, "classes": bad}, tmp_path / "out.parquet")).code == 2
    assert (
        run(*arguments({**files, "classes": tmp_path / "none.parquet"}, tmp_path / "out.parquet")).code == 2
    )
