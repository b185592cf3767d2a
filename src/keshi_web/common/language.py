"""The language of the person being answered, as the library names it."""

from typing import Literal

from django.utils.translation import get_language


def lang() -> Literal["zh", "en"]:
    """zh or en; Chinese where nothing is chosen."""
    return "en" if (get_language() or "").startswith("en") else "zh"
