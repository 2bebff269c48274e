"""What vendors' deliveries mean: signed bodies in, records to read again out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fondaco.sources.commercetools.webhooks import CommercetoolsWebhooks
from fondaco.sources.klaviyo.webhooks import KlaviyoWebhooks
from fondaco.sources.postscript.webhooks import PostscriptWebhooks
from fondaco.sources.shopify import ShopifySettings
from fondaco.sources.shopify.webhooks import ShopifyWebhooks
from fondaco.sources.webhooks import Delivery, Notice, UnreadableError
from fondaco.sources.woocommerce.webhooks import WooCommerceWebhooks

SECRET = b"the app's own secret"


def signed(body: bytes, header: str, **headers: str) -> Delivery:
    digest = base64.b64encode(hmac.new(SECRET, body, hashlib.sha256).digest()).decode()
    return Delivery({header: digest, **{k.replace("_", "-"): v for k, v in headers.items()}}, body)


def shopify(topic: str, body: dict[str, Any]) -> Notice:
    delivery = signed(
        json.dumps(body).encode(),
        "x-shopify-hmac-sha256",
        x_shopify_topic=topic,
        x_shopify_event_id="e-1",
        x_shopify_webhook_id="w-1",
        x_shopify_triggered_at="2026-03-31T11:00:00.123Z",
    )
    assert ShopifyWebhooks().is_genuine(delivery, [SECRET])
    return ShopifyWebhooks().read(delivery)


def test_an_order_of_shopify_is_read_again_by_its_global_id() -> None:
    found = shopify(
        "orders/updated", {"id": 7, "admin_graphql_api_id": "gid://shopify/Order/7", "email": "x"}
    )
    assert found == Notice(
        "e-1:orders/updated",
        "orders/updated",
        changed=(("orders", "gid://shopify/Order/7"),),
        happened_at=datetime(2026, 3, 31, 11, 0, 0, 123000, UTC),
    )


@pytest.mark.parametrize(
    ("topic", "body", "changed", "deleted"),
    [
        ("orders/delete", {"id": 7}, (), (("orders", "gid://shopify/Order/7"),)),
        (
            "orders/edited",
            {"order_edit": {"id": 1, "order_id": 7}},
            (("orders", "gid://shopify/Order/7"),),
            (),
        ),
        ("refunds/create", {"id": 3, "order_id": 7}, (("orders", "gid://shopify/Order/7"),), ()),
        (
            "inventory_levels/update",
            {"inventory_item_id": 5, "available": 2},
            (("inventory_items", "gid://shopify/InventoryItem/5"),),
            (),
        ),
        (
            "customers/merge",
            {
                "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
                "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2",
            },
            (("customers", "gid://shopify/Customer/1"),),
            (("customers", "gid://shopify/Customer/2"),),
        ),
        ("app/uninstalled", {"id": 1}, (), ()),
    ],
)
def test_each_topic_of_shopify_names_the_record_that_figures_depend_on(
    topic: str, body: dict[str, Any], changed: Any, deleted: Any
) -> None:
    found = shopify(topic, body)
    assert (found.changed, found.deleted, found.records) == (changed, deleted, ())


_SUBSCRIBED = ("orders/create", "orders/updated", "orders/delete", "orders/edited", "refunds/create",
               "order_transactions/create", "customers/create", "customers/update", "customers/delete",
               "products/create", "products/update", "products/delete", "inventory_items/update",
               "inventory_levels/update", "returns/request", "discounts/update")  # fmt: skip


@pytest.mark.parametrize("topic", _SUBSCRIBED)
def test_shopifys_own_example_of_each_topic_is_understood(topic: str, shared_folder: Path) -> None:
    example = shared_folder / "specs/shopify/webhook-examples-2026-07" / f"{topic}.json"
    found = shopify(topic, json.loads(example.read_bytes())["response"])
    assert not found.is_empty


def test_a_return_that_does_not_name_its_order_leaves_it_to_the_orders_own_delivery(
    shared_folder: Path,
) -> None:
    example = shared_folder / "specs/shopify/webhook-examples-2026-07/returns/update.json"
    assert shopify("returns/update", json.loads(example.read_bytes())["response"]).is_empty


def test_a_body_with_one_other_byte_is_not_genuine() -> None:
    body = b'{"id": 7}'
    delivery = signed(body, "x-shopify-hmac-sha256")
    assert ShopifyWebhooks().is_genuine(delivery, [b"another", SECRET])
    assert not ShopifyWebhooks().is_genuine(Delivery(delivery.headers, b'{"id": 8}'), [SECRET])
    assert not ShopifyWebhooks().is_genuine(delivery, [b"another"])
    assert not ShopifyWebhooks().is_genuine(delivery, [])
    assert not ShopifyWebhooks().is_genuine(Delivery({}, body), [SECRET])
    assert not ShopifyWebhooks().is_genuine(Delivery({"x-shopify-hmac-sha256": "é"}, body), [SECRET])


def test_webhooks_of_a_shops_admin_are_signed_with_their_own_secret() -> None:
    settings = ShopifySettings.model_validate(
        {"shop": "a.myshopify.com", "access_token": "shpat_x", "webhook_secret": "shown-in-the-admin"}
    )
    assert ShopifyWebhooks().secrets(settings, None) == (b"shown-in-the-admin",)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": true}', b'{"id": "x y"}', b"\xff", b"null"])
def test_what_shopify_does_not_document_is_unreadable(body: bytes) -> None:
    delivery = signed(body, "x-shopify-hmac-sha256", x_shopify_topic="orders/create", x_shopify_event_id="e")
    with pytest.raises(UnreadableError):
        ShopifyWebhooks().read(delivery)


def woocommerce(topic: str, body: bytes) -> Notice:
    delivery = signed(
        body, "x-wc-webhook-signature", x_wc_webhook_topic=topic, x_wc_webhook_delivery_id="d-1"
    )
    assert WooCommerceWebhooks().is_genuine(delivery, [SECRET])
    return WooCommerceWebhooks().read(delivery)


def test_an_order_of_woocommerce_is_read_again_with_its_refunds() -> None:
    found = woocommerce("order.updated", b'{"id": 7, "status": "refunded"}')
    assert (found.topic, found.changed, found.deleted, found.records) == (
        "order.updated", (("orders", "7"), ("refunds", "7")), (), ()
    )  # fmt: skip


def test_deliveries_of_woocommerce_with_one_id_are_told_apart_by_what_they_say() -> None:
    """The id is made of the webhook and the second: all that one webhook sends within a second share it."""
    told = [
        woocommerce("order.created", b'{"id": 7}'),
        woocommerce("order.created", b'{"id": 8}'),
        woocommerce("order.created", b'{"id": 8, "status": "completed"}'),
        woocommerce("order.deleted", b'{"id": 8}'),
        woocommerce("order.restored", b'{"id": 8}'),
    ]
    assert len({notice.event_id for notice in told}) == len(told)
    assert woocommerce("order.created", b'{"id": 7}').event_id == told[0].event_id


def test_an_order_that_woocommerce_deletes_may_be_in_the_trash() -> None:
    found = woocommerce("order.deleted", b'{"id": 7}')
    assert (found.changed, found.deleted) == ((("orders", "7"),), (("orders", "7"),))


def test_woocommerces_first_call_is_answered_though_nobody_signed_it() -> None:
    hooks = WooCommerceWebhooks()
    assert hooks.greet(Delivery({}, b"webhook_id=12")) is not None
    assert hooks.greet(Delivery({}, b"webhook_id=12&more=1")) is None
    assert hooks.greet(Delivery({}, b'{"id": 7}')) is None


ORDER = "11111111-2222-4333-8444-555555555555"
CHANGE = {
    "notificationType": "ResourceUpdated",
    "projectKey": "maison",
    "resource": {"typeId": "order", "id": ORDER},
    "version": 4,
    "modifiedAt": "2026-03-31T09:00:00.000Z",
}


@pytest.mark.parametrize(
    "body", [CHANGE, {"detail-type": "x", "detail": CHANGE}, {"specversion": "1.0", "data": CHANGE}, [CHANGE]]
)
def test_a_change_in_commercetools_is_understood_in_every_envelope(body: Any) -> None:
    found = CommercetoolsWebhooks().read(Delivery({}, json.dumps(body).encode()))
    assert found == Notice(
        f"order/{ORDER}/4/ResourceUpdated",
        "ResourceUpdated",
        changed=(("orders", ORDER),),
        happened_at=datetime(2026, 3, 31, 9, tzinfo=UTC),
    )


def test_a_message_of_commercetools_has_an_id_of_its_own() -> None:
    told = {**CHANGE, "notificationType": "Message", "type": "OrderDeleted", "id": "m-1", "version": 1}
    found = CommercetoolsWebhooks().read(Delivery({}, json.dumps(told).encode()))
    assert (found.event_id, found.topic, found.changed, found.deleted) == (
        "m-1",
        "OrderDeleted",
        (),
        (("orders", ORDER),),
    )


def test_commercetools_is_known_by_a_word_in_the_authorization() -> None:
    hooks = CommercetoolsWebhooks()
    assert hooks.is_genuine(Delivery({"authorization": f"Bearer {SECRET.decode()}"}, b""), [b"old", SECRET])
    for given in ("", SECRET.decode(), f"Basic {SECRET.decode()}", "Bearer ", "Bearer x"):
        assert not hooks.is_genuine(Delivery({"authorization": given}, b""), [SECRET])
    assert not hooks.is_genuine(Delivery({"authorization": "Bearer "}, b""), [])


DEEP = b"[" * 200_000 + b"]" * 200_000
NO_IDS = [b"-5", b"0", b"1.9", b"1e3", b"1e999", b"NaN", b"true", b"null", b'"x y"', b'"\xc2\xb2"', b'"-5"', b"9" * 21, b"9" * 4_000,
          b'"' + b"9" * 4_000 + b'"', b"[7]", DEEP]  # fmt: skip


@pytest.mark.parametrize("found", NO_IDS, ids=lambda found: found[:12].decode())
def test_what_is_no_id_is_unreadable(found: bytes) -> None:
    body = b'{"id": ' + found + b"}"
    with pytest.raises(UnreadableError):
        woocommerce("order.updated", body)
    with pytest.raises(UnreadableError):
        ShopifyWebhooks().read(
            Delivery({"x-shopify-topic": "orders/updated", "x-shopify-event-id": "e"}, body)
        )


def test_an_id_has_up_to_twenty_digits_and_may_be_written_as_text() -> None:
    for body in (b'{"id": 99999999999999999999}', b'{"id": "99999999999999999999"}'):
        assert woocommerce("customer.updated", body).changed == (("customers", "9" * 20),)


@pytest.mark.parametrize(
    "gid",
    ["gid://shopify/Customer/7", "gid://shopify/Order/-7", "gid://shopify/Order/7/8", "gid://shopify/Order/"],
)
def test_a_global_id_of_shopify_is_one_of_the_kind_that_the_topic_tells_of(gid: str) -> None:
    with pytest.raises(UnreadableError):
        shopify("orders/updated", {"admin_graphql_api_id": gid})


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "yesterday"])
def test_an_instant_that_is_none_in_utc_makes_a_notification_unreadable(instant: str) -> None:
    with pytest.raises(UnreadableError):
        CommercetoolsWebhooks().read(Delivery({}, json.dumps({**CHANGE, "modifiedAt": instant}).encode()))


@pytest.mark.parametrize(
    "hooks", [ShopifyWebhooks(), WooCommerceWebhooks(), CommercetoolsWebhooks(), KlaviyoWebhooks(), PostscriptWebhooks()],
    ids=lambda hooks: type(hooks).__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "body",
    [DEEP, b'{"id":1e999}', b'{"data": 7}', b"\xff", b'{"data": [7]}', b'{"event": 7}'],
    ids=lambda body: body[:12],
)
def test_odd_bodies_are_unreadable_whoever_sends_them(hooks: Any, body: bytes) -> None:
    headers = {
        "x-shopify-topic": "orders/updated",
        "x-shopify-event-id": "e",
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-delivery-id": "d",
    }
    with pytest.raises(UnreadableError):
        hooks.read(Delivery(headers, body))


def test_half_a_surrogate_pair_in_klaviyos_names_is_no_fault() -> None:
    body = rb'{"data": [{"topic": "\ud800", "external_id": "1"}], "meta": {"klaviyo_webhook_id": "1"}}'
    assert KlaviyoWebhooks().read(Delivery({"klaviyo-webhook-id": "1"}, body)).is_empty


def test_a_notification_of_commercetools_keeps_its_place_in_the_queue_small() -> None:
    told = {**CHANGE, "type": ["\x7f" * 100_000], "version": "v" * 100_000}
    found = CommercetoolsWebhooks().read(Delivery({}, json.dumps(told).encode()))
    assert len(found.event_id) + len(found.topic) < 1_000
