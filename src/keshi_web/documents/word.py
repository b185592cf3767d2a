"""Word templates made from a layout, and templates filled in.

A template holds Jinja places (docxtpl): `{{ enterprise_name }}`, and for a table's rows a loop over `rows_plan`
with the cells `row.c1`, `row.c2` … A bureau may edit it in Word or WPS; it is rendered in a sandbox, because a
template can come from an uploaded scheme.
"""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from keshi.scheme.model import Form
from keshi_web.documents.compose import notes
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

ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
TITLE_FACE, BODY_FACE = "宋体", "仿宋"
"""What Word and WPS have on every Chinese desktop."""
LONG, SHORT, SIDE = 297, 210, 21
"""A4 and its side margin, millimetres."""
PLAIN_DATE = datetime(2020, 1, 1, tzinfo=UTC)
"""In the file's properties always the same, so that the bytes are."""
TWIPS = 56.7
"""Word's units in a millimetre."""
PARTS = ("text", "person", "date", "box")


def key(name: str) -> str:
    """A place's name in a template: `county-opinion.date` is county_opinion__date, `promise:1` is promise_1."""
    return name.replace(".", "__").replace("-", "_").replace(":", "_")


def word_template(form: Form, layout: Layout) -> bytes:
    """The template of a form by its layout."""
    document = Document()
    _page(document, layout)
    if layout.number:
        _paragraph(document, layout.number, size=12)
    _paragraph(document, layout.title or form.text.zh, align="center", size=17, bold=True, after=4)
    for block in layout.blocks:
        match block:
            case Grid():
                _grid(document, form, block)
            case Line():
                width = (LONG if layout.landscape else SHORT) - 2 * SIDE
                line = _paragraph(document, "\t".join(block.items), size=10.5, before=2, after=1.5)
                line.paragraph_format.tab_stops.add_tab_stop(Mm(width), 2)  # 2: WD_TAB_ALIGNMENT.RIGHT
            case Text():
                for index, text in enumerate(block.text.split("\n")):
                    made = _paragraph(
                        document, text, align=block.align, size=block.size, before=0 if index else block.space
                    )
                    made.paragraph_format.line_spacing = 1.5
                    if block.indent:
                        made.paragraph_format.first_line_indent = Pt(2 * block.size)
            case Notes():
                for index, note in enumerate(notes(form, block)):
                    _paragraph(
                        document,
                        note if index else f"{block.prefix}{note}",
                        size=9.5,
                        before=0 if index else 2,
                    )
    if isinstance(layout.blocks[-1], Grid):
        _paragraph(document, "", size=1)  # Word wants a paragraph after a table
    properties = document.core_properties
    properties.title, properties.author, properties.comments = form.text.zh, "", ""
    properties.keywords = form.id
    properties.created = properties.modified = PLAIN_DATE
    return _saved(document)


def filled(template: bytes, form: Form, data: FormData, layout: Layout) -> bytes:
    """A template with its places filled. Raises jinja2's errors for a place that the form does not have."""
    document = DocxTemplate(io.BytesIO(template))
    environment = SandboxedEnvironment(undefined=StrictUndefined)
    document.render(_context(form, data, layout), environment, autoescape=True)
    document.core_properties.created = document.core_properties.modified = PLAIN_DATE
    return _saved(document)


def _context(form: Form, data: FormData, layout: Layout) -> dict[str, Any]:
    context: dict[str, Any] = {}
    blanks = {
        row.table: row.blank
        for block in layout.blocks
        if isinstance(block, Grid)
        for row in block.rows
        if isinstance(row, Records)
    }
    for field in form.fields:
        if field.kind == "table":
            rows = list(data.rows(field))
            rows += [("",) * len(field.columns)] * (blanks.get(field.id, 0) - len(rows))
            context[f"rows_{key(field.id)}"] = [
                {f"c{number}": cell for number, cell in enumerate(row, start=1)} for row in rows
            ]
            continue
        for name in (field.id, *(f"{field.id}.{part}" for part in PARTS)):
            context[key(name)] = place(form, data, name)
    context |= {f"promise_{number}": text.zh for number, text in enumerate(form.promises, start=1)}
    context |= {f"note_{number}": text.zh for number, text in enumerate(form.notes, start=1)}
    return context


# ---------------------------------------------------------------------------------------------------------
# Building


def _page(document: Any, layout: Layout) -> None:
    style = document.styles["Normal"]
    style.font.name = "Times New Roman"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FACE)
    style.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    width, height = (LONG, SHORT) if layout.landscape else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if layout.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, code in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", "")):
        footer.add_run(words).font.size = Pt(9)
        if code:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), code)
            shown = Run(OxmlElement("w:r"), footer)
            shown.text, shown.font.size = "1", Pt(9)  # until Word counts
            field.append(shown._r)
            footer._p.append(field)


