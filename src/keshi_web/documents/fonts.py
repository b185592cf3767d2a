"""The typefaces of official papers, and whether they can show a text.

Without a Chinese typeface typst prints empty pages and says nothing, so nothing is printed before these files
have been found. A sign that they do not hold is printed as 〓, the printer's mark for a missing sort, and the
page says so.
"""

import struct
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from keshi_web.common.errors import Refusal

BODY = "Noto Serif SC"
SIGNS = "DejaVu Sans Mono"
"""Comes with typst; holds the boxes ☑ ☐, which the Chinese typeface lacks."""
NEEDED = ("NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf")
BOXES = frozenset("☑☐")
MISSING = "〓"


class FontsMissing(Refusal):
    """The typefaces are not where they belong; nothing was printed."""


def folder() -> Path:
    """Where the typefaces lie."""
    return Path(settings.FONTS_DIR)


@cache
def _loaded(where: Path) -> typst.Fonts:
    for name in NEEDED:
        if not (where / name).is_file():
            raise FontsMissing(
                _("缺少字体文件 %(name)s，无法打印。请由系统管理员安装字体后重试。") % {"name": name}
            )
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[where])
    if absent := {BODY, SIGNS} - set(fonts.families()):
        raise FontsMissing(
            _("字体无法读取：%(names)s。请由系统管理员重新安装字体。") % {"names": "、".join(sorted(absent))}
        )
    return fonts


def fonts() -> typst.Fonts:
    """The typefaces, read once per process. Raises FontsMissing."""
    return _loaded(folder())


def printable(text: str) -> str:
    """The text with 〓 for every sign that cannot be printed."""
    held = _signs(folder() / NEEDED[0])
    return "".join(sign if sign == "\n" or sign in BOXES or ord(sign) in held else MISSING for sign in text)


@cache
def _signs(path: Path) -> frozenset[int]:
    """The code points of a TrueType file: its `cmap` table, format 12 (OpenType 1.9, "cmap")."""
    raw = path.read_bytes()
    tables = {}
    for index in range(struct.unpack_from(">H", raw, 4)[0]):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", raw, 12 + 16 * index)
        tables[tag] = offset
    start = tables[b"cmap"]
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", raw, start + 2)[0]):
        offset = start + struct.unpack_from(">HHI", raw, start + 4 + 8 * index)[2]
        if struct.unpack_from(">H", raw, offset)[0] == 12:
            for group in range(struct.unpack_from(">I", raw, offset + 12)[0]):
                first, last, _ = struct.unpack_from(">III", raw, offset + 16 + 12 * group)
                found.update(range(first, last + 1))
    return frozenset(found)
