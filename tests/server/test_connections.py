"""Connections: what is said of every API, to whom, and what the button asks of a real vendor."""

from __future__ import annotations

import html
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import OWNER, Watch
from tests.server.test_settings import browser_of, send, told
from tests.serving import served

from fondaco.control import ConnectionRecord, Role
from fondaco.control.runs import RunResult, StreamResult
from fondaco.orchestration import Project, connection_tests
from fondaco.orchestration.connection_tests import last_test
from fondaco.orchestration.schedule_mark import ScheduleMark
from fondaco.server.pages.connections_view import in_words
from fondaco.simulator.faults import Fault, FaultMiddleware, Faults
from fondaco.simulator.store import Store
from fondaco.simulator.woocommerce.access import Key
from fondaco.simulator.woocommerce.app import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    Behaviour,
    create_app,
    demo_settings,
)
from fondaco.simulator.world import generate_world

ANALYST, VIEWER = "analyst@example.com", "viewer@example.com"
ENDED = datetime(2026, 3, 30, tzinfo=UTC)


@dataclass
class Vendor:
    """A simulated shop over real HTTP."""

    url: str
    faults: Faults
    behaviour: Behaviour = field(default_factory=Behaviour)


@pytest.fixture(scope="module")
def brick_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("brick")
    generate_world(folder, seed=3, orders=40, end=ENDED, days=30, shops=("brick",))
    with Store.build(folder) as store:
        yield store


@contextmanager
def vending(store: Store, behaviour: Behaviour | None = None) -> Iterator[Vendor]:
    faults, chosen = Faults(), behaviour or Behaviour()
    with served(FaultMiddleware(create_app(store, faults, chosen), faults)) as url:
        yield Vendor(url, faults, chosen)


@pytest.fixture
def vendor(brick_store: Store) -> Iterator[Vendor]:
    with vending(brick_store) as found:
        yield found


def connect(project: Project, url: str, name: str = "brick", **settings: Any) -> None:
    """Keep a connection as ``fondaco connect`` does, without asking the shop."""
    for email, role in ((ANALYST, Role.ANALYST), (VIEWER, Role.VIEWER)):
        if project.control.users.find(email) is None:
            project.control.users.create(project.tenant, email, role=role)
    known = {**demo_settings(url, "brick"), **settings}
    record = ConnectionRecord(name, "woocommerce", name.capitalize(), "EUR", "Europe/Berlin", known)
    project.control.connections.add(project.tenant, record)


def run(project: Project, watch: Watch, *streams: StreamResult) -> str:
    """A run an hour later that did that."""
    watch.forward(timedelta(hours=1))
    started = project.control.runs.start(project.tenant, kind="run", steps=("sync",))
    for each in streams:
        project.control.runs.add_stream(started.run_id, each)
    project.control.runs.finish(started.run_id, RunResult("success", "ok", published="v"))
    return started.run_id


