"""Workbooks as people send them, made at test time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from support.people import id_number

CLASS = [
    ["政策", "shaoguan-2020"],
    ["补贴项目", "on-the-job"],
    ["测算日期", "2020-06-01"],
    ["单位类型", "企业"],
    ["单位名称", "测试甲公司"],
    ["培训类型", "在岗培训"],
    ["开班日期", "2020-03-10"],
    ["结束日期", "2020-03-31"],
]
HEADER = ["序号", "姓名", "身份证号码", "学习分钟数"]


def person(n: int = 0, minutes: object = 1830) -> list[Any]:
    """A row below `HEADER`."""
    return [n + 1, "测试甲", id_number(n), minutes]


def write_book(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    merged: Mapping[str, Sequence[str]] | None = None,
    **options: Any,
) -> Path:
    """A .xlsx with these rows; a text in braces `{=A1}` is a formula, a date a date cell, None no cell."""
    with xlsxwriter.Workbook(str(path), options) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for area in (merged or {}).get(name, ()):
                sheet.merge_range(area, "")
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, datetime):
                        sheet.write_datetime(row, column, value, moment)
                    elif isinstance(value, date):
                        sheet.write_datetime(row, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write(row, column, value)
    return path


def write_case(path: Path, roster: Sequence[Sequence[Any]], **others: Sequence[Sequence[Any]]) -> Path:
    """A workbook with the sheet 班级 of `CLASS` and this roster."""
    return write_book(path, {"班级": CLASS, "学员": roster, **others})


def codes(problems: Sequence[Any]) -> list[str]:
    """The codes of problems or notes; every one of them can be said in both languages."""
    for problem in problems:
        assert problem.line("zh") != problem.line("en")
        assert "{" not in problem.line("zh") + problem.line("en")
    return [problem.code for problem in problems]
