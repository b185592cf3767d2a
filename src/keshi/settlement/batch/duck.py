"""DuckDB, embedded: the engine of a single machine."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from keshi.problems import BadInput, Problem
from keshi.settlement.batch.engine import Kind, TooLarge
from keshi.settlement.batch.sql import literal

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_KINDS = {"VARCHAR": "text", "BOOLEAN": "boolean", "DATE": "date", "VARCHAR[]": "texts", '"NULL"[]': "texts"}
_CHUNK = 2_000


class DuckEngine:
    """An in-memory DuckDB. `memory_limit` as DuckDB writes it (`1GB`); beyond it DuckDB spills to `spill`."""

    wide = "hugeint"

    def __init__(
        self, threads: int | None = None, memory_limit: str | None = None, spill: Path | None = None
    ) -> None:
        import duckdb  # imported when first needed: most commands never settle in bulk

        self._duckdb = duckdb
        settings: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        settings["preserve_insertion_order"] = (
            False  # no order is promised, and keeping one costs a third more
        )
        if threads is not None:
            settings["threads"] = threads
        if memory_limit is not None:
            settings["memory_limit"] = memory_limit
        if spill is not None:
            settings["temp_directory"] = str(spill)
        self._connection = duckdb.connect(config=settings)

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement. Raises TooLarge, MemoryError beyond the limit where nothing can be spilled, OSError."""
        try:
            return list(self._connection.execute(sql).fetchall())
        except (self._duckdb.OutOfRangeException, self._duckdb.ConversionException) as error:
            raise TooLarge(str(error)) from None
        except self._duckdb.OutOfMemoryException as error:
            raise MemoryError(str(error)) from None
        except self._duckdb.IOException as error:
            raise OSError(str(error)) from None

    def load(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """A temporary table from literal rows, in statements of a bounded length."""
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.run(f"create temp table {table} ({declared})")
        waiting = [f"({', '.join(literal(value) for value in row)})" for row in rows]
        for start in range(0, len(waiting), _CHUNK):
            self.run(f"insert into {table} values {', '.join(waiting[start : start + _CHUNK])}")

    def kinds(self, path: Path) -> dict[str, Kind]:
        """The columns of a Parquet file; types that the batch does not take are `other: <name>`."""
        if not path.is_file():
            raise BadInput(Problem("file-absent", str(path)))
        try:
            rows = self.run(f"describe select * from {self.source(path)}")
        except self._duckdb.Error as error:
            raise BadInput(
                Problem("batch-not-parquet", str(path), params={"detail": _first_line(error)})
            ) from None
        return {name: _kind(kind) for name, kind, *_ in rows}

    def source(self, path: Path) -> str:
        """`read_parquet` of exactly this file: characters that would match several files stand for themselves."""
        return f"read_parquet({literal(_one_file(path))})"

    def numbered(self, path: Path) -> str:
        """With the number of the row in the file."""
        read = f"read_parquet({literal(_one_file(path))}, file_row_number = true)"
        return f"(select *, file_row_number as place from {read})"

    def strangers(self, column: str, values: Sequence[str]) -> str:
        """A list with a NULL in it has a stranger too."""
        return f"not list_has_all({literal(list(values))}, {column}) or list_count({column}) < len({column})"

    def write(self, select: str, path: Path) -> None:
        """One file, in LZ4, the quickest to write; row groups of 50 000 fit the cache while they are encoded."""
        how = "format parquet, compression lz4_raw, row_group_size 50000"
        self.run(f"copy ({select}) to {literal(str(path))} ({how})")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def _one_file(path: Path) -> str:
    return re.sub(r"([*?[])", r"[\1]", str(path))


def _kind(name: str) -> Kind:
    if name in _INTEGERS:
        return "integer"
    if name in _KINDS:
        return _KINDS[name]
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", name)
    if decimal:
        return f"decimal({decimal[1]},{decimal[2]})"
    return f"other: {name}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
