"""A shop whose profit is reckoned on paper: three orders of March, one of February, and costs that no order bears.

====  ========  =======  ====  ========================================================================================
 a:1  1 Feb     DE       Mug   net 100, goods 40, marketing 10                                              CM3   50
 a:2  2 March   DE       Mug   net 40, goods 16 (assumed), shipping 5, marketing 4                          CM3   15
 a:3  2 March   FR       Mug   net 60 - 60, goods 20 - 20, shipping 9, payment 1, return 3, marketing 6     CM3  -19
                               (all of it came back on the 5th)
 a:4  29 March  none     Tea   net 7, goods 3, marketing 10                                                 CM3   -6
      10 March                 rent 20 of all shops, 5 of this one; on the 11th marketing of 8 without an order
====  ========  =======  ====  ========================================================================================

March by the finance clock: net 47, goods 19, CM1 28, shipping 14, payment 1, return 3, CM2 10, marketing 28, CM3 -18, fixed 25, so
-43. The 2nd brings 39; under water are the 5th (-43), the 10th (-25), the 11th (-8) and the 29th (-6). By the order clock the
5th has nothing and the 2nd -4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from fondaco.metrics import ORDER_STATEMENT, completed
from fondaco.metrics.statement import PROFIT_PARTS

Row = dict[str, Any]
ORDERS: dict[str, Row] = {
    "a:1": {"order_date": "2026-02-01", "country": "DE", "customer_type": "new", "person_id": "p1"},
    "a:2": {"order_date": "2026-03-02", "country": "DE", "customer_type": "returning", "person_id": "p1"},
    "a:3": {"order_date": "2026-03-02", "country": "FR", "customer_type": "new", "person_id": "p2"},
    "a:4": {"order_date": "2026-03-29", "country": None, "customer_type": "new", "person_id": "p3"},
}
_PLACE = {"connection_id": "a", "source": "files", "channel": "web", "currency": "EUR"}
_AMOUNTS = (*PROFIT_PARTS, "net_sales", "assumed_cost_of_goods")


def _sold(order: str, product: str, day: str | None = None, **amounts: Any) -> Row:
    own = ORDERS[order]
    returned = "returns" in amounts
    told = {"gross_sales": 0, "discounts": 0, "returns": 0, **amounts}
    return {
        **_PLACE, **own, "profit_event_type": "sale", "profit_event_id": f"{order}-{'r' if returned else 's'}", "order_id": order,
        "order_line_id": f"{order}-1", "product_id": f"a:{product}", "line_title": product, "line_type": "product",
        "event_type": "return" if returned else "order", "event_date": day or own["order_date"],
        "units_returned" if returned else "units_sold": 1,
        "net_sales": told["gross_sales"] - told["discounts"] - told["returns"], **amounts,
    }  # fmt: skip


def _of_a_day(kind: str, day: str, shop: str | None, name: str, **amounts: Any) -> Row:
    return {"profit_event_type": kind, "profit_event_id": f"{name}/{day}", "connection_id": shop, "currency": "EUR",
            "line_title": name, "event_date": day, "order_date": day, **amounts}  # fmt: skip


def ledger() -> list[Row]:
    sheet = {"unit_cost": 20, "cost_rate": None, "cost_basis": "sheet"}
    assumed = {"unit_cost": None, "cost_rate": "0.4", "cost_basis": "assumed", "assumed_cost_of_goods": 16}
    return [
        _sold("a:1", "Mug", gross_sales=100, cost_of_goods=40, marketing_costs=10, **sheet),
        _sold("a:2", "Mug", gross_sales=45, discounts=5, cost_of_goods=16, shipping_costs=5, marketing_costs=4, **assumed),
        _sold("a:3", "Mug", gross_sales=60, cost_of_goods=20, shipping_costs=9, payment_costs=1, marketing_costs=6, **sheet),
        _sold("a:3", "Mug", "2026-03-05", returns=60, cost_of_goods=-20, return_costs=3, **sheet),
        _sold("a:4", "Tea", gross_sales=7, cost_of_goods=3, marketing_costs=10, unit_cost=3, cost_basis="shop"),
        _of_a_day("fixed", "2026-03-10", None, "Rent", fixed_costs=20),
        _of_a_day("fixed", "2026-03-10", "a", "Shelf", fixed_costs=5),
        _of_a_day("marketing", "2026-03-11", None, "Agency", marketing_costs=8),
    ]  # fmt: skip


def _summed(rows: Iterable[Row], keys: tuple[str, ...]) -> list[Row]:
    sums: dict[tuple[Any, ...], Row] = defaultdict(lambda: dict.fromkeys(_AMOUNTS, 0))
    for row in rows:
        own = sums[tuple(row.get(key) for key in keys)]
        for name in _AMOUNTS:
            own[name] += row.get(name, 0)
    return [dict(zip(keys, values, strict=True)) | amounts for values, amounts in sums.items()]


def marts() -> dict[str, list[Row]]:
    """All marts of the book, by both clocks, each summed from the ledger as the models do."""
    rows = ledger()
    sales = [row for row in rows if "order_id" in row]
    places = ("connection_id", "source", "country", "channel", "customer_type", "currency")
    goods = ("event_date", "order_date", "connection_id", "source", "product_id", "line_title", "currency")
    by_clock = {"finance": "event_date", "order": "order_date"}

    def daily(given: Iterable[Row], day_name: str) -> list[Row]:
        return [
            {
                **{name: value for name, value in row.items() if name != day},
                "clock": clock,
                day_name: row[day],
            }
            for clock, day in by_clock.items()
            for row in _summed(given, (day, *places))
        ]

    products = [{**row, "product_title": row["line_title"]} for row in _summed(sales, goods)]
    for row in products:
        del row["line_title"]
    statements = {row["order_id"]: row for row in _summed(sales, ("order_id",))}
    orders = [
        {**_PLACE, "order_id": order, "order_number": f"#100{order[2:]}", "order_sequence": 1, **own,
         "net_sales": statements[order]["net_sales"], "gross_sales": statements[order]["gross_sales"]}
        for order, own in ORDERS.items()
    ]  # fmt: skip
    return {
        "connections": [{"connection_id": "a", "name": "Aurora", "currency": "EUR", "reporting_currency": "EUR"}],
        "products": [
            {"product_id": f"a:{title}", "connection_id": "a", "title": title, "is_deleted": False}
            for title in ("Mug", "Tea")
        ],
        "orders": [
            {**row, "source_order_id": row["order_id"][2:], "ordered_at": f"{row['order_date']} 08:00:00",
             "shop_currency": "EUR", "is_cancelled": False}
            for row in orders
        ],
        "sales_ledger": [_event(row) for row in sales],
        "sales_daily": [_only(row, *_SALES, is_filler=False) for row in daily(sales, "sales_date")],
        "product_sales_daily": [_only(row, *_SALES) for row in products],
        "profit_ledger": rows,
        "profit_daily": daily(rows, "profit_date"),
        "order_profit": [_with_margins(row | statements[row["order_id"]]) for row in orders],
    }  # fmt: skip


_SALES = ("clock", "sales_date", "event_date", "order_date", "connection_id", "source", "country", "channel", "customer_type",
          "product_id", "product_title", "gross_sales", "discounts", "returns", "net_sales")  # fmt: skip


def _only(row: Row, *names: str, **more: Any) -> Row:
    return {name: row[name] for name in names if name in row} | more


def _event(row: Row) -> Row:
    kept = _only(row, "order_id", "order_line_id", "product_id", "line_title", "line_type", "event_type", "event_date", "order_date",
                 "units_sold", "units_returned", "person_id", *_SALES[4:9], *_SALES[11:])  # fmt: skip
    moment = {"event_at": f"{row['event_date']} 08:00:00", "ordered_at": f"{row['order_date']} 08:00:00"}
    return kept | moment | {"sales_event_id": row["profit_event_id"]}


def _with_margins(row: Row) -> Row:
    whole = completed({name: Decimal(row[name]) for name in PROFIT_PARTS}, ORDER_STATEMENT)
    margins = ("contribution_margin_1", "contribution_margin_2", "contribution_margin_3")
    kept = {name: value for name, value in row.items() if name != "order_sequence"}
    return kept | {name: whole[name] for name in margins}
