"""The connector against @labdigital/commercetools-mock: another author's reading of the same API.

What that mock leaves out (messages, limits of 500 and 10,000) is tested against our own simulator.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from fondaco.errors import RetryableError
from fondaco.sources.commercetools import Commercetools, CommercetoolsSettings
from fondaco.sources.commercetools.streams import CUSTOMERS, ORDERS, PAYMENTS
from fondaco.sources.stream import Slice, Stream

pytestmark = pytest.mark.npm


EURO = {"currencyCode": "EUR", "centAmount": 2000}


class Shop:
    """Writes to the mock, as a shop would."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        token = httpx.post(
            f"{base_url}/oauth/token",
            auth=("id", "secret"),
            data={"grant_type": "client_credentials"},
            trust_env=False,
        ).json()["access_token"]
        self._client = httpx.Client(
            base_url=f"{base_url}/demo", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self._client.post(path, json=body)
        assert response.status_code < 300, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def order_paid_by(self, payment: dict[str, Any]) -> None:
        order = self.post("/orders/import", {"totalPrice": EURO})
        paid = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
        self.post(f"/orders/{order['id']}", {"version": order["version"], "actions": [paid]})

    def source(self, page_size: int = 500) -> Commercetools:
        settings = CommercetoolsSettings(
            project_key="demo",
            client_id="id",
            client_secret="secret",
            api_url=self.base_url,
            auth_url=self.base_url,
            page_size=page_size,
            currency="EUR",
        )
        return Commercetools(settings)


@pytest.fixture
def shop(mock_server: str) -> Shop:
    return Shop(mock_server)


@pytest.fixture
def shop_with_orders(shop: Shop) -> Shop:
    """Five imported orders, the first with a payment that was refunded in part."""
    payment = shop.post("/payments", {
        "amountPlanned": EURO, "paymentMethodInfo": {"paymentInterface": "adyen"},
        "transactions": [
            {"type": "Charge", "state": "Success", "amount": EURO, "timestamp": "2026-03-01T10:00:00.000Z"},
            {"type": "Refund", "state": "Success", "amount": {**EURO, "centAmount": 500},
             "timestamp": "2026-03-05T10:00:00.000Z"},
        ],
    })  # fmt: skip
    for number in range(5):
        time.sleep(
            0.002
        )  # the mock sorts by the first key only: two orders of one millisecond come in any order
        body: dict[str, Any] = {
            "orderNumber": f"1-{number}",
            "totalPrice": EURO,
            "customerEmail": "a@example.com",
        }
        if number == 0:
            body["paymentInfo"] = {"payments": [{"typeId": "payment", "id": payment["id"]}]}
        shop.post("/orders/import", body)
    return shop


def everything(source: Commercetools, stream: Stream) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    part = Slice(stream.name, "incremental", now - timedelta(days=1), now + timedelta(days=1))
    return [
        json.loads(line) for page in source.read(stream, part) for line in page.lines.decode().splitlines()
    ]


@pytest.mark.parametrize("page_size", [500, 2, 1])
def test_every_order_comes_once_at_any_page_size(shop_with_orders: Shop, page_size: int) -> None:
    found = everything(shop_with_orders.source(page_size), ORDERS)
    assert sorted(record["orderNumber"] for record in found) == [f"1-{number}" for number in range(5)]


def test_nothing_comes_from_a_window_in_the_past(shop_with_orders: Shop) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    part = Slice("orders", "incremental", past, past + timedelta(days=1))
    assert list(shop_with_orders.source().read(ORDERS, part)) == []


def test_payments_come_with_their_transactions(shop_with_orders: Shop) -> None:
    (payment,) = everything(shop_with_orders.source(), PAYMENTS)
    assert [each["type"] for each in payment["transactions"]] == ["Charge", "Refund"]
    assert payment["amountPlanned"]["centAmount"] == 2000 and "interfaceInteractions" not in payment


def test_customers_come_without_their_password(shop: Shop) -> None:
    shop.post("/customers", {"email": "a@example.com", "password": "very secret", "firstName": "Ada"})
    (customer,) = everything(shop.source(), CUSTOMERS)
    assert customer["firstName"] == "Ada" and "password" not in customer


def test_ids_are_those_of_the_list(shop_with_orders: Shop) -> None:
    source = shop_with_orders.source()
    listed = source.ids(ORDERS)
    assert listed is not None
    assert sorted(listed) == sorted(record["id"] for record in everything(source, ORDERS))


def test_a_list_out_of_order_is_found_out_before_records_are_lost(shop_with_orders: Shop) -> None:
    """Version 4.4.0 of the mock leaves ``sort`` unheard, so that a list by id comes in the order of creation."""
    for number in range(5, 20):
        shop_with_orders.post("/orders/import", {"orderNumber": f"1-{number}", "totalPrice": EURO})
    listed = shop_with_orders.source(page_size=10).ids(ORDERS)
    assert listed is not None
    with pytest.raises(RetryableError, match="not in the order asked for"):
        list(listed)


def test_the_check_reaches_the_project(shop_with_orders: Shop) -> None:
    found = shop_with_orders.source().check()
    assert found.ok, found.missing


def returns_by_day(shop: Shop) -> dict[date, Decimal | None]:
    """Days with returns, by the independent recount. The mock's own clock is the machine's."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    found = shop.source().report(date(2026, 3, 1), tomorrow)
    assert found is not None
    return {day.day: day.returns for day in found if day.returns}


def test_the_recount_finds_a_refund_without_a_time_on_the_day_its_payment_changed(shop: Shop) -> None:
    payment = shop.post("/payments", {
        "amountPlanned": EURO,
        "transactions": [{"type": "Refund", "state": "Success", "amount": {**EURO, "centAmount": 500}}],
    })  # fmt: skip
    assert "timestamp" not in payment["transactions"][0]
    shop.order_paid_by(payment)
    changed = datetime.fromisoformat(payment["lastModifiedAt"]).date()
    assert returns_by_day(shop) == {changed: Decimal(5)}


def test_the_recount_counts_a_payment_of_two_orders_once(shop: Shop) -> None:
    refunded = {
        "type": "Refund", "state": "Success", "amount": {**EURO, "centAmount": 500},
        "timestamp": "2026-03-05T10:00:00.000Z",
    }  # fmt: skip
    payment = shop.post("/payments", {"amountPlanned": EURO, "transactions": [refunded]})
    shop.order_paid_by(payment)
    shop.order_paid_by(payment)
    assert returns_by_day(shop) == {date(2026, 3, 5): Decimal(5)}
