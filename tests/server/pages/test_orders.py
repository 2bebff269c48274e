"""One order: its page, and what is known of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import marts, shop_folder

from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_an_order_shows_its_lines_and_what_became_of_them(reader: TestClient) -> None:
    page = words(reader.get("/orders/a:3").text)
    assert "Order #1003" in page
    assert "Sold 2 × Mug" in page
    assert "Returned 1 × Mug" in page
    assert "−€15.00" in page
    assert "2 Mar 2026, 09:00" in page  # eight in UTC is nine in Berlin
    assert "The shop reports no payments for this order." in page


def test_times_name_their_zone_once_there_are_several(
    reader: TestClient, new_folder: Path, tmp_path: Path
) -> None:
    """Two local times beside each other cannot be told apart without."""
    addresses = ("/orders/a:3", "/sales/orders?from=2026-03-01&to=2026-03-31")
    for address in addresses:
        assert not re.search(r"\d CES?T", words(reader.get(address).text))
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        harbour = ConnectionRecord("h", "files", "Harbour", "EUR", "America/New_York", {})
        project.control.connections.add(project.tenant, harbour)
        abroad = {"order_id": "h:9", "connection_id": "h", "ordered_at": "2026-03-02 08:30:00"}
        made = marts()
        made["orders"].append(made["orders"][1] | abroad)
        made["sales_ledger"].append(made["sales_ledger"][1] | abroad | {"sales_event_id": "h:9-s"})
        publish(project, **made)  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            with_session(client, project)
            order, listed = (words(client.get(address).text) for address in addresses)
    assert "2 Mar 2026, 09:00 CET" in order and "2 Mar 2026, 09:00 CET" in listed
    assert "29 Mar 2026, 10:00 CEST" in listed
    assert "2 Mar 2026, 03:30 EST" in listed


def test_an_order_leads_back_to_its_day(reader: TestClient) -> None:
    text = reader.get("/orders/a:3").text
    for page in ("sales", "orders"):
        assert f'href="/{page}?from=2026-03-02&amp;to=2026-03-02"' in text


def test_an_order_that_is_not_there_is_said_so(reader: TestClient) -> None:
    answer = reader.get("/orders/a:99")
    assert answer.status_code == 404
    assert "There is no order" in answer.text


def test_an_id_is_read_whole_whatever_it_holds(reader: TestClient) -> None:
    assert "There is no order &#39;a:#1/2&#39;" in reader.get("/orders/a:%231%2F2").text
