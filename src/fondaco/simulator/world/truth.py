"""Daily sales as each vendor's own report has them, from the ledger.

Shopify counts cancelled and unpaid orders, not test and deleted ones. WooCommerce leaves out pending, failed, cancelled and
deleted orders with all that belongs to them; commercetools cancelled and deleted ones; Magento pending ones too. ``daily_sales_sql`` says the same
in SQL; a test holds the two together.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from fondaco.simulator.world.book import (
    ADJUSTMENT,
    DUTY,
    PRODUCT,
    RETURNED,
    SHIPPING,
    STATUS,
)
from fondaco.simulator.world.daytime import LocalClock
from fondaco.simulator.world.frames import DAY, NULL, Array, Frame
from fondaco.simulator.world.merchants import Merchant

FIGURES = ("orders", "gross_sales", "discounts", "returns", "shipping", "taxes", "duties")
CLOCKS = ("finance", "order")
_UNCOUNTED_STATUSES = {
    "shopify": (),
    "woocommerce": ("pending", "failed", "cancelled"),
    "commercetools": ("cancelled",),
    "magento": ("pending", "cancelled"),
}
GRAMS_SQL = "100 + 50 * (l.variant_id % 40)"
"""What a piece of the order line ``l`` weighs."""


def counts_in_sales(shops: tuple[Merchant, ...], orders: Frame) -> Array:
    """Whether the vendor's own report has the order."""
    counts = ~orders["is_test"] & (orders["deleted_at"] == NULL)
    for index, shop in enumerate(shops):
        left_out = [STATUS[word] for word in _UNCOUNTED_STATUSES[shop.platform]]
        counts &= ~((orders["shop_id"] == index) & np.isin(orders["status"], left_out))
    return np.asarray(counts)


