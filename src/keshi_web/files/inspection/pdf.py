"""PDF files: whole, without a password, and without anything that acts when the file is opened.

A PDF is searched, not parsed: the names of what acts (ISO 32000-1, 12.6.4 and 7.11.4) may stand in the open or in
compressed object streams, so both are read, with the #xx writing of names undone. Every stream is unpacked, because
readers do not ask whether one is declared as an object stream.
"""

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from keshi_web.common.errors import Invalid
from keshi_web.files.kinds import MIB

MOST_UNPACKED = 384 * MIB
"""Of all streams together. A hundred pages scanned without loss take about this."""
MOST_STREAMS = 100_000
_PIECE = 256 * 1024
_OVERLAP = 96
"""The longest name searched for, every character written as #xx, and its neighbours."""

_ACTING = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|GoToE|ImportData|SubmitForm)(?![A-Za-z0-9])"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"\bstream(?:\r\n|\n|\r)")
_OBJECTS = re.compile(rb"/ObjStm\b|/First\b")
_OTHER_FILTERS = re.compile(
    rb"/(ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt)\b"
)


def check(data: bytes, name: str) -> None:
    """Refuse a PDF that is cut off, locked, also another kind of file, or that acts by itself.

    Raises:
        Invalid: with what was found.
    """
    if b"%%EOF" not in data[-2048:]:
        raise Invalid(_("“%(name)s”不完整（缺少结尾）。请重新生成或扫描后上传。") % {"name": name})
    # A zip archive is found from its end: a file that has both is read differently by different programs.
    if b"PK\x05\x06" in data[-65_600:]:
        raise Invalid(_("“%(name)s”中夹带了压缩包。请重新打印或另存为 PDF 后上传。") % {"name": name})
    plain = _written_out(data)
    if _ENCRYPTED.search(plain):
        raise Invalid(_("“%(name)s”设有密码或使用限制，无法检查。请取消密码后重新上传。") % {"name": name})
    _refuse_acting(plain, name)
    before = b""
    for piece in _unpacked(data, name):
        _refuse_acting(_written_out(before + piece), name)
        before = piece[-_OVERLAP:]


def _refuse_acting(data: bytes, name: str) -> None:
    if found := _ACTING.search(data):
        raise Invalid(
            _(
                "“%(name)s”含有脚本、附件或自动动作（%(found)s）。请用“打印为 PDF”另存一份不含这些内容的文件后上传。"
            )
            % {"name": name, "found": found[1].decode()}
        )


def _written_out(data: bytes) -> bytes:
    """With the #xx of names replaced by the characters they mean."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data)


def _unpacked(data: bytes, name: str) -> Iterator[bytes]:
    """All deflated streams, piece by piece, nested ones as well: what is stored may hold what is packed."""
    room = MOST_UNPACKED
    whole = memoryview(data)
    for number, found in enumerate(_STREAM.finditer(data)):
        if number >= MOST_STREAMS:
            raise Invalid(
                _("“%(name)s”的内部结构过于复杂，无法检查。请用“打印为 PDF”另存后上传。") % {"name": name}
            )
        before = data[max(0, found.start() - 4096) : found.start()]
        header = _written_out(before[max(0, before.rfind(b"obj")) :])
        if _OBJECTS.search(header) and _OTHER_FILTERS.search(header):
            raise Invalid(
                _("“%(name)s”使用了无法检查的内部编码。请用“打印为 PDF”另存后上传。") % {"name": name}
            )
        for piece in _inflated(whole[found.end() :]):
            room -= len(piece)
            if room < 0:
                raise Invalid(
                    _("“%(name)s”解压后超过 %(most)d MB。请降低扫描分辨率或分成几个文件后上传。")
                    % {"name": name, "most": MOST_UNPACKED // MIB}
                )
            yield piece


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """A deflated stream in pieces; a break in it ends it, as it does for readers. Nothing for other streams."""
    inflater = zlib.decompressobj()
    at, step = 0, 64  # most streams that are not deflated show it at once
    while not inflater.eof:
        chunk: bytes | memoryview = inflater.unconsumed_tail
        if not chunk:
            chunk = packed[at : at + step]
            at, step = at + len(chunk), _PIECE
            if not chunk:
                return
        try:
            piece = inflater.decompress(chunk, _PIECE)
        except zlib.error:
            return
        if piece:
            yield piece
