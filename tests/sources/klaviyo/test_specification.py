"""Every request is one that Klaviyo's own specification allows: prism serves it, and refuses all others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from tests.prism import SPECS, cut_down, serving

from fondaco.sources.klaviyo import Klaviyo, KlaviyoSettings
from fondaco.sources.klaviyo.client import KlaviyoClient
from fondaco.sources.klaviyo.reports import Question, campaign_rows, flow_rows
from fondaco.sources.klaviyo.subscriptions import KlaviyoSubscriptions

from .conftest import part_of, stream_of

pytestmark = [pytest.mark.slow, pytest.mark.npm, pytest.mark.xdist_group("klaviyo_prism")]
SPEC = SPECS / "klaviyo" / "stable_2026-07-15.json"
PATHS = (
    "accounts",
    "campaigns",
    "flows",
    "lists",
    "segments",
    "metrics",
    "profiles",
    "events",
    "campaign-values-reports",
    "flow-series-reports",
    "events/{id}",
    "profiles/{id}",
    "webhooks",
    "webhooks/{id}",
    "webhook-topics",
)
DAY = date(2026, 10, 1)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not SPEC.is_file():
        with serving(SPEC) as base_url:
            yield base_url
        return
    spec = cut_down(
        SPEC, [f"/api/{path}" for path in PATHS], tmp_path_factory.mktemp("klaviyo") / "spec.json"
    )
    with serving(spec) as base_url:
        yield base_url


@pytest.fixture
def settings(address: str) -> KlaviyoSettings:
    return KlaviyoSettings.model_validate({"api_key": "pk_any", "base_url": address})


@pytest.mark.parametrize("name", ["metrics", "campaigns", "flows", "lists", "segments", "profiles"])
def test_a_list_is_asked_for_and_read_as_published(settings: KlaviyoSettings, name: str) -> None:
    """prism's example has one record, and names the same next page for ever."""
    source = Klaviyo(settings, sleep=lambda _: None)
    first = next(iter(source.read(stream_of(name), part_of(name, DAY, DAY))))
    source.close()
    assert first.records == 1
    assert json.loads(first.lines)["attributes"]


@pytest.mark.parametrize("name", ["campaigns", "flows", "lists", "segments", "profiles"])
def test_ids_are_asked_for_as_published(settings: KlaviyoSettings, name: str) -> None:
    source = Klaviyo(settings, sleep=lambda _: None)
    found = source.ids(stream_of(name))
    assert found is not None
    assert next(found)
    source.close()


def test_events_are_asked_for_as_published(settings: KlaviyoSettings) -> None:
    source = Klaviyo(settings, sleep=lambda _: None)
    source.__dict__["_metrics"] = [{"id": "M1", "attributes": {"name": "Opened Email"}}]
    first = next(iter(source.read(stream_of("events"), part_of("events", DAY, DAY))))
    source.close()
    assert set(json.loads(first.lines)) >= {"id", "profile_id", "datetime"}


def test_the_account_tells_its_zone_and_currency_where_it_is_published(settings: KlaviyoSettings) -> None:
    client = KlaviyoClient(settings, sleep=lambda _: None)
    attributes = client.get("accounts")["data"][0]["attributes"]
    client.close()
    assert {"timezone", "preferred_currency", "contact_information"} <= set(attributes)


def test_reports_are_asked_for_as_published(settings: KlaviyoSettings) -> None:
    client = KlaviyoClient(settings, sleep=lambda _: None)
    question = Question(DAY, date(2026, 10, 9), "M1", True, "EUR")
    assert next(campaign_rows(client, question, {"01GMRWDSA0ARTAKE1SFX8JGXAY": DAY})) is not None
    assert next(flow_rows(client, question)) is not None
    client.close()


def test_what_the_specification_forbids_is_refused(settings: KlaviyoSettings) -> None:
    """Else the tests above would prove nothing."""
    client = KlaviyoClient(settings, sleep=lambda _: None)
    with pytest.raises(Exception, match=r"422|400"):
        client.get("campaigns")
    with pytest.raises(Exception, match=r"422|400"):
        list(client.report("flow-series-report", {"statistics": ["guesses"], "timeframe": {"key": "today"}}))
    client.close()


def test_an_instant_is_written_in_utc() -> None:
    from fondaco.sources.klaviyo.connector import _iso

    assert _iso(datetime(2026, 10, 1, tzinfo=UTC)) == "2026-10-01T00:00:00Z"


@pytest.mark.parametrize("name", ["profiles", "events"])
def test_a_single_record_is_asked_for_as_published(settings: KlaviyoSettings, name: str) -> None:
    """prism's example of an event is of a metric of another name, which is none of a message."""
    source = Klaviyo(settings, sleep=lambda _: None)
    pages = list(source.read_again(stream_of(name), ["01GDDKASAP8TKDDA2GRZDSVP4H"]))
    source.close()
    assert [page.records for page in pages] == ([1] if name == "profiles" else [])


def test_webhooks_are_asked_for_made_changed_and_taken_down_as_published(settings: KlaviyoSettings) -> None:
    client = KlaviyoClient(settings, sleep=lambda _: None)
    hooks = KlaviyoSubscriptions(client)
    topic, address = "event:klaviyo.clicked_email", "https://figures.example.com/webhooks/klaviyo/letters"
    assert hooks.all() == []  # the example is another program's
    assert hooks.topics() == ()
    assert hooks.add(topic, address, "a-secret-of-our-own").topic == topic
    hooks._put("01HF7AYTK76RHR4F17G6DGTRGF", {"enabled": True}, [topic])
    client.send("DELETE", "webhooks/01HF7AYTK76RHR4F17G6DGTRGF")
    client.close()
