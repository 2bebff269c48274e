"""Collections, as a merchant walks through them: from their ranking to the products of one, and to its profit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop, serving, settle, ticking
from tests.browser.test_access import findings
from tests.published import publish
from tests.server.pages.test_collections import collection_marts

from fondaco.control import Role
from fondaco.orchestration import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture(scope="module")
def shelves(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The book of ``tests/server/pages/test_collections.py`` behind a server."""
    folder = tmp_path_factory.mktemp("shelves") / "project"
    project = Project.create(folder, name="Aurora", currency="EUR", timezone="Europe/Berlin", clock=ticking)
    with project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        publish(project, **collection_marts())
        with serving(project) as url:
            yield Shop(url, project)


def test_from_the_ranking_to_the_products_of_one_and_back_to_all(shelves: Shop, open_page: OpenPage) -> None:
    page = open_page(shelves, f"/products?{MARCH}")
    page.get_by_role("link", name="Collections", exact=True).click()
    settle(page)
    page.get_by_role("link", name="Kitchen > Cups").click()
    expect(page).to_have_url(re.compile("collection=Kitchen"))
    settle(page)
    expect(page.locator("#sheet-products tbody tr")).to_have_count(1)
    expect(page.locator("#sheet-products tbody")).to_contain_text("Mug")
    page.get_by_label("Collection", exact=True).select_option("")
    settle(page)
    expect(page.locator("#sheet-products tbody tr")).to_have_count(3)


def test_profit_is_broken_down_by_collection_and_narrowed_to_one(shelves: Shop, open_page: OpenPage) -> None:
    page = open_page(shelves, f"/profit?{MARCH}")
    page.get_by_label("Break down by").get_by_role("link", name="Collection").click()
    settle(page)
    page.get_by_role("link", name="Gifts", exact=True).click()
    settle(page)
    expect(page.get_by_label("Conditions")).to_contain_text("Collection: Gifts")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_collections_are_for_everybody_on_every_screen(
    shelves: Shop, open_page: OpenPage, scheme: str
) -> None:
    page = open_page(shelves, f"/products?{MARCH}&level=collection", theme=scheme)
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page) == []
