"""Open to everyone, and light: axe finds nothing serious, the keyboard reaches everything, the first page is small."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FIRST_PAGE_KB = 250


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:160]})"
        for v in found["violations"]
        if v["impact"] in ("moderate", "serious", "critical")
    ]


OTHERWISE = [(1440, "dark"), (390, "light")]
"""What test_every_page leaves out."""


@pytest.mark.parametrize(
    ("path", "width", "theme"),
    [
        *((path, *shown) for path in ("/", "/products", "/runs") for shown in OTHERWISE),
        *((path, *shown) for path in ("/sales?country=DE", "/login") for shown in (*OTHERWISE, (1440, "light"), (390, "dark"))),
    ],
)  # fmt: skip
def test_axe_finds_nothing(shop: Shop, open_page: OpenPage, path: str, width: int, theme: str) -> None:
    page = open_page(shop, path, width=width, theme=theme, logged_in=path != "/login")
    assert findings(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_drawer_a_menu_or_a_table(shop: Shop, open_page: OpenPage, theme: str) -> None:
    page = open_page(shop, theme=theme)
    page.get_by_role("button", name="Show net sales over time as a table").click()
    page.locator("#range").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.locator("#tile-orders .def").click()
    expect(page.get_by_role("dialog", name="Orders")).to_be_visible()
    settle(page)
    page.wait_for_timeout(300)  # the drawer slides in; contrast is measured when it stands
    assert findings(page) == []


def test_the_first_stop_of_the_tab_key_skips_to_the_figures(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the figures")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_period_is_chosen_by_keyboard_alone(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    page.locator("#range").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page).not_to_have_url(shop.url + "/")


def test_whoever_wants_no_motion_gets_none(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    page.emulate_media(reduced_motion="reduce")
    page.locator("#seal").click()
    assert page.evaluate("getComputedStyle(document.getElementById('drawer')).animationName") == "none"


def test_the_first_page_is_light(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/login")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(shop.url + "/")
    settle(page)
    weights = {
        urls[request].removeprefix(shop.url): size for request, size in sizes.items() if request in urls
    }
    charts = sum(size for url, size in weights.items() if "echarts" in url)
    rest = sum(weights.values()) - charts
    print({url: round(size / 1000, 1) for url, size in weights.items()})  # noqa: T201 - shown when it fails
    assert charts > 50_000
    assert rest < FIRST_PAGE_KB * 1000
