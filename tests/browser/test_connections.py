"""Connections in a browser: the button says that it waits, and the answer stands where the reader looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage, Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_test_leads_to_its_answer_on_the_page_of_the_connection(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/connections")
    page.get_by_role("button", name="Test aurora").click()
    expect(page).to_have_url(f"{shop.url}/connections/aurora#test")
    expect(page.get_by_role("status").first).to_contain_text("aurora answers")
    expect(page.locator("#test")).to_contain_text("May read order lines")


def test_on_a_phone_a_row_keeps_its_state_and_leads_to_the_button(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/connections", width=390)
    expect(page.get_by_text("Ready").first).to_be_visible()
    expect(page.get_by_role("button", name="Test aurora")).to_be_hidden()
    page.locator("main").get_by_role("link", name="aurora", exact=True).first.click()
    expect(page.get_by_role("button", name="Test aurora")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
