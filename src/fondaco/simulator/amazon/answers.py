"""Orders, transactions and stock in the words of the Selling Partner API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fondaco.simulator.amazon.books import (
    COMMISSION_OFF,
    DEFERRED,
    FBA_FEE,
    FBA_TAX,
    Books,
    Line,
    Order,
    Refund,
    Returned,
)
from fondaco.simulator.store import Store

Row = dict[str, Any]
Fees = dict[str, dict[str, int]]
"""Group and name of a fee → what it is made of."""

MARKETPLACES = {
    "DE": ("A1PA6795UKMFR9", "Amazon.de"),
    "GB": ("A1F83G8C2ARO7P", "Amazon.co.uk"),
    "US": ("ATVPDKIKX0DER", "Amazon.com"),
}
_STOCK = """
select coalesce(nullif(v.sku, ''), 'SKU-' || v.variant_id) as sku, min(v.product_id) as product_id, min(v.title) as title,
    sum(i.available) as available, sum(i.on_hand) as on_hand, sum(i.incoming) as incoming, max(i.updated_at) as updated_at
from inventory as i
inner join variants as v on v.shop_id = i.shop_id and v.variant_id = i.variant_id
where i.shop_id = $shop
group by 1 order by 1
"""


class Answers:
    """A shop's records as Amazon tells them."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.currency = str(books.shop["currency"])
        self.marketplace, self.marketplace_name = MARKETPLACES[books.shop["country"]]

    def participations(self) -> list[Row]:
        marketplace = {
            "id": self.marketplace,
            "name": self.marketplace_name,
            "countryCode": self.books.shop["country"],
            "defaultCurrencyCode": self.currency,
            "defaultLanguageCode": "en_US",
            "domainName": f"www.{self.marketplace_name.lower()}",
        }
        standing = {"isParticipating": True, "hasSuspendedListings": False}
        other = {**marketplace, "id": "A2EUQ1WTGCTBG2", "name": "Amazon.ca", "defaultCurrencyCode": "CAD"}
        return [
            {"marketplace": marketplace, "storeName": self.books.shop["name"], "participation": standing},
            {"marketplace": other, "storeName": "", "participation": {**standing, "isParticipating": False}},
        ]

    def order(self, order: Order, wanted: set[str]) -> Row:
        told = order.status not in ("PENDING", "CANCELLED")
        record: Row = {
            "orderId": order.number,
            "createdTime": instant(order.created_at),
            "lastUpdatedTime": instant(order.updated_at),
            "programs": [],
            "salesChannel": {
                "channelName": "AMAZON",
                "marketplaceId": self.marketplace,
                "marketplaceName": self.marketplace_name,
            },
            "fulfillment": {
                "fulfillmentStatus": order.status,
                "fulfilledBy": "AMAZON" if order.by_amazon else "MERCHANT",
            },
            "orderItems": [self._item(line, told=told) for line in order.lines],
        }
        if told and "PROCEEDS" in wanted:
            total = sum(line.paid + line.shipping + line.shipping_tax for line in order.lines)
            record["proceeds"] = {"grandTotal": self._money(total)}
        if "BUYER" in wanted and not order.by_amazon:
            record["buyer"] = {
                "buyerName": "Of nobody's concern",
                "buyerEmail": f"b{order.order_id}@marketplace.amazon.example",
            }
        if "RECIPIENT" in wanted:
            address = {
                "city": order.buyer["city"],
                "countryCode": order.buyer["country"],
                "name": "Of nobody's concern",
            }
            record["recipient"] = {"deliveryAddress": address}
        return record

    def _item(self, line: Line, *, told: bool) -> Row:
        item: Row = {
            "orderItemId": str(line.line_id),
            "quantityOrdered": line.quantity,
            "product": {"asin": line.asin, "title": line.title, "sellerSku": line.sku},
        }
        if told:
            parts: list[tuple[str, int, list[tuple[str, int]]]] = [
                ("ITEM", line.gross, []),
                ("SHIPPING", line.shipping_price, []),
            ]
            discounts = [("ITEM", -line.discount), ("SHIPPING", -line.shipping_discount)]
            parts.append(("DISCOUNT", -line.discount - line.shipping_discount, discounts))
            taxes = [("ITEM", line.tax), ("SHIPPING", line.shipping_tax)]
            parts.append(("TAX", line.tax + line.shipping_tax, taxes))
            item["proceeds"] = {
                "proceedsTotal": self._money(line.paid + line.shipping + line.shipping_tax),
                "breakdowns": [self._part(*part) for part in parts if part[1]],
            }
        return item

    def _part(self, kind: str, amount: int, details: list[tuple[str, int]]) -> Row:
        part: Row = {"type": kind, "subtotal": self._money(amount)}
        if found := [{"subtype": name, "value": self._money(value)} for name, value in details if value]:
            part["detailedBreakdowns"] = found
        return part

    def transactions(self) -> list[Row]:
        """All that is booked by now, in the order of its instant."""
        found = [each for order in self.books.orders.values() for each in self._shipment(order)]
        found += [self._refund(refund) for refund in self.books.refunds]
        found += [self._charge(*charge) for charge in self.books.charges()]
        now = instant(self.books.now)
        return sorted(
            (each for each in found if each["postedDate"] <= now),
            key=lambda each: (each["postedDate"], each["transactionId"]),
        )

    def _shipment(self, order: Order) -> Iterator[Row]:
        """Held back for ten days; some releases are booked as a transaction of their own, which repeats the amounts."""
        if order.status != "SHIPPED":
            return
        released = order.booked_at + DEFERRED
        name, release = f"shipment-{order.order_id}", f"release-{order.order_id}"
        related = {"ORDER_ID": order.number}
        items = [self._shipped(line, order) for line in order.lines]
        is_released = released <= self.books.now
        twice = is_released and order.order_id % 5 == 0
        yield self._transaction(
            (name, "Shipment"),
            order.booked_at,
            items,
            {**related, **({"RELEASE_TRANSACTION_ID": release} if twice else {})},
            "DEFERRED_RELEASED" if is_released else "DEFERRED",
        )
        if twice:
            yield self._transaction(
                (release, "Shipment"),
                released,
                items,
                {**related, "DEFERRED_TRANSACTION_ID": name},
                "RELEASED",
            )

    def _shipped(self, line: Line, order: Order) -> Row:
        off = COMMISSION_OFF if line.commission and order.order_id % 3 == 0 else 0
        fees: Fees = {"AmazonFees/Commission": {"Base": -line.commission - off, "Promo": off}}
        if order.by_amazon:
            # The fees of fulfilment stand with the others, or by themselves.
            above = "FBAFees" if order.order_id % 4 == 0 else "AmazonFees"
            fees[f"{above}/FBAPerUnitFulfillmentFee"] = {
                "Base": -FBA_FEE * line.quantity,
                "Tax": -FBA_TAX * line.quantity,
            }
        return self._booked(
            line,
            line.quantity,
            {
                "ProductCharges/OurPricePrincipal": line.gross,
                "PromoRebates/OurPriceDiscount": -line.discount,
                "Shipping/ShippingPrincipal": line.shipping_price,
                "PromoRebates/ShippingDiscount": -line.shipping_discount,
                "Tax/OurPriceTax": line.tax,
                "Tax/ShippingTax": line.shipping_tax,
            },
            fees,
        )

    def _refund(self, refund: Refund) -> Row:
        items = [self._returned(part) for part in refund.parts]
        related = {"ORDER_ID": refund.order.number, "REFUND_ID": str(refund.refund_id)}
        name = f"refund-{refund.order.order_id}-{refund.refund_id}"
        return self._transaction((name, "Refund"), refund.booked_at, items, related, "RELEASED")

    def _returned(self, part: Returned) -> Row:
        if part.is_shipping:
            amounts = {
                "Shipping/ShippingPrincipal": part.gross,
                "PromoRebates/ShippingDiscount": -part.discount,
                "Tax/ShippingTax": part.tax,
            }
            return self._booked(None, 0, amounts, {})
        amounts = {
            "ProductCharges/OurPricePrincipal": part.gross,
            "PromoRebates/OurPriceDiscount": -part.discount,
            "Shipping/ShippingPrincipal": -part.free_delivery,
            "PromoRebates/ShippingDiscount": part.free_delivery,
            "Tax/OurPriceTax": part.tax,
        }
        fees: Fees = {
            "AmazonFees/Commission": {"Base": part.commission},
            "AmazonFees/RefundCommission": {"Base": -part.administration},
        }
        return self._booked(part.line, -part.quantity, amounts, fees)

    def _booked(self, line: Line | None, quantity: int, amounts: dict[str, int], fees: Fees) -> Row:
        parts: dict[str, list[Row]] = {}
        for path, amount in amounts.items():
            if amount:
                group, name = path.split("/")
                parts.setdefault(group, []).append(self._node(name, amount, []))
        for path, shares in fees.items():
            below = [self._node(share, amount, None) for share, amount in shares.items() if amount]
            if below:
                group, name = path.split("/")
                parts.setdefault(group, []).append(self._node(name, _sum(below), below))
        nodes = [self._node(group, _sum(below), below) for group, below in parts.items()]
        item: Row = {
            "description": line.title if line else "Delivery",
            "totalAmount": self._currency(_sum(nodes)),
            "breakdowns": nodes,
        }
        if line is not None:
            item["relatedIdentifiers"] = [
                {
                    "itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID",
                    "itemRelatedIdentifierValue": str(line.line_id),
                }
            ]
            product = {
                "contextType": "ProductContext",
                "sku": line.sku,
                "asin": line.asin,
                "quantityShipped": quantity,
            }
            item["contexts"] = [product]
        return item

    def _charge(self, at: datetime, name: str, amount: int) -> Row:
        is_ads = name == "ProductAdsCharge"
        leaf = self._node(name, -amount, [self._node("Base", -amount, None)])
        tree = (
            leaf if is_ads else self._node("Expenses", -amount, [self._node("AmazonFees", -amount, [leaf])])
        )
        kind = "ProductAdsPayment" if is_ads else "ServiceFee"
        record = self._transaction((f"{name}-{at:%Y-%m-%d}", kind), at, [], {}, "RELEASED")
        return record | {"breakdowns": [tree], "totalAmount": self._currency(-amount)}

    def _transaction(
        self, named: tuple[str, str], at: datetime, items: list[Row], related: dict[str, str], status: str
    ) -> Row:
        name, kind = named
        total = sum(round(item["totalAmount"]["currencyAmount"] * 100) for item in items)
        return {
            "sellingPartnerMetadata": {"sellingPartnerId": "ASIMULATED", "accountType": "Standard Orders", "marketplaceId": self.marketplace},
            "transactionType": kind,
            "transactionId": name,
            "transactionStatus": status,
            "description": kind,
            "postedDate": instant(at),
            "totalAmount": self._currency(total),
            "marketplaceDetails": {"marketplaceId": self.marketplace, "marketplaceName": self.marketplace_name},
            "relatedIdentifiers": [
                {"relatedIdentifierName": key, "relatedIdentifierValue": value} for key, value in related.items()
            ],
            "items": items,
            "breakdowns": None,
            "contexts": None,
        }  # fmt: skip

    def stock(self, store: Store) -> list[Row]:
        return [
            {
                "asin": f"B{row['product_id'] % 10**9:09d}",
                "fnSku": f"X{row['product_id'] % 10**9:09d}",
                "sellerSku": row["sku"],
                "condition": "NewItem",
                "productName": row["title"],
                "totalQuantity": int(row["on_hand"]),
                "lastUpdatedTime": instant(row["updated_at"]),
                "stores": [],
                "inventoryDetails": {
                    "fulfillableQuantity": int(row["available"]),
                    "inboundWorkingQuantity": int(row["incoming"]),
                    "inboundShippedQuantity": 0,
                    "inboundReceivingQuantity": 0,
                    "reservedQuantity": {"totalReservedQuantity": int(row["on_hand"] - row["available"])},
                    "unfulfillableQuantity": {"totalUnfulfillableQuantity": 0},
                },
            }
            for row in store.rows(_STOCK, {"shop": self.books.shop["shop_id"]})
        ]

    def _money(self, minor: int) -> Row:
        return {"amount": f"{minor / 100:.2f}", "currencyCode": self.currency}

    def _currency(self, minor: int) -> Row:
        return {"currencyAmount": minor / 100, "currencyCode": self.currency}

    def _node(self, kind: str, minor: int, below: list[Row] | None) -> Row:
        return {"breakdownType": kind, "breakdownAmount": self._currency(minor), "breakdowns": below}


def instant(moment: datetime) -> str:
    """As Amazon writes instants."""
    return moment.isoformat() + "Z"


def _sum(nodes: list[Row]) -> int:
    return sum(round(node["breakdownAmount"]["currencyAmount"] * 100) for node in nodes)
