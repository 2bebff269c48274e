"""Runs & data health: what it says of shops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import Watch

from fondaco.control import Connection, ConnectionRecord
from fondaco.orchestration import Project


@pytest.fixture
def kiosk(new_project: Project, watch: Watch) -> Connection:
    """A shop whose connector is not installed any more, read until two hours ago."""
    record = ConnectionRecord("kiosk", "kiosk", "Kiosk", "EUR", "Europe/Berlin", {})
    connection = new_project.control.connections.add(new_project.tenant, record)
    new_project.control.states.save(
        new_project.tenant, "kiosk", "orders", cursor=watch.now - timedelta(hours=2)
    )
    return connection


def test_the_page_survives_a_shop_whose_connector_is_gone(owner: TestClient, kiosk: Connection) -> None:
    answer = owner.get("/runs")
    assert answer.status_code == 200
    assert "2 hours ago" in answer.text
