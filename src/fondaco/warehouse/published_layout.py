"""How published tables lie on the disk. Pages ask for days, and for single things by their id; models are written in neither order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

ORDERED_BY: Mapping[str, str] = {
    "fees": "order_date",
    "orders": "order_date",
    "order_discounts": "order_date",
    "order_profit": "order_date",
    "payments": "order_date",
    "product_sales_daily": "event_date",
    "profit_ledger": "event_date",
    "refunds": "order_date",
}
"""The day by which rows of a table lie together, so that an engine that knows the least and the largest value of each block leaves
most blocks unread. What grows at its end anyway, as the ledger does, is not sorted again."""

LOOKED_UP_BY: Mapping[str, tuple[str, ...]] = {
    "customer_accounts": ("person_id",),
    "customer_messages": ("person_id",),
    "customer_scores": ("person_id",),
    "customers": ("person_id",),
    "order_campaigns": ("order_id",),
    "orders": ("order_id", "person_id"),
}
"""Columns with an index everywhere."""

LOOKED_UP_BY_WITHOUT_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "fees": ("order_id",),
    "order_discounts": ("order_id",),
    "payments": ("order_id",),
    "product_sales_daily": ("product_id",),
    "profit_ledger": ("order_id", "product_id"),
    "refunds": ("order_id", "person_id"),
    "sales_ledger": ("order_id", "product_id"),
}
"""Columns with an index too where an engine cannot leave out blocks by their days."""

BY_ORDER = frozenset(
    {"order_discounts", "order_profit", "orders", "payments", "profit_ledger", "refunds", "sales_ledger"}
)
"""Large tables whose rows belong to an order, or to none, and stand while the order has not changed."""

BY_DAY = frozenset({"product_sales_daily"})
"""Large tables of sums whose rows belong to a day of a shop's orders, and stand while none of these has changed."""

EACH_RUN = frozenset(
    {"customer_messages", "stock_ages", "stock_daily", "stock_findings", "stock_items", "stock_ledger", "stock_spans", "stockout_days",
     "suppliers"}
)  # fmt: skip
"""Tables of models tagged ``each_run``: they stand between the runs."""


def ordered_by(table: str, columns: Collection[str]) -> str | None:
    """The column by which to write ``table``, if it has it."""
    column = ORDERED_BY.get(table)
    return column if column in columns else None


def looked_up_by(
    table: str, columns: Collection[str], *, leaves_out_blocks: bool
) -> Iterator[tuple[str, str]]:
    """Name and column of each index of ``table``, for the columns that it has."""
    wanted = LOOKED_UP_BY.get(table, ())
    if not leaves_out_blocks:
        wanted += LOOKED_UP_BY_WITHOUT_BLOCKS.get(table, ())
    for column in wanted:
        if column in columns:
            yield f"{table}_by_{column}", column
