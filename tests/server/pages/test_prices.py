"""Prices, against the book of stock: what to change, why not, what price cuts brought, and how to sell off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages import stock_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import file, table, words

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@contextmanager
def shown(folder: Path, marts: Mapping[str, Any]) -> Iterator[TestClient]:
    with Project.open(folder, clock=Watch()) as project:
        publish(project, **marts)
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with shown(shop_folder(new_folder, tmp_path_factory.mktemp("prices")), stock_book.marts()) as page:
        yield page


def rows(page: TestClient, address: str) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in table(page.get(address).text, 'id="title-prices"')]


def test_what_should_change_stands_first_with_range_cost_margin_elasticity_and_bounds(
    reader: TestClient,
) -> None:
    mug, tea = rows(reader, "/prices")
    told = " ".join(mug)
    for text in ("Mug, Blue", "€14.90", "others €16.50", "Raise €15.90", "€15.49 to €16.39", "+€11.40", "+€2.10 to +€20.60", "€4.00", "68.0%",
                 "then 70.0%", "−1.3", "−1.7 to −0.9", "24.5", "then 22.5"):  # fmt: skip
        assert text in told, text
    assert "Tea" in tea[0] and "Lower €17.99" in " ".join(tea)


def test_of_what_the_data_cannot_say_the_reason_is_told(reader: TestClient) -> None:
    (lamp,) = rows(reader, "/prices?which=unknown")
    assert "No price is recommended: its price never changed." in lamp[0]
    assert len(rows(reader, "/prices?which=all")) == 4
    assert reader.get("/prices?which=nonsense").status_code == 422


def test_the_head_adds_up_what_is_expected(reader: TestClient) -> None:
    told = words(reader.get("/prices").text)
    for text in ("To change 2 1 up, 1 down", "€15 .60", "−2.2 on average", "3 of 4 articles"):
        assert text in told, text


def test_a_word_and_an_order_choose_among_the_articles_and_keep_the_list(reader: TestClient) -> None:
    assert [row[0].split()[0] for row in rows(reader, "/prices?which=all&prices_order=elasticity")] == [
        "Tea",
        "Bowl",
        "Mug,",
        "Lamp",
    ]
    (tea,) = rows(reader, "/prices?which=all&prices_find=TEA-1")
    assert tea[0].startswith("Tea")
    assert (
        "which=all"
        in reader.get("/prices?which=all").text.split("prices_order=-elasticity")[0].rsplit('"', 1)[1]
    )


def test_what_lies_is_sold_off_in_steps(reader: TestClient) -> None:
    (lamp,) = table(reader.get("/prices").text, 'id="title-markdowns"')
    told = " ".join(lamp)
    for text in (
        "Lamp",
        "Lies dead",
        "of its kind",
        "€119.00",
        "€89.00 from 15 Apr 2026 , 9 left then",
        "€59.00 from 29 Apr 2026",
        "€540.00",
        "+€280.00",
    ):
        assert text in told, text


def test_price_cuts_are_told_with_what_is_left_of_them(reader: TestClient) -> None:
    (mug,) = table(reader.get("/prices").text, 'id="title-promotions"')
    assert [cell.strip() for cell in mug] == [
        "Mug",
        "5",
        "+80.0% +50.0% to +110.0%",
        "23",
        "6",
        "17 8 to 26",
        "26.0%",
    ]


def test_files_have_everything(reader: TestClient) -> None:
    assert [(row["sku"], row["action"], row["why_not"]) for row in file(reader, "/prices.csv")] == [
        ("MUG-1", "raise", ""), ("TEA-1", "lower", ""), ("BOWL-1", "stay", ""), ("LAMP-1", "unknown", "its price never changed")
    ]  # fmt: skip
    assert [row["price"] for row in file(reader, "/prices/markdowns.csv")][::2] == [
        "119.000000",
        "89.000000",
        "59.000000",
    ]
    assert [row["why_not"] for row in file(reader, "/prices/promotions.csv")] == [
        "",
        "it was promoted 1 times; 3 are needed",
    ]


def test_the_item_and_the_list_of_today_lead_there(reader: TestClient) -> None:
    item = reader.get("/stock/a:1").text
    assert "Price €14.90." in words(item) and 'href="/prices?which=all&amp;prices_find=MUG-1"' in item
    assert 'href="/prices#markdown-a:3"' in reader.get("/today?kind=mark_down").text


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (None, "The next run looks at prices"),
        ({"why_not": "5 whole weeks of sales are known, and it needs 20", "made_at": datetime(2026, 3, 31)}, "5 whole weeks of sales are known, and it needs 20."),
    ],
    ids=["before the first look", "with too little"],
)  # fmt: skip
def test_without_prices_it_is_said_why(
    new_folder: Path, tmp_path: Path, run: dict[str, object] | None, said: str
) -> None:
    marts = stock_book.marts() | {"price_recommendations": [], "price_runs": [run] if run else []}
    with shown(shop_folder(new_folder, tmp_path), marts) as page:
        assert said in words(page.get("/prices").text)
