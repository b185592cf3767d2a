"""What the command prints and writes: tables, problems, files that are whole or not there."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from keshi.cli.language import LANG, say
from keshi.problems import BadInput, Problem

BAD_INPUT = 2


@cache
def console() -> Console:
    """Standard output as rich tables; plain text wide enough for them where it is no terminal."""
    width = None if sys.stdout.isatty() else 160
    return Console(width=width, highlight=False)


@cache
def errors() -> Console:
    """Standard error, for progress that must not mix with results."""
    return Console(stderr=True, highlight=False)


def fail(problems: Iterable[Problem]) -> NoReturn:
    """Every problem on standard error, one a line, and exit code 2."""
    listed = list(problems)
    click.echo(say("cli-bad-input", count=len(listed)), err=True)
    for problem in listed:
        click.echo(f"  {problem.line(LANG)}", err=True)
    sys.exit(BAD_INPUT)


def notes(problems: Iterable[Problem]) -> None:
    """Things worth knowing that stop nothing, on standard error."""
    for problem in problems:
        click.echo(f"{say('cli-note')} {problem.line(LANG)}", err=True)


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a file beside the wanted one, then put it in place: either whole or not there.

    Raises BadInput when the folder cannot be written to.
    """
    folder = path.parent if str(path.parent) else Path()
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.stem}-", suffix=path.suffix)
    except OSError as error:
        raise BadInput(
            Problem("cli-cannot-write", str(path), params={"detail": error.strerror or ""})
        ) from None
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise BadInput(
            Problem("cli-cannot-write", str(path), params={"detail": error.strerror or ""})
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def emit(text: str, output: Path | None) -> None:
    """A text to a file or to standard output."""
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        write_whole(output, lambda path: path.write_text(text, encoding="utf-8"))
        click.echo(say("cli-written", path=output), err=True)
