"""The pages of stock in a browser: nothing moves or scrolls sideways, drawings are there, and a decision changes the list in its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop, serving, settle
from tests.browser.test_access import findings
from tests.browser.test_every_page import MOST_SHIFT, WATCH
from tests.published import publish
from tests.server.conftest import Watch
from tests.server.pages import stock_book

from fondaco.control import ConnectionRecord, Role
from fondaco.orchestration import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PLACES = (
    "/stock",
    "/stock/a:1",
    "/today",
    "/purchase-orders",
    "/purchase-orders/FO-1",
    "/suppliers",
    "/prices",
    "/forecast-quality",
)


@pytest.fixture(scope="module")
def stocked(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The book of stock behind a server; of its proposals the order is accepted."""
    folder = tmp_path_factory.mktemp("stocked") / "project"
    with Project.create(
        folder, name="Maison", currency="EUR", timezone="Europe/Berlin", clock=Watch()
    ) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        project.control.connections.add(
            project.tenant, ConnectionRecord("a", "files", "Aurora", "EUR", "Europe/Berlin", {})
        )
        publish(project, **stock_book.marts())  # type: ignore[arg-type]
        stock_book.accept_order(project)
        with serving(project) as url:
            yield Shop(url, project)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("place", PLACES)
def test_pages_of_stock_stand_still_and_are_open_to_everyone(
    stocked: Shop, open_page: OpenPage, place: str, width: int, theme: str
) -> None:
    page = open_page(stocked, place, width=width, theme=theme, script=WATCH)
    expect(page.locator("[data-stock-chart]:not([data-drawn]):visible")).to_have_count(0)
    assert page.evaluate("window.shift") < MOST_SHIFT
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert findings(page) == []


def test_what_is_refused_leaves_the_list_in_its_place_and_comes_back(
    stocked: Shop, open_page: OpenPage
) -> None:
    page = open_page(stocked, "/today?kind=warn")
    page.get_by_text("Refuse: Bowl").click()
    page.get_by_label("Why, if you like").fill("Runs out on purpose")
    page.locator(".todo-refuse form").get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("heading", name="All is decided")).to_be_visible()
    expect(page.locator(".todo.decided")).to_contain_text("Runs out on purpose")
    expect(page).to_have_url(f"{stocked.url}/today?kind=warn")
    page.locator(".todo.decided").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Refuse: Bowl")).to_be_visible()


def test_a_letter_finds_items_and_a_class_leads_to_its_own(stocked: Shop, open_page: OpenPage) -> None:
    page = open_page(stocked, "/stock")
    page.get_by_label("Find a title or article number").fill("tea")
    expect(page.locator("#sheet-items tbody tr")).to_have_count(1)
    page.locator(".stock-classes a").first.click()
    settle(page)
    expect(page.locator("#sheet-items tbody tr:visible")).to_have_count(2)
    page.get_by_role("link", name="Remove the class").click()
    settle(page)
    expect(page.locator("#sheet-items tbody tr:visible")).to_have_count(5)


def test_a_figure_opens_its_definition_over_the_list(stocked: Shop, open_page: OpenPage) -> None:
    page = open_page(stocked, "/stock")
    page.get_by_role("button", name="Stock value").click()
    expect(page.get_by_role("heading", name="Stock value")).to_be_visible()
    expect(page.locator("#drawer")).to_contain_text("sum of pieces × unit cost")
