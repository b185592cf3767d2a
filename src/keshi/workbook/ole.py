"""A .xls before it is opened: whether it is encrypted, how far its sheets reach, what its formulas hold.

A .xls is a small file system (MS-CFB) with one stream of records (MS-XLS). Only what the limits need is read.
"""

from collections.abc import Iterator
from struct import error as StructError
from struct import unpack_from

from keshi.problems import BadInput, Problem
from keshi.workbook.grid import Fault
from keshi.workbook.limits import MIB, MOST_SHEETS, MOST_TEXT, Inspected, check_extent

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_FORMULA, _DATE_MODE, _FILE_PASS, _CONTINUE = 0x0006, 0x0022, 0x002F, 0x003C
_BOUND_SHEET, _MUL_RK, _RICH_TEXT, _SHARED_TEXTS, _SHARED_TEXT = 0x0085, 0x00BD, 0x00D6, 0x00FC, 0x00FD
_DIMENSIONS, _NUMBER, _TEXT, _BOOLEAN_OR_ERROR, _RK = 0x0200, 0x0203, 0x0204, 0x0205, 0x027E
_BEGIN = 0x0809
_CELLS = frozenset((_FORMULA, _NUMBER, _TEXT, _SHARED_TEXT, _RICH_TEXT, _BOOLEAN_OR_ERROR, _RK, _MUL_RK))


def inspect_ole(name: str, data: bytes) -> Inspected:
    """What reading the workbook needs to know beforehand.

    Raises:
        BadInput: not a workbook (a .doc looks alike), encrypted, damaged, or beyond the limits.
    """
    try:
        streams = _Streams(data)
        # A .xlsx with a password is stored in such a file, whole.
        if streams.find("EncryptedPackage") is not None:
            raise BadInput(Problem("file-encrypted", name))
        stream = streams.find("Workbook") or streams.find("Book")
        if stream is None:
            raise BadInput(Problem("file-not-workbook", name))
        book = _Records(name)
        book.walk(stream)
    except (StructError, IndexError, ValueError) as error:
        raise BadInput(Problem("file-damaged", name, params={"detail": str(error)})) from None
    return Inspected(data, book.faults, book.formulas, book.from_1904)


# The file system -----------------------------------------------------------------------------------------

_LAST_SECTOR = 0xFFFF_FFFA
"""Sector numbers from here on mean the end of a chain, or no sector."""
_ENTRY = 128


