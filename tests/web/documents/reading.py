"""What stands in a printed paper: text without white space, and how its typefaces are carried."""

import io
from collections.abc import Iterator, Sequence

from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from pypdf.generic import DictionaryObject


def squeezed(text: str) -> str:
    """Without white space of any kind."""
    return "".join(text.split())


def pages(pdf: bytes) -> list[str]:
    """The text of each page, squeezed."""
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def pdf_text(pdf: bytes) -> str:
    """The whole text, squeezed."""
    return "".join(pages(pdf))


def docx_text(docx: bytes) -> str:
    """The text of a Word file's body, squeezed; tables cell by cell."""
    body = Document(io.BytesIO(docx)).element.body
    return squeezed("".join(node.text or "" for node in body.iter(qn("w:t"))))


def absent(texts: Sequence[str], found: str) -> list[str]:
    """Texts that do not stand in `found` in this order."""
    missing, at = [], 0
    for text in map(squeezed, texts):
        place = found.find(text, at)
        if place < 0:
            missing.append(text)
        else:
            at = place + len(text)
    return missing


def typefaces(pdf: bytes) -> Iterator[tuple[str, bool]]:
    """Every typeface of a PDF by name, with whether its file is in it."""
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert isinstance(inner, DictionaryObject)
            yield inner["/FontName"], bool({"/FontFile2", "/FontFile3"} & inner.keys())
