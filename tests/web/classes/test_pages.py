"""Pages of class filing: foreign cases are not there, queries do not grow with what a page shows, acts are bounded."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keshi_web.classes.completeness import form_of, materials_of
from keshi_web.classes.models import Filing
from keshi_web.classes.services import roster, storing
from keshi_web.common import clock
from keshi_web.people.models import AccessLog, PersonExport
from keshi_web.people.services.reading import unseal_people
from keshi_web.workflow.models import Process

from .conftest import CITIES, Desk
from .rosters import pasted, rows

Make = Callable[..., Filing]
SignIn = Callable[..., Client]
ADDRESSES = (
    "",
    "people/",
    "plan/",
    "syllabus/",
    "roster/",
    "materials/",
    "check/",
    "amend/",
    "roster/template.xlsx",
)


@pytest.mark.parametrize("stranger", ["yingkou-jia", "shaoguan-yi", "yingkou-210802-clerk", "yingkou-leader"])
def test_a_foreign_class_is_not_there(file: Make, sign_in: SignIn, stranger: str) -> None:
    number = file("shaoguan", "approved").process.number
    client = sign_in(stranger)
    for address in ADDRESSES:
        assert client.get(f"/classes/{number}/{address}").status_code in (403, 404), address
    assert client.post(f"/classes/{number}/people/export/", {"fields_wanted": "name"}).status_code == 404


def test_a_draft_is_not_there_for_the_bureau(file: Make, sign_in: SignIn) -> None:
    number = file("shaoguan", "draft").process.number
    assert sign_in("shaoguan-440203-clerk").get(f"/classes/{number}/").status_code == 404


def queries(client: Client, address: str) -> int:
    """How many a page makes, once everything that is kept in memory is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


@pytest.mark.parametrize(
    ("username", "address", "most"),
    [
        ("shaoguan-jia", "", 45),
        ("shaoguan-jia", "people/", 25),
        ("shaoguan-jia", "roster/", 30),
        ("shaoguan-jia", "check/", 60),
        ("shaoguan-jia", "plan/", 45),
        ("shaoguan-440203-clerk", "", 55),
    ],
)
def test_queries_are_bounded_and_do_not_grow_with_the_roster(
    file: Make, sign_in: SignIn, username: str, address: str, most: int
) -> None:
    people = Desk(file("shaoguan", "returned"))
    client, path = sign_in(username), f"/classes/{people.filing.process.number}/{address}"
    before = queries(client, path)
    made = roster.paste(people.pk, pasted(rows(300)), by=people.provider)
    storing.store_import(made.pk, by=people.provider)
    after = queries(client, path)
    assert after <= before + 2, (before, after)  # one more line on the timeline, and the pager's count
    assert after <= most


def test_the_list_makes_as_many_queries_for_many_classes_as_for_few(file: Make, sign_in: SignIn) -> None:
    client = sign_in("shaoguan-440203-clerk")
    before = queries(client, "/classes/")
    for _place in range(5):
        file("shaoguan", "submitted")
    assert queries(client, "/classes/") <= before


@pytest.mark.parametrize("slug", CITIES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_every_city_is_shown_in_both_languages(
    file: Make, sign_in: SignIn, slug: str, language: str
) -> None:
    number = file(slug, "returned").process.number
    client = sign_in(f"{slug}-jia", language)
    for address in ("", "people/", "plan/", "syllabus/", "roster/", "materials/", "check/"):
        assert client.get(f"/classes/{number}/{address}").status_code == 200, address


def test_a_reader_opens_one_person_for_this_class_and_it_is_logged(file: Make, sign_in: SignIn) -> None:
    filing = file("shaoguan", "submitted")
    row = filing.enrolments.select_related("person")[0]
    number = unseal_people([row.person], ["id_number"])[row.person_id]["id_number"]
    client = sign_in("shaoguan-440203-clerk")
    page = client.get(f"/classes/{filing.process.number}/people/").content.decode()
    assert f"/people/{row.person_id}/reveal/" in page
    assert str(number) not in page
    case = f"filing:{filing.process.number}"
    opened = client.post(
        f"/people/{row.person_id}/reveal/",
        {"fields_wanted": ["name", "id_number"], "purpose": "filing", "case": case},
    )
    assert str(number) in opened.content.decode()
    assert AccessLog.objects.filter(case=case, person=row.person).count() == 1


def test_an_export_is_asked_for_and_waits_for_a_second_person(file: Make, sign_in: SignIn) -> None:
    filing = file("shaoguan", "submitted")
    client = sign_in("shaoguan-440203-clerk")
    answer = client.post(
        f"/classes/{filing.process.number}/people/export/", {"fields_wanted": ["name", "id_number"]}
    )
    assert answer.headers["Location"] == "/people/exports/"
    made = PersonExport.objects.latest("asked_at" if hasattr(PersonExport, "asked_at") else "pk")
    assert len(made.people) == filing.head_count
    assert made.state == PersonExport.State.ASKED


def test_equal_small_lines_of_the_timeline_are_told_as_one(file: Make, sign_in: SignIn) -> None:
    filing = file("shaoguan", "submitted")
    page = sign_in("shaoguan-jia").get(f"/classes/{filing.process.number}/").content.decode()
    assert page.count("增加一名学员") == 1
    assert "增加一名学员，12 次" in page


def test_a_row_is_mended_on_the_page(file: Make, sign_in: SignIn) -> None:
    people = Desk(file("shaoguan", "draft"))
    first, second = rows(2)
    client = sign_in("shaoguan-jia")
    number = people.filing.process.number
    text = pasted([first, (*second[:3], "亲戚")])
    answer = client.post(f"/classes/{number}/roster/paste/", {"text": text}, follow=True)
    page = answer.content.decode()
    assert "1 行有误" in page
    assert second[1] not in page  # the preview shows masks
    made = people.filing.imports.get()
    client.post(f"/classes/{number}/roster/imports/{made.pk}/rows/0/", {"fact:relation": "contract"})
    client.post(f"/classes/{number}/roster/imports/{made.pk}/store/")
    assert people.filing.head_count == 2


def test_a_clerk_notes_that_a_paper_original_came_and_a_provider_cannot(file: Make, sign_in: SignIn) -> None:
    filing = file("shaoguan", "draft")
    Filing.objects.filter(pk=filing.pk).update(channel="post", received_on=date(2020, 4, 17))
    material = next(
        one for one in materials_of(filing, filing.scheme) if form_of(filing.scheme, one.form) is None
    )
    address = f"/classes/{filing.process.number}/materials/{material.id}/add/"
    answer = sign_in("shaoguan-jia").post(address, {"on_paper": "on"})
    assert answer.status_code == 422
    Process.objects.filter(pk=filing.process_id).update(received_at=clock.now())
    clerk = sign_in("shaoguan-440203-clerk")
    assert clerk.post(address, {"on_paper": "on"}).status_code == 302
    page = clerk.get(f"/classes/{filing.process.number}/materials/").content.decode()
    assert "已收纸质件" in page
    assert "书面承诺" in page
