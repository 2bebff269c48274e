"""The page Costs in a real browser: from nothing to a kept sheet, at both widths and in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SHEET = """kind,item,country,weight_from,weight_to,amount,rate,currency,valid_from,valid_to,note
product_cost,STO-MUG-4-IN-A-VERY-LONG-SKU-OF-A-SUPPLIER,,,,14.50,,EUR,2026-01-01,,Batch of May
default_product_cost,,,,,,35 %,,,,
shipping_cost,Home,DE,0,500,4.90,,EUR,,,
shipping_cost,Home,DE,500,,6.50,,EUR,,,
payment_fee,paypal,,,,0.35,2.49 %,EUR,,,
marketing,Anna on Instagram,,,,900,,EUR,2026-03-01,2026-03-31,
fixed,Rent,,,,1200,,EUR,2026-01-01,,
"""
WIDTHS = [(1440, "light"), (390, "dark")]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "costs.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


@pytest.fixture
def without_costs(empty_shop: Shop) -> Iterator[Shop]:
    """A shop in whose cost sheet nothing stands, before and after."""
    yield empty_shop
    costs, tenant = empty_shop.project.control.costs, empty_shop.project.tenant
    for each in costs.current(tenant):
        costs.withdraw(tenant, each.entry_id, "cli")


def looks_right(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert findings(page) == []


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_a_sheet_is_uploaded_looked_at_and_kept(
    without_costs: Shop, open_page: OpenPage, sheet: Path, width: int, theme: str
) -> None:
    page = open_page(without_costs, "/costs", width=width, theme=theme)
    expect(page.get_by_role("heading", name="No costs yet")).to_be_visible()
    looks_right(page)
    page.get_by_label("File", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="Look at what changes").click()
    expect(page.get_by_role("heading", name="7 added, 0 changed, 0 withdrawn, 0 unchanged")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("status").first).to_contain_text("7 added")
    expect(page.get_by_role("heading", name="Shipping", exact=True)).to_be_visible()
    expect(page.locator("#shipping_cost")).to_contain_text("DE, 0 to below 500 g")
    looks_right(page)


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_an_entry_is_added_put_right_changed_and_withdrawn(
    without_costs: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(without_costs, "/costs/new", width=width, theme=theme, refusals=True)
    looks_right(page)
    page.get_by_role("link", name="Payment fees").click()
    page.get_by_label("Item").fill("paypal")
    page.get_by_label("Rate").fill("2.49")
    page.get_by_role("button", name="Keep").press("Enter")
    expect(page.get_by_label("Rate")).to_have_value("2.49")
    expect(page.get_by_label("Rate")).to_have_accessible_description(
        "'2.49' may be 2.49 %. Write `2.49 %`, or a share below 1 such as 0.4."
    )
    looks_right(page)
    page.get_by_label("Rate").fill("2.49 %")
    page.get_by_label("Amount").fill("0.35")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_role("button", name="Keep").click()
    page.locator("#payment_fee").get_by_role("link", name="paypal").click()
    page.get_by_label("Rate").fill("2.99 %")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.locator("#main")).to_contain_text("Rate: 2.49 % → 2.99 %")
    looks_right(page)
    page.get_by_text("Withdraw…").click()
    looks_right(page)
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator("#main")).to_contain_text("This entry is withdrawn.")
    looks_right(page)


def test_faults_of_a_sheet_are_listed_with_their_lines(
    without_costs: Shop, open_page: OpenPage, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(SHEET.replace("35 %", "35").replace("6.50", "-6.50"), encoding="utf-8")
    page = open_page(without_costs, "/costs", width=390, refusals=True)
    page.get_by_label("File", exact=True).set_input_files(wrong)
    page.get_by_role("button", name="Look at what changes").click()
    expect(page.get_by_role("heading", name="2 faults")).to_be_visible()
    expect(page.get_by_role("row", name="line 5 amount")).to_contain_text("is negative")
    looks_right(page)
    settle(page)


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_what_is_known_comes_first_and_a_thing_without_a_cost_leads_to_its_form(
    shop: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(shop, "/costs", width=width, theme=theme)
    known = page.get_by_role("region", name="What is known")
    expect(known.get_by_role("progressbar")).to_have_count(3)
    looks_right(page)
    thing = known.get_by_role("row").nth(1)
    sku = thing.locator(".small").first.inner_text()
    thing.get_by_role("link").click()
    expect(page.get_by_label("Item")).to_have_value(sku)
    looks_right(page)
