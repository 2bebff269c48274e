"""Profit down to single orders: the waterfall's sums, orders that lost money, and what one order brought and cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.duckdb_session import prepare
from fondaco.metrics import (
    ORDER_STATEMENT,
    PROFIT_STATEMENT,
    MetricQuery,
    SemanticLayer,
    completed,
    has_profit,
    list_losses,
    order_profit,
    shown_steps,
)
from fondaco.metrics.statement import PROFIT_PARTS

LAYER = SemanticLayer.load()
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
AMOUNTS = st.decimals(min_value=-99_999, max_value=99_999, places=6, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(PROFIT_PARTS, AMOUNTS)))
def test_a_sum_of_the_waterfall_is_what_its_metric_says_whatever_the_amounts(
    parts: dict[str, Decimal],
) -> None:
    sums = [step.metric for step in PROFIT_STATEMENT if step.is_sum]
    figures = ", ".join(f"cast(${name} as decimal(38, 6)) as {name}" for name in PROFIT_PARTS)
    figures += ", cast($gross_sales as decimal(38, 6)) - $discounts - $returns as net_sales"
    told = ", ".join(f"cast({LAYER.metric(name).sql} as decimal(38, 6)) as {name}" for name in sums)
    with duckdb.connect() as connection:
        prepare(connection)
        row = connection.execute(f"select {told} from (select {figures})", parts).fetchone()
    whole = completed(parts, PROFIT_STATEMENT)
    assert row is not None
    assert dict(zip(sums, row, strict=True)) == {name: whole[name] for name in sums}


def test_the_waterfall_ends_with_net_profit_and_an_order_with_what_is_left_after_marketing() -> None:
    assert [step.metric for step in PROFIT_STATEMENT if step.is_sum] == [
        "net_sales", "contribution_margin_1", "contribution_margin_2", "contribution_margin_3", "net_profit",
    ]  # fmt: skip
    assert PROFIT_STATEMENT[: len(ORDER_STATEMENT)] == ORDER_STATEMENT
    assert ORDER_STATEMENT[-1].metric == "contribution_margin_3"
    assert len({step.metric for step in PROFIT_STATEMENT}) == len(PROFIT_STATEMENT) == 19


def test_rare_lines_of_the_waterfall_are_written_where_there_is_some() -> None:
    now = dict.fromkeys(PROFIT_PARTS, Decimal(0)) | {"chargebacks": Decimal(3)}
    shown = shown_steps(now, rare=PROFIT_PARTS, statement=PROFIT_STATEMENT)
    assert [step.metric for step in shown if not step.is_sum] == ["chargebacks"]


def test_nought_that_is_taken_away_is_written_without_a_minus() -> None:
    assert str(PROFIT_STATEMENT[1].signed(Decimal("0.00"))) == "0.00"


@pytest.fixture
def three_orders(marts: Any) -> Any:
    """Two orders of March that lose, one that gains; one of February that loses, and one of another tenant."""
    for order, day, country, margin, tenant in (
        ("a:1", "2026-03-02", "DE", -4, "default"),
        ("a:2", "2026-03-03", "FR", -9, "default"),
        ("a:3", "2026-03-03", "DE", 12, "default"),
        ("a:4", "2026-02-27", "DE", -30, "default"),
        ("a:5", "2026-03-03", "DE", -30, "other"),
    ):
        marts.add(
            "order_profit", order_id=order, order_number=f"#{order[2:]}001", order_date=day, country=country,
            connection_id="a", contribution_margin_3=margin, net_sales=20, tenant_id=tenant,
        )  # fmt: skip
    return marts


def listed(marts: Any, **given: Any) -> list[tuple[str, int, int]]:
    query = MetricQuery(("loss_making_orders",), **{**MARCH, "where": given.pop("where", {})})
    rows = list_losses(LAYER, marts, query, "default", **{"limit": 10, **given}).to_pylist()
    return [(row["order_id"], int(row["contribution_margin_3"]), row["matches"]) for row in rows]


def test_orders_that_lost_money_come_the_greatest_loss_first(three_orders: Any) -> None:
    assert listed(three_orders) == [("a:2", -9, 2), ("a:1", -4, 2)]
    assert listed(three_orders, order_by="order_number") == [("a:1", -4, 2), ("a:2", -9, 2)]
    assert listed(three_orders, limit=1, offset=1) == [("a:1", -4, 2)]


def test_orders_that_lost_money_are_found_by_number_and_condition(three_orders: Any) -> None:
    assert listed(three_orders, find="#1") == [("a:1", -4, 1)]
    assert listed(three_orders, where={"country": "FR"}) == [("a:2", -9, 1)]


def test_a_gift_card_is_neither_listed_nor_counted_among_orders_that_lost_money(three_orders: Any) -> None:
    """Nothing was sold yet: its payment fee and its part of marketing are no loss of a sale. A free parcel is one."""
    gift = {"order_number": "#8001", "order_date": "2026-03-04", "country": "AT", "connection_id": "a"}
    three_orders.add("order_profit", order_id="a:8", contribution_margin_3=-2, payment_costs=2, **gift)
    three_orders.add("order_profit", order_id="a:9", contribution_margin_3=-5, shipping_costs=5, **gift)
    assert listed(three_orders, where={"country": "AT"}) == [("a:9", -5, 1)]
    query = MetricQuery(("loss_making_orders", "lost_on_orders"), where={"country": "AT"}, **MARCH)
    assert LAYER.query(three_orders, query, "default").to_pylist() == [
        {"loss_making_orders": 1, "lost_on_orders": Decimal(5)}
    ]


@pytest.mark.parametrize("clock", ["finance", "order"])
def test_what_was_lost_is_counted_on_the_day_of_the_order_by_either_clock(
    three_orders: Any, clock: Any
) -> None:
    query = MetricQuery(("loss_making_orders", "lost_on_orders"), ("country",), clock=clock, **MARCH)
    assert LAYER.query(three_orders, query, "default").to_pylist() == [
        {"country": "DE", "loss_making_orders": 1, "lost_on_orders": Decimal(4)},
        {"country": "FR", "loss_making_orders": 1, "lost_on_orders": Decimal(9)},
    ]


ORDER = {"order_id": "a:1", "order_date": date(2026, 3, 2)}
_LINE = {"order_id": "a:1", "order_date": "2026-03-02", "line_type": "product", "event_type": "order",
         "profit_event_type": "sale", "event_date": "2026-03-02"}  # fmt: skip


@pytest.fixture
def two_lines(marts: Any) -> Any:
    """30 and 10 were ordered, the 10 came back; the gateway took 2 a day later."""
    marts.add("profit_ledger", **_LINE, profit_event_id="1", line_title="Mug", gross_sales=30, net_sales=30,
              cost_of_goods=12, shipping_costs=3, unit_cost=4, cost_basis="sheet")  # fmt: skip
    marts.add("profit_ledger", **_LINE, profit_event_id="2", line_title="Tea", gross_sales=12, discounts=2,
              net_sales=10, cost_of_goods=4, shipping_costs=1)  # fmt: skip
    marts.add("profit_ledger", **{**_LINE, "event_type": "return", "event_date": "2026-03-09"}, profit_event_id="3",
              line_title="Tea", returns=10, net_sales=-10, cost_of_goods=-4, return_costs=2)  # fmt: skip
    marts.add("profit_ledger", **{**_LINE, "profit_event_type": "payment", "event_date": "2026-03-03"},
              profit_event_id="1/2026-03-03", payment_costs=2)  # fmt: skip
    marts.add("profit_ledger", **{**_LINE, "order_id": "a:2"}, profit_event_id="9", gross_sales=500)
    return marts


def test_the_statement_of_an_order_is_the_sum_of_its_rows_whenever_they_happened(two_lines: Any) -> None:
    found = order_profit(two_lines, "default", ORDER)
    assert found is not None
    told = {name: int(found.statement[name]) for name in found.statement if found.statement[name]}
    assert told == {
        "gross_sales": 42, "discounts": 2, "returns": 10, "net_sales": 30, "cost_of_goods": 12, "contribution_margin_1": 18,
        "shipping_costs": 4, "payment_costs": 2, "return_costs": 2, "contribution_margin_2": 10, "contribution_margin_3": 10,
    }  # fmt: skip
    assert [(row.event["profit_event_id"], int(row.brings)) for row in found.rows] == [
        ("1", 15), ("2", 5), ("1/2026-03-03", -2), ("3", -8),
    ]  # fmt: skip
    assert sum(row.brings for row in found.rows) == found.statement["contribution_margin_3"]


def test_lines_bear_what_an_order_cost_as_a_whole_by_the_value_of_what_was_ordered(two_lines: Any) -> None:
    found = order_profit(two_lines, "default", ORDER)
    assert found is not None
    assert {row.event["profit_event_id"]: row.share for row in found.rows if row.share} == {
        "1": Decimal("0.75"), "2": Decimal("0.25"),
    }  # fmt: skip


def test_where_nothing_was_ordered_the_first_row_bears_all(marts: Any) -> None:
    for number in ("7", "8"):
        marts.add("profit_ledger", **{**_LINE, "line_type": "gift_card"}, profit_event_id=number)
    found = order_profit(marts, "default", ORDER)
    assert found is not None
    assert {row.event["profit_event_id"]: row.share for row in found.rows} == {"7": Decimal(1), "8": None}


def test_an_order_of_which_nothing_is_known_has_no_statement(two_lines: Any) -> None:
    assert order_profit(two_lines, "default", {**ORDER, "order_id": "a:99"}) is None


def test_what_an_older_release_published_has_no_profit(two_lines: Any) -> None:
    assert has_profit(two_lines)
    for mart in ("order_profit", "profit_ledger"):
        two_lines.connection.execute(f"drop table marts.{mart}")
    assert not has_profit(two_lines)
    assert order_profit(two_lines, "default", ORDER) is None
