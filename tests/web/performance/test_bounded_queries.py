"""How often a page asks the database does not depend on how much there is."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from keshi_web.classes.models import Filing
from keshi_web.classes.sample import actor
from keshi_web.common import clock

pytestmark = [pytest.mark.usefixtures("sample_database"), pytest.mark.django_db]
LISTS = {
    "work queue": ("workflow:queue", {}),
    "under way": ("workflow:open", {"scope": "below"}),
    "done": ("workflow:done", {}),
    "filings": ("classes:filings", {"size": "100"}),
    "filings, filtered": ("classes:filings", {"state": "submitted", "sort": "project"}),
    "filings, searched": ("classes:filings", {"q": "培训"}),
    "organisations": ("organisations:list", {"size": "100"}),
    "organisations, searched": ("organisations:list", {"q": "测试"}),
}
MOST = 25


def asked(client: Client, url: str, query: dict[str, str]) -> int:
    client.get(url, query)  # what is kept between requests is there now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url, query).status_code == 200
    return len(captured)


@pytest.fixture
def leader() -> Client:
    client = Client()
    client.post(reverse("accounts:sign-in-as-sample"), {"username": "yingkou-leader"})
    return client


def test_lists_and_queue_ask_as_often_with_many_rows_as_with_few(leader: Client) -> None:
    few = {name: asked(leader, reverse(page), query) for name, (page, query) in LISTS.items()}
    with clock.standing_on(date(2020, 12, 1)):
        call_command("generate", filings=400, organisations=100, trainees=300, processes=1, verbosity=0)
    many = {name: asked(leader, reverse(page), query) for name, (page, query) in LISTS.items()}
    # The first row of a kind may cost a query of its own (its clocks, its scheme); a second row never.
    assert {name: number for name, number in many.items() if number > few[name] + 2} == {}
    assert max(many.values()) <= MOST


def test_a_filing_with_many_people_asks_no_more_than_one_with_few(leader: Client) -> None:
    filing = Filing.objects.filter(
        process__state="submitted", process__path__startswith=actor("yingkou-leader").office.path
    )[0]
    pages = [reverse(name, args=[filing.process.number]) for name in ("classes:filing", "classes:people")]
    few = [asked(leader, page, {}) for page in pages]
    others = [row for other in Filing.objects.exclude(pk=filing.pk) for row in other.enrolments.all()]
    there = set(filing.enrolments.values_list("person_id", flat=True))
    for number, row in enumerate(row for row in others if row.person_id not in there):
        if row.person_id not in there:
            there.add(row.person_id)
            row.pk, row.filing, row.number = None, filing, 1000 + number
            row.save()
    assert filing.enrolments.count() > 50
    assert [asked(leader, page, {}) for page in pages] == few
    assert max(few) <= MOST
