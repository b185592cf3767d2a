"""What is looked for in the XML of a sheet before it is read: its extent, its formulas, the texts it repeats.

Ordinary sheets are judged by a few searches over the bytes; only a sheet with something unusual is parsed.
"""

import re
from xml.parsers import expat

from keshi.problems import BadInput, Problem
from keshi.workbook.grid import Fault, column_index
from keshi.workbook.limits import MIB, MOST_TEXT, check_extent

_UNUSUAL = re.compile(rb'<c(?! r="(?:[A-Z]|A[A-Z])[0-9]{1,5}")[\s/>]')
"""A cell without a plain reference, or past column AZ or row 99 999: 52 columns × 99 999 rows are affordable."""
_PREFIXED = re.compile(rb":c[\s/>]")
_EMPTY = re.compile(rb'(?:<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")?/>)+')
_UNPLACED = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s/>]')
"""A cell that stands right of the one before it, which must then stay where it is."""
_FORMULA = re.compile(
    rb"<(?:[A-Za-z]\w*:)?c\s([^>]*)><(?:[A-Za-z]\w*:)?f\b[^>]*>(?:[^<]*</[^>]*>)?(<(?:[A-Za-z]\w*:)?v>[^<]|)"
)
_ERROR = re.compile(rb'<(?:[A-Za-z]\w*:)?c\s([^>]*\bt="e"[^>]*)>')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHARED = re.compile(rb't="s"[^>]*><v>([0-9]{1,9})</v>')
_STRANGE = re.compile(rb"\bt(?:\s+=|=\s|=')|<[A-Za-z]\w*:v")
"""Ways of writing a reference to a shared text that only a program made for mischief would mix in."""
_MOST_FAULTS = 20_000
_FEW = 20
"""So many long texts, such as instructions, are counted one by one, which is faster than looking at every cell."""
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def checked_cells(where: str, content: bytes) -> bytes:
    """The sheet, without its empty cells if it has unusually many, once its filled area is known to be affordable.

    Raises:
        BadInput: too many columns, too large an area, XML that cannot be read.
    """
    if not _is_unusual(content):
        return content
    if not _UNPLACED.search(content):
        # Formatting drawn down to the last row of a sheet: millions of cells that hold nothing.
        content = _EMPTY.sub(b"", content)
    if _is_unusual(content):
        _Extent(where).measure(content)
    return content


def _is_unusual(content: bytes) -> bool:
    return bool(_UNUSUAL.search(content) or _PREFIXED.search(content))


class _Extent:
    """Follows the cells as a reader would: a cell without a reference stands right of the one before it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.row = -1
        self.column = -1
        self.rows = 0
        self.columns = 0

    def measure(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self.start
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise BadInput(Problem("file-damaged", self.where, params={"detail": str(error)})) from None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self.cell(attributes.get("r"))
        elif name in ("v", "is"):
            # Only a cell with a value costs memory; formatting alone may reach the end of the sheet.
            self.rows = max(self.rows, self.row + 1)
            self.columns = max(self.columns, self.column + 1)
            check_extent(self.where, self.rows, self.columns)
        elif name == "row":
            reference = attributes.get("r", "")
            self.row = int(reference) - 1 if reference.isascii() and reference.isdigit() else self.row + 1
            self.column = -1

    def cell(self, reference: str | None) -> None:
        found = _REFERENCE.fullmatch(reference) if reference else None
        if found is None:
            self.column += 1
        else:
            self.column, self.row = column_index(found[1].upper()), int(found[2]) - 1


def find_formulas(where: str, content: bytes, *, saved: bool) -> tuple[int, dict[tuple[int, int], Fault]]:
    """How many cells hold formulas, and the cells whose value cannot be used.

    `saved` is false when the file asks to be calculated on opening: its writer did not know the results.
    """
    count = 0
    faults: dict[tuple[int, int], Fault] = {}
    if b"<f" in content or b":f" in content:
        for found in _FORMULA.finditer(content):
            count += 1
            # The text "" is a result too.
            if not saved or not (found[2] or b't="str"' in found[1]):
                _add(where, faults, found[1], Fault.UNCALCULATED)
    if b't="e"' in content:
        for found in _ERROR.finditer(content):
            _add(where, faults, found[1], Fault.ERROR)
    return count, faults


def _add(where: str, faults: dict[tuple[int, int], Fault], attributes: bytes, fault: Fault) -> None:
    found = _PLACE.search(attributes)
    if found is None or len(faults) >= _MOST_FAULTS:
        raise BadInput(Problem("file-too-many-faults", where))
    faults.setdefault((int(found[2]) - 1, column_index(found[1].decode())), fault)


class Texts:
    """The shared texts of a workbook: each is stored once, but costs memory every time a cell uses it."""

    def __init__(self, content: bytes) -> None:
        self.lengths = [len(text) for text in re.split(rb"</(?:[A-Za-z]\w*:)?si>", content)]
        self.longest = max(self.lengths)

    def check(self, where: str, content: bytes) -> None:
        """Refuse a sheet whose cells would repeat more text than is affordable."""
        cells = content.count(b"v>") // 2 + 1
        if self.longest * cells <= MOST_TEXT:
            return
        if _STRANGE.search(content):
            raise BadInput(Problem("file-damaged", where, params={"detail": "t"}))
        if self._total(content, cells) > MOST_TEXT:
            raise BadInput(Problem("file-unpacks-too-large", where, params={"most": MOST_TEXT // MIB}))

    def _total(self, content: bytes, cells: int) -> int:
        """At least the length of all texts that the cells use; exact when many of the texts are long."""
        fair = MOST_TEXT // 2 // cells
        long = [index for index, length in enumerate(self.lengths) if length > fair]
        if len(long) <= _FEW:
            uses = sum(content.count(b"<v>%d</v>" % index) * self.lengths[index] for index in long)
            return uses + fair * cells
        return sum(
            self.lengths[index] if (index := int(found[1])) < len(self.lengths) else 0
            for found in _SHARED.finditer(content)
        )
