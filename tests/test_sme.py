"""Every bound of every row of the size standard, from both sides."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.problems import BadInput
from keshi.sme import INDUSTRIES, SIZES, TABLE, Fact, Size, classify, find_industry

# Written out a second time, by hand: large / medium / small of employees, revenue and assets (万元).
PRINTED: dict[str, tuple[str, str, str]] = {
    "农、林、牧、渔业": ("–", "20000 / 500 / 50", "–"),
    "工业": ("1000 / 300 / 20", "40000 / 2000 / 300", "–"),
    "建筑业": ("–", "80000 / 6000 / 300", "80000 / 5000 / 300"),
    "批发业": ("200 / 20 / 5", "40000 / 5000 / 1000", "–"),
    "零售业": ("300 / 50 / 10", "20000 / 500 / 100", "–"),
    "交通运输业": ("1000 / 300 / 20", "30000 / 3000 / 200", "–"),
    "仓储业": ("200 / 100 / 20", "30000 / 1000 / 100", "–"),
    "邮政业": ("1000 / 300 / 20", "30000 / 2000 / 100", "–"),
    "住宿业": ("300 / 100 / 10", "10000 / 2000 / 100", "–"),
    "餐饮业": ("300 / 100 / 10", "10000 / 2000 / 100", "–"),
    "信息传输业": ("2000 / 100 / 10", "100000 / 1000 / 100", "–"),
    "软件和信息技术服务业": ("300 / 100 / 10", "10000 / 1000 / 50", "–"),
    "房地产开发经营": ("–", "200000 / 1000 / 100", "10000 / 5000 / 2000"),
    "物业管理": ("1000 / 300 / 100", "5000 / 1000 / 500", "–"),
    "租赁和商务服务业": ("300 / 100 / 10", "–", "120000 / 8000 / 100"),
    "其他未列明行业": ("300 / 100 / 10", "–", "–"),
}
FACTS: tuple[Fact, ...] = ("employees", "revenue_wan", "assets_wan")
VAST = 10**9

Facts = dict[Fact, Fraction | int | None]


def bounds_of(industry: str) -> dict[Fact, tuple[int, ...]]:
    printed = zip(FACTS, PRINTED[industry], strict=True)
    return {fact: tuple(map(int, text.split(" / "))) for fact, text in printed if text != "–"}


def size_of(industry: str, facts: Facts) -> Size | None:
    return classify(industry, facts["employees"], facts["revenue_wan"], facts["assets_wan"]).size  # type: ignore[arg-type]


BOUNDS = [
    (industry, fact, place, bound)
    for industry in PRINTED
    for fact, bounds in bounds_of(industry).items()
    for place, bound in enumerate(bounds)
]


def test_the_table_has_the_sixteen_industries_in_their_order() -> None:
    assert tuple(PRINTED) == INDUSTRIES
    assert [row.number for row in TABLE] == list(range(1, 17))
    assert len(BOUNDS) == 3 * 30


@pytest.mark.parametrize(("industry", "fact", "place", "bound"), BOUNDS)
def test_every_bound_from_both_sides(industry: str, fact: Fact, place: int, bound: int) -> None:
    facts: Facts = dict.fromkeys(FACTS, VAST)
    step = 1 if fact == "employees" else Fraction(1, 100)
    assert size_of(industry, {**facts, fact: bound}) == SIZES[place]
    assert size_of(industry, {**facts, fact: bound - step}) == SIZES[place + 1]


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_the_indicators_tell_how_the_size_was_found(industry: str) -> None:
    found = classify(industry, VAST, VAST, 0)
    assert found.known_industry
    assert found.industry == industry
    assert found.missing == ()
    assert {indicator.name: indicator.bounds for indicator in found.indicators} == bounds_of(industry)
    for indicator in found.indicators:
        assert indicator.value == (0 if indicator.name == "assets_wan" else VAST)
        assert indicator.size == ("micro" if indicator.name == "assets_wan" else "large")
    assert found.size == ("micro" if "assets_wan" in bounds_of(industry) else "large")


@pytest.mark.parametrize(
    ("employees", "revenue", "size"),
    [
        (2000, 100, "micro"),
        (999, 40_000, "medium"),
        (1000, 40_000, "large"),
        (1000, 39_999, "medium"),
        (0, 0, "micro"),
    ],
)
def test_the_lowest_indicator_decides(employees: int, revenue: int, size: Size) -> None:
    assert classify("工业", employees, revenue, None).size == size


@given(
    st.sampled_from(INDUSTRIES),
    st.tuples(*(st.integers(0, 250_000) for _ in FACTS)),
    st.sampled_from(FACTS),
    st.integers(1, 1_000),
)
def test_growing_never_makes_an_enterprise_smaller(
    industry: str, values: tuple[int, ...], grows: Fact, by: int
) -> None:
    facts: Facts = dict(zip(FACTS, values, strict=True))
    before = size_of(industry, facts)
    after = size_of(industry, {**facts, grows: dict(zip(FACTS, values, strict=True))[grows] + by})
    assert before is not None
    assert after is not None
    assert SIZES.index(after) <= SIZES.index(before)


def test_a_missing_fact_is_asked_for() -> None:
    found = classify("工业", None, 40_000, None)
    assert found.size is None
    assert found.missing == ("employees",)
    assert [(i.name, i.value, i.size) for i in found.indicators] == [
        ("employees", None, None),
        ("revenue_wan", 40_000, "large"),
    ]
    assert classify("建筑业", None, None, None).missing == ("revenue_wan", "assets_wan")
    assert classify("其他未列明行业", None, 5, 5).missing == ("employees",)


def test_a_fact_that_is_not_listed_is_not_missed() -> None:
    assert classify("工业", 1000, 40_000, None).missing == ()
    assert classify("农业", None, 500, None).size == "medium"


@pytest.mark.parametrize(("employees", "revenue"), [(19, None), (None, 299)])
def test_micro_is_certain_without_the_other_fact(employees: int | None, revenue: int | None) -> None:
    found = classify("工业", employees, revenue, None)
    assert found.size == "micro"
    assert found.missing == ()


def test_a_missing_fact_only_keeps_open_what_it_could_change() -> None:
    for employees, revenue, assets in product((None, 5, VAST), repeat=3):
        found = classify("工业", employees, revenue, assets)
        certain = {
            classify("工业", e, r, None).size
            for e in ([employees] if employees is not None else [0, 20, 300, 1000])
            for r in ([revenue] if revenue is not None else [0, 300, 2000, 40_000])
        }
        assert ({found.size} == certain) if len(certain) == 1 else (found.size is None and found.missing)


@pytest.mark.parametrize(
    "industry",
    ["金融业", "教育", "卫生", "房地产中介服务", "铁路运输业", "批发和零售业", "住宿和餐饮业", "", "业"],
)
def test_an_industry_outside_the_table_is_an_answer(industry: str) -> None:
    found = classify(industry, 10, 10, 10)
    assert not found.known_industry
    assert (found.size, found.indicators, found.missing, found.industry) == (None, (), (), None)


@pytest.mark.parametrize(
    ("written", "industry"),
    [
        ("农林牧渔业", "农、林、牧、渔业"),
        ("农，林，牧，渔", "农、林、牧、渔业"),
        ("农业", "农、林、牧、渔业"),
        ("制造业", "工业"),
        ("采矿", "工业"),
        ("电力、热力、燃气及水生产和供应业", "工业"),
        ("电力热力燃气及水生产和供应业", "工业"),
        ("零售", "零售业"),
        (" 批发 业 ", "批发业"),
        ("建筑", "建筑业"),
        ("快递业", "邮政业"),
        ("道路运输业", "交通运输业"),
        ("软件业", "软件和信息技术服务业"),
        ("软件与信息技术服务业", "软件和信息技术服务业"),
        ("房地产开发", "房地产开发经营"),
        ("物业管理业", "物业管理"),
        ("租赁业", "租赁和商务服务业"),
        ("居民服务、修理和其他服务业", "其他未列明行业"),
    ],
)
def test_common_ways_of_writing_an_industry(written: str, industry: str) -> None:
    row = find_industry(written)
    assert row is not None
    assert row.name == industry
    assert classify(written, 10, 10, 10) == classify(industry, 10, 10, 10)


def test_no_name_belongs_to_two_industries() -> None:
    names = [(row, name) for row in TABLE for name in (row.name, *row.also_written)]
    assert len(names) > 16
    assert all(find_industry(name) is row for row, name in names)


def test_only_the_last_row_awaits_checking() -> None:
    assert [row.number for row in TABLE if not row.checked] == [16]
    assert not classify("其他未列明行业", 10, None, None).checked
    assert classify("工业", 10, 10, None).checked


def test_negative_facts_are_refused_all_at_once() -> None:
    with pytest.raises(BadInput) as refusal:
        classify("金融业", -1, 0, Fraction(-1, 2))
    assert [(p.code, p.where, p.value) for p in refusal.value.problems] == [
        ("sme-negative", "employees", "-1"),
        ("sme-negative", "assets_wan", "-1/2"),
    ]
    assert all(p.line("zh") and p.line("en") for p in refusal.value.problems)
