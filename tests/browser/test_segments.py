"""The builder of segments in a real browser: with the keyboard, at both widths, in both themes."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def people(page: Page) -> int:
    return int(page.locator("[data-people]").inner_text().replace(",", ""))


def test_a_segment_is_built_saved_and_exported(shop: Shop, open_page: OpenPage, tmp_path: Path) -> None:
    """Conditions are added and taken away with the keyboard; the count follows, and the file holds as many."""
    page = open_page(shop, "/segments")
    page.get_by_role("link", name="Build one").click()
    settle(page)
    within_90_days = people(page)
    assert within_90_days > 0

    page.get_by_role("button", name="Add a condition").press("Enter")
    expect(page.get_by_label("What condition 2 is about")).to_be_focused()
    page.get_by_label("What condition 2 is about").select_option(label="Bought a product")
    page.get_by_label("Product", exact=True).fill("merino")
    expect(page.locator(".sentence")).to_contain_text(
        "bought a product whose title contains “merino” at least once"
    )
    both = people(page)
    assert 0 < both < within_90_days

    page.get_by_role("button", name="Remove condition 1").press("Enter")
    expect(page.locator(".sentence")).to_have_text(re.compile("^Customers who bought a product"))
    expect(page.get_by_role("button", name="Add a condition")).to_be_focused()
    merino = people(page)
    assert merino > both

    page.get_by_role("textbox", name="Name").fill("Merino wearers")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("heading", name="Merino wearers", level=1)).to_be_visible()
    page.get_by_role("button", name="Export CSV").click()
    page.get_by_role("checkbox", name="Net sales").uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    file = tmp_path / "members.csv"
    download.value.save_as(file)
    with file.open(newline="", encoding="utf-8") as opened:
        header, *members = csv.reader(opened)
    assert "person_id" in header and "net_sales" not in header
    assert len(members) == merino


def test_a_segment_leads_to_its_members_and_the_palette_to_the_segment(
    shop: Shop, open_page: OpenPage
) -> None:
    rule = {"kind": "attribute", "attribute": "orders", "operator": "at_least", "values": [3]}
    shop.project.control.segments.create(
        shop.project.tenant, name="Three times or more",
        definition={"version": 1, "root": {"kind": "group", "match": "all", "rules": [rule]}},
    )  # fmt: skip
    page = open_page(shop, "/customers")
    page.keyboard.press("Control+k")
    page.locator("#palette-input").fill("three times")
    page.locator("#palette-list").get_by_role("option", name="Three times or more").click()
    expect(page.get_by_role("heading", name="Three times or more", level=1)).to_be_visible()
    settle(page)
    members = people(page)
    page.get_by_role("link", name="All members").click()
    expect(page.get_by_role("heading", name="Three times or more", level=2)).to_be_visible()
    expect(page.locator("#list .sub")).to_contain_text(f"{members:,} people")
    page.get_by_label("Order", exact=True).select_option(label="Orders")
    expect(page).to_have_url(re.compile(r"segment=own%3A\d+&sort=orders"))
    expect(page.get_by_label("Segment", exact=True)).to_have_value(re.compile("own:"))
    settle(page)
    assert findings(page) == []
    page.locator("#sheet-people tbody a").first.click()
    expect(page.locator("#accounts")).to_be_visible()


def test_a_definition_opens_beside_a_condition_on_persons_and_no_address_holds_what_was_typed(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, "/segments/new")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("What condition 1 is about").select_option(label="E-mail address")
    expect(page.get_by_label("How E-mail address is compared")).to_be_visible()
    page.get_by_label("E-mail address", exact=True).fill("ada@example.com")
    expect(page.locator(".sentence")).to_contain_text("whose e-mail address is “ada@example.com”")
    button = page.get_by_role("button", name="Definition of “E-mail address”")
    button.press("Enter")
    expect(page.get_by_role("heading", name="E-mail address", level=2)).to_be_visible()
    expect(page.locator("#drawer")).to_contain_text("who may see who the customers are")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    assert any("/segments/definitions/attribute/email" in url for url in asked)
    assert [url for url in asked if "ada" in url or "example.com" in url] == []
    assert "ada" not in page.url
    page.evaluate("window.onbeforeunload = null")


def test_a_product_chosen_by_its_id_is_called_by_its_title(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/segments/new")
    page.get_by_label("What condition 1 is about").select_option(label="Bought a product")
    settle(page)
    page.get_by_label("Which product").select_option(label="whose id is")
    settle(page)  # the condition is drawn anew
    page.get_by_label("Product", exact=True).fill("aurora:MER-SCARF")
    expect(page.locator(".product-title")).to_have_text("Merino scarf, ink")
    expect(page.locator(".sentence")).to_contain_text(
        "bought the product “Merino scarf, ink” (aurora:MER-SCARF)"
    )
    assert people(page) > 0
    page.get_by_label("Product", exact=True).fill("aurora:NONE")
    expect(page.locator(".product-title")).to_have_text("")
    page.evaluate("window.onbeforeunload = null")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_open_to_everyone_and_fit(
    shop: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    for path in ("/segments", "/segments/new"):
        page = open_page(shop, path, width=width, theme=theme)
        if path == "/segments/new":
            page.get_by_role("button", name="Add a group").click()
            expect(page.locator(".rule-group.nested")).to_have_count(1)
            settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # The policy of the page forbids inline scripts; axe goes past it on the browser's own channel.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        assert found == []
        page.evaluate("window.onbeforeunload = null")
