"""Deliveries of Postscript's: who may send them, and what of them is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fondaco.simulator.postscript.app import SIGNING_TOKEN
from fondaco.sources.postscript import PostscriptSettings
from fondaco.sources.postscript.webhooks import OWN_HEADER, TOPICS, PostscriptWebhooks
from fondaco.sources.webhooks import Delivery, UnreadableError

from .conftest import Account

WEBHOOKS = PostscriptWebhooks()
SECRETS = (b"own-secret", b"vendors-token")


def body(event: str, **data: Any) -> dict[str, Any]:
    return {
        "webhook_id": "89066f0a-eb36-4ed8-b98c-606e6dcac715",
        "resource_type": "shop",
        "resource_id": "shop_1234567abcd",
        "event_time": "2026-03-31T11:00:00.123000",
        "event": event,
        "event_data": data,
    }


def delivery(content: Any, **headers: str) -> Delivery:
    return Delivery({name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(content).encode())  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "is_genuine"),
    [
        ({"postscript_signature": "vendors-token"}, True),
        ({"x_fondaco_token": "own-secret"}, True),
        ({"postscript_signature": "wrong", "x_fondaco_token": "own-secret"}, True),
        ({"postscript_signature": "wrong"}, False),
        ({"x_fondaco_token": ""}, False),
        ({}, False),
    ],
)
def test_a_delivery_bears_the_accounts_token_or_our_own(headers: dict[str, str], is_genuine: bool) -> None:
    assert WEBHOOKS.is_genuine(delivery(body("shop.test"), **headers), SECRETS) is is_genuine


@pytest.mark.parametrize(
    ("token", "own", "expected"),
    [("vendors-token", "own-secret", SECRETS[::1]), (None, "own-secret", SECRETS[:1]), (None, None, ())],
)
def test_without_a_secret_nothing_is_genuine(
    token: str | None, own: str | None, expected: tuple[bytes, ...]
) -> None:
    settings = PostscriptSettings.model_validate({"api_key": "sk", "signing_token": token})
    found = WEBHOOKS.secrets(settings, own)
    assert found == expected
    assert not WEBHOOKS.is_genuine(delivery(body("shop.test"), postscript_signature=""), found)


@pytest.mark.parametrize("event", ["shop.subscriber.opt_in", "shop.subscriber.opt_out"])
@pytest.mark.parametrize("named", ["subscriber_id", "id"])
def test_joining_and_leaving_are_kept_and_the_subscriber_is_read_again(event: str, named: str) -> None:
    notice = WEBHOOKS.read(delivery(body(event, **{named: "s_12ab"}, phone_number="+15555555555")))
    ((stream, line),) = notice.records
    assert notice.changed == (("subscribers", "s_12ab"),)
    assert notice.happened_at == datetime(2026, 3, 31, 11, 0, 0, 123000, UTC)
    assert (stream, json.loads(line)) == (
        "subscriber_events",
        {
            "event_id": notice.event_id, "event": event, "subscriber_id": "s_12ab", "is_opt_out": None,
            "happened_at": "2026-03-31T11:00:00.123000Z",
        },
    )  # fmt: skip
    assert "5555" not in line


def test_an_answer_is_kept_without_what_it_said() -> None:
    data = {
        "id": "im_1",
        "subscriber_id": "s_12ab",
        "is_opt_out": True,
        "body": "STOP",
        "from_number": "+15555555555",
    }
    notice = WEBHOOKS.read(delivery(body("shop.incoming_message", **data)))
    ((_, line),) = notice.records
    assert json.loads(line)["is_opt_out"] is True
    assert "STOP" not in line
    assert "5555" not in line


def test_the_same_event_has_the_same_id_however_often_it_is_delivered() -> None:
    """Postscript has no id of a delivery."""
    once, again = (WEBHOOKS.read(delivery(body(TOPICS[0], subscriber_id="s_1"))) for _ in range(2))
    other = WEBHOOKS.read(delivery(body(TOPICS[0], subscriber_id="s_2")))
    assert once.event_id == again.event_id != other.event_id


@pytest.mark.parametrize("event", ["shop.test", "shop.email_collected", "shop.something.new"])
def test_an_event_that_changes_no_figure_is_passed_over(event: str) -> None:
    assert WEBHOOKS.read(delivery(body(event, email="anna@example.com"))).is_empty


@pytest.mark.parametrize(
    "content",
    [b"no json", b"[]", b"{}", json.dumps({"event": TOPICS[0]}).encode(), json.dumps({"event": TOPICS[0], "event_time": "soon"}).encode()],
)  # fmt: skip
def test_what_is_not_as_documented_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        WEBHOOKS.read(Delivery({}, content))


@pytest.mark.slow
def test_webhooks_are_set_up_with_a_secret_of_our_own(account: Account) -> None:
    source = account.source()
    address = "https://figures.example.com/webhooks/postscript/texts"
    made = [source.subscribe(topic, address, "own-secret") for topic in source.topics()]
    listed = source.subscriptions()
    assert listed == made
    assert {one.topic for one in listed} == set(TOPICS)
    raw = source._client.get("/webhooks")["webhook_subscriptions"]
    assert {row["headers"][OWN_HEADER] for row in raw} == {"own-secret"}
    assert source._client.get("/webhooks/token") == {"token": SIGNING_TOKEN}
    for one in (*made, made[0]):  # one that is gone already is no error
        source.unsubscribe(one.subscription_id)
    assert source.subscriptions() == []
    source.close()
