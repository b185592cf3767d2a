"""Tariff tables: the most specific row that fits the keys wins; two that fit equally well are an error."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from keshi.problems import BadInput, Problem

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a value per key column (None fits anything), the amount, its validity, where it was read."""

    keys: Key
    value: int | Fraction
    valid_from: date | None = None
    valid_to: date | None = None
    where: str = ""

    def valid_on(self, day: date | None) -> bool:
        """Whether the row is in force on the day; a row without bounds always is."""
        if day is None:
            return self.valid_from is None and self.valid_to is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(slots=True)
class Table:
    """A named table; `keys` are its key columns in order."""

    name: str
    keys: tuple[str, ...]
    rows: Sequence[Row]
    found: dict[tuple[date | None, Key], int | Fraction | None] = field(default_factory=dict, repr=False)

    def lookup(self, key: Key, day: date | None = None) -> int | Fraction | None:
        """The value of the most specific row that fits, None when no row fits.

        Raises BadInput naming both rows when two fit equally well.
        """
        at = (day, key)
        if at not in self.found:
            self.found[at] = self._search(key, day)
        return self.found[at]

    def _search(self, key: Key, day: date | None) -> int | Fraction | None:
        best: list[Row] = []
        precision = -1
        for row in self.rows:
            if not row.valid_on(day):
                continue
            if any(own is not None and own != asked for own, asked in zip(row.keys, key, strict=True)):
                continue
            named = sum(own is not None for own in row.keys)
            if named > precision:
                best, precision = [row], named
            elif named == precision:
                best.append(row)
        if len(best) > 1:
            shown = ", ".join(f"{name}={value}" for name, value in zip(self.keys, key, strict=True))
            raise BadInput(
                Problem(
                    "table-tie",
                    best[0].where,
                    params={
                        "table": self.name,
                        "first": best[0].where,
                        "second": best[1].where,
                        "keys": shown,
                    },
                )
            )
        return best[0].value if best else None

    @staticmethod
    def could_fit(row: Row, key: Key) -> bool:
        """Whether the row fits the keys that are known, whatever the others turn out to be."""
        return all(
            own is None or asked is None or own == asked for own, asked in zip(row.keys, key, strict=True)
        )

    def ties(self) -> list[tuple[Row, Row]]:
        """Pairs of rows with the very same keys whose validity overlaps: they tie whatever is asked."""
        by_keys: dict[Key, list[Row]] = {}
        pairs = []
        for row in self.rows:
            for other in by_keys.setdefault(row.keys, []):
                if _overlap(row, other):
                    pairs.append((other, row))
            by_keys[row.keys].append(row)
        return pairs


def _overlap(a: Row, b: Row) -> bool:
    begins = max(a.valid_from or date.min, b.valid_from or date.min)
    return begins <= min(a.valid_to or date.max, b.valid_to or date.max)
