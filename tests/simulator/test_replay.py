"""Real transactions as a shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.errors import ConfigError
from fondaco.simulator.replay import Replayed, replay_world
from fondaco.simulator.store import Store

ALWAYS = (date(1990, 1, 1), date(2100, 1, 1))


def _line(order: str, at: datetime, buyer: str | None, sku: str, *sold: Any) -> dict[str, Any]:
    quantity, total = sold
    return {
        "order_id": order, "ordered_at": at, "customer_id": buyer, "sku": sku, "title": sku.upper(),
        "quantity": quantity, "line_total": total,
    }  # fmt: skip


def _replay(folder: Path, lines: list[dict[str, Any]], currency: str = "GBP") -> Replayed:
    return replay_world(
        folder, pa.Table.from_pylist(lines), shop_id="corner", platform="shopify", currency=currency,
        time_zone="Europe/London",
    )  # fmt: skip


def test_lines_become_orders_and_negative_lines_refunds(
    tmp_path: Path, broken_laws: Callable[[Store], dict[str, int]]
) -> None:
    replayed = _replay(
        tmp_path,
        [
            _line("A1", datetime(2020, 1, 1, 10), "ann", "mug", 3, "10.00"),
            _line("A1", datetime(2020, 1, 1, 10), "ann", "pen", 1, "2.50"),
            _line("B1", datetime(2020, 1, 2), None, "mug", 2, "4.00"),
            _line("C1", datetime(2020, 1, 5), "ann", "mug", -2, "-6.67"),
            _line("C2", datetime(2020, 1, 6), "bob", "mug", -1, "-2.00"),
        ],
    )
    assert (replayed.orders, replayed.refunds, replayed.unmatched_returns, replayed.skipped) == (2, 1, 1, 0)
    with Store.build(tmp_path) as store:
        assert broken_laws(store) == {}
        days = [
            (row["day"], row["orders"], row["gross_sales"], row["returns"])
            for row in store.daily_report("corner", *ALWAYS)
        ]
        assert days == [("2020-01-01", 1, 1250, 0), ("2020-01-02", 1, 400, 0), ("2020-01-05", 0, 0, 667)]
        assert store.rows("select customer_id is null as guest, email from orders order by order_id") == [
            {"guest": False, "email": None},
            {"guest": True, "email": None},
        ]


def test_a_total_that_does_not_divide_keeps_its_cents_and_its_units(tmp_path: Path) -> None:
    _replay(tmp_path, [_line("A", datetime(2020, 1, 1), None, "x", 3, "10.00")])
    with Store.build(tmp_path) as store:
        lines = store.rows("select quantity, unit_price from order_lines order by line_id")
    assert lines == [{"quantity": 2, "unit_price": 333}, {"quantity": 1, "unit_price": 334}]


def test_a_currency_without_cents_is_counted_in_whole_units(tmp_path: Path) -> None:
    _replay(tmp_path, [_line("A", datetime(2020, 1, 1), None, "x", 2, "500")], currency="JPY")
    with Store.build(tmp_path) as store:
        assert store.rows(
            "select unit_price, currency from order_lines inner join orders using (order_id)"
        ) == [{"unit_price": 250, "currency": "JPY"}]


def test_rows_that_cannot_be_taken_over_are_counted(tmp_path: Path) -> None:
    replayed = _replay(
        tmp_path,
        [
            _line("A", datetime(2020, 1, 1), "ann", "x", 1, "1.00"),
            _line("A", datetime(2020, 1, 1), "ann", "debt", 1, "-11062.06"),
            {**_line("A", datetime(2020, 1, 1), "ann", "x", 1, "1.00"), "quantity": None},
        ],
    )
    assert (replayed.lines, replayed.skipped) == (1, 2)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6), st.integers(0, 30), st.sampled_from(["ann", "bob", None]), st.sampled_from("xyz"),
            st.integers(-4, 9), st.integers(0, 5_000),
        ),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_money_and_units_are_kept_and_every_law_holds(
    tmp_path_factory: pytest.TempPathFactory, broken_laws: Callable[[Store], dict[str, int]], rows: list[Any]
) -> None:
    lines = [
        _line(
            f"O{order}",
            datetime(2021, 1, 1 + day),
            buyer,
            sku,
            quantity,
            f"{(-1 if quantity < 0 else 1) * cents / 100:.2f}",
        )
        for order, day, buyer, sku, quantity, cents in rows
    ]
    folder = tmp_path_factory.mktemp("replay")
    sales = [(quantity, cents) for *_, quantity, cents in rows if quantity >= 0]
    if not sales:
        with pytest.raises(ConfigError, match="is a sale"):
            _replay(folder, lines)
        return
    replayed = _replay(folder, lines)
    with Store.build(folder) as store:
        assert broken_laws(store) == {}
        sums = store.rows(
            "select sum(quantity * unit_price) as money, sum(quantity) as units from order_lines"
        )[0]
        assert sums["money"] == sum(cents for _, cents in sales)
        assert sums["units"] == sum(quantity or bool(cents) for quantity, cents in sales)
        assert replayed.skipped == 0


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ordered_at"):
        replay_world(
            tmp_path, pa.table({"order_id": ["1"], "quantity": [1], "line_total": [1.0]}), shop_id="s",
            platform="shopify", currency="USD", time_zone="UTC",
        )  # fmt: skip


def test_a_replayed_shop_has_no_future(tmp_path: Path) -> None:
    _replay(tmp_path, [_line("A", datetime(2020, 1, 1), "ann", "x", 1, "1.00")])
    with Store.build(tmp_path) as store, pytest.raises(ConfigError, match="replayed"):
        store.advance(seed=1, share=0.1, minutes=5)


@pytest.mark.slow
def test_online_retail_keeps_its_sales_to_the_cent(
    shared_folder: Path, tmp_path: Path, broken_laws: Callable[[Store], dict[str, int]]
) -> None:
    rows = pq.read_table(shared_folder / "data" / "online_retail" / "online_retail.parquet")
    renamed = {
        "InvoiceNo": "order_id", "InvoiceDate": "ordered_at", "CustomerID": "customer_id", "StockCode": "sku",
        "Description": "title", "Quantity": "quantity", "UnitPrice": "unit_price", "Country": "country",
    }  # fmt: skip
    table = rows.select([name for name in rows.column_names if name in renamed])
    table = table.rename_columns([renamed[name] for name in table.column_names])
    replayed = replay_world(
        tmp_path, table, shop_id="gifts", platform="woocommerce", currency="GBP", time_zone="Europe/London"
    )
    with Store.build(tmp_path) as store:
        assert broken_laws(store) == {}
        money = store.rows("select sum(quantity * unit_price) as money from order_lines")[0]["money"]
    quantities, prices = table["quantity"].to_pylist(), table["unit_price"].to_pylist()
    sold = sum(
        round(quantity * round(price * 1000) / 10 + 1e-9)
        for quantity, price in zip(quantities, prices, strict=True)
        if quantity > 0 and price >= 0
    )
    assert abs(money - sold) <= 100  # prices of a tenth of a cent are rounded by line
    assert replayed.skipped == sum(q > 0 and p < 0 for q, p in zip(quantities, prices, strict=True))
