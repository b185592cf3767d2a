"""Refuse what must not be in the repository: addresses of package registries, paths of somebody's machine, private
phone numbers and mailboxes, secrets, lock files that record download addresses. Reads every file git tracks."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Ban(NamedTuple):
    """A pattern that no tracked file may hold, what to say, and the files it does not concern."""

    pattern: re.Pattern[str]
    why: str
    except_in: re.Pattern[str] | None = None


def ban(pattern: str, why: str, *, except_in: str | None = None) -> Ban:
    return Ban(re.compile(pattern), why, re.compile(except_in) if except_in else None)


MADE_UP = r"[\d-]*(?:00000|12345)|13800138000"
BANS = [
    ban(
        r"(?i)\b(?:pypi\.org|files\.pythonhosted\.org|test\.pypi\.org|registry\.npmjs\.org|npmmirror\.com"
        r"|(?:mirrors?|pypi|registry)\.[a-z0-9-]+\.(?:com|cn|edu|net|org)\b|mirrors\.[a-z0-9.-]+\.cn)",
        "address of a package registry: which one serves is the business of the machine",
    ),
    ban(
        r"(?m)^\s*(?:--index-url|--extra-index-url|--find-links|--trusted-host|-i|-f)\s",
        "index option in a requirements file",
        except_in=r"^(?!requirements/)",
    ),
    ban(r"(?<![\w./:-])/(?:root|opt|home|Users|mnt|srv)/[\w.-]", "path of one machine"),
    ban(r"\b[A-Z]:\\{1,2}Users\\", "path of one machine"),
    ban(
        rf"(?<![0-9A-Za-z.])(?!{MADE_UP})1[3-9]\d{{9}}(?![0-9A-Za-z])",
        "mobile number: nobody's belongs here (made-up ones hold 00000 or 12345, or are 13800138000)",
    ),
    ban(
        rf"(?<![\w-])(?!{MADE_UP})0(?:10|2\d|[3-9]\d{{2}})-?[2-8]\d{{6,7}}(?![\w-])",
        "office phone: only a scheme's `offices` hold them",
        except_in=r"^schemes/[^/]+/scheme\.toml$",
    ),
    ban(
        r"(?i)[\w.+-]+@(?:qq|163|126|139|189|sina|sohu|foxmail|gmail|outlook|hotmail)\.(?:com|cn|net)\b",
        "private mailbox",
    ),
    ban(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----", "private key"),
    ban(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{30,}|xox[abp]-[0-9A-Za-z-]{10,})", "access token"),
    ban(
        r"(?i)\b(?:password|passwd|secret(?:_key)?|api_?key|access_?token)\s*[=:]\s*[\"'](?!password[\"']|[a-z]+:[a-z-]+[\"'])[^\"'\s{}$]{8,}[\"']",
        "secret written down",
        except_in=r"^tests/|/sample\.py$",  # accounts of people who do not exist
    ),
]
LOCK_FILES = re.compile(r"(?:^|/)(?:uv\.lock|pylock[^/]*\.toml|poetry\.lock|Pipfile\.lock)$")


def findings(name: str, text: str) -> Iterator[str]:
    """One line per forbidden thing in a file: place, reason, and the start of what was found."""
    for pattern, why, except_in in BANS:
        if except_in and except_in.search(name):
            continue
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{name}:{line}: {why} ({found[0].strip()[:8]}…)"


def tracked(root: Path) -> list[str]:
    """The files that git tracks and that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name and (root / name).is_file()]


def check(root: Path) -> list[str]:
    """Everything forbidden in the tracked files of a checkout, the name of the folder it stands in included."""
    found = []
    here = str(root)
    for name in tracked(root):
        if LOCK_FILES.search(name):
            found.append(
                f"{name}: a lock file that records download addresses; the pins are in requirements/"
            )
        raw = (root / name).read_bytes()
        if b"\0" not in raw[:8192]:
            text = raw.decode("utf-8", errors="replace")
            found += findings(name, text)
            if here.count("/") > 1 and re.search(rf"{re.escape(here)}(?![\w-])", text):
                found.append(f"{name}: path of this machine ({here})")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(check(ROOT)) or 0)
