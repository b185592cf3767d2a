"""Cases from files: JSON, TOML, or the workbook that people fill in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keshi.case import Case, load_structure, read_case
from keshi.cli.language import LANG, say
from keshi.cli.output import write_whole
from keshi.problems import BadInput, Problem

if TYPE_CHECKING:
    from keshi.workbook import WorkbookCase

WORKBOOKS = (".xlsx", ".xls", ".csv")
STRUCTURES = (".json", ".toml")
BESIDE = ("-班级", "-历史补贴", "-学习记录")
"""Endings of the files that belong to a roster in CSV and are no cases of their own."""


def load_case(
    path: Path, *, scheme: str | None = None, as_of: date | None = None
) -> "tuple[Case, WorkbookCase | None]":
    """The case in a file, and the workbook it came from if it is one.

    Raises BadInput with every problem; a workbook with problems is also written back with remarks beside it.
    """
    suffix = path.suffix.lower()
    if suffix in STRUCTURES:
        return read_case(
            load_structure(path), place=lambda at: f"{path}: {at}", scheme=scheme, as_of=as_of
        ), None
    if suffix not in WORKBOOKS:
        raise BadInput(
            Problem("cli-case-kind", str(path), params={"kinds": ", ".join((*STRUCTURES, *WORKBOOKS))})
        )
    from keshi.workbook import read_workbook

    workbook = read_workbook(path)
    problems = list(workbook.problems)
    try:
        case = read_case(workbook.raw, place=workbook.place, scheme=scheme, as_of=as_of)
    except BadInput as error:
        problems += error.problems
    if problems:
        return_marked(path, problems)
        raise BadInput(problems)
    case.notes[:0] = workbook.notes
    return case, workbook


def return_marked(path: Path, problems: list[Problem]) -> None:
    """The user's own workbook with the problems as remarks, beside the original."""
    from keshi.workbook import write_marked

    marked = path.with_name(f"{path.stem}{say('cli-marked-suffix')}.xlsx")
    try:
        write_whole(marked, lambda target: write_marked(path, problems, target, LANG))
    except BadInput:
        return  # the file is no workbook, or its folder is read-only: the terminal has the whole list
    click.echo(say("cli-marked", path=marked), err=True)


def case_files(folder: Path) -> Iterator[Path]:
    """The case files of a folder, or the file itself. Raises BadInput when there is none."""
    if folder.is_file():
        yield folder
        return
    kinds = (*STRUCTURES, *WORKBOOKS)
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in kinds and path.is_file() and not path.stem.endswith(BESIDE)
    ]
    if not found:
        raise BadInput(Problem("cli-no-cases", str(folder)))
    yield from found
