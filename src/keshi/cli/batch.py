"""`keshi settle-batch`: Parquet to Parquet, exact."""

from pathlib import Path

import click

from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.options import FILE
from keshi.cli.output import errors
from keshi.money import fen_to_yuan
from keshi.scheme import find_scheme
from keshi.vocabulary import label

EXAMPLES = """\
keshi settle-batch --trainees trainees.parquet --history history.parquet \\
    --classes classes.parquet --scheme shaoguan-2020 -o amounts.parquet"""


@click.command(cls=Command, help=say("help-settle-batch-long"), examples=EXAMPLES)
@click.option("--trainees", type=FILE, required=True, metavar="X.parquet", help=say("option-trainees"))
@click.option("--history", type=FILE, metavar="Y.parquet", help=say("option-history"))
@click.option("--classes", type=FILE, required=True, metavar="Z.parquet", help=say("option-classes"))
@click.option("--scheme", required=True, metavar="ID|DIR", help=say("option-scheme"))
@click.option("--item", metavar="ID", help=say("option-item"))
@click.option("-o", "--output", type=FILE, required=True, metavar="OUT.parquet", help=say("option-output"))
@click.option("--threads", type=click.IntRange(1), metavar="N", help=say("option-threads"))
@click.option("--memory", metavar="1GB", help=say("option-memory"))
def command(
    trainees: Path,
    history: Path | None,
    classes: Path,
    scheme: str,
    item: str | None,
    output: Path,
    threads: int | None,
    memory: str | None,
) -> None:
    """Settle a whole set."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from keshi.settlement.batch import settle_batch

    found = find_scheme(scheme)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=errors(),
        transient=True,
    ) as progress:
        task = progress.add_task("")

        def tell(step: str, number: int, steps: int) -> None:
            progress.update(task, description=say(step), completed=number - 1, total=steps)

        summary = settle_batch(
            trainees,
            history,
            classes,
            found,
            item,
            output,
            threads=threads,
            memory_limit=memory,
            progress=tell,
        )
    if summary.absent:
        click.echo(
            f"{say('cli-note')} {say('cli-batch-absent', facts='、'.join(label(n, LANG) for n in summary.absent))}",
            err=True,
        )
    click.echo(
        say(
            "cli-batch",
            rows=summary.rows,
            eligible=summary.eligible,
            amount=fen_to_yuan(summary.amount),
            advance=fen_to_yuan(summary.advance),
            payable=fen_to_yuan(summary.payable),
            path=output,
        )
    )
