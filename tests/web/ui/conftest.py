"""A server for the guide's pages, and a browser to look at them."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client

from support.browser import chromium, serving

__all__ = ["chromium"]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the running service. The guide needs no database."""
    with serving(get_wsgi_application()) as address:
        yield address


@pytest.fixture
def english(client: Client) -> Client:
    """A reader who chose English."""
    client.cookies = SimpleCookie({settings.LANGUAGE_COOKIE_NAME: "en"})
    return client
