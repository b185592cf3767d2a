"""Lists that come as a workbook or CSV file: rows by column name with their places, and occupations read from them."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from keshi.problems import BadInput
from keshi.workbook.grid import Fault as CellFault
from keshi.workbook.opening import open_sheets
from keshi_web.catalogue.models.occupations import Edition
from keshi_web.common.errors import Invalid
from keshi_web.common.language import lang
from keshi_web.files.models import Attachment
from keshi_web.files.services import content_of

MOST_ROWS = 20_000


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, and where it stands."""

    place: str
    text: str


def rows_of(path: Path, name: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The rows of the first sheet below its header, each with its place; empty cells are left out.

    Raises Invalid where the file is no list: unreadable, empty, a column twice, an error or formula in a cell.
    """
    name = name or path.name
    try:
        sheets = [sheet for sheet in open_sheets(path) if not sheet.hidden and any(map(any, sheet.rows))]
    except BadInput as error:
        raise Invalid("；".join(one.text(lang()) for one in error.problems), error.problems) from None
    if not sheets:
        raise Invalid(_("文件里没有内容。"))
    rows = sheets[0].rows
    top = next(index for index, cells in enumerate(rows) if any(cells))
    header = [str(cell).strip() for cell in rows[top]]
    if doubled := sorted({one for one in header if one and header.count(one) > 1}):
        raise Invalid(_("表头中有重复的列：%(columns)s。") % {"columns": "、".join(doubled)})
    if len(rows) - top - 1 > MOST_ROWS:
        raise Invalid(_("行数过多，最多 %(most)d 行。") % {"most": MOST_ROWS})
    found = []
    for index, cells in enumerate(rows[top + 1 :], start=top + 2):
        place = f"{name}:{index}"
        row: dict[str, Any] = {}
        for column, cell in zip(header, cells, strict=False):
            if isinstance(cell, CellFault):
                raise Invalid(
                    _("%(place)s“%(column)s”是错误值或未保存结果的公式，请改为数值。")
                    % {"place": place, "column": column}
                )
            value = _plain(cell)
            if value == "":
                continue
            if not column:
                raise Invalid(
                    _("%(place)s有一格没有对应的表头：%(value)s。") % {"place": place, "value": value}
                )
            row[column] = value
        if row:
            found.append((place, row))
    return found


def rows_of_attachment(attachment: Attachment) -> list[tuple[str, dict[str, Any]]]:
    """The rows of an uploaded list. Raises as `rows_of`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{Path(attachment.name).suffix}"
        path.write_bytes(content_of(attachment))
        return rows_of(path, attachment.name)


def _plain(cell: Any) -> str | int:
    """A cell as text, or as a whole number; dates in ISO form, decimals exactly as shown."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    return str(cell).strip()


# ---------------------------------------------------------------------------------------------------------
# Occupations

COLUMNS = {
    "edition": ("版本", "版次", "edition"),
    "code": ("编码", "职业编码", "代码", "code"),
    "name": ("名称", "职业名称", "职业（工种）", "职业(工种)", "职业", "name"),
    "levels": ("技能等级", "等级", "levels"),
}
_CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}")
_LEVELS = {
    **{word: level for level, word in ((5, "五"), (4, "四"), (3, "三"), (2, "二"), (1, "一"))},
    "初级工": 5, "中级工": 4, "高级工": 3, "技师": 2, "高级技师": 1,
}  # fmt: skip


@dataclass(frozen=True)
class OccupationRow:
    """One occupation of a list."""

    place: str
    edition: int
    code: str
    name: str
    levels: tuple[int, ...]


@dataclass
class OccupationList:
    """What a list holds, and what is wrong with it."""

    rows: list[OccupationRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_occupations(
    rows: list[tuple[str, Mapping[str, Any]]], *, edition: int | None = None
) -> OccupationList:
    """The occupations of a list; `edition` where the list has no such column.

    Raises Invalid where a column is missing.
    """
    found = OccupationList()
    if not rows:
        raise Invalid(_("文件里没有内容。"))
    named = {name for _place, row in rows for name in row}
    columns = {key: next((name for name in names if name in named), None) for key, names in COLUMNS.items()}
    for key in ("code", "name", *(() if edition else ("edition",))):
        if columns[key] is None:
            raise Invalid(_("没有“%(column)s”列。") % {"column": COLUMNS[key][0]})
    seen: dict[tuple[int, str, str], str] = {}
    for place, row in rows:
        cells = {key: str(row.get(column, "")) if column else "" for key, column in columns.items()}
        faults = list(_faults(cells, edition))
        if not faults:
            one = OccupationRow(
                place,
                edition or int(cells["edition"]),
                cells["code"],
                " ".join(cells["name"].split()),
                read_levels(cells["levels"]) or (),
            )
            key = (one.edition, one.code, one.name)
            if key in seen:
                faults.append(_("与 %(other)s 重复。") % {"other": seen[key]})
            else:
                seen[key] = place
                found.rows.append(one)
        found.faults += [Fault(place, text) for text in faults]
    return found


def _faults(cells: Mapping[str, str], edition: int | None) -> Iterator[str]:
    if not edition and cells["edition"] not in (str(Edition.E2015.value), str(Edition.E2022.value)):
        yield _("版本“%(value)s”应为 2015 或 2022。") % {"value": cells["edition"]}
    if not _CODE.fullmatch(cells["code"]):
        yield _("编码“%(value)s”的样式应为 6-31-01-03。") % {"value": cells["code"]}
    if not cells["name"] or len(cells["name"]) > 80:
        yield _("名称不能为空，且不超过80字。")
    if read_levels(cells["levels"]) is None:
        yield _("技能等级“%(value)s”无法识别，可写作“5,4,3”或“五级/初级工、四级/中级工”。") % {
            "value": cells["levels"]
        }


def read_levels(text: str) -> tuple[int, ...] | None:
    """Skill levels from 5,4,3 or 五级/初级工、四级/中级工 or 5-1, the lowest skill first; None where it is none."""
    text = text.strip()
    if ends := re.fullmatch(r"([1-5])\s*[-~—至]\s*([1-5])", text):
        first, last = sorted(map(int, ends.groups()))
        return tuple(range(last, first - 1, -1))
    levels = set()
    for token in filter(None, re.split(r"[,，、/;；\s]+", text)):
        word = token.removesuffix("级")
        level = int(word) if word in "12345" and len(word) == 1 else _LEVELS.get(word)
        if level is None:
            return None
        levels.add(level)
    return tuple(sorted(levels, reverse=True))
