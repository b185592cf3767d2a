"""The words people use for sheets, columns and values, from the vocabulary and `words.toml`."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from keshi.vocabulary import Fact, Label, vocabulary

_SAME = str.maketrans("（）：＊／，；＃．", "():*/,;#.")
_SPACES = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_REQUIRED = "(必填)"


def plain(text: str) -> str:
    """A label without what people vary: spaces, width of brackets, capitals, a mark of being required."""
    return plain_start(text).removesuffix(_REQUIRED).strip("*:")


def plain_start(text: str) -> str:
    """The same with its end as it is, for what a text begins with."""
    return _SPACES.sub("", text).translate(_SAME).lower()


@cache
def words() -> Mapping[str, Any]:
    """The tables of `words.toml`."""
    return tomllib.loads(files("keshi.workbook").joinpath("words.toml").read_text(encoding="utf-8"))


def plain_set(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain, entries))


@cache
def sheet_kinds() -> Mapping[str, str]:
    """From the plain name of a sheet to what it holds."""
    return {plain(name): kind for kind, names in words()["sheets"].items() for name in names}


class Meaning(NamedTuple):
    """What a label stands for."""

    fact: Fact | None = None
    unit_in_cell: bool = False
    misleading: str = ""
    """The message that says why a column of this name is not read."""


UNUSED = Meaning()

SCHEME = Fact(
    name="scheme", type="text", label=Label(zh="政策", en="scheme"), source=Label(zh="政策", en="scheme")
)
ITEM = Fact(
    name="item", type="text", label=Label(zh="补贴项目", en="item"), source=Label(zh="政策", en="scheme")
)


class Lexicon:
    """The labels of one kind of sheet."""

    def __init__(self, facts: Iterable[Fact], *, unused: Iterable[str] = (), misleading: str = "") -> None:
        self.meanings: dict[str, Meaning] = dict.fromkeys(plain_set(unused), UNUSED)
        for code, labels in words()["misleading"].get(misleading, {}).items():
            self.meanings.update({plain(label): Meaning(misleading=code) for label in labels})
        for fact in facts:
            written = (fact.label.zh, fact.label.en, fact.name, *words()["facts"].get(fact.name, ()))
            self.meanings.update({plain(label): Meaning(fact) for label in written})
            for label in words()["unit_in_cell"].get(fact.name, ()):
                self.meanings[plain(label)] = Meaning(fact, unit_in_cell=True)

    def find(self, *labels: str) -> Meaning | None:
        """The meaning of the first of these labels that has one."""
        return next((found for label in labels if (found := self.meanings.get(plain(label)))), None)

    def near(self, label: str) -> str:
        """The label of the fact that this one resembles, or nothing."""
        facts = {written: meaning.fact for written, meaning in self.meanings.items() if meaning.fact}
        found = difflib.get_close_matches(plain(label), facts, n=1, cutoff=0.75)
        fact = facts[found[0]] if found else None
        return fact.label.zh if fact else ""


def _of(*rooms: str) -> list[Fact]:
    return [fact for fact in vocabulary().values() if fact.room in rooms and not fact.derived]


@cache
def class_lexicon() -> Lexicon:
    return Lexicon([SCHEME, ITEM, *_of("as_of", "facts", "organisation", "class")])


@cache
def roster_lexicon() -> Lexicon:
    return Lexicon(_of("trainee"), unused=words()["unused"]["roster"], misleading="trainee")


@cache
def history_lexicon() -> Lexicon:
    unused = words()["unused"]["roster"]
    return Lexicon(
        [*_of("history"), vocabulary()["trainee.id_number"]],
        unused=[*unused, vocabulary()["trainee.name"].label.zh, vocabulary()["trainee.name"].label.en],
    )


def _extra(room: str) -> list[Fact]:
    """The columns of a sheet that the vocabulary of facts does not hold, as facts of their own."""
    found = []
    for key, table in words()[room].items():
        like = vocabulary().get(table.get("as", ""))
        found.append(
            Fact(
                name=f"{room}.{key}",
                type=like.type if like else table["type"],
                label=Label(zh=table["zh"], en=table["en"]),
                source=Label(zh="", en=""),
                unit=table.get("unit", "1"),
                values=like.values if like else None,
                optional=room == "tables",
            )
        )
    return found


@cache
def events_lexicon() -> Lexicon:
    name = vocabulary()["trainee.name"].label
    return Lexicon(
        [*_extra("events"), vocabulary()["trainee.id_number"]], unused=["序号", "备注", name.zh, name.en]
    )


@cache
def tables_lexicon() -> Lexicon:
    return Lexicon(_extra("tables"), unused=["序号", "备注", "说明"])
