"""Workbooks to measure with: `workbooks.py FOLDER TRAINEES ROSTER` makes class.xlsx and roster.xlsx."""

import sys
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import xlsxwriter

from keshi.identity import make_id_number

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "shaoguan-2020.xlsx"
FIRST = date(1965, 1, 1)


def people(count: int) -> list[str]:
    """So many synthetic ID numbers, all different."""
    return [
        make_id_number("440203", FIRST + timedelta(number // 500), number % 500 + 1)
        for number in range(count)
    ]


folder, trainees, roster = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
book = openpyxl.load_workbook(SAMPLE)
sheet = book["学员"]
header = next(row for row in range(1, 30) if sheet.cell(row, 1).value == "序号")
names = [str(cell.value or "").rstrip("*") for cell in sheet[header]]
example = [cell.value for cell in sheet[header + 1]]
for row, person in enumerate(people(trainees), header + 1):
    for column, value in enumerate(example, 1):
        sheet.cell(row, column).value = value
    sheet.cell(row, names.index("序号") + 1).value = row - header
    cell = sheet.cell(row, names.index("身份证号码") + 1)
    cell.value, cell.number_format = person, "@"
past = book["历史补贴"]
for row in range(4, past.max_row + 1):
    past.cell(row, 1).value = people(1)[0]
book.save(folder / "class.xlsx")

with xlsxwriter.Workbook(str(folder / "roster.xlsx"), {"constant_memory": True}) as made:
    page = made.add_worksheet("学员")
    text = made.add_format({"num_format": "@"})
    page.write_row(0, 0, [name for name in names if name != "备注"])
    for row, person in enumerate(people(roster), 1):
        values = [value for name, value in zip(names, example, strict=True) if name != "备注"]
        values[names.index("身份证号码")] = person
        values[0] = row
        for column, value in enumerate(values):
            if column == names.index("身份证号码"):
                page.write_string(row, column, str(value), text)
            elif value is not None:
                page.write(row, column, value)
print("{}")
