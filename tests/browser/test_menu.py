"""What a reader chose goes along from page to page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage, Shop, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_menu_leads_to_the_same_days_also_past_pages_that_have_none(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, "/?range=last_90_days&clock=order")
    menu = page.get_by_role("navigation", name="Pages")

    def go(name: str, address: str) -> None:
        menu.get_by_role("link", name=name).click()
        expect(page).to_have_url(shop.url + address)

    go("Sales", "/sales?range=last_90_days&clock=order")
    go("Customers", "/customers")
    go("Products", "/products?range=last_90_days&clock=order")
    page.locator("#range-menu summary").click()
    page.get_by_text("All time", exact=True).click()
    settle(page)
    go("Overview", "/?range=all_time&clock=order")
    expect(page.locator("#panel-headline")).not_to_contain_text("vs previous")
    page.locator(".brand").click()
    expect(page).to_have_url(shop.url + "/")
    go("Sales", "/sales")
