"""The door: a genuine delivery is durable before it is answered; everything else is told nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.server.conftest import Watch

from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.queue import Queue
from fondaco.queue.tally import NOBODY, counted
from fondaco.server.app import create_app
from fondaco.server.webhooks.door import MOST_BYTES
from fondaco.sources.shopify.webhooks import ShopifyWebhooks

SECRET = "the secret of the app"
AURORA = "/webhooks/shopify/aurora"


def connect(project: Project, connection_id: str, source: str, **settings: Any) -> None:
    record = ConnectionRecord(connection_id, source, connection_id.title(), "EUR", "Europe/Berlin", settings)
    project.control.connections.add(project.tenant, record)


@pytest.fixture
def shops(new_project: Project) -> Project:
    """A Shopify and a WooCommerce shop, and a folder of files, which has no webhooks."""
    connect(
        new_project, "aurora", "shopify", shop="aurora.myshopify.com", client_id="app", client_secret=SECRET
    )
    connect(
        new_project,
        "brick",
        "woocommerce",
        url="https://brick.example",
        consumer_key="ck",
        consumer_secret="cs",
    )
    return new_project


@pytest.fixture
def client(shops: Project) -> Iterator[TestClient]:
    with TestClient(create_app(shops)) as client:
        yield client


def signature(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def tell(
    client: TestClient, number: int = 7, *, secret: str = SECRET, path: str = AURORA, **more: str
) -> Response:
    body = json.dumps({"id": number, "email": "ada@example.com"}).encode()
    headers = {
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Event-Id": f"event-{number}",
        "X-Shopify-Hmac-SHA256": signature(body, secret),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return client.post(path, content=body, headers=headers)


def queued(project: Project) -> list[tuple[str, Any]]:
    return [(e.connection_id, e.changed) for e in Queue(project.data / "queue").read(100).events]


def test_a_genuine_delivery_is_on_the_disk_when_it_is_answered(client: TestClient, shops: Project) -> None:
    answer = tell(client)
    assert (answer.status_code, answer.content) == (200, b"")
    assert queued(shops) == [("aurora", (("orders", "gid://shopify/Order/7"),))]


def test_no_personal_data_reaches_the_disk(client: TestClient, shops: Project) -> None:
    tell(client)
    [segment] = (shops.data / "queue").glob("*.events")
    assert b"ada@example.com" not in segment.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        AURORA,
        "/webhooks/shopify/unknown",
        "/webhooks/woocommerce/aurora",
        "/webhooks/woocommerce/brick",
        "/webhooks/files/aurora",
        "/webhooks/nobody/unknown",
    ],
)
def test_unknown_connections_and_wrong_signatures_are_answered_alike(
    client: TestClient, shops: Project, path: str
) -> None:
    answer = tell(client, secret="another secret", path=path)
    assert (answer.status_code, answer.content) == (401, b"Not accepted.\n")
    assert queued(shops) == []


def test_a_delivery_without_any_signature_is_refused(client: TestClient, shops: Project) -> None:
    assert client.post(AURORA, content=b"{}").status_code == 401
    assert (
        client.post("/webhooks/commercetools/aurora", headers={"Authorization": "Bearer "}).status_code == 401
    )


def test_what_came_to_the_door_is_counted_and_what_cannot_be_read_is_taken_all_the_same(
    shops: Project,
) -> None:
    """A refusal of what would be the same again would only make the vendor stop sending."""
    headers = {"X-Shopify-Topic": "orders/updated", "X-Shopify-Event-Id": "e"}
    with TestClient(create_app(shops)) as client:
        unreadable = client.post(
            AURORA,
            content=b"<html>",
            headers={**headers, "X-Shopify-Hmac-SHA256": signature(b"<html>", SECRET)},
        )
        answers = [unreadable, tell(client, X_Shopify_Topic="app/uninstalled"), tell(client)]
        answers += [
            tell(client, secret="wrong"),
            tell(client, path="/webhooks/shopify/unknown", secret="wrong"),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 401, 401]
    told = counted(shops.data / "queue")
    aurora = told["aurora"]
    assert (aurora.unreadable, aurora.ignored, aurora.queued, aurora.refused) == (1, 1, 1, 1)
    assert told[NOBODY].refused == 1


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"id": 1e999}', b'{"id": -5}'], ids=["deep", "endless", "below"]
)
def test_an_odd_body_is_taken_and_counted_as_unreadable(
    client: TestClient, shops: Project, body: bytes
) -> None:
    headers = {"X-Shopify-Topic": "orders/updated", "X-Shopify-Event-Id": "e"}
    signed = {**headers, "X-Shopify-Hmac-SHA256": signature(body, SECRET)}
    assert client.post(AURORA, content=body, headers=signed).status_code == 200
    assert queued(shops) == []


def test_a_body_at_which_our_reading_fails_is_taken_and_its_words_are_not_logged(
    shops: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object) -> None:
        raise KeyError("ada@example.com")

    monkeypatch.setattr(ShopifyWebhooks, "read", failing)
    with TestClient(create_app(shops)) as client:
        assert tell(client).status_code == 200
    assert counted(shops.data / "queue")["aurora"].unreadable == 1
    assert "ada@example.com" not in caplog.text


def test_woocommerces_first_call_is_answered_for_known_and_unknown_shops_alike(
    client: TestClient, shops: Project
) -> None:
    for shop in ("brick", "unknown"):
        answer = client.post(f"/webhooks/woocommerce/{shop}", data={"webhook_id": "3"})
        assert (answer.status_code, answer.content) == (200, b"")
    assert queued(shops) == []


def test_a_secret_that_was_made_a_moment_ago_is_known(
    client: TestClient, shops: Project, watch: Watch
) -> None:
    body = b'{"id": 7}'
    secret = shops.control.webhooks.open(shops.tenant, "brick")
    headers = {
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Delivery-ID": "d",
        "X-WC-Webhook-Signature": signature(body, secret),
    }
    answer = client.post("/webhooks/woocommerce/brick", content=body, headers=headers)
    assert (answer.status_code, queued(shops)) == (200, [("brick", (("orders", "7"), ("refunds", "7")))])


def test_a_body_that_is_too_large_is_refused_without_being_read(client: TestClient) -> None:
    assert client.post(AURORA, content=b"x" * (MOST_BYTES + 1)).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 100_000 + 1):
            yield b"x" * 100_000

    assert client.post(AURORA, content=pieces()).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", AURORA, 405), ("POST", "/webhooks/shopify", 404), ("POST", "/webhooks/Shopify/x", 404),
     ("POST", "/webhooks/shopify/../x", 404), ("POST", f"/webhooks/shopify/{'x' * 80}", 404)],
)  # fmt: skip
def test_other_addresses_and_methods_lead_nowhere(
    client: TestClient, method: str, path: str, status: int
) -> None:
    assert client.request(method, path).status_code == status


def test_while_the_disk_refuses_deliveries_are_asked_to_come_again(
    client: TestClient, shops: Project
) -> None:
    (shops.data / "queue").write_text("a file where a folder should be")
    answer = tell(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    (shops.data / "queue").unlink()
    assert tell(client).status_code == 200
    assert len(queued(shops)) == 1


def test_pages_are_not_touched_by_the_door(client: TestClient, watch: Watch) -> None:
    watch.forward(timedelta(seconds=1))
    assert client.get("/login").status_code == 200
