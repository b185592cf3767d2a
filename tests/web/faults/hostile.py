"""Files that people upload to do harm, or by mistake; what each is, not what a page answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import xlsxwriter

from web.files import specimens as made

MIB = 1024 * 1024
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True)
class Hostile:
    """A file by what it is, with the name it comes under."""

    what: str
    name: str
    make: Callable[[], bytes]

    def content(self) -> bytes:
        """Its bytes, made once."""
        return _made(self.make)


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    return make()


def workbook(**more: str | bytes) -> bytes:
    """A roster as Excel would save it, with parts added."""
    with ZipFile(BytesIO(made.xlsx())) as whole:
        parts: dict[str, str | bytes] = {name: whole.read(name) for name in whole.namelist()}
    parts.update({name.replace("___", "/").replace("__", "."): content for name, content in more.items()})
    return made.package(parts)


def formulas(*cells: str) -> bytes:
    """A roster whose names are formulas that Excel never calculated."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("学员")
    sheet.write_row(0, 0, ["姓名", "身份证号码"])
    for row, cell in enumerate(cells, 1):
        sheet.write_formula(row, 0, cell, None, "")
        sheet.write_string(row, 1, "11010519491231002X")
    book.close()
    return out.getvalue()


def nested() -> bytes:
    """A zip of zips, each a thousand times smaller than what it holds."""
    inner = made.package({f"{n}.bin": b"\0" * MIB for n in range(5)})
    return made.package({f"{n}.zip": inner for n in range(20)})


ANYWHERE = (
    Hostile("a program called PDF", "营业执照.pdf", lambda: b"MZ\x90\0" + b"\0" * 2000),
    Hostile("a page of the web called PDF", "说明.pdf", lambda: HTML),
    Hostile("a page of the web called CSV", "名册.csv", lambda: HTML),
    Hostile("a drawing with a script", "图.svg", lambda: SVG),
    Hostile("a drawing with a script called PNG", "图.png", lambda: SVG),
    Hostile("a PDF with a script", "协议.pdf", lambda: made.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>")),
    Hostile("a PDF with a hidden script", "协议.pdf",
            lambda: made.pdf(made.packed_objects(b"5 0 << /S /J#61vaScript /JS (app.alert(1)) >>"))),
    Hostile("a Word file that unpacks to 300 MB", "协议.docx",
            lambda: made.docx(word___media___a__xml=b"\0" * 300 * MIB)),
    Hostile("a workbook that unpacks to 300 MB", "名册.xlsx", lambda: workbook(xl___media___a__xml=b"\0" * 300 * MIB)),
    Hostile("a zip of zips", "材料.zip", nested),
    Hostile("a zip of zips called Word", "材料.docx", nested),
    Hostile("a workbook with macros", "名册.xlsx", lambda: workbook(xl___vbaProject__bin=b"\xd0\xcf\x11\xe0" * 99)),
    Hostile("a workbook that fetches values", "名册.xlsx",
            lambda: workbook(xl___externalLinks___externalLink1__xml=b"<externalLink/>")),
    Hostile("a picture of 100 megapixels", "照片.png", lambda: made.png_header(10_000, 10_000)),
    Hostile("an empty file", "空.pdf", lambda: b""),
    Hostile("a file of nothing but zeros", "空.pdf", lambda: b"\0" * 5000),
    Hostile("half a file", "扫描.jpg", lambda: made.picture("JPEG", (800, 800))[:2000]),
    Hostile("an old Word file", "协议.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000),
    Hostile("a program under a name that shows as PDF", "合同\u202efdp.exe", lambda: b"MZ\x90\0" + b"\0" * 2000),
    Hostile("a program under the name of a system file", "../../../etc/cron.d/job", lambda: b"#!/bin/sh\nid\n"),
    Hostile("a file larger than any kind may be", "扫描.pdf", lambda: b"%PDF-1.7\n" + b"\0" * 31 * MIB),
)  # fmt: skip

SCHEMES = (
    Hostile("an archive with a way out", "政策.zip",
            lambda: made.package({"../../../scheme.toml": "id = 1", "/etc/passwd": "x"})),
    Hostile("an archive of one huge table", "政策.zip",
            lambda: made.package({"scheme.toml": "", "tables/a.csv": b"1," * 60 * MIB})),
    Hostile("an archive of ten thousand tables", "政策.zip",
            lambda: made.package({f"tables/{n}.csv": b"" for n in range(10_000)})),
    Hostile("a scheme that is not text", "scheme.toml", lambda: b"\xff\xfe\0\0" * 100),
    Hostile("a scheme nested ten thousand deep", "scheme.toml", lambda: b"a = " + b"[" * 10_000),
    Hostile("a scheme larger than allowed", "scheme.toml", lambda: b"# " + b"x" * 3 * MIB),
)  # fmt: skip

ROSTERS = (
    Hostile("a text of no encoding", "名册.csv", lambda: "姓名,身份证号码\n测试甲,1".encode("utf-16")),
    Hostile("a workbook with a password", "名册.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000),
)  # fmt: skip

NAMES = (
    "../../../../etc/passwd.pdf",
    "C:\\Windows\\System32\\计划.pdf",
    "合同\u202efdp.exe.pdf",
    "计" * 251 + ".pdf",
    "<img src=x onerror=alert(1)>.pdf",
    "a\"; filename=evil.exe; x=\".pdf",
    "CON.pdf",
    ".pdf",
    "....",
)  # fmt: skip
"""Names that a good file comes under."""
