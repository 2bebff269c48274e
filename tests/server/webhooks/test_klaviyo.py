"""Klaviyo's deliveries from the door to the raw tables: the event and its profile as the account has them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import Watch
from tests.serving import served

from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.orchestration.draining import Drain
from fondaco.orchestration.subscribing import create, remove
from fondaco.queue import Queue
from fondaco.server.app import create_app
from fondaco.simulator.klaviyo import things
from fondaco.simulator.klaviyo.app import Behaviour, demo_settings
from fondaco.simulator.klaviyo.app import create_app as klaviyo
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world

SENT = datetime(2026, 11, 1, tzinfo=UTC)
CLICKS = next(key for key, told in things.METRICS.items() if told == ("Clicked Email", "email", "clicked"))


@dataclass
class Letters:
    """A project whose Klaviyo account delivers to it."""

    project: Project
    behaviour: Behaviour
    store: Store

    def clicks(self, count: int) -> list[dict[str, Any]]:
        return things.events(self.store, f'equals(metric_id,"{CLICKS}")')[:count]

    def deliver(self, *events: dict[str, Any], sent: datetime = SENT, body: bytes | None = None) -> list[int]:
        statuses = []
        with TestClient(create_app(self.project)) as client:
            for event in events:
                for address, headers, told in self.behaviour.hooks.deliveries(event, "Clicked Email", sent):
                    path = address.removeprefix("https://figures.example.com")
                    statuses.append(client.post(path, content=body or told, headers=headers).status_code)
        return statuses

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self.project.warehouse.writer() as writer:
            found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
        return found


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("letters")
    generate_world(folder, seed=3, orders=300, end=SENT, days=30, shops=("aurora",), messaging=("klaviyo",))
    with Store.build(folder) as built:
        yield built


@pytest.fixture
def letters(new_folder: Path, tmp_path: Path, watch: Watch, store: Store) -> Iterator[Letters]:
    shutil.copytree(new_folder, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "fondaco.toml").open("a", encoding="utf-8") as file:
        file.write('\n[server]\npublic_url = "https://figures.example.com"\n')
    behaviour = Behaviour()
    with (
        Project.open(tmp_path, clock=watch) as project,
        served(klaviyo(store, behaviour=behaviour)) as base_url,
    ):
        record = ConnectionRecord(
            "letters", "klaviyo", "Letters", "EUR", "Europe/Berlin", demo_settings(base_url, 0)
        )
        project.control.connections.add(project.tenant, record)
        project.landing.create_tables()
        create(project, project.control.connections.get(project.tenant, "letters"))
        yield Letters(project, behaviour, store)


def test_a_click_is_read_again_with_its_profile_once_however_often_and_late_it_is_told(
    letters: Letters,
) -> None:
    later, earlier = letters.clicks(2)[::-1]
    assert letters.deliver(later, earlier) == [200, 200]
    assert letters.deliver(later, sent=datetime(2026, 11, 1, 0, 5, tzinfo=UTC)) == [200]
    drain = Drain(letters.project)
    drained = drain.drain()
    drain.commit()
    drain.close()
    assert (drained.events, drained.duplicates, drained.faults) == (3, 1, {})
    events = letters.rows(
        "select event_id, metric_name, profile_id from raw.klaviyo__events order by event_id"
    )
    expected = [
        {
            "event_id": event["id"],
            "metric_name": "Clicked Email",
            "profile_id": event["relationships"]["profile"]["data"]["id"],
        }
        for event in sorted((earlier, later), key=lambda each: str(each["id"]))
    ]
    assert events == expected
    profiles = letters.rows("select profile_id from raw.klaviyo__profiles")
    assert {row["profile_id"] for row in profiles} == {row["profile_id"] for row in expected}


def test_nothing_of_the_event_reaches_the_queue_but_ids(letters: Letters) -> None:
    letters.deliver(*letters.clicks(1))
    [event] = Queue(letters.project.data / "queue").read(10).events
    assert b"secret=1" not in event.to_bytes()


def test_a_body_that_was_changed_on_the_way_is_refused(letters: Letters) -> None:
    assert letters.deliver(*letters.clicks(1), body=b'{"data": []}') == [401]


def test_a_webhook_that_was_switched_off_is_made_again_and_taken_down_with_the_connection(
    letters: Letters,
) -> None:
    project = letters.project
    connection = project.control.connections.get(project.tenant, "letters")
    letters.behaviour.hooks.switch_off()
    assert letters.deliver(*letters.clicks(1)) == []
    tended = create(project, connection)
    assert tuple(sorted(tended.made)) == tended.topics != ()
    assert letters.deliver(*letters.clicks(1)) == [200]
    assert remove(project, connection) == len(tended.topics)
    assert letters.deliver(*letters.clicks(1)) == []
