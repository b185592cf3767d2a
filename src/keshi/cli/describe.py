"""`keshi describe`: a scheme as a readable page."""

from pathlib import Path

import click

from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.options import OUTPUT
from keshi.cli.output import console, emit
from keshi.scheme import find_scheme
from keshi.scheme.describe import describe

EXAMPLES = """\
keshi describe shaoguan-2020
keshi describe jinan-2020 --lang en -o jinan.md"""


@click.command(cls=Command, help=say("help-describe-long"), examples=EXAMPLES)
@click.argument("scheme", metavar="ID|DIR")
@OUTPUT
def command(scheme: str, output: Path | None) -> None:
    """Describe a scheme."""
    page = describe(find_scheme(scheme), LANG)
    if output is None and console().is_terminal:
        from rich.markdown import Markdown

        console().print(Markdown(page))
    else:
        emit(page, output)
