"""Write docs/workflows.md: every workflow of the service as a diagram and a table. `--check` only checks.

Reads the tables in code; needs no database.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keshi_web.workflow.table import Transition, Workflow

TARGET = Path(__file__).resolve().parents[1] / "docs/workflows.md"
HEAD = """\
# Workflows

Written by `make generate` from each app's `workflow.py`; edit there. [Decision 6](decisions/0006-clocks.md) says how
due dates are counted.

- **where** an act is made: at the *office* whose turn it is, there or at one *above* it, at the *provider*,
  or nowhere, by the *system*.
- **clocks**: ▶ starts, ⏸ suspends, ⏵ resumes, ■ stops; their lengths come from the notice of the case. A final state
  stops all.
- **needs** in italics may be left empty. ⧉ marks what may be decided for many cases at once, ↑ ↓ what moves the case a
  level.
"""
CLOCKS = (("starts", "▶"), ("suspends", "⏸"), ("resumes", "⏵"), ("stops", "■"))


def page() -> str:
    """The whole file."""
    from keshi_web.workflow.table import all_workflows

    sections = [HEAD]
    for workflow in all_workflows():
        sections.append("\n".join(_section(workflow)) + "\n")
    return "\n".join(sections)


def _section(workflow: "Workflow") -> Iterator[str]:
    from django.utils.translation import override

    with override("en"):
        english = str(workflow.title)
    yield f"## {workflow.title} · {english} (`{workflow.name}`)"
    yield ""
    yield "```mermaid"
    yield from _diagram(workflow)
    yield "```"
    yield ""
    yield "| state | 状态 | English | waits for |"
    yield "|---|---|---|---|"
    for state in workflow.states:
        with override("en"):
            label = str(state.label)
        waits = "– (final)" if state.final else str(state.waits_for)
        yield f"| `{state.key}` | {state.label} | {label} | {waits} |"
    yield ""
    yield "| event | from | to | who | where | only if | needs | clocks | letter | tells |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for one in workflow.transitions:
        yield "| " + " | ".join(_cells(one)) + " |"


def _diagram(workflow: "Workflow") -> Iterator[str]:
    names = {state.key: state.key.replace("-", "_") for state in workflow.states}
    yield "stateDiagram-v2"
    yield "    direction LR"
    for state in workflow.states:
        yield f'    state "{state.label}" as {names[state.key]}'
    yield f"    [*] --> {names[workflow.start]}"
    for one in workflow.transitions:
        for source in one.source:
            yield f"    {names[source]} --> {names[one.target]}: {one.label}"
    for state in workflow.states:
        if state.final:
            yield f"    {names[state.key]} --> [*]"


def _cells(one: "Transition") -> Iterator[str]:
    marks = ("⧉" if one.bulk else "") + {1: "↑", -1: "↓"}.get(one.moves, "")
    yield f"`{one.event}` {one.label}{' ' + marks if marks else ''}"
    yield ", ".join(f"`{source}`" for source in one.source)
    yield f"`{one.target}`"
    yield "、".join(str(role.label) for role in sorted(one.by)) or "–"
    yield one.at
    yield "; ".join(filter(None, (_condition(guard) for guard in one.guards)))
    yield ", ".join((*one.needs, *(f"*{name}*" for name in one.offers if name not in one.needs)))
    yield " ".join(f"{mark} {name}" for field, mark in CLOCKS for name in getattr(one, field))
    yield one.letter
    yield ", ".join(one.notifies)


def _condition(guard: object) -> str:
    """What a guard asks, from the first line of its docstring; else its name."""
    text = (getattr(guard, "__doc__", None) or "").strip().splitlines()
    checks = getattr(guard, "checks", ())
    named = f" ({', '.join(checks)})" if checks else ""
    return (
        text[0].removeprefix("Guard: ").rstrip(".") if text else f"`{getattr(guard, '__name__', guard)}`"
    ) + named


def main(arguments: list[str]) -> int:
    # No database is asked, so none is started for this.
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/none")
    os.environ.setdefault("KESHI_TESTING", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keshi_web.config.settings")
    # The labels' English is read from the compiled catalogues.
    subprocess.run([sys.executable, TARGET.parents[1] / "scripts/translations.py", "--compile"], check=True)
    import django
    from django.utils.translation import override

    django.setup()
    with override("zh-hans"):
        wanted = page()
    if arguments == ["--check"]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != wanted:
            print(f"docs/{TARGET.name} is not current. Run: make generate", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
