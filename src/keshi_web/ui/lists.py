"""Lists as a declaration: columns, filters, order, search, pages, export and acts on several rows.

    class Filings(ListPage):
        title = _("开班备案列表")
        columns = (
            Column("number", _("备案号"), link=lambda filing: filing.get_absolute_url(), sort="number"),
            Column("people", _("人数"), kind="number", sort="people"),
            Column("due", _("办结期限"), kind="clock", value=lambda filing: filing.due_on, sort="due_on"),
        )
        filterset_class = FilingFilters
        search_fields = ("number", "provider__name")
        order = "-received_at"

        def queryset(self, request):
            return filings_for(request.actor).select_related("provider")

`queryset` decides what the reader may see; everything else narrows it. Works without JavaScript; with htmx only the
table is exchanged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View
from django_filters import FilterSet

from keshi_web.ui import dates, marks, paging
from keshi_web.ui.export import workbook_response
from keshi_web.ui.templatetags.ui import money_fen

Row: TypeAlias = Any
Text: TypeAlias = str | Promise
KINDS = ("text", "number", "money", "day", "moment", "state", "clock")
_RIGHT = frozenset({"number", "money"})
SEARCH_LENGTH = 100


@dataclass(frozen=True)
class Column:
    """One column.

    `value` is what the row has to show: an attribute path ("provider.name"; the key where left out) or a function of
    the row. `kind` says how it is shown and exported: text, number, money (whole fen), day, moment, state (a badge;
    the value is a state or a pair state, label) or clock (a due date; `clock` may give left, paused, done by name).
    `template` shows the cell by a template with `row` and `value`. `sort` names the fields to order by, `link` is the
    address of a row, `export` another value for the workbook (False: not exported).
    """

    key: str
    label: Text
    value: str | Callable[[Row], Any] = ""
    kind: str = "text"
    sort: str | tuple[str, ...] = ()
    link: Callable[[Row], str] | None = None
    template: str = ""
    clock: Callable[[Row], Mapping[str, Any]] | None = None
    export: Callable[[Row], Any] | bool = True
    align: str = ""
    css: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: no such kind {self.kind!r}")

    @property
    def alignment(self) -> str:
        """start, center or end."""
        return self.align or ("end" if self.kind in _RIGHT else "start")

    @property
    def order_fields(self) -> tuple[str, ...]:
        """Fields to order by, none where the column cannot be sorted."""
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    @property
    def opening(self) -> SafeString:
        """The opening tag of the column's cells; on a phone the label stands before each."""
        return format_html(
            '<td data-label="{}" class="ks-{} ks-is-{} {}">', self.label, self.alignment, self.kind, self.css
        )

    def of(self, row: Row) -> Any:
        """What the row has in this column."""
        if callable(self.value):
            return self.value(row)
        found = row
        for step in (self.value or self.key).split("."):
            found = found.get(step) if isinstance(found, Mapping) else getattr(found, step, None)
            if found is None:
                return None
        return found() if callable(found) else found

    def cell(self, row: Row, request: HttpRequest) -> str | SafeString:
        """The cell as it is shown."""
        value = self.of(row)
        if self.template:
            # The request goes in by hand: context processors would run anew for every cell.
            return render_to_string(self.template, {"row": row, "value": value, "request": request})
        shown = self._shown(row, value)
        if self.link and (url := self.link(row)):
            return format_html('<a href="{}">{}</a>', url, shown)
        return shown

    def _shown(self, row: Row, value: Any) -> str | SafeString:
        if self.kind == "clock":
            return marks.clock(value, **(self.clock(row) if self.clock else {}))
        if value is None or value == "":
            return SafeString('<span class="ks-none">—</span>')
        if self.kind == "state":
            return marks.state_badge(*value) if isinstance(value, tuple) else marks.state_badge(value)
        if self.kind in _PLAIN:
            return _PLAIN[self.kind](value)
        return value if isinstance(value, SafeString) else str(value)

    def exported(self, row: Row) -> Any:
        """The value for the workbook: text, number, day, moment, or whole fen for money."""
        if callable(self.export):
            return self.export(row)
        value = self.of(row)
        if self.kind == "state":
            state = value[1] if isinstance(value, tuple) else getattr(value, "label", value)
            return str(state)
        return value


_PLAIN: Mapping[str, Callable[[Any], str]] = {
    "number": lambda value: f"{value:,}",
    "money": money_fen,
    "day": dates.day_text,
    "moment": dates.moment_text,
}


@dataclass(frozen=True)
class BulkAct:
    """An act on the rows ticked: their ids are posted as `ids` to `url`, which shows a result per row."""

    label: Text
    url: str
    icon: str = "checks"
    kind: str = "primary"


@dataclass(frozen=True)
class Empty:
    """What stands in place of an empty list: a sentence and the next thing to do."""

    title: Text
    text: Text = ""
    action: Text = ""
    url: str = ""
    icon: str = "inbox"


@dataclass(frozen=True)
class Header:
    """A column's head: which way it is ordered now, and what the next click asks for."""

    column: Column
    direction: str = ""
    next: str = ""


