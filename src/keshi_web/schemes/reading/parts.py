"""What a page about a scheme is made of: sections of tables whose cells carry clause and marks."""

from dataclasses import dataclass, field

from keshi_web.schemes.anchors import clause_anchor

SHORT = 12
"""Characters of a cell that stays on one line."""


@dataclass(frozen=True)
class Cell:
    """One cell: a text, the formula it stands for, further lines, the clause it links to, and marks."""

    text: str = ""
    code: str = ""
    lines: tuple[str, ...] = ()
    clause: str = ""
    reading: bool = False
    ours: bool = False
    number: bool = False

    @property
    def short(self) -> bool:
        """A word or two, which are not broken."""
        return len(self.text) <= SHORT and not self.lines and not self.code

    @property
    def anchor(self) -> str:
        """Of the clause, to link to."""
        return clause_anchor(self.clause)


@dataclass(frozen=True)
class Row:
    """One rule: its cells under the table's heads; `title` is what the list of clauses calls it."""

    cells: tuple[Cell, ...]
    anchor: str = ""
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its heads; `sample`: its rows only stand in for a regulation that the notice cites."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    title: str = ""
    sample: bool = False
    anchor: str = ""
    clause: str = ""

    @property
    def clause_anchor(self) -> str:
        """Of the table's clause, to link to."""
        return clause_anchor(self.clause)

    @property
    def labelled(self) -> list[dict[str, object]]:
        """The rows with each cell beside its head, as a phone shows them."""
        return [
            {"anchor": row.anchor, "cells": list(zip(self.heads, row.cells, strict=True))}
            for row in self.rows
        ]

    @property
    def number_columns(self) -> frozenset[int]:
        """Columns that hold figures, by place."""
        return frozenset(place for row in self.rows for place, cell in enumerate(row.cells) if cell.number)


@dataclass(frozen=True)
class Section:
    """A section of the page with its anchor in the table of contents."""

    anchor: str
    title: str
    tables: tuple[Table, ...] = ()
    icon: str = "file-text"


@dataclass
class ClauseEntry:
    """A clause and everything that was made of it: (text, anchor of the rule)."""

    clause: str
    rules: list[tuple[str, str]] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Of the clause."""
        return clause_anchor(self.clause)
