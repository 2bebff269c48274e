"""A product in several collections counts in each, and never twice in what they are parts of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.conftest import Marts, create

from fondaco.duckdb_session import prepare
from fondaco.metrics import MetricQuery, SemanticLayer

LAYER = SemanticLayer.load()
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
SUMS = ("net_sales", "units_sold", "contribution_margin_3", "marketing_costs")
COUNTS = ("orders", "customers")
PRODUCTS = ("a:Mug", "a:Lamp", "b:Mug", None)
COLLECTIONS = ("Home", "Home > Lamps", "Sale")

Event = tuple[int, str | None, int]
"""Order, product, and what it was sold for."""

Members = Mapping[str, frozenset[str]]


def tell(marts: Any, events: Sequence[Event], members: Members) -> None:
    """The same sales in all marts that tell of products, and one of another merchant in each."""
    for tenant in ("default", "other"):
        for product, collections in members.items():
            for title in collections:
                marts.add(
                    "product_collections", tenant_id=tenant, product_id=product, collection_title=title,
                    collection_id=f"{product[:1]}:{title}", connection_id=product[:1],
                )  # fmt: skip
        for number, (order, product, amount) in enumerate(events):
            sold = {
                "tenant_id": tenant, "event_date": "2026-03-02", "order_date": "2026-03-02", "product_id": product,
                "connection_id": "a", "gross_sales": amount, "net_sales": amount, "units_sold": 1, "net_units": 1,
            }  # fmt: skip
            line = {**sold, "order_id": f"a:{order}", "person_id": f"p{order % 2}", "event_type": "order"}
            marts.add("product_sales_daily", **sold, product_title=product, product_orders=1)
            marts.add("sales_ledger", **line, sales_event_id=f"e{number}")
            marts.add(
                "profit_ledger", **{name: value for name, value in line.items() if name != "net_units"},
                profit_event_id=f"e{number}", marketing_costs=1, line_type="product",
            )  # fmt: skip


def ask(marts: Any, metrics: Sequence[str], *by: str, **where: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = LAYER.query(
        marts, MetricQuery(tuple(metrics), by, **MARCH, where=where), "default"
    ).to_pylist()
    return found


@pytest.fixture
def shop(marts: Any) -> Iterator[Any]:
    """Order 1 has a mug and a lamp, order 2 a mug, order 3 what is in no catalogue; the lamp is in two collections and one below."""
    tell(
        marts,
        [(1, "a:Mug", 10), (1, "a:Lamp", 40), (2, "a:Mug", 10), (3, None, 5)],
        {"a:Mug": frozenset({"Sale"}), "a:Lamp": frozenset({"Sale", "Home", "Home > Lamps"})},
    )
    yield marts


def test_each_collection_has_the_figures_of_its_products_and_the_rest_stands_without(shop: Any) -> None:
    rows = ask(shop, ("net_sales", "orders", "contribution_margin_3"), "collection")
    assert [tuple(row.values()) for row in rows] == [
        ("Home", Decimal(40), 1, Decimal(39)),
        ("Home > Lamps", Decimal(40), 1, Decimal(39)),
        ("Sale", Decimal(60), 2, Decimal(57)),
        (None, Decimal(5), 1, Decimal(4)),
    ]


def test_a_product_of_several_of_the_collections_asked_for_counts_once(shop: Any) -> None:
    both = ask(shop, ("net_sales", "orders", "customers"), collection=("Home", "Sale"))
    assert [tuple(row.values()) for row in both] == [(Decimal(60), 2, 2)]
    assert ask(shop, ("net_sales",), collection=("Home", "")) == [{"net_sales": Decimal(45)}]
    assert ask(shop, ("net_sales",), collection="") == [{"net_sales": Decimal(5)}]
    assert ask(shop, ("net_sales",), collection="Nothing") == [{"net_sales": Decimal(0)}]


def test_products_of_a_collection_and_collections_of_a_product(shop: Any) -> None:
    assert ask(shop, ("net_sales", "orders"), "product_id", collection="Sale") == [
        {"product_id": "a:Lamp", "net_sales": Decimal(40), "orders": 1},
        {"product_id": "a:Mug", "net_sales": Decimal(20), "orders": 2},
    ]
    assert ask(shop, ("net_sales",), "collection", product_id="a:Lamp", collection=("Home", "Sale")) == [
        {"collection": "Home", "net_sales": Decimal(40)},
        {"collection": "Sale", "net_sales": Decimal(40)},
    ]


def test_an_order_with_two_products_of_one_title_counts_for_the_one_that_is_in_the_collection(
    marts: Any,
) -> None:
    """The daily table counts an order once a title, at whichever line comes first."""
    day = {"event_date": "2026-03-02", "order_date": "2026-03-02", "connection_id": "a", "units_sold": 1}
    for product, counted in (("a:1", 1), ("a:2", 0)):
        marts.add(
            "product_sales_daily", **day, product_id=product, product_title="Mug", product_orders=counted
        )
        marts.add(
            "sales_ledger",
            **day,
            product_id=product,
            line_title="Mug",
            order_id="a:1",
            sales_event_id=product,
        )
    marts.add("product_collections", product_id="a:2", collection_id="a:Sale", collection_title="Sale")
    assert ask(marts, ("orders",), "product", collection="Sale") == [{"product": "Mug", "orders": 1}]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    events=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(PRODUCTS), st.integers(0, 500)), max_size=12
    ),
    members=st.fixed_dictionaries(
        {product: st.frozensets(st.sampled_from(COLLECTIONS)) for product in PRODUCTS if product}
    ),
)
def test_whatever_is_in_which_collections_each_is_the_sum_of_its_products_and_the_whole_stays_the_whole(
    events: list[Event], members: Members
) -> None:
    with duckdb.connect() as connection:
        prepare(connection)
        connection.execute("create schema marts").fetchall()
        for mart in ("product_collections", "product_sales_daily", "sales_ledger", "profit_ledger", "products", "sales_daily",
                     "profit_daily", "orders"):  # fmt: skip
            create(connection, mart)
        marts = Marts(connection)
        tell(marts, events, members)
        by_product = {row["product_id"]: row for row in ask(marts, SUMS, "product_id")}
        by_collection = {row["collection"]: row for row in ask(marts, (*SUMS, *COUNTS), "collection")}
        orders = {product: {order for order, other, _ in events if other == product} for product in PRODUCTS}
        for title in (*COLLECTIONS, None):
            own = [
                product for product in PRODUCTS
                if (title in members.get(product or "", ()) if title else not members.get(product or ""))
                and product in by_product
            ]  # fmt: skip
            if not own:
                assert title not in by_collection
                continue
            row = by_collection[title]
            assert [row[name] for name in SUMS] == [
                sum(by_product[product][name] for product in own) for name in SUMS
            ]
            assert row["orders"] == len(set().union(*(orders[product] for product in own)))
            alone = ask(marts, (*SUMS, *COUNTS), collection=title or "")
            assert alone == [{name: row[name] for name in (*SUMS, *COUNTS)}]
        [whole] = ask(marts, SUMS, collection=(*COLLECTIONS, ""))
        assert whole == {name: sum(row[name] for row in by_product.values()) for name in SUMS}
