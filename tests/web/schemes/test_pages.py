"""Every page, asked as the people who use it."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from keshi_web.accounts.models import User
from keshi_web.accounts.roles import Role
from keshi_web.schemes import anchors, queries, services
from keshi_web.schemes.models import RegionalFact, SchemeVersion
from keshi_web.schemes.states import State

from .conftest import LINJIANG
from .test_publication import LATE, zipped


@pytest.fixture
def as_actor(client):
    """`as_actor(actor)`: a browser in which that person is signed in."""

    def signed_in(actor):
        client.logout()
        if actor is not None:
            client.force_login(
                User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend"
            )
        return client

    return signed_in


@pytest.fixture
def two(published, amended, clerk):
    """A published version and a draft of the next with another figure."""
    first = published()
    changed = {**LATE, 'value = "27.5"': 'value = "25.5"'}
    return first, services.import_folder(amended(2, changed), actor=clerk)


PAGES = ("detail", "worked", "compare", "impact", "process", "archive")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("view", PAGES)
def test_the_clerk_opens_every_page(as_actor, clerk, two, view, language):
    User.objects.filter(pk=clerk.user_id).update(language=language)
    for version in two:
        assert as_actor(clerk).get(reverse(f"schemes:{view}", args=[version.pk])).status_code == 200


@pytest.mark.parametrize("view", PAGES)
def test_a_draft_of_another_region_is_a_404(as_actor, person, two, view):
    stranger = person("shaoguan", Role.CLERK, "440200")
    first, second = two
    assert as_actor(stranger).get(reverse(f"schemes:{view}", args=[second.pk])).status_code == 404
    assert as_actor(stranger).get(reverse(f"schemes:{view}", args=[first.pk])).status_code == 200


def test_the_list_shows_state_and_period_and_filters_by_day(as_actor, clerk, two):
    page = as_actor(clerk).get(reverse("schemes:list")).content.decode()
    assert "2021-03-01 至 2021-12-31" in page
    assert 'data-state="published"' in page
    assert 'data-state="draft"' in page
    for query, count in (
        ("day=2021-04-01", 1), ("day=2022-04-01", 0), ("q=临人社发", 2), ("state=draft", 1), ("region=临江区", 2),
        ("region=440200", 0),
    ):  # fmt: skip
        body = as_actor(clerk).get(f"{reverse('schemes:list')}?{query}").content.decode()
        assert body.count('class="ks-start ks-is-text schemes-title"') == count, query


def test_everybody_reads_a_published_notice_and_nobody_a_draft(as_actor, two):
    first, second = two
    page = as_actor(None).get(reverse("schemes:public", args=[first.scheme, first.number]))
    body = page.content.decode()
    assert page.status_code == 200
    clause = anchors.clause_anchor("三(一)")
    assert f'id="{clause}"' in body
    assert f'href="#{clause}"' in body
    assert (
        as_actor(None).get(reverse("schemes:public", args=[second.scheme, second.number])).status_code == 404
    )
    assert "临江市" in as_actor(None).get(reverse("schemes:public-list")).content.decode()
    assert anchors.clause_url(first, "三(一)").endswith(f"/v1/#{clause}")


def test_uploading_in_the_browser_leads_through_to_publication(as_actor, clerk, leader):
    upload = SimpleUploadedFile("linjiang.zip", zipped(), "application/zip")
    answer = as_actor(clerk).post(reverse("schemes:upload"), {"files": [upload]})
    version = SchemeVersion.objects.get()
    assert answer.url == reverse("schemes:process", args=[version.pk])
    assert version.state == State.CHECKED
    as_actor(leader).post(reverse("schemes:approve", args=[version.pk]))
    as_actor(leader).post(reverse("schemes:publish", args=[version.pk]))
    version.refresh_from_db()
    assert version.state == State.PUBLISHED
    assert "临江市" in as_actor(None).get(reverse("schemes:public-list")).content.decode()


def test_problems_of_an_upload_are_listed_with_the_place_marked(as_actor, clerk):
    text = (
        (LINJIANG / "scheme.toml")
        .read_text(encoding="utf-8")
        .replace("trainee.minutes / hour", "trainee.minuten / hour")
    )
    upload = SimpleUploadedFile("scheme.toml", text.encode())
    answer = as_actor(clerk).post(reverse("schemes:upload"), {"files": [upload]})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "<mark>trainee.minuten</mark>" in body
    assert "scheme.toml:" in body
    assert not SchemeVersion.objects.exists()


def test_a_refused_act_says_why(as_actor, clerk, leader, two):
    _first, second = two
    services.check(second.pk, actor=clerk)
    second.refresh_from_db()
    answer = as_actor(leader).post(reverse("schemes:publish", args=[second.pk]), follow=True)
    assert "刷新页面" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        (Role.CLERK, "approve", 403),
        (Role.CLERK, "publish", 403),
        (Role.AUDITOR, "withdraw", 403),
        (Role.BUREAU_LEADER, "check", 403),
        (Role.AUDITOR, "process", 200),
    ],
)
def test_acts_are_open_to_their_roles_only(as_actor, person, two, role, act, status):
    actor = person("somebody", role, "999900")
    client = as_actor(actor)
    url = reverse(f"schemes:{act}", args=[two[0].pk])
    assert (client.get(url) if act == "process" else client.post(url)).status_code == status


def test_the_archive_can_be_uploaded_again_unchanged(as_actor, clerk, two):
    first, _second = two
    raw = as_actor(clerk).get(reverse("schemes:archive", args=[first.pk])).content
    assert "linjiang-2021/scheme.toml" in zipfile.ZipFile(io.BytesIO(raw)).namelist()
    assert services.upload([("a.zip", raw)], actor=clerk) == first
    file = as_actor(clerk).get(reverse("schemes:file", args=[first.pk, "cases/tiers.toml"]))
    assert file.content == (LINJIANG / "cases" / "tiers.toml").read_bytes()
    assert as_actor(clerk).get(reverse("schemes:file", args=[first.pk, "../settings.py"])).status_code == 404


def test_the_comparison_shows_old_and_new_in_words(as_actor, clerk, two):
    body = as_actor(clerk).get(reverse("schemes:compare", args=[two[1].pk])).content.decode()
    assert "27.5元/课时" in body
    assert "25.5元/课时" in body
    assert as_actor(clerk).get(reverse("schemes:compare", args=[two[1].pk]) + "?with=x").status_code == 404


def test_a_fact_is_declared_and_approved_in_the_browser(as_actor, clerk, leader, regions):
    paper = SimpleUploadedFile("决定.pdf", _pdf(), "application/pdf")
    sent = {
        "name": "epidemic_ended_on", "value": "2020-03-08", "document_number": "临防指〔2020〕1号",
        "declared_on": "2020-03-09", "document": paper,
    }  # fmt: skip
    answer = as_actor(clerk).post(reverse("schemes:fact-declare"), sent)
    assert answer.status_code == 302, answer.content.decode()
    row = RegionalFact.objects.get()
    assert as_actor(clerk).get(reverse("schemes:fact-document", args=[row.pk])).status_code == 200
    assert "待批准" in as_actor(leader).get(reverse("schemes:facts")).content.decode()
    as_actor(leader).post(reverse("schemes:fact-approve", args=[row.pk]))
    assert queries.facts_for(regions["999901"].path) == {"epidemic_ended_on": date(2020, 3, 8)}


def test_a_fact_of_the_wrong_type_is_refused_in_words(as_actor, clerk):
    sent = {"name": "epidemic_ended_on", "value": "下周", "document_number": "1", "declared_on": "2020-03-09"}
    answer = as_actor(clerk).post(reverse("schemes:fact-declare"), sent)
    assert answer.status_code == 422
    assert "类型不符" in answer.content.decode()


def test_the_own_upload_offers_no_approval(as_actor, clerk, two):
    _first, second = two
    services.check(second.pk, actor=clerk)
    body = as_actor(clerk).get(reverse("schemes:process", args=[second.pk])).content.decode()
    assert reverse("schemes:approve", args=[second.pk]) not in body
    assert replace(clerk).user_id == second.imported_by_id


def _pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
