"""Figures of products that no metric gives, worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.metrics import MetricQuery, SemanticLayer
from fondaco.metrics.product_figures import FIGURES
from fondaco.metrics.products import (
    bought_together,
    buyers_of,
    cover,
    per_day,
    product_lines,
)

D = Decimal
LAYER = SemanticLayer.load()
MARCH = MetricQuery(("net_sales",), first=date(2026, 3, 1), last=date(2026, 3, 31))
FEBRUARY = MetricQuery(("net_sales",), first=date(2026, 2, 1), last=date(2026, 2, 28))
TODAY = date(2026, 3, 31)


def sold(marts: Any, day: str, product: str, **row: Any) -> None:
    marts.add(
        "product_sales_daily", event_date=day, order_date=day, connection_id="a", product_id=f"a:{product}",
        product_title=product, **row,
    )  # fmt: skip


def lines(marts: Any, **given: Any) -> dict[str | None, Any]:
    found = product_lines(LAYER, marts, MARCH, "default", before=FEBRUARY, today=TODAY, **given)
    return {line.sku or line.title: line for line in found}


def test_speed_counts_the_days_since_the_first_sale_and_none_that_are_to_come() -> None:
    assert per_day(62, MARCH, None, TODAY) == 2
    assert per_day(22, MARCH, date(2026, 3, 10), TODAY) == 1
    assert per_day(10, MARCH, None, date(2026, 3, 20)) == D("0.5")
    assert per_day(0, MARCH, date(2026, 4, 1), TODAY) is None


def test_stock_lasts_as_long_as_the_speed_lets_it_and_an_oversold_one_lasts_no_day() -> None:
    assert cover(10, D("0.5")) == 20
    assert cover(-3, D(1)) == 0
    assert cover(10, D(0)) is cover(10, None) is cover(None, D(1)) is None


def test_a_product_has_its_sales_speed_stock_and_the_speed_before(marts: Any) -> None:
    marts.add(
        "products",
        product_id="a:Mug",
        title="Mug",
        connection_id="a",
        is_deleted=False,
        first_sold_date="2026-02-01",
    )
    marts.add("inventory", product_id="a:Mug", variant_id="v", on_hand=20)
    marts.add(
        "inventory", product_id="a:Mug", variant_id="w", on_hand=None, available=11
    )  # a shop that tells what can be sold only
    sold(marts, "2026-03-02", "Mug", gross_sales=100, discounts=20, returns=8, net_sales=72, units_sold=31)
    sold(marts, "2026-02-02", "Mug", units_sold=56)
    line = lines(marts)["Mug"]
    assert (line.net_sales, line.units_sold, line.units_per_day, line.units_per_day_before) == (72, 31, 1, 2)
    assert (line.discount_rate, line.return_rate) == (D("0.2"), D("0.1"))
    assert (line.units_on_hand, line.days_of_cover) == (31, 31)
    assert (line.bought_again, line.first_buyer_value) == (None, None)


def test_what_is_offered_and_did_not_sell_is_there_with_nought_and_what_is_gone_is_not(marts: Any) -> None:
    marts.add("products", product_id="a:Rug", title="Rug", connection_id="a", is_deleted=False)
    marts.add("products", product_id="a:Old", title="Old", connection_id="a", is_deleted=True)
    marts.add("products", product_id="b:Rug", title="Elsewhere", connection_id="b", is_deleted=False)
    marts.add(
        "products",
        product_id="t:Rug",
        title="Not ours",
        connection_id="a",
        is_deleted=False,
        tenant_id="other",
    )
    assert [(line.title, line.net_sales, line.units_per_day) for line in lines(marts).values()] == [
        ("Elsewhere", 0, 0), ("Rug", 0, 0)
    ]  # fmt: skip
    in_one_shop = MetricQuery(
        ("net_sales",), first=MARCH.first, last=MARCH.last, where={"connection_id": "a"}
    )
    found = product_lines(LAYER, marts, in_one_shop, "default", before=None, today=TODAY)
    assert [(line.title, line.units_per_day_before) for line in found] == [("Rug", None)]


def test_variants_stand_apart_with_their_own_stock(marts: Any) -> None:
    marts.add("products", product_id="a:Mug", title="Mug", connection_id="a", is_deleted=False)
    for sku, on_hand in (("M-1", 5), ("M-2", 7), ("M-3", 9)):
        marts.add("inventory", product_id="a:Mug", variant_id=f"v{sku}", sku=sku, on_hand=on_hand)
    sold(marts, "2026-03-02", "Mug", variant_id="vM-1", sku="M-1", net_sales=5, units_sold=1)
    sold(marts, "2026-03-02", "Mug", variant_id="vM-2", sku="M-2", net_sales=9, units_sold=2)
    found = lines(marts, by_variant=True)
    assert [(sku, line.net_sales, line.units_sold, line.units_on_hand) for sku, line in found.items()] == [
        ("M-2", 9, 2, 7), ("M-1", 5, 1, 5), ("M-3", 0, 0, 9)
    ]  # fmt: skip


def test_until_a_run_has_worked_them_out_there_are_no_findings_and_no_fault(marts: Any) -> None:
    assert buyers_of(marts, "default") == {}
    assert bought_together(marts, "default", "a:Mug") == []


def test_rates_of_buyers_and_pairs_are_of_the_counts(marts: Any) -> None:
    connection = marts.connection
    connection.execute(
        "create table marts.product_customers as select 'default' as tenant_id, 'a:Mug' as product_id, 8 as buyers,"
        " 6 as buyers_again, 4 as buyers_observed, 1 as buyers_again_soon, 5 as first_buyers, 2 as first_buyers_observed,"
        " cast(100 as decimal(18, 6)) as first_buyers_value"
    ).fetchall()
    connection.execute(
        "create table marts.product_pairs as select 'default' as tenant_id, 'a:Mug' as product_id, 'a:Tea' as"
        " other_product_id, 1 as place, 4 as orders_together, 8 as orders_product, 10 as orders_other, 40 as orders_all"
    ).fetchall()
    try:
        marts.add("products", product_id="a:Tea", title="Tea")
        fact = buyers_of(marts, "default", "a:Mug")["a:Mug"]
        assert (fact.bought_again, fact.bought_again_ever, fact.first_buyer_value) == (
            D("0.25"),
            D("0.75"),
            20,
        )
        (pair,) = bought_together(marts, "default", "a:Mug")
        assert (pair.title, pair.support, pair.confidence, pair.lift) == ("Tea", D("0.1"), D("0.5"), 2)
        assert buyers_of(marts, "other") == {}
    finally:
        connection.execute("drop table marts.product_customers").fetchall()
        connection.execute("drop table marts.product_pairs").fetchall()


def test_every_figure_is_told_whole() -> None:
    for name, figure in FIGURES.items():
        assert figure.name == name
        assert all((figure.label, figure.description, figure.formula, figure.scope, figure.compared)), name
