"""Finding a scheme by its id or folder; choosing the version in force."""

import tomllib
from datetime import date
from pathlib import Path

from keshi.problems import BadInput, Problem
from keshi.scheme.load import SCHEME_FILE, Scheme, load_scheme
from keshi.scheme.model import Applies

SCHEMES_VARIABLE = "KESHI_SCHEMES"


def scheme_root() -> Path:
    """Where the notices that come with keshi are: beside the source, or inside an installed package."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parents[1] / "schemes"
    return beside if beside.is_dir() else package / "schemes"


def find_scheme(reference: str, *, day: date | None = None, root: Path | None = None) -> Scheme:
    """The scheme of an id (`shaoguan-2020`) or folder.

    With a `day`, the version that governs classes which start then; without one there may be only a single
    version. Raises BadInput when there is none, when versions overlap, and everything `load_scheme` raises.
    """
    folder = Path(reference)
    if (folder / SCHEME_FILE).is_file():
        return load_scheme(folder)
    known = _versions(root or scheme_root())
    folders = known.get(reference)
    if not folders and (len(folder.parts) > 1 or folder.exists()):
        raise BadInput(Problem("scheme-file-absent", str(folder / SCHEME_FILE)))
    if not folders:
        raise BadInput(Problem("scheme-unknown", value=reference, params={"known": ", ".join(sorted(known))}))
    schemes = [load_scheme(found) for found in folders]
    check_versions(schemes)
    if day is None:
        in_force = schemes if len(schemes) == 1 else []
    else:
        in_force = [scheme for scheme in schemes if _covers(scheme.file.applies, day)]
    if not in_force:
        value = None if day is None else day.isoformat()
        raise BadInput(Problem("scheme-no-version", value=value, params={"scheme": reference}))
    return in_force[0]


def all_schemes(root: Path | None = None) -> list[Scheme]:
    """Every scheme of a folder of schemes, by id and version. Raises BadInput when versions overlap."""
    schemes = [
        load_scheme(folder) for folders in _versions(root or scheme_root()).values() for folder in folders
    ]
    check_versions(schemes)
    return schemes


def check_versions(schemes: list[Scheme]) -> None:
    """Raise BadInput when two versions of one scheme govern the same class."""
    problems = []
    for index, first in enumerate(schemes):
        for second in schemes[index + 1 :]:
            if first.id == second.id and _overlap(first.file.applies, second.file.applies):
                params = {"first": str(first.folder), "second": str(second.folder), "scheme": first.id}
                problems.append(
                    Problem("scheme-versions-overlap", str(second.folder / SCHEME_FILE), params=params)
                )
    if problems:
        raise BadInput(problems)


def _versions(root: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(root.glob(f"*/{SCHEME_FILE}")):
        try:
            identity = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("id")
        except (ValueError, RecursionError):
            identity = None  # loading it by folder says what is wrong
        found.setdefault(str(identity or path.parent.name), []).append(path.parent)
    return found


def _covers(applies: Applies, day: date) -> bool:
    return (applies.since or date.min) <= day <= (applies.until or date.max)


def _overlap(a: Applies, b: Applies) -> bool:
    begins = max(a.since or date.min, b.since or date.min)
    return begins <= min(a.until or date.max, b.until or date.max)
