"""A scheme as a page of sections: what is paid, to whom, under which conditions, by when, with which papers."""

from collections.abc import Iterable

from keshi.scheme import Scheme
from keshi_web.schemes.reading.parts import ClauseEntry, Section
from keshi_web.schemes.reading.procedure import Procedure
from keshi_web.schemes.reading.rules import Rules


def sections(scheme: Scheme) -> list[Section]:
    """The sections in reading order, in the reader's language; those without content are left out."""
    written = (*Rules(scheme).sections(), *Procedure(scheme).sections())
    return [section for section in written if section.tables]


def clauses(found: Iterable[Section]) -> list[ClauseEntry]:
    """Every clause that the sections cite, in their order, with what it rules."""
    entries: dict[str, ClauseEntry] = {}
    for section in found:
        for table in section.tables:
            if table.clause:
                entries.setdefault(table.clause, ClauseEntry(table.clause)).rules.append(
                    (table.title, table.anchor)
                )
            for row in table.rows:
                clause = next((cell.clause for cell in row.cells if cell.clause), "")
                if clause:
                    entry = entries.setdefault(clause, ClauseEntry(clause))
                    text = row.title or next((cell.text for cell in row.cells if cell.text), "")
                    if (text, row.anchor) not in entry.rules:
                        entry.rules.append((text, row.anchor))
    return list(entries.values())
