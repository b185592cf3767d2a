"""Papers as answers: saved by the browser under their Chinese names, never run by it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to save as `name`.pdf (RFC 5987 for names beyond ASCII)."""
    return _attachment(content, f"{_plain(name)}.pdf", PDF)


def docx_response(content: bytes, name: str) -> HttpResponse:
    """A Word file to save as `name`.docx."""
    return _attachment(content, f"{_plain(name)}.docx", WORD)


def _plain(name: str) -> str:
    """Without what no file name may hold on some system, or what ends a header."""
    kept = "".join("_" if sign in '\\/:*?"<>|' else sign for sign in name if sign.isprintable())
    return kept.strip(" .")[:120] or "document"


def _attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
