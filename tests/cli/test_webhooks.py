"""`fondaco webhooks`: what is told without asking any shop."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco

from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.queue import Queue, QueuedEvent, QueueWriter

AT = datetime(2026, 3, 31, 8, 30, tzinfo=UTC)


@pytest.fixture
def told(shop: Path) -> Path:
    """A project with a commercetools shop that has told of two changes, one of them drained."""
    settings = {
        "project_key": "maison",
        "client_id": "id",
        "client_secret": "secret",
        "region": "europe-west1.gcp",
    }
    with Project.open(shop) as project:
        record = ConnectionRecord("maison", "commercetools", "Maison", "EUR", "Europe/Berlin", settings)
        project.control.connections.add(project.tenant, record)
        queue = Queue(project.data / "queue")
        for number in range(2):
            writer = QueueWriter(queue.folder)
            event = QueuedEvent("maison", "commercetools", f"e{number}", "OrderCreated", AT)
            writer.put([event.to_bytes()])
            writer.close()
        queue.commit(queue.read(1))
    return shop


def test_without_a_public_address_no_shop_can_be_told_where_to_deliver(fondaco: Fondaco, told: Path) -> None:
    answer = fondaco("-C", told, "webhooks", "create", "maison")
    assert (answer.code, answer.err.splitlines()[0]) == (
        1,
        "Shops cannot be told where to deliver: [server] public_url is not set.",
    )
    [row] = fondaco("-C", told, "webhooks", "list", "--json").json
    assert (row["connection_id"], row["is_set_up"], row["address"]) == ("maison", False, None)


def test_what_has_to_be_entered_by_hand_is_told_and_the_secret_only_when_asked_for(
    fondaco: Fondaco, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_SERVER__PUBLIC_URL", "https://figures.example.com")
    made = fondaco("-C", told, "webhooks", "create", "maison", "--json").json
    assert (made["address"], made["by_hand"]) == (
        "https://figures.example.com/webhooks/commercetools/maison",
        True,
    )
    assert "secret" not in made
    shown = fondaco("-C", told, "webhooks", "create", "maison", "--show-secret", "--json").json["secret"]
    renewed = fondaco("-C", told, "webhooks", "create", "maison", "--renew", "--show-secret", "--json").json
    assert len(shown) > 40
    assert renewed["secret"] != shown


def test_status_tells_what_waits_and_replay_queues_again_what_was_drained(
    fondaco: Fondaco, told: Path
) -> None:
    assert fondaco("-C", told, "webhooks", "status", "--json").json["waiting"] == 1
    again = ("-C", told, "webhooks", "replay", "--json", "--since")
    assert fondaco(*again, "2026-03-31T09:00").json == {"queued": 0}
    assert fondaco(*again, "2026-03-31").json == {"queued": 1}
    assert "2 deliveries wait" in fondaco("-C", told, "webhooks", "status").out
    assert fondaco(*again, "2026-03-31", "--connection", "nobody").code == 1


def test_before_the_first_run_what_came_waits_for_it(fondaco: Fondaco, told: Path) -> None:
    answer = fondaco("-C", told, "live", "--once")
    assert (answer.code, answer.err.splitlines()[1]) == (
        1,
        "Read the shops once with `fondaco run`; what waits stays in the queue.",
    )
    assert fondaco("-C", told, "webhooks", "status", "--json").json["waiting"] == 1
