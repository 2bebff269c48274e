"""What buyers of a product did next and what is bought together, counted by hand on both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from fondaco.jobs.products import PRODUCT_CUSTOMERS, PRODUCT_PAIRS, TABLES, write_product_facts
from fondaco.warehouse import Warehouse
from fondaco.warehouse.engine import TableSpec

AS_OF = date(2026, 3, 31)
ORDERS = TableSpec(
    "marts", "orders",
    (("tenant_id", "text"), ("order_id", "text"), ("person_id", "text"), ("order_sequence", "bigint"),
     ("order_date", "date"), ("net_sales", "decimal"), ("is_cancelled", "bool"), ("connection_id", "text")),
)  # fmt: skip
LEDGER = TableSpec(
    "marts", "sales_ledger",
    (("tenant_id", "text"), ("order_id", "text"), ("product_id", "text"), ("units_sold", "bigint"), ("order_date", "date")),
)  # fmt: skip

Order = tuple[str, str, int | None, str, int, Sequence[str]]
"""Order, person, which of theirs, day, net sales, products. An order whose name begins with ``gone`` was cancelled,
and one with a colon in it is of the shop before it."""

A_YEAR_OF_FOUR: tuple[Order, ...] = (
    ("o1", "ada", 1, "2025-01-10", 100, ["mug", "mug"]),
    ("o2", "ada", 2, "2025-02-20", 50, ["lamp"]),
    ("o3", "ada", 3, "2026-02-01", 400, ["mug"]),
    ("o4", "bob", 1, "2025-06-01", 30, ["mug", "lamp"]),
    ("o5", "bob", 2, "2025-12-01", 20, ["rug"]),
    ("o6", "cem", 1, "2026-03-01", 10, ["mug"]),
    ("o7", "dot", 1, "2025-03-31", 60, ["lamp"]),
    ("o8", "dot", None, "2026-03-30", -60, []),
)
"""Ada is back after 41 days and then a year later, Bob after 183; Cem bought only now, Dot never again."""


def write(warehouse: Warehouse, orders: Sequence[Order], *, tenant_id: str = "default") -> None:
    warehouse.create_schemas_and_raw_tables([ORDERS, LEDGER, *TABLES])
    with warehouse.writer() as writer, writer.transaction():
        for order_id, person, sequence, day, net_sales, products in orders:
            own: Mapping[str, Any] = {"tenant": tenant_id, "order": order_id, "day": date.fromisoformat(day)}
            writer.execute(
                "insert into marts.orders values ($tenant, $order, $person, $sequence, $day, $net_sales, $gone, $shop)",
                {
                    **own,
                    "person": person,
                    "sequence": sequence,
                    "net_sales": net_sales,
                    "gone": order_id.startswith("gone"),
                    "shop": order_id.rpartition(":")[0],
                },
            )
            for product in products:
                writer.execute(
                    "insert into marts.sales_ledger values ($tenant, $order, $product, 1, $day)",
                    {**own, "product": product},
                )


def facts(warehouse: Warehouse, spec: TableSpec, columns: str) -> list[tuple[Any, ...]]:
    with warehouse.writer() as writer:
        with writer.transaction():
            write_product_facts(writer, "default", AS_OF)
        found = writer.fetch(
            f"select {columns} from {spec.qualified} where tenant_id = 'default' order by 1, 2"
        )
    return [tuple(row.values()) for row in found.to_pylist()]


def test_buyers_are_followed_from_their_first_order_with_the_product(empty_warehouse: Warehouse) -> None:
    write(empty_warehouse, A_YEAR_OF_FOUR)
    columns = "product_id, buyers, buyers_again, buyers_observed, buyers_again_soon"
    assert facts(empty_warehouse, PRODUCT_CUSTOMERS, columns) == [
        ("lamp", 3, 2, 3, 0),  # Ada next came 346 days after it, Bob 183
        ("mug", 3, 2, 2, 1),  # Cem is not observed for ninety days; Ada came back in 41
        ("rug", 1, 0, 1, 0),
    ]


def test_what_customers_bring_in_their_first_year_counts_for_each_product_of_the_first_order(
    empty_warehouse: Warehouse,
) -> None:
    write(empty_warehouse, A_YEAR_OF_FOUR)
    columns = "product_id, first_buyers, first_buyers_observed, cast(first_buyers_value as bigint) as value"
    assert facts(empty_warehouse, PRODUCT_CUSTOMERS, columns) == [
        ("lamp", 2, 1, 110),  # Bob 50, Dot 60; the year of Dot ends on this very day
        ("mug", 3, 1, 210),  # Ada 150, without the order after her year; Bob 50, Cem 10
        ("rug", 0, 0, 0),
    ]


BASKETS: tuple[Order, ...] = tuple(
    (f"b{index}", f"p{index}", 1, "2026-01-01", 1, products)
    for index, products in enumerate(
        [["cup", "tea"]] * 4 + [["cup"]] * 2 + [["tea"]] + [["pot"]] * 3 + [["pot", "tea"]] * 2
    )
)


def test_pairs_stand_both_ways_with_what_their_figures_are_made_of(empty_warehouse: Warehouse) -> None:
    """Pot and tea meet twice only; cup and tea meet in 4 of 12 orders, by chance it would be 3.5."""
    write(empty_warehouse, BASKETS)
    columns = "product_id, other_product_id, place, orders_together, orders_product, orders_other, orders_all"
    assert facts(empty_warehouse, PRODUCT_PAIRS, columns) == [
        ("cup", "tea", 1, 4, 6, 7, 12),
        ("tea", "cup", 1, 4, 7, 6, 12),
    ]


def test_chance_is_that_of_the_shops_own_orders(empty_warehouse: Warehouse) -> None:
    """A thing of one shop cannot stand in a cart of another: its orders make no pair of this shop likelier."""
    elsewhere: tuple[Order, ...] = tuple(
        (f"other:{n}", f"q{n}", 1, "2026-01-01", 1, ["hat"]) for n in range(90)
    )
    write(empty_warehouse, (*BASKETS, *elsewhere))
    columns = "product_id, other_product_id, orders_together, orders_all"
    assert facts(empty_warehouse, PRODUCT_PAIRS, columns) == [("cup", "tea", 4, 12), ("tea", "cup", 4, 12)]


def test_a_wholesale_order_makes_no_pairs(empty_warehouse: Warehouse) -> None:
    whole = [f"sku{number}" for number in range(51)]
    write(empty_warehouse, [*BASKETS, *((f"w{n}", "w", n + 1, "2026-01-02", 1, whole) for n in range(3))])
    assert [row[:2] for row in facts(empty_warehouse, PRODUCT_PAIRS, "product_id, other_product_id")] == [
        ("cup", "tea"), ("tea", "cup")
    ]  # fmt: skip


def test_written_again_it_is_the_same_and_other_tenants_stay_as_they_are(empty_warehouse: Warehouse) -> None:
    write(empty_warehouse, BASKETS)
    write(empty_warehouse, [("x", "p0", 2, "2026-01-09", 5, ["cup"])], tenant_id="other")
    columns = "product_id, buyers, buyers_again"
    once = facts(empty_warehouse, PRODUCT_CUSTOMERS, columns)
    assert (
        once
        == facts(empty_warehouse, PRODUCT_CUSTOMERS, columns)
        == [("cup", 6, 0), ("pot", 5, 0), ("tea", 7, 0)]
    )


def test_orders_after_the_day_are_left_out(empty_warehouse: Warehouse) -> None:
    write(
        empty_warehouse,
        [("o1", "ada", 1, "2026-03-31", 1, ["mug"]), ("o2", "ada", 2, "2026-04-01", 1, ["rug"])],
    )
    assert facts(empty_warehouse, PRODUCT_CUSTOMERS, "product_id, buyers, buyers_again") == [("mug", 1, 0)]


def test_a_cancelled_order_is_no_purchase_and_none_to_come_back_with(empty_warehouse: Warehouse) -> None:
    write(
        empty_warehouse,
        [
            ("gone1", "ada", 1, "2025-01-01", 0, ["rug"]),
            ("o2", "ada", 2, "2025-01-05", 30, ["mug"]),
            ("gone3", "ada", 3, "2025-01-09", 0, ["mug"]),
        ],
    )
    columns = "product_id, buyers, buyers_again, first_buyers"
    assert facts(empty_warehouse, PRODUCT_CUSTOMERS, columns) == [("mug", 1, 0, 1)]


def test_a_second_order_of_the_day_is_not_coming_back(empty_warehouse: Warehouse) -> None:
    day = "2025-01-05"
    write(empty_warehouse, [("o1", "ada", 1, day, 9, ["mug"]), ("o2", "ada", 2, day, 9, ["rug"])])
    assert facts(empty_warehouse, PRODUCT_CUSTOMERS, "product_id, buyers_again") == [("mug", 0), ("rug", 0)]


def test_without_orders_there_is_nothing(empty_warehouse: Warehouse) -> None:
    write(empty_warehouse, [])
    assert facts(empty_warehouse, PRODUCT_CUSTOMERS, "product_id, buyers") == []


@pytest.mark.parametrize("spec", TABLES)
def test_every_table_is_of_a_tenant_and_says_as_of_when_it_is(spec: TableSpec) -> None:
    assert spec.column_names[0] == "tenant_id" == spec.primary_key[0]
    assert "as_of_date" in spec.column_names
