"""A .xlsx before it is opened: sizes declared and real, extent, formulas, links; then only the parts needed.

What is handed on is a new, uncompressed package of the parts that were looked at. So nothing that was not
looked at (pictures, embedded files, a second directory that another unzipper would prefer) is ever opened.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath
from struct import error as StructError
from struct import unpack_from
from typing import NamedTuple, NoReturn
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from keshi.problems import BadInput, Problem
from keshi.workbook.grid import Fault
from keshi.workbook.limits import (
    MIB,
    MOST_PARTS,
    MOST_RATIO,
    MOST_SHEETS,
    MOST_UNPACKED,
    RATIO_FREE,
    Inspected,
)
from keshi.workbook.scan import Texts, checked_cells, find_formulas

ZIP_MAGIC = b"PK"
_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_NEEDED = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels"
    r"|xl/(workbook|styles|sharedstrings)\.xml|xl/worksheets/[^/]+\.xml"
)


class _Part(NamedTuple):
    name: str
    content: bytes


def inspect_package(name: str, data: bytes) -> Inspected:
    """The package reduced to what reading its sheets needs.

    Raises:
        BadInput: not a workbook, damaged, larger than the limits, or taking values from other files.
    """
    parts = _unpacked(name, data)
    for part in parts.values():
        # A document type could define entities; Excel writes neither that nor any encoding but UTF-8.
        if b"<!DOCTYPE" in part.content or b"\0" in part.content[:64]:
            raise damaged(name, part.name)
    book = _read_book(name, parts)
    texts = Texts(parts[book.texts].content if book.texts in parts else b"")
    faults: dict[int, dict[tuple[int, int], Fault]] = {}
    formulas: dict[int, int] = {}
    for index, (title, at) in enumerate(book.sheets):
        where = f"{name} {title}"
        content = checked_cells(where, parts[at].content if at in parts else b"")
        if at in parts:
            parts[at] = parts[at]._replace(content=content)
        texts.check(where, content)
        formulas[index], faults[index] = find_formulas(where, content, saved=book.saved)
    return Inspected(_packed(parts), faults, formulas, book.from_1904)


def damaged(name: str, detail: object) -> BadInput:
    """The refusal of a file that does not hold together."""
    return BadInput(Problem("file-damaged", name, params={"detail": str(detail)}))


# Unpacking -----------------------------------------------------------------------------------------------


def _unpacked(name: str, data: bytes) -> dict[str, _Part]:
    """The needed parts by lower-case name, unpacked within the limits."""
    named = _directory(name, data)
    known = {part.lower() for part, _ in named}
    if _BOOK not in known:
        raise BadInput(Problem("file-xlsb" if "xl/workbook.bin" in known else "file-not-workbook", name))
    if any(part.startswith("xl/externallinks/") for part in known):
        raise BadInput(Problem("file-external-links", name))
    found: dict[str, _Part] = {}
    room = MOST_UNPACKED
    for part, entry in named:
        key = part.lower()
        if not _NEEDED.fullmatch(key):
            continue
        if key in found:
            raise damaged(name, part)
        content = _inflated(name, data, entry, room)
        room -= len(content)
        found[key] = _Part(part, content)
    return found


def parts_of(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every part of an Office package of any kind (.docx as well), one at a time, within the same limits.

    Raises:
        BadInput: damaged, encrypted, or larger than the limits once unpacked.
    """
    room = MOST_UNPACKED
    for part, entry in _directory(name, data):
        if entry.is_dir():
            continue
        content = _inflated(name, data, entry, room)
        room -= len(content)
        yield part, content


def _directory(name: str, data: bytes) -> list[tuple[str, ZipInfo]]:
    """Name and entry of every part; what the directory declares is within the limits."""
    try:
        with ZipFile(BytesIO(data)) as package:
            directory = package.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise damaged(name, error) from None
    _check_directory(name, directory, len(data))
    # Some writers separate folders as Windows does, and some do not care for capitals.
    return [(entry.filename.replace("\\", "/"), entry) for entry in directory]


