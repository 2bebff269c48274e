"""Cohorts in a real browser: choices, the curve, definitions and the file."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import NOW, OpenPage, Shop, settle
from tests.browser.test_access import findings

from fondaco.jobs.analysing import create_tables
from fondaco.jobs.cohorting import find_cohorts, write_cohorts

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def analysed(shop: Shop) -> Shop:
    """The shop with its cohorts published."""
    project = shop.project
    create_tables(project.warehouse)
    with project.warehouse.writer() as writer:
        found = find_cohorts(writer, project.tenant, NOW.date())
        with writer.transaction():
            write_cohorts(writer, project.tenant, found)
        project.warehouse.publish()
    return shop


def cells(page: Page) -> list[str]:
    settle(page)
    return page.locator("#heat tbody tr").first.locator("td").all_inner_texts()


def drawn(page: Page) -> None:
    expect(page.locator("[data-cohorts][data-drawn] canvas")).to_have_count(1)


def test_a_reader_goes_from_retention_to_the_value_of_one_cohort_and_takes_it_home(
    analysed: Shop, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(analysed)
    page.get_by_role("link", name="Cohorts").click()
    expect(page.get_by_role("heading", name="Cohorts", exact=True)).to_be_visible()
    drawn(page)
    retention = cells(page)
    assert retention[1].startswith("100")
    page.get_by_label("Measure").select_option("cumulative")
    expect(page).to_have_url(re.compile(r"/cohorts\?measure=cumulative$"))
    assert cells(page) != retention
    drawn(page)
    page.get_by_label("Whose cohorts").select_option("country")
    expect(page.get_by_label("Country")).to_have_value("DE")
    page.locator("#heat tbody a").first.click()
    expect(page).to_have_url(re.compile(r"measure=cumulative&by=country&value=DE&cohort=\d{4}-\d{2}#curve$"))
    drawn(page)
    page.get_by_role("button", name="Show the curve as a table").click()
    expect(page.get_by_role("cell", name="–").first).to_be_visible()
    page.locator("#tile-repeat_rate .def").click()
    expect(page.get_by_role("dialog", name="Repeat rate in 90 days")).to_contain_text("Kaplan and Meier")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this heat map as CSV").click()
    path = tmp_path / "cohorts.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as lines:
        states = {row["state"] for row in csv.DictReader(lines)}
    assert {"seen", "partial", "forecast"} <= states


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_heat_map(
    analysed: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(analysed, "/cohorts?measure=cumulative&period=all", width=width, theme=theme)
    drawn(page)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_two_countries_are_compared_in_one_chart_and_the_link_keeps_it(
    analysed: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(analysed, "/cohorts?measure=cumulative&by=country&value=DE", width=width, theme=theme)
    settle(page)
    page.get_by_label("Beside").select_option("FR")
    expect(page).to_have_url(re.compile("measure=cumulative&by=country&value=DE&beside=FR$"))
    drawn(page)
    expect(page.locator("#curve .legend")).to_contain_text("Germany")
    expect(page.locator("#curve .legend")).to_contain_text("France")
    expect(page.locator(".sides thead")).to_contain_text("All customers")
    page.get_by_role("button", name="Show the curves as a table").click()
    expect(page.locator("#curve thead th")).to_have_count(10)
    page.get_by_role("button", name="Show the curves as a table").click()
    drawn(page)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_label("Whose cohorts").select_option("channel")
    expect(page).to_have_url(re.compile("measure=cumulative&by=channel[^b]*$"))
