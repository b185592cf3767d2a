"""A server for the guide's pages, and a browser to look at them."""

import os
import shutil
import threading
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Browser, sync_playwright


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session", autouse=True)
def static_root() -> None:
    """Where the server looks for collected files; it warns when there is no such folder."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def site(static_root: None) -> Iterator[str]:
    """Address of the running service. The guide needs no database."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one that KESHI_CHROMIUM names."""
    name = os.environ.get("KESHI_CHROMIUM") or next(
        filter(shutil.which, ("chromium", "chromium-browser")), "chromium"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(name), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def english(client: Client) -> Client:
    """A reader who chose English."""
    client.cookies = SimpleCookie({settings.LANGUAGE_COOKIE_NAME: "en"})
    return client
