"""The README's pictures: a settled class as `keshi settle` prints it, and a clerk's work queue in the demonstration.

`make_screenshot.py` makes the first; `make_screenshot.py http://localhost:8000` the second, from a running `make demo`.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI

from keshi.cli import settle as command
from keshi.cli.cases import load_case
from keshi.scheme import find_scheme
from keshi.settlement import settle

ROOT = Path(__file__).parents[1]
CLERK = "ankang-610902-clerk"
"""Whose queue holds what is overdue, due today and due later."""

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
@font-face {{ font-family: Lines; src: local("DejaVu Sans Mono"); size-adjust: 83.06%; unicode-range: U+2500-257F }}
body {{ margin: 0; background: #14213d; padding: 28px }}
pre {{ font: 15px/1.35 Lines, 'Noto Sans Mono CJK SC', monospace; margin: 0; color: #e8ecf4 }}
{stylesheet}
</style></head><body><pre>$ keshi settle samples/shaoguan-2020.xlsx
{code}</pre></body></html>"""


def settled() -> None:
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


def queue(site: str) -> None:
    """Write docs/images/queue.png from the demonstration at an address."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(base_url=site, locale="zh-CN", viewport={"width": 1366, "height": 600})
        page.goto("/accounts/sign-in/")
        button = page.locator(f"button[name=username][value='{CLERK}']")
        page.locator("details.ks-sample-group:not([open])", has=button).locator("summary").click()
        button.click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto("/work/")
        page.screenshot(path=ROOT / "docs" / "images" / "queue.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        queue(sys.argv[1])
    else:
        settled()
