"""What becomes of Amazon's records before they are kept: personal data that nobody asked for goes, and trees of amounts become rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from fondaco.clock import parse_instant
from fondaco.money import decimal_of

Record = dict[str, Any]

_ORDER_IDENTIFIERS = {
    "ORDER_ID": "orderId",
    "DEFERRED_TRANSACTION_ID": "deferredTransactionId",
    "RELEASE_TRANSACTION_ID": "releaseTransactionId",
    "SETTLEMENT_ID": "settlementId",
    "REFUND_ID": "refundId",
}
_KEPT_OF_ORDERS = (
    "orderId", "createdTime", "lastUpdatedTime", "programs", "salesChannel", "associatedOrders",
)  # fmt: skip
UNTOLD = "Untold"
"""The path of what a transaction's parts leave of its total."""


def order(record: Record) -> Record:
    """An order without names, streets, telephone numbers and gift messages; its amounts as one list."""
    kept = {name: record.get(name) for name in _KEPT_OF_ORDERS}
    address = _of(_of(record, "recipient"), "deliveryAddress")
    buyer = _of(record, "buyer")
    return kept | {
        "buyerEmail": buyer.get("buyerEmail"),
        "isBusiness": "AMAZON_BUSINESS" in (record.get("programs") or ()),
        "city": address.get("city"),
        "country": address.get("countryCode"),
        "grandTotal": _of(record, "proceeds").get("grandTotal"),
        "fulfillmentStatus": _of(record, "fulfillment").get("fulfillmentStatus"),
        "fulfilledBy": _of(record, "fulfillment").get("fulfilledBy"),
        "orderItems": [_item(item) for item in record.get("orderItems") or ()],
        "amounts": list(_amounts(record)),
    }


def _item(item: Record) -> Record:
    product, price = _of(item, "product"), _of(_of(item, "product"), "price")
    executed = _of(_of(item, "cancellation"), "cancellationExecution")
    return {
        "orderItemId": item.get("orderItemId"),
        "quantityOrdered": item.get("quantityOrdered"),
        "quantityFulfilled": _of(item, "fulfillment").get("quantityFulfilled"),
        "asin": product.get("asin"),
        "sellerSku": product.get("sellerSku"),
        "title": product.get("title"),
        "unitPrice": price.get("unitPrice"),
        "priceDesignation": price.get("priceDesignation"),
        "proceedsTotal": _of(item, "proceeds").get("proceedsTotal"),
        "cancelledBy": executed.get("cancelledBy"),
        "promotionIds": [one.get("promotionId") for one in _of(item, "promotion").get("breakdowns") or ()],
    }


def _amounts(record: Record) -> Iterator[Record]:
    """Amounts of items, and of the order those that belong to no item."""
    for item in record.get("orderItems") or ():
        for part in _of(item, "proceeds").get("breakdowns") or ():
            yield _amount(item.get("orderItemId"), part.get("type"), None, _of(part, "subtotal"))
            for detail in part.get("detailedBreakdowns") or ():
                yield _amount(
                    item.get("orderItemId"), part.get("type"), detail.get("subtype"), _of(detail, "value")
                )
    for part in _of(record, "proceeds").get("breakdowns") or ():
        if part.get("type") == "DELIVERY_TIP":
            yield _amount(None, part["type"], None, _of(part, "subtotal"))


def _amount(item: str | None, kind: str | None, subtype: str | None, money: Record) -> Record:
    return {
        "orderItemId": item,
        "type": kind,
        "subtype": subtype,
        "amount": money.get("amount"),
        "currency": money.get("currencyCode"),
    }


def transaction(record: Record) -> Record:
    """A transaction with its tree of amounts cut into leaves, which add up to its total."""
    identifiers = {
        _ORDER_IDENTIFIERS[one["relatedIdentifierName"]]: one.get("relatedIdentifierValue")
        for one in record.get("relatedIdentifiers") or ()
        if one.get("relatedIdentifierName") in _ORDER_IDENTIFIERS
    }
    place = _of(record, "marketplaceDetails") or _of(record, "sellingPartnerMetadata")
    posted = record.get("postedDate")
    return {
        "transactionId": record.get("transactionId") or _digest(record),
        "transactionType": record.get("transactionType"),
        "transactionStatus": record.get("transactionStatus"),
        "description": record.get("description"),
        "postedDate": posted,
        "postedDay": _day(posted),
        "marketplaceId": place.get("marketplaceId"),
        "accountType": _of(record, "sellingPartnerMetadata").get("accountType"),
        "totalAmount": record.get("totalAmount"),
        **identifiers,
        "amounts": list(_leaves_of(record)),
    }


def _leaves_of(record: Record) -> Iterator[Record]:
    """The amounts of the items, else those of the transaction, and what is left of the total."""
    total, left = _of(record, "totalAmount"), _decimal(_of(record, "totalAmount"))
    items: list[Record] = record.get("items") or []
    itemised = any(item.get("breakdowns") for item in items)
    single: Record = items[0] if len(items) == 1 else {}
    trees: list[tuple[int | None, Record]] = list(enumerate(items)) if itemised else [(None, record)]
    for number, tree in trees:
        about = _product(tree if itemised else single, number)
        if itemised and not tree.get("breakdowns"):
            found = [(UNTOLD, _decimal(_of(tree, "totalAmount")), total.get("currencyCode"))]
        else:
            found = [leaf for part in tree.get("breakdowns") or () for leaf in _leaves(part, "")]
        for path, amount, currency in found:
            if currency == total.get("currencyCode"):
                left -= amount
            yield about | {"path": path, "amount": format(amount, "f"), "currency": currency}
    if left:
        yield _product({}, None) | {
            "path": UNTOLD,
            "amount": format(left, "f"),
            "currency": total.get("currencyCode"),
        }


def _leaves(part: Record, above: str) -> Iterator[tuple[str, Decimal, str | None]]:
    """The ends of a tree. What the parts of a node leave of its amount is the node's own."""
    path = f"{above}/{part.get('breakdownType') or ''}".lstrip("/")
    money = _of(part, "breakdownAmount")
    own = _decimal(money)
    for below in part.get("breakdowns") or ():
        for leaf in _leaves(below, path):
            own -= leaf[1]
            yield leaf
    if own or not part.get("breakdowns"):
        yield path, own, money.get("currencyCode")


def _product(item: Record, number: int | None) -> Record:
    contexts: list[Record] = [one for one in item.get("contexts") or () if isinstance(one, dict)]
    product = next((one for one in contexts if one.get("sku") or one.get("asin")), {})
    related = item.get("relatedIdentifiers") or ()
    adjusted = [
        one.get("itemRelatedIdentifierValue")
        for one in related
        if one.get("itemRelatedIdentifierName") == "ORDER_ADJUSTMENT_ITEM_ID"
    ]
    return {
        "item": number,
        "itemId": adjusted[0] if adjusted else None,
        "sku": product.get("sku"),
        "asin": product.get("asin"),
        "quantity": product.get("quantityShipped"),
    }


def _day(posted: Any) -> str | None:
    """The day in UTC; None for what is no instant, which landing sets aside."""
    try:
        return parse_instant(posted).date().isoformat()
    except (TypeError, ValueError, AttributeError):
        return None


def _decimal(money: Record) -> Decimal:
    return decimal_of(money.get("currencyAmount") or 0)


def _digest(record: Record) -> str:
    """A name for a transaction that Amazon gives none."""
    text = json.dumps({**record, "transactionStatus": None}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _of(record: Any, name: str) -> Record:
    """An object within an object; empty where there is none."""
    found = record.get(name) if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}
