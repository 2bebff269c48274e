"""What holds of every page: open to everyone, nothing moves while it comes, nothing scrolls sideways, and the first paint is soon."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings

from fondaco.orchestration.analysing import analyse_customers
from fondaco.orchestration.progress import silent

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

PLACES = (
    "/", "/sales", "/profit", "/profit/payouts", "/orders", "/orders?clock=order&which=lost", "/marketing", "/products", "/stock", "one article", "/today", "/purchase-orders", "/suppliers", "/prices", "/forecast-quality", "one product", "one order", "/customers", "one customer", "/segments", "/segments/new",
    "/cohorts", "/costs", "/costs/new", "/alerts", "/alerts/rules/new?kind=change", "/alerts/rules/sales-drop", "/settings/alerts", "/connections", "/connections/aurora", "/runs", "/report", "/settings/users", "/settings/tokens", "/settings/shops", "/settings/schedule", "/settings/currency", "/settings/defaults",
    "/settings/definitions", "/settings/account", "/search",
)  # fmt: skip
BEFORE_THE_DATA = (
    "/?range=last_year",
    "/sales?range=last_year",
    "/profit?range=last_year",
    "/orders?range=last_year",
    "/report?period=2025",
)
"""The shop's data begins on 1 January 2025: in the place of changes stands since when there is data."""
MOST_SHIFT = 0.02
FIRST_PAINT_MS = 1000.0
WATCH = """
window.shift = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
"""
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@pytest.fixture(scope="module")
def analysed(shop: Shop) -> Shop:
    """The shop with all that is known of its customers."""
    project = shop.project
    analyse_customers(project, "tried", silent)
    with project.warehouse.writer():
        project.warehouse.publish()
    return shop


def address(shop: Shop, place: str) -> str:
    """The address of a place; of one thing, that of the first there is."""
    one = {
        "one product": ("products", "product_id", "products"),
        "one order": ("orders", "order_id", "orders"),
        "one customer": ("customers", "person_id", "customer_scores"),
        "one article": ("stock", "variant_id", "stock_items"),
    }.get(place)
    if one is None:
        return place
    page, column, table = one
    found = shop.project.reader.query(f"select min({column}) as id from marts.{table}")
    return f"/{page}/{found.column('id')[0].as_py()}"


def first_paint(page: Page) -> float:
    """Milliseconds after the page was asked for. The browser tells it a little after it has painted; the policy of the pages forbids
    to wait for it with a function of the page's own."""
    for _ in range(100):
        if (painted := page.evaluate(_FIRST_PAINT)) is not None:
            return float(painted)
        page.wait_for_timeout(50)
    raise AssertionError("nothing was painted")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("place", (*PLACES, *BEFORE_THE_DATA))
def test_every_page_stands_still_and_is_open_to_everyone(
    analysed: Shop, open_page: OpenPage, place: str, width: int, theme: str
) -> None:
    page = open_page(analysed, address(analysed, place), width=width, theme=theme, script=WATCH)
    assert page.evaluate("window.shift") < MOST_SHIFT
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert findings(page) == []


@pytest.mark.parametrize("place", PLACES)
def test_the_first_paint_of_a_page_that_was_seen_before_is_soon(
    analysed: Shop, open_page: OpenPage, place: str
) -> None:
    """Once in three times, because the machine that tests may do other things meanwhile."""
    page = open_page(analysed, address(analysed, place))
    painted: list[float] = []
    while len(painted) < 3 and min(painted, default=FIRST_PAINT_MS) >= FIRST_PAINT_MS:
        page.reload()
        settle(page)
        painted.append(first_paint(page))
    assert min(painted) < FIRST_PAINT_MS
