"""Sales, one order and Products, as a merchant walks through them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.\-]", "", text.replace("−", "-")))


def figure(page: Page) -> Decimal:
    settle(page)
    return amount(page.locator("#figure").inner_text())


def click_bar(page: Page, index: int, of: int) -> None:
    """Press the chart where the bar of a step stands."""
    settle(page)
    page.locator("#panel-course .chart").scroll_into_view_if_needed()
    box = page.locator("#panel-course .chart").bounding_box()
    assert box is not None
    left, right = 58, 14  # the axis's words, and the margin
    step = (box["width"] - left - right) / of
    page.mouse.click(box["x"] + left + step * (index + 0.5), box["y"] + box["height"] * 0.7)


def test_from_the_years_by_their_bars_down_to_one_order_and_its_lines(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, "/sales?from=2025-01-01&to=2026-03-31&clock=order")
    settle(page)
    click_bar(page, 0, 2)
    expect(page).to_have_url(re.compile("from=2025-01-01&to=2025-12-31"))
    settle(page)
    click_bar(page, 11, 12)
    expect(page).to_have_url(re.compile("from=2025-12-01&to=2025-12-31"))
    month = figure(page)
    page.get_by_role("button", name="Show net sales over time as a table").click()
    page.locator("#panel-course").get_by_role("link", name="Tue 9 Dec 2025").click()
    expect(page).to_have_url(re.compile("from=2025-12-09&to=2025-12-09"))
    day = figure(page)
    assert 0 < day < month
    cells = page.locator("#sheet-orders tbody td:nth-of-type(6)").all_inner_texts()
    assert sum(amount(cell) for cell in cells) == day
    first = page.locator("#sheet-orders tbody th a").first
    number = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", name=f"Order {number}")).to_be_visible()
    expect(page.locator("main")).to_contain_text("What happened")


def test_a_row_adds_a_condition_that_stays_until_its_chip_is_removed(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/sales")
    whole = figure(page)
    row = page.locator("#sheet-parts tbody tr", has_text="Germany")
    own = amount(row.locator("td").nth(1).inner_text())
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile("country=DE"))
    assert figure(page) == own < whole
    page.get_by_label("Compare with").select_option("none")
    expect(page).to_have_url(re.compile("compare=none.*country=DE"))
    page.get_by_role("link", name="Remove Country: Germany").click()
    expect(page.locator(".chips")).to_have_count(0)
    assert figure(page) == whole


def test_another_figure_and_dimension_stand_in_the_address(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/sales")
    settle(page)
    page.get_by_label("Figure", exact=True).select_option("orders")
    expect(page).to_have_url(re.compile("metric=orders"))
    settle(page)
    page.get_by_role("navigation", name="Break down by").get_by_role("link", name="Hour").click()
    expect(page).to_have_url(re.compile("metric=orders&by=hour"))
    total = figure(page)
    parts = page.locator("#sheet-parts tbody td:nth-of-type(2)").all_inner_texts()
    assert sum(amount(part) for part in parts) == total


def test_an_order_is_found_while_one_types(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/sales")
    settle(page)
    number = page.locator("#sheet-orders tbody th").nth(7).inner_text()
    field = page.get_by_label("Find an order number")
    field.press_sequentially(number)
    expect(page.locator("#sheet-orders tbody tr")).to_have_count(1)
    expect(page.locator("#sheet-orders tbody th a")).to_have_text(number)
    expect(field).to_be_focused()


def test_all_orders_of_a_month_are_one_scroll_away_in_any_order(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/sales?from=2026-03-01&to=2026-03-31&clock=order")
    settle(page)
    box = page.locator("#sheet-orders .scroll")
    rows = page.locator("#sheet-orders tbody:not(.gap) tr")
    total = int(page.locator("#sheet-orders .pager").get_attribute("data-total") or 0)
    assert total > 250
    found: dict[str, Decimal] = {}
    for step in range(total // 8):
        box.evaluate("(box, top) => { box.scrollTop = top; }", step * 300)
        page.wait_for_timeout(40)
        expect(page.locator("#sheet-orders table")).not_to_have_attribute("aria-busy", "true")
        for cells in rows.evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        ):
            found[cells[0].split()[0]] = amount(cells[6])
        assert rows.count() <= 210
        if len(found) == total:
            break
    assert len(found) == total
    assert sum(found.values()) == figure(page)
    page.locator("#sheet-orders").get_by_role("link", name="Order by net sales").click()
    expect(page).to_have_url(re.compile("orders_order=-net_sales"))
    settle(page)
    box.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(rows.last).to_have_attribute("aria-rowindex", str(total + 1))
    assert amount(rows.last.locator("td").nth(5).inner_text()) == min(found.values())
    expect(page).to_have_url(re.compile("orders_order=-net_sales.*orders_sheet="))


def test_products_are_ordered_by_a_column_and_lead_to_their_page(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/products?range=last_90_days")
    settle(page)
    page.get_by_role("link", name="Order by units sold").click()
    expect(page).to_have_url(re.compile("range=last_90_days&products_order=-units_sold"))
    units = [
        amount(text) for text in page.locator("#sheet-products tbody td:nth-of-type(4)").all_inner_texts()
    ]
    assert units == sorted(units, reverse=True)
    first = page.locator("#sheet-products tbody th a").first
    title = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/products/.*\?range=last_90_days"))
    settle(page)
    assert amount(page.locator("#tile-units_sold .value").inner_text()) == units[0]
    page.get_by_role("button", name="Days of cover").click()
    expect(page.get_by_role("dialog", name="Days of cover")).to_contain_text("stock ÷ units a day")


@pytest.mark.parametrize(
    "path",
    [
        "/sales",
        "/sales?from=2026-03-09&to=2026-03-09&country=DE&by=product",
        "/products",
        "/products?level=variant",
    ],
)
def test_nothing_is_cut_off_at_390_pixels(shop: Shop, open_page: OpenPage, path: str) -> None:
    page = open_page(shop, path, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(
    "path", ["/sales?range=last_month&compare=previous_year", "/products?range=last_month"]
)
def test_panels_take_their_place_without_moving_the_page(shop: Shop, open_page: OpenPage, path: str) -> None:
    page = open_page(shop, "/login")
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) window.shift += e.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(shop.url + path)
    settle(page)
    assert page.evaluate("window.shift") < 0.02


def test_what_products_are_searched_for_stands_in_the_address_and_is_there_on_going_back(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, "/products")
    settle(page)
    found = page.locator("#sheet-products tbody tr")
    name = found.first.locator("th a").inner_text()
    every = found.count()
    page.get_by_role("searchbox", name="Find products").fill(name)
    expect(page).to_have_url(re.compile("products_find="))
    settle(page)
    few = found.count()
    found.first.locator("th a").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    page.go_back()
    settle(page)
    expect(page.get_by_role("searchbox", name="Find products")).to_have_value(name)
    assert found.count() == few < every
