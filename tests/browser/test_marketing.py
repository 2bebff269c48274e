"""Marketing, as a merchant walks through it: from what all advertising cost down to an order that a campaign brought."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop, serving, settle, ticking
from tests.browser.test_access import findings
from tests.browser.test_sales import amount
from tests.published import publish
from tests.server.pages.marketing_book import marts

from fondaco.control import Role
from fondaco.orchestration import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

MARCH = "from=2026-03-01&to=2026-03-31&compare=none"
_COLOURS = """box => {
    const canvas = box.querySelector('canvas'), seen = {};
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i + 3] === 255) { const colour = [...pixels.slice(i, i + 3)].join(); seen[colour] = (seen[colour] || 0) + 1; }
    }
    return seen;
}"""


@pytest.fixture(scope="module")
def ads(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The book of ``tests/server/pages/marketing_book.py`` behind a server."""
    folder = tmp_path_factory.mktemp("ads") / "project"
    project = Project.create(folder, name="Aurora", currency="EUR", timezone="Europe/Berlin", clock=ticking)
    with project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        publish(project, **marts())  # type: ignore[arg-type]
        with serving(project) as url:
            yield Shop(url, project)


def row(page: Page, name: str) -> list[str]:
    """The cells of one row of the table of campaigns."""
    return page.locator("#sheet-parts tr", has_text=name).locator("td").all_inner_texts()


def test_from_all_spend_down_to_an_order_that_a_campaign_brought(ads: Shop, open_page: OpenPage) -> None:
    page = open_page(ads, f"/marketing?{MARCH}")
    assert amount(page.locator("#figure").inner_text()) == 100
    spring = row(page, "Spring Sale & More")
    page.locator("#sheet-parts").get_by_role("link", name="Spring Sale & More").click()
    expect(page.get_by_role("heading", name="Spring Sale & More")).to_be_visible()
    settle(page)
    assert amount(page.locator("#figure").inner_text()) == amount(spring[0])
    statement = page.locator("section", has=page.get_by_role("heading", name="From gross sales to profit"))
    assert amount(statement.locator("tbody td").last.inner_text()) == amount(spring[4])
    page.get_by_role("link", name="#1002").click()
    origin = page.locator("section", has=page.get_by_role("heading", name="Where it came from"))
    expect(origin).to_contain_text("by its number in utm_campaign")
    origin.get_by_role("link", name="Spring Sale & More").click()
    expect(page).to_have_url(re.compile("/marketing/campaigns/m:11"))


def test_a_row_adds_a_condition_and_a_chip_takes_it_away(ads: Shop, open_page: OpenPage) -> None:
    page = open_page(ads, f"/marketing?{MARCH}&by=platform")
    page.locator("#sheet-parts").get_by_role("link", name="Google Ads").click()
    expect(page).to_have_url(re.compile("platform=google_ads"))
    settle(page)
    assert amount(page.locator("#figure").inner_text()) == 30
    expect(page.locator("#sheet-parts tbody tr")).to_have_count(2)
    expect(page.locator("#sheet-parts tfoot")).to_contain_text("1 paused and ended campaign")
    page.get_by_role("link", name="Remove Platform: Google Ads").click()
    expect(page.locator(".chips")).to_have_count(0)
    assert amount(page.locator("#figure").inner_text()) == 100


def test_the_losers_stand_with_what_they_lost_and_the_file_says_the_same(
    ads: Shop, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(ads, f"/marketing?{MARCH}")
    lost = amount(page.locator("#lost").inner_text())
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all figures by campaign as CSV").click()
    download.value.save_as(tmp_path / "campaigns.csv")
    with (tmp_path / "campaigns.csv").open(encoding="utf-8") as file:
        told = [Decimal(row["campaign_profit"]) for row in csv.DictReader(file) if row["campaign_id"]]
    assert -sum(profit for profit in told if profit < 0) == lost == 40


def test_other_columns_and_a_search_are_a_press_away(ads: Shop, open_page: OpenPage) -> None:
    page = open_page(ads, f"/marketing?{MARCH}")
    page.get_by_role("navigation", name="Columns").get_by_role("link", name="Claims").click()
    expect(page).to_have_url(re.compile("columns=claims"))
    settle(page)
    assert amount(row(page, "Spring Sale & More")[3]) == 300
    page.get_by_label("Find an order number").fill("1005")
    expect(page.locator("#sheet-orders tbody tr")).to_have_count(1)
    settle(page)
    page.locator("#panel-split").get_by_role("link", name="Order by ad spend").click()
    expect(page).to_have_url(re.compile("parts_order=-ad_spend"))
    settle(page)


@pytest.mark.parametrize(
    ("theme", "colours"), [("light", {"63,95,220", "74,78,88"}), ("dark", {"111,136,245", "185,190,200"})]
)
@pytest.mark.parametrize("width", [1440, 390])
def test_revenue_is_drawn_in_bars_and_spend_as_a_line(
    ads: Shop, open_page: OpenPage, theme: str, colours: set[str], width: int
) -> None:
    page = open_page(ads, "/marketing?from=2026-03-01&to=2026-03-09", theme=theme, width=width)
    page.wait_for_timeout(500)  # the bars grow
    painted = page.locator("#panel-spend .chart").evaluate(_COLOURS)
    assert all(painted.get(colour, 0) > 50 for colour in colours)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/marketing", "/marketing/campaigns/m:11", "/orders/a:1"])
def test_it_is_open_to_everyone_as_chart_and_as_table(
    ads: Shop, open_page: OpenPage, path: str, width: int, theme: str
) -> None:
    page = open_page(ads, f"{path}?{MARCH}", width=width, theme=theme)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if "/orders/" in path:
        return
    page.get_by_role("button", name="Show spend and revenue over time as a table").click()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_before_an_ad_account_is_connected_the_page_says_how(empty_shop: Shop, open_page: OpenPage) -> None:
    page = open_page(empty_shop, "/marketing")
    expect(page.locator("main")).to_contain_text("Connect a shop to see its sales")
    assert findings(page) == []


@pytest.mark.parametrize("address", ["/marketing/campaigns/m:11", "/marketing"])
def test_every_column_of_the_orders_that_came_from_advertising_lies_inside_its_card(
    ads: Shop, open_page: OpenPage, address: str
) -> None:
    page = open_page(ads, f"{address}?{MARCH}")
    page.set_viewport_size({"width": 1440, "height": 900})
    settle(page)
    table = page.locator("#sheet-orders .scroll")
    expect(table).to_be_visible()
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
