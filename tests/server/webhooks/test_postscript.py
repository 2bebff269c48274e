"""Postscript's deliveries from the door to the raw tables: what no request can tell, and the subscriber as they are now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.serving import served

from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.orchestration.draining import Drain
from fondaco.queue import Queue
from fondaco.server.app import create_app
from fondaco.simulator.postscript.app import SIGNING_TOKEN, demo_settings
from fondaco.simulator.postscript.app import create_app as postscript
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world

TEXTS = "/webhooks/postscript/texts"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("texts")
    end = datetime(2026, 11, 1, tzinfo=UTC)
    generate_world(folder, seed=3, orders=300, end=end, days=30, shops=("aurora",), messaging=("postscript",))
    with Store.build(folder) as built:
        yield built


@pytest.fixture
def project(new_project: Project, store: Store) -> Iterator[Project]:
    """A project with one connection, whose vendor answers."""
    with served(postscript(store)) as base_url:
        settings = {**demo_settings(base_url, 0), "signing_token": SIGNING_TOKEN}
        record = ConnectionRecord("texts", "postscript", "Texts", "EUR", "Europe/Berlin", settings)
        new_project.control.connections.add(new_project.tenant, record)
        new_project.landing.create_tables()
        yield new_project


def delivered(project: Project, *events: dict[str, Any], token: str = SIGNING_TOKEN) -> list[int]:
    with TestClient(create_app(project)) as client:
        return [
            client.post(TEXTS, content=json.dumps(one), headers={"Postscript-Signature": token}).status_code
            for one in events
        ]


def left(store: Store) -> dict[str, Any]:
    """An event about somebody whom Postscript knows."""
    sql = "select contact_id from message_contacts where text_since is not null and phone is not null limit 1"
    subscriber = f"s_{store.rows(sql)[0]['contact_id']}"
    return {
        "webhook_id": "w", "resource_type": "shop", "resource_id": "shop_41003", "event_time": "2026-11-01T08:00:00.5",
        "event": "shop.subscriber.opt_out", "event_data": {"subscriber_id": subscriber, "phone_number": "+15555555555"},
    }  # fmt: skip


def rows(project: Project, sql: str) -> list[dict[str, Any]]:
    with project.warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
    return found


def test_an_opt_out_is_kept_once_and_its_subscriber_read_again(project: Project, store: Store) -> None:
    event = left(store)
    assert delivered(project, event, event) == [200, 200]
    drain = Drain(project)
    drained = drain.drain()
    drain.commit()
    drain.close()
    assert (drained.events, drained.duplicates, drained.faults) == (2, 1, {})
    events = rows(project, "select event, subscriber_id, happened_at from raw.postscript__subscriber_events")
    assert events == [
        {
            "event": "shop.subscriber.opt_out",
            "subscriber_id": event["event_data"]["subscriber_id"],
            "happened_at": datetime(2026, 11, 1, 8, 0, 0, 500_000),
        }
    ]
    read = rows(project, "select subscriber_id from raw.postscript__subscribers")
    assert read == [{"subscriber_id": event["event_data"]["subscriber_id"]}]


def test_no_number_reaches_the_queue(project: Project, store: Store) -> None:
    delivered(project, left(store))
    [event] = Queue(project.data / "queue").read(10).events
    assert b"5555" not in event.to_bytes()


def test_a_wrong_token_is_refused(project: Project, store: Store) -> None:
    assert delivered(project, left(store), token="wrong") == [401]
    assert list(Queue(project.data / "queue").read(10).events) == []
