"""Forecast, what if and suggestions, as a merchant walks through them."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings
from tests.browser.test_sales import amount

from fondaco.orchestration.analysing import analyse_customers
from fondaco.orchestration.progress import silent

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def forecast(shop: Shop) -> Shop:
    """The shop with what is expected of it."""
    project = shop.project
    analyse_customers(project, "ahead", silent)
    with project.warehouse.writer():
        project.warehouse.publish()
    return shop


def test_the_month_and_ninety_days_have_intervals_and_a_test(forecast: Shop, open_page: OpenPage) -> None:
    page = open_page(forecast, "/profit")
    page.get_by_role("navigation", name="Profit").get_by_role("link", name="Forecast").click()
    expect(page.get_by_role("heading", name="The next 90 days")).to_be_visible()
    expect(page.locator("#stretch-month")).to_contain_text("30 of 31 days are known")
    for stretch in ("month", "quarter"):
        rows = page.locator(f"#stretch-{stretch} tbody tr")
        assert rows.locator("th").all_inner_texts() == [
            "Net sales", "Contribution margin 1", "Contribution margin 2", "Contribution margin 3", "Net profit",
        ]  # fmt: skip
        for row in rows.all():
            low, high = map(amount, row.locator("td").last.inner_text().split(" – "))
            assert low < amount(row.locator("td").nth(-2).inner_text()) < high
    expect(page.locator("#tests")).to_contain_text("was off by")
    expect(page.locator("#tests")).to_contain_text("Same weekday of the last four weeks")


def test_another_line_is_drawn_and_its_table_holds_known_and_forecast_days(
    forecast: Shop, open_page: OpenPage
) -> None:
    page = open_page(forecast, "/profit/forecast")
    page.get_by_role("navigation", name="Line").get_by_role("link", name="Net sales").click()
    expect(page).to_have_url(re.compile("line=net_sales"))
    settle(page)
    expect(page.locator("[data-forecast][data-drawn] canvas")).to_be_visible()
    page.get_by_role("button", name="Show the forecast as a table").click()
    assert page.locator(".chart-data tbody tr").count() == 60 + 92


def test_a_slider_works_the_waterfall_out_anew_and_the_address_keeps_it(
    forecast: Shop, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(forecast, "/profit/what-if")
    before = amount(page.locator("#figure").inner_text())
    expect(page.locator("#lever-price")).to_have_attribute("aria-valuetext", "0.0%")
    page.locator("#lever-price").fill("0.1")
    expect(page).to_have_url(re.compile(r"price=0\.1"))
    settle(page)
    after = amount(page.locator("#figure").inner_text())
    assert after > before
    expect(page.locator("#even")).to_contain_text("Units may fall by")
    page.locator("#lever-elasticity").fill("-1.5")
    expect(page).to_have_url(re.compile("elasticity=-1.5"))
    settle(page)
    assert amount(page.locator("#figure").inner_text()) < after
    expect(page.locator("#units")).to_have_text("−13.3%")
    page.reload()
    expect(page.locator("#units")).to_have_text("−13.3%")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the waterfall as CSV").click()
    download.value.save_as(tmp_path / "what_if.csv")
    with (tmp_path / "what_if.csv").open(encoding="utf-8") as file:
        told = {row["metric"]: row for row in csv.DictReader(file)}
    assert round(Decimal(told["net_profit"]["amount"]), 2) == before
    page.locator("#reset").click()
    expect(page.locator("#units")).to_have_text("as many")
    assert amount(page.locator("#figure").inner_text()) == before


def test_the_month_to_its_end_can_be_changed_too(forecast: Shop, open_page: OpenPage) -> None:
    page = open_page(forecast, "/profit/forecast")
    expected = amount(page.locator("#stretch-month .sum td").nth(1).inner_text())
    page.get_by_role("navigation", name="Profit").get_by_role("link", name="What if").click()
    page.get_by_role("link", name="Mar 2026, to its end").click()
    expect(page).to_have_url(re.compile("of=month"))
    settle(page)
    assert amount(page.locator("#figure").inner_text()) == pytest.approx(expected, abs=1)
    page.locator("#lever-fixed").fill("-100")
    expect(page).to_have_url(re.compile("of=month.*fixed=-100"))
    settle(page)
    assert amount(page.locator("#figure").inner_text()) == pytest.approx(expected + 30_000, abs=1)


def test_a_suggestion_opens_its_rows_and_they_add_up(
    forecast: Shop, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(forecast, "/profit/suggestions?range=last_90_days")
    first = page.locator(".suggestion").first
    saves = amount(first.locator(".big").inner_text())
    assert saves > 0
    first.get_by_role("heading").get_by_role("link").click()
    assert amount(page.locator("#figure").inner_text()) == saves
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these rows as CSV").click()
    download.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert round(sum(Decimal(row["saves"]) for row in rows), 2) == saves
    page.locator("#sheet-rows tbody th a").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Order "))).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "path",
    ["/profit/forecast", "/profit/what-if?price=0.05&of=month", "/profit/suggestions?range=last_90_days",
     "/profit/suggestions/delivery?range=last_90_days"],
)  # fmt: skip
def test_it_is_open_to_everyone(
    forecast: Shop, open_page: OpenPage, path: str, width: int, theme: str
) -> None:
    page = open_page(forecast, path, width=width, theme=theme)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
