"""A merchant whose data begins on 12 March 2025, with a second shop since 1 March 2026: what is held against what."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.conftest import two_shops as opened
from tests.server.pages.test_sales import rows

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

BEGINS = {"a": date(2025, 3, 12), "b": date(2026, 3, 1)}
"""Aurora and Berg; the day is 31 March 2026. Each sells one mug for 10.00 a day."""
LAST = date(2026, 3, 31)

APRIL = "from=2025-04-01&to=2025-04-30"
"""Of the month before it only the end is known."""
MAY = "from=2025-05-01&to=2025-05-31"
YEAR = "from=2025-04-01&to=2026-03-31"
"""Of the year before it only the end is known."""
MARCH = "from=2026-03-01&to=2026-03-31"
"""The month in which Berg joined."""


def days() -> Iterator[tuple[str, date]]:
    for shop, first in BEGINS.items():
        for number in range((LAST - first).days + 1):
            yield shop, first + timedelta(number)


def marts() -> dict[str, list[dict[str, Any]]]:
    sold = {"gross_sales": 10, "net_sales": 10, "units_sold": 1}
    return {
        "connections": [{"connection_id": shop, "reporting_currency": "EUR"} for shop in BEGINS],
        "sales_daily": [
            {"clock": clock, "sales_date": day, "connection_id": shop, "is_filler": False, "orders": 1, "total_sales": 10, **sold}
            for shop, day in days()
            for clock in ("finance", "order")
        ],
        "products": [
            {"product_id": f"{shop}:mug", "title": "Mug", "connection_id": shop, "first_sold_date": first, "is_deleted": False}
            for shop, first in BEGINS.items()
        ],
        "product_sales_daily": [
            {"event_date": day, "order_date": day, "connection_id": shop, "product_id": f"{shop}:mug", "product_title": "Mug", "product_orders": 1, **sold}
            for shop, day in days()
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def young(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with opened(shop_folder(new_folder, tmp_path_factory.mktemp("young")), marts()) as project:
        yield project


@pytest.fixture(scope="module")
def page(young: Project) -> Iterator[TestClient]:
    with TestClient(create_app(young), follow_redirects=False) as client:
        yield with_session(client, young)


@pytest.fixture(scope="module")
def program(young: Project) -> Iterator[TestClient]:
    _, secret = young.control.tokens.create(young.tenant, "test")
    with TestClient(create_app(young)) as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        yield client


def words(text: str) -> str:
    """What is read, without its drawings and titles."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def note(text: str) -> str:
    found = re.search(r'<p class="beside" id="beside">(.*?)</p>', text)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("path", ["/sales", "/products", "/products/a:mug"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (APRIL, "Data begins 12 Mar 2025: there is no comparison with 1 – 31 Mar 2025."),
        (YEAR, "Data begins 12 Mar 2025: there is no comparison with 1 Apr 2024 – 31 Mar 2025."),
        (MAY, ""),
        (f"{APRIL}&compare=none", ""),
    ],
)
def test_under_the_filters_stands_why_there_is_no_comparison(
    page: TestClient, path: str, asked: str, said: str
) -> None:
    assert note(page.get(f"{path}?{asked}").text) == said


def test_overview_says_it_of_both_periods_that_it_looks_back_to(page: TestClient) -> None:
    assert note(page.get(f"/?{MAY}").text) == (
        "Data begins 12 Mar 2025: there is no comparison with 1 – 31 May 2024."
    )
    headline = words(page.get(f"/overview/headline?{MAY}").text)
    assert "+3.3% vs previous period €300.00" in headline
    assert "– vs previous year Data begins 12 Mar 2025" in headline


@pytest.mark.parametrize("panel", ["tiles", "headline", "bridge"])
@pytest.mark.parametrize("asked", [APRIL, YEAR])
def test_no_panel_of_overview_shows_a_rate_or_a_figure_of_what_is_not_known(
    page: TestClient, panel: str, asked: str
) -> None:
    text = page.get(f"/overview/{panel}?{asked}").text
    assert not re.search(r"[+−][0-9.,]+%", text)
    assert "€200.00" not in text  # the end of March 2025
    assert 'class="then"' not in text
    known = page.get(f"/overview/{panel}?{MAY}").text
    assert re.search(r"\+3\.3%", known)


