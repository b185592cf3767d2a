"""`keshi explain`: one person's outcome, clause by clause."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

import click
from rich.table import Table

from keshi.cli.cases import load_case
from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.options import AS_OF, CASE, SCHEME
from keshi.cli.output import console
from keshi.cli.settle import findings_table
from keshi.expression import Value
from keshi.identity import mask_id_number
from keshi.money import capital, fen_to_yuan
from keshi.scheme import find_scheme
from keshi.settlement.explain import Alternative, Explanation, explain, find_person
from keshi.settlement.render import value_text
from keshi.vocabulary import Fact, choice_label

EXAMPLES = """\
keshi explain class.json --person 1
keshi explain roster.xlsx --scheme shaoguan-2020 --person 测试甲"""


@click.command(cls=Command, help=say("help-explain-long"), examples=EXAMPLES)
@CASE
@SCHEME
@AS_OF
@click.option("--person", required=True, metavar="ID|NAME|ROW", help=say("option-person"))
def command(case_file: Path, scheme: str | None, as_of: date | None, person: str) -> None:
    """Explain one person's outcome."""
    case, _ = load_case(case_file, scheme=scheme, as_of=as_of)
    found = find_scheme(case.scheme, day=case.starts_on)
    show(explain(case, found, find_person(case, person)))


def show(explanation: Explanation) -> None:
    """The explanation as tables."""
    out = console()
    person = explanation.person
    out.print(f"[bold]{person.name}[/] {mask_id_number(person.id_number)}  {explanation.result.scheme}")
    outcome = say("cli-eligible") if person.eligible else say("cli-not-eligible")
    out.print(f"{outcome}  {fen_to_yuan(person.amount)} {say('cli-yuan')}（{capital(person.amount)}）")
    out.print(findings_table((*explanation.result.findings, *person.findings)))
    out.print(_table("cli-facts", ("fact", "value", "source"), _facts(explanation)))
    figures = [
        (f.label.of(LANG) if f.label else f.name, f.name, f"{f.value} {f.unit}".strip(), f.clause)
        for f in explanation.figures
    ]
    out.print(_table("cli-figures", ("figure", "rule", "value", "clause"), iter(figures)))
    out.print(_table("cli-steps", ("step", "formula", "figures", "value", "clause"), _steps(explanation)))
    out.print(
        _table("cli-alternatives", ("fact", "now", "other", "outcome", "amount"), _alternatives(explanation))
    )
    out.print(f"[dim]{say('cli-receipt')} {explanation.result.receipt}[/]")


def _table(title: str, columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Table:
    table = Table(title=say(title), title_justify="left")
    for name in columns:
        table.add_column(
            say(f"column-{name}"), justify="right" if name == "amount" else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*row)
    return table


def shown(fact: Fact, value: Value) -> str:
    """A fact's value as people read it."""
    if value is None:
        return say("cli-not-known")
    if isinstance(value, bool):
        return say("cli-yes") if value else say("cli-no")
    if fact.type == "choice":
        return choice_label(fact.name, str(value), LANG)
    if isinstance(value, tuple):
        return ", ".join(choice_label(fact.name, part, LANG) for part in value) or say("cli-none")
    return value_text(value) or ""


def _facts(explanation: Explanation) -> Iterator[tuple[str, ...]]:
    for fact, value in explanation.facts:
        yield fact.label.of(LANG), shown(fact, value), fact.source.of(LANG)


def _steps(explanation: Explanation) -> Iterator[tuple[str, ...]]:
    for shown_step in explanation.steps:
        kind, value = shown_step.step.kind, shown_step.step.value
        text = value_text(value, kind.unit)
        unit = f" {kind.unit}" if kind.unit and text else ""
        yield (
            kind.label.of(LANG),
            kind.formula,
            shown_step.figures,
            f"{text or say('cli-not-known')}{unit}",
            kind.clause,
        )


def _alternatives(explanation: Explanation) -> Iterator[tuple[str, ...]]:
    """Other values of one choice that lead to the same outcome share a row."""

    def key(alternative: Alternative) -> tuple[str, bool, int]:
        return alternative.fact.name, alternative.eligible, alternative.amount

    order = sorted(explanation.alternatives, key=lambda a: (-a.amount, *key(a)))
    for _, group in groupby(order, key):
        alike = list(group)
        first = alike[0]
        outcome = say("cli-eligible") if first.eligible else say("cli-not-eligible")
        others = " / ".join(shown(a.fact, a.after) for a in alike)
        yield (
            first.fact.label.of(LANG),
            shown(first.fact, first.before),
            others,
            outcome,
            fen_to_yuan(first.amount),
        )
