"""The empty workbook of a scheme: the facts it needs as labelled cells with drop-downs, notes and formats."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from keshi.messages import Lang, message
from keshi.vocabulary import Fact, vocabulary
from keshi.workbook.words import ITEM, SCHEME, words
from keshi.workbook.writing import Book, Worksheet, for_print, new_book

PREPARED_ROWS = 2_000
"""Rows of a list that have drop-downs and formats; rows below are read all the same."""
_FIRST_DAY, _LAST_DAY = date(1950, 1, 1), date(2099, 12, 31)
_ROSTER_START = ("serial", "name", "sex", "id-number", "mobile", "account")
"""The columns of the official roster, in its order."""
_MOST_LISTED = 255
"""Characters of a drop-down list."""


class Field(NamedTuple):
    """A column or a line of the template."""

    label: str
    fact: Fact | None
    note: str


class SchemeFacts(NamedTuple):
    """The needed facts, by the sheet they are filled in on."""

    of_class: list[Fact]
    trainee: list[Fact]
    history: list[Fact]


def write_template(
    scheme: str,
    title: str,
    items: Sequence[tuple[str, str]],
    facts: Sequence[str],
    path: Path,
    lang: Lang = "zh",
) -> None:
    """Write the template of a scheme: its id and title, its items (ids and titles), and the facts its rules read.

    Facts go by their full names; a derived one stands for those it is computed from. Name and ID number, the
    organisation's name and kind and the as-of date are always asked for.

    Raises:
        KeyError: a fact that the vocabulary does not hold.
    """
    needed = _sorted(facts)
    with new_book(path) as book:
        _write_instructions(book, lang, title, items)
        _write_class(book, lang, scheme, title, items, needed.of_class)
        _write_list(book, lang, "trainees", title, _roster_fields(lang, needed.trainee))
        # Whether a person had subsidies before decides limits in every scheme; the sheet may stay empty.
        fields = [
            _field(lang, vocabulary()["trainee.id_number"]),
            *(_field(lang, fact) for fact in needed.history),
        ]
        _write_list(book, lang, "history", title, fields)


def _sorted(names: Iterable[str]) -> SchemeFacts:
    """The facts to ask for: derived ones replaced by their sources, in the order given."""
    found: dict[str, Fact] = {}

    def add(name: str) -> None:
        fact = vocabulary()[name]
        if not fact.derived:
            found.setdefault(name, fact)
        for source in fact.sources:
            add(source)

    # Every case is of an organisation and a day, whatever the rules read.
    for name in ("as_of", "organisation.name", "organisation.kind", *names):
        add(name)
    own = ("trainee.name", "trainee.id_number")
    return SchemeFacts(
        [fact for fact in found.values() if fact.room in ("as_of", "facts", "organisation", "class")],
        [fact for fact in found.values() if fact.room == "trainee" and fact.name not in own],
        [fact for fact in vocabulary().values() if fact.room == "history"],
    )


def _sheet_name(kind: str, lang: Lang) -> str:
    names: list[str] = words()["sheets"][kind]
    return names[0] if lang == "zh" else names[-1]


def _field(lang: Lang, fact: Fact) -> Field:
    label = fact.label.of(lang) + ("" if fact.optional else "*")
    how = message(f"template-how-{fact.type}", lang)
    if fact.values:
        listed = ("、" if lang == "zh" else ", ").join(value.of(lang) for value in fact.values.values())
        how = message(f"template-how-{fact.type}-of", lang, choices=listed)
    if fact.name == "trainee.id_number":
        how = message("template-how-id-number", lang)
    asked = message("template-optional" if fact.optional else "template-required", lang)
    source = message("template-source", lang, source=fact.source.of(lang))
    return Field(label, fact, f"{asked} {how} {source}")


def _roster_fields(lang: Lang, facts: list[Fact]) -> list[Field]:
    fields = []
    for key in _ROSTER_START:
        name = {"name": "trainee.name", "id-number": "trainee.id_number"}.get(key)
        fields.append(
            _field(lang, vocabulary()[name])
            if name
            else Field(message(f"template-{key}", lang), None, message("template-not-used", lang))
        )
    fields += [_field(lang, fact) for fact in facts]
    return [*fields, Field(message("template-remarks", lang), None, message("template-not-used", lang))]


# Sheets --------------------------------------------------------------------------------------------------


def _write_instructions(book: Book, lang: Lang, title: str, items: Sequence[tuple[str, str]]) -> None:
    sheet = book.sheet(message("template-instructions-sheet", lang))
    sheet.set_column(0, 0, 100)
    book.text(sheet, 0, 0, title, "bold")
    lines = message("template-instructions", lang).strip().splitlines()
    lines += [message("template-item-line", lang, id=item, title=name) for item, name in items]
    for row, line in enumerate(lines, start=2):
        book.text(sheet, row, 0, line, "wrapped")
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_class(
    book: Book, lang: Lang, scheme: str, title: str, items: Sequence[tuple[str, str]], facts: list[Fact]
) -> None:
    """A line per fact: label, value, how to fill it in. Scheme and item come first, filled in if there is no choice."""
    sheet = book.sheet(_sheet_name("class", lang))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 70)
    headings = [message(f"template-class-{part}", lang) for part in ("fact", "value", "explanation")]
    book.texts(sheet, 0, headings, "header")
    written = [f"{item} {name}" for item, name in items]
    scheme_note = message("template-scheme-note", lang)
    item_note = message("template-item-note", lang)
    lines = [
        (Field(SCHEME.label.of(lang) + "*", SCHEME, scheme_note), f"{scheme} {title}"),
        (Field(ITEM.label.of(lang) + "*", ITEM, item_note), written[0] if len(written) == 1 else ""),
        *((_field(lang, fact), "") for fact in facts),
    ]
    for row, (field, value) in enumerate(lines, start=1):
        book.text(sheet, row, 0, field.label, "bold")
        if value:
            book.text(sheet, row, 1, value)
        else:
            sheet.write_blank(row, 1, None, book.format(_style(field.fact)))
        book.text(sheet, row, 2, field.note, "wrapped")
        _guide(sheet, (row, 1, row, 1), field, lang, written if field.fact is ITEM else None)
    for_print(sheet, 0)


def _write_list(book: Book, lang: Lang, kind: str, title: str, fields: list[Field]) -> None:
    """A title, a line to be stamped, the header, and rows prepared to be filled in."""
    sheet = book.sheet(_sheet_name(kind, lang))
    heading = message(f"template-{kind}-title", lang, title=title)
    sheet.merge_range(0, 0, 0, max(1, len(fields) - 1), "", book.format("title"))
    book.text(sheet, 0, 0, heading, "title")
    sheet.set_row(0, 28)
    book.text(sheet, 1, 0, message("template-stamp-line", lang))
    header = 2
    sheet.set_row(header, 45)
    for column, field in enumerate(fields):
        book.text(sheet, header, column, field.label, "header")
        sheet.write_comment(header, column, field.note, {"x_scale": 2, "y_scale": 1.5})
        wide = field.fact is not None and field.fact.name == "trainee.id_number"
        sheet.set_column(column, column, 22 if wide else 14, book.format(_style(field.fact)))
        _guide(sheet, (header + 1, column, header + PREPARED_ROWS, column), field, lang, None)
    for_print(sheet, header)


def _style(fact: Fact | None) -> str:
    """Cells of text are formatted as text, so that a spreadsheet keeps all digits of what is typed there."""
    return {"date": "date", "number": "number"}.get(fact.type if fact else "text", "text")


def _guide(
    sheet: Worksheet, area: tuple[int, int, int, int], field: Field, lang: Lang, choices: list[str] | None
) -> None:
    """Drop-down or limits for the cells of a fact, with a message when one is entered."""
    fact = field.fact
    if fact is None:
        return
    options: dict[str, Any] = {
        **_limits(fact, lang, choices),
        "input_title": field.label[:32],
        "input_message": field.note[:255],
        "error_title": field.label[:32],
        "error_message": field.note[:255],
        "ignore_blank": True,
    }
    sheet.data_validation(*area, options)


def _limits(fact: Fact, lang: Lang, choices: list[str] | None) -> dict[str, Any]:
    if choices is None and fact.type == "choice":
        choices = [label.of(lang) for label in (fact.values or {}).values()]
    if fact.type == "boolean":
        choices = [message("template-yes", lang), message("template-no", lang)]
    if choices and len(",".join(choices)) <= _MOST_LISTED and not any("," in choice for choice in choices):
        return {"validate": "list", "source": choices}
    if fact.type == "date":
        return {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
    if fact.type == "number":
        kind = "integer" if fact.whole else "decimal"
        least = 0 if fact.least is None else fact.least
        if fact.most is None:
            return {"validate": kind, "criteria": ">=", "value": least}
        return {"validate": kind, "criteria": "between", "minimum": least, "maximum": fact.most}
    if fact.name == "trainee.id_number":
        return {"validate": "length", "criteria": "==", "value": 18}
    return {"validate": "any"}
