"""Size of an enterprise by 《中小企业划型标准规定》 (工信部联企业〔2011〕300号).

Units: employees in persons, revenue (营业收入) and assets (资产总额) in 万元, exact. An enterprise has a size
only when every indicator listed for its industry reaches that size's lower bound, so its size is the lowest
over the indicators. Industries outside the table cannot be classified by it; that is an answer, not an error.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

from keshi.problems import BadInput, Problem

Size = Literal["large", "medium", "small", "micro"]
Fact = Literal["employees", "revenue_wan", "assets_wan"]
Bounds = tuple[int, int, int]
"""Lowest value of a large, a medium and a small enterprise; less than the last is micro."""

SIZES: tuple[Size, ...] = ("large", "medium", "small", "micro")


@dataclass(frozen=True, slots=True)
class Industry:
    """One row of the standard. `checked` tells whether the row was compared with the printed text."""

    number: int
    name: str
    employees: Bounds | None = None
    revenue_wan: Bounds | None = None
    assets_wan: Bounds | None = None
    also_written: tuple[str, ...] = ()
    checked: bool = True


TABLE: tuple[Industry, ...] = (
    Industry(
        1,
        "农、林、牧、渔业",
        revenue_wan=(20_000, 500, 50),
        also_written=("农业", "林业", "畜牧业", "牧业", "渔业"),
    ),
    Industry(
        2,
        "工业",
        employees=(1_000, 300, 20),
        revenue_wan=(40_000, 2_000, 300),
        also_written=("采矿业", "制造业", "电力、热力、燃气及水生产和供应业", "电力、燃气及水的生产和供应业"),
    ),
    Industry(3, "建筑业", revenue_wan=(80_000, 6_000, 300), assets_wan=(80_000, 5_000, 300)),
    Industry(4, "批发业", employees=(200, 20, 5), revenue_wan=(40_000, 5_000, 1_000)),
    Industry(5, "零售业", employees=(300, 50, 10), revenue_wan=(20_000, 500, 100)),
    Industry(
        6,
        "交通运输业",
        employees=(1_000, 300, 20),
        revenue_wan=(30_000, 3_000, 200),
        also_written=("运输业", "道路运输业", "水上运输业", "航空运输业"),
    ),
    Industry(7, "仓储业", employees=(200, 100, 20), revenue_wan=(30_000, 1_000, 100)),
    Industry(
        8, "邮政业", employees=(1_000, 300, 20), revenue_wan=(30_000, 2_000, 100), also_written=("快递业",)
    ),
    Industry(9, "住宿业", employees=(300, 100, 10), revenue_wan=(10_000, 2_000, 100)),
    Industry(10, "餐饮业", employees=(300, 100, 10), revenue_wan=(10_000, 2_000, 100)),
    Industry(
        11,
        "信息传输业",
        employees=(2_000, 100, 10),
        revenue_wan=(100_000, 1_000, 100),
        also_written=("电信业", "互联网和相关服务", "电信、广播电视和卫星传输服务"),
    ),
    Industry(
        12,
        "软件和信息技术服务业",
        employees=(300, 100, 10),
        revenue_wan=(10_000, 1_000, 50),
        also_written=("软件业", "信息技术服务业", "软件与信息技术服务业"),
    ),
    Industry(
        13,
        "房地产开发经营",
        revenue_wan=(200_000, 1_000, 100),
        assets_wan=(10_000, 5_000, 2_000),
        also_written=("房地产开发",),
    ),
    Industry(14, "物业管理", employees=(1_000, 300, 100), revenue_wan=(5_000, 1_000, 500)),
    Industry(
        15,
        "租赁和商务服务业",
        employees=(300, 100, 10),
        assets_wan=(120_000, 8_000, 100),
        also_written=("租赁业", "商务服务业", "租赁与商务服务业"),
    ),
    Industry(
        16,
        "其他未列明行业",
        employees=(300, 100, 10),
        also_written=(
            "科学研究和技术服务业",
            "水利、环境和公共设施管理业",
            "居民服务、修理和其他服务业",
            "社会工作",
            "文化、体育和娱乐业",
        ),
        checked=False,
    ),
)
"""The standard's table. Wholesale and retail, or lodging and catering, taken together are not a row of it."""

INDUSTRIES: tuple[str, ...] = tuple(row.name for row in TABLE)
"""Names of the sixteen industries as the standard prints them."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One listed indicator: the value given (None: none), the bounds, and the size it reaches."""

    name: Fact
    value: Fraction | int | None
    bounds: Bounds
    size: Size | None


@dataclass(frozen=True, slots=True)
class Classification:
    """The size and how it was found.

    `size` is None when the industry is outside the table or when facts in `missing` are needed; a missing
    fact is not needed once another makes the enterprise micro. `industry` is the name in the standard;
    `checked` is False when the row used still awaits comparison with the printed text.
    """

    size: Size | None
    indicators: tuple[Indicator, ...]
    missing: tuple[Fact, ...]
    known_industry: bool
    industry: str | None
    checked: bool


def _key(name: str) -> str:
    """A name without punctuation and spaces, and without the 业 that people add or drop."""
    return re.sub(r"[\W_]", "", name).removesuffix("业")


@cache
def _rows_by_key() -> dict[str, Industry]:
    return {_key(name): row for row in TABLE for name in (row.name, *row.also_written)}


def find_industry(name: str) -> Industry | None:
    """The row of an industry by its name or a common variant of it; None when the table has none."""
    return _rows_by_key().get(_key(name))


def _size_reached(value: Fraction | int, bounds: Bounds) -> Size:
    for size, lowest in zip(SIZES, bounds, strict=False):
        if value >= lowest:
            return size
    return "micro"


def classify(
    industry: str,
    employees: int | None,
    revenue_wan: Fraction | int | None,
    assets_wan: Fraction | int | None,
) -> Classification:
    """The size of an enterprise; revenue and assets in 万元, of the last year, None where not known.

    Raises:
        BadInput: a negative number.
    """
    facts: dict[Fact, Fraction | int | None] = {
        "employees": employees,
        "revenue_wan": revenue_wan,
        "assets_wan": assets_wan,
    }
    negative = [fact for fact, value in facts.items() if value is not None and value < 0]
    if negative:
        raise BadInput([Problem("sme-negative", where=fact, value=str(facts[fact])) for fact in negative])
    row = find_industry(industry)
    if row is None:
        return Classification(None, (), (), known_industry=False, industry=None, checked=True)
    listed: dict[Fact, Bounds | None] = {
        "employees": row.employees,
        "revenue_wan": row.revenue_wan,
        "assets_wan": row.assets_wan,
    }
    indicators = tuple(
        Indicator(
            fact,
            facts[fact],
            bounds,
            None if (value := facts[fact]) is None else _size_reached(value, bounds),
        )
        for fact, bounds in listed.items()
        if bounds is not None
    )
    sizes = [indicator.size for indicator in indicators if indicator.size is not None]
    missing = tuple(indicator.name for indicator in indicators if indicator.size is None)
    if "micro" in sizes:
        missing = ()
    size = None if missing else max(sizes, key=SIZES.index)
    return Classification(
        size, indicators, missing, known_industry=True, industry=row.name, checked=row.checked
    )
