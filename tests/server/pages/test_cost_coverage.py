"""What the page Costs says first: how much of what profit is worked out from is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.profit_book import marts
from tests.server.pages.test_profit import table, words

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seller(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Someone in front of the book, in which marketplace fees came to 8, of which a marketplace told 6, and 200 messages of 1,200 cost 14."""
    book = marts()
    for mart in ("profit_ledger", "profit_daily", "order_profit"):
        book[mart][1] |= {"marketplace_fees": 8}
    fee = {
        "fee_id": "a:f1", "order_id": "a:2", "connection_id": "a", "source": "files", "kind": "marketplace", "name": "Commission",
        "profit_line": "marketplace_fees", "charged_at": "2026-03-02 08:00:00", "charged_date": "2026-03-02",
        "order_date": "2026-03-02", "currency": "EUR", "amount": 6,
    }  # fmt: skip
    sent = {
        "message_date": "2026-03-02", "platform": "klaviyo", "currency": "EUR", "sent": 1200, "unpriced": 1000, "message_cost": 14,
    }  # fmt: skip
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("seller")), clock=Watch()) as project:
        publish(project, **book, fees=[fee], messages_daily=[sent])  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Someone in front of the book of profit, in which a parcel of three has a price."""
    book = marts()
    for row in book["order_profit"]:
        row |= {
            "is_sent": row["order_id"] != "a:4",
            "shipping_entry_id": "7" if row["order_id"] == "a:3" else None,
        }
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("coverage")), clock=Watch()) as project:
        untold = {"processed_date": "2026-03-02", "connection_id": "a", "source": "files", "gateway": "klarna", "is_provider": True,
                  "currency": "EUR", "payments": 3, "received": 90, "unpriced_payments": 2, "unpriced_received": 60}  # fmt: skip
        publish(project, **book, gateway_costs_daily=[untold])  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def panel(client: TestClient) -> str:
    found = re.search(r"<section[^>]*title-coverage.*?</section>", client.get("/costs").text, re.S)
    assert found
    return found[0]


def test_each_line_says_what_part_of_it_is_known_and_what_stands_for_the_rest(reader: TestClient) -> None:
    """Goods 40 + 16 + 20 - 20 + 3 = 59, of which 16 are assumed; one payment, told, and two of which nobody tells a fee; three parcels, one with a price."""
    told = [words(tile) for tile in re.findall(r'<div class="tile">(.*?)</div></div>', panel(reader), re.S)]
    assert told == [
        "Cost of goods 72.9% known €43.00 told by this sheet or a shop €16.00 assumed",
        "Payment costs 100.0% known €1.00 told by payment providers 2 payments without a fee, which cost nothing",
        "Shipping costs 33.3% known 1 parcel with a price 2 without one, which cost nothing",
    ]


def test_fees_that_a_marketplace_told_are_known_and_the_rest_is_the_sheets(seller: TestClient) -> None:
    told = [words(tile) for tile in re.findall(r'<div class="tile">(.*?)</div></div>', panel(seller), re.S)]
    assert told[-2] == "Marketplace fees 75.0% known €6.00 told by marketplaces €2.00 reckoned by this sheet"


def test_messages_whose_cost_somebody_tells_are_known(seller: TestClient) -> None:
    told = [words(tile) for tile in re.findall(r'<div class="tile">(.*?)</div></div>', panel(seller), re.S)]
    assert told[-1] == (
        "Cost of messages 16.7% known €14.00 told by platforms or this sheet 1,000 messages without a cost"
    )


def test_goods_whose_cost_is_assumed_lead_to_a_form_that_knows_them(reader: TestClient) -> None:
    html = panel(reader)
    assert table(html) == [["Mug", "€16.00"]]
    (address,) = re.findall(r'href="(/costs/new[^"]*)"', html)
    form = reader.get(address.replace("&amp;", "&")).text
    assert 'value="a:Mug"' in form


def test_before_anything_is_published_the_page_speaks_of_entries_only(owner: TestClient) -> None:
    assert "title-coverage" not in owner.get("/costs").text


def test_profit_says_how_many_parcels_cost_nothing_for_want_of_a_price(reader: TestClient) -> None:
    text = words(reader.get("/profit/result?from=2026-03-01&to=2026-03-31").text)
    assert "1 parcel has no carrier’s price, so that its delivery costs nothing here." in text
    assert "carrier’s price" not in reader.get("/profit/result?from=2026-03-01&to=2026-03-31&country=FR").text
