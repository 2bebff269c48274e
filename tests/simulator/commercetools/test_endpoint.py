"""The simulated commercetools keeps the vendor's manners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from fondaco.simulator.commercetools.access import CLIENT_ID, CLIENT_SECRET
from fondaco.simulator.commercetools.app import Behaviour, create_app
from fondaco.simulator.schema import HIDDEN
from fondaco.simulator.store import Store

API = "/commercetools/api/cedar"


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def client(small_store: Store, behaviour: Behaviour) -> Iterator[TestClient]:
    with TestClient(create_app(small_store, behaviour=behaviour)) as opened:
        token = fetch_token(opened).json()["access_token"]
        opened.headers["Authorization"] = f"Bearer {token}"
        yield opened


def fetch_token(client: TestClient, secret: str = CLIENT_SECRET, **form: str) -> Any:
    data = {"grant_type": "client_credentials", **form}
    return client.post("/commercetools/auth/oauth/token", data=data, auth=(CLIENT_ID, secret))


def test_tokens_are_for_the_client_and_its_scopes_only(client: TestClient) -> None:
    assert fetch_token(client, "wrong").status_code == 401
    assert fetch_token(client, scope="manage_project:cedar").status_code == 401
    narrow = fetch_token(client, scope="view_orders:cedar").json()
    assert narrow["scope"] == "view_orders" and narrow["expires_in"] == 172_800
    answer = client.get(f"{API}/payments", headers={"Authorization": f"Bearer {narrow['access_token']}"})
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_without_a_token_nothing_is_told(client: TestClient, behaviour: Behaviour) -> None:
    behaviour.access.revoke_all()
    answer = client.get(f"{API}/orders")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=501", "Malformed parameter: limit: The limit parameter must be in the range of [0..500]"),
        (
            "offset=10001",
            "Malformed parameter: offset: The offset parameter must be in the range of [0..10000]",
        ),
        ("sort=colour asc", "Malformed parameter: sort: The field 'colour' does not exist."),
        ("where=colour = 1", "Malformed parameter: where: The field 'colour' does not exist."),
        ('where=lastModifiedAt > "yesterday"', "does not support the provided value"),
    ],
)
def test_what_the_vendor_refuses_is_refused_with_its_words(
    client: TestClient, query: str, words: str
) -> None:
    answer = client.get(f"{API}/orders?{query}")
    assert (answer.status_code, answer.json()["statusCode"]) == (400, 400)
    assert words in answer.json()["message"]
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_the_offset_wall_stands_at_ten_thousand(client: TestClient) -> None:
    assert client.get(f"{API}/orders?offset=10000").status_code == 200


def test_pages_have_twenty_records_and_a_total_unless_told_otherwise(client: TestClient) -> None:
    page = client.get(f"{API}/orders").json()
    assert (page["limit"], page["count"], len(page["results"])) == (20, 20, 20)
    assert page["total"] > 20
    assert "total" not in client.get(f"{API}/orders?withTotal=false").json()


def test_orders_add_up(client: TestClient) -> None:
    for order in client.get(f"{API}/orders?limit=500").json()["results"]:
        lines = sum(line["taxedPrice"]["totalGross"]["centAmount"] for line in order["lineItems"])
        shipping = order.get("shippingInfo", {}).get("taxedPrice", {"totalGross": {"centAmount": 0}})
        assert order["taxedPrice"]["totalGross"]["centAmount"] == lines + shipping["totalGross"]["centAmount"]
        for line in order["lineItems"]:
            units = sum(part["quantity"] for part in line["discountedPricePerQuantity"])
            assert units in (0, line["quantity"])
            worth = sum(
                part["quantity"] * part["discountedPrice"]["value"]["centAmount"]
                for part in line["discountedPricePerQuantity"]
            )
            assert not units or worth == line["totalPrice"]["centAmount"]
            for part in line["discountedPricePerQuantity"]:
                off = sum(
                    each["discountedAmount"]["centAmount"]
                    for each in part["discountedPrice"]["includedDiscounts"]
                )
                price, left = (
                    line["price"]["value"]["centAmount"],
                    part["discountedPrice"]["value"]["centAmount"],
                )
                assert off == price - left


@pytest.mark.parametrize("path", ["orders", "customers", "products"])
def test_nothing_hidden_is_served(client: TestClient, path: str) -> None:
    text = client.get(f"{API}/{path}?limit=50").text
    assert not any(f'"{column}"' in text for column in HIDDEN[path])


def test_an_unknown_project_or_path_is_not_found(client: TestClient) -> None:
    assert client.get("/commercetools/api/nobody/orders").status_code == 404
    assert client.get(f"{API}/colours").status_code == 404
    assert client.get("/commercetools/api/aurora/orders").status_code == 404, "a shop of another vendor"
