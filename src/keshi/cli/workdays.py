"""`keshi workdays`: due dates by the State Council's calendar."""

from datetime import date

import click

from keshi.calendar import STATE_COUNCIL, Workdays, days_between, months_after
from keshi.cli.group import Command
from keshi.cli.language import say
from keshi.cli.options import DAY

EXAMPLES = """\
keshi workdays 2020-01-23 --add 5
keshi workdays 2020-03-09 --before 5
keshi workdays 2020-03-02 --until 2020-03-10
keshi workdays 2020-11-30 --months 3"""


@click.command(cls=Command, help=say("help-workdays-long"), examples=EXAMPLES)
@click.argument("day", type=DAY, metavar="DATE")
@click.option("--add", type=click.IntRange(0), metavar="N", help=say("option-add"))
@click.option("--before", type=click.IntRange(0), metavar="N", help=say("option-before"))
@click.option("--until", type=DAY, metavar="DATE", help=say("option-until"))
@click.option("--months", type=int, metavar="N", help=say("option-months"))
@click.option("--closed", type=DAY, multiple=True, metavar="DATE", help=say("option-closed"))
def command(
    day: date,
    add: int | None,
    before: int | None,
    until: date | None,
    months: int | None,
    closed: tuple[date, ...],
) -> None:
    """Count workdays."""
    calendar = Workdays(closed=frozenset(closed)) if closed else STATE_COUNCIL
    key = "cli-is-workday" if calendar.is_workday(day) else "cli-is-no-workday"
    click.echo(f"{_shown(day)} {say(key)}")
    if add is not None:
        click.echo(f"+ {add} {say('cli-workdays')} = {_shown(calendar.add(day, add))}")
    if before is not None:
        click.echo(say("cli-latest-before", count=before, day=_shown(calendar.before(day, before))))
    if until is not None:
        counts = {"workdays": calendar.between(day, until), "days": days_between(day, until)}
        click.echo(say("cli-between", until=_shown(until), **counts))
    if months is not None:
        click.echo(f"+ {months} {say('cli-months')} = {_shown(months_after(day, months))}")


def _shown(day: date) -> str:
    return f"{day.isoformat()} {say('cli-weekdays').split()[day.weekday()]}"
