"""What the catalogue does when something happens elsewhere."""

from typing import Any

from keshi_web.catalogue.services import take_over_recommended
from keshi_web.schemes.models import SchemeVersion


def on_published(sender: Any, *, version: SchemeVersion, **_more: Any) -> None:
    """The platforms that a notice recommends stand in the directory as soon as it is published."""
    take_over_recommended(version)
