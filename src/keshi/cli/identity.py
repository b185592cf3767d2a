"""`keshi id`: check numbers of people and organisations."""

import sys

import click

from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.output import BAD_INPUT
from keshi.identity import (
    birth_date,
    check_bank_card,
    check_bank_code,
    check_id_number,
    check_mobile,
    check_uscc,
    id_number_warnings,
    mask_id_number,
    normalise,
)

CHECKS = {
    "person": check_id_number,
    "uscc": check_uscc,
    "mobile": check_mobile,
    "bank-card": check_bank_card,
    "bank-code": check_bank_code,
}
EXAMPLES = """\
keshi id 440203199001010015
keshi id --kind uscc 91440200MA4X12345X
cat numbers.txt | keshi id -"""


@click.command(cls=Command, help=say("help-id-long"), examples=EXAMPLES)
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...|-")
@click.option("--kind", type=click.Choice(list(CHECKS)), default="person", help=say("option-kind"))
def command(numbers: tuple[str, ...], kind: str) -> None:
    """Check numbers; exit code 2 when one is wrong."""
    lines = sys.stdin.read().split("\n") if numbers == ("-",) else list(numbers)
    wrong = False
    for text in (line for line in lines if line.strip()):
        number, changed = normalise(text)
        shown = (
            mask_id_number(number) if kind == "person" else number if kind == "uscc" else f"…{number[-2:]}"
        )
        problem = CHECKS[kind](number)
        if problem is not None:
            wrong = True
            click.echo(f"{shown}  {say('cli-wrong')}: {problem.text(LANG)}")
            continue
        extra = [say("cli-normalised")] if changed else []
        if kind == "person":
            extra += [say("cli-birth-year", year=birth_date(number).year)]
            extra += [warning.text(LANG) for warning in id_number_warnings(number)]
        click.echo(f"{shown}  {say('cli-right')}{'; ' if extra else ''}{'; '.join(extra)}")
    if wrong:
        sys.exit(BAD_INPUT)
