"""The sample cities as a running site, and people who use it in Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from browser.person import Visitor
from support.browser import chromium, serving
from support.sample import sample_database, settings_day
from support.service import ROOT, clock, database_url, django_db_setup

__all__ = ["chromium", "clock", "database_url", "django_db_setup", "sample_database", "settings_day"]


FAILED = pytest.StashKey[bool]()
PICTURES = ROOT / ".keshi" / "browser"


@pytest.fixture(scope="module")
def site(sample_database: None, chromium: Browser) -> Iterator[str]:
    """Address of the running service. The browser comes after the database, so that its loop has ended before the
    database is put away."""
    with serving(StaticFilesHandler(get_wsgi_application()), connections_override={}) as address:
        yield address


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Remember a failure, so that what the people saw last is kept as pictures."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, site: str, chromium: Browser, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[..., Visitor]]:
    """`visit("yingkou-jia")`: that sample person, signed in, in a browser of their own."""
    open_ones: list[Visitor] = []

    def come(username: str = "", *, width: int = 1366, language: str = "zh-CN") -> Visitor:
        context = chromium.new_context(
            base_url=site, viewport={"width": width, "height": 900}, locale=language, accept_downloads=True
        )
        context.set_default_timeout(20_000)
        visitor = Visitor(context.new_page())
        open_ones.append(visitor)
        if username:
            visitor.sign_in(username)
        return visitor

    with django_db_blocker.unblock():
        yield come
        if request.node.stash.get(FAILED, False):
            PICTURES.mkdir(parents=True, exist_ok=True)
            for number, visitor in enumerate(open_ones):
                name = "".join(sign if sign.isalnum() else "-" for sign in request.node.name)
                visitor.page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
        faults = [fault for visitor in open_ones for fault in visitor.faults]
        for visitor in open_ones:
            visitor.page.context.close()
    assert not faults, faults
