"""Formulas, units, figures and spans in the reader's words."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keshi.messages import message
from keshi.scheme import Scheme
from keshi.scheme.model import Clock, Parameter, Span
from keshi.settlement.render import number_text
from keshi.vocabulary import choice_label, vocabulary
from keshi_web.common.language import lang

_TOKEN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')|(?P<number>\d+(?:\.\d+)?)|(?P<keyword>\w+=(?!=))|(?P<name>[A-Za-z_][\w.]*)"""
    r"""|(?P<sign><=|>=|==|!=|//|[-+*/%<>(),\[\]])|(?P<space>\s+)|(?P<other>.)""",
    re.VERBOSE,
)
_SIGNS = {"<=": " ≤ ", ">=": " ≥ ", "==": " = ", "!=": " ≠ ", "*": " × ", "/": " ÷ ", "+": " + ", "-": " − "}


def listed(texts: Iterable[str]) -> str:
    """Several of equal rank: 甲、乙 or a, b."""
    return ("、" if lang() == "zh" else ", ").join(texts)


def unit(name: str) -> str:
    """`yuan/class_hour` → 元/课时; nothing for a bare number."""
    words = {
        "1": "",
        "yuan": pgettext("计量", "元"),
        "wan_yuan": pgettext("计量", "万元"),
        "minute": pgettext("计量", "分钟"),
        "class_hour": pgettext("计量", "课时"),
        "person": pgettext("计量", "人"),
        "workday": pgettext("计量", "个工作日"),
        "day": pgettext("计量", "天"),
        "month": pgettext("计量", "个月"),
        "year": pgettext("计量", "年"),
        "time": pgettext("计量", "次"),
    }
    per = {
        **words,
        "class_hour": pgettext("每", "课时"),
        "person": pgettext("每", "人"),
        "month": pgettext("每", "月"),
        "year": pgettext("每", "年"),
    }
    above, slash, below = name.partition("/")
    return _named(above, words) + slash + _named(below, per)


def _named(product: str, words: dict[str, str]) -> str:
    return re.sub(r"\w+", lambda found: words.get(found[0], found[0]), product).replace("*", "·")


def measured(value: object, of: str) -> str:
    """A figure with its unit: 30元/课时, 30 yuan/class hour."""
    name = unit(of)
    if isinstance(value, Fraction):
        value = number_text(value, 2 if of == "yuan" and value.denominator != 1 else 0)
    return f"{value}{' ' if name and lang() == 'en' else ''}{name}"


def figure(parameter: Parameter) -> str:
    """What a parameter holds: a figure with its unit, dated figures, a day, or places."""
    if parameter.day:
        return parameter.day.isoformat()
    if parameter.regions:
        return listed(parameter.regions)
    if parameter.dated:
        return "；".join(
            _("%(since)s起 %(value)s") % {"since": p.since, "value": measured(p.value, parameter.unit)}
            for p in parameter.dated
        )
    return measured(parameter.value, parameter.unit)


def span(length: Span | None) -> str:
    """5个工作日, 6个月."""
    for kind in ("workdays", "days", "months"):
        value = getattr(length, kind, None)
        if value:
            return message(f"span-{kind}", lang(), count=value)
    return ""


def clock(rule: Clock) -> str:
    """收到申领后15个工作日内."""
    event = message(f"event-{rule.event}", lang())
    if rule.before is None and not span(rule.within):
        return event
    if rule.before:
        key = "clock-before" if span(rule.before) else "clock-before-at-all"
        return message(key, lang(), span=span(rule.before), event=event)
    return message("clock-within", lang(), span=span(rule.within), event=event)


class Words:
    """The formulas of one scheme in words: facts and quantities by their labels, parameters by their figures."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme

    @cached_property
    def names(self) -> dict[str, str]:
        """Every name a formula may use, and what it is called."""
        found = {name: fact.label.of(lang()) for name, fact in vocabulary().items()}
        found["as_of"] = _("办理当日")
        for rules in self.scheme.rules.values():
            for quantity in (*rules.quantities, rules.class_hours, rules.amount):
                found[quantity.name] = quantity.label.of(lang())
        for name, parameter in self.scheme.file.parameters.items():
            found[name] = figure(parameter) if not parameter.dated else self._parameter_label(name, parameter)
        for name, table in self.scheme.file.tables.items():
            found.setdefault(name, table.text.of(lang()))
        return found

    def formula(self, text: str | None) -> str:
        """A formula as a sentence of the reader's language; it explains, the formula itself decides."""
        return "".join(self._parts(text or "")).replace("  ", " ").replace(" ,", ",").strip()

    def _parts(self, text: str) -> Iterator[str]:
        fact = ""
        calls = self._functions()
        text = text.replace("is not None", "IS_KNOWN").replace("is None", "IS_UNKNOWN")
        for found in _TOKEN.finditer(text):
            token = found[0]
            match found.lastgroup:
                case "text":
                    yield _quoted(fact, token[1:-1])
                case "sign":
                    yield {**_SIGNS, ",": _("，"), "(": _("（"), ")": _("）"), "[": "", "]": ""}.get(
                        token, f" {token} "
                    )
                case "keyword":
                    continue
                case "space":
                    yield " " if lang() == "en" else ""
                case "name" if token in calls:
                    yield calls[token]
                case "name":
                    fact = token if token in vocabulary() else fact
                    yield self.names.get(token, token)
                case _:
                    yield token

    def _functions(self) -> dict[str, str]:
        return {
            "min": _("较小值"),
            "max": _("较大值"),
            "floor": _("取整数"),
            "ceil": _("进位取整"),
            "round_half_up": _("四舍五入"),
            "years_between": _("相差年数"),
            "days_between": _("相差天数"),
            "workdays_between": _("相差工作日数"),
            "months_after": _("满若干月之日"),
            "lookup": _("查表"),
            "sum_paid": _("已领金额"),
            "count_paid": _("已领次数"),
            "and": _(" 且 "),
            "or": _(" 或 "),
            "not": _(" 并非 "),
            "in": _(" 属于 "),
            "if": _("，若 "),
            "else": _("，否则 "),
            "None": _("未知"),
            "True": _("是"),
            "False": _("否"),
            "IS_KNOWN": _(" 已知"),
            "IS_UNKNOWN": _(" 未知"),
        }

    def _parameter_label(self, name: str, parameter: Parameter) -> str:
        return parameter.text.of(lang()) if parameter.text else name


def _quoted(fact: str, value: str) -> str:
    """A text in a formula: the label of the choice it names, else itself."""
    shown = choice_label(fact, value, lang()) if fact else value
    return f"“{shown}”"
