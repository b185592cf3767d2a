"""All measurements, each in a process of its own; writes a table to results.md and asserts nothing about time."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOTICES = ("shaoguan-2020", "ankang-2020", "yingkou-2020", "jinan-2020", "wuhai-2020")
SERVICE = "## Pages of the service"
SERVICE_DAY = "2020-12-01"
PACKAGES = ("keshi", "duckdb", "openfisca-core", "numpy", "pyarrow", "python-calamine")
Row = dict[str, Any]


def measured(script: str, *arguments: object) -> Row:
    """The JSON that a script of this folder prints as its last line, and the peak memory of its process."""
    command = [sys.executable, str(HERE / script), *(str(argument) for argument in arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        printed = running.stdout.read()
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {running.returncode}")
    found: Row = json.loads(printed.strip().splitlines()[-1])
    found["peak_mb"] = usage.ru_maxrss / 1024
    return found


def batches(folder: Path, notices: Sequence[str], people: int, sample: int, repeats: int) -> list[list[str]]:
    """(a) Parquet to Parquet, and a sample of people settled again by the row engine."""
    lines = []
    for notice in notices:
        files = folder / notice
        measured("data.py", notice, files, people)
        runs = [measured("batch.py", notice, files) for _ in range(repeats)]
        best = min(runs, key=lambda run: run["seconds"])
        checked = measured("check.py", notice, files, sample)
        lines.append([
            notice, f"{best['rows']:,}", f"{best['history']:,}", f"{best['seconds']:.2f}",
            f"{best['rows'] / best['seconds']:,.0f}", f"{best['cpu']:.2f}", f"{max(r['peak_mb'] for r in runs):,.0f}",
            f"{checked['rows']:,} / {checked['different']}", best["checksum"],
        ])  # fmt: skip
    return lines


def peers(people: int) -> list[list[str]]:
    """(b) The same two rules on openfisca-core and as bare numpy."""
    found = measured("peers.py", people)
    return [
        [row["rule"], row["engine"], f"{row['seconds']:.3f}", f"{people / row['seconds']:,.0f}", f"{row['wrong']:,}",
         f"{row['total_off'] / 100:,.2f}"]
        for row in found["rows"]
    ]  # fmt: skip


def rows(folder: Path, notices: Sequence[str], people: int) -> list[list[str]]:
    """(c) The row engine in process, every finding and step kept."""
    lines = []
    for notice in notices:
        found = measured("rows.py", notice, folder / notice, people)
        lines.append([notice, f"{found['trainees']:,}", f"{found['trainees'] / found['seconds']:,.0f}"])
    return lines


def whole(folder: Path, trainees: int, roster: int, repeats: int) -> list[list[str]]:
    """(d, e) Whole commands, and a large roster read and validated."""
    measured("workbooks.py", folder, trainees, roster)
    keshi = Path(sys.executable).with_name("keshi")
    lines = []
    for shown, command in (
        ("`keshi --version`", [keshi, "--version"]),
        (f"`keshi settle` a workbook of {trainees} trainees", [keshi, "settle", folder / "class.xlsx"]),
    ):
        runs = [measured("whole.py", *command) for _ in range(repeats)]
        best = min(runs, key=lambda run: run["seconds"])
        lines.append([shown, f"{best['seconds']:.2f}", f"{best['peak']:,.0f}"])
    found = measured("roster.py", folder / "roster.xlsx")
    said = f"roster of {found['rows']:,} rows read and validated ({found['refused']} refused)"
    lines.append([said, f"{found['seconds']:.2f}", f"{found['peak_mb']:,.0f}"])
    return lines


def service(home: Path, runs: int) -> str:
    """(f) Pages of the service over the generated database that lies in a folder (KESHI_HOME)."""
    os.environ.update(KESHI_HOME=str(home.resolve()), KESHI_DEMO="1", KESHI_TODAY=SERVICE_DAY)
    found = measured("service.py", runs)
    counted = ", ".join(f"{number:,} {name}" for name, number in found["counted"].items())
    lines = [
        [row["page"], row["who"], *(f"{row[key]:.0f}" for key in ("p50", "p95", "max")), str(row["queries"])]
        for row in found["pages"]
    ]
    roster = found["roster"]
    return "\n".join([
        f"{SERVICE}: {counted}\n",
        f"Server time in milliseconds, in process, warm, {runs} requests each. Django's admin shows the same rows.\n",
        table("page|who|p50|p95|max|queries", lines),
        f"A roster workbook of {roster['rows']:,} people whom the vault does not know: taken in"
        f" {roster['upload']:.2f} s, read and judged {roster['read']:.2f} s, stored {roster['store']:.2f} s;"
        f" together {roster['whole']:.2f} s.\n",
    ])  # fmt: skip


def service_before(output: Path) -> str:
    """The part about the service as it was last measured; it wants a database that takes minutes to make."""
    text = "\n".join(_lines(str(output)))
    return f"{SERVICE}{text.partition(SERVICE)[2]}\n" if SERVICE in text else ""


def table(header: str, lines: list[list[str]]) -> str:
    columns = header.split("|")
    rule = "|".join([" --- ", *(" ---: " for _ in columns[1:])])
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"| {' | '.join(column.strip() for column in columns)} |\n|{rule}|\n{body}\n"


def machine() -> str:
    models = [
        line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")
    ]
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, {memory / 1024**2:.0f} GB; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; {packages}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--date", help="the day shown; that of the file system when left out")
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    parser.add_argument(
        "--service",
        type=Path,
        metavar="HOME",
        help="measure only the pages, over the database in this KESHI_HOME",
    )
    options = parser.parse_args()
    if options.service:
        before = "\n".join(_lines(str(options.output))).partition(SERVICE)[0].rstrip()
        measured_part = service(options.service, 5 if options.quick else 20)
        options.output.write_text(f"{before}\n\n{measured_part}", encoding="utf-8")
        return
    people, sample, trainees, roster = (
        (4_000, 200, 20, 200) if options.quick else (1_000_000, 4_000, 500, 50_000)
    )
    notices, repeats = (NOTICES[:2], 1) if options.quick else (NOTICES, 5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        day = options.date or datetime.fromtimestamp(folder.stat().st_mtime, UTC).date().isoformat()
        parts = [
            f"# Measurements\n\n{day}. {machine()}.\n\nWritten by `make bench`; what is measured stands in "
            "[README.md](README.md). Best of the runs; other work on the machine slows single figures.\n",
            f"## Batch: Parquet to Parquet, {people:,} trainees with history, two threads\n",
            table(
                "notice|trainees|history rows|s|trainees/s|CPU s|peak MB|settled again by the row engine / different"
                "|sum of amounts and advances (fen)",
                batches(folder, notices, people, sample, repeats),
            ),
            f"## The same two rules elsewhere, {people:,} people, in memory, one thread\n",
            "No reading or writing, no conditions, no history beyond one sum, no reasons: only the amounts.\n",
            table("rule|engine|s|people/s|amounts wrong by a fen or more|total off (yuan)", peers(people)),
            "## Row engine, one process, every finding and step kept\n",
            table("notice|trainees|trainees/s", rows(folder, notices, 2_000 if options.quick else 20_000)),
            "## Whole commands\n",
            table("what|s|peak MB", whole(folder, trainees, roster, repeats)),
        ]
    options.output.write_text("\n".join([*parts, service_before(options.output)]), encoding="utf-8")


if __name__ == "__main__":
    main()
