"""What the marts tell of behaviour."""

from __future__ import annotations

from datetime import date

from tests.jobs.rows import insert
from tests.jobs.test_analysing import write_orders

from fondaco.analytics.churn import features
from fondaco.jobs.churning import _behaviour
from fondaco.jobs.reading import read_history
from fondaco.warehouse import Warehouse


def test_the_share_sent_back_is_of_orders_that_are_purchases(empty_warehouse: Warehouse) -> None:
    bought = {"person_id": "ada", "order_date": date(2026, 1, 1), "net_sales": 80}
    write_orders(
        empty_warehouse,
        [
            bought | {"order_id": "kept"},
            bought | {"order_id": "cancelled", "is_cancelled": True, "net_sales": 500},
        ],
    )
    write_orders(
        empty_warehouse, [{"person_id": "bo", "order_date": date(2026, 1, 1), "order_id": "kept"}], "other"
    )
    with empty_warehouse.writer() as writer:
        event = {"tenant_id": "maison", "person_id": "ada", "event_date": date(2026, 1, 1)}
        insert(
            writer,
            "sales_ledger",
            [
                event | {"order_id": "kept", "returns": 20},
                event | {"order_id": "cancelled", "returns": 500},
                event | {"order_id": "kept", "returns": 10, "event_date": date(2026, 1, 9)},
            ],
        )
        history = read_history(writer, "maison", date(2026, 2, 1))
        assert history is not None
        known = features(_behaviour(writer, "maison", history), history.as_of_day, 90)
    assert known.columns["returned_share"].tolist() == [20 / 80]
