"""Customers, products, categories, stock and discounts as Magento shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fondaco.simulator.magento.lists import DEFAULT_CATEGORY, ROOT
from fondaco.simulator.magento.words import Row, WorldStore, instant, money

_VARIANTS = """
select v.*, p.title as product_title, p.created_at, p.status,
    (select count(*) from variants as s where s.shop_id = v.shop_id and s.product_id = v.product_id) as siblings
from variants as v inner join products as p using (shop_id, product_id)
where v.shop_id = $shop and (v.variant_id in (select unnest($ids)) or v.product_id in (select unnest($ids)))
order by v.variant_id
"""
_PLACES = "select * from product_collections where shop_id = $shop and product_id in (select unnest($ids)) order by all"
_VENDORS = "select distinct vendor from products where shop_id = $shop order by vendor"
_ON, _OFF = 1, 2
_ALONE, _AS_VARIANT = 4, 1


class Catalogue:
    """Builds all but what was sold in one shop."""

    def __init__(self, store: WorldStore, shop: Row) -> None:
        self._store = store
        self._shop = shop

    def customers(self, numbers: Sequence[int]) -> list[Row]:
        return self._built("customers", "customer_id", numbers, _customer)

    def products(self, numbers: Sequence[int]) -> list[Row]:
        own = {
            row["product_id"]: row
            for row in self._rows(
                "select * from products where shop_id = $shop and product_id in (select unnest($ids))",
                numbers,
            )
        }
        variants = self._rows(_VARIANTS, numbers)
        by_product: defaultdict[int, list[Row]] = defaultdict(list)
        for variant in variants:
            by_product[variant["product_id"]].append(variant)
        places: defaultdict[int, list[int]] = defaultdict(list)
        for row in self._rows(_PLACES, numbers):
            places[row["product_id"]].append(row["collection_id"])
        by_number = {variant["variant_id"]: variant for variant in variants}
        brands = {name: number for number, name in self._brands()}
        return [
            _product(own[number], by_product[number], places[number], brands)
            if number in own
            else _simple(by_number[number])
            for number in numbers
        ]

    def brands(self) -> list[Row]:
        """What the attribute ``manufacturer`` may be; the first choice is none."""
        return [
            {"label": " ", "value": ""},
            *({"label": name, "value": str(n)} for n, name in self._brands()),
        ]

    def categories(self, numbers: Sequence[int]) -> list[Row]:
        own = [number for number in numbers if number not in (ROOT, DEFAULT_CATEGORY)]
        built = {row["id"]: row for row in self._built("collections", "collection_id", own, _category)}
        roots = {
            ROOT: _root(ROOT, 0, 0, "Root Catalog"),
            DEFAULT_CATEGORY: _root(DEFAULT_CATEGORY, ROOT, 1, "Default Category"),
        }
        return [built.get(number) or roots[number] for number in numbers]

    def sources(self, codes: Sequence[str]) -> list[Row]:
        sql = "select distinct location_name from inventory where shop_id = $shop"
        names = {_code(row["location_name"]): row["location_name"] for row in self._rows(sql)}
        return [
            {
                "source_code": code, "name": names[code], "enabled": True, "country_id": self._shop["country"],
                "contact_name": "Someone Unread", "postcode": "1000", "carrier_links": [],
            }
            for code in codes
        ]  # fmt: skip

    def source_items(self, numbers: Sequence[str]) -> list[Row]:
        sql = "select i.*, v.sku from inventory as i inner join variants as v using (shop_id, variant_id) where shop_id = $shop"
        found = {f"{row['sku']}@{_code(row['location_name'])}": row for row in self._rows(sql)}
        return [
            {
                "sku": found[number]["sku"], "source_code": _code(found[number]["location_name"]),
                "quantity": found[number]["on_hand"], "status": int(found[number]["on_hand"] > 0),
            }
            for number in numbers
        ]  # fmt: skip

    def sales_rules(self, numbers: Sequence[int]) -> list[Row]:
        return self._built("discounts", "discount_id", numbers, _rule)

    def coupons(self, numbers: Sequence[int]) -> list[Row]:
        return self._built("discounts", "discount_id", numbers, _coupon)

    def _brands(self) -> list[tuple[int, str]]:
        names = [str(row["vendor"]) for row in self._rows(_VENDORS) if row["vendor"]]
        return list(enumerate(names, start=101))

    def _rows(self, sql: str, numbers: Sequence[int] | None = None) -> list[Row]:
        values: Row = {"shop": self._shop["shop_id"]}
        if numbers is not None:
            values["ids"] = list(numbers)
        return self._store.rows(sql, values)

    def _built(self, table: str, key: str, numbers: Sequence[int], build: Any) -> list[Row]:
        rows = self._rows(
            f"select * from {table} where shop_id = $shop and {key} in (select unnest($ids))", numbers
        )
        built = {row[key]: build(row) for row in rows}
        return [built[number] for number in numbers]


def _customer(row: Row) -> Row:
    address = {
        "id": row["customer_id"], "customer_id": row["customer_id"], "country_id": row["country"], "city": row["city"],
        "telephone": row["phone"], "street": ["Somewhere 1"], "default_billing": True,
    }  # fmt: skip
    return {
        "id": row["customer_id"], "group_id": 1, "website_id": 1, "store_id": 1, "dob": "1980-01-01",
        "created_at": instant(row["created_at"]), "updated_at": instant(row["updated_at"]), "email": row["email"],
        "firstname": row["first_name"], "lastname": row["last_name"], "addresses": [address],
        "extension_attributes": {"is_subscribed": row["accepts_marketing"]}, "created_in": "Default Store View",
    }  # fmt: skip


def _product(row: Row, variants: list[Row], places: list[int], brands: dict[str, int]) -> Row:
    single = variants[0] if len(variants) == 1 else None
    extra: Row = {
        "website_ids": [1],
        "category_links": [{"position": 0, "category_id": str(n)} for n in places],
    }
    if len(variants) > 1:
        extra["configurable_product_links"] = [variant["variant_id"] for variant in variants]
    attributes = {"url_key": f"product-{row['product_id']}", "description": "<p>Long and unread</p>"}
    if row["vendor"]:
        attributes["manufacturer"] = str(brands[row["vendor"]])
    if single:
        attributes |= _costs(single)
    return {
        "id": row["product_id"], "sku": single["sku"] if single else f"P-{row['product_id']}", "name": row["title"],
        "attribute_set_id": 4, "price": money(single["price"]) if single else 0,
        "status": _ON if row["status"] == "active" else _OFF, "visibility": _ALONE,
        "type_id": "simple" if len(variants) <= 1 else "configurable", "created_at": instant(row["created_at"]),
        "updated_at": instant(row["updated_at"]), "extension_attributes": extra, "custom_attributes": _listed(attributes),
    }  # fmt: skip


def _simple(row: Row) -> Row:
    """A variant: a product of its own that is not shown by itself."""
    return {
        "id": row["variant_id"], "sku": row["sku"], "name": f"{row['product_title']}-{row['title']}", "attribute_set_id": 4,
        "price": money(row["price"]), "status": _ON if row["status"] == "active" else _OFF, "visibility": _AS_VARIANT,
        "type_id": "simple", "created_at": instant(row["created_at"]), "updated_at": instant(row["updated_at"]),
        "extension_attributes": {"website_ids": [1]},
        "custom_attributes": _listed({"url_key": f"variant-{row['variant_id']}", **_costs(row)}),
    }  # fmt: skip


def _costs(variant: Row) -> dict[str, str]:
    found = {}
    if variant["cost"] is not None:
        found["cost"] = f"{variant['cost'] / 100:.6f}"
    if variant["barcode"]:
        found["ean"] = str(variant["barcode"])
    return found


def _listed(attributes: dict[str, str]) -> list[Row]:
    return [{"attribute_code": code, "value": value} for code, value in attributes.items()]


def _category(row: Row) -> Row:
    return {
        "id": row["collection_id"], "parent_id": row["parent_id"] or DEFAULT_CATEGORY, "name": row["title"],
        "is_active": True, "position": 1, "level": 3 if row["parent_id"] else 2,
        "created_at": instant(row["created_at"]), "updated_at": instant(row["updated_at"]),
        "custom_attributes": _listed({"url_key": row["handle"]}),
    }  # fmt: skip


def _root(number: int, parent: int, level: int, name: str) -> Row:
    times = {"created_at": "2020-01-01 00:00:00", "updated_at": "2020-01-01 00:00:00"}
    return {"id": number, "parent_id": parent, "name": name, "is_active": True, "level": level, **times}


def _rule(row: Row) -> Row:
    is_share = row["kind"] == "percentage"
    return {
        "rule_id": row["discount_id"], "name": row["title"], "is_active": True, "website_ids": [1],
        "simple_action": "by_percent" if is_share else "cart_fixed",
        "discount_amount": row["value"] * 100 if is_share else row["value"] / 100,
        "apply_to_shipping": row["kind"] == "shipping", "times_used": row["usage_count"],
        "coupon_type": "SPECIFIC_COUPON" if row["code"] else "NO_COUPON",
        "simple_free_shipping": "1" if row["kind"] == "shipping" else "0",
        "from_date": row["starts_at"] and f"{row['starts_at']:%Y-%m-%d}",
        "to_date": row["ends_at"] and f"{row['ends_at']:%Y-%m-%d}",
    }  # fmt: skip


def _coupon(row: Row) -> Row:
    return {
        "coupon_id": row["discount_id"], "rule_id": row["discount_id"], "code": row["code"], "type": 0,
        "times_used": row["usage_count"], "is_primary": True, "created_at": instant(row["starts_at"]),
    }  # fmt: skip


def _code(name: str) -> str:
    return name.lower().replace(" ", "-")