class DailySales:
    """Adds up blocks of the ledger by shop, clock and shop-local day."""

    def __init__(self, shops: tuple[Merchant, ...], start: int, end: int) -> None:
        self._shops = shops
        self._first = start // DAY - 2
        self._days = end // DAY + 3 - self._first
        self._clocks = [LocalClock(shop.time_zone, start - 2 * DAY, end + 2 * DAY) for shop in shops]
        self._sums = np.zeros((len(FIGURES), len(shops) * len(CLOCKS) * self._days), np.int64)
        self._touched = np.zeros(self._sums.shape[1], bool)

    def add(self, orders: Frame, ledger: Frame) -> None:
        """Count a block; ``ledger["row"]`` points into ``orders``."""
        counts = counts_in_sales(self._shops, orders)
        order_day = self._day(orders["shop_id"], orders["processed_at"])
        self._touch(orders["shop_id"], order_day, counts)
        keep = counts[ledger["row"]]
        part = {name: ledger[name][keep] for name in ledger}
        own_day = self._day(part["shop_id"], part["happened_at"])
        for clock, day in enumerate((own_day, order_day[part["row"]])):
            key = (part["shop_id"].astype(np.int64) * len(CLOCKS) + clock) * self._days + day
            self._touched[key] = True
            for figure, amount in enumerate(_figures(part), start=1):
                some = amount != 0
                self._bump(figure, key[some], amount[some])

    def frame(self) -> Frame:
        """The table ``daily_sales``: one row for each day on which anything happened."""
        key = np.flatnonzero(self._touched)
        day, group = key % self._days + self._first, key // self._days
        found = dict(zip(FIGURES, self._sums[:, key], strict=True))
        net = found["gross_sales"] - found["discounts"] - found["returns"]
        return {
            "shop_id": (group // len(CLOCKS)).astype(np.int8),
            "day": pa.array(day.astype(np.int32)).cast(pa.date32()).cast(pa.string()),
            "clock": pa.array(CLOCKS).take(pa.array(group % len(CLOCKS))),
            **found,
            "net_sales": net,
            "total_sales": net + found["shipping"] + found["taxes"] + found["duties"],
        }

    def _day(self, shop: Array, at: Array) -> Array:
        day = np.zeros(len(at), np.int64)
        for index, clock in enumerate(self._clocks):
            here = shop == index
            day[here] = clock.day(at[here])
        return day - self._first

    def _touch(self, shop: Array, day: Array, counts: Array) -> None:
        for clock in range(len(CLOCKS)):
            key = (shop[counts].astype(np.int64) * len(CLOCKS) + clock) * self._days + day[counts]
            self._touched[key] = True
            self._bump(0, key, np.ones(len(key), np.int64))

    def _bump(self, figure: int, key: Array, amount: Array) -> None:
        # Exact: a block's sums stay far below 2**53.
        sums = np.bincount(key, amount, self._sums.shape[1])
        self._sums[figure] += np.rint(sums).astype(np.int64)


def _figures(ledger: Frame) -> tuple[Array, ...]:
    """Gross sales, discounts, returns, shipping, taxes and duties of each ledger row."""
    kind, back = ledger["line_type"], ledger["action"] == RETURNED
    gross, net = ledger["gross"], ledger["gross"] - ledger["discount"]
    product = kind == PRODUCT
    goods = product & ~back
    taxed = product | (kind == SHIPPING) | (kind == ADJUSTMENT) | (kind == DUTY)
    return (
        np.where(goods, gross, 0),
        np.where(goods, ledger["discount"], 0),
        np.where(back & (product | (kind == ADJUSTMENT)), -net, 0),
        np.where(kind == SHIPPING, net, 0),
        np.where(taxed, ledger["tax"], 0),
        np.where(kind == DUTY, gross, 0),
    )


def daily_sales_sql(clock: str) -> str:
    """A query with the parameters shop, zone, first and last day (ISO dates) over a database with the world's tables."""
    instant = "l.happened_at" if clock == "finance" else "o.processed_at"
    uncounted = " or ".join(
        f"(s.platform = '{platform}' and o.status in ({', '.join(repr(word) for word in statuses)}))"
        for platform, statuses in _UNCOUNTED_STATUSES.items()
        if statuses
    )
    return f"""
with counted as (
    select o.order_id, o.processed_at from orders as o inner join shops as s using (shop_id)
    where o.shop_id = $shop and not o.is_test and o.deleted_at is null and not coalesce({uncounted}, false)
), movements as (
    select timezone($zone, timezone('UTC', {instant}))::date as day,
        0 as orders,
        case when l.line_type = 'product' and l.action <> 'return' then l.gross else 0 end as gross_sales,
        case when l.line_type = 'product' and l.action <> 'return' then l.discount else 0 end as discounts,
        case when l.line_type in ('product', 'adjustment') and l.action = 'return'
            then l.discount - l.gross else 0 end as returns,
        case when l.line_type = 'shipping' then l.gross - l.discount else 0 end as shipping,
        case when l.line_type in ('product', 'shipping', 'adjustment', 'duty') then l.tax else 0 end as taxes,
        case when l.line_type = 'duty' then l.gross else 0 end as duties
    from ledger as l inner join counted as o using (order_id)
    where l.shop_id = $shop
        and {instant} between $first::date - interval 2 day and $last::date + interval 2 day
    union all
    select timezone($zone, timezone('UTC', processed_at))::date, 1, 0, 0, 0, 0, 0, 0 from counted
), summed as (
    select day, sum(orders)::bigint as orders, sum(gross_sales)::bigint as gross_sales,
        sum(discounts)::bigint as discounts, sum(returns)::bigint as returns, sum(shipping)::bigint as shipping,
        sum(taxes)::bigint as taxes, sum(duties)::bigint as duties
    from movements where day between $first::date and $last::date group by day
)
select strftime(day, '%Y-%m-%d') as day, orders, gross_sales, discounts, returns,
    gross_sales - discounts - returns as net_sales, shipping, taxes, duties,
    gross_sales - discounts - returns + shipping + taxes + duties as total_sales
from summed order by day
"""


def moved_goods_sql() -> str:
    """A query with the parameters shop and zone over a database with the world's tables: every movement of pieces.

    ``units`` are signed; of those that came back, ``restocked`` are in stock again or never left it. ``unit_cost`` is the
    cost that held on the shop's day of the order; null where the variant has none, or is deleted.
    """
    return """
with moved as (
    select l.ledger_id, l.order_id, l.line_id, l.action, l.quantity as units,
        case when l.quantity >= 0 then 0 when l.action = 'edit' or f.restocked then -l.quantity else 0 end as restocked,
        lines.variant_id, timezone($zone, timezone('UTC', o.processed_at))::date as order_day
    from ledger as l
    inner join orders as o on o.shop_id = l.shop_id and o.order_id = l.order_id
    inner join order_lines as lines on lines.shop_id = l.shop_id and lines.line_id = l.line_id
    left join refund_lines as f
        on f.shop_id = l.shop_id and f.refund_id = l.refund_id and f.line_id = l.line_id
    where l.shop_id = $shop and l.line_type = 'product'
), costs as (
    select variant_id, timezone($zone, timezone('UTC', valid_from))::date as day, arg_max(cost, valid_from) as unit_cost
    from unit_costs where shop_id = $shop group by all
)
select moved.ledger_id, moved.order_id, moved.line_id, moved.variant_id, strftime(moved.order_day, '%Y-%m-%d') as day,
    moved.action, moved.units, moved.restocked, costs.unit_cost
from moved
asof left join costs on moved.variant_id = costs.variant_id and moved.order_day >= costs.day
order by moved.ledger_id
"""


def moved_pieces_sql(*, since: bool = False) -> str:
    """A query with the parameters shop and zone over a database with the world's tables: what left stock, and what came back to it.

    Rows are (variant_id, location_id, day, out, back). What is sold in a shop leaves the store, everything else the warehouse, which
    has the lower number. Only orders count that the vendor's own report has. With ``since`` a third parameter of that name, an
    instant in UTC without zone, leaves out what happened until then.
    """
    uncounted = " or ".join(
        f"(s.platform = '{platform}' and o.status in ({', '.join(repr(word) for word in statuses)}))"
        for platform, statuses in _UNCOUNTED_STATUSES.items()
        if statuses
    )
    return f"""
with counted as (
    select o.order_id, o.channel from orders as o inner join shops as s using (shop_id)
    where o.shop_id = $shop and not o.is_test and o.deleted_at is null and not coalesce({uncounted}, false)
), places as (
    select min(location_id) as main, max(location_id) as store from inventory where shop_id = $shop
), moved as (
    select lines.variant_id, case when o.channel = 'pos' then places.store else places.main end as location_id,
        timezone($zone, timezone('UTC', l.happened_at))::date as day, l.quantity as units,
        case when l.quantity >= 0 then 0 when l.action = 'edit' or f.restocked then -l.quantity else 0 end as restocked
    from ledger as l
    inner join counted as o on o.order_id = l.order_id
    inner join order_lines as lines on lines.shop_id = l.shop_id and lines.line_id = l.line_id
    left join refund_lines as f
        on f.shop_id = l.shop_id and f.refund_id = l.refund_id and f.line_id = l.line_id
    cross join places
    where l.shop_id = $shop and l.line_type = 'product'{" and l.happened_at > $since" if since else ""}
)
select variant_id, location_id, strftime(day, '%Y-%m-%d'), sum(greatest(units, 0))::bigint, sum(restocked)::bigint
from moved group by all having sum(greatest(units, 0)) > 0 or sum(restocked) > 0
"""
