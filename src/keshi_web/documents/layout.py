"""A form's layout as data: blocks from top to bottom, one source for the PDF and for the Word template.

A text may hold places in braces: `{enterprise-name}` (see `data.place`). Lengths are millimetres.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from keshi.scheme.model import Form, FormField
from keshi.structures import reader

PLACE = re.compile(r"\{([a-z][a-z0-9_.:-]*)\}")
Align = Literal["left", "center", "right"]


class LayoutFault(ValueError):
    """A layout that does not fit its form: the form's id and what is wrong."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything in a layout file: unknown keys are refused."""


class Box(Part, frozen=True, kw_only=True):
    """A cell. `foot` stands at its lower right, below `space` left free for signature and seal."""

    text: str = ""
    foot: str = ""
    span: int = 1
    rows: int = 1
    align: Align = "center"
    bold: bool = False
    space: float = 0


class Records(Part, frozen=True, kw_only=True):
    """The rows of a table field: a header of its column labels, a row each, at least `blank` rows.

    `spans` says over how many of the grid's columns each one reaches (one each when empty).
    """

    table: str
    spans: list[int] = []
    blank: int = 6
    headings: list[str] = []
    """Wordings of the header where the notice's differ from the scheme's labels."""


Row = list[str | Box] | Records


class Grid(Part, frozen=True, kw_only=True, tag_field="kind", tag="grid"):
    """A ruled table. `columns` are relative widths; a row is a list of cells, a plain string being one."""

    columns: list[float]
    rows: list[Row]
    size: float = 10.5
    """Points."""


class Line(Part, frozen=True, kw_only=True, tag_field="kind", tag="line"):
    """One line above or below a grid: the first item left, the others at the right."""

    items: list[str]


class Text(Part, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Paragraphs, one per line of `text`; `indent` by two characters as running text is."""

    text: str
    align: Align = "left"
    indent: bool = False
    space: float = 0
    size: float = 12


class Notes(Part, frozen=True, kw_only=True, tag_field="kind", tag="notes"):
    """Notes in small print after `prefix`, numbered when there are several; the scheme's where none are named."""

    prefix: str = "注："
    items: list[str] = []


Block = Grid | Line | Text | Notes


class Layout(Part, frozen=True, kw_only=True):
    """A page's layout. `title` may break its lines as the notice does; `number` stands above it at the left."""

    blocks: list[Block]
    title: str = ""
    number: str = ""
    landscape: bool = False


_layout = reader(Layout)


def read_layout(path: Path, form: Form) -> Layout:
    """The layout in a TOML file, checked against its form. Raises LayoutFault."""
    try:
        layout = _layout(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise LayoutFault(f"{path.name}: {error}") from None
    check(layout, form)
    return layout


def layout_path(folder: Path, form: Form) -> Path | None:
    """The form's own layout in a scheme's folder, or None: then the form is laid out from its definition."""
    path = folder / "forms" / f"{form.id}.toml"
    return path if path.is_file() else None


def check(layout: Layout, form: Form) -> None:
    """Raises LayoutFault where a place names nothing, a row does not fill its grid, or a field has no place."""
    fields = {field.id: field for field in form.fields}
    named = set()
    for text in _texts(layout):
        for name in PLACE.findall(text):
            kind, _, index = name.partition(":")
            if index:
                count = len({"promise": form.promises, "note": form.notes}.get(kind, ()))
                if not index.isdigit() or not 1 <= int(index) <= count:
                    raise LayoutFault(f"{form.id}: {{{name}}} is no promise or note of the form")
            elif name.partition(".")[0] not in fields:
                raise LayoutFault(f"{form.id}: {{{name}}} is no field of the form")
            else:
                named.add(name.partition(".")[0])
    for block in layout.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                if isinstance(row, Records):
                    spans(block, row, table_field(form, row.table))
                    named.add(row.table)
            for _ in placed(block, form.id):
                pass
    if missing := fields.keys() - named:
        raise LayoutFault(f"{form.id}: no place for {', '.join(sorted(missing))}")


def table_field(form: Form, name: str) -> FormField:
    """The table field that records are drawn from. Raises LayoutFault."""
    field = next((one for one in form.fields if one.id == name and one.kind == "table"), None)
    if field is None:
        raise LayoutFault(f"{form.id}: {name} is no table of the form")
    return field


def spans(grid: Grid, records: Records, field: FormField) -> list[int]:
    """How many grid columns each record column takes. Raises LayoutFault where they do not fill the grid."""
    found = records.spans or [1] * len(field.columns)
    if len(found) != len(field.columns) or sum(found) != len(grid.columns):
        raise LayoutFault(f"{field.id}: its columns do not fill the grid's {len(grid.columns)}")
    if records.headings and len(records.headings) != len(found):
        raise LayoutFault(f"{field.id}: {len(records.headings)} headings for {len(found)} columns")
    return found


def headings(records: Records, field: FormField) -> list[str]:
    """The header's wordings."""
    return records.headings or [column.zh for column in field.columns]


def boxes(row: list[str | Box]) -> list[Box]:
    """The cells of a row; a plain string is a centred cell."""
    return [Box(text=cell) if isinstance(cell, str) else cell for cell in row]


def placed(grid: Grid, form: str = "") -> Iterator[tuple[int, list[tuple[int, Box]] | Records]]:
    """Each row's index with its cells and the column each begins in, cells spanning rows accounted for.

    Raises LayoutFault where a row does not fill the grid exactly or a cell reaches into records.
    """
    width = len(grid.columns)
    until = [0] * width  # the first row at which each column is free again
    for index, row in enumerate(grid.rows):
        if isinstance(row, Records):
            if max(until) > index:
                raise LayoutFault(f"{form}: a cell reaches into the records of row {index + 1}")
            yield index, row
            continue
        cells, column = [], 0
        for box in boxes(row):
            while column < width and until[column] > index:
                column += 1
            if column + box.span > width or any(until[c] > index for c in range(column, column + box.span)):
                raise LayoutFault(f"{form}: row {index + 1} is wider than the grid")
            cells.append((column, box))
            until[column : column + box.span] = [index + box.rows] * box.span
            column += box.span
        if any(free <= index for free in until):
            raise LayoutFault(f"{form}: row {index + 1} does not fill the grid")
        yield index, cells
    if max(until) > len(grid.rows):
        raise LayoutFault(f"{form}: a cell reaches below the grid")


def _texts(layout: Layout) -> Iterator[str]:
    for block in layout.blocks:
        match block:
            case Grid():
                for row in block.rows:
                    if not isinstance(row, Records):
                        for box in boxes(row):
                            yield from (box.text, box.foot)
            case Text():
                yield block.text
            case Line() | Notes():
                yield from block.items
