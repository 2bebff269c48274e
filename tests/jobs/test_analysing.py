"""What a run finds out about customers, and where it is kept."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.jobs.rows import insert
from tests.metrics.conftest import columns

from fondaco.jobs.analysing import Analysis, analyse
from fondaco.jobs.valuing import Horizon
from fondaco.metrics.customers import summary
from fondaco.warehouse import Warehouse

START = date(2024, 1, 1)


def analysis(run: str = "first", tenant: str = "maison", today: date = date(2027, 1, 1)) -> Analysis:
    return Analysis(tenant, run, today, datetime(2027, 1, 1, 2), Horizon(365, 0.1))


def write_orders(warehouse: Warehouse, rows: list[dict[str, Any]], tenant: str = "maison") -> None:
    """Further orders, as the marts have them; what is not given is an ordinary first order."""
    with warehouse.writer() as writer, writer.transaction():
        writer.execute("create schema if not exists marts")
        for mart in ("orders", "sales_ledger", "products", "connections"):
            declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
            writer.execute(f"create table if not exists marts.{mart} ({declared})")
        [known] = writer.fetch("select count(*) as n from marts.orders").to_pylist()
        orders = []
        for number, row in enumerate(rows, known["n"]):
            usual = {
                "order_id": f"{tenant}-{number}",
                "order_sequence": 1,
                "is_cancelled": False,
                "net_sales": 50,
            }
            order = (
                {"tenant_id": tenant, "connection_id": "aurora", "discounts": 0, "units_sold": 1}
                | usual
                | row
            )
            orders.append(order | {"gross_sales": order["net_sales"]})
        insert(writer, "orders", orders)


def rows_of(warehouse: Warehouse, table: str, order: str = "1") -> list[dict[str, Any]]:
    with warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(
            f"select * from marts.{table} order by {order}"
        ).to_pylist()
    return found


def world(customers: int, *, seed: int = 4) -> list[dict[str, Any]]:
    """Customers who come back at a rate of their own, over two years."""
    chance = np.random.default_rng(seed)
    rows = []
    for person in range(customers):
        day, rate, leaving = chance.uniform(0, 600), chance.gamma(0.7, 1 / 40), chance.beta(0.8, 2.5)
        while day < 730:
            spent = round(float(chance.gamma(5, 12)), 2)
            rows.append(
                {
                    "person_id": f"p{person:04}",
                    "order_date": START + timedelta(days=int(day)),
                    "net_sales": spent,
                }
            )
            if chance.random() < leaving:
                break
            day += max(1.0, chance.exponential(1 / rate))
    return rows


def test_customers_get_scores_values_and_models(empty_warehouse: Warehouse) -> None:
    write_orders(empty_warehouse, world(400))
    customers, fitted = analyse(empty_warehouse, analysis())
    scores = rows_of(empty_warehouse, "customer_scores", "person_id")
    assert customers == len(scores) == 400
    as_of = max(row["order_date"] for row in world(400))
    for row in scores:
        assert row["as_of_date"] == as_of
        assert 0 <= row["alive_probability"] <= 1
        assert row["expected_orders"] >= 0
        assert 0 <= row["expected_value_low"] <= row["expected_value_high"]
        assert row["expected_value"] >= 0
        assert row["simple_value"] >= 0 and row["retention_value"] >= 0
        assert row["segment"] is not None
        assert 0 <= row["churn_probability"] <= 1
    silent = max(scores, key=lambda row: row["churn_probability"])
    assert all(sentence.endswith(".") for sentence in json.loads(silent["churn_reasons"]))
    runs = {row["model"]: row for row in rows_of(empty_warehouse, "model_runs")}
    assert {*runs} == {each.model for each in fitted}
    churn = {name for name in runs if name.startswith("churn")}
    assert {*runs} - churn == {"retention", "bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma", "hold_out"}
    assert [name for name in churn if runs[name]["is_used"]]
    likelier = max(("bg_nbd", "mbg_nbd"), key=lambda name: runs[name]["log_likelihood"])
    assert [name for name in ("bg_nbd", "mbg_nbd") if runs[name]["is_used"]] == [likelier]
    assert {*json.loads(runs["bg_nbd"]["parameters"])} == {"r", "alpha", "a", "b"}
    assert {*json.loads(runs["bg_nbd"]["standard_errors"])} == {"r", "alpha", "a", "b"}
    assert runs["bg_nbd"]["log_likelihood"] < 0
    compared = runs["pareto_nbd"]
    assert (
        {*json.loads(compared["parameters"])}
        == {*json.loads(compared["standard_errors"])}
        == {"r", "alpha", "s", "beta"}
    )
    assert compared["log_likelihood"] < 0 and compared["customers"] == 400 and not compared["is_used"]
    checked = json.loads(runs["hold_out"]["evaluation"])
    assert {*checked["errors"]} >= {"naive", "bg_nbd"}


def test_the_value_to_win_back_counts_those_whose_value_ahead_is_less_than_a_cent(
    empty_warehouse: Warehouse,
) -> None:
    """One bought every five days and has been silent for years: nothing is to be expected, and much would be if they came back."""
    lost = [
        {"person_id": "lost", "order_date": START + timedelta(days=5 * number), "net_sales": 80}
        for number in range(20)
    ]
    write_orders(empty_warehouse, [*world(400), *lost])
    analyse(empty_warehouse, analysis())
    empty_warehouse.publish()
    scores = {row["person_id"]: row for row in rows_of(empty_warehouse, "customer_scores")}
    assert scores["lost"]["expected_value"] == 0 and scores["lost"]["value_if_active"] > 500
    told = [float(row["value_if_active"]) * (1 - row["alive_probability"]) for row in scores.values()]
    reader = empty_warehouse.reader()
    assert float(summary(reader, "maison")["value_to_win_back"]) == pytest.approx(sum(told), rel=1e-6)
    reader.close()


def test_the_same_orders_in_another_physical_order_give_the_same_scores_and_models(
    empty_warehouse: Warehouse,
) -> None:
    def found() -> tuple[list[dict[str, Any]], dict[str, Any]]:
        analyse(empty_warehouse, analysis())
        models = rows_of(empty_warehouse, "model_runs")
        scores = rows_of(empty_warehouse, "customer_scores", "person_id")
        return scores, {row["model"]: (row["parameters"], row["evaluation"]) for row in models}

    rows = [
        {"connection_id": ("aurora", "boreal")[number % 2], "order_id": f"maison-{number:05}"} | row
        for number, row in enumerate(world(300))
    ]
    write_orders(empty_warehouse, rows)
    before = found()
    with empty_warehouse.writer() as writer:
        writer.execute("delete from marts.orders")
    shuffled = np.random.default_rng(0).permutation(len(rows))
    write_orders(empty_warehouse, [rows[place] for place in shuffled])
    assert "churn_classifier" in before[1]
    assert found() == before


def test_the_next_run_takes_the_place_of_the_scores_and_keeps_the_models(empty_warehouse: Warehouse) -> None:
    write_orders(empty_warehouse, [{"person_id": "ada", "order_date": date(2026, 1, 1)}])
    analyse(empty_warehouse, analysis("first"))
    write_orders(empty_warehouse, [{"person_id": "bo", "order_date": date(2026, 1, 5)}])
    analyse(empty_warehouse, analysis("second"))
    analyse(empty_warehouse, analysis("second"))
    assert [row["person_id"] for row in rows_of(empty_warehouse, "customer_scores", "person_id")] == [
        "ada",
        "bo",
    ]
    assert {row["run_id"] for row in rows_of(empty_warehouse, "model_runs")} == {"first", "second"}
    keys = [(row["run_id"], row["model"]) for row in rows_of(empty_warehouse, "model_runs")]
    assert len(keys) == len({*keys})


def test_one_customer_alone_has_scores_and_no_forecast(empty_warehouse: Warehouse) -> None:
    write_orders(empty_warehouse, [{"person_id": "ada", "order_date": date(2026, 1, 1)}])
    analyse(empty_warehouse, analysis())
    [ada] = rows_of(empty_warehouse, "customer_scores")
    assert (ada["days_since_last"], ada["purchase_days"]) == (0, 1)
    assert ada["alive_probability"] is None and ada["expected_value"] is None
    assert all(row["note"] and not row["is_used"] for row in rows_of(empty_warehouse, "model_runs"))


def test_neither_cancelled_nor_future_orders_are_purchases(empty_warehouse: Warehouse) -> None:
    write_orders(
        empty_warehouse,
        [
            {"person_id": "ada", "order_date": date(2026, 1, 1)},
            {"person_id": "ada", "order_date": date(2026, 1, 1), "order_sequence": 2},
            {"person_id": "ada", "order_date": date(2026, 1, 9), "is_cancelled": True},
            {"person_id": "ada", "order_date": date(2026, 1, 9), "order_sequence": None},
            {"person_id": "bo", "order_date": date(2026, 1, 9), "is_cancelled": True},
            {"person_id": "cy", "order_date": date(2031, 1, 1)},
        ],
    )
    analyse(empty_warehouse, analysis(today=date(2026, 2, 1)))
    [ada] = rows_of(empty_warehouse, "customer_scores")
    assert (ada["person_id"], ada["purchase_days"], ada["as_of_date"]) == ("ada", 1, date(2026, 1, 1))


def test_who_only_ever_gave_back_is_no_customer(empty_warehouse: Warehouse) -> None:
    cancelled = {"person_id": "nobody", "order_date": date(2025, 2, 1), "is_cancelled": True, "order_id": "x"}
    write_orders(empty_warehouse, [*world(200), cancelled])
    with empty_warehouse.writer() as writer:
        back = {"tenant_id": "maison", "event_date": date(2025, 3, 1), "returns": 40}
        orders = {"nobody": "x", "p0001": "maison-1"}
        insert(writer, "sales_ledger", [back | {"person_id": who, "order_id": orders[who]} for who in orders])
    customers, _ = analyse(empty_warehouse, analysis())
    found = {row["person_id"] for row in rows_of(empty_warehouse, "customer_scores")}
    assert customers == len(found) == 200 and "nobody" not in found


def test_a_tenant_touches_no_other(empty_warehouse: Warehouse) -> None:
    write_orders(empty_warehouse, [{"person_id": "ada", "order_date": date(2026, 1, 1)}])
    write_orders(empty_warehouse, [{"person_id": "ada", "order_date": date(2026, 1, 2)}], tenant="other")
    analyse(empty_warehouse, analysis())
    analyse(empty_warehouse, analysis(tenant="other"))
    with empty_warehouse.writer() as writer:
        writer.execute("delete from marts.orders where tenant_id = 'maison'")
    analyse(empty_warehouse, analysis("second"))
    assert [row["tenant_id"] for row in rows_of(empty_warehouse, "customer_scores")] == ["other"]
    assert {row["tenant_id"] for row in rows_of(empty_warehouse, "model_runs")} == {"maison", "other"}


@pytest.mark.parametrize("bought", [date(2026, 1, 1), date(2026, 1, 31)])
def test_movements_are_published_with_the_marts(empty_warehouse: Warehouse, bought: date) -> None:
    write_orders(
        empty_warehouse,
        [{"person_id": "ada", "order_date": bought}, {"person_id": "bo", "order_date": date(2026, 3, 10)}],
    )
    analyse(empty_warehouse, analysis())
    empty_warehouse.publish()
    reader = empty_warehouse.reader()
    found = reader.query("select * from marts.segment_movements order by month_end, from_segment").to_pylist()
    assert [(row["month_end"], row["customers"]) for row in found] == [
        (date(2026, 2, 28), 1),
        (date(2026, 3, 10), 1),
        (date(2026, 3, 10), 1),
    ]
    reader.close()
