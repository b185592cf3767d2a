"""The kinds of file that are taken, and what every other content is called when it is turned away."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MIB = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file: its ending, type, how large it may be (bytes), and its name for people."""

    key: str
    suffix: str
    content_type: str
    most_bytes: int
    # A lazy text hashes by the language of the moment, so it plays no part in what a kind is.
    label: str | Promise = field(compare=False)


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Kind("pdf", ".pdf", "application/pdf", 30 * MIB, "PDF")
JPEG = Kind("jpeg", ".jpg", "image/jpeg", 20 * MIB, "JPG")
PNG = Kind("png", ".png", "image/png", 20 * MIB, "PNG")
WEBP = Kind("webp", ".webp", "image/webp", 20 * MIB, "WebP")
DOCX = Kind("docx", ".docx", f"{_OFFICE}.wordprocessingml.document", 20 * MIB, _("Word 文档（.docx）"))
XLSX = Kind("xlsx", ".xlsx", f"{_OFFICE}.spreadsheetml.sheet", 20 * MIB, _("Excel 工作簿（.xlsx）"))
CSV = Kind("csv", ".csv", "text/csv", 10 * MIB, "CSV")
TXT = Kind("txt", ".txt", "text/plain", 10 * MIB, _("纯文本（.txt）"))

PICTURES = frozenset({JPEG, PNG, WEBP})
DOCUMENTS = frozenset({PDF, DOCX, *PICTURES})
"""Scans and papers of a case."""
WORKBOOKS = frozenset({XLSX, CSV})
"""Rosters."""
TEXTS = frozenset({CSV, TXT})
ANY = frozenset({*DOCUMENTS, *WORKBOOKS, *TEXTS})

REFUSED: tuple[tuple[bytes, str | Promise], ...] = (
    (b"MZ", _("可执行程序")),
    (b"\x7fELF", _("可执行程序")),
    (b"\xcf\xfa\xed\xfe", _("可执行程序")),
    (b"#!", _("脚本程序")),
    (b"\xd0\xcf\x11\xe0", _("旧版 Office 文件（.doc、.xls）")),
    (b"Rar!", _("压缩包")),
    (b"7z\xbc\xaf", _("压缩包")),
    (b"\x1f\x8b", _("压缩包")),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"{\\rtf", "RTF"),
)
"""First bytes of what people upload by mistake or design, for a refusal that names it."""