@dataclass
class Query:
    """What the reader asked for in the address: page, size, order, text."""

    page: int
    size: int
    sort: str
    text: str
    filters: FilterSet | None = field(default=None)


class ListPage(View):
    """A list; see the module's example. Override `queryset`, and `context` for more around the table."""

    title: ClassVar[Text] = ""
    caption: ClassVar[Text] = ""
    columns: ClassVar[Sequence[Column]] = ()
    filterset_class: ClassVar[type[FilterSet] | None] = None
    search_fields: ClassVar[Sequence[str]] = ()
    search_label: ClassVar[Text] = _("关键字")
    search_hint: ClassVar[Text] = ""
    order: ClassVar[str] = "-pk"
    """How the list is ordered at first: a field, or a column's key; with "-" from the end."""
    bulk: ClassVar[Sequence[BulkAct]] = ()
    empty: ClassVar[Empty] = Empty(_("还没有记录"))
    row_template: ClassVar[str] = ""
    """Template of the last cell, the acts of a row, with `row`."""
    exportable: ClassVar[bool] = True
    sizes: ClassVar[Sequence[int]] = paging.SIZES
    template_name: ClassVar[str] = "ui/list.html"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]

    def queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows the reader may see, with everything joined that the columns show."""
        raise NotImplementedError

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """More for the template."""
        return {}

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Rows that have every word of the text in one of `search_fields`."""
        for word in text.split():
            rows = rows.filter(
                Q.create([(f"{name}__icontains", word) for name in self.search_fields], connector=Q.OR)
            )
        return rows

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, its table alone for htmx, or the workbook (`?export=xlsx`)."""
        query = self.parse(request)
        rows = self.select(request, query)
        if self.exportable and request.GET.get("export") == "xlsx":
            exported = [column for column in self.columns if column.export is not False]
            return workbook_response(str(self.title), exported, rows, request)
        page = paging.page_of(rows, query.page, query.size)
        htmx = getattr(request, "htmx", None)
        partial = htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request
        context = {
            "list": self,
            "page": page,
            "query": query,
            "headers": [self._header(column, query.sort) for column in self.columns],
            "body": self._body(page.rows, request),
            "form": query.filters.form if query.filters is not None else None,
            "filtered": any(
                request.GET.get(name) for name in request.GET if name not in {"page", "size", "sort"}
            ),
            "partial": partial,
            **self.context(request),
        }
        response = render(request, "ui/_list_table.html" if partial else self.template_name, context)
        response.headers["Vary"] = "HX-Request, Cookie"
        return response

    def parse(self, request: HttpRequest) -> Query:
        """Reads the address; what makes no sense there is as if it were not there."""
        page, size = (_whole(request.GET.get(name, "")) for name in ("page", "size"))
        sort = request.GET.get("sort", "")
        keys = {column.key for column in self.columns if column.order_fields}
        return Query(
            page=min(max(page, 1), 1_000_000),
            size=size if size in self.sizes else self.sizes[0],
            sort=sort if sort.removeprefix("-") in keys else self.order,
            text=request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_LENGTH],
        )

    def select(self, request: HttpRequest, query: Query) -> QuerySet[Any]:
        """The rows asked for, in order; a filter with a fault narrows nothing and shows its fault."""
        rows = self.queryset(request)
        if self.filterset_class is not None:
            query.filters = self.filterset_class(request.GET, queryset=rows, request=request)
            if query.filters.form.is_valid():
                rows = query.filters.qs
        if query.text and self.search_fields:
            rows = self.search(rows, query.text)
        return rows.order_by(*self._ordering(query.sort, rows))

    def _body(self, rows: Sequence[Row], request: HttpRequest) -> list[tuple[Row, list[SafeString]]]:
        openings = [column.opening for column in self.columns]
        return [
            (
                row,
                [
                    marks.cell(tag, c.cell(row, request))
                    for tag, c in zip(openings, self.columns, strict=True)
                ],
            )
            for row in rows
        ]

    def _ordering(self, sort: str, rows: QuerySet[Any]) -> list[str]:
        name, down = sort.removeprefix("-"), sort.startswith("-")
        fields = next((c.order_fields for c in self.columns if c.key == name and c.order_fields), (name,))
        ordering = [_turned(one) if down else one for one in fields]
        # The key last makes the order total, or a row could stand on two pages.
        if not any(_is_key(one, rows) for one in ordering):
            ordering.append("-pk" if down else "pk")
        return ordering

    def _header(self, column: Column, sort: str) -> Header:
        if not column.order_fields:
            return Header(column)
        name, down = sort.removeprefix("-"), sort.startswith("-")
        if name != column.key:
            return Header(column, "", column.key)
        return Header(column, "descending" if down else "ascending", column.key if down else f"-{column.key}")


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _is_key(name: str, rows: QuerySet[Any]) -> bool:
    name = name.removeprefix("-")
    if name in {"pk", "id"}:
        return True
    try:
        found = rows.model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return bool(getattr(found, "unique", False))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