def _paragraph(
    document: Any,
    text: str,
    *,
    size: float,
    align: str = "left",
    bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> Paragraph:
    paragraph: Paragraph = document.add_paragraph()
    _write(paragraph, text, size, bold=bold)
    paragraph.alignment = ALIGNED[align]
    paragraph.paragraph_format.space_before = Mm(before)
    paragraph.paragraph_format.space_after = Mm(after)
    return paragraph


def _write(paragraph: Paragraph, text: str, size: float, *, bold: bool = False) -> Run:
    """The text with its places as Jinja's, line breaks kept."""
    words = PLACE.sub(lambda found: f"{{{{ {key(found.group(1))} }}}}", text)
    run = paragraph.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold
    properties = run._r.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), TITLE_FACE if bold else BODY_FACE)
    return run


def _grid(document: Any, form: Form, grid: Grid) -> None:
    table = document.add_table(rows=0, cols=0)
    table.autofit = False
    table.style = "Table Grid"
    element = table._tbl
    total = document.sections[0].page_width.mm - 2 * SIDE
    widths = [round(column / sum(grid.columns) * total * TWIPS) for column in grid.columns]
    columns = element.tblGrid
    for width in widths:
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), str(width))
        columns.append(column)
    held: dict[int, tuple[int, Box]] = {}  # by column: the row at which a spanning cell ends, and the cell
    for index, row in placed(grid, form.id):
        if isinstance(row, Records):
            _records(element, form, grid, row, widths, first=index == 0)
            continue
        starts = dict(row)
        line = _row(element)
        column = 0
        while column < len(widths):
            box = starts.get(column)
            if box:
                merge = "restart" if box.rows > 1 else ""
                if box.rows > 1:
                    held[column] = (index + box.rows, box)
                cell = _cell(line, widths[column : column + box.span], merge)
                _fill_box(cell, box, grid.size)
            else:
                box = held[column][1]
                _empty(_cell(line, widths[column : column + box.span], "continue"))
            column += box.span


def _row(table: Any, *, header: bool = False) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    table.append(row)
    return row


def _cell(row: Any, widths: list[int], merge: str = "") -> Any:
    cell = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    width = OxmlElement("w:tcW")
    width.set(qn("w:w"), str(sum(widths)))
    width.set(qn("w:type"), "dxa")
    properties.append(width)
    if len(widths) > 1:
        span = OxmlElement("w:gridSpan")
        span.set(qn("w:val"), str(len(widths)))
        properties.append(span)
    if merge:
        merged = OxmlElement("w:vMerge")
        merged.set(qn("w:val"), merge)
        properties.append(merged)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)
    cell.append(properties)
    row.append(cell)
    return cell


def _add(cell: Any) -> Paragraph:
    element = OxmlElement("w:p")
    cell.append(element)
    return Paragraph(element, cell)


def _empty(cell: Any) -> None:
    _add(cell)


def _fill_box(cell: Any, box: Box, size: float) -> None:
    body = _add(cell)
    _write(body, box.text, size, bold=box.bold)
    body.alignment = ALIGNED["left" if box.foot else box.align]
    body.paragraph_format.space_before = body.paragraph_format.space_after = Mm(1.2)
    if box.foot:
        foot = _add(cell)
        _write(foot, box.foot, size)
        foot.alignment = ALIGNED["right"]
        foot.paragraph_format.space_before, foot.paragraph_format.space_after = Mm(box.space), Mm(1.2)


def _records(table: Any, form: Form, grid: Grid, records: Records, widths: list[int], *, first: bool) -> None:
    field = table_field(form, records.table)
    reach = spans(grid, records, field)
    parts, at = [], 0
    for span in reach:
        parts.append(widths[at : at + span])
        at += span

    def line(texts: list[str], *, header: bool = False) -> None:
        row = _row(table, header=header)
        for part, text in zip(parts, texts, strict=True):
            _fill_box(_cell(row, part), Box(text=text), grid.size)

    def tag(text: str) -> None:
        _write(_add(_cell(_row(table), widths)), text, grid.size)

    line(headings(records, field), header=first)  # Word repeats a header only from the top of its table
    tag(f"{{%tr for row in rows_{key(field.id)} %}}")
    line([f"{{{{ row.c{number} }}}}" for number in range(1, len(reach) + 1)])
    tag("{%tr endfor %}")


def _saved(document: Any) -> bytes:
    """The file with the same dates on every member, so that the same content has the same bytes."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(
                zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
