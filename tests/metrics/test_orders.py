"""The orders behind a figure, and one order whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fondaco.metrics import MetricQuery, SemanticLayer, list_orders, one_order

LAYER = SemanticLayer.load()
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}


@pytest.fixture
def february_and_march(marts: Any) -> Any:
    """An order of February, half of it sent back in March; one of March from another country; one of another tenant."""
    for order, day, country, tenant in (
        ("a:1", "2026-02-20", "DE", "default"),
        ("a:2", "2026-03-02", "FR", "default"),
        ("a:3", "2026-03-03", "DE", "other"),
    ):
        marts.add(
            "orders", order_id=order, order_number=f"#{order[2:]}001", order_date=day, ordered_at=f"{day} 08:00:00",
            country=country, connection_id="a", person_id="p", is_cancelled=False, tenant_id=tenant,
        )  # fmt: skip
    sale = {"line_type": "product", "line_title": "Mug", "order_line_id": "l", "gross_sales": 20, "units_sold": 2,
            "net_units": 2}  # fmt: skip
    february = {"order_date": "2026-02-20", "ordered_at": "2026-02-20 08:00:00"}
    marts.event("2026-02-20", order_id="a:1", sales_event_id="1", **february, country="DE", **sale)
    marts.event("2026-03-05", order_id="a:1", sales_event_id="2", **february, event_type="return",
                line_type="product", line_title="Mug", order_line_id="l", returns=10, units_returned=1, net_units=-1,
                country="DE")  # fmt: skip
    marts.event(
        "2026-03-02",
        order_id="a:2",
        sales_event_id="3",
        ordered_at="2026-03-02 08:00:00",
        country="FR",
        **sale,
    )
    marts.event("2026-03-03", order_id="a:3", sales_event_id="4", country="DE", tenant_id="other", **sale)
    return marts


def listed(
    marts: Any,
    *,
    limit: int = 10,
    offset: int = 0,
    find: str = "",
    order_by: str = "-ordered_at",
    **given: Any,
) -> Any:
    query = MetricQuery(("net_sales",), **{**MARCH, **given})
    rows = list_orders(
        LAYER, marts, query, "default", find=find, order_by=order_by, limit=limit, offset=offset
    ).to_pylist()
    return [(row["order_id"], int(row["net_sales"]), row["units"], row["matches"]) for row in rows]


def test_by_the_finance_clock_an_older_order_stands_here_with_what_came_back_now(
    february_and_march: Any,
) -> None:
    assert listed(february_and_march) == [("a:2", 20, 2, 2), ("a:1", -10, -1, 2)]


def test_by_the_order_clock_only_orders_of_the_period_with_all_that_happened_since(
    february_and_march: Any,
) -> None:
    assert listed(february_and_march, clock="order") == [("a:2", 20, 2, 1)]
    february = {"first": date(2026, 2, 1), "last": date(2026, 2, 28)}
    assert listed(february_and_march, clock="order", **february) == [("a:1", 10, 1, 1)]


@pytest.mark.parametrize("clock", ["finance", "order"])
def test_the_list_adds_up_to_the_figure_of_the_same_question(february_and_march: Any, clock: Any) -> None:
    """One product in one country: only the ledger can answer that."""
    query = MetricQuery(
        ("net_sales",), clock=clock, **MARCH, where={"product": "Mug", "country": ("DE", "FR")}
    )
    (figure,) = LAYER.query(february_and_march, query, "default").column("net_sales").to_pylist()
    rows = list_orders(LAYER, february_and_march, query, "default", limit=10).to_pylist()
    assert sum(row["net_sales"] for row in rows) == figure == {"finance": 10, "order": 20}[clock]


def test_conditions_words_order_and_pages(february_and_march: Any) -> None:
    marts = february_and_march
    assert [row[0] for row in listed(marts, where={"country": "DE"})] == ["a:1"]
    assert [row[0] for row in listed(marts, find="2001")] == ["a:2"]
    assert [row[0] for row in listed(marts, find="%")] == []
    assert [row[0] for row in listed(marts, order_by="net_sales")] == ["a:1", "a:2"]
    assert listed(marts, limit=1, offset=1) == [("a:1", -10, -1, 2)]


def test_an_order_is_found_with_its_lines_and_events_and_only_by_its_tenant(february_and_march: Any) -> None:
    found = one_order(february_and_march, "default", "a:1")
    assert found is not None
    (line,) = found.lines
    assert (line["title"], line["units_sold"], line["units_returned"], line["net_sales"]) == ("Mug", 2, 1, 10)
    assert [event["event_type"] for event in found.events] == ["order", "return"]
    assert (list(found.discounts), list(found.refunds), list(found.payments)) == ([], [], [])
    assert one_order(february_and_march, "default", "a:3") is None
