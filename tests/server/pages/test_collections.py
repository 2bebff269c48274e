"""Collections on Products, Profit and Sales: mugs are in three, tea is in none. ``profit_book`` says what they brought."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.profit_book import marts
from tests.server.pages.test_profit import table, words
from tests.server.pages.test_sales import link, query

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31&compare=none"
CUPS = "collection=Kitchen+%3E+Cups"
MUG = ["€40.00", "€24.00", "€6.00", "−€4.00", "−10.0%"]


def collection_marts() -> dict[str, Any]:
    """The book with its products in a catalogue, a rug that nobody buys, and what is in which collection."""
    members = [
        {"product_id": product, "collection_id": f"a:{title}", "connection_id": "a", "source": "files", "collection_title": title}
        for product, title in (("a:Mug", "Gifts"), ("a:Mug", "Kitchen"), ("a:Mug", "Kitchen > Cups"), ("a:Rug", "Home"))
    ]  # fmt: skip
    catalogue = [
        {
            "product_id": f"a:{name}",
            "title": name,
            "connection_id": "a",
            "source": "files",
            "is_deleted": False,
        }
        for name in ("Mug", "Tea", "Rug")
    ]
    return {**marts(), "products": catalogue, "product_collections": members}


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = shop_folder(new_folder, tmp_path_factory.mktemp("collections"))
    with Project.open(folder, clock=Watch()) as project:
        publish(project, **collection_marts())
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def test_profit_by_collection_has_what_its_products_left_and_below_it_the_whole(reader: TestClient) -> None:
    text = reader.get(f"/profit/split?{MARCH}&by=collection").text
    assert table(text) == [
        ["Gifts", *MUG],
        ["Kitchen", *MUG],
        ["Kitchen > Cups", *MUG],
        ["In no collection", "€7.00", "€4.00", "€4.00", "−€6.00", "−85.7%"],
        ["Of no single order", "€0.00", "€0.00", "€0.00", "−€8.00", "–"],
        ["All", "€47.00", "€28.00", "€10.00", "−€18.00", "−38.3%"],
    ]
    assert "counts in each of its collections" in words(text)
    assert query(link(text, "Kitchen &gt; Cups"))["collection"] == "Kitchen > Cups"


def test_profit_of_one_collection_says_what_is_not_in_it(reader: TestClient) -> None:
    assert "of no single product" in reader.get(f"/profit?{MARCH}&{CUPS}").text
    assert "−€4" in reader.get(f"/profit/result?{MARCH}&{CUPS}").text
    assert "it is of no collection either" in reader.get(f"/profit?{MARCH}&collection=~").text


def test_sales_by_collection_count_an_order_once_in_each(reader: TestClient) -> None:
    text = reader.get(f"/sales/breakdown?{MARCH}&by=collection&metric=orders").text
    assert [row[:2] for row in table(text)] == [
        ["Gifts", "2"],
        ["Kitchen", "2"],
        ["Kitchen > Cups", "2"],
        ["In no collection", "1"],
    ]
    assert "counts in each of its collections" in words(text)
    assert reader.get(f"/sales/breakdown.csv?{MARCH}&by=collection&metric=net_sales").text.splitlines() == [
        "collection,net_sales,net_sales_compared",
        "Gifts,40.000000,",
        "Kitchen,40.000000,",
        "Kitchen > Cups,40.000000,",
        ",7.000000,",
    ]


def test_collections_are_ranked_by_what_they_left_with_those_that_sold_nothing(reader: TestClient) -> None:
    text = reader.get(f"/products/catalogue?{MARCH}&level=collection").text
    assert [[row[0], row[1], row[2], row[-2], row[-1]] for row in table(text)] == [
        ["Home", "1", "€0.00", "€0.00", "–"],
        ["Gifts", "1", "€40.00", "−€4.00", "−10.0%"],
        ["Kitchen", "1", "€40.00", "−€4.00", "−10.0%"],
        ["Kitchen > Cups", "1", "€40.00", "−€4.00", "−10.0%"],
        ["In no collection", "–", "€7.00", "−€6.00", "−85.7%"],
        ["Of no single order", "–", "€0.00", "−€8.00", "–"],
        ["All", "€47.00", "0", "−€18.00", "−38.3%"],
    ]
    assert "counts in each of its collections" in words(text)
    lost = reader.get(
        f"/products/catalogue?{MARCH}&level=collection&products_order=contribution_margin_3"
    ).text
    assert table(lost)[0][0] == "Of no single order"
    found = reader.get(f"/products/catalogue?{MARCH}&level=collection&products_find=cups").text
    assert [row[0] for row in table(found)] == ["Kitchen > Cups", "All"]


def test_a_collection_leads_to_its_products_and_the_file_has_every_line(reader: TestClient) -> None:
    text = reader.get(f"/products?{MARCH}&{CUPS}").text
    assert '<option value="Kitchen &gt; Cups" selected>' in text
    for chosen, titles in (
        (CUPS, ["Mug"]),
        ("collection=~", ["Tea"]),
        ("collection=Home", ["Rug"]),
        ("", ["Mug", "Tea", "Rug"]),
    ):
        lines = reader.get(f"/products/catalogue.csv?{MARCH}&{chosen}").text.splitlines()
        assert [row["title"] for row in csv.DictReader(lines)] == titles
    lines = reader.get(f"/products/catalogue.csv?{MARCH}&level=collection").text.splitlines()
    assert [
        (row["collection"], row["name"], row["products"], row["net_sales"], row["contribution_margin_3"])
        for row in csv.DictReader(lines)
    ] == [
        ("Home", "Home", "1", "0", "0"),
        ("Gifts", "Gifts", "1", "40.000000", "-4.000000"),
        ("Kitchen", "Kitchen", "1", "40.000000", "-4.000000"),
        ("Kitchen > Cups", "Kitchen > Cups", "1", "40.000000", "-4.000000"),
        ("", "In no collection", "", "7.000000", "-6.000000"),
        ("", "Of no single order", "", "0.000000", "-8.000000"),
    ]


def test_where_no_shop_has_collections_none_are_offered(
    new_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("none")), clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            reader = with_session(client, project)
            assert "Collection" not in reader.get(f"/products?{MARCH}&level=collection").text
            for page in ("/profit/split", "/sales/breakdown"):
                text = reader.get(f"{page}?{MARCH}&by=collection").text
                assert "By country" in words(text) or "By shop" in words(text)
                assert ">Collection<" not in text
