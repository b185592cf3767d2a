"""A form or a letter as PDF (typst) and as Word file (docxtpl).

The same form, data and layout give the same bytes: no clock and no machine enters. PDFs are PDF/A-2u, so every
typeface is embedded and every sign has its text.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from keshi.scheme.model import Form
from keshi_web.documents import fonts, word
from keshi_web.documents.compose import sheet
from keshi_web.documents.data import FormData
from keshi_web.documents.generic import generic_layout
from keshi_web.documents.layout import Layout, read_layout

LAYOUTS = Path(__file__).parent / "layouts"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""The date in a file's properties, always the same: when a paper was made stands on the paper."""


def layout_of(form: Form, layout: Path | Layout | None) -> Layout:
    """The layout to print with: a file of the scheme's, one pinned earlier, or the generic one."""
    if isinstance(layout, Path):
        return read_layout(layout, form)
    return layout or generic_layout(form)


def render_pdf(form: Form, data: FormData, *, layout: Path | Layout | None = None, author: str = "") -> bytes:
    """The form as PDF.

    Raises FontsMissing, LayoutFault (the layout does not fit the form), ValueError (a table's row does not).
    """
    drawn = sheet(form, data, layout_of(form, layout))
    heading = f"{form.number} {form.text.zh}".strip()
    return draw("form", {**drawn, "heading": heading, "author": author, "keywords": [form.id, form.clause]})


def draw(template: str, content: dict[str, Any]) -> bytes:
    """A sheet's content drawn with `layouts/<template>.typ`. Raises FontsMissing."""
    loaded = fonts.fonts()
    missing = _unprintable(content)
    compiler = typst.Compiler(
        input=str(LAYOUTS / f"{template}.typ"),
        root=str(LAYOUTS),
        font_paths=loaded,
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps({**_printable(content), "missing": missing}, ensure_ascii=False)},
    )
    drawn = compiler.compile(format="pdf", pdf_standards="a-2u", timestamp=EPOCH)
    assert isinstance(drawn, bytes)
    return drawn


def _printable(content: Any) -> Any:
    if isinstance(content, str):
        return fonts.printable(content)
    if isinstance(content, list):
        return [_printable(one) for one in content]
    if isinstance(content, dict):
        return {key: _printable(one) for key, one in content.items()}
    return content


def _unprintable(content: Any) -> bool:
    """Whether a sign has no typeface."""
    if isinstance(content, str):
        return fonts.printable(content) != content
    if isinstance(content, list):
        return any(map(_unprintable, content))
    return isinstance(content, dict) and any(map(_unprintable, content.values()))


def render_docx(form: Form, data: FormData, *, layout: Path | Layout | None = None) -> bytes:
    """The form as a Word file, to be edited on.

    Beside a layout file, a Word template of the same name (`<form>.docx`, made with `word_template` and edited
    by the bureau) is used; else the template is built from the layout. Raises as `render_pdf`.
    """
    used = layout_of(form, layout)
    edited = layout.with_suffix(".docx") if isinstance(layout, Path) else None
    template = edited.read_bytes() if edited and edited.is_file() else word.word_template(form, used)
    return word.filled(template, form, data, used)


def word_template(form: Form, *, layout: Path | Layout | None = None) -> bytes:
    """The Word template of a form, with its places, for a bureau to adapt."""
    return word.word_template(form, layout_of(form, layout))
