"""`keshi diff`: two versions of a scheme over real cases: what changed, who gains, who loses."""

from pathlib import Path
from typing import Literal

import click
from rich.progress import track
from rich.table import Table

from keshi.case import Case
from keshi.cli.cases import case_files, load_case
from keshi.cli.group import Command
from keshi.cli.language import say
from keshi.cli.options import FILE
from keshi.cli.output import console, errors
from keshi.identity import mask_id_number
from keshi.money import fen_to_yuan
from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme, find_scheme
from keshi.scheme.compare import compare_schemes
from keshi.settlement.impact import Impact, impact

EXAMPLES = """\
keshi diff shaoguan-2020 drafts/shaoguan-2021
keshi diff shaoguan-2020 drafts/shaoguan-2021 --cases past-classes/"""


@click.command(cls=Command, help=say("help-diff-long"), examples=EXAMPLES)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--cases", type=FILE, metavar="DIR", help=say("option-cases"))
def command(old: str, new: str, cases: Path | None) -> None:
    """Compare two versions of a scheme."""
    before, after = find_scheme(old), find_scheme(new)
    table = Table(title=say("cli-differences"), title_justify="left")
    for name in ("key", "kind", "before", "after"):
        table.add_column(say(f"column-{name}"), overflow="fold")
    for found in compare_schemes(before, after):
        table.add_row(found.path, say(f"difference-{found.kind}"), found.before, found.after)
    console().print(table if table.row_count else say("cli-no-differences"))
    if cases is not None:
        _show(impact(_cases(cases, before), before, after))


def _cases(folder: Path, scheme: Scheme) -> list[tuple[str, Case]]:
    """All cases of the folder. Raises BadInput with the problems of every file that cannot be read."""
    found: list[tuple[str, Case]] = []
    problems: list[Problem] = []
    files = list(case_files(folder))
    for path in track(files, description=say("cli-reading"), console=errors(), transient=True):
        try:
            found.append((str(path), load_case(path, scheme=scheme.id)[0]))
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return found


def _show(found: Impact) -> None:
    table = Table(title=say("cli-impact"), title_justify="left")
    for name in ("file", "name", "id", "before", "after", "difference"):
        justify: Literal["left", "right"] = "left" if name in ("file", "name", "id") else "right"
        table.add_column(say(f"column-{name}"), justify=justify, overflow="fold")
    for change in sorted(found.changes, key=lambda c: (c.difference, c.source)):
        sign = "+" if change.difference > 0 else ""
        table.add_row(
            change.source,
            change.before.name,
            mask_id_number(change.before.id_number),
            fen_to_yuan(change.before.amount),
            fen_to_yuan(change.after.amount),
            f"{sign}{fen_to_yuan(change.difference)}",
        )
    console().print(table)
    gains = [c.difference for c in found.changes if c.difference > 0]
    losses = [-c.difference for c in found.changes if c.difference < 0]
    console().print(
        say(
            "cli-impact-totals",
            people=found.people,
            gaining=len(gains),
            gains=fen_to_yuan(sum(gains)),
            losing=len(losses),
            losses=fen_to_yuan(sum(losses)),
            before=fen_to_yuan(found.before),
            after=fen_to_yuan(found.after),
        )
    )
