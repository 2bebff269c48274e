"""Cohorts of a warehouse: they sum to what was bought, and say the same as the arrays of ``fondaco.analytics.cohorts``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.jobs.rows import insert
from tests.metrics.conftest import columns

from fondaco.analytics.cohorts import triangle
from fondaco.analytics.purchases import gather
from fondaco.config import Settings, WarehouseSettings
from fondaco.jobs.analysing import create_tables
from fondaco.jobs.cohorting import DIMENSIONS, OTHERS, PRODUCTS, UNKNOWN, find_cohorts, write_cohorts
from fondaco.warehouse import Warehouse, open_warehouse

TENANT = "maison"
EPOCH = date(1970, 1, 1)


def write_marts(warehouse: Warehouse, orders: Sequence[dict[str, Any]], tenant: str = TENANT) -> None:
    """Orders and their lines as the marts have them; an order without ``product`` has no line."""
    with warehouse.writer() as writer, writer.transaction():
        writer.execute("create schema if not exists marts")
        for mart in ("orders", "sales_ledger", "products"):
            declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
            writer.execute(f"create table if not exists marts.{mart} ({declared})")
            writer.execute(f"delete from marts.{mart} where tenant_id = $tenant", {"tenant": tenant})
        bought, lines = [], []
        for number, given_ in enumerate(orders):
            row = {"tenant_id": tenant, "order_id": f"{tenant}-{number:05}", "order_sequence": number, "is_cancelled": False,
                   "channel": "web", "country": "DE", "connection_id": "a", "net_sales": 50} | given_  # fmt: skip
            product = row.pop("product", None)
            bought.append(row)
            if product is not None:
                lines.append(
                    {"tenant_id": tenant, "sales_event_id": f"e{number}", "order_id": row["order_id"], "line_title": product,
                     "event_type": "order", "line_type": "product", "gross_sales": 1}
                )  # fmt: skip
        insert(writer, "orders", bought)
        insert(writer, "sales_ledger", lines)


def group(warehouse: Warehouse, as_of: date, tenant: str = TENANT) -> None:
    create_tables(warehouse)
    with warehouse.writer() as writer:
        found = find_cohorts(writer, tenant, as_of)
        with writer.transaction():
            write_cohorts(writer, tenant, found)


def fetch(warehouse: Warehouse, sql: str) -> list[dict[str, Any]]:
    with warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
    return found


def world(customers: int, *, seed: int = 4) -> list[dict[str, Any]]:
    """Customers of several countries, channels and first products who come back over two years."""
    chance = np.random.default_rng(seed)
    rows = []
    for person in range(customers):
        day, rate = chance.uniform(0, 700), chance.gamma(0.7, 1 / 40)
        while day < 730:
            rows.append(
                {
                    "person_id": f"p{person:04}",
                    "order_date": date(2024, 1, 1) + timedelta(days=int(day)),
                    "net_sales": Decimal(int(chance.integers(-500, 9000))) / 100,
                    "country": ["DE", "FR", None][person % 3],
                    "channel": ["web", "pos"][person % 2],
                    "connection_id": ["a", "b"][person % 2],
                    "product": f"Product {person % 60:02}",
                }
            )
            day += max(1.0, chance.exponential(1 / rate))
    return sorted(rows, key=lambda row: row["order_date"])


def test_cells_are_those_of_the_triangle_and_every_dimension_sums_to_the_whole(
    empty_warehouse: Warehouse,
) -> None:
    orders = world(250)
    write_marts(empty_warehouse, orders)
    last = max(row["order_date"] for row in orders)
    group(empty_warehouse, last)
    sums = fetch(
        empty_warehouse,
        "select dimension, sum(orders) as orders, sum(net_sales) as net_sales,"
        " sum(case when month_number = 0 then customers else 0 end) as customers"
        " from marts.cohorts group by dimension order by dimension",
    )
    total = sum(row["net_sales"] for row in orders)
    assert [tuple(row.values()) for row in sums] == [
        (name, len(orders), total, 250) for name in sorted(DIMENSIONS)
    ]
    people = [int(row["person_id"][1:]) for row in orders]
    purchases = gather(
        people,
        [(row["order_date"] - EPOCH).days for row in orders],
        [float(row["net_sales"]) for row in orders],
    )
    months, known = triangle(purchases, (last - EPOCH).days)
    for row in fetch(empty_warehouse, "select * from marts.cohorts where dimension = 'all'"):
        place = months.index(row["cohort_month"]), row["month_number"]
        assert row["customers"] == known.customers[place[0]]
        assert row["whole_customers"] == known.exposure[place]
        assert row["whole_buyers"] == known.buyers[place]
        assert float(row["whole_net_sales"]) == pytest.approx(known.value[place])
    told = fetch(
        empty_warehouse, "select distinct value from marts.cohorts where dimension = 'first_product'"
    )
    assert len(told) == PRODUCTS + 1
    assert OTHERS in {row["value"] for row in told}
    told = fetch(
        empty_warehouse, "select distinct value from marts.cohorts where dimension = 'country' order by 1"
    )
    assert [row["value"] for row in told] == [UNKNOWN, "DE", "FR"]
    ahead = fetch(
        empty_warehouse,
        "select distinct measure from marts.cohort_forecasts where dimension = 'all' order by 1",
    )
    assert [row["measure"] for row in ahead] == ["cumulative", "net_sales", "orders", "retention"]


def test_returns_count_everybody_once_by_the_day_of_the_second_purchase(empty_warehouse: Warehouse) -> None:
    write_marts(
        empty_warehouse,
        [
            {"person_id": "back", "order_date": date(2025, 1, 5)},
            {"person_id": "back", "order_date": date(2025, 1, 5)},
            {"person_id": "back", "order_date": date(2025, 1, 17)},
            {"person_id": "late", "order_date": date(2024, 1, 1)},
            {"person_id": "late", "order_date": date(2025, 2, 1)},
            {"person_id": "once", "order_date": date(2025, 1, 31)},
            {"person_id": "gone", "order_date": date(2025, 1, 2), "is_cancelled": True},
        ],
    )
    group(empty_warehouse, date(2025, 2, 1))
    rows = fetch(
        empty_warehouse,
        "select cohort_month, days, returned, still_out from marts.cohort_returns where dimension = 'all' order by 1, 2",
    )
    assert [tuple(row.values()) for row in rows] == [
        (date(2024, 1, 1), 366, 0, 1),
        (date(2025, 1, 1), 1, 0, 1),
        (date(2025, 1, 1), 12, 1, 0),
    ]


def test_another_tenants_cohorts_are_left_alone_and_a_second_run_changes_nothing(
    empty_warehouse: Warehouse,
) -> None:
    orders = world(40)
    for tenant in ("maison", "other"):
        write_marts(empty_warehouse, orders, tenant)
        group(empty_warehouse, date(2025, 12, 31), tenant)
    counts = (
        "select tenant_id, count(*) as rows, sum(orders) as orders from marts.cohorts group by 1 order by 1"
    )
    before = fetch(empty_warehouse, counts)
    group(empty_warehouse, date(2025, 12, 31))
    assert fetch(empty_warehouse, counts) == before
    assert [row["orders"] for row in before] == [5 * len(orders)] * 2


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """One for all examples of the law."""
    folder = tmp_path_factory.mktemp("law")
    opened = open_warehouse(Settings(folder=folder, warehouse=WarehouseSettings(kind="duckdb", threads=1)))
    yield opened
    opened.close()


ORDER = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from(["ann", "bob", "cyd", "dan"]),
        "order_date": st.dates(date(2024, 1, 1), date(2025, 3, 31)),
        "net_sales": st.integers(-900, 9900).map(lambda cents: Decimal(cents) / 100),
        "is_cancelled": st.sampled_from([False, False, False, True]),
        "country": st.sampled_from(["DE", "FR", None]),
        "channel": st.sampled_from(["web", "pos", None]),
        "product": st.sampled_from(["Lamp", "Stool", None]),
    }
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=st.lists(ORDER, min_size=1, max_size=12))
def test_cohort_rows_sum_to_the_total(warehouse: Warehouse, orders: list[dict[str, Any]]) -> None:
    bought = [row for row in orders if not row["is_cancelled"]]
    if not bought:
        return
    write_marts(warehouse, orders)
    group(warehouse, date(2025, 3, 31))
    whole = (len(bought), sum(row["net_sales"] for row in bought), len({row["person_id"] for row in bought}))
    cells: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for row in fetch(warehouse, "select * from marts.cohorts"):
        sums = cells[(row["dimension"],)]
        sums["orders"] += row["orders"]
        sums["net_sales"] += row["net_sales"]
        sums["customers"] += row["customers"] if row["month_number"] == 0 else 0
        assert row["whole_customers"] <= row["customers"]
        assert row["whole_orders"] <= row["orders"]
        of_all = cells[(row["dimension"], row["cohort_month"], row["month_number"])]
        for name in (
            "customers",
            "buyers",
            "orders",
            "net_sales",
            "whole_customers",
            "whole_buyers",
            "whole_net_sales",
        ):
            of_all[name] += row[name]
    for dimension in DIMENSIONS:
        assert tuple(cells[(dimension,)][name] for name in ("orders", "net_sales", "customers")) == whole
    for key, sums in cells.items():
        if len(key) == 3:
            assert sums == cells[("all", *key[1:])]
