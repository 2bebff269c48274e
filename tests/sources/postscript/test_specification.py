"""Every request of Postscript's is one that its published specification has, and every answer of that shape is understood."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from tests.prism import SPECS, serving

from fondaco.sources.postscript import Postscript, PostscriptSettings
from fondaco.sources.postscript.streams import STREAMS
from fondaco.sources.postscript.webhooks import TOPICS
from fondaco.sources.stream import Slice
from fondaco.sources.webhooks import Delivery

pytestmark = [pytest.mark.npm, pytest.mark.slow]

SPEC = SPECS / "postscript" / "partner_api_v2_openapi.yml"
SPAN = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
Opened = tuple[Postscript, list[httpx.Request]]


@pytest.fixture(scope="module")
def rules() -> Any:
    """The specification, its examples as JSON: they stand in it as texts that nearly are."""
    document = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    for operations in document["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                for content in answer["content"].values():
                    for example in content["examples"].values():
                        example["value"] = json.loads(mended(example["value"]))
    return document


def mended(text: str) -> str:
    """An example's text as JSON: with its words for true and without commas before the end."""
    return re.sub(r",(\s*[}\]])", r"\1", text.replace("True", "true").replace("False", "false"))


@pytest.fixture(scope="module")
def address(rules: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("postscript") / "spec.json"
    path.write_text(json.dumps(rules, default=str), encoding="utf-8")
    with serving(path) as found:
        yield found


@pytest.fixture
def opened(address: str) -> Iterator[Opened]:
    """A connection to the mock, and what it has asked."""
    given = {"api_key": "sk_0123456789", "shop_token": "shop-token", "base_url": address}
    source = Postscript(PostscriptSettings.model_validate(given), sleep=lambda seconds: None)
    asked: list[httpx.Request] = []
    source._client._http.client.event_hooks["request"].append(asked.append)
    yield source, asked
    source.close()


def sent_by(asked: list[httpx.Request], rules: Any) -> set[str]:
    """Methods and paths that were asked for, after a look whether each parameter is known."""
    found = set()
    for request in asked:
        template = next(
            one
            for one in sorted(rules["paths"], key=lambda path: "{" in path)
            if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", one), request.url.path)
        )
        operation = rules["paths"][template][request.method.lower()]
        known = {one["name"] for one in operation["parameters"]}
        assert set(request.url.params) - known == set(), template
        assert "X-Postscript-Shop-Token" in known
        assert request.headers["X-Postscript-Shop-Token"] == "shop-token"
        found.add(f"{request.method} {template}")
    return found


def records(source: Postscript, name: str, kind: str) -> list[Any]:
    stream = next(one for one in STREAMS if one.name == name)
    part = Slice(name, kind) if kind == "full" else Slice(name, kind, *SPAN)
    return [json.loads(line) for page in source.read(stream, part) for line in page.lines.splitlines()]


@pytest.mark.parametrize("kind", ["backfill", "incremental"])
def test_subscribers_are_read_by_requests_of_the_specification(opened: Opened, rules: Any, kind: str) -> None:
    source, asked = opened
    (subscriber,) = records(source, "subscribers", kind)
    assert subscriber["subscriptions"]["promotional"] == {"can_send": True}
    assert sent_by(asked, rules) == {"GET /api/v2/subscribers"}
    assert asked[0].url.params["sort"] == "updated_at__asc"


def test_keywords_are_read_by_requests_of_the_specification(opened: Opened, rules: Any) -> None:
    source, asked = opened
    assert [one["keyword"] for one in records(source, "keywords", "full")] == ["YOUROCK"]
    assert sent_by(asked, rules) == {"GET /api/v2/keywords"}


@pytest.mark.parametrize("name", ["subscribers", "keywords"])
def test_ids_are_asked_for_by_requests_of_the_specification(opened: Opened, rules: Any, name: str) -> None:
    source, asked = opened
    assert len(list(source.ids(next(one for one in STREAMS if one.name == name)) or ())) == 1
    assert sent_by(asked, rules) == {f"GET /api/v2/{name}"}


def test_a_subscriber_is_read_again_by_its_id(opened: Opened, rules: Any) -> None:
    source, asked = opened
    stream = next(one for one in STREAMS if one.name == "subscribers")
    assert sum(page.records for page in source.read_again(stream, ["s_1234567abcd"])) == 1
    assert sent_by(asked, rules) == {"GET /api/v2/subscribers/{id}"}


def test_check_asks_for_what_the_specification_has(opened: Opened, rules: Any) -> None:
    source, asked = opened
    found = source.check()
    assert (found.shop_name, found.missing) == ("Postscript", ())
    assert sent_by(asked, rules) == {"GET /api/v2/me", "GET /api/v2/subscribers", "GET /api/v2/keywords"}


@pytest.mark.parametrize("topic", TOPICS)
def test_webhooks_are_made_listed_and_taken_down_as_the_specification_says(
    opened: Opened, rules: Any, topic: str
) -> None:
    source, asked = opened
    made = source.subscribe(topic, "https://figures.example.com/webhooks/postscript/texts", "own-secret")
    assert [one.subscription_id for one in source.subscriptions()] == [made.subscription_id]
    source.unsubscribe(made.subscription_id)
    assert sent_by(asked, rules) == {
        "POST /api/v2/webhooks",
        "GET /api/v2/webhooks",
        "DELETE /api/v2/webhooks/{id}",
    }
    body = json.loads(asked[0].content)
    wanted = rules["paths"]["/api/v2/webhooks"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert set(body) - set(wanted["properties"]) == set()
    assert body["event"] in wanted["properties"]["event"]["enum"]


def test_the_published_example_of_a_delivery_is_understood(rules: Any) -> None:
    example = rules["paths"]["/api/v2/webhooks/example"]["get"]["responses"]["200"]["content"]
    (body,) = [one["value"] for one in example["application/json"]["examples"].values()]
    notice = Postscript.webhooks.read(Delivery({}, json.dumps(body).encode()))
    assert notice.topic == "shop.incoming_message"
    assert notice.changed == (("subscribers", "s_1234567abcd"),)
    ((stream, line),) = notice.records
    assert (stream, json.loads(line)["happened_at"]) == ("subscriber_events", "2021-11-04T21:52:41.025455Z")
    assert "Hello" not in line
    assert "+1555" not in line
