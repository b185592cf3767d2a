"""Labels of the library's choices in the reader's language, for filters and cells."""

from keshi.vocabulary import vocabulary
from keshi_web.common.language import lang


def choices(fact: str) -> list[tuple[str, str]]:
    """The choices of a fact, by value and label."""
    return [(key, getattr(label, lang())) for key, label in (vocabulary()[fact].values or {}).items()]


def training_types() -> list[tuple[str, str]]:
    """Every training type."""
    return choices("class.training_type")


def label(fact: str, value: str) -> str:
    """The label of one choice; the value itself where there is none."""
    return dict(choices(fact)).get(value, value)
