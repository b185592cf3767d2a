"""Letters as data: a template per kind in `letters/`, filled with the facts of a case.

A text holds places `{fact}`; a part in [[double brackets]] falls away when one of its places is empty. `each`
repeats a paragraph for every entry of a list: `{n}` counts, `{what}` is an entry that is plain text, else the
entry's own keys. `when` keeps a paragraph if that fact is given and true, `unless` if none of the facts named
(`negative|remedy`) is. Letters exist in Chinese only.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from keshi.structures import reader
from keshi_web.common.errors import Invalid
from keshi_web.documents.data import long_date, written
from keshi_web.documents.render import draw

FOLDER = Path(__file__).parent / "letters"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")


class Paragraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One paragraph, repeated for `each` entry of a list, kept `when` or `unless` facts are true."""

    text: str
    each: str = ""
    when: str = ""
    unless: str = ""


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of letter. `series` is the word before the year in its number, `needs` what it cannot be without
    (`reasons|reason`: either of them)."""

    title: str
    series: str
    needs: list[str]
    paragraphs: list[str | Paragraph]
    defaults: dict[str, str] = {}


class Content(msgspec.Struct, frozen=True):
    """A letter as it is issued: every word of it, and the day."""

    kind: str
    title: str
    number: str
    office: str
    addressee: str
    paragraphs: list[str]
    day: date


_template = reader(Template)


@cache
def templates() -> dict[str, Template]:
    """Every kind of letter by its name."""
    return {
        path.stem: _template(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    }


@cache
def template_digest(kind: str) -> str:
    """Which wording of the template a letter was made from."""
    return hashlib.sha256((FOLDER / f"{kind}.toml").read_bytes()).hexdigest()


def paragraphs(kind: str, facts: Mapping[str, Any]) -> list[str]:
    """The paragraphs of a letter. Facts that the template does not name are left aside.

    Raises Invalid, naming them, when facts that it needs are missing.
    """
    template = templates()[kind]
    known = {**template.defaults, **{name: value for name, value in facts.items() if value not in (None, "")}}
    if missing := [needed for needed in template.needs if not _any(needed, known)]:
        reason = _("文书“%(title)s”缺少内容：%(missing)s。请补充后再发出。")
        raise Invalid(reason % {"title": template.title, "missing": "、".join(missing)})
    made = (text for one in template.paragraphs for text in _made(one, known))
    return [line for text in made for line in text.split("\n") if line]


def _any(names: str, facts: Mapping[str, Any]) -> bool:
    return any(facts.get(name) for name in names.split("|"))


def _made(one: str | Paragraph, facts: Mapping[str, Any]) -> Iterator[str]:
    paragraph = Paragraph(one) if isinstance(one, str) else one
    if (paragraph.when and not _any(paragraph.when, facts)) or (
        paragraph.unless and _any(paragraph.unless, facts)
    ):
        return
    if not paragraph.each:
        yield _filled(paragraph.text, facts)
        return
    for number, entry in enumerate(facts.get(paragraph.each) or (), start=1):
        own = entry if isinstance(entry, Mapping) else {"what": entry}
        yield _filled(paragraph.text, {**own, "n": number})


def _filled(text: str, facts: Mapping[str, Any]) -> str:
    def shown(name: str) -> str:
        return written(facts.get(name)).strip().rstrip("。；;")  # the template ends its sentences

    def kept(found: re.Match[str]) -> str:
        return found.group(1) if all(map(shown, _PLACE.findall(found.group(1)))) else ""

    return _PLACE.sub(lambda found: shown(found.group(1)), _OPTIONAL.sub(kept, text))


def digest(content: Content) -> str:
    """SHA-256 of the letter's content in canonical JSON: sorted keys, no spaces, UTF-8."""
    plain = msgspec.to_builtins(content)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def draw_letter(content: Content, *, code: str, address: str) -> bytes:
    """The letter as PDF, with its digest and the code under which `address` confirms it."""
    return draw(
        "letter",
        {
            **msgspec.to_builtins(content),
            "day": long_date(content.day),
            "digest": digest(content),
            "code": code,
            "address": address,
        },
    )
