"""Every page as its readers meet it: at the desk and on a phone, in both languages."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.db import connection
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker

from browser.person import Visitor
from browser.places import ANSWERS, PAGES, ROSTER, prepare
from keshi.sme import INDUSTRIES
from support.service import ROOT

DESK, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
HAN = re.compile(r"[\u3400-\u9fff]+")
ENTRY = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)', re.MULTILINE)
TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (node.data.trim() && !node.parentElement.closest('[lang^=zh], script, style, template, textarea'))
      found.push(node.data.trim());
  for (const name of ['placeholder', 'aria-label', 'title', 'alt', 'data-label'])
    for (const one of document.querySelectorAll(`[${name}]`)) found.push(one.getAttribute(name));
  return [document.title, ...found];
}"""


@pytest.fixture(scope="module")
def places(site: str, chromium: Browser, django_db_blocker: DjangoDbBlocker) -> dict[str, object]:
    """What the addresses of `PAGES` name."""

    def visit(username: str) -> Visitor:
        visitor = Visitor(chromium.new_context(base_url=site, locale="zh-CN").new_page())
        visitor.sign_in(username)
        return visitor

    with django_db_blocker.unblock():
        return prepare(visit)


class Entered:
    """A large text that is asked for the same few words on every page."""

    def __init__(self, text: str) -> None:
        self.holds = cache(text.__contains__)


@pytest.fixture(scope="module")
def data(places: dict[str, object], django_db_blocker: DjangoDbBlocker) -> Entered:
    """Everything that people entered and the notices say: what is Chinese on an English page too."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        files = [path for folder in ("schemes", "src") for path in (ROOT / folder).rglob("*.toml")]
        parts = [path.read_text(encoding="utf-8") for path in files] + [*INDUSTRIES, *ROSTER]
        for model in apps.get_models():
            if model._meta.managed and model.__module__.startswith("keshi_web."):
                cursor.execute(f"select t::text from {model._meta.db_table} t")
                parts += [row[0] for row in cursor]
    return Entered("\n".join(parts))


@pytest.fixture(scope="session")
def interface() -> frozenset[str]:
    """The texts of the service in its source language."""
    found = set()
    for path in (ROOT / "src").glob("keshi_web/*/locale/en/LC_MESSAGES/django.po"):
        for entry in ENTRY.findall(path.read_text(encoding="utf-8")):
            found.add("".join(line[1:-1] for line in entry.splitlines()))
    return frozenset(one for one in found if len(HAN.findall(one)) == 1 and len(one) > 2)


def untranslated(texts: list[str], data: Entered, interface: frozenset[str]) -> Iterator[str]:
    """Texts that are neither English nor data: a whole text of the service, or signs that nobody entered."""
    for text in texts:
        entered = text not in interface or data.holds(f",{text},") or data.holds(f'"{text}"')
        if not entered or not all(map(data.holds, HAN.findall(text))):
            yield text


def switch(visitor: Visitor, language: str, *, signed_in: bool) -> None:
    """By the button in the header, which is kept with the account."""
    visitor.go("/messages/" if signed_in else "/")
    wanted, root = {"zh": "zh-CN", "en": "en"}[language], visitor.page.locator("html")
    if root.get_attribute("lang") != wanted:
        visitor.page.locator(".ks-language button").click()
    expect(root).to_have_attribute("lang", wanted)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("username", PAGES, ids=lambda name: name or "nobody")
def test_every_page_can_be_read_by_everybody(
    visit: Callable[..., Visitor],
    places: dict[str, object],
    data: Entered,
    interface: frozenset[str],
    username: str,
    language: str,
) -> None:
    visitor = visit(username)
    switch(visitor, language, signed_in=bool(username))
    faults: list[str] = []
    for address in PAGES[username]:
        faults += [
            f"{address} {fault}"
            for fault in _faults(visitor, address.format(**places), language, data, interface)
        ]
    switch(visitor, "zh", signed_in=bool(username))
    assert not faults, "\n".join(faults)


def _faults(
    visitor: Visitor, address: str, language: str, data: Entered, interface: frozenset[str]
) -> Iterator[str]:
    page = visitor.page
    answer = page.goto(address)
    assert answer is not None, address
    if answer.status != ANSWERS.get(address, 200):
        yield f"answers {answer.status}"
    found: Any = Axe().run(page).response
    assert found["passes"], f"{address}: axe looked at nothing"
    for fault in found["violations"]:
        yield f"axe: {fault['id']} at {[one['target'] for one in fault['nodes']][:4]}"
    if language == "en":
        for text in untranslated(page.evaluate(TEXTS), data, interface):
            yield f"in Chinese: {text}"
    for view in (DESK, PHONE):
        page.set_viewport_size(view)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            yield f"is {wide} pixels wider than {view['width']}"
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