def _check_directory(name: str, directory: list[ZipInfo], size: int) -> None:
    """What the directory declares, before a byte is unpacked."""
    if len(directory) > MOST_PARTS:
        raise BadInput(Problem("file-too-many-parts", name, params={"most": MOST_PARTS}))
    if any(entry.flag_bits & 0x1 for entry in directory):
        raise BadInput(Problem("file-encrypted", name))
    # Entries that overlap share their bytes, so that a small file holds more than it could.
    if sum(entry.compress_size for entry in directory) > size:
        raise damaged(name, "overlap")
    if sum(entry.file_size for entry in directory) > MOST_UNPACKED or any(
        entry.file_size > max(RATIO_FREE, entry.compress_size * MOST_RATIO) for entry in directory
    ):
        _refuse_bomb(name)


def _refuse_bomb(name: str) -> NoReturn:
    raise BadInput(Problem("file-unpacks-too-large", name, params={"most": MOST_UNPACKED // MIB}))


def _inflated(name: str, data: bytes, entry: ZipInfo, room: int) -> bytes:
    """One part, unpacked from its real bytes: the declared size may be a lie."""
    try:
        name_length, extra_length = unpack_from("<HH", data, entry.header_offset + 26)
    except StructError as error:
        raise damaged(name, error) from None
    start = entry.header_offset + 30 + name_length + extra_length
    packed = memoryview(data)[start : start + entry.compress_size]
    most = min(room, max(RATIO_FREE, len(packed) * MOST_RATIO))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        if entry.compress_type == ZIP_STORED:
            content, whole = bytes(packed), True
        elif entry.compress_type == ZIP_DEFLATED:
            # Up to one byte more than allowed, so that a lie costs no more memory than the truth.
            content = inflater.decompress(packed, most + 1)
            whole = inflater.eof
        else:
            raise damaged(name, entry.filename)
    except zlib.error as error:
        raise damaged(name, error) from None
    if len(content) > most:
        _refuse_bomb(name)
    if not whole or len(content) != entry.file_size:
        raise damaged(name, entry.filename)
    return content


def _packed(parts: dict[str, _Part]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as package:
        for part in parts.values():
            package.writestr(ZipInfo(part.name), part.content)
    return buffer.getvalue()


# The workbook part ---------------------------------------------------------------------------------------


class _Book(NamedTuple):
    sheets: list[tuple[str, str]]
    """Title and part of every sheet, in order."""
    texts: str
    saved: bool
    """Formulas carry their results: the file does not ask to be calculated when it is opened."""
    from_1904: bool


def _read_book(name: str, parts: dict[str, _Part]) -> _Book:
    try:
        root = ElementTree.fromstring(parts[_BOOK].content)
        links = ElementTree.fromstring(parts[_LINKS].content) if _LINKS in parts else None
    except ElementTree.ParseError as error:
        raise damaged(name, error) from None
    targets: dict[str, str] = {}
    texts = "xl/sharedstrings.xml"
    for link in links if links is not None else ():
        target = link.get("Target", "").replace("\\", "/").lower()
        # join lets a target that starts with / stand for itself.
        part = normpath(join("/xl", target)).lstrip("/")
        targets[link.get("Id", "")] = part
        if link.get("Type", "").endswith("/sharedStrings"):
            texts = part
    sheets: list[tuple[str, str]] = []
    saved, from_1904 = True, False
    for element in root.iter():
        match element.tag.rpartition("}")[2]:
            case "sheet":
                at = next((value for key, value in element.items() if key.rpartition("}")[2] == "id"), "")
                sheets.append((element.get("name", ""), targets.get(at, "")))
            case "workbookPr":
                from_1904 = element.get("date1904") in ("1", "true")
            case "calcPr":
                saved = element.get("fullCalcOnLoad") not in ("1", "true")
    if len(sheets) > MOST_SHEETS:
        raise BadInput(Problem("file-too-many-sheets", name, params={"most": MOST_SHEETS}))
    if len({part for _, part in sheets}) != len(sheets):
        # One large part under many names costs its size once and its reading many times.
        raise damaged(name, "sheets")
    return _Book(sheets, texts, saved, from_1904)
