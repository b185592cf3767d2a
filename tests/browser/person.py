"""A person in front of a browser: what they click and fill, in their own words."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect


class Visitor:
    """One browser of one person. `faults` collects script errors and answers of the server that should not be."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._note)

    def _note(self, response: object) -> None:
        if response.status >= 500:  # type: ignore[attr-defined]
            self.faults.append(f"{response.status} {response.url}")  # type: ignore[attr-defined]

    def sign_in(self, username: str) -> None:
        """By one click, as demonstrations and tests allow."""
        self.page.goto("/accounts/sign-in/")
        button = self.page.locator(f"button[name=username][value='{username}']")
        group = self.page.locator("details.ks-sample-group", has=button)
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        button.click()
        expect(self.page.locator(".ks-header")).to_be_visible()

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(path)

    def click(self, name: str, *, exact: bool = False) -> None:
        """A button or link by what it says."""
        found = self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        )
        found.first.click()

    def fill(self, values: Mapping[str, str]) -> None:
        """Controls by their names; choices by value or label, boxes by `on`."""
        for name, value in values.items():
            control = self.page.locator(f"[name='{name}']").first
            control.evaluate("one => { const fold = one.closest('details'); if (fold) fold.open = true; }")
            tag = control.evaluate("one => one.tagName + ':' + (one.type || '')").lower()
            if tag.startswith("select"):
                options = control.locator("option").evaluate_all(
                    "all => all.map(one => [one.value, one.label])"
                )
                chosen = next(key for key, label in options if value in (key, label) or value in label)
                control.select_option(chosen)
            elif tag.endswith("checkbox"):
                control.set_checked(value == "on")
            else:
                control.fill(value)

    def sees(self, text: str) -> None:
        """The text is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    @property
    def path(self) -> str:
        """Where they are."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """Everything the page says."""
        return self.page.locator("main").inner_text()
