"""The benchmarks stay runnable: one small run, its table written."""

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench"


def test_a_quick_run_writes_its_table(tmp_path: Path) -> None:
    output = tmp_path / "results.md"
    command = [
        sys.executable,
        str(BENCH / "run.py"),
        "--quick",
        "--date",
        "2020-03-02",
        "--output",
        str(output),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    text = output.read_text(encoding="utf-8")
    assert text.startswith("# Measurements\n\n2020-03-02. ")
    assert text.count(" / 0 |") == 2, "the row engine pays other amounts than the batch"
