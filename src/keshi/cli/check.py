"""`keshi check`: a scheme and its worked cases."""

import sys
from pathlib import Path

import click
from rich.table import Table

from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.output import console, fail
from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme, check_versions, find_scheme, load_scheme, scheme_root
from keshi.scheme.load import SCHEME_FILE
from keshi.settlement.worked import run_worked, worked_cases

DISAGREES = 1
EXAMPLES = """\
keshi check
keshi check schemes/shaoguan-2020
keshi check my-city-2021 --cases no"""


@click.command(cls=Command, help=say("help-check-long"), examples=EXAMPLES)
@click.argument("references", nargs=-1, metavar="[ID|DIR]...")
@click.option("--cases", type=click.Choice(["yes", "no"]), default="yes", help=say("option-cases-too"))
def command(references: tuple[str, ...], cases: str) -> None:
    """Check schemes and run their worked cases."""
    schemes, problems = _load(references)
    if problems:
        fail(problems)
    check_versions(schemes)
    table = Table(title=say("cli-schemes"), title_justify="left")
    for name in ("scheme", "items", "rules", "cases", "agree"):
        table.add_column(
            say(f"column-{name}"), justify="left" if name == "scheme" else "right", overflow="fold"
        )
    wrong: list[str] = []
    for scheme in schemes:
        count = 0
        before = len(wrong)
        for worked in worked_cases(scheme.folder) if cases == "yes" else ():
            count += 1
            for disagreement in run_worked(worked, scheme):
                text = say(
                    "cli-disagrees",
                    what=disagreement.what,
                    expected=disagreement.expected,
                    found=disagreement.found,
                )
                wrong.append(f"{worked.where}: {worked.shows[LANG]}\n    {text}")
        rules = sum(len(rules.requirements) + len(rules.limits) for rules in scheme.rules.values())
        agree = say("cli-yes") if len(wrong) == before else say("cli-no")
        table.add_row(scheme.id, str(len(scheme.rules)), str(rules), str(count), agree)
    console().print(table)
    if wrong:
        for text in wrong:
            click.echo(text, err=True)
        click.echo(say("cli-disagreements", count=len(wrong)), err=True)
        sys.exit(DISAGREES)


def _load(references: tuple[str, ...]) -> tuple[list[Scheme], list[Problem]]:
    """The schemes of ids and folders; a folder of schemes means all in it."""
    folders: list[Path | str] = []
    for reference in references or (str(scheme_root()),):
        path = Path(reference)
        inside = sorted(found.parent for found in path.glob(f"*/{SCHEME_FILE}"))
        folders += [path] if (path / SCHEME_FILE).is_file() else inside or [reference]
    schemes: list[Scheme] = []
    problems: list[Problem] = []
    for folder in folders:
        try:
            schemes.append(load_scheme(folder) if isinstance(folder, Path) else find_scheme(folder))
        except BadInput as error:
            problems += error.problems
    return schemes, problems
