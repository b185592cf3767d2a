"""The empty roster that a provider fills in for a filing."""

import tempfile
from pathlib import Path

from keshi.messages import Lang
from keshi.workbook import write_template
from keshi_web.classes.completeness import roster_facts
from keshi_web.classes.models import Filing


def write(filing: Filing, lang: Lang) -> bytes:
    """A workbook with the columns that the filing's item needs, drop-downs and notes."""
    scheme = filing.scheme
    item = scheme.item(filing.item).item
    facts = ["trainee.name", "trainee.id_number", *roster_facts(filing, scheme)]
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        path = Path(folder) / "roster.xlsx"
        write_template(
            scheme.id,
            getattr(scheme.file.title, lang),
            [(item.id, getattr(item.title, lang))],
            facts,
            path,
            lang,
        )
        return path.read_bytes()
