"""Invoices, shipments, credit memos and transactions as Magento shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fondaco.simulator.magento.lists import CHILDREN
from fondaco.simulator.magento.sales import LINES, is_configurable, store_of
from fondaco.simulator.magento.words import Row, WorldStore, instant, money, tax_portion, twice

_TRANSACTIONS = "select * from transactions where shop_id = $shop and transaction_id in (select unnest($ids))"
_REFUNDS = """
select r.*, o.tax_exempt, o.currency,
    (select min(t.transaction_id) from transactions as t where t.shop_id = r.shop_id and t.order_id = r.order_id
        and t.status = 'success' and t.kind in ('sale', 'capture')) as invoice_id
from refunds as r inner join orders as o using (shop_id, order_id)
where r.shop_id = $shop and r.refund_id in (select unnest($ids))
"""
_REFUND_LINES = (
    "select * from refund_lines where shop_id = $shop and refund_id in (select unnest($ids)) order by all"
)
_ORDERS = "select * from orders where shop_id = $shop and order_id in (select unnest($ids))"
_KINDS = {"sale": "capture"}
SHIPPED_FROM = "main-warehouse"


class Documents:
    """Builds what follows an order in one shop."""

    def __init__(self, store: WorldStore, shop: Row) -> None:
        self._store = store
        self._shop = shop

    def invoices(self, numbers: Sequence[int]) -> list[Row]:
        found = {row["transaction_id"]: row for row in self._rows(_TRANSACTIONS, numbers)}
        return [self._invoice(found[number]) for number in numbers]

    def transactions(self, numbers: Sequence[int]) -> list[Row]:
        found = {row["transaction_id"]: row for row in self._rows(_TRANSACTIONS, numbers)}
        return [_transaction(found[number]) for number in numbers]

    def shipments(self, numbers: Sequence[int]) -> list[Row]:
        found = {row["order_id"]: row for row in self._rows(_ORDERS, numbers)}
        lines: defaultdict[int, list[Row]] = defaultdict(list)
        for line in self._rows(LINES, numbers):
            lines[line["order_id"]].append(line)
        return [_shipment(found[number], lines[number]) for number in numbers]

    def credit_memos(self, numbers: Sequence[int]) -> list[Row]:
        found = {row["refund_id"]: row for row in self._rows(_REFUNDS, numbers)}
        orders = sorted({row["order_id"] for row in found.values()})
        lines = {line["line_id"]: line for line in self._rows(LINES, orders)}
        pieces: defaultdict[int, list[Row]] = defaultdict(list)
        for piece in self._rows(_REFUND_LINES, numbers):
            pieces[piece["refund_id"]].append(piece)
        return [self._credit_memo(found[number], pieces[number], lines) for number in numbers]

    def _rows(self, sql: str, numbers: Sequence[int]) -> list[Row]:
        return self._store.rows(sql, {"shop": self._shop["shop_id"], "ids": list(numbers)})

    def _invoice(self, row: Row) -> Row:
        currency = self._shop["currency"]
        return {
            "entity_id": row["transaction_id"], "order_id": row["order_id"], "store_id": store_of(row["order_id"]),
            "increment_id": f"{row['transaction_id'] % 10**9:09d}", "state": 2, "transaction_id": str(row["transaction_id"]),
            "created_at": instant(row["processed_at"]), "updated_at": instant(row["processed_at"]),
            "base_currency_code": currency, "order_currency_code": currency, "items": [], "comments": [],
            **twice({"grand_total": row["amount"], "subtotal": row["amount"]}),
        }  # fmt: skip

    def _credit_memo(self, row: Row, pieces: list[Row], lines: dict[int, Row]) -> Row:
        is_taxed = self._shop["taxes_included"] and not row["tax_exempt"]
        goods = [piece for piece in pieces if piece["line_type"] == "product"]
        items = [_memo_item(piece, lines[piece["line_id"]], is_taxed=is_taxed) for piece in goods]
        shipping = [piece for piece in pieces if piece["line_type"] == "shipping"]
        adjustment = sum(piece["amount"] for piece in pieces if piece["line_type"] == "adjustment")
        currency = self._shop["currency"]
        return {
            "entity_id": row["refund_id"], "order_id": row["order_id"], "invoice_id": row["invoice_id"],
            "store_id": store_of(row["order_id"]), "increment_id": f"{row['refund_id'] % 10**9:09d}", "state": 2,
            "created_at": instant(row["created_at"]), "updated_at": instant(row["created_at"]),
            "base_currency_code": currency, "order_currency_code": currency,
            **twice({
                "subtotal": sum(item["row_total"] for item in items),
                "discount_amount": -sum(item["discount_amount"] for item in items),
                "discount_tax_compensation_amount": sum(item["discount_tax_compensation_amount"] for item in items),
                "tax_amount": sum(piece["tax"] for piece in pieces),
                "shipping_amount": sum(piece["amount"] for piece in shipping),
                "shipping_tax_amount": sum(piece["tax"] for piece in shipping),
                "adjustment_positive": max(adjustment, 0), "adjustment_negative": max(-adjustment, 0),
                "adjustment": adjustment, "grand_total": row["amount"],
            }),
            "items": [
                shown
                for piece, item in zip(goods, items, strict=True)
                for shown in _shown(piece, item, lines[piece["line_id"]])
            ],
            "comments": [{"comment": row["reason"], "created_at": instant(row["created_at"]), "is_customer_notified": 0}],
        }  # fmt: skip


def _memo_item(piece: Row, line: Row, *, is_taxed: bool) -> dict[str, int]:
    """Amounts of one item: its part of the line's discount is told beside what the pieces cost before it."""
    net_off = line["discount_net"] * piece["quantity"] // line["quantity"] if piece["amount"] else 0
    off = (
        line["discount"] * piece["quantity"] // line["quantity"] if piece["amount"] and is_taxed else net_off
    )
    return {
        "row_total": piece["amount"] + net_off,
        "discount_amount": off,
        "tax_amount": piece["tax"],
        "discount_tax_compensation_amount": tax_portion(off, net_off, is_taxed=is_taxed),
    }