def test_a_tile_says_since_when_anything_is_known(page: TestClient) -> None:
    tile = re.search(
        r'id="tile-orders".*?<div class="was">(.*?)</div>', page.get(f"/overview/tiles?{APRIL}").text, re.S
    )
    assert tile and words(tile[1]) == "– Data begins 12 Mar 2025"


def test_sales_and_its_parts_have_no_rate_and_the_file_no_figure(page: TestClient) -> None:
    assert "– vs previous period Data begins 12 Mar 2025" in words(page.get(f"/sales/course?{APRIL}").text)
    assert rows(page.get(f"/sales/breakdown?{APRIL}&by=shop").text) == [
        ["Aurora", "€300.00", "100.0%", "–", "–"]
    ]
    file = page.get(f"/sales/breakdown.csv?{APRIL}&by=shop").text
    assert file.splitlines()[1] == "a,300.000000,"


def test_definitions_have_none_either(page: TestClient) -> None:
    assert "– Data begins 12 Mar 2025" in words(page.get(f"/definitions/net_sales?{APRIL}").text)


def test_a_shop_that_joined_is_growth_and_said_beside_it_but_its_own_line_has_no_rate(
    page: TestClient,
) -> None:
    assert note(page.get(f"/sales?{MARCH}").text) == (
        "Not like for like with 1 – 28 Feb 2026; data of these shops begins later: Berg 1 Mar 2026."
    )
    assert "+121.4%" in page.get(f"/sales/course?{MARCH}").text  # 620 from 280
    assert rows(page.get(f"/sales/breakdown?{MARCH}&by=shop").text) == [
        ["Aurora", "€310.00", "50.0%", "€280.00", "+10.7%"],
        ["Berg", "€310.00", "50.0%", "–", "–"],
    ]


def test_a_shop_looked_at_alone_begins_on_its_own_day(page: TestClient) -> None:
    assert note(page.get(f"/sales?{MARCH}&shop=b").text) == (
        "Data begins 1 Mar 2026: there is no comparison with 1 – 28 Feb 2026."
    )
    assert note(page.get(f"/sales?{MARCH}&shop=a").text) == ""


def test_a_product_is_held_against_what_is_known_of_its_shop(page: TestClient) -> None:
    assert note(page.get(f"/products/b:mug?{MARCH}").text) == (
        "Data begins 1 Mar 2026: there is no comparison with 1 – 28 Feb 2026."
    )
    tiles = words(page.get(f"/products/b:mug?{MARCH}").text)
    assert tiles.count("– Data begins 1 Mar 2026") == 12, tiles
    trends = {row[0]: row[6] for row in rows(page.get(f"/products/catalogue?{MARCH}").text)}
    assert trends == {"MugAurora": "0.0%", "MugBerg": "–"}
    file = page.get(f"/products/catalogue.csv?{MARCH}").text.splitlines()
    assert {line.split(",")[0]: line.split(",")[9] for line in file[1:]} == {"a:mug": "1", "b:mug": ""}


def test_the_report_leaves_out_what_is_not_known(page: TestClient) -> None:
    text = page.get("/report?period=2025-04").text
    assert "Data begins 12 Mar 2025: there is no comparison with March 2025 or April 2024." in text
    assert not re.search(r"[+−][0-9.,]+%", text)
    assert "€200.00" not in text and '<polyline class="then"' not in text
    assert "+3.3%" in page.get("/report?period=2025-05").text


def test_the_api_says_when_the_data_begins_and_why_nothing_is_to_be_held_against_a_period(
    program: TestClient,
) -> None:
    def asked(question: str) -> tuple[str | None, str | None]:
        answer = program.get(f"/api/v1/metrics/query?metrics=net_sales&{question}").json()
        return answer["data_begins"], answer["not_comparable"]

    assert asked(MAY) == ("2025-03-12", None)
    assert asked("from=2025-03-01&to=2025-03-31") == (
        "2025-03-12",
        "Data begins 2025-03-12, after the period's first day.",
    )
    assert asked(f"{MAY}&where=connection_id=b") == (
        "2026-03-01",
        "Data begins 2026-03-01, after the period's first day.",
    )
    shops = program.get("/api/v1/connections").json()
    assert {shop["connection_id"]: shop["data_begins"] for shop in shops} == {
        "a": "2025-03-12",
        "b": "2026-03-01",
    }


def test_the_first_days_are_worked_out_once_for_each_published_state(young: Project) -> None:
    site = create_app(young).state.site
    assert site.beginnings.days == BEGINS
    assert site.beginnings is site.beginnings
