"""Figures of an open page move when something new is published, without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request, expect
from tests.browser.conftest import OpenPage, Shop

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("address", ["/", "/profit"])
def test_an_open_page_takes_up_what_is_published_and_keeps_what_its_reader_chose(
    open_page: OpenPage, shop: Shop, address: str
) -> None:
    loads: list[Request] = []
    page = open_page(shop, address)
    expect(page.locator("#live[data-state=on]")).to_contain_text("Connected")
    page.locator("[data-figure] [data-table]").first.click()
    page.on("request", lambda request: loads.append(request) if request.is_navigation_request() else None)

    version = shop.project.warehouse.publish().version

    expect(page.locator(f"#page[data-shows='{version}']")).to_be_attached(timeout=20_000)
    expect(page.locator("[data-figure].as-table").first).to_be_visible()
    assert loads == []


def test_a_page_that_is_not_seen_hangs_up_and_catches_up_later(open_page: OpenPage, shop: Shop) -> None:
    page = open_page(shop)
    expect(page.locator("#live[data-state=on]")).to_be_visible()
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    version = shop.project.warehouse.publish().version
    page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f"#page[data-shows='{version}']")).to_be_attached(timeout=20_000)