def _shown(piece: Row, item: dict[str, int], line: Row) -> list[Row]:
    number = piece["refund_line_id"]
    shown = {
        "entity_id": number, "parent_id": piece["refund_id"], "order_item_id": line["line_id"], "sku": line["sku"],
        "product_id": line["product_id"], "name": line["title"], "qty": piece["quantity"], **twice(item),
    }  # fmt: skip
    if not is_configurable(line):
        return [shown]
    nothing = dict.fromkeys(item, 0)
    child = {
        **shown, "entity_id": number + CHILDREN, "order_item_id": line["line_id"] + CHILDREN,
        "product_id": line["variant_id"], **twice(nothing),
    }  # fmt: skip
    return [shown, child]


def _shipment(row: Row, lines: list[Row]) -> Row:
    number = row["order_id"]
    return {
        "entity_id": number, "order_id": number, "store_id": store_of(number), "increment_id": f"{number % 10**9:09d}",
        "created_at": instant(row["created_at"]), "updated_at": instant(row["updated_at"]),
        "total_qty": sum(line["quantity"] for line in lines),
        "items": [
            {
                "entity_id": line["line_id"], "parent_id": number, "order_item_id": line["line_id"], "sku": line["sku"],
                "product_id": line["product_id"], "name": line["title"], "qty": line["quantity"],
                "price": money(line["unit_price"]),
            }
            for line in lines
        ],
        "tracks": [{"track_number": "SIM1", "carrier_code": "custom", "title": "Post"}], "comments": [],
        "extension_attributes": {"source_code": SHIPPED_FROM},
    }  # fmt: skip


def _transaction(row: Row) -> Row:
    return {
        "transaction_id": row["transaction_id"], "order_id": row["order_id"], "payment_id": row["order_id"],
        **({"parent_id": row["parent_id"]} if row["parent_id"] else {}), "txn_id": f"sim-{row['transaction_id']}",
        "txn_type": _KINDS.get(row["kind"], row["kind"]), "is_closed": 1, "created_at": instant(row["processed_at"]),
        "additional_information": ["raw traffic of the gateway"], "child_transactions": [],
    }  # fmt: skip
