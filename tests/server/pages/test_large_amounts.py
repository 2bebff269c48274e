"""A merchant in rupiah, whose months have sixteen digits: pages, drawings and the API give every one of them."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import marts, shop_folder

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"
TIMES = 10**13
AMOUNTS = ("net_sales", "gross_sales", "total_sales", "returns")


def in_rupiah() -> dict[str, list[dict[str, Any]]]:
    """The four orders, each ten million million times as large, and somebody who is worth as much."""
    found: dict[str, list[dict[str, Any]]] = {
        mart: [
            {name: value * TIMES if name in AMOUNTS else value for name, value in row.items()} for row in rows
        ]
        for mart, rows in marts().items()
    }
    found["connections"][0] |= {"currency": "IDR", "reporting_currency": "IDR"}
    worth = 40 * TIMES
    found["customers"] = [{"person_id": "p1", "email": "p1@example.com", "orders": 2, "net_sales": 140 * TIMES,
                           "first_order_date": date(2025, 12, 30), "last_order_date": date(2026, 3, 2)}]  # fmt: skip
    found["customer_scores"] = [
        {"person_id": "p1", "as_of_date": date(2026, 3, 30), "purchase_days": 2, "segment": "Champions",
         "expected_orders": 1.5, "expected_order_value": worth, "expected_value": worth, "expected_value_low": worth,
         "expected_value_high": worth, "value_if_active": worth, "churn_probability": 0.2}
    ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def rupiah(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = shop_folder(new_folder, tmp_path_factory.mktemp("rupiah"))
    settings = folder / "fondaco.toml"
    settings.write_text(settings.read_text().replace("EUR", "IDR"))
    with Project.open(folder, clock=Watch()) as project:
        publish(project, **in_rupiah())  # type: ignore[arg-type]
        yield project


@pytest.fixture(scope="module")
def reader(rupiah: Project) -> Iterator[TestClient]:
    with TestClient(create_app(rupiah), follow_redirects=False) as client:
        yield with_session(client, rupiah)


@pytest.fixture(scope="module")
def api(rupiah: Project) -> Iterator[TestClient]:
    _, secret = rupiah.control.tokens.create(rupiah.tenant, "test")
    with TestClient(create_app(rupiah), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"/sales?{MARCH}", "920,000,000,000,000"),
        (f"/?{MARCH}", "920,000,000,000,000"),
        (f"/profit?{MARCH}", "IDR"),
        (f"/products?{MARCH}", "IDR"),
        ("/customers", "400,000,000,000,000"),
        ("/customers/p1", "1,400,000,000,000,000"),
        ("/orders/a:3", "450,000,000,000,000"),
    ],
)
def test_a_page_and_what_it_fetches_later_show_all_digits(
    reader: TestClient, address: str, shown: str
) -> None:
    page = reader.get(address)
    later = {html.unescape(found) for found in re.findall(r'hx-get="(/[^"]+)"', page.text)}
    answers = [page, *(reader.get(each) for each in sorted(later) if "events" not in each)]
    assert {answer.status_code for answer in answers} <= {200, 204}
    assert any(shown in answer.text.replace("<wbr>", "") for answer in answers)


def test_the_api_gives_the_same_figure_in_every_format(api: TestClient) -> None:
    address = f"/api/v1/metrics/query?metrics=net_sales&by=month&{MARCH}"
    [row] = api.get(address).json()["rows"]
    assert row == {"month": "2026-03-01", "net_sales": "920000000000000.000000"}
    assert api.get(f"{address}&format=csv").text.split() == [
        "month,net_sales",
        "2026-03-01,920000000000000.000000",
    ]
    table = pq.read_table(io.BytesIO(api.get(f"{address}&format=parquet").content))
    assert table.column("net_sales").to_pylist() == [92 * TIMES]
