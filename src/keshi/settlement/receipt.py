"""The receipt: a digest over scheme, engine, facts, findings, steps and result. Running again gives the same."""

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from keshi import __version__
from keshi.case import Case
from keshi.settlement.result import Result

ENGINE = f"keshi/{__version__}"


def _plain(value: Any) -> str:
    """Fractions; everything else that a case can hold has a JSON form of its own."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise NotImplementedError


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Without facts that are null: a case may as well leave them out."""
    return {name: value for name, value in facts.items() if value is not None}


_ENCODER = msgspec.json.Encoder(enc_hook=_plain, order="sorted", decimal_format="string")


def receipt_of(case: Case, result: Result) -> str:
    """`sha256:…` over everything that decided the result, in a canonical JSON that no language setting changes."""
    digest = hashlib.sha256()
    head = {
        "scheme": result.scheme,
        "scheme_digest": result.scheme_digest,
        "engine": result.engine,
        "item": result.item,
        "as_of": result.as_of,
        "facts": _given(case.facts),
        "tables": case.tables,
        "judgements": case.judgements,
        "findings": [(f.rule, f.outcome, f.needs) for f in result.findings],
    }
    digest.update(_ENCODER.encode(head))
    for trainee, outcome in zip(case.trainees, result.trainees, strict=True):
        line = (
            _given(trainee.facts),
            trainee.history,
            outcome.eligible,
            outcome.class_hours,
            outcome.amount,
            outcome.advance,
            [(f.rule, f.outcome, f.needs) for f in outcome.findings],
            [(step.kind.name, step.value) for step in outcome.steps],
        )
        digest.update(b"\n")
        digest.update(_ENCODER.encode(line))
    return f"sha256:{digest.hexdigest()}"
