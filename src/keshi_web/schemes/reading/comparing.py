"""What differs between two versions of a scheme, side by side in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext as _

from keshi.messages import message
from keshi.scheme import Scheme
from keshi.scheme.compare import Difference, compare_schemes
from keshi.scheme.model import Parameter, SchemeFile
from keshi_web.common.language import lang
from keshi_web.schemes.reading.words import Words, figure, span

_PART = re.compile(r"^(?P<collection>\w+)(?:\[(?P<id>[^\]]+)\])?")
_FORMULAS = frozenset(
    {"formula", "holds", "amount", "class_hours", "each", "who", "when", "amount_at_most", "count_at_most"}
)


@dataclass(frozen=True)
class Changed:
    """One difference: where (section, rule, which of its keys), how, and both values in words."""

    section: str
    rule: str
    key: str
    kind: Literal["added", "removed", "changed"]
    before: str
    after: str
    code_before: str = ""
    code_after: str = ""


@dataclass(frozen=True)
class Group:
    """The differences of one section."""

    title: str
    changes: tuple[Changed, ...]


def differences(old: Scheme, new: Scheme) -> list[Group]:
    """Every difference in words, by section, in the order of the files."""
    found = _Comparison(old, new).changes()
    titles = list(dict.fromkeys(change.section for change in found))
    return [Group(title, tuple(change for change in found if change.section == title)) for title in titles]


class _Comparison:
    def __init__(self, old: Scheme, new: Scheme) -> None:
        self.old, self.new = old, new
        self.words = {id(old): Words(old), id(new): Words(new)}

    def changes(self) -> list[Changed]:
        done: dict[tuple[str, str, str], Changed] = {}
        for difference in compare_schemes(self.old, self.new):
            change = self.change(difference)
            if change is not None and change.before != change.after:
                done.setdefault((change.section, change.rule, change.key), change)
        return list(done.values())

    def change(self, difference: Difference) -> Changed | None:
        path = difference.path
        part = _PART.match(path)
        if part is None:
            return None
        collection, name = part["collection"], part["id"]
        steps = path[part.end() :].lstrip(".").split(".") if path[part.end() :] else []
        if collection == "version":
            return None
        if name is None and collection in ("parameters", "quantities", "tables") and steps:
            name, steps = steps[0], steps[1:]
        section = _sections().get(collection, collection)
        if collection == "tables" and name and "[" in path:
            return self.row(difference, section, name)
        if steps and steps[-1] in ("zh", "en"):  # one row for both languages
            steps = steps[:-1]
        before, after = (self.value(scheme, collection, name, steps) for scheme in (self.old, self.new))
        codes = ("", "")
        if steps and steps[-1] in _FORMULAS:
            codes = (difference.before, difference.after)
        key = _keys().get(steps[-1], steps[-1]) if steps else ""
        return Changed(section, self.title(collection, name), key, difference.kind, before, after, *codes)

    def row(self, difference: Difference, section: str, path: str) -> Changed:
        table, _bracket, keys = path.partition("[")
        _start, _sep, keys = difference.path.partition("[")
        spec = self.new.file.tables.get(table) or self.old.file.tables.get(table)
        title = spec.text.of(lang()) if spec else table
        return Changed(section, title, keys.rstrip("]"), difference.kind, difference.before, difference.after)

    def title(self, collection: str, name: str | None) -> str:
        """What the rule is called: its text in the newer version, or in the older where it is gone."""
        if name is None:
            return _sections().get(collection, collection)
        for scheme in (self.new, self.old):
            found = _part(scheme.file, collection, name)
            title = (
                getattr(found, "title", None) or getattr(found, "text", None) or getattr(found, "name", None)
            )
            if title is not None:
                return title if isinstance(title, str) else str(title.of(lang()))
        return name

    def value(self, scheme: Scheme, collection: str, name: str | None, steps: list[str]) -> str:
        """What stands at a path in one version, in words."""
        found: Any = _part(scheme.file, collection, name)
        if isinstance(found, Parameter) and (
            not steps or steps[-1] in ("value", "dated", "day", "regions", "unit")
        ):
            return figure(found)
        for step in steps:
            found = _step(found, step)
        if steps and steps[-1] in _FORMULAS and isinstance(found, str):
            return self.words[id(scheme)].formula(found)
        return self.text(scheme, found)

    def text(self, scheme: Scheme, value: Any) -> str:
        """A part of a scheme as text: its wording, its formula in words, its span."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, list):
            return "；".join(self.text(scheme, part) for part in value)
        if hasattr(value, "zh") and hasattr(value, "en"):
            return str(value.of(lang()))
        if hasattr(value, "workdays"):
            return span(value)
        wording = (
            getattr(value, "text", None) or getattr(value, "title", None) or getattr(value, "name", None)
        )
        if wording is not None:
            shown = wording if isinstance(wording, str) else wording.of(lang())
            rule = getattr(value, "holds", None) or getattr(value, "formula", None)
            return f"{shown}（{self.words[id(scheme)].formula(rule)}）" if rule else str(shown)
        if isinstance(value, msgspec.Struct):
            return "，".join(
                f"{_keys().get(k, k)} {self.text(scheme, v)}"
                for k, v in msgspec.structs.asdict(value).items()
                if v
            )
        return str(value)


