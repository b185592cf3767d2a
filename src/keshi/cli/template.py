"""`keshi template`: an empty workbook for a scheme."""

from pathlib import Path

import click

from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.options import FILE
from keshi.cli.output import write_whole
from keshi.scheme import find_scheme
from keshi.settlement.plan import needed_facts

EXAMPLES = "keshi template shaoguan-2020 -o roster.xlsx"


@click.command(cls=Command, help=say("help-template-long"), examples=EXAMPLES)
@click.argument("scheme", metavar="ID|DIR")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.xlsx", help=say("option-output"))
@click.option("--item", metavar="ID", help=say("option-item"))
def command(scheme: str, output: Path, item: str | None) -> None:
    """Write an empty workbook."""
    from keshi.workbook import write_template

    found = find_scheme(scheme)
    rules = [found.item(item)] if item else list(found.rules.values())
    facts = needed_facts(rules)
    items = [(each.item.id, each.item.title.of(LANG)) for each in rules]
    title = found.file.title.of(LANG)
    write_whole(output, lambda path: write_template(found.id, title, items, facts, path, LANG))
    click.echo(say("cli-written", path=output), err=True)
