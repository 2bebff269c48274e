"""Runs & data health in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage, Shop

from fondaco.orchestration.schedule_mark import ScheduleMark

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_history_leads_to_what_a_run_did_to_each_stream(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/runs")
    history = page.get_by_role("region", name="History of runs", exact=True)
    expect(history.locator("tbody tr")).to_have_count(2)
    expect(history.locator("tbody tr").first).to_contain_text("Success")
    history.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Run of"))).to_be_visible()
    expect(page.get_by_role("region", name="Streams", exact=True)).to_contain_text("order_lines")


def test_the_page_says_when_the_next_run_starts_and_how_fresh_each_shop_is(
    shop: Shop, open_page: OpenPage
) -> None:
    mark = ScheduleMark(shop.project.data)
    page = open_page(shop, "/runs")
    expect(page.locator(".head .sub")).to_contain_text("Nothing runs by itself")
    mark.set()
    try:
        page.reload()
        expect(page.locator(".head .sub")).to_contain_text("Next run 1 Apr 2026, 02:00")
    finally:
        mark.clear()
    shops = page.get_by_role("region", name="Shops and accounts", exact=True)
    expect(shops.locator("tbody tr")).to_have_count(2)
    expect(shops).to_contain_text(re.compile("just now|ago"))


def test_a_gap_is_shown_with_its_cause_and_orders(shop: Shop, open_page: OpenPage, one_day_off: None) -> None:
    page = open_page(shop, "/runs")
    gap = page.locator(".gaps li")
    expect(gap).to_have_count(1)
    expect(gap).to_contain_text("22 Mar 2026")
    expect(gap).to_contain_text("Order 200123")
    expect(page.locator(".day.bad")).to_have_count(1)
