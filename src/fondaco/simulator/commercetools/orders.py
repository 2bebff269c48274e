"""Orders and payments as commercetools shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.simulator.commercetools.money import Writer, instant, present
from fondaco.simulator.commercetools.resources import (
    CART_DISCOUNT,
    CODE,
    CUSTOMER,
    LINE,
    ORDER,
    PAYMENT,
    PRODUCT,
    RETURN,
    STATE_OF_ORDER,
    STATE_SQL,
    TRANSACTION,
    TYPE_SQL,
    uuid,
)

Row = dict[str, Any]
_IN = "where shop_id = $shop and order_id in (select unnest($ids))"
_LINES = """
select l.*, g.gross as placed_gross, g.discount as placed_discount, g.tax as placed_tax,
    (select count(*) from variants as v
     where v.shop_id = l.shop_id and v.product_id = l.product_id and v.variant_id <= l.variant_id) as variant_number
from order_lines as l
inner join ledger as g on g.line_id = l.line_id and g.action = 'order' and g.shop_id = l.shop_id
where l.shop_id = $shop and l.order_id in (select unnest($ids))
order by l.order_id, l.line_id
"""
_SHIPPING = """
select s.*, g.gross - g.discount as net
from shipping_lines as s
inner join ledger as g
    on g.order_id = s.order_id and g.line_type = 'shipping' and g.action = 'order' and g.shop_id = s.shop_id
