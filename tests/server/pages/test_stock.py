"""Stock: what each state of its address lists, against a book that is reckoned on paper."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages import stock_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import table

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The book of stock, published once, and a browser of its owner."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("stock")), clock=Watch()) as project:
        publish(project, **stock_book.marts())  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def rows(client: TestClient, asked: str = "") -> list[list[str]]:
    return table(client.get(f"/stock?{asked}").text, 'id="sheet-items"')


def items(client: TestClient, asked: str) -> list[str]:
    return [" ".join(row[:2]) for row in rows(client, asked)[:-1]]


def file(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(address).text.splitlines()))


def tile(page: str, name: str) -> str:
    found = re.search(rf'id="tile-{name}">.*?<div class="value">(.*?)</div>', page, re.S)
    assert found is not None
    return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip()


def test_items_stand_at_their_places_with_their_speed_the_most_value_first(reader: TestClient) -> None:
    assert rows(reader) == [
        ["Lamp LAMP-1", "Paris", "C", "Dead 10", "€500.00", "0.00", "–", "0", "–", "400 days"],
        ["Tea TEA-1", "Berlin", "BY", "100", "€300.00", "0.25", "400 days", "0", "–", "150 days"],
        ["Mug, Blue MUG-1", "Berlin", "AX", "Low 20 +50", "€80.00", "2.00", "10 days", "5", "€40.00", "20 days"],
        ["Bowl BOWL-1", "Berlin", "CZ", "Below nothing −2", "€0.00", "0.10", "0 days", "0", "–", "–"],
        ["Mug, Blue MUG-1", "Paris", "AX", "Out 0", "€0.00", "1.50", "0 days", "12", "€60.00", "–"],
        ["All", "5 items", "130", "€880.00", "3.85", "34 days", "17", "€100.00"],
    ]  # fmt: skip


def test_the_figures_above_are_the_metrics_of_these_items(reader: TestClient) -> None:
    page = reader.get("/stock").text
    told = {
        name: tile(page, name)
        for name in ("stock_value", "days_of_supply", "dead_stock_value", "lost_margin", "stock_age")
    }
    assert told == {"stock_value": "€880.00", "days_of_supply": "34 days", "dead_stock_value": "€500.00", "lost_margin": "€100.00", "stock_age": "150 days"}  # fmt: skip
    assert tile(reader.get("/stock?location=a:loc1").text, "stock_value") == "€380.00"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("which=out", ["Bowl BOWL-1 Berlin", "Mug, Blue MUG-1 Paris"]),
        ("which=low", ["Mug, Blue MUG-1 Berlin"]),
        ("which=much", ["Tea TEA-1 Berlin"]),
        ("which=dead", ["Lamp LAMP-1 Paris"]),
        ("location=a:loc2", ["Lamp LAMP-1 Paris", "Mug, Blue MUG-1 Paris"]),
        ("abc=A&xyz=X", ["Mug, Blue MUG-1 Berlin", "Mug, Blue MUG-1 Paris"]),
        ("abc=C&xyz=none", ["Lamp LAMP-1 Paris"]),
        ("items_find=blue+mug-1&location=a:loc1", ["Mug, Blue MUG-1 Berlin"]),
        ("items_order=product_title&location=a:loc1", ["Bowl BOWL-1 Berlin", "Mug, Blue MUG-1 Berlin", "Tea TEA-1 Berlin"]),
        ("items_order=days_of_supply&location=a:loc2", ["Mug, Blue MUG-1 Paris", "Lamp LAMP-1 Paris"]),
        ("items_order=-days_of_supply&location=a:loc2", ["Mug, Blue MUG-1 Paris", "Lamp LAMP-1 Paris"]),
    ],
)  # fmt: skip
def test_conditions_and_orders_list_their_items(reader: TestClient, asked: str, found: list[str]) -> None:
    assert items(reader, asked) == found
    told = file(reader, f"/stock/items.csv?{asked}")
    assert [f"{row['sku']} {row['location_name']}" for row in told] == [
        name.split(" ", 1 + name.count(","))[-1] for name in found
    ]


def test_ages_are_shaded_by_their_value_and_sum_to_the_stock(reader: TestClient) -> None:
    page = reader.get("/stock").text
    assert table(page, 'id="heat"') == [
        ["Paris", "None", "None", "None", "None", "None", "€500", "€500"],
        ["Berlin", "€80", "None", "None", "€180", "€120", "None", "€380"],
        ["All", "€80 9.1%", "€0 0.0%", "€0 0.0%", "€180 20.5%", "€120 13.6%", "€500 56.8%", "€880"],
    ]
    shades = re.findall(
        r'<td class="heat-seen s(\d)"',
        page[page.index('id="heat"') : page.index("</tfoot>", page.index('id="heat"'))],
    )
    assert shades == ["0", "0", "0", "0", "0", "8", "3", "0", "0", "5", "4", "0"]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("category", ["Without a name", "Food", "Kitchen"]),
        ("supplier", ["Without a name", "Leaf", "Clay & Co"]),
    ],
)
def test_ages_are_told_by_category_and_brand_too(reader: TestClient, by: str, names: list[str]) -> None:
    assert [row[0] for row in table(reader.get(f"/stock?ages={by}").text, 'id="heat"')[:-1]] == names
    assert {row[by] for row in file(reader, f"/stock/ages.csv?ages={by}")} == {
        name if name != "Without a name" else "" for name in names
    }


def test_what_cannot_be_is_named_with_what_to_do(reader: TestClient) -> None:
    page = reader.get("/stock").text
    assert "More sold than was there" in page and "An article number that nobody sells there" in page
    assert file(reader, "/runs/stock-findings.csv")[1] == {
        "kind": "unknown_article", "subject": "receipt 7", "sku": "MUGG", "found_date": "2026-03-02", "told": "MUGG",
        "against": "the article numbers of the location",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("location=nowhere", 404, "no location"),
        ("which=lost", 422, "which="),
        ("abc=D", 422, "abc="),
        ("items_order=colour", 422, "cannot be ordered"),
    ],
)
def test_what_is_not_known_is_refused_by_name(reader: TestClient, asked: str, status: int, says: str) -> None:
    answer = reader.get(f"/stock?{asked}")
    assert (answer.status_code, says in html.unescape(answer.text)) == (status, True)


def test_a_figure_of_now_is_defined_without_a_course_and_one_of_days_with_it(reader: TestClient) -> None:
    now, course = (
        reader.get(f"/definitions/{name}?from=2026-03-01&to=2026-03-30").text
        for name in ("stock_value", "stockout_rate")
    )
    assert "As of now" in now and "data-chart" not in now and "€880" in now
    assert "data-chart" in course
    assert file(reader, "/export/stock_value.csv") == [{"stock_value": "880.000000"}]


def test_before_any_stock_is_known_the_page_says_how_it_comes(
    owner: TestClient, four_orders: Project
) -> None:
    assert "Connect a shop" in owner.get("/stock").text
    with TestClient(create_app(four_orders), follow_redirects=False) as client:
        assert "No stock is known yet" in with_session(client, four_orders).get("/stock").text
