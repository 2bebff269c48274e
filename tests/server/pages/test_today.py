"""Today: the list with its money, what accepting, changing and refusing do, and what stands there when there is nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, form_token, with_session
from tests.server.pages import stock_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import words

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow
ORDER, MOVE, WARN, MARK_DOWN = "20260331-2", "20260331-3", "20260331-4", "20260331-1"


@pytest.fixture(scope="module")
def project(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("today")), clock=Watch()) as project:
        publish(project, **stock_book.marts())  # type: ignore[arg-type]
        project.control.users.create(project.tenant, "viewer@example.com", role=Role.VIEWER)
        yield project


@pytest.fixture(scope="module")
def application(project: Project) -> Any:
    return create_app(project)


@pytest.fixture
def buyer(project: Project, application: Any) -> Iterator[TestClient]:
    """The owner; whatever a test decides is taken back."""
    with TestClient(application, follow_redirects=False) as client:
        yield with_session(client, project)
        for proposal in (ORDER, MOVE, WARN, MARK_DOWN):
            send(client, proposal, "undo")


def send(client: TestClient, proposal: str, what: str, **fields: str) -> Any:
    csrf = form_token(client.get("/today").text)
    return client.post(f"/today/{proposal}/{what}", data={"csrf": csrf, **fields})


def proposals(text: str) -> list[str]:
    """Ids of the open ones, in their order."""
    return re.findall(r'<li id="proposal-([^"]+)">', text.partition('id="title-decided"')[0])


def line(client: TestClient, proposal: str) -> str:
    found = re.search(rf'<li id="proposal-{proposal}">(.*?)</li>', client.get("/today").text, re.S)
    assert found is not None
    return words(found[1])


def test_the_list_begins_with_most_money_and_says_each_in_a_sentence(buyer: TestClient) -> None:
    page = buyer.get("/today").text
    assert proposals(page) == [MARK_DOWN, ORDER, MOVE, WARN]
    assert (
        "€180.00 of margin at stake Order Mug, Blue Berlin Order 48 of Mug, Blue from Clay & Co for Berlin"
        in re.sub(r" (?=\.\d)", "", line(buyer, ORDER))
    )
    told = words(page)
    for each in ("All 4", "Order 1, €180", "Transfer 1, €60", "Running out 1, €20", "Mark down 1, €500"):
        assert each in told


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=reorder", [ORDER]),
        ("location=a:loc2", [MARK_DOWN, MOVE]),
        ("kind=warn&location=a:loc1", [WARN]),
    ],
)
def test_kinds_and_locations_leave_their_proposals(buyer: TestClient, asked: str, found: list[str]) -> None:
    assert proposals(buyer.get(f"/today?{asked}").text) == found


@pytest.mark.parametrize("asked", ["kind=nothing", "location=nowhere"])
def test_what_is_not_known_is_refused(buyer: TestClient, asked: str) -> None:
    assert buyer.get(f"/today?{asked}").status_code == 422


def test_an_order_that_is_accepted_is_a_line_of_a_draft_until_it_is_taken_back(buyer: TestClient) -> None:
    answer = send(buyer, ORDER, "accept", quantity="48", back="kind=reorder")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/today?kind=reorder#proposal-{ORDER}")
    page = buyer.get("/today").text
    assert "it is in the draft FO-" in words(page)
    assert proposals(page) == [MARK_DOWN, MOVE, WARN]
    assert "Accepted Order Mug, Blue Berlin 48 pieces in FO-" in line(buyer, ORDER)
    assert "Mug, Blue" in words(buyer.get("/purchase-orders").text) or "Clay & Co" in words(
        buyer.get("/purchase-orders").text
    )
    send(buyer, ORDER, "undo")
    assert proposals(buyer.get("/today").text) == [MARK_DOWN, ORDER, MOVE, WARN]


def test_another_quantity_is_told_beside_the_one_that_was_proposed(buyer: TestClient) -> None:
    send(buyer, ORDER, "accept", quantity="60")
    assert "Changed Order Mug, Blue Berlin 60 pieces of 48 proposed in FO-" in line(buyer, ORDER)


def test_a_refusal_says_until_when_and_why(buyer: TestClient) -> None:
    send(buyer, MARK_DOWN, "refuse", days="30", reason="New collection")
    assert (
        "Refused Mark down Lamp Paris Not again before the day after 29 Apr 2026 · owner@example.com · “New collection”"
        in line(buyer, MARK_DOWN)
    )


@pytest.mark.parametrize("quantity", ["0", "-4", "1.5", "many"])
def test_a_quantity_that_cannot_be_meant_is_said_and_nothing_is_decided(
    buyer: TestClient, quantity: str
) -> None:
    send(buyer, ORDER, "accept", quantity=quantity)
    page = buyer.get("/today").text
    assert "whole pieces" in words(page)
    assert ORDER in proposals(page)


def test_with_scripts_the_list_itself_comes_back_and_a_fault_stands_beside_the_filters(
    buyer: TestClient,
) -> None:
    csrf = form_token(buyer.get("/today").text)
    headers = {"hx-request": "true", "hx-target": "div#page"}
    answer = buyer.post(f"/today/{WARN}/accept", data={"csrf": csrf}, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    answer = buyer.post(f"/today/{ORDER}/accept", data={"csrf": csrf, "quantity": "0"}, headers=headers)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#refused")


def test_the_way_back_leads_nowhere_else(buyer: TestClient) -> None:
    answer = send(buyer, WARN, "accept", back="kind=warn\r\nlocation: https://elsewhere.example")
    assert answer.headers["location"] == f"/today#proposal-{WARN}"


def test_who_may_only_look_sees_no_buttons_and_is_refused(project: Project, application: Any) -> None:
    with TestClient(application, follow_redirects=False) as client:
        with_session(client, project, "viewer@example.com")
        page = client.get("/today").text
        assert proposals(page) and "todo-do" not in page
        assert send(client, ORDER, "accept").status_code == 403
        assert client.get("/today.csv").status_code == 403


def test_all_of_it_is_a_file(buyer: TestClient) -> None:
    rows = list(csv.DictReader(buyer.get("/today.csv").text.splitlines()))
    assert [(row["proposal_id"], row["kind"], row["quantity"], row["reorder_point"], row["status"]) for row in rows][1] == (
        ORDER, "reorder", "48", "49.0", "open",
    )  # fmt: skip


_RUN = {
    "as_of_date": stock_book.AS_OF,
    "series": 4,
    "horizon_days": 28,
    "tested_on": None,
    "seconds": 1.0,
    "made_at": datetime(2026, 3, 31, 6),
}


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({}, "No stock is known yet"),
        ({"stock_items": stock_book.items()}, "The next run makes the list"),
        ({"stock_items": stock_book.items(), "demand_forecast_runs": [{**_RUN, "why_not": "statsforecast is not installed"}]}, "Statsforecast is not installed. Until then"),
        ({"stock_items": stock_book.items(), "demand_forecast_runs": [{**_RUN, "why_not": None}]}, "Nothing to do today"),
        ({"proposals": [{**stock_book.proposals()[0], "proposal_date": stock_book.AS_OF}], "demand_forecast_runs": [{**_RUN, "why_not": None}]}, "Nothing to do today"),
    ],
    ids=["no stock", "an older release", "a lacking extra", "nothing to do", "nothing since yesterday"],
)  # fmt: skip
def test_an_empty_list_says_why_and_what_to_do(
    new_folder: Path, tmp_path: Path, tables: dict[str, Any], says: str
) -> None:
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        publish(project, connections=stock_book.marts()["connections"], **tables)
        with TestClient(create_app(project), follow_redirects=False) as client:
            assert says in words(with_session(client, project).get("/today").text)
