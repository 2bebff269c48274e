"""An owner changes the schedule on the page; the file says so afterwards, and what was wrong is said where it was written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings

from fondaco.config import PROJECT_FILE, load_settings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def kept(shop: Shop) -> Iterator[Shop]:
    """The shop, whose settings are put back."""
    file = shop.project.settings.folder / PROJECT_FILE
    text = file.read_text(encoding="utf-8")
    yield shop
    file.write_text(text, encoding="utf-8")
    shop.project.take(load_settings(shop.project.settings.folder))


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_schedule_is_saved_and_a_wrong_one_is_not(
    kept: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    file = kept.project.settings.folder / PROJECT_FILE
    page = open_page(kept, "/settings/schedule", width=width, theme=theme)
    page.get_by_label("Minute, hour, day, month and weekday").fill("30 5 * * 1-5")
    page.get_by_role("button", name="Save").click()
    settle(page)
    expect(page.locator(".notice.said")).to_contain_text("The schedule is kept")
    expect(page.locator("dl.facts").first).to_contain_text("Wed 1 Apr 2026, 05:30")
    assert 'cron = "30 5 * * 1-5"' in file.read_text(encoding="utf-8")
    assert findings(page) == []

    page.get_by_label("Minute, hour, day, month and weekday").fill("every morning")
    page.get_by_role("button", name="Save").click()
    settle(page)
    expect(page.locator(".notice.said")).to_contain_text("is not five fields of cron")
    assert 'cron = "30 5 * * 1-5"' in file.read_text(encoding="utf-8")
    assert findings(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_currency_and_defaults_are_open_to_everyone(
    kept: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(kept, "/settings/currency", width=width, theme=theme)
    expect(page.get_by_label("Reporting currency", exact=True).last).to_have_value("EUR")
    assert findings(page) == []
    page.goto(f"{kept.url}/settings/defaults")
    settle(page)
    page.get_by_label("Days without a purchase").fill("120")
    page.get_by_role("button", name="Save").click()
    settle(page)
    expect(page.locator(".notice.said")).to_contain_text("Kept.")
    expect(page.get_by_label("Days without a purchase")).to_have_value("120")
    assert findings(page) == []
