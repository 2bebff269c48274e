"""One article of Stock: its places, its days, its forecast, and what is on its way."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, form_token, with_session
from tests.server.pages import stock_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import file, table, words

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The book of stock, of which the order of the Mug is accepted."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("item")), clock=Watch()) as project:
        publish(project, **stock_book.marts())  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            with_session(client, project)
            csrf = form_token(client.get("/today").text)
            client.post("/today/20260331-2/accept", data={"csrf": csrf, "quantity": "60", "reason": "Fair"})
            yield client


def test_it_begins_where_it_sells_fastest_and_leads_to_its_other_places(reader: TestClient) -> None:
    page = reader.get("/stock/a:1").text
    assert table(page, 'id="title-places"') == [
        [
            "Berlin",
            "AX",
            "Low 20 +50",
            "€80.00",
            "€4.00",
            "2.00",
            "10 days",
            "5",
            "30 Mar 2026",
            "10 Mar 2026",
        ],
        ["Paris", "AX", "Out 0", "€0.00", "€4.00", "1.50", "0 days", "12", "18 Mar 2026", "–"],
    ]
    assert "Berlin, at the end of 30 Mar 2026" in words(page)
    assert "Paris, at the end of 30 Mar 2026" in words(reader.get("/stock/a:1?location=a:loc2").text)
    assert 'href="/products/a:Mug"' in page


def test_days_stand_with_receipts_and_with_those_on_which_it_could_not_be_bought(reader: TestClient) -> None:
    page = reader.get("/stock/a:1").text
    days = table(page[page.index('id="title-course"') :])
    assert (len(days), days[0]) == (58, ["Sun 1 Feb 2026", "30", "+30 received"])
    assert days[31:38] == [
        ["Wed 4 Mar 2026", "30"],
        ["Thu 5 Mar 2026 Out", "0", "30"],
        *([f"{day} Mar 2026 Out", "0"] for day in ("Fri 6", "Sat 7", "Sun 8", "Mon 9")),
        ["Tue 10 Mar 2026", "40", "+40 received"],
    ]
    assert re.findall(r'data-came="(\d+)"', page) == ["30", "40"]
    assert ["Fri 20 Mar 2026", "20", "22", "+2 came back"] in days


def test_the_course_is_a_file_of_half_a_year(reader: TestClient) -> None:
    rows = file(reader, "/stock/course/a:1.csv?location=a:loc1")
    assert len(rows) == 182
    assert {name: rows[-11][name] for name in ("day", "closing", "sold", "returned", "is_out")} == {
        "day": "2026-03-20", "closing": "20", "sold": "22", "returned": "2", "is_out": "False",
    }  # fmt: skip


def test_the_forecast_follows_the_weeks_that_are_known_whole(reader: TestClient) -> None:
    page = reader.get("/stock/a:1").text
    weeks = table(page[page.index('id="title-fan"') :])
    assert weeks[-5:] == [
        ["Week of 24 Mar 2026", "0", ""][:2],
        ["Week of 31 Mar 2026", "14", "8.4 – 21"],
        ["Week of 7 Apr 2026", "15", "9 – 22.5"],
        ["Week of 14 Apr 2026", "16", "9.6 – 24"],
        ["Week of 21 Apr 2026", "17", "10.2 – 25.5"],
    ]
    assert ["Week of 3 Mar 2026 Out on 5 days", "30"] in weeks
    assert "About 62 pieces in 4 weeks from 31 Mar 2026 on" in words(page)
    told = file(reader, "/stock/forecast/a:1.csv?location=a:loc1")
    assert [(row["forecast_date"], row["mean"], row["q95"]) for row in told[:1]] == [
        ("2026-03-31", "14.0", "23.8")
    ]


def test_how_orders_are_worked_out_is_told_with_every_number(reader: TestClient) -> None:
    plan = words(reader.get("/stock/a:1").text.partition('id="title-plan"')[2].partition("</section>")[0])
    for told in ("Lead time 16 days give or take 3.1, learned from its orders", "Safety stock 15", "Order when below 49", "Order up to 63 in steps of 6", "Chance of running out 35.0%"):  # fmt: skip
        assert told in plan


def test_what_was_decided_and_what_is_on_its_way_stand_beside(reader: TestClient) -> None:
    page = reader.get("/stock/a:1").text
    assert table(page, 'id="title-orders"') == [["FO-1 draft", "Clay & Co", "Berlin", "60", "–"]]
    assert table(page, 'id="title-decisions"') == [
        ["31 Mar 2026 Berlin", "Order Changed Fair", "60 of 48", "owner@example.com"]
    ]
    assert "Nothing was decided about it" in html.unescape(reader.get("/stock/a:3").text)


def test_where_nothing_is_forecast_the_page_says_where_it_is_told_why(reader: TestClient) -> None:
    page = words(reader.get("/stock/a:3").text)
    assert "Demand is not forecast for it here" in page and "Worked out by the next run" in page


@pytest.mark.parametrize("address", ["/stock/a:99", "/stock/a:3?location=a:loc1", "/stock/course/a:99.csv"])
def test_what_is_not_there_is_said(reader: TestClient, address: str) -> None:
    assert reader.get(address).status_code == 404
