"""Every component as a reader meets it: axe finds nothing, nothing overflows, the keyboard reaches everything."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

PAGES = (
    "guide/",
    "guide/list/",
    "guide/list/?state=approved&page=2",
    "guide/list/?empty",
    "guide/sign-in/",
    "guide/errors/400/",
    "guide/errors/403/",
    "guide/errors/404/",
    "guide/errors/500/",
)
DESK, PHONE = 1366, 390


@pytest.fixture(
    params=[(DESK, "zh"), (DESK, "en"), (PHONE, "zh"), (PHONE, "en")], ids=lambda p: f"{p[0]}-{p[1]}"
)
def page(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    width, language = request.param
    yield from _opened(chromium, site, width, language)


@pytest.fixture
def desk(chromium: Browser, site: str) -> Iterator[Page]:
    yield from _opened(chromium, site, DESK, "zh")


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Page]:
    yield from _opened(chromium, site, PHONE, "zh")


def _opened(chromium: Browser, site: str, width: int, language: str, **more: bool) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        base_url=f"{site}/ui/",
        locale="en-GB" if language == "en" else "zh-CN",
        reduced_motion="reduce",
        **more,
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def _violations(page: Page) -> str:
    found = Axe().run(page)
    assert found.response["passes"], "axe looked at nothing"
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Page, address: str) -> None:
    page.goto(address)
    assert not _violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("view", ["large", "contrast", "large contrast"])
def test_larger_text_and_high_contrast_are_as_accessible(desk: Page, site: str, view: str) -> None:
    desk.context.add_cookies([{"name": "keshi_view", "value": view, "url": site}])
    desk.goto("guide/")
    assert desk.locator("html").get_attribute("data-view") == view
    assert not _violations(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_opened_menus_and_dialogs_are_accessible(page: Page) -> None:
    page.goto("guide/")
    page.locator(".ks-menu > summary").last.click()
    assert not _violations(page)
    page.keyboard.press("Escape")
    expect(page.locator(".ks-menu[open]")).to_have_count(0)
    page.locator(".ks-confirm > summary").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert not _violations(page)


def test_no_script_fails_and_the_chart_is_drawn(desk: Page) -> None:
    errors: list[str] = []
    desk.on("pageerror", lambda error: errors.append(str(error)))
    desk.on("response", lambda answer: errors.append(answer.url) if answer.status >= 400 else None)
    desk.goto("guide/")
    expect(desk.locator(".ks-chart-canvas svg")).to_be_visible()
    assert not errors


def test_first_tab_stop_skips_to_the_content(desk: Page) -> None:
    desk.goto("guide/list/")
    desk.keyboard.press("Tab")
    expect(desk.locator(".ks-skip")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_be_focused()


def test_a_confirmation_is_cancelled_by_keyboard_and_gives_the_focus_back(desk: Page) -> None:
    desk.goto("guide/")
    button = desk.locator(".ks-confirm > summary")
    button.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("dialog[open] h2")).to_have_text("准予开班？")
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("dialog[open] form")).to_have_count(1)


def test_on_a_phone_the_menu_is_folded_until_asked_for(phone: Page) -> None:
    phone.goto("guide/")
    menu, burger = phone.locator("#main-menu"), phone.locator("[data-toggle-menu]")
    expect(menu).to_be_hidden()
    burger.click()
    expect(menu).to_be_visible()
    expect(burger).to_have_attribute("aria-expanded", "true")
    assert not _violations(phone)


def test_on_a_phone_a_row_is_a_card_with_its_columns_named(phone: Page) -> None:
    phone.goto("guide/list/")
    cell = phone.locator("tbody tr").first.locator("td[data-label='人数']")
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") in {'"人数"', "attr(data-label)"}
    expect(phone.locator("thead th").first).not_to_be_in_viewport(ratio=0.5)


def test_sorting_exchanges_the_table_and_keeps_the_address(desk: Page) -> None:
    desk.goto("guide/list/")
    desk.evaluate("window.stayed = true")
    desk.get_by_role("link", name="人数").click()
    expect(desk.locator("th[aria-sort=ascending]")).to_have_text("人数")
    assert "sort=people" in desk.url
    desk.locator("select[name=state]").select_option("approved")
    expect(desk.locator("tbody [data-state]:not([data-state=approved])")).to_have_count(0)
    assert "sort=people" in desk.url
    assert "state=approved" in desk.url
    assert desk.evaluate("window.stayed")
    desk.go_back()
    expect(desk.locator("th[aria-sort=ascending]")).to_have_text("人数")


def test_a_part_the_server_refuses_is_asked_for_as_a_whole_page(desk: Page) -> None:
    desk.goto("guide/list/")
    desk.evaluate("window.stayed = true")
    desk.route(
        "**/guide/list/?*",
        lambda route: (
            route.fulfill(status=403) if route.request.headers.get("hx-request") else route.continue_()
        ),
    )
    desk.get_by_role("link", name="人数").click()
    expect(desk.locator("th[aria-sort=ascending]")).to_have_text("人数")
    assert not desk.evaluate("window.stayed")


def test_a_part_answered_by_the_sign_in_page_does_not_land_in_the_table(desk: Page, site: str) -> None:
    desk.goto("guide/list/")
    desk.route(
        "**/guide/list/?*",
        lambda route: (
            route.fulfill(status=302, headers={"Location": f"{site}/ui/guide/sign-in/"})
            if route.request.headers.get("hx-request")
            else route.continue_()
        ),
    )
    desk.get_by_role("link", name="人数").click()
    expect(desk.locator("th[aria-sort=ascending]")).to_have_text("人数")
    expect(desk.locator("input[type=password]")).to_have_count(0)


def test_acts_on_several_rows_wait_for_a_tick(desk: Page) -> None:
    desk.goto("guide/list/")
    act = desk.get_by_role("button", name="批量受理")
    expect(act).to_be_disabled()
    desk.get_by_label("全选本页").check()
    expect(desk.locator("[data-selected]")).to_have_text("已选 20 条")
    expect(act).to_be_enabled()


def test_a_dropped_file_becomes_the_fields_file(desk: Page) -> None:
    desk.goto("guide/")
    area = desk.locator("#wizard .ks-drop")
    files = desk.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['x'], 'a.xlsx')); return t }"
    )
    area.dispatch_event("drop", {"dataTransfer": files})
    assert area.locator("input").evaluate("e => e.files[0].name") == "a.xlsx"


def test_without_javascript_everything_is_still_there(chromium: Browser, site: str) -> None:
    page = next(opened := _opened(chromium, site, PHONE, "zh", java_script_enabled=False))
    page.goto("guide/")
    expect(page.locator("#main-menu")).to_be_visible()
    page.locator(".ks-confirm > summary").click()
    expect(page.locator(".ks-confirm-box form button:not(.ks-js)")).to_be_visible()
    page.goto("guide/list/")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tbody tr").first).to_contain_text("KB202000021")
    page.locator("select[name=state]").select_option("approved")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("tbody [data-state]:not([data-state=approved])")).to_have_count(0)
    opened.close()
