"""What batch settlement asks of a database engine: run SQL, read and write Parquet. The SQL itself is the same text."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

Kind = str
"""A column's type in the batch's words: `text`, `boolean`, `date`, `integer`, `decimal(p,s)`, `texts`, `other: …`."""


class Engine(Protocol):
    """A database engine. SQL comes in DuckDB's dialect, kept to a subset that other engines have too."""

    wide: str
    """The name of an integer type of at least 127 bits whose overflow raises."""

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows. Raises `TooLarge` when a number passes its type."""
        ...

    def load(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a temporary table of a few thousand rows: `columns` by name with their SQL types."""
        ...

    def kinds(self, path: Path) -> dict[str, Kind]:
        """The columns of a Parquet file with their kinds. Raises BadInput when it cannot be read as one."""
        ...

    def source(self, path: Path) -> str:
        """What stands after FROM to read a Parquet file."""
        ...

    def numbered(self, path: Path) -> str:
        """The same with one more column `place`, an integer that no two rows share."""
        ...

    def strangers(self, column: str, values: Sequence[str]) -> str:
        """A condition: the list in the column holds something that is not one of the values."""
        ...

    def write(self, select: str, path: Path) -> None:
        """Write the rows of a query, in their order, to one Parquet file."""
        ...

    def close(self) -> None:
        """Free everything; temporary tables end here."""
        ...


class TooLarge(Exception):
    """A number does not fit the widest integer type. It is never wrapped or rounded."""
