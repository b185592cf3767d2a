"""Saving a row so that a refusal of a field or of the database is a sentence, and no person's number is kept in texts.

A model may say of itself: `codes`, its columns that hold codes with a check of their own and are no texts; `taken`, the
sentence for each unique column whose value another row has.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from keshi_web.common.errors import Invalid
from keshi_web.common.personal_numbers import refuse_in


def save(row: models.Model, **options: Any) -> None:
    """Save a row; what a field or a constraint refuses is said in its own words.

    Raises:
        Invalid: with the sentence of the field or of the constraint.
    """
    codes = getattr(row, "codes", ())
    for field in row._meta.fields:
        if (
            isinstance(field, models.CharField | models.TextField)
            and field.name not in codes
            and not field.choices
        ):
            refuse_in(getattr(row, field.attname) or "")
    # Relations are checked by the database; a column that may be null may be left empty.
    unchecked = [
        field.name
        for field in row._meta.fields
        if field.is_relation or (field.null and getattr(row, field.attname) is None)
    ]
    try:
        row.clean_fields(exclude=unchecked)
        with transaction.atomic():
            row.save(**options)
    except ValidationError as error:
        labels = {field.name: field.verbose_name for field in row._meta.fields}
        said = [f"{labels[name]}：{'；'.join(texts)}" for name, texts in error.message_dict.items()]
        raise Invalid("；".join(said)) from None
    except IntegrityError as error:
        raise Invalid(refusal_of(row, error)) from error


def refusal_of(row: models.Model, error: IntegrityError) -> str:
    """The sentence of the constraint that refused a row; the error itself where none says anything."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    for constraint in row._meta.constraints:
        if constraint.name == name and constraint.violation_error_message:
            return str(constraint.violation_error_message)
    taken: Mapping[str, object] = getattr(row, "taken", {})
    for column, sentence in taken.items():
        if name.startswith(f"{row._meta.db_table}_{column}_"):
            return str(sentence)
    raise error
