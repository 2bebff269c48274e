"""Records on their way to the spool: personal data that nobody reads stays behind, lists of attributes become fields.

What Fondaco reads out of lists and extension attributes is moved to ``fondaco``, an object of ours inside the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fondaco.money import decimal_of

Record = dict[str, Any]

_UNREAD = (
    "billing_address", "comments", "customer_dob", "customer_gender", "customer_note", "customer_taxvat",
    "extension_attributes", "packages", "payment", "remote_ip", "shipping_label", "status_histories", "tracks",
    "x_forwarded_for",
)  # fmt: skip
_UNREAD_OF_ITEMS = (
    "additional_data",
    "extension_attributes",
    "parent_item",
    "product_option",
    "weee_tax_applied",
)
_UNREAD_OF_CUSTOMERS = ("addresses", "custom_attributes", "dob", "extension_attributes", "gender", "taxvat")
_UNREAD_OF_PRODUCTS = (
    "custom_attributes", "extension_attributes", "media_gallery_entries", "options", "product_links", "tier_prices",
)  # fmt: skip
_UNREAD_OF_SOURCES = (
    "carrier_links", "contact_name", "description", "email", "extension_attributes", "fax", "latitude", "longitude",
    "phone", "postcode", "street",
)  # fmt: skip
_WRAPPING = ("gw_base_price", "gw_items_base_price", "gw_card_base_price")
_WRAPPING_TAX = ("gw_base_tax_amount", "gw_items_base_tax_amount", "gw_card_base_tax_amount")


@dataclass(frozen=True, slots=True)
class Shaper:
    """What records need to know of the shop.

    Attributes
    ----------
    weight_units
        Store view's number → lbs or kgs.
    vendors
        Number of a brand → its name, where the brand is chosen from a list.
    """

    weight_units: Mapping[int, str] = field(default_factory=dict)
    vendors: Mapping[str, str] = field(default_factory=dict)
    unit_cost_attribute: str | None = None
    vendor_attribute: str | None = None
    barcode_attribute: str | None = None

    def shape(self, stream: str, record: Record) -> Record:
        """A record of ``stream`` as it is spooled."""
        shapes = {
            "orders": self._order, "invoices": _document, "shipments": _shipment, "credit_memos": _document,
            "transactions": _transaction, "customers": _customer, "products": self._product,
            "categories": _category, "sources": _source, "sales_rules": _rule,
        }  # fmt: skip
        return shapes[stream](record) if stream in shapes else record

    def _order(self, record: Record) -> Record:
        extra = _object(record, "extension_attributes")
        address = _object(record, "billing_address")
        shipping = _shipping_address(extra)
        payment = _object(record, "payment")
        found = {
            **_paid_otherwise(extra),
            "shipping_city": shipping.get("city"),
            "shipping_country": shipping.get("country_id"),
            "placed_by_visitor": bool(record.get("remote_ip")),
            "weight_unit": self.weight_units.get(_number(record.get("store_id"))),
            "coupons": [{"code": code} for code in _codes(record, extra)],
        }
        kept = {
            "billing_address": {name: address.get(name) for name in ("city", "country_id", "telephone")},
            "payment": {name: payment.get(name) for name in ("method", "base_amount_authorized")},
            "items": [_without(item, _UNREAD_OF_ITEMS) for item in _objects(record.get("items"))],
        }
        return {**_without(record, _UNREAD), **kept, "fondaco": found}

    def _product(self, record: Record) -> Record:
        attributes, extra = _attributes(record), _object(record, "extension_attributes")
        vendor = _text(attributes.get(self.vendor_attribute or ""))
        links = _objects(extra.get("category_links"))
        found = {
            "special_price": attributes.get("special_price"),
            "special_from": attributes.get("special_from_date"),
            "special_until": attributes.get("special_to_date"),
            "unit_cost": attributes.get(self.unit_cost_attribute or ""),
            "vendor": self.vendors.get(vendor, vendor) if vendor else None,
            "barcode": _text(attributes.get(self.barcode_attribute or "")),
            "url_key": _text(attributes.get("url_key")),
            "children": [{"id": each} for each in _unique(extra.get("configurable_product_links"))],
            "categories": [
                {"id": each} for each in _unique(_placed(links) or attributes.get("category_ids"))
            ],
        }
        return {**_without(record, _UNREAD_OF_PRODUCTS), "fondaco": found}


def _document(record: Record) -> Record:
    """An invoice or a credit memo."""
    found = _paid_otherwise(_object(record, "extension_attributes"))
    items = [_without(item, _UNREAD_OF_ITEMS) for item in _objects(record.get("items"))]
    return {**_without(record, _UNREAD), "items": items, "fondaco": found}


def _shipment(record: Record) -> Record:
    source = _object(record, "extension_attributes").get("source_code")
    items = [_without(item, _UNREAD_OF_ITEMS) for item in _objects(record.get("items"))]
    return {**_without(record, _UNREAD), "items": items, "extension_attributes": {"source_code": source}}


def _transaction(record: Record) -> Record:
    return _without(record, ("additional_information", "child_transactions"))


def _customer(record: Record) -> Record:
    addresses = _objects(record.get("addresses"))
    usual = next(
        (each for each in addresses if each.get("default_billing")), addresses[0] if addresses else {}
    )
    found = {
        "phone": usual.get("telephone"),
        "city": usual.get("city"),
        "country": usual.get("country_id"),
        "is_subscribed": _object(record, "extension_attributes").get("is_subscribed"),
    }
    return {**_without(record, _UNREAD_OF_CUSTOMERS), "fondaco": found}


def _category(record: Record) -> Record:
    found = {"url_key": _text(_attributes(record).get("url_key"))}
    return {**_without(record, ("custom_attributes",)), "fondaco": found}


def _source(record: Record) -> Record:
    return _without(record, _UNREAD_OF_SOURCES)


def _rule(record: Record) -> Record:
    return _without(record, ("condition", "action_condition", "store_labels", "description"))


def _paid_otherwise(extra: Record) -> Record:
    """What store credit, gift cards and reward points paid, and gift wrapping cost: Adobe Commerce only."""
    return {
        "customer_balance_amount": extra.get("base_customer_balance_amount"),
        "gift_cards_amount": extra.get("base_gift_cards_amount"),
        "reward_currency_amount": extra.get("base_reward_currency_amount"),
        "wrapping_amount": _sum(extra, _WRAPPING),
        "wrapping_tax_amount": _sum(extra, _WRAPPING_TAX),
    }


def _sum(extra: Record, names: Iterable[str]) -> str | None:
    total, is_told = Decimal(0), False
    for name in names:
        if extra.get(name) not in (None, ""):
            total, is_told = total + decimal_of(extra[name]), True
    return format(total, "f") if is_told else None


def _codes(record: Record, extra: Record) -> list[str]:
    """Coupon codes; shops that allow several tell a list beside the one."""
    several = extra.get("coupon_codes")
    found = (
        several if isinstance(several, list) and several else str(record.get("coupon_code") or "").split(",")
    )
    return list(dict.fromkeys(code.strip() for code in map(str, found) if code.strip()))


def _shipping_address(extra: Record) -> Record:
    for assignment in _objects(extra.get("shipping_assignments")):
        address = _object(_object(assignment, "shipping"), "address")
        if address:
            return address
    return {}


def _attributes(record: Record) -> Record:
    """Custom attributes by code. Some versions give an object in place of the list."""
    given = record.get("custom_attributes")
    if isinstance(given, dict):
        return given
    return {str(each.get("attribute_code")): each.get("value") for each in _objects(given)}


def _placed(links: list[Record]) -> list[Any]:
    return [each.get("category_id") for each in links]


def _unique(given: Any) -> list[int]:
    """Whole numbers of a list, each once; Magento writes them as numbers or as text."""
    found = given if isinstance(given, list) else []
    return list(dict.fromkeys(number for each in found if (number := _number(each)) >= 0))


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isdigit() else -1


def _text(value: Any) -> str | None:
    return (
        str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value) else None
    )


def _object(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Record]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _without(record: Record, names: tuple[str, ...]) -> Record:
    return {name: value for name, value in record.items() if name not in names}
