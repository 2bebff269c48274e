"""Overview in a real browser: filters, comparison, clocks, definitions, tables and files."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.\-]", "", text.replace("−", "-")))


def net_sales(page: Page) -> Decimal:
    settle(page)
    return amount(page.locator("#net-sales").inner_text())


def rows(page: Page, panel: str) -> list[list[str]]:
    settle(page)
    found = page.locator(f"#panel-{panel} tbody tr").all()
    return [[cell.inner_text() for cell in row.locator("th, td").all()] for row in found]


def test_the_bridge_adds_up_from_gross_to_total_sales(shop: Shop, open_page: OpenPage) -> None:
    steps = {row[0]: amount(row[2]) for row in rows(open_page(shop), "bridge")}
    assert steps["Gross sales"] + steps["Discounts"] + steps["Returns"] == steps["Net sales"]
    beside = sum(steps[name] for name in ("Shipping", "Taxes", "Duties"))
    assert steps["Net sales"] + beside == steps["Total sales"]
    assert steps["Net sales"] > 0 > steps["Returns"]


def test_the_headline_is_the_bridges_net_sales_and_the_sum_of_the_shops(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop)
    bridge = {row[0]: amount(row[2]) for row in rows(page, "bridge")}
    assert net_sales(page) == bridge["Net sales"] == sum(amount(row[1]) for row in rows(page, "shops"))


def test_a_preset_changes_the_figures_and_the_address_and_back_brings_them_back(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop)
    thirty_days = net_sales(page)
    page.locator("#range").click()
    page.get_by_text("Last 7 days", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?range=last_7_days$"))
    expect(page.locator("#range")).to_contain_text("25 – 31 Mar 2026")
    assert 0 < net_sales(page) < thirty_days
    page.go_back()
    expect(page).to_have_url(shop.url + "/")
    assert net_sales(page) == thirty_days


def test_two_dates_make_a_period_of_ones_own(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    page.locator("#range").click()
    page.get_by_label("From", exact=True).fill("2026-02-03")
    page.get_by_label("To", exact=True).fill("2026-02-09")
    page.get_by_role("button", name="Apply dates").click()
    expect(page).to_have_url(re.compile(r"range=custom&from=2026-02-03&to=2026-02-09"))
    expect(page.locator("#range")).to_contain_text("3 – 9 Feb 2026")
    expect(page.locator("#panel-headline tbody tr")).to_have_count(7)


def test_a_period_that_ends_before_it_starts_is_refused_beside_the_filters_and_can_be_corrected(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, refusals=True)
    shown = net_sales(page)
    page.locator("#range").click()
    page.get_by_label("From", exact=True).fill("2026-02-09")
    page.get_by_label("To", exact=True).fill("2026-02-03")
    page.get_by_role("button", name="Apply dates").click()
    expect(page.get_by_role("alert")).to_contain_text("before it starts on 2026-02-09. Swap the two dates.")
    expect(page).to_have_url(shop.url + "/")
    assert net_sales(page) == shown
    page.get_by_label("From", exact=True).fill("2026-02-01")
    page.get_by_role("button", name="Apply dates").click()
    expect(page.locator("#range")).to_contain_text("1 – 3 Feb 2026")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_comparison_can_be_the_year_before_or_none(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    expect(page.locator("#panel-headline .legend .then")).to_contain_text("31 Jan – 1 Mar 2026")
    page.get_by_label("Compare with").focus()
    page.get_by_label("Compare with").select_option("previous_year")
    expect(page.locator("#panel-headline .legend .then")).to_contain_text("2 – 31 Mar 2025")
    expect(page.get_by_label("Compare with")).to_be_focused()
    page.get_by_label("Compare with").select_option("none")
    expect(page.locator("#panel-headline .legend .then")).to_have_count(0)
    expect(page).to_have_url(re.compile("compare=none"))


def test_one_shop_alone_is_less_than_both(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    both = net_sales(page)
    by_shop = {row[0].split()[0]: amount(row[1]) for row in rows(page, "shops")}
    page.get_by_label("Shop", exact=True).select_option("brick")
    expect(page).to_have_url(re.compile("shop=brick"))
    alone = net_sales(page)
    assert alone in by_shop.values()
    assert 0 < alone < both


def test_the_order_clock_moves_returns_to_their_orders_and_the_bridge_says_so(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop)
    finance = net_sales(page)
    bridge = rows(page, "clocks")[:4]
    page.get_by_role("radio", name="Order clock").check()
    expect(page).to_have_url(re.compile("clock=order"))
    order = net_sales(page)
    amounts = [amount(row[1]) for row in bridge]
    assert amounts[0] == finance
    assert amounts[-1] == order
    assert sum(amounts[:-1]) == order


def test_every_figure_opens_its_definition_and_escape_leads_back(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    names = page.locator("#view .def")
    assert names.count() >= 16
    button = page.locator("#panel-bridge").get_by_role("button", name="Net sales")
    button.click()
    drawer = page.get_by_role("dialog", name="Net sales")
    expect(drawer).to_contain_text("Formula")
    expect(drawer).to_contain_text("discounts")
    settle(page)
    assert amount(drawer.locator(".big").inner_text()) == net_sales(page)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()


def test_the_chart_turns_into_its_table_and_the_file_holds_the_same_figures(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop)
    total = net_sales(page)
    expect(page.locator("#panel-headline canvas")).to_be_visible()
    page.get_by_role("button", name="Show net sales over time as a table").click()
    table = page.locator("#panel-headline table")
    expect(table).to_be_visible()
    shown = [amount(cell) for cell in table.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert len(shown) == 30
    assert sum(shown) == total
    with page.expect_download() as download:
        page.get_by_role("link", name="Download net sales over time as CSV").click()
    assert download.value.suggested_filename == "net_sales_2026-03-02_2026-03-31_finance.csv"
    lines = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert [round(Decimal(line["net_sales"]), 2) for line in lines] == shown
    assert lines[0]["day"] == "2026-03-02"


def test_the_tooltip_shows_both_periods(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    box = page.locator("#panel-headline .chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tip .now b")).to_have_text(re.compile("€"))
    expect(page.locator(".tip .then b")).to_have_text(re.compile("€"))


def test_the_seal_opens_the_days_and_names_the_gap(
    shop: Shop, open_page: OpenPage, one_day_off: None
) -> None:
    page = open_page(shop)
    expect(page.locator("#seal")).to_contain_text("Off by up to €12.40 on 1 day")
    page.locator("#seal").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("−€12.40")
    expect(drawer).to_contain_text("An order was edited after the report was made.")
    expect(drawer).to_contain_text("200123")


def test_dark_is_chosen_once_and_remembered(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    settle(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) != light


def test_the_system_decides_where_nobody_has_chosen(shop: Shop, open_page: OpenPage) -> None:
    expect(open_page(shop, theme="dark").locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("path", ["/", "/runs", "/?range=year_to_date&compare=previous_year"])
def test_nothing_is_cut_off_at_390_pixels(shop: Shop, open_page: OpenPage, path: str) -> None:
    page = open_page(shop, path, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_panels_take_their_place_without_moving_the_page(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/login", logged_in=True)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) window.shift += e.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(shop.url + "/?range=last_90_days&compare=previous_year")  # not asked for by any other test
    settle(page)
    assert page.evaluate("window.shift") < 0.02


def test_an_empty_project_says_what_to_connect(empty_shop: Shop, open_page: OpenPage) -> None:
    page = open_page(empty_shop)
    expect(page.get_by_role("heading", name="Connect a shop to see its sales")).to_be_visible()
    expect(page.locator("main")).to_contain_text("fondaco connect shopify")
