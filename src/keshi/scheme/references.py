"""Ids and choices in a scheme file that must point at something."""

from collections.abc import Iterable, Sequence
from typing import Any

from keshi.scheme.common import common
from keshi.scheme.symbols import Report
from keshi.vocabulary import vocabulary


def check_references(report: Report) -> None:
    """Ids that point at nothing (items, forms, clocks, common limits), stand twice, or are no choice."""
    file = report.file
    items = {item.id for item in file.items}
    forms = {form.id for form in file.forms}
    clocks = {clock.id for clock in file.clocks}
    shared: list[tuple[str, Sequence[Any]]] = [
        (key, getattr(file, key))
        for key in ("requirements", "limits", "sequences", "exclusions", "materials")
    ]
    for key, rules in shared:
        for index, rule in enumerate(rules):
            for unknown in sorted(set(rule.items) - items):
                report.refuse("scheme-no-such-item", f"{key}[{index}]", item=unknown)
    for index, item in enumerate(file.items):
        for unknown in sorted(set(item.part_of) - items):
            report.refuse("scheme-no-such-item", f"items[{index}]", item=unknown)
        _choices(report, "class.training_type", item.training_types, f"items[{index}]")
        for place, exclusion in enumerate(item.exclusions):
            at = f"items[{index}].exclusions[{place}].subsidy"
            _choices(report, "trainee.other_subsidies", [exclusion.subsidy], at)
    for index, exclusion in enumerate(file.exclusions):
        _choices(report, "trainee.other_subsidies", [exclusion.subsidy], f"exclusions[{index}].subsidy")
    for key in ("forms", "clocks", "steps", "materials", "evaluations", "returns"):
        ids = [part.id for part in getattr(file, key)]
        for index, rule in enumerate(ids):
            if rule in ids[:index]:
                report.refuse("scheme-id-twice", f"{key}[{index}].id", rule=rule)
    known = {limit.id for limit in common()[0]}
    for unknown in sorted(set(file.without_common) - known):
        report.refuse("scheme-no-such-limit", "without_common", limit=unknown, known=", ".join(sorted(known)))
    for index, material in enumerate(file.materials):
        if material.form is not None and material.form not in forms:
            report.refuse("scheme-no-such-form", f"materials[{index}]", form=material.form)
    for index, step in enumerate(file.steps):
        if step.clock is not None and step.clock not in clocks:
            report.refuse("scheme-no-such-clock", f"steps[{index}]", clock=step.clock)
    for index, evaluation in enumerate(file.evaluations):
        if evaluation.form is not None and evaluation.form not in forms:
            report.refuse("scheme-no-such-form", f"evaluations[{index}]", form=evaluation.form)
        if evaluation.clock is not None and evaluation.clock not in clocks:
            report.refuse("scheme-no-such-clock", f"evaluations[{index}]", clock=evaluation.clock)


def _choices(report: Report, fact: str, written: Iterable[str], path: str) -> None:
    """A misspelt value of a choice would match nobody, silently."""
    choices = vocabulary()[fact].values or {}
    for value in written:
        if value not in choices:
            report.refuse("formula-no-such-choice", path, value=value, choices=", ".join(sorted(choices)))
