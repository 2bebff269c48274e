"""``/events`` tells an open page what was published, and nobody else; Runs & data health tells how the queue stands."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import OWNER
from tests.server.webhooks.test_door import connect

from fondaco.orchestration import Project
from fondaco.orchestration.live import STATE
from fondaco.queue import QueuedEvent, QueueWriter
from fondaco.server.app import create_app
from fondaco.server.auth.sessions import SESSION
from fondaco.server.stopping import Server

pytestmark = pytest.mark.slow


@contextmanager
def served(project: Project) -> Iterator[tuple[str, Server]]:
    app = create_app(project)
    config = uvicorn.Config(app, port=0, host="127.0.0.1", log_level="critical")
    server = Server(config, app.state.bulletin.close)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", server
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def listening(
    url: str, project: Project, version: str = "", **headers: str
) -> Iterator[Iterator[dict[str, Any]]]:
    user = project.control.users.find(OWNER)
    assert user is not None
    cookies = {SESSION: project.control.sessions.create(user.user_id, valid=timedelta(hours=1))}
    with (
        httpx.Client(trust_env=False, timeout=20, cookies=cookies) as client,
        client.stream("GET", f"{url}/events", params={"version": version}, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        yield _messages(answer)


def _messages(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    event = ""
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield {"event": event, **json.loads(value)}


def test_who_is_not_logged_in_hears_nothing(stranger: TestClient) -> None:
    assert stranger.get("/events").status_code == 401
    assert stranger.get("/freshness").status_code == 303


def test_an_open_page_hears_of_each_publication_and_of_what_it_missed(known: Project) -> None:
    first = known.reader.version
    with served(known) as (url, _), listening(url, known, version=first or "") as messages:
        assert next(messages)["event"] == "state"
        publish(known, connections=[{"connection_id": "aurora", "name": "Aurora", "currency": "EUR"}])
        told = next(messages)
        assert (told["event"], told["version"]) == ("published", known.reader.version)
        with listening(url, known, version="", **{"Last-Event-ID": first or ""}) as after_a_break:
            assert [next(after_a_break)["event"] for _ in range(2)] == ["state", "published"]


def test_a_server_that_stops_does_not_wait_for_pages_that_listen(known: Project) -> None:
    with served(known) as (url, server), listening(url, known) as messages:
        next(messages)
        started = time.monotonic()
        server.should_exit = True
        assert [message["event"] for message in messages] in ([], ["published"])
        assert time.monotonic() - started < 5


def test_runs_says_what_waits_how_far_behind_it_is_and_what_failed(
    owner: TestClient, new_project: Project
) -> None:
    connect(
        new_project, "aurora", "shopify", shop="aurora.myshopify.com", client_id="app", client_secret="secret"
    )
    assert "Figures change with each run." in owner.get("/runs").text
    writer = QueueWriter(new_project.data / "queue")
    at = new_project.clock() - timedelta(minutes=7)
    writer.put([QueuedEvent("aurora", "shopify", "e", "orders/updated", at).to_bytes()])
    writer.close()
    state = {"events": 3, "lag_seconds": [3.2, 4.1], "published_at": "2026-03-31T08:00:00Z",
             "faults": {"aurora": "Shopify could not be reached."}}  # fmt: skip
    new_project.control.saved.put(new_project.tenant, STATE, state)
    page = owner.get("/runs").text
    for words in ("Behind", "7 minutes ago", "From delivery to figure", "Shopify could not be reached."):
        assert words in page, words
