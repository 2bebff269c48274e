"""What happens to orders that the store already has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fondaco.simulator.world.book import (
    CAPTURE,
    REASON,
    REFUND_KIND,
    SALE,
    SLOTS,
    STATUS,
    SUCCESS,
    Book,
)
from fondaco.simulator.world.catalog import Catalog
from fondaco.simulator.world.frames import NULL, Array
from fondaco.simulator.world.merchants import Merchant
from fondaco.simulator.world.payments import pay_more
from fondaco.simulator.world.placing import describe

_LIVE = "o.deleted_at is null and not o.is_test"
_PAID = f"{_LIVE} and o.financial_status = 'paid' and o.status in ('open', 'completed')"
_UNPAID = f"{_LIVE} and o.financial_status in ('pending', 'authorized') and o.status in ('open', 'pending')"
# After money without goods, whole lines would give back more than was paid.
_ONLY_GOODS_BACK = (
    "not exists (select 1 from refunds as r where r.order_id = o.order_id "
    "and r.kind in ('adjustment', 'discrepancy'))"
)
_GOODS_LEFT = (
    f"{_LIVE} and o.status in ('open', 'completed') and o.financial_status in ('paid', 'partially_refunded') "
    f"and {_ONLY_GOODS_BACK} and exists (select 1 from order_lines as l where l.order_id = o.order_id "
    "and l.current_quantity > 0 and l.removed_at is null and not l.is_gift_card)"
)

EVENTS: dict[str, tuple[float, str]] = {
    "partial": (0.22, _GOODS_LEFT),
    "whole": (0.16, _GOODS_LEFT),
    "adjustment": (0.08, _PAID),
    "capture": (0.14, _UNPAID),
    "edit": (0.12, f"{_PAID} and o.shop_id in (select shop_id from shops where platform = 'shopify')"),
    "cancel_paid": (0.08, f"{_PAID} and {_ONLY_GOODS_BACK}"),
    "cancel_unpaid": (0.05, _UNPAID),
    "delete": (0.06, _LIVE),
    "touch": (0.09, _LIVE),
}
"""Event → its share among events, and which orders (``o``) it may befall."""

_SHOWN_SHARE = 0.7


class Events:
    """Applies events to rows of a book at the instants ``at`` (one per order of the book)."""

    def __init__(
        self,
        rng: np.random.Generator,
        book: Book,
        at: Array,
        *,
        shops: tuple[Merchant, ...],
        catalog: Catalog,
        first_transaction: Array,
    ) -> None:
        self._rng = rng
        self._first_transaction = first_transaction
        self._book = book
        self._at = at
        self._catalog = catalog
        shop = book.orders["shop_id"]
        self._quiet = np.array([merchant.platform == "woocommerce" for merchant in shops])[shop]
        self._shop = shop

    def happen(self, event: str, rows: Array) -> int:
        """Let ``event`` befall the orders ``rows``; returns how many it could befall."""
        steps: dict[str, Callable[[Array], int]] = {
            "partial": self._partial, "whole": self._whole, "adjustment": self._adjust, "capture": self._capture,
            "edit": self._edit, "cancel_paid": self._cancel_paid, "cancel_unpaid": self._cancel,
            "delete": self._delete, "touch": self._touch,
        }  # fmt: skip
        return steps[event](rows) if len(rows) else 0

    def _partial(self, rows: Array) -> int:
        line, having = self._one_line_each(rows)
        units = 1 + (self._rng.random(len(line)) * self._book.lines["current_quantity"][line]).astype(
            np.int64
        )
        units = np.minimum(units, self._book.lines["current_quantity"][line])
        self._refund(having, "partial", "returned", line, units)
        return len(having)

    def _whole(self, rows: Array, kind: str = "whole", reason: str = "returned") -> int:
        lines = self._book.lines
        line = np.flatnonzero(
            np.isin(lines["row"], rows) & (lines["current_quantity"] > 0) & (lines["removed_at"] == NULL)
            & ~lines["is_gift_card"]
        )  # fmt: skip
        self._refund(rows, kind, reason, line, lines["current_quantity"][line], shipping=True)
        return len(rows)

    def _adjust(self, rows: Array) -> int:
        money = np.maximum(self._book.orders["placed_subtotal"][rows] // 20, 1)
        none = np.zeros(0, np.int64)
        self._refund(rows, "adjustment", "goodwill", none, none, adjustment=money)
        return len(rows)

    def _capture(self, rows: Array) -> int:
        orders, count = self._book.orders, len(rows)
        self._book.transact(
            rows, self._at[rows],
            {
                "kind": np.where(orders["authorized"][rows], CAPTURE, SALE).astype(np.int8),
                "status": np.full(count, SUCCESS, np.int8), "gateway": orders["gateway"][rows],
                "amount": orders["due"][rows] - orders["paid"][rows], "parent_id": self._first_transaction[rows],
            },
        )  # fmt: skip
        orders["status"][rows] = STATUS["open"]
        return count

    def _edit(self, rows: Array) -> int:
        rows = rows[(self._book.payment["id"][rows] != NULL).sum(axis=1) < SLOTS]
        catalog, before = self._catalog, self._book.orders["due"][rows]
        last_week = np.full(len(rows), catalog.weeks - 1)
        variant = catalog.pick(self._shop[rows], last_week, self._rng.random(len(rows)))
        self._book.add_lines(
            rows,
            {
                **describe(catalog, variant), "shop_id": self._shop[rows],
                "order_id": self._book.orders["order_id"][rows], "quantity": np.ones(len(rows), np.int64),
                "unit_price": catalog.variants["price"][variant],
            },
            self._at[rows],
        )  # fmt: skip
        pay_more(self._book, rows, self._at[rows], self._book.orders["due"][rows] - before)
        return len(rows)

    def _cancel_paid(self, rows: Array) -> int:
        self._cancel(rows)
        return self._whole(rows, "cancellation", "cancelled")

    def _cancel(self, rows: Array) -> int:
        self._book.orders["cancelled_at"][rows] = self._at[rows]
        self._book.orders["status"][rows] = STATUS["cancelled"]
        return self._touch(rows)

    def _delete(self, rows: Array) -> int:
        self._book.orders["deleted_at"][rows] = self._at[rows]
        return self._touch(rows)

    def _touch(self, rows: Array) -> int:
        self._book.touch(rows, self._at[rows])
        return len(rows)

    def _one_line_each(self, rows: Array) -> tuple[Array, Array]:
        """A random line with units left for each order that has one; and those orders."""
        lines = self._book.lines
        chance = self._rng.random(len(lines["row"]))
        left = (lines["current_quantity"] > 0) & (lines["removed_at"] == NULL) & ~lines["is_gift_card"]
        candidates = np.flatnonzero(left & np.isin(lines["row"], rows))
        shuffled = candidates[np.lexsort((chance[candidates], lines["row"][candidates]))]
        having, first = np.unique(lines["row"][shuffled], return_index=True)
        return shuffled[first], having

    def _refund(
        self, rows: Array, kind: str, reason: str, line: Array, units: Array, *, shipping: bool = False,
        adjustment: Array | None = None,
    ) -> None:  # fmt: skip
        count = len(rows)
        shown = ~self._quiet[rows] | (self._rng.random(count) < _SHOWN_SHARE)
        self._book.refund(
            rows, self._at[rows], np.full(count, REFUND_KIND[kind], np.int8), np.full(count, REASON[reason], np.int8),
            shown, lines=line, units=units, shipping=shipping, adjustment=adjustment,
        )  # fmt: skip
