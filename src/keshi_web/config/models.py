"""Tables that the database keeps from several apps' tables; they live above all of these."""

from keshi_web.classes.lines import FilingLine

__all__ = ["FilingLine"]
