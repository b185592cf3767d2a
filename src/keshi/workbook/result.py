"""The result of a settlement as a workbook: totals, people, and every step of every amount."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from keshi.identity import normalise
from keshi.messages import Lang, message
from keshi.money import yuan_to_fen
from keshi.settlement.render import lowering_steps
from keshi.workbook.reading import WorkbookCase
from keshi.workbook.writing import Book, Worksheet, for_print, new_book

_AMOUNTS = ("amount", "advance", "payable")


def write_result(
    result: Mapping[str, Any], source: WorkbookCase | None, path: Path, lang: Lang = "zh"
) -> None:
    """Write a result (its JSON structure) for the organisation whose people it is about.

    ID numbers stand in full, as in the roster it came from; names are taken from `source`.
    """
    names = _names(source)
    with new_book(path) as book:
        _write_summary(book, lang, result)
        _write_people(book, lang, result, names)
        _write_steps(book, lang, result, names)


def _names(source: WorkbookCase | None) -> dict[str, str]:
    people = source.raw["trainees"] if source else ()
    return {normalise(person["id_number"])[0]: person.get("name", "") for person in people}


def _headed(book: Book, lang: Lang, name: str, columns: Mapping[str, int]) -> Worksheet:
    """A sheet with its header; columns are keys of messages with their widths."""
    sheet = book.sheet(message(f"result-{name}-sheet", lang))
    book.texts(sheet, 0, [message(f"result-{column}", lang) for column in columns], "header")
    for index, width in enumerate(columns.values()):
        sheet.set_column(index, index, width)
    for_print(sheet, 0)
    return sheet


def _write_summary(book: Book, lang: Lang, result: Mapping[str, Any]) -> None:
    sheet = _headed(book, lang, "summary", {"fact": 28, "value": 44, "outcome": 14, "clause": 28})
    row = 1
    for key in ("scheme", "item", "as_of", "engine", "scheme_digest", "receipt"):
        book.text(sheet, row, 0, message(f"result-{key}", lang))
        book.text(sheet, row, 1, str(result.get(key, "")))
        row += 1
    totals = result["totals"]
    for key in ("trainees", "eligible"):
        book.text(sheet, row, 0, message(f"result-total-{key}", lang))
        sheet.write_number(row, 1, totals[key], book.format("whole"))
        row += 1
    for key in _AMOUNTS:
        book.text(sheet, row, 0, message(f"result-total-{key}", lang))
        book.money(sheet, row, 1, yuan_to_fen(totals[key]))
        row += 1
    for finding in result["findings"]:
        row += 1
        book.text(sheet, row, 0, finding["rule"])
        book.text(sheet, row, 1, _said(finding, lang), "wrapped")
        book.text(sheet, row, 2, message(f"result-finding-{finding['outcome']}", lang))
        book.text(sheet, row, 3, finding["clause"])


def _write_people(book: Book, lang: Lang, result: Mapping[str, Any], names: Mapping[str, str]) -> None:
    columns = {
        "serial": 6,
        "name": 12,
        "id-number": 22,
        "class-hours": 8,
        "amount": 12,
        "outcome": 10,
        "reason-column": 60,
    }
    sheet = _headed(book, lang, "people", columns)
    people = result["trainees"]
    for row, person in enumerate(people, start=1):
        sheet.write_number(row, 0, row, book.format("whole"))
        book.text(sheet, row, 1, names.get(person["id_number"], ""))
        book.text(sheet, row, 2, person["id_number"])
        if (hours := person.get("class_hours")) is not None:
            sheet.write_number(row, 3, hours, book.format("whole"))
        book.money(sheet, row, 4, yuan_to_fen(person["amount"]))
        # What fails of the class fails for everybody in it.
        findings = [*chain(result["findings"], person["findings"])]
        book.text(sheet, row, 5, message(f"result-{_outcome(person, findings)}", lang))
        reasons = [
            _reason(finding, lang) for finding in findings if finding["outcome"] in ("failed", "unknown")
        ]
        if not reasons:
            reasons = [
                message("result-reason", lang, text=step["label"], clause=step["clause"])
                for step in lowering_steps(person)
            ]
        book.text(sheet, row, 6, message("result-between", lang).join(reasons), "wrapped")
    last = len(people) + 1
    for column in range(len(columns)):
        book.text(sheet, last, column, "", "text-total")
    book.text(sheet, last, 1, message("result-total", lang), "text-total")
    book.money(sheet, last, 4, yuan_to_fen(result["totals"]["amount"]), "money-total")


def _outcome(person: Mapping[str, Any], findings: list[Mapping[str, Any]]) -> str:
    if person["eligible"]:
        return "eligible"
    return "not-eligible" if any(finding["outcome"] == "failed" for finding in findings) else "undecided"


def _said(finding: Mapping[str, Any], lang: Lang) -> str:
    needs = finding.get("needs") or ()
    text = str(finding["text"])
    return text + message("result-needs", lang, needs="、".join(needs)) if needs else text


def _reason(finding: Mapping[str, Any], lang: Lang) -> str:
    return message("result-reason", lang, text=_said(finding, lang), clause=finding["clause"])


def _write_steps(book: Book, lang: Lang, result: Mapping[str, Any], names: Mapping[str, str]) -> None:
    columns = {"name": 12, "id-number": 22, "step": 28, "formula": 44, "value": 16, "unit": 16, "clause": 28}
    sheet = _headed(book, lang, "steps", columns)
    row = 1
    for person in result["trainees"]:
        for step in person["steps"]:
            written = [step[key] for key in ("label", "formula", "value", "unit", "clause")]
            who = [names.get(person["id_number"], ""), person["id_number"]]
            book.texts(sheet, row, [*who, *("" if part is None else str(part) for part in written)])
            row += 1
