"""The sample cities, and classes carried to where a test needs them."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from keshi_web.accounts.actor import Actor
from keshi_web.classes import sample as cities
from keshi_web.classes.models import Filing
from keshi_web.classes.services import decisions, review
from support.sample import sample_database, settings_day

__all__ = ["sample_database", "settings_day"]

CITIES = {city.slug: city for city in cities.CITIES}
_serials = cycle(range(500, 960, 20))


@pytest.fixture(scope="module", autouse=True)
def _sample_cities(sample_database: None) -> None:
    """Every test of this folder works in the sample cities."""


@pytest.fixture
def actor(db: None) -> Callable[[str], Actor]:
    """`actor("yingkou-leader")`: a sample person in their role."""
    return cities.actor


@pytest.fixture
def file(db: None) -> Callable[..., Filing]:
    """`file("yingkou", "submitted")`: a class of the city at draft, submitted, returned, endorsed or approved."""

    def make(slug: str, stage: str = "submitted", project: str = "车工在岗培训") -> Filing:
        made = cities.file_class(CITIES[slug], stage, project, serial=next(_serials))
        return Filing.objects.get(pk=made.pk)

    return make


@pytest.fixture
def ready(file: Callable[..., Filing]) -> Callable[..., Filing]:
    """`ready("yingkou")`: a draft in which nothing is missing."""

    def make(slug: str, project: str = "车工在岗培训") -> Filing:
        filing = file(slug, "draft", project)
        cities._fill(filing, CITIES[slug], cities.actor(f"{slug}-jia"), next(_serials))
        return Filing.objects.get(pk=filing.pk)

    return make


class Desk:
    """The people of one class, by what they are to it: they act, and the class is fresh afterwards."""

    def __init__(self, filing: Filing) -> None:
        self.pk = filing.pk
        slug = next(city.slug for city in CITIES.values() if city.scheme == filing.scheme_version.scheme)
        city = CITIES[slug]
        self.provider = cities.actor(f"{slug}-jia")
        self.clerk = cities.actor(f"{slug}-{city.district}-clerk")
        self.section = cities.actor(f"{slug}-{city.district}-section")
        self.leader = cities.actor(f"{slug}-leader")

    @property
    def filing(self) -> Filing:
        """The class as it is now."""
        return Filing.objects.select_related("process__office", "organisation__region").get(pk=self.pk)

    def does(self, who: str, event: str, **given: Any) -> Filing:
        """`desk.does("clerk", "endorse", note="…")`."""
        by = None if who == "system" else getattr(self, who)
        decisions.act(self.filing.process_id, event, by=by, given=given)
        return self.filing

    def judges_everything(self) -> None:
        """The clerk settles every open check."""
        for task in self.filing.tasks.filter(judgement=None):
            if not task.settled:
                review.judge(task.pk, True, by=self.clerk, note="已核对原件")

    @property
    def state(self) -> str:
        """Where the class stands."""
        return self.filing.process.state


@pytest.fixture
def desk(db: None) -> Callable[[Filing], Desk]:
    """`desk(filing)`: who deals with a class."""
    return Desk


@pytest.fixture
def sign_in(db: None) -> Callable[[str], Client]:
    """`sign_in("yingkou-jia")`: a browser of that sample person."""

    def come(username: str, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        client.post(reverse("accounts:sign-in-as-sample"), {"username": username})
        return client

    return come
