"""`keshi hours`: learning events to credited minutes."""

import json
from pathlib import Path
from typing import Any

import click

from keshi.case import load_structure
from keshi.cli.group import Command
from keshi.cli.language import LANG, say
from keshi.cli.options import FILE, OUTPUT
from keshi.cli.output import emit
from keshi.hours import class_hours, credit_events
from keshi.settlement.render import number_text

EXAMPLES = """\
keshi hours events.json
keshi hours events.json --minutes-per-hour 45 --format json"""


@click.command(cls=Command, help=say("help-hours-long"), examples=EXAMPLES)
@click.argument("events_file", metavar="EVENTS", type=FILE)
@click.option("--minutes-per-hour", type=click.IntRange(1), metavar="N", help=say("option-minutes-per-hour"))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help=say("option-format")
)
@OUTPUT
def command(events_file: Path, minutes_per_hour: int | None, form: str, output: Path | None) -> None:
    """Credit a log of learning events."""
    structure: Any = load_structure(events_file, lists=True)
    events = structure["events"] if isinstance(structure, dict) and "events" in structure else structure
    found = credit_events(events, where=str(events_file))
    hours = (
        None if minutes_per_hour is None else class_hours(found.confirmed_minutes, minutes_per_hour, "drop")
    )
    if form == "json":
        rows = json.loads(found.rows_json())
        content = {
            "confirmed_minutes": number_text(found.confirmed_minutes),
            "confirmed_ms": found.confirmed_ms,
            "provisional_ms": found.provisional_ms,
            "void_ms": found.void_ms,
            "class_hours": hours,
            "rows": rows,
        }
        emit(json.dumps(content, ensure_ascii=False, indent=2) + "\n", output)
        return
    lines = list(found.explain(LANG))
    if hours is not None:
        lines.append(say("cli-class-hours", hours=hours, minutes=minutes_per_hour))
    emit("\n".join(lines) + "\n", output)
