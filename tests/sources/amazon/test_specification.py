"""Every request that the source makes is one that Amazon's own specifications allow, as prism judges them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.prism import SPECS, serving

from fondaco.sources.amazon import Amazon
from fondaco.sources.amazon import client as amazon_client
from fondaco.sources.amazon.settings import AmazonSettings
from fondaco.sources.amazon.streams import STREAMS
from fondaco.sources.stream import Slice, SyncMode

pytestmark = [pytest.mark.npm, pytest.mark.slow]

AMAZON = SPECS / "amazon-sp-api"
APIS = {
    "orders": ("orders_2026-01-01.json", "/orders/2026-01-01/"),
    "transactions": ("finances_2024-06-19.json", "/finances/2024-06-19/"),
    "inventory": ("fbaInventory.json", "/fba/inventory/v1/"),
    "participations": ("sellers.json", "/sellers/v1/"),
}
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_HEADERS = {"accept": "application/json", "x-amz-access-token": "t"}


class Judged:
    """The source before a prism of each specification; it notes what each of them said."""

    def __init__(self, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[tuple[str, int, list[Any]]] = []
        settings = AmazonSettings.model_validate(
            {"client_id": "a", "client_secret": "b", "refresh_token": "c", "personal_data": True}
        )
        self.source = Amazon(settings, clock=lambda: NOW, sleep=lambda _: None)
        client = self.source._client
        plain = httpx.Client(trust_env=False)

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.host == "api.amazon.com":
                return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
            name = next(one for one, (_, path) in APIS.items() if request.url.path.startswith(path))
            there = f"{addresses[name]}{request.url.raw_path.decode()}"
            found = plain.get(there, headers=_HEADERS)
            violations = json.loads(found.headers.get("sl-violations", "[]"))
            # Amazon's examples break Amazon's own schemas in places; what prism makes up does not.
            if violations and all(one["location"][0] == "response" for one in violations):
                found = plain.get(there, headers={**_HEADERS, "prefer": "dynamic=true"})
                violations = json.loads(found.headers.get("sl-violations", "[]"))
            self.said.append((name, found.status_code, violations))
            body = found.json() if name != "participations" else _published(APIS[name][0])
            return httpx.Response(found.status_code, json=_without_a_next_page(body))

        monkeypatch.setattr(client._http, "client", httpx.Client(transport=httpx.MockTransport(answer)))


def _published(file: str) -> Any:
    """The first answer that a specification gives as its example."""
    document = json.loads((AMAZON / file).read_text(encoding="utf-8"))
    (rules, *_) = document["paths"].values()
    return rules["get"]["responses"]["200"]["examples"]


def _without_a_next_page(body: Any) -> Any:
    """prism keeps no state: each of its pages names the same next one."""
    if isinstance(body, dict):
        body.pop("pagination", None)
        (body.get("payload") if isinstance(body.get("payload"), dict) else {}).pop("nextToken", None)
    return body


def test_every_request_is_allowed_and_every_published_example_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        serving(AMAZON / APIS["orders"][0]) as orders,
        serving(AMAZON / APIS["transactions"][0]) as transactions,
        serving(AMAZON / APIS["inventory"][0]) as inventory,
        serving(AMAZON / APIS["participations"][0]) as participations,
    ):
        addresses = {
            "orders": orders,
            "transactions": transactions,
            "inventory": inventory,
            "participations": participations,
        }
        judged = Judged(addresses, monkeypatch)
        found: dict[str, list[Any]] = {}
        for stream in STREAMS:
            part = Slice(stream.name, "full")
            if stream.mode is not SyncMode.FULL:
                part = Slice(stream.name, "backfill", NOW - timedelta(days=60), NOW)
            found[stream.name] = [
                json.loads(line)
                for page in judged.source.read(stream, part)
                for line in page.lines.splitlines()
            ]
        checked = judged.source.check()
        judged.source.close()
    assert {name for name, _, _ in judged.said} == set(APIS)
    assert [one for one in judged.said if one[1:] != (200, [])] == []
    assert checked.ok
    (order,) = found["orders"]
    assert order["orderId"] == "123-4567890-1234567"
    assert order["buyerEmail"] == "buyer-email@marketplace.amazon.com"
    assert [(one["type"], one["subtype"], one["amount"]) for one in order["amounts"]] == [
        ("ITEM", None, "99.98"), ("TAX", None, "0.02"), ("TAX", "ITEM", "0.02"), ("ITEM", None, "49.99"),
        ("DELIVERY_TIP", None, "5.00"),
    ]  # fmt: skip
    for transaction in found["transactions"]:
        assert transaction["transactionId"] and transaction["postedDay"]
    assert found["inventory"][0]["marketplaceId"] == "ATVPDKIKX0DER"
    assert "Smith" not in json.dumps(order) and "123 Main Street" not in json.dumps(order)


def test_prism_refuses_what_the_specification_does_not_know() -> None:
    """Else the test above would prove nothing."""
    with serving(AMAZON / APIS["orders"][0]) as orders:
        found = httpx.get(
            f"{orders}/orders/2026-01-01/orders",
            params={"lastUpdatedAfter": "2026-01-01T00:00:00Z", "includedData": "PROCEEDS,NONSENSE"},
            trust_env=False,
        )
    assert found.status_code == 400


def test_the_pace_is_that_of_the_specifications() -> None:
    pace = amazon_client.Pace(lambda _: None)
    for (file, _), operation in zip(
        APIS.values(),
        ("searchOrders", "listTransactions", "getInventorySummaries", "getMarketplaceParticipations"),
        strict=True,
    ):
        document = json.loads((AMAZON / file).read_text(encoding="utf-8"))
        told = next(
            rules["get"]["description"]
            for rules in document["paths"].values()
            if rules.get("get", {}).get("operationId") == operation
        )
        bucket = pace._buckets[operation]
        assert f"| {bucket.rate:g} | {bucket.burst:g} |" in told, operation


def test_the_specifications_lie_where_the_tests_look_for_them(shared_folder: Path) -> None:
    assert all((shared_folder / "specs" / "amazon-sp-api" / file).is_file() for file, _ in APIS.values())
