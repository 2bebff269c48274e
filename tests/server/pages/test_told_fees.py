"""What a platform charged for an order stands on the order's page, on its own day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.profit_book import marts
from tests.server.pages.test_profit import words

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Someone in front of the book of profit, in which a platform charged 2.50 for an order a day later."""
    book = marts()
    sold = next(row for row in book["profit_ledger"] if row["profit_event_id"] == "a:2-s")
    told = {
        name: value
        for name, value in sold.items()
        if not isinstance(value, int) and name not in ("cost_basis", "cost_rate", "unit_cost")
    }
    charged = {
        "profit_event_type": "fee", "profit_event_id": "a:2-s/fee/2026-03-03", "event_date": "2026-03-03",
        "marketplace_fees": "2.50",
    }  # fmt: skip
    book["profit_ledger"].append({**told, **charged})
    fee = {
        "fee_id": "a:f1", "order_id": "a:2", "connection_id": "a", "source": "files", "kind": "marketplace", "name": "Commission",
        "charged_at": "2026-03-03 08:00:00", "charged_date": "2026-03-03", "order_date": "2026-03-02", "currency": "EUR",
        "amount": "2.50",
    }  # fmt: skip
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("fees")), clock=Watch()) as project:
        publish(project, **book, fees=[fee])  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def test_a_told_fee_is_a_row_of_its_own_with_its_day(reader: TestClient) -> None:
    page = words(reader.get("/orders/a:2").text)
    assert "What the platform charged for Mug on this day: Commission" in page
    row = page[page.index("What the platform charged for Mug") - 60 :][:180]
    assert "Charged" in row and "marketplace fees" in row and "€2.50" in row
