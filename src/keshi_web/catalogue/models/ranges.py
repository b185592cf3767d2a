"""Ranges for exclusion constraints: a number that overlaps only itself, the day after a day."""

from django.db.models import DateField, Func

from keshi_web.schemes.models import SameText


class SameNumber(SameText):
    """A key as a range that overlaps only itself; exclusion by equality would need a contrib extension."""

    template = "int8range(%(expressions)s, %(expressions)s, '[]')"


class DayAfter(Func):
    """The day after a day."""

    template = "(%(expressions)s + 1)"
    output_field = DateField()
