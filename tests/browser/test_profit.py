"""Profit, as a merchant walks through it: from the result down to an order that lost money."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings
from tests.browser.test_sales import amount, figure

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# The colours of a sum and of what is taken away, light and dark, counted on the waterfall's canvas.
_PAINTED = """box => {
    const canvas = box.querySelector('canvas'), seen = {};
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i + 3] === 255) { const colour = [...pixels.slice(i, i + 3)].join(); seen[colour] = (seen[colour] || 0) + 1; }
    }
    return seen;
}"""


def waterfall(page: Page) -> dict[str, Decimal]:
    """The chart's table: each line's amount."""
    rows = page.locator("#panel-waterfall tbody tr")
    names = rows.locator("th").all_inner_texts()
    return dict(zip(names, map(amount, rows.locator("td:nth-of-type(1)").all_inner_texts()), strict=True))


def test_chart_table_tiles_and_file_say_the_same(shop: Shop, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(shop, "/profit")
    result = figure(page)
    page.get_by_role("button", name="Show the waterfall as a table").click()
    shown = waterfall(page)
    assert shown["Net profit"] == result
    for name, label in (
        ("contribution_margin_1", "Contribution margin 1"),
        ("contribution_margin_3", "Contribution margin 3"),
    ):
        assert amount(page.locator(f"#tile-{name} .value").inner_text()) == shown[label]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the waterfall as CSV").click()
    download.value.save_as(tmp_path / "waterfall.csv")
    with (tmp_path / "waterfall.csv").open(encoding="utf-8") as file:
        told = {row["metric"]: Decimal(row["amount"]) for row in csv.DictReader(file)}
    assert round(told["net_profit"], 2) == result
    assert told["net_profit"] == sum(
        told[name] for name in told
        if name not in ("net_sales", "contribution_margin_1", "contribution_margin_2", "contribution_margin_3", "net_profit")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("theme", "colours"),
    [("light", {"63,95,220", "224,137,127"}), ("dark", {"111,136,245", "183,100,92"})],
)
@pytest.mark.parametrize("width", [1440, 390])
def test_the_waterfall_is_drawn_in_the_colours_of_sums_and_of_what_is_taken_away(
    shop: Shop, open_page: OpenPage, theme: str, colours: set[str], width: int
) -> None:
    page = open_page(shop, "/profit?range=last_90_days", theme=theme, width=width)
    page.wait_for_timeout(500)  # the bars grow
    painted = page.locator("#panel-waterfall .chart").evaluate(_PAINTED)
    assert all(painted.get(colour, 0) > 300 for colour in colours)


def test_from_a_loss_down_to_the_order_and_what_its_lines_bear(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/profit?range=last_90_days&clock=order")
    count = amount(page.locator("#tile-losses .value").inner_text())
    assert count > 0
    row = page.locator("#sheet-orders tbody tr").first
    lost = amount(row.locator("td").last.inner_text())
    assert lost < 0
    number = row.locator("th").inner_text()
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name=f"Order {number}")).to_be_visible()
    statement = page.locator("section", has=page.get_by_role("heading", name="From gross sales to profit"))
    assert amount(statement.locator("tbody tr").last.locator("td").inner_text()) == lost
    rows = page.locator("section", has=page.get_by_role("heading", name="What it brought and cost"))
    assert sum(amount(text) for text in rows.locator("tbody td").all_inner_texts()) == pytest.approx(
        lost, abs=Decimal("0.02")
    )
    expect(rows).to_contain_text("assumed: 40.0% of the price")


def test_the_days_under_water_are_counted_and_a_bar_leads_into_its_days(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, "/profit?from=2025-01-01&to=2025-12-31")
    expect(page.locator("#under-water")).to_contain_text(re.compile(r"\d+ of 365 days"))
    page.get_by_role("button", name="Show net profit over time as a table").click()
    page.locator("#panel-result").get_by_role("link", name="Feb 2025").click()
    expect(page).to_have_url(re.compile("from=2025-02-01&to=2025-02-28"))
    settle(page)
    page.get_by_role("button", name="Show net profit over time as a table").click()
    marked = page.locator("#panel-result tbody .badge-f", has_text="Under water").count()
    assert marked > 1
    expect(page.locator("#under-water")).to_contain_text(f"{marked} of 28 days")


def test_a_row_adds_a_condition_and_the_rows_add_up(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/profit")
    whole = figure(page)
    rows = page.locator("#sheet-parts tbody tr")
    cells = [amount(text) for text in rows.locator("td:nth-of-type(4)").all_inner_texts()]
    last = amount(page.locator("#tile-contribution_margin_3 .value").inner_text())
    assert sum(cells) == pytest.approx(last, abs=Decimal("0.05"))
    expect(rows.last).to_contain_text("Of no single order")
    own = amount(rows.filter(has_text="Germany").locator("td").nth(3).inner_text())
    rows.get_by_role("link", name="Germany").click()
    expect(page).to_have_url(re.compile("country=DE"))
    assert figure(page) == own
    expect(page.locator("main")).to_contain_text("What no order bears")
    page.get_by_role("link", name="Remove Country: Germany").click()
    expect(page.locator(".chips")).to_have_count(0)
    assert figure(page) == whole


def test_a_figure_opens_its_definition(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/profit")
    page.locator("#tile-contribution_margin_2 .def").first.click()
    dialog = page.get_by_role("dialog", name="Contribution margin 2")
    expect(dialog).to_contain_text("BeProfit")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/profit?by=product", "/profit?country=DE&clock=order"])
def test_it_is_open_to_everyone_as_chart_and_as_table(
    shop: Shop, open_page: OpenPage, path: str, width: int, theme: str
) -> None:
    page = open_page(shop, path, width=width, theme=theme)
    assert findings(page) == []
    page.get_by_role("button", name="Show the waterfall as a table").click()
    page.get_by_role("button", name="Show net profit over time as a table").click()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
