"""Templates: what they ask for, and that what is filled in comes back as it was filled in."""

from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keshi.case import read_case
from keshi.vocabulary import vocabulary
from keshi.workbook import read_workbook, write_template
from keshi.workbook.cells import nothing_words
from keshi.workbook.words import plain
from support.people import USCC, id_number
from workbook.books import codes

ITEMS = [("on-the-job", "企业职工线上适岗培训补贴"), ("skill-upgrade", "技能提升补贴")]
FACTS = [name for name, fact in vocabulary().items() if not fact.derived and fact.room != "history"]


def written(path, facts=FACTS, items=ITEMS, lang="zh"):
    write_template("shaoguan-2020", "韶关市线上适岗培训补贴", items, facts, path, lang)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return written(tmp_path_factory.mktemp("模板") / "模板.xlsx")


def header(sheet):
    return [cell.value for cell in sheet[3]]


def test_the_roster_starts_like_the_official_one(template):
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["填写说明", "班级", "学员", "历史补贴"]
    assert header(book["学员"])[:8] == [
        "序号",
        "姓名*",
        "性别",
        "身份证号码*",
        "手机号码",
        "平台登录账号",
        "人员类别*",
        "用工关系*",
    ]
    assert header(book["学员"])[-1] == "备注"
    assert book["学员"]["A1"].value == "韶关市线上适岗培训补贴培训人员名册"


def test_columns_are_formatted_guided_and_explained(template):
    sheet = openpyxl.load_workbook(template)["学员"]
    columns = {cell.value: cell for cell in sheet[3]}
    number = columns["身份证号码*"]
    assert sheet.column_dimensions[number.column_letter].number_format == "@"
    assert all("。" in cell.comment.text for cell in columns.values())
    rules = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule
        for rule in sheet.data_validations.dataValidation
    }
    assert rules[number.column_letter].type == "textLength"
    assert "企业职工" in rules[columns["人员类别*"].column_letter].formula1
    assert rules[columns["是否一线员工*"].column_letter].formula1 == '"是,否"'
    assert rules[columns["发证日期"].column_letter].type == "date"
    assert rules[columns["证书等级"].column_letter].type == "whole"
    assert rules[columns["学习分钟数*"].column_letter].operator == "greaterThanOrEqual"
    assert all(len(rule.prompt) <= 255 and len(rule.promptTitle) <= 32 for rule in rules.values())
    assert sheet.freeze_panes == "A4"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$3"


def test_only_what_is_needed_is_asked(tmp_path):
    path = written(
        tmp_path / "小.xlsx", ["organisation.size", "scheme.region", "class.claim_date", "trainee.minutes"]
    )
    book = openpyxl.load_workbook(path)
    labels = [row[0].value for row in book["班级"].iter_rows(min_row=2)]
    assert labels == [
        "政策*",
        "补贴项目*",
        "测算日期*",
        "单位名称*",
        "单位类型*",
        "所属行业（划型）*",
        "从业人员*",
        "营业收入（万元）",
        "资产总额（万元）",
        "申领日期",
    ]
    assert header(book["学员"])[6:] == ["学习分钟数*", "备注"]


def test_an_unknown_fact_is_a_mistake(tmp_path):
    with pytest.raises(KeyError):
        written(tmp_path / "错.xlsx", ["trainee.shoe_size"])
    assert not list(tmp_path.iterdir())


def test_the_only_item_is_filled_in(tmp_path):
    path = written(tmp_path / "一.xlsx", [], ITEMS[:1])
    assert read_workbook(path).raw["item"] == "on-the-job"
    assert "item" not in read_workbook(written(tmp_path / "二.xlsx", [])).raw


def test_the_same_template_has_the_same_bytes(tmp_path):
    assert written(tmp_path / "一.xlsx").read_bytes() == written(tmp_path / "二.xlsx").read_bytes()


def test_an_empty_template_lacks_only_people(template):
    found = read_workbook(template)
    assert codes(found.problems) == ["workbook-nobody"]
    assert {note.code for note in found.notes} == {"workbook-column-unused"}


# What is filled in comes back ----------------------------------------------------------------------------

texts = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12).filter(
    lambda text: plain(text) not in nothing_words() and "e" not in text.lower()
)
numbers = st.one_of(st.integers(0, 10**9), st.decimals(0, 10**6, places=2))


