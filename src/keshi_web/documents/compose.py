"""Form, data and layout put together: the sheet that typst draws, as plain JSON."""

import re
from collections.abc import Callable, Iterator
from math import ceil
from typing import Any

from keshi.scheme.model import Form
from keshi_web.documents.data import FormData, place
from keshi_web.documents.layout import (
    PLACE,
    Box,
    Grid,
    Layout,
    Line,
    Notes,
    Records,
    Text,
    headings,
    placed,
    spans,
    table_field,
)

LONG_WORD = re.compile(r"[!-~]{12,}")
"""A run without a place to break (a code, an address): typst measures these and breaks one that does not fit."""
KEPT_WHOLE = 24
"""Lines up to which a row is kept on one page."""
EM = 25.4 / 72
"""Millimetres in a point."""
PAGE = {False: 168.0, True: 255.0}
"""Width of the type area, upright and across, millimetres."""
PADDING = 4

Fill = Callable[[str], str]


def fill(form: Form, data: FormData) -> Fill:
    """Puts values in a text's places."""
    return lambda text: PLACE.sub(lambda found: place(form, data, found.group(1)), text)


def sheet(form: Form, data: FormData, layout: Layout) -> dict[str, Any]:
    """What `layouts/form.typ` draws."""
    filled = fill(form, data)
    return {
        "title": layout.title or form.text.zh,
        "number": layout.number,
        "landscape": layout.landscape,
        "blocks": [
            drawn
            for block in layout.blocks
            for drawn in _block(form, data, block, filled, PAGE[layout.landscape])
        ],
    }


def _block(form: Form, data: FormData, block: Any, filled: Fill, page: float) -> Iterator[dict[str, Any]]:
    match block:
        case Grid():
            yield {"kind": "grid", "size": block.size, "parts": list(_parts(form, data, block, filled, page))}
        case Line():
            yield {"kind": "line", "items": [pieces(filled(item)) for item in block.items]}
        case Text():
            yield {
                "kind": "text",
                "align": block.align,
                "indent": block.indent,
                "space": block.space,
                "size": block.size,
                "paragraphs": [pieces(line) for line in filled(block.text).split("\n")],
            }
        case Notes():
            yield {
                "kind": "notes",
                "prefix": block.prefix,
                "items": [filled(one) for one in notes(form, block)],
            }


def notes(form: Form, block: Notes) -> list[str]:
    """The notes of a block as texts with places, numbered when there are several."""
    items = block.items or [note.zh for note in form.notes]
    if len(items) == 1:
        return [_ended(items[0])]
    return [f"{number}. {_ended(item)}" for number, item in enumerate(items, start=1)]


def _ended(note: str) -> str:
    return note if note.endswith(("。", "）", "；")) else f"{note}。"


def _parts(form: Form, data: FormData, grid: Grid, filled: Fill, page: float) -> Iterator[dict[str, Any]]:
    """The grid cut where records begin and end, so that their header repeats on their pages only."""
    cells: list[dict[str, Any]] = []
    unit = page / sum(grid.columns)  # millimetres
    for _, row in placed(grid, form.id):
        if isinstance(row, Records):
            if cells:
                yield {"columns": grid.columns, "header": [], "cells": cells}
                cells = []
            yield _records(form, data, grid, row, unit)
            continue
        drawn = [_cell(box, filled) for _, box in row]
        widths = [unit * sum(grid.columns[column : column + box.span]) for column, box in row]
        whole = all(
            lines(filled(box.text), width, grid.size) <= KEPT_WHOLE
            for (_, box), width in zip(row, widths, strict=True)
        )
        cells += [{**cell, "whole": whole} for cell in drawn]
    if cells:
        yield {"columns": grid.columns, "header": [], "cells": cells}


def _records(form: Form, data: FormData, grid: Grid, records: Records, unit: float) -> dict[str, Any]:
    field = table_field(form, records.table)
    rows = list(data.rows(field))
    rows += [("",) * len(field.columns)] * (records.blank - len(rows))
    columns, at = [], 0
    for width in spans(grid, records, field):
        columns.append(sum(grid.columns[at : at + width]))
        at += width
    cells = []
    for row in rows:
        whole = all(
            lines(cell, unit * width, grid.size) <= KEPT_WHOLE
            for cell, width in zip(row, columns, strict=True)
        )
        cells += [{"pieces": pieces(cell), "whole": whole} for cell in row]
    return {
        "columns": columns,
        "header": [{"pieces": pieces(words)} for words in headings(records, field)],
        "cells": cells,
    }


def lines(text: str, width: float, size: float) -> int:
    """About how many lines a text takes in a cell `width` millimetres wide, at `size` points."""
    room = max(1.0, (width - PADDING) / (size * EM))
    return sum(
        max(1, ceil(sum(0.55 if sign < "\u2000" else 1 for sign in line) / room)) for line in text.split("\n")
    )


def _cell(box: Box, filled: Fill) -> dict[str, Any]:
    return {
        "pieces": pieces(filled(box.text)),
        "foot": pieces(filled(box.foot)),
        "space": box.space,
        "span": box.span,
        "rows": box.rows,
        "align": box.align,
        "bold": box.bold,
    }


def pieces(text: str) -> list[str]:
    """A text cut at its long words, which may have to be broken; line breaks stay inside the others."""
    found, at = [], 0
    for word in LONG_WORD.finditer(text):
        found += [text[at : word.start()], word.group()]
        at = word.end()
    return [piece for piece in (*found, text[at:]) if piece]