where s.shop_id = $shop and s.order_id in (select unnest($ids))
"""
_RETURNS = """
select p.*, r.created_at from refund_lines as p inner join refunds as r using (shop_id, refund_id)
where p.shop_id = $shop and p.order_id in (select unnest($ids)) and p.line_type = 'product' and p.quantity > 0
order by p.order_id, p.refund_line_id
"""
_TRANSACTIONS = f"""
select t.*, {TYPE_SQL} as type, {STATE_SQL} as state from transactions as t
where t.shop_id = $shop and t.order_id in (select unnest($ids)) order by t.order_id, t.transaction_id
"""
_UNDECIDED_EVERY = 5
"""Every fifth return stays where it began: nobody says what became of the goods."""
_STATES = {"paid": "Paid", "partially_refunded": "Paid", "refunded": "Paid", "voided": "Failed"}
LANGUAGE = "en-US"


@dataclass(frozen=True, slots=True)
class _Parts:
    """What hangs on one order."""

    lines: list[Row]
    shipping: list[Row]
    shares: list[Row]
    codes: list[Row]
    returns: list[Row]
    has_payment: bool


class OrderBook:
    """Builds orders and payments of one project."""

    def __init__(self, store: Any, shop: Row) -> None:
        self._store = store
        self._shop = shop
        self._write = Writer(shop["currency"])

    def orders(self, numbers: Sequence[int]) -> list[Row]:
        found = {
            row["order_id"]: row
            for row in self._rows(f"select * exclude (person_id) from orders {_IN}", numbers)
        }
        lines, shipping = self._grouped(_LINES, numbers), self._grouped(_SHIPPING, numbers)
        shares = self._grouped(
            "select d.*, o.discount_id from line_discounts as d inner join order_discounts as o "
            "using (shop_id, order_id, discount_index) "
            "where d.shop_id = $shop and d.order_id in (select unnest($ids)) order by d.discount_index",
            numbers,
        )
        codes = self._grouped(f"select * from order_discounts {_IN} order by discount_index", numbers)
        returns = self._grouped(_RETURNS, numbers)
        paid = {
            row["order_id"]
            for row in self._rows(f"select distinct order_id from transactions {_IN}", numbers)
        }
        return [
            self._order(
                found[number],
                _Parts(
                    lines[number],
                    shipping[number],
                    shares[number],
                    codes[number],
                    returns[number],
                    number in paid,
                ),
            )
            for number in numbers
        ]

    def payments(self, numbers: Sequence[int]) -> list[Row]:
        orders = {
            row["order_id"]: row
            for row in self._rows(f"select order_id, gateway, placed_total from orders {_IN}", numbers)
        }
        transactions = self._grouped(_TRANSACTIONS, numbers)
        return [self._payment(orders[number], transactions[number]) for number in numbers]

    def _rows(self, sql: str, numbers: Sequence[int]) -> list[Row]:
        rows: list[Row] = self._store.rows(sql, {"shop": self._shop["shop_id"], "ids": list(numbers)})
        return rows

    def _grouped(self, sql: str, numbers: Sequence[int]) -> defaultdict[int, list[Row]]:
        groups: defaultdict[int, list[Row]] = defaultdict(list)
        for row in self._rows(sql, numbers):
            groups[row["order_id"]].append(row)
        return groups

    def _order(self, row: Row, parts: _Parts) -> Row:
        money, number = self._write.money, row["order_id"]
        net = row["placed_total"] - row["placed_tax"]
        address = {
            "country": row["country"],
            "city": row["city"],
            "phone": row["phone"],
            "email": row["email"],
        }
        coded = {each["discount_id"] for each in parts.codes if each["code"]}
        return present(
            {
                "id": uuid(ORDER, number), "version": 3, "createdAt": instant(row["created_at"]),
                "lastModifiedAt": instant(row["updated_at"]), "orderNumber": str(row["order_number"]),
                "completedAt": instant(row["processed_at"]) if row["processed_at"] != row["created_at"] else None,
                "customerId": uuid(CUSTOMER, row["customer_id"]) if row["customer_id"] else None,
                "anonymousId": None if row["customer_id"] else f"anonymous-{number}",
                "customerEmail": row["email"], "origin": "Customer", "country": row["country"],
                "orderState": STATE_OF_ORDER.get(row["status"], "Confirmed"),
                "paymentState": _STATES.get(row["financial_status"], "Pending"), "shipmentState": "Pending",
                "billingAddress": present(address), "shippingAddress": present(address), "syncInfo": [],
                "totalPrice": money(row["placed_total"] if self._shop["taxes_included"] else net),
                "taxedPrice": self._write.taxed(net, row["placed_tax"]), "taxMode": "Platform",
                "taxRoundingMode": "HalfUp", "taxCalculationMode": "LineItemLevel", "inventoryMode": "None",
                "shippingMode": "Single", "shipping": [], "customLineItems": [], "directDiscounts": [],
                "lineItems": [self._line(row, line, parts.shares) for line in parts.lines],
                "shippingInfo": self._shipping(parts.shipping[0]) if parts.shipping else None,
                "discountCodes": [
                    {"discountCode": {"typeId": "discount-code", "id": uuid(CODE, code)}, "state": "MatchesCart"}
                    for code in sorted(coded)
                ],
                "paymentInfo": (
                    {"payments": [{"typeId": "payment", "id": uuid(PAYMENT, number)}]} if parts.has_payment else None
                ),
                "returnInfo": [self._return(each) for each in parts.returns], "refusedGifts": [],
            }
        )  # fmt: skip

    def _line(self, order: Row, line: Row, shares: list[Row]) -> Row:
        money = self._write.money
        net = line["placed_gross"] - line["placed_discount"]
        total = line["quantity"] * line["unit_price"] - line["discount"]
        rate = 0 if order["tax_exempt"] else self._shop["tax_rate"]
        return {
            "id": uuid(LINE, line["line_id"]), "productId": uuid(PRODUCT, line["product_id"]),
            "name": {LANGUAGE: line["title"]}, "productType": {"typeId": "product-type", "id": uuid(99, 1)},
            "variant": {"id": line["variant_number"], "sku": line["sku"], "prices": [], "attributes": []},
            "price": {"id": uuid(98, line["variant_id"]), "value": money(line["unit_price"])},
            "quantity": line["quantity"], "totalPrice": money(total),
            "discountedPricePerQuantity": self._per_quantity(
                line, total, [share for share in shares if share["line_id"] == line["line_id"]]
            ),
            "taxedPrice": self._write.taxed(net, line["placed_tax"]), "taxedPricePortions": [],
            "taxRate": {
                "name": "tax", "amount": rate, "includedInPrice": self._shop["taxes_included"],
                "country": self._shop["country"], "id": "rate", "subRates": [],
            },
            "perMethodTaxRate": [], "priceMode": "Platform", "lineItemMode": "Standard", "state": [],
        }  # fmt: skip

    def _per_quantity(self, line: Row, total: int, shares: list[Row]) -> list[Row]:
        """Discounts stand at single units: so many units one cent dearer that the line's total comes out."""
        if not line["discount"]:
            return []
        low, dearer = divmod(total, line["quantity"])
        groups = [(line["quantity"] - dearer, low), (dearer, low + 1)]
        return [
            {
                "quantity": quantity,
                "discountedPrice": {
                    "value": self._write.money(price),
                    "includedDiscounts": self._included(line["unit_price"] - price, shares),
                },
            }
            for quantity, price in groups
            if quantity
        ]

    def _included(self, off: int, shares: list[Row]) -> list[Row]:
        whole, seen, given, parts = sum(share["amount"] for share in shares), 0, 0, []
        for share in shares:
            seen += share["amount"]
            part = off * seen // whole - given
            given += part
            discount = {"typeId": "cart-discount", "id": uuid(CART_DISCOUNT, share["discount_id"])}
            parts.append({"discount": discount, "discountedAmount": self._write.money(part)})
        return parts

    def _shipping(self, line: Row) -> Row:
        price = self._write.money(line["price"])
        info = {
            "shippingMethodName": line["title"], "price": price, "shippingRate": {"price": price, "tiers": []},
            "taxedPrice": self._write.taxed(line["net"], line["tax"]), "deliveries": [],
            "shippingMethodState": "MatchesCart",
        }  # fmt: skip
        if line["discount"]:
            value = self._write.money(line["price"] - line["discount"])
            info["discountedPrice"] = {"value": value, "includedDiscounts": []}
        return info

    @staticmethod
    def _return(piece: Row) -> Row:
        at = instant(piece["created_at"])
        item = {
            "type": "LineItemReturnItem", "id": uuid(RETURN, piece["refund_line_id"]), "quantity": piece["quantity"],
            "lineItemId": uuid(LINE, piece["line_id"]), "shipmentState": _shipment_state(piece), "paymentState": "Refunded",
            "createdAt": at, "lastModifiedAt": at,
        }  # fmt: skip
        return {"items": [item], "returnDate": at}

    def _payment(self, order: Row, transactions: list[Row]) -> Row:
        times = [each["processed_at"] for each in transactions]
        return {
            "id": uuid(PAYMENT, order["order_id"]), "version": len(transactions), "createdAt": instant(min(times)),
            "lastModifiedAt": instant(max(times)), "interfaceId": f"psp-{order['order_id']}",
            "amountPlanned": self._write.money(order["placed_total"]),
            "paymentMethodInfo": {"paymentInterface": order["gateway"], "method": order["gateway"]},
            "paymentStatus": {}, "interfaceInteractions": [],
            "transactions": [
                {
                    "id": uuid(TRANSACTION, each["transaction_id"]), "timestamp": instant(each["processed_at"]),
                    "type": each["type"], "amount": self._write.money(each["amount"]), "state": each["state"],
                    "interactionId": str(each["transaction_id"]),
                }
                for each in transactions
            ],
        }  # fmt: skip


def _shipment_state(piece: Row) -> str:
    if piece["refund_line_id"] % _UNDECIDED_EVERY == 0:
        return "Returned"
    return "BackInStock" if piece["restocked"] else "Unusable"
