"""A result as the JSON structure that programs rely on, its texts in one language."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from keshi.expression.types import Value
from keshi.messages import Lang
from keshi.money import fen_to_yuan
from keshi.settlement.result import Finding, Result, Step, TraineeResult


def result_structure(result: Result, lang: Lang = "zh") -> dict[str, Any]:
    """The result with amounts as yuan texts of two decimals, hours as integers, steps' values as texts."""
    return {
        "scheme": result.scheme,
        "scheme_digest": result.scheme_digest,
        "engine": result.engine,
        "item": result.item,
        "as_of": result.as_of,
        "findings": [finding_structure(finding, lang) for finding in result.findings],
        "trainees": [trainee_structure(trainee, lang) for trainee in result.trainees],
        "totals": {
            "trainees": len(result.trainees),
            "eligible": sum(trainee.eligible for trainee in result.trainees),
            "amount": fen_to_yuan(result.amount),
            "advance": fen_to_yuan(result.advance),
            "payable": fen_to_yuan(result.payable),
        },
        "receipt": result.receipt,
    }


def finding_structure(finding: Finding, lang: Lang) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "outcome": finding.outcome,
        "clause": finding.clause,
        "text": finding.text.of(lang),
        "needs": list(finding.needs),
    }


def trainee_structure(trainee: TraineeResult, lang: Lang) -> dict[str, Any]:
    return {
        "id_number": trainee.id_number,
        "eligible": trainee.eligible,
        "class_hours": trainee.class_hours,
        "amount": fen_to_yuan(trainee.amount),
        "findings": [finding_structure(finding, lang) for finding in trainee.findings],
        "steps": [step_structure(step, lang) for step in trainee.steps],
    }


def step_structure(step: Step, lang: Lang) -> dict[str, Any]:
    kind = step.kind
    return {
        "name": kind.name,
        "label": kind.label.of(lang),
        "formula": kind.formula,
        "value": value_text(step.value, kind.unit),
        "unit": kind.unit,
        "clause": kind.clause,
    }


def lowering_steps(person: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The limits among a person's steps (their JSON structure) that lowered the amount."""
    names = [step["name"] for step in person["steps"]]
    if "amount" not in names:
        return []
    after = person["steps"][names.index("amount") :]
    return [step for before, step in pairwise(after) if step["value"] != before["value"]]


def value_text(value: Value, unit: str = "") -> str | None:
    """A value as text: yuan with two decimals where that is exact, other numbers exactly, None where unknown."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return number_text(value, 2 if unit == "yuan" else 0)
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(value)
    return value


def number_text(value: int | Fraction, least_decimals: int = 0) -> str:
    """An exact decimal where there is one of at most six places, otherwise the fraction itself, as 2600/3."""
    exact = Fraction(value)
    scaled = exact * 10**6
    if scaled.denominator != 1:
        return f"{exact.numerator}/{exact.denominator}"
    digits = f"{abs(scaled.numerator):07d}"
    whole, decimals = digits[:-6], digits[-6:].rstrip("0").ljust(least_decimals, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
