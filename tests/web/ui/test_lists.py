"""The list framework over a real table: what is shown, ordered, counted and exported, and how many queries it takes."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_filters import CharFilter, FilterSet
from django_htmx.middleware import HtmxDetails
from pytest_django import DjangoAssertNumQueries

from keshi_web.ui import export, paging
from keshi_web.ui.lists import BulkAct, Column, Empty, ListPage

pytestmark = pytest.mark.django_db


class GroupFilters(FilterSet):
    ending = CharFilter("name", lookup_expr="endswith", label="结尾")

    class Meta:
        model = Group
        fields: tuple[str, ...] = ()


class Groups(ListPage):
    title = "班组/名单"
    columns = (
        Column("name", "名称", sort="name", link=lambda group: f"/groups/{group.pk}/"),
        Column("size", "人数", kind="number", value=lambda group: len(group.name), sort=("name",)),
        Column("amount", "金额", kind="money", value=lambda group: group.pk * 12_345),
        Column("state", "状态", kind="state", value=lambda group: ("approved", "准予开班")),
        Column("due", "期限", kind="clock", value=lambda group: None),
        Column("hidden", "不导出", value=lambda group: "x", export=False),
    )
    filterset_class = GroupFilters
    search_fields = ("name",)
    order = "name"
    bulk = (BulkAct("批量受理", "/accept/"),)
    empty = Empty("还没有班组", action="新建", url="/new/")

    def queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return Group.objects.exclude(name="秘密")


@pytest.fixture
def groups() -> None:
    Group.objects.bulk_create(Group(name=f"班组{n:03}") for n in range(1, 131))
    Group.objects.create(name="秘密")


def ask(address: str = "", *, htmx: bool = False) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    request = RequestFactory().get(f"/groups/{address}", headers=headers)
    request.actor = None
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    return Groups.as_view()(request)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def downloaded(response: Any) -> BytesIO:
    file = BytesIO(b"".join(response.streaming_content))
    for (
        close
    ) in response._resource_closers:  # not close(): that ends the request, and with it the test's connection
        close()
    return file


def book(file: BytesIO) -> Any:
    return openpyxl.load_workbook(file).active


def test_a_page_costs_two_queries_however_many_rows(
    groups: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for address in ("", "?size=100", "?page=3&sort=-name", "?q=班组&ending=1"):
        with django_assert_num_queries(2):
            assert ask(address).status_code == 200


def test_pages_follow_each_other_without_gap_or_double(groups: None) -> None:
    seen = [
        n for page in range(1, 8) for n in range(1, 131) if f"班组{n:03}</a>" in text(ask(f"?page={page}"))
    ]
    assert seen == list(range(1, 131))


def test_a_page_past_the_end_is_the_last(groups: None) -> None:
    assert "班组130" in text(ask("?page=99"))


@pytest.mark.parametrize(
    "address", ["?page=x", "?page=-1", "?size=7", "?sort=password", "?page=99999999999", "?q=%00"]
)
def test_nonsense_in_the_address_is_as_if_it_were_not_there(groups: None, address: str) -> None:
    body = text(ask(address))
    assert "班组001" in body or "班组130" in body


def test_search_and_filter_narrow_together_and_never_widen(groups: None) -> None:
    body = text(ask("?q=班组+01&ending=5"))
    assert "班组015" in body
    assert "班组016" not in body
    assert "没有符合条件的记录" in text(ask("?q=秘密"))


def test_the_head_says_how_the_table_is_ordered(groups: None) -> None:
    assert text(ask()).count('aria-sort="ascending"') == 1
    descending = text(ask("?sort=-name"))
    assert descending.count('aria-sort="descending"') == 1
    assert descending.index("班组130") < descending.index("班组129")


def test_links_of_the_list_keep_what_was_asked(groups: None) -> None:
    body = text(ask("?q=%E7%8F%AD&sort=-name&page=2"))
    assert "?q=%E7%8F%AD&amp;sort=-name&amp;page=3" in body
    assert "?q=%E7%8F%AD&amp;sort=name&quot;" in body or '?q=%E7%8F%AD&amp;sort=name"' in body


def test_htmx_gets_the_table_alone(groups: None) -> None:
    assert "<html" in text(ask())
    part = text(ask("?sort=-name", htmx=True))
    assert "<html" not in part
    assert "<table" in part
    assert 'name="sort" value="-name"' in part


def test_an_empty_list_names_the_next_thing_to_do() -> None:
    body = text(ask())
    assert "还没有班组" in body
    assert 'href="/new/"' in body
    assert "导出 Excel" not in body


def test_what_a_row_holds_is_text_and_never_markup() -> None:
    Group.objects.create(name="<script>alert(1)</script>")
    assert "<script>alert" not in text(ask())


def test_the_workbook_has_every_filtered_row_in_order(groups: None) -> None:
    response = ask("?export=xlsx&q=%E7%8F%AD&sort=-name&page=3")
    sheet = book(downloaded(response))
    assert sheet.title == "班组 名单"
    rows = list(sheet.values)
    assert rows[0] == ("名称", "人数", "金额", "状态", "期限")
    assert [row[0] for row in rows[1:]] == [f"班组{n:03}" for n in range(130, 0, -1)]
    first = Group.objects.get(name="班组130")
    assert rows[1][1:] == (5, pytest.approx(first.pk * 123.45), "准予开班", None)
    assert "attachment" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://x.example"])
def test_a_cell_of_the_workbook_is_never_a_formula_or_link(hostile: str) -> None:
    Group.objects.create(name=hostile)
    file = downloaded(ask("?export=xlsx"))
    sheet = ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert book(file)["A2"].value == hostile


def test_too_long_an_export_says_so_instead_of_breaking(
    groups: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 100)
    response = ask("?export=xlsx&sort=name")
    assert response.status_code == 302
    assert response.url == "/groups/?sort=name"


def test_counting_stops_at_the_limit_but_paging_goes_on(groups: None) -> None:
    rows = Group.objects.order_by("name")
    page = paging.page_of(rows, 3, 20, counted=50)
    assert (page.count, page.more, page.follows) == (50, True, True)
    assert page.summary == "第 41–60 条，共超过 50 条"
    assert paging.page_of(rows, 6, 20, counted=50).rows[0].name == "班组101"
    assert [(link.number, link.rel) for link in paging.page_of(rows, 1, 100).links] == [
        (1, ""),
        (2, ""),
        (2, "next"),
    ]


def test_a_column_of_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no such kind"):
        Column("x", "x", kind="colour")
