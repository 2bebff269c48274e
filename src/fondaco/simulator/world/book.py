"""A set of orders with everything that hangs on them, and the movements of money that may happen to them.

The generator keeps one book per block and the running store one per step of time; both use the same movements, so
the laws between orders, lines, refunds, payments and ledger stand in one place.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fondaco.simulator.world import merchants as words
from fondaco.simulator.world.frames import NULL, Array, Frame, stack, take

SLOTS = 4
"""Successful payments an order may have."""

AUTHORIZATION, CAPTURE, SALE, REFUND, VOID = range(5)
SUCCESS, WAITING, FAILURE = range(3)
ORDERED, EDITED, RETURNED = range(3)
PRODUCT, SHIPPING, TIP, GIFT_CARD, DUTY, ADJUSTMENT = range(6)
PIECE_PRODUCT, PIECE_SHIPPING, PIECE_ADJUSTMENT = range(3)
STATUS = {word: code for code, word in enumerate(words.STATUSES)}
FINANCIAL = {word: code for code, word in enumerate(words.FINANCIAL)}
REFUND_KIND = {word: code for code, word in enumerate(words.REFUND_KINDS)}
REASON = {word: code for code, word in enumerate(words.REFUND_REASONS)}
GATEWAY = {word: code for code, word in enumerate(words.GATEWAYS)}

FIRST_IDS = {
    "orders": 600_000_000_001, "order_lines": 700_000_000_001, "shipping_lines": 800_000_000_001,
    "refunds": 900_000_000_001, "refund_lines": 1_000_000_000_001, "transactions": 1_100_000_000_001,
    "ledger": 1_200_000_000_001, "agreements": 1_300_000_000_001,
}  # fmt: skip
_FEES = {"shopify_payments": (29, 30), "stripe": (29, 30), "adyen": (29, 30), "paypal": (35, 35)}
_FEE_RATE = np.array([_FEES.get(gateway, (0, 0))[0] for gateway in words.GATEWAYS])
_FEE_FLAT = np.array([_FEES.get(gateway, (0, 0))[1] for gateway in words.GATEWAYS])


class Counters:
    """The next id of each table."""

    def __init__(self, following: Mapping[str, int] = FIRST_IDS) -> None:
        self._following = dict(following)

    def draw(self, table: str, count: int) -> Array:
        """``count`` fresh ids."""
        first = self._following[table]
        self._following[table] = first + count
        return np.arange(first, first + count)


def tax_in(displayed: Array, percent: Array, included: Array) -> Array:
    """Tax of an amount as displayed, half a cent rounded up: r/(1+r) of it where included, r of it where not."""
    base = np.where(included, 100 + percent, 100)
    return np.asarray((2 * displayed * percent + base) // (2 * base))


def before_tax(displayed: Array, percent: Array, included: Array) -> Array:
    """An amount as displayed, less the tax in it."""
    return np.asarray(np.where(included, displayed - tax_in(displayed, percent, included), displayed))


class Book:
    """Working columns besides those of the schema: ``percent`` and ``included`` (of the order's tax), ``due``, ``paid``,
    ``refunded``; on lines and shipping ``row`` (of the order), amounts before tax and how much of each came back.
    """

    def __init__(self, orders: Frame, lines: Frame, shipping: Frame, counters: Counters) -> None:
        self.orders = orders
        self.lines = lines
        self.shipping = shipping
        self.counters = counters
        self.made: dict[str, list[Frame]] = {}
        count = len(orders["order_id"])
        self.payment = {
            "id": np.full((count, SLOTS), NULL), "amount": np.zeros((count, SLOTS), np.int64),
            "back": np.zeros((count, SLOTS), np.int64), "gateway": np.zeros((count, SLOTS), np.int8),
        }  # fmt: skip

    def rows_made(self, table: str) -> Frame | None:
        """Everything added to ``table`` so far, as one frame; None if nothing was."""
        return stack(self.made[table]) if table in self.made else None

    def add(self, table: str, frame: Frame) -> None:
        """Keep new rows of ``table``."""
        if len(next(iter(frame.values()))):
            self.made.setdefault(table, []).append(frame)

    def touch(self, rows: Array, at: Array) -> None:
        """The vendor counts this as an update of the order."""
        np.maximum.at(self.orders["updated_at"], rows, at)

    def record(
        self, line_type: int, action: int, row: Array, at: Array, *, agreement: Array, amounts: Frame
    ) -> None:
        """Append to the ledger. ``amounts``: quantity, gross, discount, tax and, where there are any, line and refund."""
        count = len(row)
        none = np.full(count, NULL)
        self.add(
            "ledger",
            {
                "shop_id": self.orders["shop_id"][row], "ledger_id": self.counters.draw("ledger", count),
                "agreement_id": agreement, "order_id": self.orders["order_id"][row],
                "line_id": amounts.get("line_id", none), "refund_id": amounts.get("refund_id", none),
                "happened_at": at, "action": np.full(count, action, np.int8),
                "line_type": amounts.get("line_type", np.full(count, line_type, np.int8)),
                "quantity": amounts["quantity"], "gross": amounts["gross"], "discount": amounts["discount"],
                "tax": amounts["tax"], "row": row,
            },
        )  # fmt: skip

    # ---- lines -------------------------------------------------------------------------------------------------------

    def add_lines(self, rows: Array, lines: Frame, at: Array) -> None:
        """An edit adds one line without discount to each order; its worth becomes due."""
        percent, included = self.orders["percent"][rows], self.orders["included"][rows]
        worth = lines["quantity"] * lines["unit_price"]
        count, zero = len(rows), np.zeros(len(rows), np.int64)
        tax = tax_in(worth, percent, included)
        net = before_tax(worth, percent, included)
        fresh = {
            **lines, "row": rows, "line_id": self.counters.draw("order_lines", count),
            "current_quantity": lines["quantity"].copy(), "discount": zero, "tax": tax,
            "is_gift_card": np.zeros(count, bool), "added_at": at, "removed_at": np.full(count, NULL),
            "net_ex": net, "discount_ex": zero, "back_quantity": zero, "back_net": zero, "back_discount": zero,
            "back_tax": zero,
        }  # fmt: skip
        self.lines = stack([self.lines, {name: fresh[name] for name in self.lines}])
        self.record(
            PRODUCT, EDITED, rows, at, agreement=self.counters.draw("agreements", count),
            amounts={"line_id": fresh["line_id"], "quantity": lines["quantity"], "gross": net, "discount": zero, "tax": tax},
        )  # fmt: skip
        self.orders["due"][rows] += net + tax
        self._edited(rows, at)

    def remove_lines(self, line: Array, at: Array) -> None:
        """An edit removes whole lines that nothing has come back of; they are no longer due."""
        rows = self.lines["row"][line]
        part = take(self.lines, line)
        gross = part["net_ex"] + part["discount_ex"]
        self.record(
            PRODUCT, EDITED, rows, at, agreement=self.counters.draw("agreements", len(line)),
            amounts={
                "line_id": part["line_id"], "quantity": -part["quantity"], "gross": -gross,
                "discount": -part["discount_ex"], "tax": -part["tax"],
            },
        )  # fmt: skip
        self.lines["removed_at"][line] = at
        self.lines["current_quantity"][line] = 0
        np.subtract.at(self.orders["due"], rows, part["net_ex"] + part["tax"])
        self._edited(rows, at)

    def _edited(self, rows: Array, at: Array) -> None:
        self.orders["edited_at"][rows] = at
        self.touch(rows, at)

    # ---- money in ----------------------------------------------------------------------------------------------------

    def transact(self, row: Array, at: Array, columns: Frame) -> Array:
        """Write transactions and return their ids. Successful sales and captures fill a payment slot and pay the order."""
        count = len(row)
        kind, status, gateway = columns["kind"], columns["status"], columns["gateway"]
        ids = self.counters.draw("transactions", count)
        pays = (status == SUCCESS) & ((kind == SALE) | (kind == CAPTURE))
        charged = pays & (_FEE_RATE[gateway] > 0)
        fee = columns["amount"] * _FEE_RATE[gateway] // 1_000 + _FEE_FLAT[gateway]
        none = np.full(count, NULL)
        self.add(
            "transactions",
            {
                "shop_id": self.orders["shop_id"][row], "transaction_id": ids, "order_id": self.orders["order_id"][row],
                "parent_id": columns.get("parent_id", none), "refund_id": columns.get("refund_id", none),
                "kind": kind, "status": status, "gateway": gateway, "processed_at": at, "amount": columns["amount"],
                "fee": np.where(charged, fee, NULL), "is_test": self.orders["is_test"][row],
            },
        )  # fmt: skip
        self._fill_slots(row[pays], ids[pays], columns["amount"][pays], gateway[pays])
        self.touch(row, np.maximum(at, self.orders["created_at"][row]))
        return ids

    def _fill_slots(self, row: Array, ids: Array, amount: Array, gateway: Array) -> None:
        slot = (self.payment["id"][row] != NULL).sum(axis=1)
        self.payment["id"][row, slot] = ids
        self.payment["amount"][row, slot] = amount
        self.payment["gateway"][row, slot] = gateway
        self.orders["paid"][row] += amount

    # ---- money back --------------------------------------------------------------------------------------------------

    def refund(
        self, rows: Array, at: Array, kind: Array, reason: Array, moves: Array, *,
        lines: Array | None = None, units: Array | None = None, tax_only: bool = False,
        shipping: bool = False, adjustment: Array | None = None,
    ) -> None:  # fmt: skip
        """One refund for each of ``rows`` (distinct orders).

        Parameters
        ----------
        lines, units
            Lines that come back and how many of each; with ``tax_only`` no goods, but all tax that is left on them.
        shipping
            Give back what is left of the shipping charges of these orders.
        adjustment
            Further money per order, before tax and without tax; negative keeps some back (a restocking fee).
        """
        count = len(rows)
        if not count:
            return
        at_of, refund_of = np.zeros(self._size, np.int64), np.zeros(self._size, np.int64)
        agreement_of, amount = np.zeros(self._size, np.int64), np.zeros(self._size, np.int64)
        sound = np.zeros(self._size, bool)
        refund_of[rows], at_of[rows] = self.counters.draw("refunds", count), at
        agreement_of[rows] = self.counters.draw("agreements", count)
        sound[rows] = reason != REASON["damaged"]
        event = (at_of, refund_of, agreement_of, amount, sound)
        if lines is not None and units is not None:
            self._return_lines(lines, units, tax_only, event)
        if shipping:
            chosen = np.zeros(self._size, bool)
            chosen[rows] = True
            self._return_shipping(np.flatnonzero(chosen[self.shipping["row"]]), event)
        if adjustment is not None:
            some = adjustment != 0
            self._piece(PIECE_ADJUSTMENT, rows[some], event, {"net": adjustment[some]})
        self.add(
            "refunds",
            {
                "shop_id": self.orders["shop_id"][rows], "refund_id": refund_of[rows],
                "order_id": self.orders["order_id"][rows], "created_at": at, "reason": reason, "kind": kind,
                "amount": amount[rows], "moves_order_updated_at": moves,
            },
        )  # fmt: skip
        self.orders["refunded"][rows] += amount[rows]
        self._pay_back(rows, at, refund_of[rows], amount[rows])
        self.touch(rows[moves], at[moves])

    @property
    def _size(self) -> int:
        return len(self.orders["order_id"])

    def _return_lines(self, line: Array, units: Array, tax_only: bool, event: tuple[Array, ...]) -> None:
        part = take(self.lines, line)
        if tax_only:
            units = np.zeros(len(line), np.int64)
            net = discount = units
            tax = part["tax"] - part["back_tax"]
        else:
            after = part["back_quantity"] + units
            net = self._share(part, "net_ex", "back_net", after)
            discount = self._share(part, "discount_ex", "back_discount", after)
            tax = self._share(part, "tax", "back_tax", after)
        for name, moved in (("quantity", units), ("net", net), ("discount", discount), ("tax", tax)):
            self.lines[f"back_{name}"][line] += moved
        self.lines["current_quantity"][line] -= units
        self._piece(
            PIECE_PRODUCT, part["row"], event,
            {"line_id": part["line_id"], "quantity": units, "net": net, "discount": discount, "tax": tax},
        )  # fmt: skip

    @staticmethod
    def _share(part: Frame, whole: str, back: str, after: Array) -> Array:
        """What must come back so that ``after`` units have brought back their share, and all units everything."""
        target = part[whole] * after // np.maximum(part["quantity"], 1)
        return np.asarray(np.maximum(target - part[back], 0))

    def _return_shipping(self, shipping: Array, event: tuple[Array, ...]) -> None:
        part = take(self.shipping, shipping)
        net, tax = part["net_ex"] - part["back_net"], part["tax"] - part["back_tax"]
        left = net + tax > 0
        self.shipping["back_net"][shipping] += net
        self.shipping["back_tax"][shipping] += tax
        self._piece(PIECE_SHIPPING, part["row"][left], event, {"net": net[left], "tax": tax[left]})

    def _piece(self, piece: int, row: Array, event: tuple[Array, ...], moved: Frame) -> None:
        """One refund line and its ledger row for each of ``row``."""
        at_of, refund_of, agreement_of, amount, sound = event
        count = len(row)
        zero = np.zeros(count, np.int64)
        net, tax = moved["net"], moved.get("tax", zero)
        discount, quantity = moved.get("discount", zero), moved.get("quantity", zero)
        line_id = moved.get("line_id", np.full(count, NULL))
        np.add.at(amount, row, net + tax)
        self.add(
            "refund_lines",
            {
                "shop_id": self.orders["shop_id"][row], "refund_line_id": self.counters.draw("refund_lines", count),
                "refund_id": refund_of[row], "order_id": self.orders["order_id"][row], "line_id": line_id,
                "line_type": np.full(count, piece, np.int8), "quantity": quantity, "amount": net, "tax": tax,
                "restocked": (quantity > 0) & sound[row],
            },
        )  # fmt: skip
        self.record(
            (PRODUCT, SHIPPING, ADJUSTMENT)[piece], RETURNED, row, at_of[row], agreement=agreement_of[row],
            amounts={
                "line_id": line_id, "refund_id": refund_of[row], "quantity": -quantity, "gross": -(net + discount),
                "discount": -discount, "tax": -tax,
            },
        )  # fmt: skip

    def _pay_back(self, rows: Array, at: Array, refund: Array, amount: Array) -> None:
        """Refund transactions, each against one payment and never above what is left of it."""
        left = amount.copy()
        for slot in range(SLOTS):
            room = self.payment["amount"][rows, slot] - self.payment["back"][rows, slot]
            part = np.minimum(left, room)
            some = part > 0
            self.payment["back"][rows, slot] += part
            left -= part
            count = int(some.sum())
            none = np.full(count, NULL)
            chosen = rows[some]
            self.add(
                "transactions",
                {
                    "shop_id": self.orders["shop_id"][chosen],
                    "transaction_id": self.counters.draw("transactions", count),
                    "order_id": self.orders["order_id"][chosen], "parent_id": self.payment["id"][chosen, slot],
                    "refund_id": refund[some], "kind": np.full(count, REFUND, np.int8),
                    "status": np.full(count, SUCCESS, np.int8), "gateway": self.payment["gateway"][chosen, slot],
                    "processed_at": at[some], "amount": part[some], "fee": none,
                    "is_test": self.orders["is_test"][chosen],
                },
            )  # fmt: skip
        if left.any():
            raise ArithmeticError(f"{int((left > 0).sum())} refunds exceed what was paid")

    # ---- the end of it -----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Set ``financial_status`` from what is due, paid and given back."""
        orders = self.orders
        due, paid, refunded = orders["due"], orders["paid"], orders["refunded"]
        cancelled = orders["cancelled_at"] != NULL
        orders["financial_status"] = np.select(
            [
                cancelled & (paid == 0), (paid > 0) & (refunded >= paid), refunded > 0, (paid > 0) & (paid < due),
                (paid >= due), orders["authorized"],
            ],
            [
                FINANCIAL["voided"], FINANCIAL["refunded"], FINANCIAL["partially_refunded"],
                FINANCIAL["partially_paid"], FINANCIAL["paid"], FINANCIAL["authorized"],
            ],
            FINANCIAL["pending"],
        ).astype(np.int8)  # fmt: skip
