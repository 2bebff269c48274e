"""Logging in, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_person_logs_in_comes_back_to_the_page_and_logs_out(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/runs", logged_in=False)
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(shop.url + "/runs")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(shop.url + "/login")
    page.goto(shop.url + "/")
    expect(page).to_have_url(shop.url + "/login")


def test_a_one_time_link_leads_to_a_password_and_then_to_overview(shop: Shop, open_page: OpenPage) -> None:
    link = shop.login_link("first@example.com")
    page = open_page(shop, link.removeprefix(shop.url), logged_in=False)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Set your password")).to_be_visible()
    page.get_by_label("New password").fill("chosen by myself")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    expect(page.locator("#net-sales")).to_have_text(re.compile(r"€[\d,]+\.\d\d"))
