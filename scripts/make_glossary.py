"""Write the part of docs/glossary.md that comes from the vocabulary: every fact, its values and its labels.

It stands between two markers; the rest of the page is written by hand. `--check` only says whether it is current.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from keshi.vocabulary import Fact, vocabulary

TARGET = Path(__file__).resolve().parents[1] / "docs/glossary.md"
BEGIN = "<!-- facts: written by `make generate` from src/keshi/vocabulary/facts.toml; edit there -->"
END = "<!-- end of facts -->"

ROOMS = {
    "as_of": "The day of the settlement · 测算日期",
    "facts": "Declared by the bureau · 人社部门宣布",
    "scheme": "The scheme · 政策",
    "organisation": "The organisation · 单位",
    "class": "The class · 班级",
    "trainee": "The trainee · 学员",
    "history": "A subsidy already had, one row of `history` · 已享受补贴",
}


def section() -> str:
    """The generated lines, markers included."""
    return "\n".join([BEGIN, "", *_lines(), END])


def _lines() -> Iterator[str]:
    for room, facts in groupby(vocabulary().values(), key=lambda fact: fact.room):
        yield f"### {ROOMS[room]}"
        yield ""
        yield "| fact | 中文 | English | type | from |"
        yield "|---|---|---|---|---|"
        listed = list(facts)
        for fact in listed:
            yield (
                f"| `{fact.name}` | {fact.label.zh} | {fact.label.en} | {_type(fact)} "
                f"| {fact.source.zh} · {fact.source.en} |"
            )
        yield ""
        for fact in listed:
            if fact.values:
                yield f"Values of `{fact.name}` ({fact.label.zh}):"
                yield ""
                for value, label in fact.values.items():
                    yield f"- `{value}` {label.zh} — {label.en}"
                yield ""


def _type(fact: Fact) -> str:
    """What a fact holds, in a few words."""
    words: list[str] = [fact.type if fact.type != "texts" else "list of choices"]
    if fact.unit != "1":
        words.append(f"in {fact.unit}")
    if fact.whole:
        words.append("whole")
    if fact.least is not None or fact.most is not None:
        words.append(f"{'' if fact.least is None else fact.least}…{'' if fact.most is None else fact.most}")
    if fact.optional:
        words.append("may be null")
    if fact.derived:
        words.append("derived")
    return ", ".join(words)


def renewed(page: str) -> str:
    """The page with its generated part made anew. Raises ValueError when a marker is missing."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{TARGET.name}: the markers {BEGIN!r} and {END!r} are missing")
    return f"{before}{section()}{after}"


def main(arguments: list[str]) -> int:
    page = TARGET.read_text(encoding="utf-8")
    if arguments == ["--check"]:
        if page != renewed(page):
            print(f"{TARGET.name} is not current. Run: make generate", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(renewed(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
