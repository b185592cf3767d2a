"""Pages of a long list. Counting stops at a limit, so that 100 000 rows cost as little as a thousand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

COUNTED = 10_000
"""Rows counted at most; beyond it the page says "more than"."""
SIZES = (20, 50, 100)
_AROUND = 2


@dataclass(frozen=True)
class Link:
    """One place of the pager: a page, a gap between pages, or (with `rel`) the page before or after."""

    number: int = 0
    current: bool = False
    gap: bool = False
    rel: str = ""


@dataclass(frozen=True)
class Page:
    """One page of rows. `count` is exact up to `COUNTED`, and `COUNTED` with `more` set beyond."""

    rows: Sequence[Any]
    number: int
    size: int
    count: int
    more: bool
    follows: bool
    """Whether a page comes after this one."""

    @property
    def last(self) -> int:
        """Number of the last page that is known."""
        return max(1, -(-self.count // self.size), self.number)

    @property
    def has_other_pages(self) -> bool:
        return self.number > 1 or self.follows

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def summary(self) -> str:
        """What is shown, in a sentence."""
        if not self.rows:
            return _("共 0 条")
        shown = {"first": f"{self.first_row:,}", "last": f"{self.last_row:,}", "count": f"{self.count:,}"}
        if self.more:
            return _("第 %(first)s–%(last)s 条，共超过 %(count)s 条") % shown
        return _("第 %(first)s–%(last)s 条，共 %(count)s 条") % shown

    @property
    def links(self) -> Iterator[Link]:
        """The pager from left to right."""
        if self.number > 1:
            yield Link(self.number - 1, rel="prev")
        near = range(max(1, self.number - _AROUND), min(self.last, self.number + _AROUND) + 1)
        shown = sorted({1, self.last, *near})
        for before, number in zip([0, *shown], shown, strict=False):
            if number - before > 1:
                yield Link(gap=True)
            yield Link(number, current=number == self.number)
        if self.more:
            yield Link(gap=True)
        if self.follows:
            yield Link(self.number + 1, rel="next")


def page_of(rows: QuerySet[Any] | Sequence[Any], number: int, size: int, *, counted: int = COUNTED) -> Page:
    """The page asked for, with two queries at most; a page beyond the end is the last one.

    `rows` must be in a total order, or rows could appear on two pages.
    """
    some = rows[: counted + 1]
    count = some.count() if isinstance(some, QuerySet) else len(some)
    more = count > counted
    count = min(count, counted)
    if not more:
        number = min(number, max(1, -(-count // size)))
    start = (number - 1) * size
    window = list(rows[start : start + size + 1])
    return Page(window[:size], number, size, count, more, follows=len(window) > size)


def page_number(request: HttpRequest) -> int:
    """The page that an address asks for; 1 where it makes no sense."""
    raw = request.GET.get("page", "")
    return max(1, int(raw)) if raw.isascii() and raw.isdigit() and len(raw) < 8 else 1
