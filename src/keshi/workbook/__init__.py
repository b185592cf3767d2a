"""Cases as workbooks: what people fill in, the templates they fill, the results they get back."""

from keshi.workbook.marked import write_marked
from keshi.workbook.reading import Roster, WorkbookCase, read_roster, read_workbook
from keshi.workbook.result import write_result
from keshi.workbook.table import RowCount
from keshi.workbook.template import write_template

__all__ = [
    "Roster",
    "RowCount",
    "WorkbookCase",
    "read_roster",
    "read_workbook",
    "write_marked",
    "write_result",
    "write_template",
]
