"""The declared vocabulary of facts: names, types, units, labels; shared by schemes, cases and workbooks."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from keshi.messages import Lang
from keshi.structures import reader

FactType = Literal["text", "choice", "boolean", "number", "date", "region", "texts"]


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str

    def of(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fact: what it is called, what it may hold and where it comes from.

    `optional`: the key may be absent from a case, which equals null. `derived`: computed by the library
    from the facts named in `from`. `least`/`most`: inclusive bounds; `whole`: no fractions.
    """

    name: str
    type: FactType
    label: Label
    source: Label
    unit: str = "1"
    optional: bool = False
    derived: bool = False
    whole: bool = False
    least: int | None = None
    most: int | None = None
    values: dict[str, Label] | None = None
    sources: list[str] = msgspec.field(default_factory=list, name="from")

    @property
    def room(self) -> str:
        """The first part of the name: organisation, class, trainee, history, facts or scheme."""
        return self.name.partition(".")[0]


_fact = reader(Fact)


@cache
def vocabulary() -> dict[str, Fact]:
    """Every declared fact by name, in the order of the file."""
    raw = tomllib.loads(files(__name__).joinpath("facts.toml").read_text(encoding="utf-8"))
    return {name: _fact({"name": name, **table}) for name, table in raw.items()}


def label(name: str, lang: Lang = "zh") -> str:
    """The label of a fact, or the name itself when the vocabulary does not hold it."""
    fact = vocabulary().get(name)
    return fact.label.of(lang) if fact else name


def choice_label(name: str, value: str, lang: Lang = "zh") -> str:
    """The label of one value of a choice fact, or the value itself."""
    fact = vocabulary().get(name)
    found = (fact.values or {}).get(value) if fact else None
    return found.of(lang) if found else value
