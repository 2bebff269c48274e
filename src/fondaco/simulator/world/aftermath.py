"""What happens to orders after they are placed: payment, edits, cancellations, refunds, fulfilment, deletion."""

from __future__ import annotations

import numpy as np

from fondaco.simulator.world.book import REASON, REFUND_KIND, STATUS, Book
from fondaco.simulator.world.catalog import WEEK
from fondaco.simulator.world.frames import DAY, NULL, Array
from fondaco.simulator.world.payments import HOUR, pay, pay_more
from fondaco.simulator.world.placing import Block, Setting, describe
from fondaco.simulator.world.stories import Story

_PENDING_UNTIL_PAID = ("woocommerce", "magento")
_SHOWN_SHARE = 0.7  # of WooCommerce refunds: those that move the order's updated_at


class Aftermath:
    """Lives the stories of one block through to ``setting.end``; nothing happens after it."""

    def __init__(self, rng: np.random.Generator, setting: Setting, block: Block, book: Book) -> None:
        self._rng = rng
        self._setting = setting
        self._block = block
        self._book = book
        self._end = setting.end
        keeps_unpaid = np.array([shop.platform in _PENDING_UNTIL_PAID for shop in setting.shops])
        self._waits = keeps_unpaid[block.shop]
        self._quiet = np.array([shop.platform == "woocommerce" for shop in setting.shops])[block.shop]
        self._first = np.searchsorted(book.lines["row"], np.arange(len(block.at)))
        self._lines = np.bincount(book.lines["row"], minlength=len(block.at))

    def live(self, plan: Array) -> None:
        """Everything, in the order in which it can happen."""
        changed_at = self._edits_and_cancellations_before_payment()
        self._paid_at = pay(self._rng, self._book, plan, changed_at, self._end)
        self._paid = self._paid_at != NULL
        self._since = np.maximum(self._paid_at, self._book.orders["created_at"])
        self._add_lines()
        self._cancel_paid()
        self._refunds()
        self._fulfil()
        self._book.settle()

    # ---- before payment ----------------------------------------------------------------------------------------------

    def _edits_and_cancellations_before_payment(self) -> Array:
        orders, story = self._book.orders, self._block.story
        changed_at = np.full(len(story), NULL)
        hours = self._rng.integers(18, 37, len(story)) * HOUR
        at = orders["created_at"] + hours
        edited = np.flatnonzero((story == Story.EDIT_REMOVE) & (at <= self._end))
        self._book.remove_lines(self._first[edited] + 1, at[edited])
        changed_at[edited] = at[edited]
        cancelled = np.flatnonzero((story == Story.CANCEL_UNPAID) & (at <= self._end))
        changed_at[cancelled] = at[cancelled]
        self._cancel(cancelled, at[cancelled])
        return changed_at

    def _cancel(self, rows: Array, at: Array) -> None:
        self._book.orders["cancelled_at"][rows] = at
        self._book.orders["status"][rows] = STATUS["cancelled"]
        self._book.touch(rows, at)

    # ---- after payment -----------------------------------------------------------------------------------------------

    def _due(self, stories: tuple[Story, ...], least: int, most: int, unit: int = DAY) -> tuple[Array, Array]:
        """Paid orders with one of these stories and an instant ``least`` to ``most`` units after payment, not after now."""
        rows = np.flatnonzero(np.isin(self._block.story, stories) & self._paid)
        at = (
            self._since[rows]
            + self._rng.integers(least * unit, most * unit, len(rows)) // 1_000_000 * 1_000_000
        )
        past = at <= self._end
        return rows[past], at[past]

    def _add_lines(self) -> None:
        rows, at = self._due((Story.EDIT_ADD,), 18, 36, HOUR)
        self._add_line(rows, at)
        rows, at = self._due((Story.EXCHANGE,), 5, 15)
        line = self._one_line(rows)
        self._refund(rows, at, "partial", "exchange", lines=line, units=np.ones(len(rows), np.int64))
        self._add_line(rows, at)

    def _add_line(self, rows: Array, at: Array) -> None:
        catalog, shop = self._setting.catalog, self._block.shop[rows]
        week = np.clip((at - self._setting.start) // WEEK, 0, catalog.weeks - 1)
        variant = catalog.pick(shop, week, self._rng.random(len(rows)))
        before = self._book.orders["due"][rows]
        self._book.add_lines(
            rows,
            {
                **describe(catalog, variant),
                "shop_id": shop,
                "order_id": self._book.orders["order_id"][rows],
                "quantity": np.ones(len(rows), np.int64),
                "unit_price": catalog.variants["price"][variant],
            },
            at,
        )
        pay_more(
            self._book, rows, np.minimum(at + 600_000_000, self._end), self._book.orders["due"][rows] - before
        )

    def _cancel_paid(self) -> None:
        rows, at = self._due((Story.CANCEL_PAID,), 1, 36, HOUR)
        self._cancel(rows, at)
        self._whole(rows, at, "cancellation", "cancelled")

    def _refunds(self) -> None:
        self._whole(*self._due((Story.WHOLE,), 2, 30), "whole", "returned")
        self._partial(*self._due((Story.PARTIAL,), 2, 30), "returned")
        rows, at = self._due((Story.PARTIAL_THEN_REST,), 2, 20)
        self._partial(rows, at, "damaged")
        later = at + self._rng.integers(5, 20, len(rows)) * DAY
        self._whole(rows[later <= self._end], later[later <= self._end], "partial", "returned")
        rows, at = self._due((Story.LATE,), 60, 200)
        whole = self._rng.random(len(rows)) < 0.5
        self._whole(rows[whole], at[whole], "whole", "returned")
        self._partial(rows[~whole], at[~whole], "returned")
        rows, at = self._due((Story.SHIPPING,), 2, 12)
        self._refund(rows, at, "shipping", "late delivery", shipping=True)
        rows, at = self._due((Story.TAX_ONLY,), 2, 30)
        line = self._all_lines(rows)
        self._refund(rows, at, "partial", "tax exemption shown", lines=line, units=line, tax_only=True)
        rows, at = self._due((Story.ADJUSTMENT,), 2, 30)
        goodwill = np.maximum(self._book.orders["placed_subtotal"][rows] // 10, 1)
        self._refund(rows, at, "adjustment", "goodwill", adjustment=goodwill)
        self._discrepancies()

    def _discrepancies(self) -> None:
        """One unit comes back; the shop gives two units of money on top, or keeps a restocking fee."""
        rows, at = self._due((Story.DISCREPANCY,), 2, 30)
        line = self._one_line(rows)
        unit = self._book.lines["net_ex"][line] // self._book.lines["quantity"][line]
        keeps = (self._rng.random(len(rows)) < 0.5) & ~self._quiet[rows]
        money = np.where(keeps, -np.maximum(unit // 10, 1), 200)
        ones = np.ones(len(rows), np.int64)
        self._refund(rows, at, "discrepancy", "damaged", lines=line, units=ones, adjustment=money)

    def _whole(self, rows: Array, at: Array, kind: str, reason: str) -> None:
        line = self._all_lines(rows)
        units = self._book.lines["current_quantity"][line]
        self._refund(rows, at, kind, reason, lines=line[units > 0], units=units[units > 0], shipping=True)

    def _partial(self, rows: Array, at: Array, reason: str) -> None:
        line = self._one_line(rows)
        most = self._book.lines["current_quantity"][line]
        units = 1 + (self._rng.random(len(rows)) * most).astype(np.int64)
        self._refund(rows, at, "partial", reason, lines=line, units=np.minimum(units, most))

    def _refund(
        self, rows: Array, at: Array, kind: str, reason: str, *,
        lines: Array | None = None, units: Array | None = None, tax_only: bool = False, shipping: bool = False,
        adjustment: Array | None = None,
    ) -> None:  # fmt: skip
        count = len(rows)
        quiet = self._quiet[rows] & (self._rng.random(count) > _SHOWN_SHARE)
        self._book.refund(
            rows, at, np.full(count, REFUND_KIND[kind], np.int8), np.full(count, REASON[reason], np.int8), ~quiet,
            lines=lines, units=units, tax_only=tax_only, shipping=shipping, adjustment=adjustment,
        )  # fmt: skip

    def _all_lines(self, rows: Array) -> Array:
        chosen = np.zeros(len(self._block.at), bool)
        chosen[rows] = True
        lines = self._book.lines
        return np.flatnonzero(chosen[lines["row"]] & (lines["removed_at"] == NULL) & ~lines["is_gift_card"])

    def _one_line(self, rows: Array) -> Array:
        return np.asarray(
            self._first[rows] + (self._rng.random(len(rows)) * self._lines[rows]).astype(np.int64)
        )

    # ---- the rest ----------------------------------------------------------------------------------------------------

    def _fulfil(self) -> None:
        orders, story, count = self._book.orders, self._block.story, len(self._block.at)
        at = self._since + self._rng.integers(20, 96, count) * HOUR
        done = self._paid & (at <= self._end) & (orders["cancelled_at"] == NULL)
        orders["status"][done] = STATUS["completed"]
        self._book.touch(np.flatnonzero(done), at[done])
        waits = (
            np.isin(story, (Story.PENDING, Story.CANCEL_UNPAID))
            & self._waits
            & (orders["cancelled_at"] == NULL)
        )
        orders["status"][waits] = STATUS["pending"]
        orders["status"][story == Story.FAILED] = STATUS["failed"]
        for name, column in ((Story.DELETED, "deleted_at"), (Story.TOUCHED_LATER, "updated_at")):
            least, most = (1, 20) if name == Story.DELETED else (30, 150)
            later = (
                orders["created_at"]
                + self._rng.integers(least * DAY, most * DAY, count) // 1_000_000 * 1_000_000
            )
            rows = np.flatnonzero((story == name) & (later <= self._end))
            orders[column][rows] = later[rows]
            self._book.touch(rows, later[rows])
