"""A shop of four orders, published by hand, behind the pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session

from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.server.app import create_app

ORDERS: tuple[dict[str, Any], ...] = (
    {"order_id": "a:1", "order_number": "#1001", "order_date": "2025-12-30", "order_hour": 10, "country": "DE",
     "customer_type": "new", "order_sequence": 1, "person_id": "p1", "net_sales": 100},
    {"order_id": "a:2", "order_number": "#1002", "order_date": "2026-03-02", "order_hour": 9, "country": "DE",
     "customer_type": "returning", "order_sequence": 2, "person_id": "p1", "net_sales": 40},
    {"order_id": "a:3", "order_number": "#1003", "order_date": "2026-03-02", "order_hour": 21, "country": "FR",
     "customer_type": "new", "order_sequence": 1, "person_id": "p2", "net_sales": 60},
    {"order_id": "a:4", "order_number": "#1004", "order_date": "2026-03-29", "order_hour": 9, "country": None,
     "customer_type": "new", "order_sequence": 1, "person_id": "p3", "net_sales": 7},
)  # fmt: skip
"""A return of 15 on the last but one comes on 5 March."""


def day_row(day: str, clock: str, order: dict[str, Any], net_sales: int, orders: int) -> dict[str, Any]:
    return {"clock": clock, "sales_date": day, "connection_id": "a", "country": order["country"], "channel": "web",
            "customer_type": order["customer_type"], "is_filler": False, "net_sales": net_sales, "orders": orders}  # fmt: skip


def event_row(order: dict[str, Any], day: str, **amounts: Any) -> dict[str, Any]:
    return {"order_id": order["order_id"], "order_line_id": f"{order['order_id']}-1", "connection_id": "a",
            "event_type": "return" if "returns" in amounts else "order", "line_type": "product", "line_title": "Mug",
            "event_date": day, "event_at": f"{day} 08:00:00", "ordered_at": f"{order['order_date']} 08:00:00",
            "order_date": order["order_date"], "country": order["country"], "channel": "web",
            "customer_type": order["customer_type"], "person_id": order["person_id"], **amounts}  # fmt: skip


def marts() -> dict[str, list[dict[str, Any]]]:
    """All marts of the four orders, by both clocks."""
    days, events = [], []
    for order in ORDERS:
        day, amount = order["order_date"], order["net_sales"]
        back = 15 if order["order_id"] == "a:3" else 0
        days += [day_row(day, "finance", order, amount, 1), day_row(day, "order", order, amount - back, 1)]
        sold = {
            "gross_sales": amount,
            "net_sales": amount,
            "total_sales": amount,
            "units_sold": 2,
            "net_units": 2,
        }
        events.append(event_row(order, day, sales_event_id=f"{order['order_id']}-s", **sold))
        if back:
            days.append(day_row("2026-03-05", "finance", order, -back, 0))
            gone = {
                "returns": back,
                "net_sales": -back,
                "total_sales": -back,
                "units_returned": 1,
                "net_units": -1,
            }
            events.append(event_row(order, "2026-03-05", sales_event_id=f"{order['order_id']}-r", **gone))
    kept = {"a:3": 45}  # the order clock: its return is in it
    orders = [
        {"connection_id": "a", "source": "shopify", "source_order_id": order["order_id"][2:], "channel": "web",
         "ordered_at": f"{order['order_date']} 08:00:00", "currency": "EUR", "shop_currency": "EUR",
         "is_cancelled": False, "gross_sales": order["net_sales"], **order, "net_sales": kept.get(order["order_id"], order["net_sales"])}
        for order in ORDERS
    ]  # fmt: skip
    shop = {"connection_id": "a", "name": "A", "currency": "EUR", "reporting_currency": "EUR"}
    mug = {"product_id": "a:Mug", "connection_id": "a", "title": "Mug", "is_deleted": False}
    return {
        "connections": [shop],
        "products": [mug],
        "sales_daily": days,
        "sales_ledger": events,
        "orders": orders,
    }


@pytest.fixture(scope="session")
def four_orders(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Published once; tests only read it."""
    folder = shop_folder(new_folder, tmp_path_factory.mktemp("four_orders"))
    with Project.open(folder, clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        yield project


def shop_folder(new_folder: Path, folder: Path) -> Path:
    """A project with an owner and the shop Aurora, which has published nothing."""
    shutil.copytree(new_folder, folder, dirs_exist_ok=True)
    with Project.open(folder, clock=Watch()) as project:
        shop = ConnectionRecord("a", "files", "Aurora", "EUR", "Europe/Berlin", {})
        project.control.connections.add(project.tenant, shop)
    return folder


@contextmanager
def two_shops(folder: Path, marts: Mapping[str, Any]) -> Iterator[Project]:
    """The shops Aurora (``a``) and Berg (``b``) of one merchant, with ``marts`` published."""
    with Project.open(folder, clock=Watch()) as project:
        berg = ConnectionRecord("b", "files", "Berg", "EUR", "Europe/Berlin", {})
        project.control.connections.add(project.tenant, berg)
        publish(project, **marts)
        yield project


@pytest.fixture(scope="session")
def reader(four_orders: Project) -> Iterator[TestClient]:
    """A browser of somebody who is logged in."""
    with TestClient(create_app(four_orders), follow_redirects=False) as client:
        yield with_session(client, four_orders)
