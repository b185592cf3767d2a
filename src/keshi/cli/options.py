"""Options that several commands share."""

from datetime import date
from pathlib import Path

import click

from keshi.cli.language import say


class Day(click.ParamType[date]):
    """A day in ISO form."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(say("option-day", value=value), param, ctx)


DAY = Day()
FILE = click.Path(path_type=Path)
CASE = click.argument("case_file", metavar="CASE", type=FILE)
SCHEME = click.option("--scheme", metavar="ID|DIR", help=say("option-scheme"))
AS_OF = click.option("--as-of", type=DAY, metavar="DATE", help=say("option-as-of"))
OUTPUT = click.option("-o", "--output", type=FILE, metavar="FILE", help=say("option-output"))
