"""`keshi settle`: a case to findings and amounts."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

import click
from rich.table import Table

from keshi.cli.cases import load_case, return_marked
from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.options import AS_OF, CASE, OUTPUT, SCHEME
from keshi.cli.output import console, emit, notes, write_whole
from keshi.identity import mask_id_number
from keshi.money import fen_to_yuan
from keshi.problems import BadInput, Problem
from keshi.scheme import find_scheme
from keshi.settlement import Finding, Result, TraineeResult, result_structure, settle
from keshi.settlement.render import lowering_steps, trainee_structure
from keshi.settlement.settle import unused_tables
from keshi.vocabulary import label

Format = Literal["table", "json", "xlsx"]

EXAMPLES = """\
keshi settle class.json
keshi settle roster.xlsx --scheme shaoguan-2020 --as-of 2020-06-01
keshi settle class.json --format json -o result.json
keshi settle roster.xlsx --format xlsx -o result.xlsx"""


@click.command(cls=Command, help=say("help-settle-long"), examples=EXAMPLES)
@CASE
@SCHEME
@AS_OF
@click.option("--format", "form", type=click.Choice(["table", "json", "xlsx"]), help=say("option-format"))
@OUTPUT
def command(
    case_file: Path, scheme: str | None, as_of: date | None, form: Format | None, output: Path | None
) -> None:
    """Settle a case."""
    form = form or _format_of(output)
    if form == "xlsx" and output is None:
        raise BadInput(Problem("cli-xlsx-needs-file"))
    case, workbook = load_case(case_file, scheme=scheme, as_of=as_of)
    try:
        found = find_scheme(case.scheme, day=case.starts_on)
        result = settle(case, found)
    except BadInput as error:
        if workbook is not None:
            return_marked(case_file, list(error.problems))
        raise
    notes([*case.notes, *unused_tables(case, found)])
    structure = result_structure(result, LANG)
    if form == "json":
        emit(json.dumps(structure, ensure_ascii=False, indent=2) + "\n", output)
    elif form == "xlsx" and output is not None:
        from keshi.workbook import write_result

        write_whole(output, lambda path: write_result(structure, workbook, path, LANG))
        click.echo(say("cli-written", path=output), err=True)
    elif output is not None:
        raise BadInput(Problem("cli-table-to-file"))
    else:
        show(result)


def _format_of(output: Path | None) -> Format:
    suffix = output.suffix.lower() if output else ""
    return "json" if suffix == ".json" else "xlsx" if suffix == ".xlsx" else "table"


def show(result: Result) -> None:
    """The result as tables on the terminal, ID numbers masked."""
    out = console()
    out.print(f"[bold]{result.scheme} · {result.item}[/]  {say('cli-as-of')} {result.as_of}")
    out.print(findings_table(result.findings))
    people = Table(title=say("cli-people"), title_justify="left")
    for name in ("no", "name", "id", "hours", "amount", "outcome", "why"):
        justify: Literal["left", "right"] = "right" if name in ("no", "hours", "amount") else "left"
        people.add_column(say(f"column-{name}"), justify=justify, overflow="fold")
    for number, person in enumerate(result.trainees, start=1):
        people.add_row(
            str(number),
            person.name,
            mask_id_number(person.id_number),
            "–" if person.class_hours is None else str(person.class_hours),
            fen_to_yuan(person.amount),
            say("cli-eligible") if person.eligible else say("cli-not-eligible"),
            _why(person.findings) or _limits(person),
        )
    out.print(people)
    eligible = sum(person.eligible for person in result.trainees)
    out.print(
        say("cli-totals", people=len(result.trainees), eligible=eligible, amount=fen_to_yuan(result.amount))
    )
    if result.advance:
        key = "cli-recover" if result.payable < 0 else "cli-payable"
        out.print(say(key, advance=fen_to_yuan(result.advance), payable=fen_to_yuan(abs(result.payable))))
    out.print(f"[dim]{say('cli-receipt')} {result.receipt}[/]")


def findings_table(findings: Iterable[Finding]) -> Table:
    """Findings with outcome, clause, remedy and what is missing."""
    table = Table(title=say("cli-findings"), title_justify="left")
    for name in ("outcome", "rule", "clause", "remedy"):
        table.add_column(say(f"column-{name}"), overflow="fold")
    styles = {"passed": "green", "failed": "bold red", "unknown": "yellow", "manual": "cyan"}
    for finding in findings:
        outcome = f"[{styles[finding.outcome]}]{say(f'outcome-{finding.outcome}')}[/]"
        table.add_row(outcome, finding.text.of(LANG), finding.clause, _remedy(finding))
    return table


def _remedy(finding: Finding) -> str:
    if finding.outcome == "unknown":
        return say("cli-needs", facts=", ".join(_need(name) for name in finding.needs))
    if finding.outcome == "failed" and finding.remedy:
        return finding.remedy.of(LANG)
    return ""


def _need(name: str) -> str:
    table = name.removeprefix("tables.")
    return label(name, LANG) if table == name else say("cli-tariff", table=table)


def _why(findings: Iterable[Finding]) -> str:
    parts = []
    for finding in findings:
        if finding.outcome in ("failed", "unknown"):
            remedy = f" {_remedy(finding)}" if finding.outcome == "unknown" else ""
            parts.append(
                f"{say(f'outcome-{finding.outcome}')}: {finding.text.of(LANG)}（{finding.clause}）{remedy}"
            )
    return "; ".join(parts)


def _limits(person: TraineeResult) -> str:
    """The limits that lowered the amount."""
    lowered = lowering_steps(trainee_structure(person, LANG))
    return "; ".join(f"{step['label']}（{step['clause']}）" for step in lowered)
