"""The check list of an evaluation: the notice's lines, the form's blanks, who judged what at which level."""

from keshi.scheme import Scheme
from keshi.scheme.model import Check, Form
from keshi.scheme.model import Evaluation as EvaluationRule
from keshi_web.catalogue.models import Evaluation
from keshi_web.common.language import lang

BY_APPLICANT = frozenset({"text", "number", "choice", "table"})
"""Kinds of blanks that an applicant fills in; signatures, seals and opinions come later or on paper."""


def rule_of(evaluation: Evaluation) -> EvaluationRule:
    """The evaluation's rule in its notice."""
    return next(rule for rule in evaluation.scheme.file.evaluations if rule.id == evaluation.rule)


def form_of(scheme: Scheme, rule: EvaluationRule) -> Form | None:
    """The form on which the applicant applies."""
    return next((form for form in scheme.file.forms if form.id == rule.form), None)


def current_level(evaluation: Evaluation) -> str:
    """The level (district, city, evaluation-centre …) at which the evaluation is."""
    levels = rule_of(evaluation).levels
    return levels[min(evaluation.process.position, len(levels) - 1)]


def unjudged(evaluation: Evaluation) -> list[Check]:
    """Lines of the check list that nobody judged yet at the current level."""
    done = set(evaluation.checks.filter(level=current_level(evaluation)).values_list("check_id", flat=True))
    return [check for check in rule_of(evaluation).checks if check.id not in done]


def open_points(evaluation: Evaluation) -> list[str]:
    """Labels of the form's blanks that the applicant still has to fill in.

    Blanks that the vocabulary fills (`fact`) come from the record; check boxes may stay empty.
    """
    form = form_of(evaluation.scheme, rule_of(evaluation))
    if form is None:
        return []
    return [
        getattr(field.label, lang())
        for field in form.fields
        if field.kind in BY_APPLICANT and field.fact is None and not evaluation.form.get(field.id)
    ]
