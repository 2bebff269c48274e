"""The simulated WooCommerce keeps the vendor's manners."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from fondaco.simulator.schema import HIDDEN
from fondaco.simulator.store import Store
from fondaco.simulator.woocommerce.app import CONSUMER_KEY, CONSUMER_SECRET, create_app

API = "/woocommerce/brick/wp-json/wc/v3"


@pytest.fixture
def stranger(small_store: Store) -> Iterator[TestClient]:
    """A client without a key."""
    with TestClient(create_app(small_store)) as opened:
        yield opened


@pytest.fixture
def client(stranger: TestClient) -> TestClient:
    stranger.auth = (CONSUMER_KEY, CONSUMER_SECRET)
    return stranger


def signed(**changed: str) -> dict[str, str]:
    parameters = {
        "oauth_consumer_key": CONSUMER_KEY, "oauth_nonce": "n", "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())), "oauth_signature": "AAAA",
    }  # fmt: skip
    return {**parameters, **changed}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "provided signature does not match"),
        ({"oauth_consumer_key": "ck_other"}, "Consumer key is invalid"),
        ({"oauth_signature_method": "PLAINTEXT"}, "signature method is invalid"),
    ],
)
def test_a_signature_is_really_checked(stranger: TestClient, changed: dict[str, str], words: str) -> None:
    answer = stranger.get(f"{API}/orders", params=signed(**changed))
    assert answer.status_code == 401 and words in answer.json()["message"]


def test_a_signature_works_once_and_for_a_quarter_of_an_hour(stranger: TestClient) -> None:
    import base64
    import hashlib
    import hmac
    from urllib.parse import quote

    def get(nonce: str, moment: int) -> Any:
        parameters = signed(oauth_nonce=nonce, oauth_timestamp=str(moment))
        del parameters["oauth_signature"]
        query = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
        text = f"GET&{quote(f'http://testserver{API}/orders', safe='')}&{quote(query, safe='')}"
        digest = hmac.new(f"{CONSUMER_SECRET}&".encode(), text.encode(), hashlib.sha256).digest()
        signature = quote(base64.b64encode(digest).decode(), safe="")
        return stranger.get(f"{API}/orders?{query}&oauth_signature={signature}")

    now = int(time.time())
    assert get("first", now).status_code == 200
    assert "nonce has already been used" in get("first", now).json()["message"]
    assert "Invalid timestamp" in get("second", now - 1_000).json()["message"]


def test_without_a_key_only_the_index_is_told(stranger: TestClient) -> None:
    index = stranger.get("/woocommerce/brick/wp-json/").json()
    assert "wc/v3" in index["namespaces"] and index["timezone_string"] == "Europe/London"
    answer = stranger.get(f"{API}/orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")


def test_pages_have_ten_records_and_at_most_a_hundred(client: TestClient) -> None:
    answer = client.get(f"{API}/orders")
    assert len(answer.json()) == 10
    total, pages = int(answer.headers["x-wp-total"]), int(answer.headers["x-wp-totalpages"])
    assert pages == -(-total // 10) and 'rel="next"' in answer.headers["link"]
    for wrong in ("per_page=101", "per_page=0", "page=0", "modified_after=yesterday"):
        refused = client.get(f"{API}/orders?{wrong}")
        assert (refused.status_code, refused.json()["code"]) == (400, "rest_invalid_param"), wrong


def test_without_dates_are_gmt_a_filter_is_the_sites_time(client: TestClient) -> None:
    order = client.get(
        f"{API}/orders?orderby=date&order=asc&after=2026-06-01T00:00:00&dates_are_gmt=true"
    ).json()[0]
    before = {"before": order["date_created"], "order": "desc", "orderby": "date"}
    by_site = [each["id"] for each in client.get(f"{API}/orders", params=before).json()]
    by_gmt = [
        each["id"] for each in client.get(f"{API}/orders", params={**before, "dates_are_gmt": "true"}).json()
    ]
    assert order["date_created"] != order["date_created_gmt"]
    assert order["id"] not in by_site and order["id"] in by_gmt


def test_any_status_leaves_the_trash_out(client: TestClient) -> None:
    anything = client.get(f"{API}/orders?per_page=100&status=any").json()
    assert "trash" not in {order["status"] for order in anything}
    trash = client.get(f"{API}/orders?status=trash").json()
    assert trash and {order["status"] for order in trash} == {"trash"}


def test_orders_add_up_net_of_tax(client: TestClient) -> None:
    for order in client.get(f"{API}/orders?per_page=100&dp=2").json():
        lines = sum(Decimal(line["total"]) for line in order["line_items"])
        taxes = sum(Decimal(line["total_tax"]) for line in [*order["line_items"], *order["shipping_lines"]])
        assert Decimal(order["total"]) == lines + Decimal(order["shipping_total"]) + taxes
        assert Decimal(order["total_tax"]) == taxes
        off = sum(Decimal(line["subtotal"]) - Decimal(line["total"]) for line in order["line_items"])
        assert Decimal(order["discount_total"]) == off
        assert sum(Decimal(coupon["discount"]) for coupon in order["coupon_lines"]) == off


def test_refunds_of_an_order_leave_its_id_out_and_the_list_of_all_has_it(client: TestClient) -> None:
    refund = client.get(f"{API}/refunds").json()[0]
    (same,) = [
        each
        for each in client.get(f"{API}/orders/{refund['parent_id']}/refunds").json()
        if each["id"] == refund["id"]
    ]
    assert "parent_id" not in same and same == {
        key: value for key, value in refund.items() if key != "parent_id"
    }


def test_decimals_are_those_asked_for(client: TestClient) -> None:
    assert client.get(f"{API}/orders?dp=6").json()[0]["total"].rpartition(".")[2].__len__() == 6


@pytest.mark.parametrize("path", ["orders", "customers", "products"])
def test_nothing_hidden_is_served(client: TestClient, path: str) -> None:
    text = client.get(f"{API}/{path}?per_page=50").text
    assert not any(f'"{column}"' in text for column in HIDDEN[path])


def test_an_unknown_shop_or_route_is_not_found(client: TestClient) -> None:
    assert client.get("/woocommerce/nobody/wp-json/").status_code == 404
    assert client.get(f"{API}/colours").json()["code"] == "rest_no_route"
    assert client.get("/woocommerce/aurora/wp-json/wc/v3/orders").status_code == 404, (
        "a shop of another vendor"
    )
