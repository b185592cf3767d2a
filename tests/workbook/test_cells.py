"""Single cells: what people write for a date, a number, a yes; and what is refused because it may mean two things."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.case.values import Refused
from keshi.vocabulary import vocabulary
from keshi.workbook.cells import converter
from keshi.workbook.grid import Fault
from keshi.workbook.words import events_lexicon, tables_lexicon
from support.people import FULL_WIDTH

days = st.dates(date(1950, 1, 1), date(2099, 12, 31))


def read(name, value, **how):
    return converter(vocabulary()[name], **how)(value)


def refusal(name, value, **how):
    with pytest.raises(Refused) as refused:
        read(name, value, **how)
    return refused.value.code


# Dates ---------------------------------------------------------------------------------------------------

DATE = "class.starts_on"


@given(
    days,
    st.sampled_from(
        [
            "{0.year}-{0.month}-{0.day}",
            "{0.year}.{0.month}.{0.day}",
            "{0.year}/{0.month}/{0.day}",
            "{0.year}年{0.month}月{0.day}日",
            "{0.year}年{0.month}月{0.day}号",
            "{0:%Y-%m-%d}",
            "{0:%Y%m%d}",
            "{0:%Y-%m-%d} 09:30",
            "{0:%Y/%m/%d} 9:30:15",
            " {0:%Y-%m-%d}　",
        ]
    ),
    st.booleans(),
)
def test_a_day_is_read_however_it_is_written(day, written, wide):
    text = written.format(day)
    assert read(DATE, text.translate(FULL_WIDTH) if wide else text) == day.isoformat()


@given(days)
def test_a_day_is_read_from_a_date_cell_and_from_its_number(day):
    assert read(DATE, day) == day.isoformat()
    assert read(DATE, datetime.combine(day, time(9, 30))) == day.isoformat()
    serial = (day - date(1899, 12, 30)).days
    assert read(DATE, serial) == read(DATE, float(serial)) == day.isoformat()
    assert read(DATE, serial - 1462, from_1904=True) == day.isoformat()
    assert read(DATE, int(f"{day:%Y%m%d}")) == day.isoformat()


@pytest.mark.parametrize(
    "value",
    [
        "3/2/2020",
        "20.3.2",
        "2020.3",
        "2020年3月",
        "三月二日",
        "2020-3/2",
        "43892",
        2020.3,
        3,
        43892.5,
        1e12,
        True,
        float("inf"),
        time(9, 30),
        timedelta(days=3),
        "2020-03-10 上午",
    ],
)
def test_a_date_that_could_be_another_is_refused(value):
    assert refusal(DATE, value) == "workbook-date"


@pytest.mark.parametrize("value", ["2020-02-30", 20201301, "2020年13月1日"])
def test_a_day_that_does_not_exist_is_refused(value):
    assert refusal(DATE, value) == "value-date-impossible"


# Numbers -------------------------------------------------------------------------------------------------

MINUTES, AMOUNT = "trainee.minutes", "history.amount"


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from(["{}", "{:,}", " {} ", "{}分钟", "{:,} 分钟", "{}分"]),
    st.booleans(),
)
def test_a_number_is_read_however_it_is_written(number, written, wide):
    text = written.format(number)
    found = read(MINUTES, text.translate(FULL_WIDTH) if wide else text)
    assert Decimal(found) == number


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_stays_whole(number):
    assert read(MINUTES, number) == read(MINUTES, float(number)) == read(MINUTES, str(number)) == number


@given(st.decimals(0, 10**8, places=4))
def test_a_number_cell_is_read_as_the_spreadsheet_shows_it(number):
    assert Decimal(read(MINUTES, float(number))) == number


def test_noise_of_binary_arithmetic_is_no_digit():
    assert read(MINUTES, 0.1 + 0.2) == "0.3"
    assert read(MINUTES, 1e-7) == "0.0000001"


@pytest.mark.parametrize("written", ["870元", "¥870", "￥ 870.00", "870.00元", "８７０元", "870元整"])
def test_an_amount_may_carry_its_currency(written):
    assert Decimal(read(AMOUNT, written)) == 870


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1,83", "workbook-number-comma"),
        ("1.830,00", "workbook-number-comma"),
        ("30课时", "workbook-number-unit"),
        ("30小时", "workbook-number-unit"),
        ("1 830", "workbook-number-unit"),
        ("60%", "workbook-number-unit"),
        ("约1800", "value-number"),
        ("三十", "value-number"),
        ("²", "value-number"),
        (True, "workbook-number-kind"),
        (date(2020, 3, 2), "workbook-number-kind"),
        (timedelta(hours=30), "workbook-number-kind"),
        (Fault.ERROR, "workbook-cell-error"),
        (Fault.UNCALCULATED, "workbook-cell-uncalculated"),
    ],
)
def test_a_number_that_is_none_is_refused(value, code):
    assert refusal(MINUTES, value) == code


def test_more_digits_than_a_number_has_are_left_to_the_check():
    assert read(MINUTES, "1" * 16) == "1" * 16


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("五级", 5),
        ("5级", 5),
        ("初级工", 5),
        ("五级／初级工", 5),
        ("高级技师", 1),
        ("技师", 2),
        (3, 3),
        ("4", 4),
    ],
)
def test_levels_go_by_their_names(written, level):
    assert read("class.level", written) == level


def test_a_share_is_a_fraction_or_a_percentage():
    share = tables_lexicon().find("占比").fact
    assert [converter(share)(value) for value in ("60%", "６０．５％", 0.6, "0.6")] == [
        "0.6",
        "0.605",
        "0.6",
        "0.6",
    ]
    with pytest.raises(Refused):
        converter(share)("多半%")


# Words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["是", "√", "有", "Y", "yes", "TRUE", " 是 ", "合格", True])
def test_yes_has_many_words(written):
    assert read("trainee.exam_passed", written) is True


@pytest.mark.parametrize("written", ["否", "×", "无", "N", "no", "false", "不合格", False])
def test_no_has_many_words(written):
    assert read("trainee.exam_passed", written) is False


@pytest.mark.parametrize("written", [1, 0, "1", "2", "x", "可能", "是/否", date(2020, 3, 2)])
def test_a_yes_that_could_be_a_no_is_refused(written):
    assert refusal("trainee.exam_passed", written) == "workbook-boolean"


@pytest.mark.parametrize("name", ["trainee.category", "class.training_type", "trainee.certificate.kind"])
def test_a_choice_goes_by_code_and_by_label(name):
    for code, label in vocabulary()[name].values.items():
        assert read(name, code) == read(name, label.zh) == read(name, label.en.upper()) == code


def test_a_word_that_is_no_choice_is_refused_with_the_choices():
    with pytest.raises(Refused) as refused:
        read("trainee.category", "临时工")
    assert "企业职工" in refused.value.params["choices"]
    assert refusal("trainee.category", 3) == "workbook-choice"


@pytest.mark.parametrize("written", ["无", "/", "——", "N/A"])
def test_nothing_is_nothing_where_there_may_be_nothing(written):
    assert read("trainee.certificate.kind", written) is None
    assert read("trainee.contract_signed_on", written) is None


def test_no_relation_is_a_relation():
    assert read("trainee.relation", "无") == "none"


def test_several_choices_stand_in_one_cell():
    both = ["affected-enterprise-retraining", "unemployment-insurance-skill"]
    name = "trainee.other_subsidies"
    assert read(name, "受影响企业转岗转业培训补助、失业保险技能提升补贴") == both
    assert read(name, "unemployment-insurance-skill，") == both[1:]
    assert read(name, "无") == []
    assert refusal(name, "高温补贴") == refusal(name, 3) == "workbook-choice"


# Texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (440203197001010019, "workbook-text-lost-digits"),
        (4.4e17, "workbook-text-lost-digits"),
        (float("nan"), "workbook-text-lost-digits"),
        ("4.4E+17", "workbook-text-lost-digits"),
        (date(2020, 6, 18), "workbook-text-is-date"),
        (time(6, 18), "workbook-text-is-date"),
        (True, "value-text"),
        (Fault.ERROR, "workbook-cell-error"),
    ],
)
def test_a_text_that_the_spreadsheet_changed_is_refused(value, code):
    assert refusal("class.code", value) == code


def test_short_numbers_are_texts_of_their_digits():
    assert read("class.code", 20200301.0) == "20200301"
    assert read("organisation.region", 440203) == "440203"
    assert read("organisation.uscc", " ９１44 0203ma4texta12 ") == "91440203MA4TEXTA12"


def test_learning_records_keep_their_kinds():
    def field(label, value):
        return converter(events_lexicon().find(label).fact)(value)

    assert field("时间", "2020-03-10 09:30:15") == "2020-03-10T09:30:15+08:00"
    assert field("at", "2020-03-10T01:30:15Z") == "2020-03-10T01:30:15Z"
    clock = datetime(2020, 3, 10, 9, 30)  # noqa: DTZ001 - a cell has no zone
    assert field("at", clock) == "2020-03-10T09:30:00+08:00"
    assert field("at", date(2020, 3, 10)) == "2020-03-10T00:00:00+08:00"
    assert field("播放区间（毫秒）", "[[0，15000]]") == [[0, 15000]]
    assert field("seq", 3.0) == 3
    assert field("lesson", 3.0) == "3"
    with pytest.raises(Refused):
        field("segments", "0-15000")
