"""The README's picture of a settled class: the very table that `keshi settle` prints, as a picture."""

import io
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from keshi.cli import settle as command
from keshi.cli.cases import load_case
from keshi.scheme import find_scheme
from keshi.settlement import settle

ROOT = Path(__file__).parents[1]


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
@font-face {{ font-family: Lines; src: local("DejaVu Sans Mono"); size-adjust: 83.06%; unicode-range: U+2500-257F }}
body {{ margin: 0; background: #14213d; padding: 28px }}
pre {{ font: 15px/1.35 Lines, 'Noto Sans Mono CJK SC', monospace; margin: 0; color: #e8ecf4 }}
{stylesheet}
</style></head><body><pre>$ keshi settle samples/shaoguan-2020.xlsx
{code}</pre></body></html>"""


def main() -> None:
    """Write docs/images/settle.png with Debian's chromium; it needs fonts-noto-cjk."""
    recorder = Console(record=True, width=132, file=io.StringIO(), highlight=False, force_terminal=True)
    setattr(command, "console", lambda: recorder)  # noqa: B010
    case, _ = load_case(ROOT / "samples" / "shaoguan-2020.xlsx")
    command.show(settle(case, find_scheme(case.scheme)))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(
            recorder.export_html(theme=MONOKAI, code_format=PAGE, inline_styles=True), encoding="utf-8"
        )
        target = ROOT / "docs" / "images" / "settle.png"
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
        ]
        subprocess.run(
            ["chromium", *options, f"--user-data-dir={folder}/profile", "--window-size=1150,900",
             f"--screenshot={target}", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