class _Streams:
    """The streams of a compound file, found by name."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, mini_shift = unpack_from("<HH", data, 0x1E)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self.size, self.mini_size = 1 << shift, 1 << mini_shift
        directory, _, self.cutoff, mini_table = unpack_from("<IIII", data, 0x30)
        self.table = self._table()
        self.directory = b"".join(self._sectors(directory))
        self.mini_table = self._numbers(b"".join(self._sectors(mini_table)))
        root = unpack_from("<I", self.directory, 116)[0]
        self.mini = b"".join(self._sectors(root))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        return self.data[start : start + self.size]

    @staticmethod
    def _numbers(raw: bytes) -> tuple[int, ...]:
        return unpack_from(f"<{len(raw) // 4}I", raw)

    def _table(self) -> tuple[int, ...]:
        """Which sector follows which, for all sectors."""
        listed = list(unpack_from("<109I", self.data, 0x4C))
        following, count = unpack_from("<II", self.data, 0x44)
        for _ in range(min(count, len(self.data) // self.size)):
            numbers = self._numbers(self._sector(following))
            listed += numbers[:-1]
            following = numbers[-1]
        raw = b"".join(self._sector(number) for number in listed if number < _LAST_SECTOR)
        return self._numbers(raw)

    def _chain(self, first: int, table: tuple[int, ...]) -> Iterator[int]:
        # A chain that bites its own tail would never end.
        for _ in range(len(table)):
            if first >= _LAST_SECTOR:
                return
            yield first
            first = table[first]
        if first < _LAST_SECTOR:
            raise ValueError("chain")

    def _sectors(self, first: int) -> Iterator[bytes]:
        return (self._sector(number) for number in self._chain(first, self.table))

    def find(self, name: str) -> bytes | None:
        """The bytes of a stream, or None when there is none of this name."""
        wanted = name.upper().encode("utf-16-le")
        for start in range(0, len(self.directory) - _ENTRY + 1, _ENTRY):
            length = unpack_from("<H", self.directory, start + 64)[0]
            title = self.directory[start : start + max(0, length - 2)].decode("utf-16-le", "replace").upper()
            if title.encode("utf-16-le") != wanted:
                continue
            first, size = unpack_from("<II", self.directory, start + 116)
            if size >= self.cutoff:
                return b"".join(self._sectors(first))[:size]
            numbers = self._chain(first, self.mini_table)
            step = self.mini_size
            return b"".join(self.mini[at * step : (at + 1) * step] for at in numbers)[:size]
        return None


# The records ---------------------------------------------------------------------------------------------


class _Records:
    """Follows the records of a workbook stream, sheet after sheet."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sheets: dict[int, int] = {}
        """From the place in the stream where a sheet begins to its number."""
        self.sheet = -1
        self.rows = self.columns = self.repeated = 0
        self.lengths: list[int] = []
        """Of every shared text, in characters."""
        self.from_1904 = False
        self.formulas: dict[int, int] = {}
        self.faults: dict[int, dict[tuple[int, int], Fault]] = {}

    def walk(self, stream: bytes) -> None:
        at, end = 0, len(stream)
        while at + 4 <= end:
            kind, length = unpack_from("<HH", stream, at)
            if kind in _CELLS:
                self.cell(kind, stream, at + 4, length)
            elif kind == _BEGIN:
                # A chart inside a sheet begins too, at a place that no sheet is listed for.
                self.sheet_begins(self.sheets.get(at, self.sheet))
            elif kind == _FILE_PASS:
                raise BadInput(Problem("file-encrypted", self.name))
            elif kind == _BOUND_SHEET:
                self.sheets[unpack_from("<I", stream, at + 4)[0]] = len(self.sheets)
                if len(self.sheets) > MOST_SHEETS:
                    raise BadInput(Problem("file-too-many-sheets", self.name, params={"most": MOST_SHEETS}))
            elif kind == _DATE_MODE:
                self.from_1904 = bool(unpack_from("<H", stream, at + 4)[0])
            elif kind == _DIMENSIONS and length >= 14:
                first, past, left, right = unpack_from("<IIHH", stream, at + 4)
                # The reader sets memory aside for what is declared here.
                check_extent(self.name, max(0, past - first), max(0, right - left))
            elif kind == _SHARED_TEXTS:
                self.lengths = list(_text_lengths(_pieces(stream, at)))
            at += 4 + length

    def sheet_begins(self, number: int) -> None:
        if number != self.sheet:
            self.sheet = number
            self.rows = self.columns = self.repeated = 0

    def cell(self, kind: int, stream: bytes, at: int, length: int) -> None:
        row, column = unpack_from("<HH", stream, at)
        last = unpack_from("<H", stream, at + length - 2)[0] if kind == _MUL_RK else column
        if row >= self.rows or last >= self.columns:
            self.rows = max(self.rows, row + 1)
            self.columns = max(self.columns, last + 1)
            check_extent(self.name, self.rows, self.columns)
        if kind == _SHARED_TEXT:
            text = unpack_from("<I", stream, at + 6)[0]
            self.repeated += self.lengths[text] if text < len(self.lengths) else 0
            if self.repeated > MOST_TEXT:
                raise BadInput(
                    Problem("file-unpacks-too-large", self.name, params={"most": MOST_TEXT // MIB})
                )
        elif kind == _FORMULA:
            self.formulas[self.sheet] = self.formulas.get(self.sheet, 0) + 1
            # The last two bytes of the result are FF FF when it is no number, the first then says what it is.
            if stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
                self.faults.setdefault(self.sheet, {})[row, column] = Fault.ERROR
        elif kind == _BOOLEAN_OR_ERROR and stream[at + 7]:
            self.faults.setdefault(self.sheet, {})[row, column] = Fault.ERROR


def _pieces(stream: bytes, at: int) -> list[bytes]:
    """A record and those that continue it."""
    pieces: list[bytes] = []
    while at + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, at)
        if kind != (_CONTINUE if pieces else _SHARED_TEXTS):
            break
        pieces.append(stream[at + 4 : at + 4 + length])
        at += 4 + length
    return pieces


def _text_lengths(pieces: list[bytes]) -> Iterator[int]:
    """Characters of every shared text; one that a record cannot hold goes on in the next piece."""
    count = unpack_from("<I", pieces[0], 4)[0]
    piece, at = 0, 8
    for _ in range(count):
        if at >= len(pieces[piece]):
            piece, at = piece + 1, 0
            if piece >= len(pieces):
                return
        characters, flags = unpack_from("<HB", pieces[piece], at)
        yield characters
        at += 3
        runs = extra = 0
        if flags & 0x08:
            runs = unpack_from("<H", pieces[piece], at)[0]
            at += 2
        if flags & 0x04:
            extra = unpack_from("<I", pieces[piece], at)[0]
            at += 4
        wide = flags & 0x01
        left = characters
        while left:
            room = (len(pieces[piece]) - at) >> wide
            taken = min(room, left)
            left -= taken
            at += taken << wide
            if left:
                # The rest says anew how wide its characters are.
                piece += 1
                wide, at = pieces[piece][0] & 0x01, 1
        rest = runs * 4 + extra
        while rest > len(pieces[piece]) - at:
            rest -= len(pieces[piece]) - at
            piece, at = piece + 1, 0
        at += rest
