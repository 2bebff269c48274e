"""Customers, products, stock, discounts and messages as commercetools shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fondaco.simulator.commercetools.money import Writer, instant, present
from fondaco.simulator.commercetools.orders import LANGUAGE
from fondaco.simulator.commercetools.resources import (
    CART_DISCOUNT,
    CATEGORY,
    CODE,
    CUSTOMER,
    ORDER,
    PRODUCT,
    RESOURCES,
    SHARED,
    STOCK,
    uuid,
)

Row = dict[str, Any]
COST_ATTRIBUTE = "cost"
_MESSAGE_KINDS = {"order": ORDER, "customer": CUSTOMER, "product": PRODUCT}


class Catalogue:
    """Builds all but orders and payments of one project."""

    def __init__(self, store: Any, shop: Row) -> None:
        self._store = store
        self._shop = shop
        self._write = Writer(shop["currency"])

    def customers(self, numbers: Sequence[int]) -> list[Row]:
        return self._built(
            "select *, customer_id as number from customers", "customer_id", numbers, self._customer
        )

    def products(self, numbers: Sequence[int]) -> list[Row]:
        variants: defaultdict[int, list[Row]] = defaultdict(list)
        sql = "select * from variants where shop_id = $shop and product_id in (select unnest($ids)) order by variant_id"
        for row in self._rows(sql, numbers):
            variants[row["product_id"]].append(row)
        categories: defaultdict[int, list[Row]] = defaultdict(list)
        sql = "select * from product_collections where shop_id = $shop and product_id in (select unnest($ids)) order by all"
        for row in self._rows(sql, numbers):
            reference = {"typeId": "category", "id": uuid(CATEGORY, row["collection_id"])}
            categories[row["product_id"]].append(reference)
        return self._built(
            "select *, product_id as number from products",
            "product_id",
            numbers,
            lambda row: self._product(row, variants[row["product_id"]], categories[row["product_id"]]),
        )

    def categories(self, numbers: Sequence[int]) -> list[Row]:
        return self._built(
            "select *, collection_id as number from collections", "collection_id", numbers, self._category
        )

    def inventory(self, numbers: Sequence[int]) -> list[Row]:
        sql = (
            "select i.*, v.sku, i.variant_id * 64 + i.location_id % 64 as number "
            "from inventory as i inner join variants as v using (shop_id, variant_id)"
        )
        return self._built(sql, "i.variant_id * 64 + i.location_id % 64", numbers, self._stock, "i.shop_id")

    def discount_codes(self, numbers: Sequence[int]) -> list[Row]:
        return self._built(
            "select *, discount_id as number from discounts", "discount_id", numbers, self._code
        )

    def cart_discounts(self, numbers: Sequence[int]) -> list[Row]:
        return self._built(
            "select *, discount_id as number from discounts", "discount_id", numbers, self._cart_discount
        )

    def messages(self, rows: Sequence[Row]) -> list[Row]:
        return [
            {
                "id": uuid(SHARED, row["number"]), "version": 1, "sequenceNumber": 1, "resourceVersion": 4,
                "createdAt": instant(row["created_at"]), "lastModifiedAt": instant(row["created_at"]),
                "type": row["type"],
                "resource": {
                    "typeId": row["resource"], "id": uuid(_MESSAGE_KINDS[row["resource"]], row["resource_number"]),
                },
            }
            for row in rows
        ]  # fmt: skip

    def _rows(self, sql: str, numbers: Sequence[int]) -> list[Row]:
        rows: list[Row] = self._store.rows(sql, {"shop": self._shop["shop_id"], "ids": list(numbers)})
        return rows

    def _built(
        self, sql: str, key: str, numbers: Sequence[int], build: Any, shop: str = "shop_id"
    ) -> list[Row]:
        rows = self._rows(f"{sql} where {shop} = $shop and {key} in (select unnest($ids))", numbers)
        built = {row["number"]: present(build(row)) for row in rows}
        return [built[number] for number in numbers]

    @staticmethod
    def _head(kind: int, row: Row, created: Any) -> Row:
        times = {"createdAt": instant(created), "lastModifiedAt": instant(row["updated_at"])}
        return {"id": uuid(kind, row["number"]), "version": 1, **times}

    def _customer(self, row: Row) -> Row:
        address = present(
            {"id": "home", "country": row["country"], "city": row["city"], "phone": row["phone"]}
        )
        return {
            **self._head(CUSTOMER, row, row["created_at"]), "email": row["email"], "firstName": row["first_name"],
            "lastName": row["last_name"], "password": "****", "addresses": [address],
            "defaultBillingAddressId": "home", "isEmailVerified": True, "authenticationMode": "Password",
            "stores": [], "billingAddressIds": [], "shippingAddressIds": [],
        }  # fmt: skip

    def _product(self, row: Row, variants: list[Row], categories: list[Row]) -> Row:
        shown = [self._variant(number, variant) for number, variant in enumerate(variants, start=1)]
        shown = shown or [
            {"id": 1, "prices": [], "attributes": []}
        ]  # a product always has its master variant
        data = {
            "name": {LANGUAGE: row["title"], "de-DE": f"{row['title']} (de)"}, "slug": {LANGUAGE: "product"},
            "categories": categories, "attributes": [], "masterVariant": shown[0], "variants": shown[1:], "searchKeywords": {},
        }  # fmt: skip
        return {
            **self._head(PRODUCT, row, row["created_at"]), "key": f"product-{row['product_id']}",
            "productType": {
                "typeId": "product-type", "id": uuid(99, 1), "obj": {"name": row["product_type"]},
            },
            "masterData": {
                "current": data, "staged": data, "published": row["status"] == "active", "hasStagedChanges": False,
            },
            "priceMode": "Embedded",
        }  # fmt: skip

    def _category(self, row: Row) -> Row:
        parent = {"typeId": "category", "id": uuid(CATEGORY, row["parent_id"])} if row["parent_id"] else None
        return {
            **self._head(CATEGORY, row, row["created_at"]), "key": f"category-{row['handle']}",
            "name": {LANGUAGE: row["title"], "de-DE": f"{row['title']} (de)"}, "slug": {LANGUAGE: row["handle"]},
            "ancestors": [parent] if parent else [], "parent": parent, "orderHint": "0.1", "assets": [],
        }  # fmt: skip

    def _variant(self, number: int, variant: Row) -> Row:
        attributes = []
        if variant["cost"] is not None:
            attributes.append({"name": COST_ATTRIBUTE, "value": self._write.money(variant["cost"])})
        price = {"id": uuid(98, variant["variant_id"]), "value": self._write.money(variant["price"])}
        return {
            "id": number, "sku": variant["sku"], "key": variant["barcode"] or f"v{variant['variant_id']}",
            "prices": [price], "attributes": attributes, "images": [], "assets": [],
        }  # fmt: skip

    def _stock(self, row: Row) -> Row:
        channel = uuid(97, row["location_id"])
        return {
            **self._head(STOCK, row, row["updated_at"]), "sku": row["sku"],
            "supplyChannel": {
                "typeId": "channel", "id": channel, "obj": {"id": channel, "key": row["location_name"]},
            },
            "quantityOnStock": row["on_hand"], "availableQuantity": row["available"],
        }  # fmt: skip

    def _code(self, row: Row) -> Row:
        return {
            **self._head(CODE, row, row["starts_at"]), "code": row["code"], "name": {LANGUAGE: row["title"]},
            "cartDiscounts": [{"typeId": "cart-discount", "id": uuid(CART_DISCOUNT, row["discount_id"])}],
            "isActive": True, "validFrom": instant(row["starts_at"]), "validUntil": instant(row["ends_at"]),
            "references": [], "groups": [],
        }  # fmt: skip

    def _cart_discount(self, row: Row) -> Row:
        if row["kind"] == "percentage":
            value: Row = {"type": "relative", "permyriad": round(row["value"] * 10_000)}
        elif row["kind"] == "shipping":
            value = {"type": "relative", "permyriad": 10_000}
        else:
            value = {"type": "absolute", "money": [self._write.money(int(row["value"]))]}
        return {
            **self._head(CART_DISCOUNT, row, row["starts_at"]), "name": {LANGUAGE: row["title"]}, "value": value,
            "target": {"type": "shipping"} if row["kind"] == "shipping" else {"type": "lineItems", "predicate": "true"},
            "cartPredicate": "true", "sortOrder": "0.1", "isActive": True,
            "requiresDiscountCode": row["code"] is not None, "validFrom": instant(row["starts_at"]),
            "validUntil": instant(row["ends_at"]), "references": [], "stackingMode": "Stacking", "stores": [],
        }  # fmt: skip


assert set(RESOURCES) >= {"customers", "products", "inventory", "discount-codes", "cart-discounts"}
