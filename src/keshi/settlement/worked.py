"""Worked cases: input and expected result as data beside a notice; they are the notice's tests.

A file holds either one complete case with `shows` and `[expect]`, or a `base` with `[[cases]]` that change
it: `change = { "trainees[0].minutes" = 1800 }`, where the text "null" sets null and "absent" removes the key.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from keshi.case import load_structure, read_case
from keshi.money import fen_to_yuan
from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme
from keshi.settlement.result import Result
from keshi.settlement.settle import settle

CASES_FOLDER = "cases"
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_EXPECTABLE = frozenset(
    {"amounts", "class_hours", "eligible", "failed", "unknown", "advance", "payable", "amount", "error"}
)


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One worked case: where it is written, what it shows, the case's structure and what is expected."""

    where: str
    shows: Mapping[str, str]
    structure: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What a worked case expected and what came out."""

    what: str
    expected: str
    found: str


def worked_cases(folder: Path) -> Iterator[WorkedCase]:
    """All worked cases of a scheme's folder, file by file.

    Raises BadInput on files that cannot be read, changes that point nowhere and expectations that are none.
    """
    for path in sorted((folder / CASES_FOLDER).glob("*.toml")):
        structure = load_structure(path)
        if "cases" in structure:
            yield from _variations(path, structure)
        else:
            yield _worked(str(path), structure, structure)


def _variations(path: Path, file: Mapping[str, Any]) -> Iterator[WorkedCase]:
    base = file.get("base")
    if not isinstance(base, str):
        raise BadInput(Problem("worked-base", str(path)))
    structure = load_structure(path.parent / base)
    for index, variation in enumerate(file["cases"]):
        where = f"{path}: cases[{index}]"
        changed = copy.deepcopy({k: v for k, v in structure.items() if k not in ("shows", "expect")})
        for key, value in variation.get("change", {}).items():
            _change(changed, key, value, where)
        yield _worked(where, changed, variation)


def _worked(where: str, structure: Mapping[str, Any], holder: Mapping[str, Any]) -> WorkedCase:
    shows, expect = holder.get("shows"), holder.get("expect")
    if not isinstance(shows, Mapping) or not {"zh", "en"} <= shows.keys() or not isinstance(expect, Mapping):
        raise BadInput(Problem("worked-shows", where))
    unknown = sorted(expect.keys() - _EXPECTABLE)
    if unknown or not expect:
        raise BadInput(
            Problem("worked-expect", where, ", ".join(unknown), {"known": ", ".join(sorted(_EXPECTABLE))})
        )
    return WorkedCase(where, shows, structure, expect)


def _change(structure: dict[str, Any], key: str, value: Any, where: str) -> None:
    steps: list[str | int] = [int(index) if index else name for name, index in _STEP.findall(key)]
    target: Any = structure
    try:
        for step, following in pairwise(steps):
            if isinstance(target, dict) and target.get(str(step)) is None:
                target[str(step)] = [] if isinstance(following, int) else {}
            target = target[step]
        last = steps[-1]
        if value == "absent":
            del target[last]
        elif isinstance(target, list) and last == len(target):
            target.append(_given(value))
        else:
            target[last] = _given(value)
    except (KeyError, IndexError, TypeError):
        raise BadInput(Problem("worked-change", where, key)) from None


def _given(value: Any) -> Any:
    return None if value == "null" else value


def run_worked(worked: WorkedCase, scheme: Scheme) -> list[Disagreement]:
    """Settle a worked case under its scheme; every point in which the result is not what it expects."""
    try:
        result = settle(read_case(worked.structure, scheme=scheme.id), scheme)
    except BadInput as error:
        codes = sorted({problem.code for problem in error.problems})
        if worked.expect.get("error") in codes:
            return []
        text = "; ".join(problem.line("en") for problem in error.problems[:5])
        return [Disagreement("error", str(worked.expect.get("error", "-")), f"{', '.join(codes)}: {text}")]
    found = _outcomes(result)
    return [
        Disagreement(key, str(expected), str(found[key]))
        for key, expected in worked.expect.items()
        if _comparable(key, expected) != found[key]
    ]


def _comparable(key: str, expected: Any) -> Any:
    if key in ("failed", "unknown"):
        return sorted(expected)
    return expected


def _outcomes(result: Result) -> dict[str, Any]:
    findings = [*result.findings, *(f for trainee in result.trainees for f in trainee.findings)]
    return {
        "amounts": [fen_to_yuan(trainee.amount) for trainee in result.trainees],
        "class_hours": [trainee.class_hours for trainee in result.trainees],
        "eligible": [trainee.eligible for trainee in result.trainees],
        "failed": sorted({finding.rule for finding in findings if finding.outcome == "failed"}),
        "unknown": sorted({finding.rule for finding in findings if finding.outcome == "unknown"}),
        "amount": fen_to_yuan(result.amount),
        "advance": fen_to_yuan(result.advance),
        "payable": fen_to_yuan(result.payable),
        "error": None,
    }
