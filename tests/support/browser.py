"""The service in a thread of the tests, and Chromium to look at it."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

__all__ = ["chromium"]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def serving(application: Callable[..., Any], **options: Any) -> Iterator[str]:
    """Serve an application in a thread; gives its address."""
    Path(settings.STATIC_ROOT).mkdir(
        parents=True, exist_ok=True
    )  # where files are collected; missing is a warning
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, **options)
    server.daemon_threads = True
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one that KESHI_CHROMIUM names, for the tests of one module.

    Playwright keeps an event loop in the thread of the tests. While it is there Django would take every query for an
    async one, and no other test could run a loop of its own; so it ends with the module.
    """
    name = os.environ.get("KESHI_CHROMIUM") or next(
        filter(shutil.which, ("chromium", "chromium-browser")), "chromium"
    )
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=shutil.which(name), args=list(FLAGS))
        yield browser
        connections.close_all()  # what was opened under Playwright's loop is out of sight once that has ended
        browser.close()
