"""What the sections of a scheme's page are written with: labels, and cells for rules, clauses and formulas."""

from keshi.messages import message
from keshi.scheme import Scheme
from keshi.scheme.model import Rule
from keshi_web.common.language import lang
from keshi_web.schemes.reading.parts import Cell
from keshi_web.schemes.reading.words import Words


def say(key: str, **params: object) -> str:
    """A label of the library's own page about a scheme."""
    return message(key, lang(), **params)


def heads(*keys: str) -> tuple[str, ...]:
    """Column heads by the library's keys."""
    return tuple(say(f"describe-{key}") for key in keys)


class Writer:
    """One scheme in the reader's language."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.file = scheme.file
        self.words = Words(scheme)
        self.titles = {item.id: item.title.of(lang()) for item in scheme.file.items}

    def rule(self, rule: Rule, *lines: str) -> Cell:
        return Cell(rule.text.of(lang()), reading=rule.reading, lines=tuple(filter(None, lines)))

    def clause(self, clause: str) -> Cell:
        return Cell(clause=clause)

    def formula(self, text: str) -> Cell:
        return Cell(self.words.formula(text), code=text)