def words(page: str) -> str:
    """What a page says to somebody who reads it."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def audit(project: Project) -> list[tuple[str, str, str, dict[str, Any]]]:
    found = project.control.audit.recent(project.tenant)
    return [(e.actor, e.action, e.subject, e.detail) for e in found if e.action == "connection.test"]


def test_before_anything_is_connected_the_page_gives_the_command(owner: TestClient) -> None:
    said = words(owner.get("/connections").text)
    assert "No shop is connected" in said and "fondaco connect shopify" in said
    assert owner.get("/connections/none").status_code == 404


def test_a_row_tells_state_age_rows_and_the_next_run(
    owner: TestClient, new_project: Project, watch: Watch
) -> None:
    connect(new_project, "http://127.0.0.1:9")
    new_project.control.states.save(
        new_project.tenant, "brick", "orders", cursor=watch.now, covered_since=watch.now - timedelta(days=30)
    )
    for stream in ("products", "customers", "refunds", "coupons"):
        new_project.control.states.save(new_project.tenant, "brick", stream, cursor=watch.now)
    run(new_project, watch, StreamResult("brick", "orders", "success", 12, 40))
    run(new_project, watch, StreamResult("brick", "orders", "success", 3, 5, 1, ("orders.loyalty_tier",)))
    said = words(owner.get("/connections").text)
    assert "1 of 1" not in said and "It is read as promised" in said
    assert "Brick WooCommerce Feeds Sales, Profit, Products, Customers Ready" in said
    assert "2 hours ago at most 36 hours promised just now 5 1 set aside 45 Not by itself" in said
    one = words(owner.get("/connections/brick").text)
    assert "Orders" in one and "Back to 1 Mar 2026" in one
    assert "sends fields that no column reads yet: orders.loyalty_tier" in one
    assert "fondaco quarantine --connection brick" in one
    mark = ScheduleMark(new_project.data)
    mark.set()
    try:
        assert "next run 1 Apr 2026, 02:00" in words(owner.get("/connections").text)
    finally:
        mark.clear()


def test_data_that_is_older_than_the_schedule_promises_is_called_late(
    owner: TestClient, new_project: Project, watch: Watch
) -> None:
    connect(new_project, "http://127.0.0.1:9")
    assert "Late" not in words(owner.get("/connections").text), "it has just been connected"
    watch.forward(timedelta(hours=37))
    said = words(browser_of(new_project, OWNER).get("/connections").text)
    assert "It has not been read yet. Read it now with `fondaco run`" in said
    assert "Not yet Late at most 36 hours promised" in said and "0 of 1 is read as promised" in said


def test_what_a_run_failed_at_is_told_with_what_to_do_and_without_secrets(
    owner: TestClient, new_project: Project, watch: Watch
) -> None:
    connect(new_project, "http://127.0.0.1:9")
    fault = (
        "No answer from https://shop.example/orders?consumer_secret=cs_0123456789abcdef for ada@example.com.\n"
        "Run `fondaco run` again."
    )
    run(new_project, watch, StreamResult("brick", "orders", "partial", error=fault))
    for address in ("/connections", "/connections/brick", "/api/v1/connections", "/api/v1/connections/brick"):
        _, token = new_project.control.tokens.create(new_project.tenant, address)
        page = owner.get(address, headers={"Authorization": f"Bearer {token}"}).text
        assert "Run `fondaco run` again." in html.unescape(page)
        assert "cs_0123" not in page and "ada@example.com" not in page
    said = words(owner.get("/connections").text)
    assert "Not reached" in said and "Never yet" in said


def test_a_shop_that_answers_is_said_to_and_what_its_key_may_read(
    new_project: Project, vendor: Vendor
) -> None:
    connect(new_project, vendor.url)
    owner = browser_of(new_project, OWNER)
    assert 'action="/connections/brick/test"' in owner.get("/connections").text
    answer = send(owner, "/connections/brick/test")
    assert answer.headers["location"] == "/connections/brick#test"
    assert told(owner, answer) == "good: Brick answers, and may read all that is asked of it."
    page = owner.get("/connections/brick").text
    said = words(page)
    assert "May read orders, " in said and "Answers" in said
    assert CONSUMER_SECRET not in page and CONSUMER_KEY not in page and vendor.url not in page
    owner_id = new_project.control.users.find(OWNER)
    assert owner_id is not None
    assert audit(new_project) == [
        (
            f"user:{owner_id.user_id}",
            "connection.test",
            "brick",
            {"source": "woocommerce", "outcome": "ready"},
        )
    ]


def test_what_a_key_may_not_read_is_named(new_project: Project, brick_store: Store) -> None:
    key = Key(CONSUMER_KEY, CONSUMER_SECRET, frozenset({"customers"}))
    with vending(brick_store, Behaviour(keys=(key,))) as vendor:
        connect(new_project, vendor.url)
        owner = browser_of(new_project, OWNER)
        assert told(owner, send(owner, "/connections/brick/test")).startswith(
            "warn: Brick answers, but lacks"
        )
    said = words(owner.get("/connections/brick").text)
    assert "Limited" in said and "except:" in said and "customers" in said.partition("except:")[2]


def test_a_key_that_is_refused_is_told_with_what_to_do(
    new_project: Project, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    connect(new_project, vendor.url, consumer_secret="cs_of_somebody_else")
    owner = browser_of(new_project, OWNER)
    with caplog.at_level(logging.DEBUG):
        said = told(owner, send(owner, "/connections/brick/test"))
    assert said.startswith("bad: WooCommerce refuses the key for orders, customers, products and coupons.")
    assert "connect again with `fondaco connect woocommerce`" in said
    assert "Refused" in words(owner.get("/connections").text)
    assert "cs_of_somebody_else" not in owner.get("/connections/brick").text + caplog.text
    assert new_project.control.connections.get(new_project.tenant, "brick").status == "refused"
    assert audit(new_project)[0][3]["outcome"] == "refused"


def test_a_shop_that_is_silent_is_given_up_at_the_deadline_and_tested_once_at_a_time(
    new_project: Project, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_tests, "DEADLINE_SECONDS", 0.3)
    vendor.faults.switch([Fault(name="slow", seconds=1.5, times=1)])
    connect(new_project, vendor.url)
    owner = browser_of(new_project, OWNER)
    said = told(owner, send(owner, "/connections/brick/test"))
    assert said.startswith("bad: WooCommerce gave no answer that could be used within 0.3 seconds.")
    again = told(owner, send(owner, "/connections/brick/test"))
    assert again == "bad: Brick is being tested already. Wait for its answer, then look here again."
    assert "At the test just now: WooCommerce gave no answer" in words(owner.get("/connections").text)
    for thread in threading.enumerate():
        if thread.name == "test-brick":
            thread.join(10)
    monkeypatch.setattr(connection_tests, "DEADLINE_SECONDS", 20.0)
    late = last_test(new_project.control, new_project.tenant, "brick")
    assert late is not None and late.outcome == "ready" and late.seconds > 0.3, "what came later is kept"
    assert told(owner, send(owner, "/connections/brick/test")).startswith("good: "), (
        "and it can be tested again"
    )


def test_a_shop_that_is_out_of_order_is_not_asked_beyond_the_deadline(
    new_project: Project, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_tests, "DEADLINE_SECONDS", 1.0)
    vendor.faults.switch([Fault(name="storm", seconds=60)])
    connect(new_project, vendor.url)
    owner = browser_of(new_project, OWNER)
    assert "gave no answer that could be used" in told(owner, send(owner, "/connections/brick/test"))
    assert vendor.faults.happened["storm"] == 1


@pytest.mark.parametrize("email", [ANALYST, VIEWER])
def test_others_read_the_page_and_test_nothing(new_project: Project, vendor: Vendor, email: str) -> None:
    connect(new_project, vendor.url)
    client = browser_of(new_project, email)
    for address in ("/connections", "/connections/brick"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "/test" not in answer.text and "wners" in words(answer.text)
    assert send(client, "/connections/brick/test").status_code == 403
    assert vendor.behaviour.requests == [] and audit(new_project) == []


def test_a_form_that_is_not_ours_tests_nothing(new_project: Project, vendor: Vendor) -> None:
    connect(new_project, vendor.url)
    owner = browser_of(new_project, OWNER)
    assert owner.post("/connections/brick/test", data={"csrf": "0" * 64}).status_code == 403
    assert send(owner, "/connections/none/test").status_code == 404
    assert vendor.behaviour.requests == [] and audit(new_project) == []


def test_what_was_tested_is_forgotten_with_the_connection(new_project: Project, vendor: Vendor) -> None:
    connect(new_project, vendor.url)
    owner = browser_of(new_project, OWNER)
    send(owner, "/connections/brick/test")
    new_project.control.connections.remove(new_project.tenant, "brick")
    assert last_test(new_project.control, new_project.tenant, "brick") is None


def test_the_api_tells_a_connection_stream_by_stream(
    owner: TestClient, new_project: Project, watch: Watch
) -> None:
    connect(new_project, "http://127.0.0.1:9", consumer_secret="cs_very_secret")
    number = run(new_project, watch, StreamResult("brick", "orders", "success", 3, 5, 1, ("orders.new",)))
    _, token = new_project.control.tokens.create(new_project.tenant, "test")
    bearer = {"Authorization": f"Bearer {token}"}
    answer = owner.get("/api/v1/connections/brick", headers=bearer)
    assert "cs_very_secret" not in answer.text and "127.0.0.1" not in answer.text
    told_ = answer.json()
    orders = next(each for each in told_["streams"] if each["stream"] == "orders")
    assert (orders["outcome"], orders["loaded_ever"], orders["quarantined"]) == ("success", 5, 1)
    assert orders["drifted_fields"] == ["orders.new"]
    assert (told_["newest_run"], told_["loaded_ever"], told_["promised_seconds"]) == (number, 5, 36 * 3600)
    assert told_["webhooks"]["is_set_up"] is False and told_["last_test"] is None
    (listed,) = owner.get("/api/v1/connections", headers=bearer).json()
    assert listed == {name: told_[name] for name in listed}
    assert owner.get("/api/v1/connections/none", headers=bearer).status_code == 404


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(hours=36), "36 hours"),
        (timedelta(hours=9), "9 hours"),
        (timedelta(minutes=65), "65 minutes"),
        (timedelta(days=4.5), "4.5 days"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit(span: timedelta, said: str) -> None:
    assert in_words(span) == said
