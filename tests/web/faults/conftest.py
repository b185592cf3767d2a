"""Sample people in front of the real pages, and what the service holds before and after they did something."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from keshi_web.accounts.models import Assignment, SecurityEvent, SessionRecord, Throttle, User
from keshi_web.classes.models import Filing
from support.sample import on_sample, sample_beside, settings_day

__all__ = ["on_sample", "sample_beside", "settings_day"]

Enter = Callable[..., Client]


@pytest.fixture
def uploads(tmp_path: Path, settings: Settings) -> Path:
    """An empty folder for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def enter(on_sample: None, uploads: Path, db: None) -> Enter:
    """`enter("yingkou-jia", "en")`: a client of that sample person; without a name, of somebody who passes by."""

    def come(username: str = "", language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        if username:
            User.objects.filter(username=username).update(language=language)
            client.post(reverse("accounts:sign-in-as-sample"), {"username": username})
            assert "_auth_user_id" in client.session, username
        return client

    return come


@pytest.fixture
def draft(enter: Enter) -> Filing:
    """The draft of the sample's provider in Yingkou."""
    own = Assignment.objects.get(user__username="yingkou-jia").organisation_id
    return Filing.objects.select_related("process", "organisation").get(
        organisation=own, process__state="draft"
    )


def held(uploads: Path) -> dict[str, int]:
    """How many rows every table has, and how many files lie in the uploads; sign-ins and counted attempts do not."""
    left_out = (Session, SessionRecord, SecurityEvent, Throttle)
    rows = {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if not issubclass(model, left_out) and model._meta.managed and not model._meta.proxy
    }
    return {**rows, "files": sum(path.is_file() for path in uploads.rglob("*"))}


WRONG = re.compile(
    r'<(?P<tag>\w+)[^>]*(?:class="(?:ks-field-error|ks-error-what|ks-alert-title)"|role="(?:alert|status)")[^>]*>'
    r"(.*?)</(?P=tag)>",
    re.S,
)


def said(response: HttpResponse) -> str:
    """What the page says went wrong: at fields, in alerts, as an error page."""
    page = response.content.decode()
    found = (re.sub(r"(?:<[^>]+>|\s)+", " ", one[1]) for one in WRONG.findall(page[page.find("<main") :]))
    return html.unescape(" ".join(found)).strip()
