"""Deliveries and webhooks of Klaviyo's: who may send them, what of them is kept, and how they are set up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fondaco.simulator.klaviyo.things import METRICS
from fondaco.simulator.klaviyo.webhooks import signed
from fondaco.sources.klaviyo import KlaviyoSettings
from fondaco.sources.klaviyo.webhooks import TOPICS, KlaviyoWebhooks
from fondaco.sources.webhooks import Delivery, UnreadableError

from .conftest import Account, stream_of

WEBHOOKS = KlaviyoWebhooks()
SECRET = "a-secret-of-our-own"
SENT = datetime(2026, 3, 31, 11, tzinfo=UTC)
CLICKED, LEFT, JOINED = (
    f"event:klaviyo.{event}"
    for event in ("clicked_email", "unsubscribed_from_email_marketing", "subscribed_to_email_marketing")
)
ADDRESS = "https://figures.example.com/webhooks/klaviyo/letters"


def event(key: str, profile: str = "P1") -> dict[str, Any]:
    return {
        "type": "event", "id": key,
        "attributes": {"datetime": "2026-03-31T10:59:00+00:00", "event_properties": {"Recipient": "ann@x.example"}},
        "relationships": {"profile": {"data": {"type": "profile", "id": profile}}},
    }  # fmt: skip


def delivery(*events: tuple[str, dict[str, Any]], secret: str = SECRET, sent: datetime = SENT) -> Delivery:
    headers, body = signed(secret, "W1", list(events), sent)
    return Delivery({name.lower(): value for name, value in headers.items()}, body)


def changed(one: Delivery, body: bytes | None = None, **headers: str) -> Delivery:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery({**one.headers, **given}, one.body if body is None else body)


def test_the_signature_is_of_the_body_and_the_time_behind_it() -> None:
    """By hand: HMAC-SHA256 of ``{"data":[]}Tue, 31 Mar 2026 11:00:00 GMT`` under the secret, in hex."""
    genuine = Delivery(
        {
            "klaviyo-timestamp": "Tue, 31 Mar 2026 11:00:00 GMT",
            "klaviyo-signature": "a0c4945e3c2042b30164cfd4316ac556738dbb26d3829b707eb4a19f3fb4fb26",
        },
        b'{"data":[]}',
    )
    assert WEBHOOKS.is_genuine(genuine, (b"another", SECRET.encode()))


@pytest.mark.parametrize(
    "wrong",
    [
        changed(delivery((CLICKED, event("e1"))), b"{}"),
        changed(delivery((CLICKED, event("e1"))), klaviyo_timestamp="Tue, 31 Mar 2026 12:00:00 GMT"),
        changed(delivery((CLICKED, event("e1"))), klaviyo_signature=""),
        delivery((CLICKED, event("e1")), secret="the-secret-of-others"),
    ],
)
def test_another_body_time_or_secret_is_not_genuine(wrong: Delivery) -> None:
    assert not WEBHOOKS.is_genuine(wrong, (SECRET.encode(),))
    assert not WEBHOOKS.is_genuine(wrong, ())


@pytest.mark.parametrize(
    ("given", "own", "expected"),
    [("theirs", "ours", (b"ours", b"theirs")), (None, "ours", (b"ours",)), (None, None, ())],
)
def test_a_webhook_made_in_klaviyo_has_its_own_secret(
    given: str | None, own: str | None, expected: Any
) -> None:
    settings = KlaviyoSettings.model_validate({"api_key": "pk", "webhook_secret": given})
    assert WEBHOOKS.secrets(settings, own) == expected


def test_a_delivery_names_its_events_and_profiles_and_nothing_else_of_it_is_kept() -> None:
    notice = WEBHOOKS.read(
        delivery(
            (CLICKED, event("e1")),
            (LEFT, event("e2")),
            (JOINED, event("e3", "P2")),
            ("event:api.x", event("e4", "P3")),
        )
    )
    assert notice.changed == (("events", "e1"), ("profiles", "P1"), ("events", "e2"), ("profiles", "P2"))
    assert (notice.records, notice.deleted) == ((), ())
    assert notice.happened_at == datetime(2026, 3, 31, 10, 59, tzinfo=UTC)
    assert "ann@x.example" not in repr(notice)


def test_what_is_delivered_again_at_another_time_is_the_same_event() -> None:
    first = WEBHOOKS.read(delivery((CLICKED, event("e1")), (LEFT, event("e2"))))
    again = WEBHOOKS.read(
        delivery((LEFT, event("e2")), (CLICKED, event("e1")), sent=datetime(2026, 4, 1, tzinfo=UTC))
    )
    assert first.event_id == again.event_id != WEBHOOKS.read(delivery((CLICKED, event("e2")))).event_id


def test_an_event_that_is_written_as_text_or_not_at_all_is_read_by_its_id() -> None:
    row = {"external_id": "e1", "topic": CLICKED, "payload": json.dumps({"data": event("e1")})}
    bare = {"external_id": "e2", "topic": CLICKED}
    odd = {"external_id": "../e3", "topic": CLICKED}
    body = {"data": [row, bare, odd], "meta": {"klaviyo_webhook_id": "W1"}}
    notice = WEBHOOKS.read(Delivery({"klaviyo-webhook-id": "W1"}, json.dumps(body).encode()))
    assert notice.changed == (("events", "e1"), ("profiles", "P1"), ("events", "e2"))


@pytest.mark.parametrize(
    "body",
    [b"no json", b"[]", b"{}", b'{"data": [1]}', b'{"data": [], "meta": {"klaviyo_webhook_id": "W2"}}'],
)
def test_what_klaviyo_does_not_document_is_told_as_such(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        WEBHOOKS.read(Delivery({"klaviyo-webhook-id": "W1"}, body))


@pytest.mark.slow
def test_one_webhook_has_all_topics_that_the_account_knows(account: Account) -> None:
    source = account.source()
    wanted = source.topics()
    assert {*wanted} < {*TOPICS}  # this account writes no texts by consent
    for topic in wanted:
        source.subscribe(topic, ADDRESS, SECRET)
    found = source.subscriptions()
    assert [(each.topic, each.address, each.is_active) for each in found] == [
        (topic, ADDRESS, True) for topic in wanted
    ]
    assert len({each.subscription_id.partition("/")[0] for each in found}) == 1
    assert len([one for one in account.behaviour.requests if one.startswith("GET webhooks")]) == 2
    account.behaviour.hooks.switch_off()
    assert not any(each.is_active for each in source.subscriptions())
    for each in found:
        source.unsubscribe(each.subscription_id)
    source.unsubscribe(found[0].subscription_id)
    assert source.subscriptions() == []
    source.close()


@pytest.mark.slow
def test_a_single_event_and_profile_are_what_the_list_has(account: Account) -> None:
    sql = (
        "select e.*, c.message_id, c.name, c.kind as sender, c.channel from message_events as e"
        " inner join message_campaigns as c using (campaign_id) where e.kind = 'clicked' order by e.event_id limit 1"
    )
    [clicked] = account.store.rows(sql)
    source = account.source()
    [page] = source.read_again(stream_of("events"), [f"ev{clicked['event_id']}", "ev0"])
    told = json.loads(page.lines)
    assert told["metric_name"] == next(
        name for name, channel, kind in METRICS.values() if (channel, kind) == (clicked["channel"], "clicked")
    )
    [profile] = source.read_again(stream_of("profiles"), [told["profile_id"], "gone"])
    assert json.loads(profile.lines)["attributes"]["subscriptions"]
    source.close()