def _part(file: SchemeFile, collection: str, name: str | None) -> Any:
    """A collection's part by its id or key; the collection itself without a name."""
    found = getattr(file, collection, None)
    if name is None:
        return found
    if isinstance(found, Mapping):
        return found.get(name)
    return next((part for part in found or () if getattr(part, "id", None) == name), None)


def _step(value: Any, step: str) -> Any:
    part = _PART.match(step)
    key, name = (part["collection"], part["id"]) if part else (step, None)
    key = "since" if key == "from" else key
    found = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
    if name is None:
        return found
    return next((each for each in found or () if getattr(each, "id", None) == name), None)


def _sections() -> dict[str, str]:
    def say(key: str) -> str:
        return message(f"describe-{key}", lang())

    return {
        "title": _("名称"),
        "notice": say("notice"),
        "issued_on": say("issued-on"),
        "issuer": say("issuer"),
        "region": say("region"),
        "related": say("related"),
        "applies": say("applies"),
        "without_common": _("停用的全国通用限额"),
        "closed_days": _("另行放假的日期"),
        "opened_days": _("另行上班的日期"),
        "parameters": _("参数"),
        "tables": _("补贴标准表"),
        "quantities": say("computation"),
        "items": _("补贴项目"),
        "requirements": say("requirements"),
        "limits": say("limits"),
        "sequences": say("limits"),
        "exclusions": say("limits"),
        "hours": say("hours"),
        "blends": say("hours"),
        "clocks": say("clocks"),
        "steps": say("procedure"),
        "materials": say("materials"),
        "forms": say("forms"),
        "public_notice": say("notice-public"),
        "returns": say("returns"),
        "evaluations": say("evaluations"),
        "platforms": say("platforms"),
        "offices": say("offices"),
        "duties": say("duties"),
    }


def _keys() -> dict[str, str]:
    return {
        "value": _("数值"),
        "dated": _("数值"),
        "unit": message("describe-unit", lang()),
        "clause": message("describe-clause", lang()),
        "text": _("文字"),
        "title": _("名称"),
        "holds": _("判断"),
        "formula": message("describe-formula", lang()),
        "amount": _("补贴金额"),
        "class_hours": _("课时"),
        "amount_at_most": _("金额上限"),
        "count_at_most": _("次数上限"),
        "remedy": message("describe-remedy", lang()),
        "from": _("自"),
        "since": _("自"),
        "until": _("至"),
        "within": message("describe-due", lang()),
        "before": message("describe-due", lang()),
        "workdays": message("describe-due", lang()),
        "days": message("describe-due", lang()),
        "months": message("describe-due", lang()),
        "silence": message("describe-silence", lang()),
        "payee": message("describe-payee", lang()),
        "fund": message("describe-fund", lang()),
        "training_types": message("describe-training-types", lang()),
        "reading": _("解读"),
        "manual": message("describe-manual", lang()),
        "stage": message("describe-stage", lang()),
        "sample": message("describe-sample", lang()),
        "copies": _("份数"),
        "minutes": _("分钟"),
        "items": _("补贴项目"),
        "quantities": message("describe-computation", lang()),
        "valid_until": _("有效期至"),
    }