def values(fact):
    """Pairs of what a person fills in and what the case then says."""
    if fact.name == "organisation.uscc":
        return st.just((USCC, USCC))
    match fact.type:
        case "choice":
            return st.sampled_from([(label.zh, code) for code, label in fact.values.items()])
        case "texts":
            labels = {code: label.zh for code, label in fact.values.items()}
            chosen = st.lists(st.sampled_from(sorted(labels)), unique=True)
            return chosen.map(lambda codes: ("、".join(labels[code] for code in codes) or "无", codes))
        case "boolean":
            return st.sampled_from([("是", True), ("否", False)])
        case "date":
            return st.dates(date(1950, 1, 1), date(2099, 12, 31)).map(lambda day: (day, day.isoformat()))
        case "region":
            return st.just(("440203", "440203"))
        case "number" if fact.whole or fact.most:
            return st.integers(fact.least or 0, fact.most or 10**6).map(lambda number: (number, number))
        case "number":
            return numbers.map(lambda number: (number, Decimal(number)))
    return texts.map(lambda text: (text, text))


def filled(names):
    chosen = {name: values(vocabulary()[name]) for name in names}
    return st.fixed_dictionaries({}, optional=chosen)


OF_CLASS = [name for name in FACTS if not name.startswith("trainee.")]
OF_TRAINEE = [name for name in FACTS if name.startswith("trainee.") and name != "trainee.id_number"]
OF_HISTORY = [name for name, fact in vocabulary().items() if fact.room == "history"]


def flat(raw, prefix):
    """The structure by full names, decimals by value."""
    found = {}
    for key, value in raw.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            found |= flat(value, name)
        elif key not in ("history", "id_number", "trainees", "scheme", "item") or prefix == "history":
            plain_number = isinstance(value, str) and vocabulary()[name].type == "number"
            found[name] = Decimal(value) if plain_number else value
    return found


def said(pairs):
    return {name: read for name, (_, read) in pairs.items()}


@settings(max_examples=25)
@given(
    filled(OF_CLASS),
    st.lists(filled(OF_TRAINEE), min_size=1, max_size=3),
    filled(OF_HISTORY),
    st.sampled_from(ITEMS),
)
def test_what_is_filled_in_comes_back(template, tmp_path_factory, of_class, people, award, item):
    book = openpyxl.load_workbook(template)
    labels = {vocabulary()[name].label.zh: pair[0] for name, pair in of_class.items()}
    labels["补贴项目"] = " ".join(item)
    for row in book["班级"].iter_rows(min_row=2):
        row[1].value = labels.get(row[0].value.rstrip("*"), row[1].value)
    for number, person in enumerate(people):
        cells = {vocabulary()[name].label.zh: pair[0] for name, pair in person.items()}
        fill(book["学员"], 4 + number, cells | {"身份证号码": id_number(number), "序号": number + 1})
    fill(
        book["历史补贴"],
        4,
        {vocabulary()[name].label.zh: pair[0] for name, pair in award.items()} | {"身份证号码": id_number(0)},
    )
    path = tmp_path_factory.mktemp("填") / "案例.xlsx"
    book.save(path)
    found = read_workbook(path)
    assert not found.problems
    assert (found.raw["scheme"], found.raw["item"]) == ("shaoguan-2020", item[0])
    assert flat(found.raw, "") == said(of_class)
    for number, (trainee, person) in enumerate(zip(found.raw["trainees"], people, strict=True)):
        assert trainee["id_number"] == id_number(number)
        assert flat(trainee, "trainee") == said(person)
    assert flat(found.raw["trainees"][0]["history"][0], "history") == said(award)


def fill(sheet, row, cells):
    for cell in sheet[3]:
        if (label := cell.value.rstrip("*")) in cells:
            sheet.cell(row, cell.column, cells[label])


def test_an_english_template_is_read_like_a_chinese_one(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", lang="en"))
    assert book.sheetnames == ["Instructions", "Class", "Trainees", "History"]
    answers = {
        "organisation name": "Test Ltd",
        "kind of organisation": "enterprise",
        "as-of date": date(2020, 6, 1),
        "unified social credit code": USCC,
        "training type": "in-post",
        "free of charge to trainees": "yes",
    }
    for row in book["Class"].iter_rows(min_row=2):
        row[1].value = answers.get(row[0].value.rstrip("*"), row[1].value)
    book["Class"]["B3"] = "on-the-job online on-the-job training"
    cells = {"name": "Li Ming", "ID number": id_number(), "category": "employee", "exam passed": "no"}
    fill(book["Trainees"], 4, cells)
    book.save(tmp_path / "b.xlsx")
    found = read_workbook(tmp_path / "b.xlsx")
    assert not found.problems
    case = read_case(found.raw, place=found.place)
    assert case.facts["class.free_of_charge"] is True
    assert case.trainees[0].facts["trainee.exam_passed"] is False
    assert case.trainees[0].facts["trainee.name"] == "Li Ming"
