"""Records on their way to the spool: personal data that nobody reads stays behind, meta data becomes fields.

WooCommerce's ``meta_data`` is a bag that every plugin writes to, with whatever it likes in it. The few keys that Fondaco
reads are moved to ``fondaco``, an object of ours inside the record; the bag itself is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Record = dict[str, Any]

_ATTRIBUTION = "_wc_order_attribution_"
_ATTRIBUTED = (
    "source_type", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "referrer", "session_entry",
)  # fmt: skip
_FEE_KEYS = ("_stripe_fee", "_wcpay_transaction_fee", "_paypal_transaction_fee", "PayPal Transaction Fee")
_PAYPAL_FEES = "_ppcp_paypal_fees"
_MOST_PIECES = 10**9
_STOCK_KEYS = {"reduced_stock": "_reduced_stock", "restocked": "_restock_refunded_items"}
_UNREAD = ("customer_ip_address", "customer_user_agent", "customer_note", "cart_hash", "avatar_url", "_links")
_LINES = ("line_items", "shipping_lines", "fee_lines", "coupon_lines", "tax_lines")


def order(record: Record) -> Record:
    """An order with its gateway fee and attribution as fields."""
    meta = _take_meta(record)
    fee = next((meta[key] for key in _FEE_KEYS if _is_amount(meta.get(key))), None)
    if fee is None:
        fee = _paypal_fee(meta.get(_PAYPAL_FEES))
    found = {name: meta.get(_ATTRIBUTION + name) for name in _ATTRIBUTED}
    record["fondaco"] = {
        "payment_fee": fee,
        "attribution": {name: value for name, value in found.items() if isinstance(value, str)},
    }
    for name, line in _lines(record):
        meta = _take_meta(line)
        if name == "line_items":
            line["fondaco"] = {field: _whole(meta.get(key)) for field, key in _STOCK_KEYS.items()}
    return _without_unread(record)


def refund(record: Record) -> Record:
    """A refund whose lines name the order's lines that they are for."""
    record["fondaco"] = {"refund_type": _take_meta(record).get("_refund_type")}
    for _, line in _lines(record):
        line["fondaco"] = {"refunded_item_id": _take_meta(line).get("_refunded_item_id")}
    return _without_unread(record)


def customer(record: Record) -> Record:
    _take_meta(record)
    return _without_unread(record)


def coupon(record: Record) -> Record:
    _take_meta(record)
    record.pop("used_by", None)  # customers' e-mail addresses
    record.pop("email_restrictions", None)
    return _without_unread(record)


def category(record: Record) -> Record:
    return _without_unread(record)


def product(record: Record, variations: Iterable[Record], cost_keys: Sequence[str]) -> Record:
    """A product with its variations, and the unit cost of each where the shop knows it."""
    cost = _unit_cost(record, _take_meta(record), cost_keys)
    record["fondaco"] = {
        "unit_cost": cost,
        "brand": _first_name(record.get("brands")),
        "category": _first_name(record.get("categories")),
        "variations": [_variation(variation, cost, cost_keys) for variation in variations],
    }
    for text in ("description", "short_description", "price_html", "images"):
        record.pop(text, None)
    return _without_unread(record)


def _variation(record: Record, parent_cost: Any, cost_keys: Sequence[str]) -> Record:
    options = [str(attribute.get("option", "")) for attribute in record.get("attributes") or ()]
    cost = _unit_cost(record, _take_meta(record), cost_keys)
    record["fondaco"] = {
        "title": " / ".join(filter(None, options)) or None,
        "unit_cost": parent_cost if cost is None else cost,
    }
    for text in ("description", "image"):
        record.pop(text, None)
    return _without_unread(record)


def _first_name(terms: Any) -> Any:
    return terms[0].get("name") if isinstance(terms, list) and terms and isinstance(terms[0], dict) else None


def _is_defined(cost: Record) -> bool:
    """Whether somebody entered the cost: where nobody did, WooCommerce says 0 all the same, and its values are undefined."""
    values = cost.get("values")
    if not isinstance(values, list) or not values:
        return True
    return any(isinstance(value, dict) and value.get("defined_value") is not None for value in values)


def _unit_cost(record: Record, meta: Record, keys: Sequence[str]) -> Any:
    own = record.get("cost_of_goods_sold")
    if isinstance(own, dict) and _is_amount(own.get("total_value")) and _is_defined(own):
        return own["total_value"]
    return next((meta[key] for key in keys if _is_amount(meta.get(key))), None)


def _take_meta(record: Record) -> Record:
    """The record's meta data by key, taken out of it; of a repeated key the last."""
    entries = record.pop("meta_data", None)
    if not isinstance(entries, list):
        return {}
    return {str(entry.get("key")): entry.get("value") for entry in entries if isinstance(entry, dict)}


def _lines(record: Record) -> Iterable[tuple[str, Record]]:
    """Every line with the name of the list that it stands in."""
    for name in _LINES:
        for line in record.get(name) or ():
            if isinstance(line, dict):
                yield name, line


def _paypal_fee(fees: Any) -> Any:
    fee = fees.get("paypal_fee") if isinstance(fees, dict) else None
    value = fee.get("value") if isinstance(fee, dict) else None
    return value if _is_amount(value) else None


def _is_amount(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


def _whole(value: Any) -> int | None:
    """Pieces as WooCommerce or a plugin writes them; None for anything but a whole number."""
    number = float(value) if _is_amount(value) else None
    return int(number) if number is not None and number.is_integer() and abs(number) < _MOST_PIECES else None


def _without_unread(record: Record) -> Record:
    for name in _UNREAD:
        record.pop(name, None)
    return record


SHAPES: dict[str, Callable[[Record], Record]] = {
    "orders": order,
    "refunds": refund,
    "customers": customer,
    "coupons": coupon,
    "categories": category,
}
