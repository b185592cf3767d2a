"""`make samples`: settle the sample workbooks of all five notices, show the tables, write result workbooks."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "demo-results"


def run(*arguments: str) -> None:
    """Show a command as a user would type it, and run it; stop when it fails."""
    print(f"\n$ keshi {' '.join(arguments)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "keshi", *arguments], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Settle every sample, explain one capped person, and say what to try next."""
    RESULTS.mkdir(exist_ok=True)
    samples = sorted((ROOT / "samples").glob("*.xlsx"))
    for sample in samples:
        given = str(sample.relative_to(ROOT))
        run("settle", given)
        run("settle", given, "-o", str((RESULTS / f"{sample.stem}-result.xlsx").relative_to(ROOT)))
    run("explain", "samples/shaoguan-2020.xlsx", "--person", "5")
    print(
        f"\n{len(samples)} 份示例工作簿已测算，结果工作簿在 {RESULTS.name}/ 。接着可试："
        f"\n{len(samples)} sample workbooks settled; the result workbooks are in {RESULTS.name}/. Try next:\n"
        "\n  .venv/bin/keshi describe jinan-2020"
        "\n  .venv/bin/keshi template shaoguan-2020 -o roster.xlsx"
        "\n  .venv/bin/keshi hours samples/events.json"
        "\n  .venv/bin/keshi check docs/examples/linjiang-2021 --lang en"
    )


if __name__ == "__main__":
    main()
