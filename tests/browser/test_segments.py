"""The builder of segments in a real browser: with the keyboard, at both widths, in both themes."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle

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
